package nis2_test

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/samdrift/samdrift/planner/nis2"
)

func TestLoad(t *testing.T) {
	cat := load(t)
	keys, weights := 0, 0
	automation := map[nis2.Automated]int{}
	delivered := map[nis2.DeliveredBy]int{}
	lapse := 0
	for _, k := range cat.Controls {
		automation[k.Automation]++
		delivered[k.DeliveredBy]++
		if k.Key {
			keys++
		}
		if k.ReassessOnTransfer {
			lapse++
		}
	}
	for _, a := range cat.Articles {
		weights += a.Weight
	}
	// The figures of the method's section 2.
	for _, c := range []struct {
		what      string
		got, want int
	}{
		{"controls", len(cat.Controls), 80}, {"articles", len(cat.Articles), 12}, {"article weights", weights, 100},
		{"full rules", automation[nis2.Full], 29}, {"partial rules", automation[nis2.Partial], 33}, {"no rule", automation[nis2.None], 18},
		{"by municipality", delivered[nis2.ByMunicipality], 18}, {"shared", delivered[nis2.ByBoth], 32}, {"by centre", delivered[nis2.ByCentre], 30},
		{"key controls", keys, 20}, {"lapse on transfer", lapse, 16},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d, want %d", c.what, c.got, c.want)
		}
	}
	if k, ok := cat.Control("21e-01"); !ok || k.Rule == nil || k.Rule.PassWhen != "share_bad <= 0" || k.CentreShare != 0.85 {
		t.Errorf("21e-01 is %+v, want its rule and centre share", k)
	}
	if a, ok := cat.Article("21c"); !ok || a.Weight != 14 || a.Title.DA == "" {
		t.Errorf("article 21c is %+v, want weight 14 and a title", a)
	}
	if _, ok := cat.Control("99-01"); ok {
		t.Error("a control that does not exist was found")
	}
}

// Every text that people read stands in both languages, and the Danish one is not the English.
func TestTextsInBothLanguages(t *testing.T) {
	texts := 0
	var walk func(where string, v reflect.Value)
	walk = func(where string, v reflect.Value) {
		if text, ok := v.Interface().(nis2.Text); ok {
			texts++
			if da, en := text.In("da"), text.In("en"); da == "" || en == "" || da == en {
				t.Errorf("%s: Danish %q, English %q", where, da, en)
			}
			return
		}
		switch v.Kind() {
		case reflect.Slice:
			for i := range v.Len() {
				walk(fmt.Sprintf("%s[%d]", where, i), v.Index(i))
			}
		case reflect.Struct:
			for _, f := range reflect.VisibleFields(v.Type()) {
				if f.IsExported() && len(f.Index) == 1 {
					walk(where+"."+f.Name, v.FieldByIndex(f.Index))
				}
			}
		}
	}
	walk("catalogue", reflect.ValueOf(*load(t)))
	if want := 6 + 12 + 3*80; texts != want {
		t.Errorf("%d texts, want %d: levels, articles, and title and both sides of each control", texts, want)
	}
}

func TestLevel(t *testing.T) {
	cat := load(t)
	for _, c := range []struct {
		bands string
		limit int
		value float64
		want  int
	}{
		{"share_bad", 0, 0, 5}, {"share_bad", 0, 0.02, 4}, {"share_bad", 0, 0.0201, 3}, {"share_bad", 0, 0.40, 1}, {"share_bad", 0, 0.41, 0},
		{"share_bad_strict", 0, 0, 5}, {"share_bad_strict", 0, 0.001, 3}, {"share_bad_strict", 0, 1, 0},
		{"share_bad", 0, 1.0 / 8, 2}, // a single failing one in 8
		{"count_bad", 0, 0, 5}, {"count_bad", 0, 1, 3}, {"count_bad", 0, 10, 0},
		{"age_days", 180, 180, 4}, {"age_days", 180, 225, 3}, {"age_days", 180, 270, 2}, {"age_days", 180, 361, 0},
	} {
		if got := cat.Level(&nis2.Rule{Bands: c.bands, LimitDays: c.limit}, c.value); got != c.want {
			t.Errorf("%s of %g gives level %d, want %d", c.bands, c.value, got, c.want)
		}
	}
}

