package oscal_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/defenseunicorns/go-oscal/src/pkg/validation"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
	"github.com/samdrift/samdrift/planner/nis2/oscal"
)

var today = inventory.NewDate(2027, time.March, 1)

func catalogue(t *testing.T) *nis2.Catalogue {
	t.Helper()
	cat, err := nis2.Load()
	if err != nil {
		t.Fatal(err)
	}
	return cat
}

// assessed is a municipality that answered some controls, left the rest, found one not to apply, and has
// one answer that is only copied from the round before.
func assessed(t *testing.T, cat *nis2.Catalogue) (nis2.Assessment, []nis2.Answer) {
	t.Helper()
	answer := func(control string, level int) nis2.Answer {
		return nis2.Answer{Municipality: "479", Control: control, Level: level, AnsweredBy: "Anne Hansen", AnsweredAt: today}
	}
	reached, short, outside, copied := answer("20-01", 4), answer("20-02", 1), answer("21j-04", 0), answer("20-03", 5)
	reached.Evidence, reached.EvidenceUntil, reached.ReviewedBy = "Referat, punkt 7:\n \"godkendt\" æøå", today.AddDays(365), "Bo Berg"
	outside.NotApplicable = &nis2.NotApplicable{Reason: "Bruges ikke", ApprovedBy: "Bo Berg", Until: today.AddDays(90)}
	copied.Unconfirmed = true
	answers := []nis2.Answer{reached, short, outside, copied}
	snap := &inventory.Snapshot{Municipalities: []inventory.Municipality{{Code: "479", Name: "Svendborg"}}, Notice: "Demodata", Demo: true,
		Assets: []inventory.Asset{{ID: "a1", Municipality: "479", Kind: inventory.KindServer, Name: "svb-hemmelig-01"}}}
	all, err := nis2.Assess(cat, nis2.Input{Snapshot: snap, AsOf: today, Answers: answers})
	if err != nil || len(all) != 1 {
		t.Fatalf("%d assessments, %v", len(all), err)
	}
	return all[0], answers
}

// Every document passes NIST's own JSON schema of the version that it names.
func TestSchema(t *testing.T) {
	cat := catalogue(t)
	a, answers := assessed(t, cat)
	agreement := inventory.Agreement{ID: "479-461", Customer: "479", Host: "461", Centre: "kit-fyn", State: inventory.StateStable, CommittedLevels: map[string]int{"21c-03": 4}}
	for name, doc := range map[string]oscal.Document{
		"catalog":              oscal.Catalog(cat),
		"assessment-results":   oscal.Results(cat, a, answers),
		"nothing answered":     oscal.Results(cat, empty(t, cat), nil),
		"component-definition": oscal.Component(cat, agreement, "KIT Fyn", "Svendborg"),
	} {
		t.Run(name, func(t *testing.T) {
			written := write(t, doc)
			validator, err := validation.NewValidator(written)
			if err != nil {
				t.Fatal(err)
			}
			if v := validator.GetSchemaVersion(); v != "1.1.3" {
				t.Errorf("checked against the schema of %s", v)
			}
			if err := validator.Validate(); err != nil {
				t.Errorf("the schema refuses it: %v", err)
			}
			if !bytes.Equal(written, write(t, doc)) {
				t.Error("the same document has other bytes when it is written again")
			}
		})
	}
}

// The schema must refuse what is wrong, or the test above shows nothing.
func TestSchemaRefuses(t *testing.T) {
	wrong := bytes.ReplaceAll(write(t, oscal.Catalog(catalogue(t))), []byte(`"id": "nis2-20-01"`), []byte(`"id": "20-01"`))
	validator, err := validation.NewValidator(wrong)
	if err != nil {
		t.Fatal(err)
	}
	if validator.Validate() == nil {
		t.Error("the schema takes an id that begins with a digit")
	}
}

// Findings tell of the cooperation's goals: reached or not, and nothing where nothing is known.
func TestFindings(t *testing.T) {
	cat := catalogue(t)
	a, answers := assessed(t, cat)
	written := write(t, oscal.Results(cat, a, answers))
	var doc struct {
		Results struct {
			Results []struct {
				Findings []struct {
					Target struct {
						ID     string                         `json:"target-id"`
						Status struct{ State, Reason string } `json:"status"`
					} `json:"target"`
				} `json:"findings"`
			} `json:"results"`
		} `json:"assessment-results"`
	}
	if err := json.Unmarshal(written, &doc); err != nil {
		t.Fatal(err)
	}
	state := map[string]string{}
	for _, f := range doc.Results.Results[0].Findings {
		state[f.Target.ID] = f.Target.Status.State
	}
	for target, want := range map[string]string{
		"nis2-20-01_obj": "satisfied", "nis2-20-02_obj": "not-satisfied",
		"nis2-20-03_obj":  "", // copied from an earlier round: a claim
		"nis2-20-04_obj":  "", // nobody answered
		"nis2-21j-04_obj": "", // does not apply
	} {
		if state[target] != want {
			t.Errorf("%s is %q, want %q", target, state[target], want)
		}
	}
	for _, private := range []string{"Anne Hansen", "Bo Berg", "svb-hemmelig-01"} {
		if bytes.Contains(written, []byte(private)) {
			t.Errorf("the results name %q", private)
		}
	}
	if !bytes.Contains(written, []byte("No statement about the law")) || !bytes.Contains(written, []byte("Demodata")) {
		t.Error("the results do not say what they are no statement of, or that the data are invented")
	}
}

func empty(t *testing.T, cat *nis2.Catalogue) nis2.Assessment {
	t.Helper()
	all, err := nis2.Assess(cat, nis2.Input{AsOf: today, Snapshot: &inventory.Snapshot{Municipalities: []inventory.Municipality{{Code: "479", Name: "Svendborg"}}}})
	if err != nil || len(all) != 1 {
		t.Fatalf("%d assessments, %v", len(all), err)
	}
	return all[0]
}

func write(t *testing.T, doc oscal.Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := doc.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
