package planner_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/schedule/verify"
)

// find gives an ordinary group of a municipality with a date.
func find(t *testing.T, p planner.Plan, municipality string) planner.Group {
	t.Helper()
	for _, g := range p.Groups {
		if g.Municipality == municipality && !g.Foundation && g.Wave != "" {
			return g
		}
	}
	t.Fatalf("no group of %s has a date", municipality)
	return planner.Group{}
}

func broken(p planner.Plan) (rules []string) {
	for _, v := range p.Violations {
		rules = append(rules, v.Rule)
	}
	slices.Sort(rules)
	return slices.Compact(rules)
}

// A night that people set is kept; what it breaks is told, and breaks the plan's promise to keep all.
func TestANightThatPeopleSetIsKept(t *testing.T) {
	in := kitFyn(1).input()
	g := find(t, propose(t, in), "420")
	for name, c := range map[string]struct {
		night inventory.Date
		want  []string
	}{
		"a free night":     {inventory.NewDate(2027, time.March, 9), nil},
		"on Christmas Eve": {inventory.NewDate(2026, time.December, 24), []string{"freeze_broken", "hypercare_broken", "link_shared"}},
		"too late":         {inventory.NewDate(2028, time.January, 5), []string{"deadline_missed"}},
		"tomorrow":         {in.AsOf + 1, []string{"lead_time_broken", "seeding_short", "weekday_broken"}},
	} {
		t.Run(name, func(t *testing.T) {
			in := kitFyn(1).input()
			in.Pins = []planner.Pin{{Group: g.ID, Cutover: c.night}}
			p := propose(t, in)
			for _, x := range p.Groups {
				if x.ID == g.ID && (x.Cutover != c.night || !x.Pinned) {
					t.Errorf("set to %s, cut over on %s", c.night, x.Cutover)
				}
			}
			rules := broken(p)
			for _, want := range c.want {
				if !slices.Contains(rules, want) {
					t.Errorf("%s is not told; told are %v", want, p.Violations)
				}
			}
			if p.Feasible != (len(rules) == 0) || len(c.want) == 0 && len(rules) > 0 {
				t.Errorf("feasible %v with %v", p.Feasible, p.Violations)
			}
			if faults := planner.Check(in, p); len(faults) > 0 {
				t.Error(faults)
			}
		})
	}
}

