package web

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/samdrift/samdrift/dashboards/locale"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

// The plan of the whole country, 98 municipalities with 8 waves and 61 groups each, is a page of less
// than a megabyte, also with a lane and all its waves open.
func TestNationalPlanIsALightPage(t *testing.T) {
	l := locale.Get("da")
	start := inventory.NewDate(2027, time.January, 4)
	page := planPage{frame: frame{Lang: "da", locale: l, Names: map[string]string{}, Person: hub.Person{Role: hub.RoleAdmin}}, State: planState{Zoom: "week", Open: []string{"100"}}}
	for m := range 98 {
		code := fmt.Sprint(100 + m)
		page.Names[code] = "Nordfyns Kommune " + code
		for w := range 8 {
			wave := planner.Wave{ID: fmt.Sprintf("%s-w%d", code, w+1), Name: fmt.Sprintf("%s %d", page.Names[code], w+1), Number: w + 1, Municipality: code, Servers: 30,
				Start: start.AddDays(40 * w), End: start.AddDays(40*w + 30), Certainty: "proposal"}
			for i := range 8 {
				id := fmt.Sprintf("%s-a%012d", code, 8*w+i)
				page.V.Plan.Groups = append(page.V.Plan.Groups, planner.Group{ID: id, Municipality: code, Name: "Omsorgsjournal og medicin", Wave: wave.ID,
					Start: wave.Start, Cutover: wave.Start.AddDays(14 + i/4), End: wave.End, SlackDays: 30})
				wave.Groups = append(wave.Groups, id)
			}
			if m == 0 {
				page.State.Open = append(page.State.Open, wave.ID)
			}
			page.V.Plan.Waves = append(page.V.Plan.Waves, wave)
		}
	}
	page.V.AsOf, page.V.Plan.Deadline = start, inventory.NewDate(2027, time.December, 31)
	page.Gantt = ganttOf(page.frame, page.V, page.State, nil)
	if want := 98 + 8 + 64; len(page.Gantt.Names) != want {
		t.Errorf("%d lanes, want %d: one for each municipality, and the waves and groups of one", len(page.Gantt.Names), want)
	}
	var b bytes.Buffer
	if err := parseTemplates()["da"]["plan"].ExecuteTemplate(&b, "layout", page); err != nil {
		t.Fatal(err)
	}
	if b.Len() >= 1_000_000 {
		t.Errorf("the page has %d bytes, want less than a million", b.Len())
	}
	t.Logf("%d bytes", b.Len())
}

// A lane shows what is the municipality's own: its freeze, the end of its lease, and the window of its
// agreement; a window that has passed is left out.
func TestLaneShowsItsOwnDays(t *testing.T) {
	l := locale.Get("da")
	today := inventory.NewDate(2027, time.January, 4)
	f := frame{Lang: "da", locale: l, Names: map[string]string{"430": "Faaborg-Midtfyn"}}
	wave := planner.Wave{ID: "430-w1", Municipality: "430", Start: today.AddDays(10), End: today.AddDays(30),
		Reasons: []planner.Reason{{Rule: "agreement", Params: map[string]string{"window": "Q2 2027"}}}}
	v := hub.PlanView{Meta: hub.Meta{AsOf: today}, Plan: planner.Plan{Deadline: inventory.NewDate(2027, time.December, 31), Waves: []planner.Wave{wave}},
		Leases:  []planner.Lease{{Municipality: "430", Until: inventory.NewDate(2027, time.June, 1), DKKPerDay: 2_000}, {Municipality: "479", Until: today}},
		Freezes: []planner.Freeze{{From: today, To: today.AddDays(3), Municipality: "430", Name: planner.Text{DA: "Byfest"}}, {From: today, To: today, Municipality: "479", Name: planner.Text{DA: "Andres"}}}}
	body := string(ganttOf(f, v, planState{Zoom: "month"}, nil).Body)
	for _, want := range []string{"Byfest", "Lejemålet for serverrummet udløber 01.06.2027; derefter 2.000", "Aftalens tidsrum: 2. kvartal 2027"} {
		if !strings.Contains(body, want) {
			t.Errorf("the lane does not say %q", want)
		}
	}
	if strings.Contains(body, "Andres") || strings.Count(body, "Lejemålet") != 1 {
		t.Error("another municipality's days stand in the lane")
	}
	v.AsOf = inventory.NewDate(2027, time.July, 1)
	if body := string(ganttOf(f, v, planState{Zoom: "month"}, nil).Body); strings.Contains(body, "Aftalens tidsrum") {
		t.Error("a window that has passed is drawn")
	}
}
