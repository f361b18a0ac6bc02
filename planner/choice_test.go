package planner_test

import (
	"strings"
	"testing"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

// twoCentres has Assens and Nyborg between Odense and Kolding; Nyborg talks with Kolding, the far one.
func twoCentres() *build {
	b := newBuild(3)
	for _, m := range []struct {
		code, name string
		lat, lon   float64
	}{{"461", "Odense", 55.40, 10.39}, {"621", "Kolding", 55.49, 9.47}, {"420", "Assens", 55.27, 9.90}, {"450", "Nyborg", 55.31, 10.79}, {"479", "Svendborg", 55.06, 10.61}} {
		b.municipality(m.code, m.name, m.lat, m.lon, 2000)
		b.fill(m.code, 12)
	}
	b.centre("odense", "461", 55.40, 10.39, inventory.Capacity{VCPUs: 900, MemoryGB: 9000, StorageGB: 90_000, Users: 40_000})
	b.centre("kolding", "621", 55.49, 9.47, inventory.Capacity{VCPUs: 900, MemoryGB: 9000, StorageGB: 90_000, Users: 40_000})
	b.agreement("450", "621", "kolding", inventory.StateDialogue, "")
	b.agreement("420", "461", "odense", inventory.StateAgreement, "")
	return b
}

func TestTheAgreedChoiceIsJudged(t *testing.T) {
	in := twoCentres().input()
	choice := planner.AgreedChoice(in)
	if len(choice) != 2 || choice["450"] != "kolding" || choice["420"] != "odense" {
		t.Fatalf("today's choice is %v", choice)
	}
	v, err := planner.JudgeChoice(t.Context(), in, choice)
	if err != nil {
		t.Fatal(err)
	}
	if len(v.Open) != 1 || v.Open[0] != "479" || len(v.Rows) != 2 || len(v.Broken) != 0 {
		t.Errorf("open %v, %d rows, broken %v", v.Open, len(v.Rows), v.Broken)
	}
	nyborg := v.Rows[1]
	if nyborg.Municipality != "450" || nyborg.Chosen != "kolding" || nyborg.Best != "odense" || nyborg.Near != "odense" || !nyborg.Room || nyborg.NearKM >= nyborg.KM {
		t.Errorf("Nyborg: %+v", nyborg)
	}
	// 2,000 users who go farther to Kolding, and Assens the other way, to the hundred metres.
	want := 0.0
	for _, r := range v.Rows {
		want += 2000 * r.KM
	}
	if !v.Best.Proven || v.UserKM-want > 1 || want-v.UserKM > 1 || v.Regret <= 0 || v.Regret != v.AtMost || v.UserKM-v.Regret != v.Best.UserKM {
		t.Errorf("%g user km, want %g; regret %g, at most %g, best %+v", v.UserKM, want, v.Regret, v.AtMost, v.Best)
	}

	best, err := planner.JudgeChoice(t.Context(), in, map[string]string{"420": v.Rows[0].Best, "450": "odense"})
	if err != nil || best.Regret != 0 || len(best.Open) != 1 {
		t.Errorf("the best choice: regret %g, %v", best.Regret, err)
	}
}

func TestAChoiceThatDoesNotFitIsNamed(t *testing.T) {
	b := twoCentres()
	for i := range b.Centres {
		if b.Centres[i].ID == "odense" {
			b.Centres[i].Capacity.Users = 5_000 // 4,000 may be filled, Odense's own are 2,000
		}
	}
	in := b.input()
	v, err := planner.JudgeChoice(t.Context(), in, map[string]string{"420": "odense", "450": "odense"})
	if err != nil {
		t.Fatal(err)
	}
	if len(v.Broken) != 1 || v.Broken[0].Rule != "capacity_exceeded" || v.Broken[0].Subject != "odense" || v.Broken[0].Detail != "users: 4000 are asked for, 2000 are free" {
		t.Errorf("broken %v", v.Broken)
	}
	for i := range b.Centres {
		b.Centres[i].Capacity.Users = 2_000
	}
	v, err = planner.JudgeChoice(t.Context(), b.input(), map[string]string{"420": "odense", "450": "kolding"})
	if err != nil || v.Fits || v.Regret != 0 || len(v.Broken) != 2 || v.Rows[0].Best != "" {
		t.Errorf("no choice fits, and the verdict is %+v %v", v, err)
	}
	for want, choice := range map[string]map[string]string{
		`there is no centre "esbjerg"; centres are [kolding odense]`: {"420": "esbjerg"},
		"choice of 461: it is no member, hosts a centre":             {"461": "kolding"},
		"choice of 999: it is no member":                             {"999": "kolding"},
	} {
		if _, err := planner.JudgeChoice(t.Context(), in, choice); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}
