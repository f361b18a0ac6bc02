package planner_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

// rules gives the names of the rules of some reasons.
func rules(reasons []planner.Reason) []string {
	names := []string{}
	for _, r := range reasons {
		names = append(names, r.Rule)
	}
	return names
}

func foundation(t *testing.T, p planner.Plan, asset string) planner.Foundation {
	t.Helper()
	for _, f := range p.Foundations {
		if f.Asset == asset {
			return f
		}
	}
	t.Fatalf("%s is not listed as a foundation", asset)
	return planner.Foundation{}
}

func TestFoundationsAreListedWithReasons(t *testing.T) {
	b := kitFyn(1)
	disk := inventory.Volume{Name: "Q:", SharedID: "backup-lun", TotalBytes: 1e12, UsedBytes: 1e12}
	for _, id := range []string{"s420-backup", "s420-app000-0"} {
		b.asset(id).Volumes = append(b.asset(id).Volumes, disk)
	}
	b.asset("s420-app000-0").Status = inventory.InService
	b.flow("s420-dc1", "s420-dc2", 389, 1e6)
	in := b.input()
	in.Settings.Foundation = []string{"s420-app001-0", "nobody"}
	in.Settings.NotFoundation = []string{"s420-monitor", "s420-app000-0"}
	p := propose(t, in)
	for id, want := range map[string]struct {
		role      string
		overruled bool
		rules     []string
	}{
		"s420-dc1":      {"directory", false, []string{"hub"}},
		"s420-backup":   {"backup", false, []string{"hub"}},
		"s420-monitor":  {"monitoring", true, []string{"hub", "foundation_overruled"}},
		"s420-app000-0": {"backup", false, []string{"foundation_tied"}},
		"s420-app001-0": {"shared", false, []string{"foundation_chosen"}},
		"s430-monitor":  {"monitoring", false, []string{"hub"}},
	} {
		f := foundation(t, p, id)
		if f.Role != want.role || f.Overruled != want.overruled || !slices.Equal(rules(f.Reasons), want.rules) {
			t.Errorf("%s: %+v, want %+v", id, f, want)
		}
	}
	var notes []string
	for _, a := range p.Assumptions {
		if strings.HasPrefix(a.Rule, "foundation_") {
			notes = append(notes, a.String())
		}
	}
	want := []string{
		"nobody is named in the settings as a shared service or as none, and is no server that moves",
		"s420-app000-0 is set as no shared service, but cannot be parted from one; it stays with it",
	}
	slices.Sort(notes)
	if diff := cmp.Diff(want, notes); diff != "" {
		t.Errorf("assumptions (-want +got):\n%s", diff)
	}
	for _, g := range p.Groups {
		if g.ID == "420-s420-dc1" && !slices.Contains(rules(g.Ties), "same_domain") {
			t.Errorf("the two directory servers answer each other, but the group says only %v", g.Ties)
		}
	}

	in.Settings.Foundation = []string{"s420-monitor"}
	if _, err := planner.Propose(in); err == nil || !strings.Contains(err.Error(), `both name "s420-monitor"`) {
		t.Errorf("a server set as both: error %v", err)
	}
}

// cutEstate is a municipality with two systems that talk: by database, and by a nightly copy.
func cutEstate(latency float64) planner.Input {
	b := newBuild(1)
	b.municipality("461", "Odense", 55.4, 10.4, 15000)
	b.municipality("450", "Nyborg", 55.3, 10.8, 2400)
	b.centre("odense", "461", 55.4, 10.4, inventory.Capacity{VCPUs: 1000, MemoryGB: 4000, StorageGB: 90_000, Users: 60_000})
	b.link("450", "odense", 1000)
	b.Links[0].LatencyMS = latency
	var a, c []string
	for _, name := range []string{"a1", "a2", "a3"} {
		a = append(a, b.server("450", name, 1))
	}
	for _, name := range []string{"c1", "c2", "c3"} {
		c = append(c, b.server("450", name, 3))
	}
	b.system("450", "Alfa", 1, "", a...)
	b.system("450", "Charlie", 3, "", c...)
	b.flow(a[0], c[0], 1433, 50e6)
	b.flow(a[0], c[1], 22, 900e6)
	in := b.input()
	in.Settings.MaxGroupServers = 3
	return in
}

