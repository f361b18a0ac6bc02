package nis2_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

// crowd gives a mixed estate of n municipalities and demo answers to it.
func crowd(t testing.TB, n int) (*inventory.Snapshot, []nis2.Answer) {
	t.Helper()
	codes := make([]string, n)
	for i := range codes {
		codes[i] = itoa(901 + i)
	}
	e := newEstate(codes...)
	for i, code := range codes {
		e.fleet(30, servers{unknownOS: 2 + i, oldOS: i, noBackup: 3, oldBackup: i}.vm(code))
		e.fleet(10, switches(code, i%4, i%5))
		for j := range 8 {
			e.system(inventory.System{ID: code + "-s" + itoa(j), Municipality: code, Supplier: "Leverandør " + itoa(j%3), Criticality: inventory.Criticality(j % 5), RTOHours: 8, RPOHours: 24, ReviewedAt: today.AddDays(-100 * j), Owner: "Afdeling", Assets: []string{code + "-vm-00" + itoa(j)}})
			e.contract(inventory.Contract{ID: code + "-c" + itoa(j), Municipality: code, Supplier: "Leverandør " + itoa(j%4), Importance: j % 5, Until: today.AddDays(80 * j), LastReview: today.AddDays(-90 * j)})
		}
	}
	return e.build(), nis2.DemoAnswers(load(t), codes, 7, today)
}

