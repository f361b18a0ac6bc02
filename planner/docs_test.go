package planner_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

const (
	kitSample = "../docs/samples/kit_fyn.txt"
	kitBegin  = "<!-- kit_fyn: written by go test ./planner -run KitFynInTheDocs -update -->\n"
	kitEnd    = "<!-- kit_fyn: end -->\n"
)

// The worked example in docs/planning.md is the plan of docs/samples/kit_fyn.txt, with the explanation
// of one date.
func TestKitFynInTheDocs(t *testing.T) {
	in, p := kitFynAsGiven(t)
	var text strings.Builder
	fmt.Fprintf(&text, "Planned on %s. The last wave ends %s; no plan of the same waves ends before %s.\n\n", p.AsOf, p.LastWaveEnd, p.LowerBound)
	text.WriteString("| municipality | as given | servers | waves | first cutover | over |\n|---|---|--:|--:|---|---|\n")
	for _, m := range in.Snapshot.Municipalities {
		given := "no agreement stated"
		for _, a := range in.Snapshot.Agreements {
			if a.Customer == m.Code {
				given = fmt.Sprintf("%s, %s", a.State, a.Window.Text)
			}
		}
		if m.Code == "461" {
			given = "host"
		}
		waves, servers := 0, 0
		var over, first inventory.Date
		for _, w := range p.Waves {
			if w.Municipality == m.Code {
				waves++
				servers += w.Servers
				over = max(over, w.End)
			}
		}
		for _, g := range p.Groups {
			if g.Municipality == m.Code && g.Wave != "" && (first == 0 || g.Cutover < first) {
				first = g.Cutover
			}
		}
		fmt.Fprintf(&text, "| %s | %s | %d | %d | %s | %s |\n", m.Name, given, servers, waves, first, over)
	}
	text.WriteString("\nOne date and its reasons:\n\n```\n" + explanation(t, p, "430") + "```\n")

	page, err := os.ReadFile("../docs/planning.md")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(page), kitBegin)
	was, after, ok2 := strings.Cut(rest, kitEnd)
	if !ok || !ok2 {
		t.Fatalf("docs/planning.md lacks the lines %q and %q", kitBegin, kitEnd)
	}
	if *update {
		if err := os.WriteFile("../docs/planning.md", []byte(before+kitBegin+text.String()+kitEnd+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(was, text.String()); diff != "" {
		t.Errorf("docs/planning.md (-page +plan); run with -update after a change that is meant:\n%s", diff)
	}
}

func kitFynAsGiven(t *testing.T) (planner.Input, planner.Plan) {
	t.Helper()
	sample, err := os.ReadFile(kitSample)
	if err != nil {
		t.Fatal(err)
	}
	in, err := readEstate(string(sample))
	if err != nil {
		t.Fatalf("%s: %v", kitSample, err)
	}
	return in, propose(t, in)
}

// explanation tells about the last group of a municipality's third wave.
func explanation(t *testing.T, p planner.Plan, municipality string) string {
	t.Helper()
	var out strings.Builder
	for _, w := range p.Waves {
		if w.ID != municipality+"-w3" {
			continue
		}
		x, ok := planner.Explain(p, w.Groups[len(w.Groups)-1])
		if !ok {
			t.Fatalf("wave %s has no group", w.ID)
		}
		g := x.Group
		fmt.Fprintf(&out, "group %s (%s), cutover %s %s, slack %d days\n", g.ID, g.Name, g.Cutover.Weekday(), g.Cutover, g.SlackDays)
		fmt.Fprintf(&out, "    its data is copied from %s\n", g.Start)
		for _, r := range append(x.Together, x.Date...) {
			fmt.Fprintf(&out, "    %s\n", r)
		}
		fmt.Fprintf(&out, "    held back by %s\n", strings.Join(x.Chain, ", that by "))
	}
	if out.Len() == 0 {
		t.Fatalf("municipality %s has no third wave", municipality)
	}
	return out.String()
}

// The sample says what the cooperation says.
func TestTheKitFynSampleIsAsGiven(t *testing.T) {
	const facts = "../../shared/facts/kit_fyn.csv"
	data, err := os.ReadFile(facts)
	if err != nil {
		t.Skipf("SKIPPED: %v: put the shared facts beside the project to compare the sample with them", err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(data))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	in, _ := kitFynAsGiven(t)
	states := map[string][]inventory.AgreementState{
		"no server move stated": {""}, "host centre for server operation": {""},
		"pipeline": {inventory.StateAnalysis, inventory.StatePlanned},
		"moving":   {inventory.StateMoving}, "in dialogue/pipeline": {inventory.StateDialogue, inventory.StateAnalysis},
		"moved (first)": {inventory.StateStable}, "agreement made": {inventory.StateAgreement},
	}
	seen := 0
	for _, row := range rows[1:] {
		code, name, status, window := row[0], row[1], row[3], strings.TrimPrefix(row[4], "start ")
		var agreement inventory.Agreement
		for _, a := range in.Snapshot.Agreements {
			if a.Customer == code {
				agreement = a
			}
		}
		for _, m := range in.Snapshot.Municipalities {
			if m.Code == code && m.Name == name {
				seen++
			}
		}
		right := false
		for _, s := range states[status] {
			right = right || s == agreement.State
		}
		if !right || agreement.Window.Text != window {
			t.Errorf("%s %s is given as %q in %q, the sample has %q in %q", code, name, status, window, agreement.State, agreement.Window.Text)
		}
	}
	if seen != 9 || len(in.Snapshot.Municipalities) != 9 {
		t.Errorf("%d of 9 municipalities are in the sample", seen)
	}
}