// A centre that people choose is taken even when it is too small or an agreement says otherwise.
func TestAChosenCentreIsTaken(t *testing.T) {
	estate := func() planner.Input {
		b := kitFyn(1)
		b.municipality("510", "Haderslev", 55.25, 9.49, 3000)
		b.fill("510", 20)
		b.centre("haderslev", "510", 55.25, 9.49, inventory.Capacity{VCPUs: 100, MemoryGB: 400, StorageGB: 10_000, Users: 100_000})
		return b.input()
	}
	in := estate()
	in.Choices = map[string]string{"420": "haderslev", "430": "haderslev"}
	p := propose(t, in)
	for _, a := range p.Assignments {
		if want := in.Choices[a.Municipality]; want != "" && (a.Centre != want || !a.Chosen || a.Decided) {
			t.Errorf("%+v, chosen is %s", a, want)
		}
	}
	if diff := cmp.Diff([]string{"agreement_broken", "capacity_exceeded"}, broken(p)); diff != "" || p.Feasible {
		t.Errorf("feasible %v, broken rules (-want +got):\n%s", p.Feasible, diff)
	}
	in.Choices = map[string]string{"430": "odense"} // as agreed
	if p := propose(t, in); len(p.Violations) > 0 || !p.Feasible {
		t.Errorf("a choice that agrees with the agreement breaks %v", p.Violations)
	}
	for name, choices := range map[string]map[string]string{"no centre": {"420": "atlantis"}, "no municipality": {"999": "odense"}, "a host": {"461": "haderslev"}} {
		in.Choices = choices
		if _, err := planner.Propose(in); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

// People who are transferred bring cutovers forward from the day they come, and only at their centre.
func TestTransferredStaffBringsCutoversForward(t *testing.T) {
	end := func(change func(*planner.Settings)) inventory.Date {
		in := kitFyn(1).input()
		in.Snapshot.Agreements = nil // windows would hold it
		in.Settings.CrewsPerCentre, in.Settings.ServersPerCrewNight, in.Settings.MaxGroupServers = 1, 4, 4
		change(&in.Settings)
		return propose(t, in).LastWaveEnd
	}
	alone := end(func(*planner.Settings) {})
	joined := end(func(s *planner.Settings) {
		s.StaffTransfers = []planner.StaffTransfer{{Municipality: "420", On: inventory.NewDate(2027, time.February, 1), Crews: 3}}
	})
	if joined >= alone {
		t.Errorf("with three more crews from February the last wave ends %s, without %s", joined, alone)
	}
	elsewhere := end(func(s *planner.Settings) {
		s.StaffTransfers = []planner.StaffTransfer{{Municipality: "999", On: inventory.NewDate(2027, time.February, 1), Crews: 3}}
	})
	if elsewhere != alone {
		t.Errorf("crews that go to no centre of the plan change its end from %s to %s", alone, elsewhere)
	}
}

// The plan as tasks is the plan: the verifier of tasks finds nothing wrong with it.
func TestThePlanAsTasks(t *testing.T) {
	in := kitFyn(2).input()
	in.Settings.LocalServersPerNight, in.Settings.MaxGroupsPerNight = 20, 5
	p := propose(t, in)
	n, err := planner.NewNetwork(in, p, 0)
	if err != nil {
		t.Fatal(err)
	}
	if faults := verify.Check(n.Problem, n.Starts); len(faults) > 0 {
		t.Error(faults)
	}
	for _, g := range p.Groups {
		at := n.Starts[n.Cutover[g.ID]].Slot
		if g.Wave == "" || in.AsOf.AddDays(at+1) != g.Cutover || in.AsOf.AddDays(n.Starts[n.Cutover[g.ID]-1].Slot+1) != g.Start {
			t.Errorf("%s stands in slot %d, cut over on %s", g.ID, at, g.Cutover)
		}
	}
}

func TestConfidence(t *testing.T) {
	in := kitFyn(1).input()
	ask := func(deadline inventory.Date) planner.Confidence {
		in.Settings.Deadline = deadline
		c, err := planner.Confide(t.Context(), in, propose(t, in), 200)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	roomy := ask(in.Settings.Deadline)
	if roomy.ByDeadline < 0.99 || roomy.P50 > roomy.P80 || roomy.P80 > roomy.P95 || roomy.P50 < propose(t, in).LastWaveEnd {
		t.Errorf("%+v for a plan that ends %s", roomy, propose(t, in).LastWaveEnd)
	}
	if diff := cmp.Diff(roomy, ask(in.Settings.Deadline)); diff != "" {
		t.Errorf("another run differs:\n%s", diff)
	}
	tight := ask(propose(t, in).LastWaveEnd.AddDays(-in.Settings.HypercareDays))
	if tight.ByDeadline > 0.7 {
		t.Errorf("with the last cutover on the deadline it is kept with %.2f", tight.ByDeadline)
	}
}

// What is changed shows in the order of what it does, and more time for follow-up never ends earlier.
func TestSensitivities(t *testing.T) {
	in := kitFyn(1).input()
	in.Settings.Search = 1000
	p := propose(t, in)
	all, err := planner.Sensitivities(in, p)
	if err != nil {
		t.Fatal(err)
	}
	days := map[string]int{}
	for i, s := range all {
		days[s.Changed.Params["setting"]+" "+s.Changed.Params["to"]] = s.Days
		if i > 0 && s.Refused == all[i-1].Refused && max(s.Days, -s.Days) > max(all[i-1].Days, -all[i-1].Days) {
			t.Errorf("%v stands behind %v", s, all[i-1])
		}
	}
	if days["hypercare_days 15"] <= 0 || days["crews_per_centre 3"] > 0 || len(all) != 7 {
		t.Errorf("days by change: %v", days)
	}
	if again := propose(t, in); cmp.Diff(p, again) != "" {
		t.Error("asking changed the plan")
	}
}