func encode(t testing.TB, list []nis2.Assessment) []byte {
	t.Helper()
	data, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// The same input gives the same bytes, whatever the order of its rows.
func TestOrderOfInputIsIrrelevant(t *testing.T) {
	cat := load(t)
	s, answers := crowd(t, 4)
	facts := crowdFacts(t, s)
	want := encode(t, assessInput(t, cat, nis2.Input{Snapshot: s, AsOf: today, Answers: answers, Facts: facts}))
	rapid.Check(t, func(rt *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		shuffled := *s
		shuffled.Municipalities, shuffled.Assets = slices.Clone(s.Municipalities), slices.Clone(s.Assets)
		shuffled.Systems, shuffled.Contracts = slices.Clone(s.Systems), slices.Clone(s.Contracts)
		mixed := slices.Clone(answers)
		r.Shuffle(len(shuffled.Municipalities), reflectSwap(shuffled.Municipalities))
		r.Shuffle(len(shuffled.Assets), reflectSwap(shuffled.Assets))
		r.Shuffle(len(shuffled.Systems), reflectSwap(shuffled.Systems))
		r.Shuffle(len(shuffled.Contracts), reflectSwap(shuffled.Contracts))
		r.Shuffle(len(mixed), reflectSwap(mixed))
		told := slices.Clone(facts)
		r.Shuffle(len(told), reflectSwap(told))
		for i := range told {
			told[i].Patches, told[i].Guards = slices.Clone(told[i].Patches), slices.Clone(told[i].Guards)
			told[i].Holes, told[i].Configs = slices.Clone(told[i].Holes), slices.Clone(told[i].Configs)
			r.Shuffle(len(told[i].Patches), reflectSwap(told[i].Patches))
			r.Shuffle(len(told[i].Guards), reflectSwap(told[i].Guards))
			r.Shuffle(len(told[i].Holes), reflectSwap(told[i].Holes))
			r.Shuffle(len(told[i].Configs), reflectSwap(told[i].Configs))
		}
		list, err := nis2.Assess(cat, nis2.Input{Snapshot: &shuffled, AsOf: today, Answers: mixed, Facts: told})
		if err != nil {
			rt.Fatal(err)
		}
		if got := encode(t, list); !bytes.Equal(got, want) {
			rt.Fatal("another order of the input gave another assessment")
		}
	})
}

func reflectSwap[T any](s []T) func(i, j int) {
	return func(i, j int) { s[i], s[j] = s[j], s[i] }
}

// drawAnswers gives any valid answers of municipality 901.
func drawAnswers(rt *rapid.T, cat *nis2.Catalogue) []nis2.Answer {
	var answers []nis2.Answer
	for _, k := range cat.Controls {
		if rapid.IntRange(0, 9).Draw(rt, "answered") == 0 {
			continue
		}
		a := answer(k.ID, rapid.IntRange(0, 5).Draw(rt, "level"))
		switch rapid.IntRange(0, 4).Draw(rt, "kind") {
		case 0:
			evidence(&a)
		case 1:
			reviewed(&a)
		case 2:
			expired(rapid.IntRange(1, 200).Draw(rt, "expired"))(&a)
		}
		switch rapid.IntRange(0, 11).Draw(rt, "decision") {
		case 0:
			notApplicable(today.AddDays(rapid.IntRange(-5, 5).Draw(rt, "until")))(&a)
		case 1:
			overridden(today.AddDays(rapid.IntRange(-5, 5).Draw(rt, "until")))(&a)
		}
		answers = append(answers, a)
	}
	return answers
}

// Shares stay within 0-1, nothing is proven that is not reached, and nothing counts as reached that
// nobody answered. With every control applicable the gap points are the headline's other side.
func TestScoresStayInBounds(t *testing.T) {
	cat := load(t)
	s, _ := crowd(t, 1)
	rapid.Check(t, func(rt *rapid.T) {
		a := assess(t, cat, s, drawAnswers(rt, cat)...)[0]
		all := []nis2.Scores{a.Overall, a.EqualWeights}
		for _, article := range a.Articles {
			all = append(all, article.Scores)
		}
		for _, x := range all {
			if !(x.Headline >= 0 && x.Headline <= 1+1e-12 && x.Coverage >= 0 && x.Coverage <= 1+1e-12 && x.Gap >= 0 && x.Gap <= 5) {
				rt.Fatalf("out of bounds: %+v", x)
			}
			if x.Proven > x.Headline+1e-12 || x.Headline > x.Coverage+1e-12 {
				rt.Fatalf("proven, headline and coverage must rise: %+v", x)
			}
		}
		sum, applicable := 0.0, 0
		for i, p := range nis2.GapPointsOf(cat, a) {
			sum += p.Known + p.Unknown
			if a.Controls[i].Applicable {
				applicable++
			}
			r := a.Controls[i]
			if r.Confidence < 0 || r.Confidence > 1 || r.Effective < 0 || r.Effective > 5 {
				rt.Fatalf("%s: level %d, confidence %g", r.ID, r.Effective, r.Confidence)
			}
			if r.State == nis2.Unanswered && r.Effective != 0 {
				rt.Fatalf("%s is unanswered at level %d", r.ID, r.Effective)
			}
		}
		if applicable == len(cat.Controls) && math.Abs(sum-100*(1-a.Overall.Headline)) > 1e-6 {
			rt.Fatalf("gap points sum to %.4f, want %.4f", sum, 100*(1-a.Overall.Headline))
		}
	})
}

// The sum of gap points holds on an estate in which every control applies, which the draw above
// rarely gives: 21d-04 applies only once something has moved.
func TestGapPointsAreTheOtherSideOfTheHeadline(t *testing.T) {
	cat := load(t)
	e := newEstate("901").system(inventory.System{ID: "s", OperatedBy: "center"})
	snapshot := e.build()
	rapid.Check(t, func(rt *rapid.T) {
		answers := drawAnswers(rt, cat)
		for i := range answers {
			answers[i].NotApplicable = nil
		}
		a := assess(t, cat, snapshot, answers...)[0]
		sum := 0.0
		for _, p := range nis2.GapPointsOf(cat, a) {
			sum += p.Known + p.Unknown
		}
		if math.Abs(sum-100*(1-a.Overall.Headline)) > 1e-9 {
			rt.Fatalf("gap points sum to %.6f, want %.6f", sum, 100*(1-a.Overall.Headline))
		}
	})
}

// Better evidence for the same claims never lowers any score.
func TestMoreEvidenceNeverLowers(t *testing.T) {
	cat := load(t)
	s, _ := crowd(t, 1)
	rapid.Check(t, func(rt *rapid.T) {
		answers := drawAnswers(rt, cat)
		better := slices.Clone(answers)
		for i := range better {
			switch rapid.IntRange(0, 2).Draw(rt, "better") {
			case 1:
				if better[i].EvidenceUntil < today.AddDays(100) {
					better[i].Evidence, better[i].EvidenceUntil = "Rapport", today.AddDays(100)
				}
			case 2:
				reviewed(&better[i])
			}
		}
		before, after := assess(t, cat, s, answers...)[0], assess(t, cat, s, better...)[0]
		for i, r := range before.Controls {
			// The rules on the round itself look at the answers' evidence, and may rise past a claim.
			if r.Effective > after.Controls[i].Effective {
				rt.Fatalf("%s fell from level %d to %d", r.ID, r.Effective, after.Controls[i].Effective)
			}
			if r.Article != "21f" && r.Confidence > after.Controls[i].Confidence+1e-12 {
				rt.Fatalf("%s fell from confidence %g to %g", r.ID, r.Confidence, after.Controls[i].Confidence)
			}
		}
		b, c := before.Overall, after.Overall
		if b.Headline > c.Headline+1e-12 || b.Coverage > c.Coverage+1e-12 || b.Gap < c.Gap-1e-12 {
			rt.Fatalf("fell from %+v to %+v", b, c)
		}
	})
}

// Mending one thing never lowers a level: a failing member that comes into order, or a higher claim
// where one was made.
func TestMendingNeverLowers(t *testing.T) {
	cat := load(t)
	rapid.Check(t, func(rt *rapid.T) {
		size := rapid.IntRange(1, 40).Draw(rt, "servers")
		old := rapid.IntRange(1, size).Draw(rt, "old")
		unknown := rapid.IntRange(0, size-old).Draw(rt, "unknown")
		var answers []nis2.Answer
		if rapid.Bool().Draw(rt, "answered") {
			answers = []nis2.Answer{answer("21e-01", rapid.IntRange(0, 5).Draw(rt, "level"))}
		}
		at := func(old int, answers []nis2.Answer) nis2.ControlResult {
			e := newEstate("901").fleet(size, servers{unknownOS: unknown, oldOS: old}.vm("901"))
			return result(t, assess(t, cat, e.build(), answers...)[0], "21e-01")
		}
		before, mended := at(old, answers), at(old-1, answers)
		if mended.Effective < before.Effective || mended.Confidence < before.Confidence-1e-12 {
			rt.Fatalf("one old server less took level %d (c %g) to %d (c %g)", before.Effective, before.Confidence, mended.Effective, mended.Confidence)
		}
		if len(answers) == 1 && answers[0].Level < 5 {
			higher := slices.Clone(answers)
			higher[0].Level++
			if claimed := at(old, higher); claimed.Effective < before.Effective {
				rt.Fatalf("a higher claim took level %d to %d", before.Effective, claimed.Effective)
			}
		}
	})
}

// One municipality assessed alone stands as it does among all, also after one of its assets has changed.
func TestOneAloneIsOneAmongAll(t *testing.T) {
	cat := load(t)
	s, answers := crowd(t, 4)
	in := nis2.Input{Snapshot: s, AsOf: today, Answers: answers, Facts: crowdFacts(t, s), Incidents: []nis2.Incident{}, Actions: []nis2.Action{}}
	rapid.Check(t, func(rt *rapid.T) {
		changed := *s
		changed.Assets = slices.Clone(s.Assets)
		a := &changed.Assets[rapid.IntRange(0, len(s.Assets)-1).Draw(rt, "asset")]
		a.OS = inventory.OS{Name: "Debian", Version: rapid.SampledFrom([]string{"7", "12", "?"}).Draw(rt, "version")}
		a.Criticality = inventory.Criticality(rapid.IntRange(0, 4).Draw(rt, "criticality"))
		in.Snapshot = &changed
		for _, want := range assessInput(t, cat, in) {
			got, err := nis2.AssessOne(cat, in, want.Municipality)
			if err != nil {
				t.Fatal(err)
			}
			if x, y := encode(t, []nis2.Assessment{want}), encode(t, []nis2.Assessment{got}); !bytes.Equal(x, y) {
				rt.Fatalf("%s among all:\n%s\nalone:\n%s", want.Municipality, x, y)
			}
		}
	})
	if _, err := nis2.AssessOne(cat, in, "999"); err == nil {
		t.Error("assessed a municipality that is not there")
	}
}

// crowdFacts gives each municipality of a snapshot a few datasets about all its assets.
func crowdFacts(t testing.TB, s *inventory.Snapshot) []nis2.Facts {
	t.Helper()
	var list []nis2.Facts
	for _, m := range s.Municipalities {
		text := map[string]*strings.Builder{}
		heads := map[string]string{
			"patch_system": "asset_id,missing_updates,oldest_missing_days,severity,reported_at", "edr": "asset_id,active,reported_at",
			"vuln_scanner": "asset_id,scanned_at,cve,cvss,known_exploited,first_seen", "log_platform": "source_id,last_event_at,retention_days",
			"config_management": "asset_id,saved_at,baseline,deviations", "directory": "account,kind,enabled,privileged,shared,owner,mfa,last_sign_in,hr_end_date",
		}
		for dataset, head := range heads {
			text[dataset] = &strings.Builder{}
			text[dataset].WriteString(head + "\n")
		}
		row := func(dataset, format string, args ...any) { _, _ = fmt.Fprintf(text[dataset], format+"\n", args...) }
		for i := range s.Assets {
			a := &s.Assets[i]
			if a.Municipality != m.Code {
				continue
			}
			row("patch_system", "%s,%d,%d,critical,2026-11-20", a.ID, i%3, i%40)
			row("edr", "%s,%d,2026-11-%02d", a.ID, i%2, 10+i%11)
			row("vuln_scanner", "%s,2026-11-15,CVE-%d,%d,%d,2026-10-0%d", a.ID, i, i%10, i%2, 1+i%9)
			row("log_platform", "%s,2026-11-20T%02d:00:00Z,%d", a.ID, i%24, 300+i%100)
			row("config_management", "%s,2026-11-%02d,base,%d", a.ID, 10+i%11, i%4)
			row("directory", "%s,user,ja,%d,nej,x,ja,2026-10-%02d,ingen", a.ID, i%2, 1+i%28)
		}
		for _, dataset := range slices.Sorted(maps.Keys(text)) {
			f, err := nis2.ParseFacts(m.Code, dataset, "csv", today, []byte(text[dataset].String()))
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, f)
		}
	}
	return list
}
