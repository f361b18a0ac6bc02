package locale_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/dashboards/locale"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/nis2"
	"github.com/samdrift/samdrift/planner/track"
	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
)

var da, en = locale.Get("da"), locale.Get("en")

func TestLanguagesHaveTheSameKeysAndPlaces(t *testing.T) {
	if d := cmp.Diff(da.Keys(), en.Keys()); d != "" {
		t.Errorf("keys differ (- Danish, + English):\n%s", d)
	}
	place := regexp.MustCompile(`\{\w+[|}]`)
	// A freeze has its name in each language.
	same := func(text string) []string {
		places := place.FindAllString(strings.NewReplacer("name_da", "name_en", "|", "}").Replace(text), -1)
		slices.Sort(places)
		return slices.Compact(places)
	}
	for _, key := range da.Keys() {
		if d := cmp.Diff(same(da.T(key)), same(en.T(key))); d != "" {
			t.Errorf("%s has other places in English:\n%s", key, d)
		}
	}
}

// Whatever the code can name has words.
func TestNothingIsWithoutWords(t *testing.T) {
	var keys []string
	add := func(prefix string, names ...string) {
		for _, n := range names {
			keys = append(keys, prefix+n)
		}
	}
	for _, r := range planner.Rules() {
		add("reason.", r.Rule)
	}
	for _, n := range nis2.Notes() {
		add("note.", n.Key)
	}
	for _, k := range nis2.EntryKinds {
		add("entry.", string(k))
	}
	for _, k := range track.Kinds {
		add("event.", string(k))
	}
	for _, k := range inventory.Kinds {
		add("kind.", string(k))
	}
	for _, s := range inventory.AgreementStates {
		add("state.", string(s))
	}
	add("finding.", hub.Findings...)
	add("gate.", terraform.AllGates...)
	add("gate.name.", terraform.AllGates...)
	add("check.", platform.ConcernKeys...)
	for _, kind := range []platform.SharedKind{platform.SharedFolder, platform.SharedPool, platform.SharedCategory, platform.SharedTag} {
		add("check.", string(kind))
	}
	add("check.", terraform.ConcernBackup, terraform.ConcernDependencies, terraform.ConcernName, terraform.ConcernAddress, terraform.ConcernCapacity,
		terraform.ConcernStore, terraform.ConcernCluster, terraform.ConcernLicence)
	for _, stage := range append(slices.Clone(platform.Stages), platform.Share) {
		add("movestage.", string(stage))
		add("movestage.is.", string(stage))
	}
	for _, state := range hub.MoveStates {
		add("movestate.", string(state))
	}
	for _, v := range []terraform.Verdict{terraform.NothingBegun, terraform.WasApplied, terraform.Untouched, terraform.MustDecide} {
		add("verdict.", string(v))
		add("verdict.do.", string(v))
	}
	night := inventory.NewDate(2027, time.May, 3)
	for _, line := range terraform.Runbooks(planner.Plan{}, planner.Wave{ID: "w"}, []terraform.Unit{{ID: "u", Wave: "w", Cutover: night}}, terraform.DefaultTiming(), time.UTC)[0].Lines {
		add("runbook.", line.What)
		add("runbook.role.", line.Role)
	}
	add("terraform.", hub.TerraformNotRun, hub.TerraformNoEngine, hub.TerraformDemo)
	for _, key := range keys {
		if !da.Has(key) {
			t.Errorf("no words for %s", key)
		}
	}
}

// Every place in a reason's words is a parameter that the planner gives.
func TestReasonsUseOnlyWhatThePlannerGives(t *testing.T) {
	place := regexp.MustCompile(`\{(\w+)[|}]`)
	for _, r := range planner.Rules() {
		for _, m := range place.FindAllStringSubmatch(da.T("reason."+r.Rule), -1) {
			if !slices.Contains(r.Params, m[1]) {
				t.Errorf("reason.%s names {%s}; the planner gives %v", r.Rule, m[1], r.Params)
			}
		}
	}
}

func TestFormats(t *testing.T) {
	day := inventory.NewDate(2026, time.November, 21)
	q1, err := inventory.ParsePeriod("Q1 2026")
	if err != nil {
		t.Fatal(err)
	}
	autumn, err := inventory.ParsePeriod("autumn 2025")
	if err != nil {
		t.Fatal(err)
	}
	const s = "\u00a0"
	for got, want := range map[string]string{
		da.Number(1234567.891, 2): "1.234.567,89", en.Number(1234567.891, 2): "1,234,567.89",
		da.Number(-0.4, 0): "0", da.Number(-1234, 0): "−1.234",
		da.Percent(0.125): "12,5" + s + "%", da.Money(26_000_000): "26" + s + "mio." + s + "kr.", da.Money(1234): "1.234" + s + "kr.",
		da.Date(day): "21.11.2026", da.DateLong(day): "21. november 2026", en.Date(day): "21 Nov 2026", da.Date(0): "ukendt",
		da.Time(time.Date(2026, 7, 1, 12, 30, 0, 0, time.UTC)): "01.07.2026 kl." + s + "14.30",
		da.Week(day): "uge 47, 2026", da.Period(q1): "1. kvartal 2026", da.Period(autumn): "efterår 2025", en.Period(autumn): "autumn 2025",
		da.Bytes(1 << 40): "1,0" + s + "TB", da.Bytes(0): "ukendt", da.BitsPerSecond(2_500_000_000): "2,5" + s + "Gbit/s",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestDanishOrder(t *testing.T) {
	names := []string{"Aabenraa", "Ærø", "Odense", "Østerbro", "Assens", "Ålborg", "Zoo"}
	slices.SortFunc(names, da.Compare)
	if d := cmp.Diff([]string{"Assens", "Odense", "Zoo", "Ærø", "Østerbro", "Aabenraa", "Ålborg"}, names); d != "" {
		t.Error(d)
	}
}

func TestReasonInWords(t *testing.T) {
	r := planner.Reason{Rule: "nearest_with_capacity", Params: map[string]string{"centre": "kit-fyn", "km": "36.5", "alternatives": "0"}}
	got := da.Reason(r, map[string]string{"kit-fyn": "KIT Fyn"})
	if want := "KIT Fyn ligger 36,5 km væk og har plads; der er intet andet center at vælge"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for days, want := range map[string]string{
		"1": "1 dag: Jul (24.12.2026)",
		"3": "3 dage: Jul (24.12.2026 til 26.12.2026)",
	} {
		params := map[string]string{"days": days, "name_da": "Jul", "name_en": "Christmas", "first": "2026-12-24", "last": "2026-12-26"}
		if got := da.Reason(planner.Reason{Rule: "freeze", Params: params}, nil); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := da.Reason(planner.Reason{Rule: "made_up"}, nil); !strings.Contains(got, "⟦") {
		t.Errorf("a rule without words must show itself, got %q", got)
	}
}