func embeddedText(t testing.TB) string {
	t.Helper()
	data, err := os.ReadFile("catalogue.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// Each fault names the file, the line that holds it, and what is wrong.
func TestParseRefuses(t *testing.T) {
	good := embeddedText(t)
	for _, c := range []struct{ name, old, new, marker, want string }{
		{"unknown key", "evidence_valid_days: 365", "evidence_valid_day: 365", "evidence_valid_day: ", "field evidence_valid_day not found"},
		{"weight outside", "    weight: 5\n", "    weight: 6\n", "    weight: 6", "control 20-01: weight is 6, want 1-5"},
		{"target moves without its condition", "    target: 4\n    key: false\n    delivered_by: municipality\n    centre_share: 0.1\n", "    target: 3\n    key: false\n    delivered_by: municipality\n    centre_share: 0.1\n", `pass_when: "age_days <= 180"`, `pass_when is "age_days <= 180", but bands age_days and target 3 give "age_days <= 225"`},
		{"band moves without its conditions", "{level: 4, max: 0.02}", "{level: 4, max: 0.03}", "", `give "share_bad <= 0.03"`},
		{"bands that do not exist", "bands: share_bad_wide", "bands: share_bad_vide", "bands: share_bad_vide", `bands "share_bad_vide" do not exist`},
		{"article that does not exist", "    article: \"23\"\n", "    article: \"24\"\n", `article: "24"`, `article "24" is not in the list`},
		{"same id twice", `id: "20-02"`, `id: "20-01"`, "", `control id "20-01" is empty or stands twice`},
		{"article weights", "Ledelsens ansvar\", weight: 8", "Ledelsens ansvar\", weight: 9", "", "sum to 101, want 100"},
		{"no Danish title", `da: "Ledelsen følger op gennem fast statusrapportering"`, `da: ""`, `da: ""`, "text needs both en and da"},
		{"no Danish word on what a side does", `da: "Egen politik"`, `da: ""`, `da: ""`, "text needs both en and da"},
		{"rule without automation", "    automation: partial\n    rule:\n      source: hub\n      population: \"status", "    automation: none\n    rule:\n      source: hub\n      population: \"status", "", "control 20-02: automation is none, so a rule must not be given"},
		{"automation without rule", "    automation: none\n    weight: 5\n", "    automation: full\n    weight: 5\n", "", "control 20-01: automation is full, so a rule must be given"},
		{"unknown source", "      source: lms_csv\n", "      source: lms\n", "      source: lms\n", `source "lms" is not among the datasets`},
		{"measure that does not fit", "      measure: count_bad\n", "      measure: age_days\n", "      measure: age_days\n      bands: count_bad", `measure "age_days" does not fit bands count_bad`},
		{"band out of order", "{level: 4, max: 0.15}\n    - {level: 3, max: 0.25}", "{level: 4, max: 0.25}\n    - {level: 3, max: 0.15}", "{level: 3, max: 0.15}\n    - {level: 2, max: 0.40}", "limit 0.15 must be above the step before it"},
		{"band without end", "{level: 1, max: 9}\n    - {level: 0}", "{level: 1, max: 9}", "", "band count_bad"},
		{"empty counts as pass", "empty_population: inconclusive", "empty_population: pass", "empty_population: pass", "can only be inconclusive"},
		{"share outside", "centre_share: 0.95", "centre_share: 1.95", "centre_share: 1.95", "centre_share is 1.95, want 0-1"},
		{"confidence out of order", "  declared: 0.4\n", "  declared: 0.8\n", "", "confidence must rise"},
		{"confidence not a number", "  reviewed: 0.9 ", "  reviewed: .nan ", "  reviewed: .nan", "confidence reviewed is NaN"},
		{"second document", "catalogue:\n", "a: 1\n---\ncatalogue:\n", "", "field a not found"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(good, c.old, c.new, 1)
			if text == good {
				t.Fatalf("the catalogue no longer holds %q", c.old)
			}
			_, err := nis2.Parse("mine.yaml", []byte(text))
			if err == nil {
				t.Fatal("read without a fault")
			}
			if !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "mine.yaml:") {
				t.Errorf("fault %q, want the file and %q", err, c.want)
			}
			if c.marker == "" {
				return
			}
			at := strings.Index(text, c.marker)
			line := 1 + strings.Count(text[:at], "\n")
			if want := ":" + itoa(line) + ":"; !strings.Contains(err.Error(), want) && !strings.Contains(err.Error(), "line "+itoa(line)+":") {
				t.Errorf("fault %q does not name line %d", err, line)
			}
		})
	}
}

// All faults come at once, in the same order each time.
func TestParseReportsAllFaults(t *testing.T) {
	text := strings.ReplaceAll(embeddedText(t), "target: 4", "target: 9")
	_, first := nis2.Parse("c.yaml", []byte(text))
	_, second := nis2.Parse("c.yaml", []byte(text))
	if first == nil || second == nil || first.Error() != second.Error() {
		t.Fatal("faults differ between two readings")
	}
	if got, want := strings.Count(first.Error(), "target is 9"), strings.Count(text, "target: 9"); got != want {
		t.Errorf("%d faults about the target, want %d", got, want)
	}
}

func TestParseEmpty(t *testing.T) {
	for _, text := range []string{"", "\n# nothing\n", "catalogue: {}\n"} {
		if _, err := nis2.Parse("c.yaml", []byte(text)); err == nil {
			t.Errorf("%q was read as a catalogue", text)
		}
	}
	if _, err := nis2.Parse("c.yaml", []byte(embeddedText(t)+"\n---\na: 1\n")); err == nil || !strings.Contains(err.Error(), "more than one") {
		t.Errorf("a second document was read: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(embeddedText(f)))
	f.Add([]byte("catalogue: {id: a, version: b, date: 2026-01-01}\nbands: {x: [{level: 5, max: 0}, {level: 0}]}\ncontrols: [{id: a, rule: {bands: x}}]\n"))
	f.Add([]byte("a: &a [*a]\n"))
	f.Add([]byte("controls: [*x]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		cat, err := nis2.Parse("c.yaml", data)
		if err != nil {
			return
		}
		sum := 0
		for _, a := range cat.Articles {
			sum += a.Weight
		}
		if sum != 100 || len(cat.Controls) == 0 {
			t.Errorf("a catalogue with %d controls and weights of %d was accepted", len(cat.Controls), sum)
		}
	})
}