func TestCutsThatHurt(t *testing.T) {
	for _, c := range []struct {
		name    string
		latency float64
		limit   float64
		want    []string
	}{
		{"a long line", 8, 1000, []string{"database (port 1433): 200 round trips of 8 ms make people wait 1600 ms, more than the limit of 1000 ms"}},
		{"a short line", 2, 1000, nil},
		{"a line that nobody has measured", 0, 1000, []string{"database (port 1433): the link's latency is not known; above 5 ms people will notice"}},
		{"no warnings wanted", 8, 0, nil},
	} {
		in := cutEstate(c.latency)
		in.Settings.MaxWaitMS = c.limit
		in.Settings.CrewsPerCentre, in.Settings.ServersPerCrewNight = 1, 3
		p := propose(t, in)
		if len(p.Groups) != 2 || len(p.Groups[0].Cut) != 1 {
			t.Fatalf("%s: groups %+v", c.name, p.Groups)
		}
		cut := p.Groups[0].Cut[0]
		if cut.BytesPerDay != 950e6 || cut.Port != 22 || cut.Class != "database" || cut.ClassPort != 1433 || cut.DaysApart == 0 {
			t.Errorf("%s: cut %+v", c.name, cut)
		}
		var got []string
		for _, r := range cut.Reasons {
			got = append(got, r.String())
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestWhy(t *testing.T) {
	in := cutEstate(5)
	p := propose(t, in)
	w, err := planner.Why(in, p, "s450-a1")
	if err != nil {
		t.Fatal(err)
	}
	if w.Group != "450-s450-a1" || !slices.Equal(w.Tied, []string{"s450-a2", "s450-a3"}) || !slices.Equal(rules(w.Ties), []string{"same_system"}) {
		t.Errorf("ties: %+v", w)
	}
	if len(w.Pulls) != 1 || w.Pulls[0].Group != "450-s450-c1" || w.Pulls[0].Class != "database" || w.Pulls[0].BytesPerDay != 950e6 ||
		!slices.Equal(rules(w.Pulls[0].Reasons), []string{"pull_no_room"}) {
		t.Errorf("pulls: %+v", w.Pulls)
	}
	for asset, want := range map[string]string{
		"nobody":  `asset "nobody" is not in the plan`,
		"s461-a1": `asset "s461-a1" is not in the plan`,
	} {
		if _, err := planner.Why(in, p, asset); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", asset, err, want)
		}
	}
	in.Snapshot.Systems = nil
	if _, err := planner.Why(in, p, "s450-a3"); err == nil || !strings.Contains(err.Error(), "another snapshot") {
		t.Errorf("a plan from another snapshot: error %v", err)
	}
}

// watched gives a server an agent that has reported since a day before the snapshot was taken.
func (b *build) watched(id string, days int) {
	a := b.asset(id)
	a.FirstSeen = b.TakenAt.AddDate(0, 0, -days)
	a.Sources = []inventory.Source{{Collector: "agent", Status: inventory.StatusOK, At: b.TakenAt}}
}

func TestRetireCandidates(t *testing.T) {
	b := newBuild(1)
	b.municipality("461", "Odense", 55.4, 10.4, 15000)
	b.municipality("450", "Nyborg", 55.3, 10.8, 2400)
	b.centre("odense", "461", 55.4, 10.4, inventory.Capacity{VCPUs: 1000, MemoryGB: 4000, StorageGB: 90_000, Users: 60_000})
	for _, name := range []string{"used1", "used2", "silent", "upkeep", "young", "stale", "nobodyknows", "old", "oldused", "oldusers", "silentusers"} {
		b.server("450", name, 2)
	}
	for _, name := range []string{"silent", "upkeep", "silentusers"} {
		b.watched("s450-"+name, 90)
	}
	b.watched("s450-young", 20)
	b.watched("s450-stale", 90)
	b.asset("s450-stale").Sources[0].At = b.TakenAt.AddDate(0, 0, -30)
	b.asset("s450-silent").Sources = append(b.asset("s450-silent").Sources, inventory.Source{Collector: "snmp", Status: inventory.StatusOK, At: b.TakenAt})
	b.asset("s450-silent").Listeners = []inventory.Listener{{Protocol: "tcp", Port: 22}, {Protocol: "tcp", Port: 49664}}
	b.asset("s450-silentusers").Listeners = []inventory.Listener{{Protocol: "tcp", Port: 8080}}
	for _, name := range []string{"old", "oldused", "oldusers"} {
		b.asset("s450-" + name).OS = inventory.OS{Name: "Windows Server", Version: "2008", EndOfSupport: inventory.NewDate(2020, time.January, 14)}
	}
	b.flow("s450-used1", "s450-used2", 443, 1e9)
	b.flow("s450-used1", "s450-oldused", 443, 1e3)
	b.flow("s450-upkeep", "s450-used2", 53, 1e6)
	b.Systems = []inventory.System{
		{ID: "y1", Municipality: "450", Name: "Alfa", Hosting: inventory.HostingOwn, Users: 40, Assets: []string{"s450-oldusers"}},
		{ID: "y2", Municipality: "450", Name: "Beta", Hosting: inventory.HostingOwn, Users: 40, Assets: []string{"s450-silentusers"}},
	}
	in := b.input()
	type candidate struct {
		Asset                      string
		Evidence, Against, Unknown []string
	}
	list := func(p planner.Plan) []candidate {
		var got []candidate
		for _, c := range p.RetireCandidates {
			got = append(got, candidate{c.Asset, rules(c.Evidence), rules(c.Against), rules(c.Unknown)})
		}
		return got
	}
	want := []candidate{
		{"s450-silent", []string{"retire_silent", "retire_no_listeners"}, []string{}, []string{"retire_watch_unknown", "retire_users_unknown"}},
		{"s450-old", []string{"retire_system_ended"}, []string{}, []string{"retire_traffic_unknown", "retire_listeners_unknown", "retire_users_unknown"}},
		{"s450-upkeep", []string{"retire_upkeep_only"}, []string{}, []string{"retire_listeners_unknown", "retire_users_unknown"}},
		{"s450-silentusers", []string{"retire_silent"}, []string{"retire_listens", "retire_users"}, []string{}},
	}
	if diff := cmp.Diff(want, list(propose(t, in))); diff != "" {
		t.Errorf("candidates (-want +got):\n%s", diff)
	}

	// What used it once does not speak for it when silence has lasted for the sixty days it takes since, up to
	// its agent's report of yesterday.
	user := inventory.Flow{Municipality: "450", FromIP: "10.1.1.1", ToIP: "10.1.1.2", To: "s450-silent", Protocol: "tcp", Port: 443, BytesPerDay: 1e9}
	for ago, want := range map[int]bool{59: false, 61: false, 62: true} {
		user.LastSeen = today.AddDays(-ago).Time()
		again := in
		again.Snapshot = new(inventory.Snapshot)
		*again.Snapshot = *in.Snapshot
		again.Snapshot.Flows = append(slices.Clone(in.Snapshot.Flows), user)
		silent := slices.ContainsFunc(list(propose(t, again)), func(c candidate) bool {
			return slices.Contains(c.Evidence, "retire_silent") && c.Asset == "s450-silent"
		})
		if silent != want {
			t.Errorf("used %d days ago, called silent: %v, want %v", ago, silent, want)
		}
	}

	// Where no traffic is collected at all, silence is no evidence.
	in.Snapshot.Flows = nil
	for _, c := range list(propose(t, in)) {
		if slices.Contains(c.Evidence, "retire_silent") {
			t.Errorf("%s is called silent, though nobody's traffic is collected", c.Asset)
		}
	}
}

// TestGroupLaws: whatever people overrule, the plan passes its check, and every server's placement can
// be told and agrees with the plan.
func TestGroupLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := random(t)
		var ids []string
		for _, a := range in.Snapshot.Assets {
			ids = append(ids, a.ID)
		}
		for range rapid.IntRange(0, 4).Draw(t, "overruled") {
			id := rapid.SampledFrom(append(slices.Clone(ids), "nobody")).Draw(t, "asset")
			switch {
			case slices.Contains(append(slices.Clone(in.Settings.Foundation), in.Settings.NotFoundation...), id):
			case rapid.Bool().Draw(t, "shared"):
				in.Settings.Foundation = append(in.Settings.Foundation, id)
			default:
				in.Settings.NotFoundation = append(in.Settings.NotFoundation, id)
			}
		}
		p := propose(t, in)
		groups := map[string]*planner.Group{}
		for i := range p.Groups {
			groups[p.Groups[i].ID] = &p.Groups[i]
		}
		for i, g := range p.Groups {
			if i%4 > 0 {
				continue // each takes the time of a grouping
			}
			w, err := planner.Why(in, p, g.Assets[0])
			if err != nil {
				t.Fatal(err)
			}
			if _, err := json.Marshal(w); err != nil {
				t.Fatal(err)
			}
			for _, id := range w.Tied {
				if !slices.Contains(g.Assets, id) {
					t.Fatalf("%s is tied to %s outside %s", w.Asset, id, g.ID)
				}
			}
			cut := map[string]int64{}
			for _, c := range g.Cut {
				cut[c.Group] = c.BytesPerDay
			}
			for _, pull := range w.Pulls {
				if groups[pull.Group] == nil || pull.BytesPerDay > cut[pull.Group] || len(pull.Reasons) != 1 {
					t.Fatalf("%s in %s: pull %+v, cuts %v", w.Asset, g.ID, pull, cut)
				}
			}
		}
	})
}
