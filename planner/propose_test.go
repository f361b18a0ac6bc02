package planner_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

func propose(t interface {
	Helper()
	Fatal(...any)
}, in planner.Input) planner.Plan {
	t.Helper()
	p, err := planner.Propose(in)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestKitFyn(t *testing.T) {
	in := kitFyn(1).input()
	p := propose(t, in)
	if !p.Feasible || len(p.Refusals) > 0 {
		t.Fatalf("not feasible: %v", p.Refusals)
	}
	if p.LastWaveEnd.Time().Year() != 2027 {
		t.Errorf("last wave ends %s, want a day of 2027", p.LastWaveEnd)
	}
	waves := map[string]int{}
	for _, w := range p.Waves {
		waves[w.Municipality]++
	}
	for _, code := range []string{"420", "430", "440", "450", "480", "482", "492"} {
		if waves[code] < 2 {
			t.Errorf("%s has %d waves, want shared services and at least one more", code, waves[code])
		}
	}
	if waves["461"] != 0 || waves["479"] != 0 {
		t.Errorf("Odense hosts and Svendborg has moved, but they have %d and %d waves", waves["461"], waves["479"])
	}
	for _, a := range p.Assignments {
		if a.Centre != "odense" || a.Host != (a.Municipality == "461") {
			t.Errorf("%s: centre %q, host %v", a.Municipality, a.Centre, a.Host)
		}
	}
	decided := 0
	for _, w := range p.Waves {
		if w.Certainty == "decided" {
			decided++
			if w.Municipality != "482" {
				t.Errorf("wave %s is called decided; only Langeland has agreed on a month", w.ID)
			}
		}
	}
	if decided == 0 {
		t.Error("Langeland's waves within the agreed month are not called decided")
	}
	for _, g := range p.Groups {
		if strings.HasSuffix(g.ID, "-dc1") && (!g.Foundation || g.Role != "directory" || len(g.Assets) != 2) {
			t.Errorf("%s: foundation %v, role %q, %d servers; want the directory of two", g.ID, g.Foundation, g.Role, len(g.Assets))
		}
	}
}

// random draws an estate of a few municipalities with limits that sometimes cannot be kept.
func random(t *rapid.T) planner.Input {
	b := newBuild(rapid.Uint64().Draw(t, "seed"))
	n := rapid.IntRange(1, 5).Draw(t, "municipalities")
	codes := []string{"101", "201", "301", "401", "501"}[:n]
	states := append([]inventory.AgreementState{"", ""}, inventory.AgreementStates...)
	windows := []string{"", "Q1 2027", "2027-03", "autumn 2026", "H2 2027", "2029"}
	centres := rapid.IntRange(0, min(2, n)).Draw(t, "centres")
	for i, code := range codes {
		b.municipality(code, "M"+code, 55+b.r.Float64(), 9+b.r.Float64()*3, b.r.IntN(5000))
		b.fill(code, rapid.IntRange(0, 30).Draw(t, "servers"))
		if i < centres {
			size := rapid.IntRange(0, 200).Draw(t, "room")
			b.centre("c"+code, code, 55+b.r.Float64(), 9+b.r.Float64()*3, inventory.Capacity{VCPUs: 4 * size, MemoryGB: 20 * size, StorageGB: 600 * size, Users: 100 * size,
				PowerKW: inventory.Milli(rapid.SampledFrom([]int{0, 20, 100}).Draw(t, "watts") * size), StaffFTE: inventory.Milli(rapid.SampledFrom([]int{0, 5, 40}).Draw(t, "staff") * size)})
			b.Centres[i].Used = inventory.Capacity{VCPUs: size / 4, PowerKW: inventory.Milli(size)}
		}
	}
	for i, code := range codes {
		state := rapid.SampledFrom(states).Draw(t, "state")
		if state != "" && centres > 0 && i > 0 {
			b.agreement(code, codes[0], "c"+codes[0], state, rapid.SampledFrom(windows).Draw(t, "window"))
		}
		for j := range centres {
			if rapid.Bool().Draw(t, "link known") {
				b.link(code, b.Centres[j].ID, rapid.SampledFrom([]int{5, 50, 1000}).Draw(t, "mbps"))
			}
		}
	}
	b.spoil(t)
	b.plugIn()
	in := b.input()
	s := &in.Settings
	s.CrewsPerCentre = rapid.IntRange(1, 3).Draw(t, "crews")
	s.ServersPerCrewNight = rapid.IntRange(1, 10).Draw(t, "per crew")
	s.MaxGroupServers = rapid.IntRange(1, 25).Draw(t, "max group")
	s.MaxWaveServers = rapid.IntRange(1, 40).Draw(t, "max wave")
	s.HypercareDays = rapid.IntRange(0, 20).Draw(t, "hypercare")
	s.LeadDays = rapid.IntRange(0, 60).Draw(t, "lead")
	s.MaxSeedDays = rapid.IntRange(1, 30).Draw(t, "seed days")
	s.Deadline = today.AddDays(rapid.IntRange(-10, 450).Draw(t, "deadline"))
	s.CutoverWeekdays = [][]time.Weekday{{time.Tuesday, time.Wednesday, time.Thursday}, {time.Saturday}, {time.Monday, time.Sunday}}[rapid.IntRange(0, 2).Draw(t, "weekdays")]
	s.Search = rapid.IntRange(0, 2000).Draw(t, "search")
	some := func(name string, most int) int {
		return max(0, rapid.IntRange(-most, most).Draw(t, name)) // none in half of the cases
	}
	s.MaxGroupsPerNight, s.LocalServersPerNight, s.MaxMoving = some("groups per night", 4), some("local servers", 30), some("moving", 3)
	if s.NightHours = float64(some("night hours", 24)); s.NightHours > 0 {
		s.LinkShareNight = 0.9
	}
	for range some("transfers", 3) {
		s.StaffTransfers = append(s.StaffTransfers, planner.StaffTransfer{Municipality: rapid.SampledFrom(codes).Draw(t, "transferred"),
			On: today.AddDays(rapid.IntRange(-5, 200).Draw(t, "on")), Crews: rapid.IntRange(0, 2).Draw(t, "new crews"), LocalServers: some("less local", 9),
			FTE: inventory.Milli(some("full-time equivalents", 900))})
	}
	if rapid.Bool().Draw(t, "lease") {
		s.Leases = append(s.Leases, planner.Lease{Municipality: codes[0], Until: today.AddDays(rapid.IntRange(0, 300).Draw(t, "until")), DKKPerDay: 5000})
	}
	wish(t, b, &in)
	in.Freezes = append(in.Freezes, planner.Freeze{From: today.AddDays(20), To: today.AddDays(70), Municipality: codes[0], Name: planner.Text{DA: "Lokalt", EN: "Local"}})
	return in
}

// wish adds nights and centres that people ask for, without looking whether they can be had.
func wish(t *rapid.T, b *build, in *planner.Input) {
	day := func(name string) inventory.Date { return today.AddDays(rapid.IntRange(1, 300).Draw(t, name)) }
	group := func() string { // mostly one that exists
		a := b.Assets[b.r.IntN(len(b.Assets))]
		return a.Municipality + "-" + a.ID
	}
	pinned := map[string]bool{}
	for range max(0, rapid.IntRange(-3, 3).Draw(t, "pins")) {
		if g := group(); !pinned[g] {
			pinned[g] = true
			in.Pins = append(in.Pins, planner.Pin{Group: g, Cutover: day("pin")})
		}
	}
	for range max(0, rapid.IntRange(-3, 3).Draw(t, "windows")) {
		from := day("from")
		w := planner.Window{Group: group(), From: from, To: from.AddDays(rapid.IntRange(0, 60).Draw(t, "length"))}
		if len(b.Systems) > 0 && b.r.IntN(2) == 0 {
			w.Group, w.System = "", b.Systems[b.r.IntN(len(b.Systems))].ID
		}
		in.Windows = append(in.Windows, w)
	}
	if len(b.Centres) > 0 && rapid.Bool().Draw(t, "choose") {
		in.Choices = map[string]string{}
		hosts := map[string]bool{}
		for _, c := range b.Centres {
			hosts[c.Host] = true
		}
		for _, m := range b.Municipalities {
			if !hosts[m.Code] && b.r.IntN(2) == 0 {
				in.Choices[m.Code] = b.Centres[b.r.IntN(len(b.Centres))].ID
			}
		}
	}
}

// spoil adds what registers really hold: rows that point at nothing, at themselves, or across borders.
func (b *build) spoil(t *rapid.T) {
	asset := func() *inventory.Asset { return &b.Assets[b.r.IntN(len(b.Assets))] }
	for range rapid.IntRange(0, 12).Draw(t, "faults") {
		a, o := asset(), asset()
		switch rapid.IntRange(0, 17).Draw(t, "fault") {
		case 0:
			a.OperatedBy = "somewhere"
		case 1:
			a.Presence = inventory.Gone
		case 2:
			a.Status = ""
		case 3:
			a.Criticality = inventory.Criticality(b.r.IntN(9) - 2)
		case 4:
			shared := inventory.Volume{SharedID: "san", TotalBytes: 1e12, UsedBytes: 1e11}
			a.Volumes, o.Volumes = append(slices.Clone(a.Volumes), shared), append(slices.Clone(o.Volumes), shared, shared)
		case 5:
			b.Flows = append(b.Flows, inventory.Flow{Municipality: a.Municipality, From: a.ID, To: o.ID, Port: 3343, BytesPerDay: 1})
		case 6:
			b.Flows = append(b.Flows, inventory.Flow{Municipality: a.Municipality, From: a.ID, To: a.ID, Port: 443, BytesPerDay: 1e9},
				inventory.Flow{Municipality: "999", From: "nobody", To: a.ID, Port: 53, BytesPerDay: 1e9})
		case 7:
			b.system(a.Municipality, fmt.Sprintf("Across %d", len(b.Systems)), 3, "no-such-contract", a.ID, o.ID, a.ID, "nobody")
		case 8:
			b.system(a.Municipality, fmt.Sprintf("Bought %d", len(b.Systems)), 3, "", a.ID)
			b.Systems[len(b.Systems)-1].Hosting = inventory.HostingSupplier
		case 9:
			b.Assets = append(b.Assets, inventory.Asset{ID: fmt.Sprintf("stranger%d", len(b.Assets)), Municipality: "999", Kind: inventory.KindVM})
		case 10:
			b.agreement("888", "999", "nowhere", inventory.StatePlanned, "2027")
		case 11:
			if len(b.Centres) > 0 {
				c := b.Centres[0]
				c.ID = fmt.Sprintf("twin%d", len(b.Centres))
				c.Latitude, c.Longitude, c.Capacity.Users = 0, 0, 0
				b.Centres = append(b.Centres, c)
			}
		case 12:
			if len(b.Centres) > 0 {
				b.Centres[0].Used = inventory.Capacity{VCPUs: 1e6, MemoryGB: 1e6, StorageGB: 1e6, Users: 1e6} // over full already
			}
		case 13:
			if len(b.Centres) > 0 {
				b.Centres[0].Host = "777" // a joint company, no member
			}
		case 14:
			if len(b.Agreements) > 0 {
				b.Agreements[0].Centre = ""
			}
		case 15: // a host that is itself a customer
			if len(b.Centres) > 0 && len(b.Agreements) == 0 {
				b.agreement(b.Centres[0].Host, "777", b.Centres[len(b.Centres)-1].ID, inventory.StatePlanned, "2027")
			}
		case 16:
			a.Volumes, a.MemoryBytes, a.VCPUs = []inventory.Volume{{Name: "tape", TotalBytes: 4e15, UsedBytes: 4e15}}, 1, 1
		case 17:
			b.Municipalities[0].ITUsersEstimated, b.Municipalities[0].Latitude, b.Municipalities[0].Longitude = 0, 0, 0
		}
	}
}

func encode(t *rapid.T, p planner.Plan) string {
	out, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// Whatever the estate and the limits, Propose gives a plan that keeps every rule or says what it
// refuses; the same input gives the same bytes; and the order of the input does not matter.
func TestPlanLaws(t *testing.T) {
	words := map[string][]string{}
	for _, d := range planner.Rules() {
		words[d.Rule] = slices.Sorted(slices.Values(d.Params))
	}
	rapid.Check(t, func(t *rapid.T) {
		in := random(t)
		p := propose(t, in)
		if v := planner.Check(in, p); len(v) > 0 {
			t.Fatalf("the plan breaks %d rules: %v", len(v), v)
		}
		first := encode(t, p)
		if second := encode(t, propose(t, in)); first != second {
			t.Fatal("the same input gave other bytes")
		}

		shuffled := *in.Snapshot
		r := rand.New(rand.NewPCG(1, 2))
		shuffle(r, &shuffled.Municipalities)
		shuffle(r, &shuffled.Centres)
		shuffle(r, &shuffled.Assets)
		shuffle(r, &shuffled.Systems)
		shuffle(r, &shuffled.Flows)
		shuffle(r, &shuffled.Links)
		shuffle(r, &shuffled.Contracts)
		shuffle(r, &shuffled.Agreements)
		other := in
		other.Snapshot = &shuffled
		shuffle(r, &other.Freezes)
		shuffle(r, &other.Pins)
		shuffle(r, &other.Windows)
		shuffle(r, &other.Settings.StaffTransfers)
		q := propose(t, other)
		q.Snapshot = p.Snapshot // the hash is of the bytes, which do differ
		if diff := cmp.Diff(p, q); diff != "" {
			t.Fatalf("another order of the input gave another plan:\n%s", diff)
		}

		for _, r := range allReasons(p) {
			params, known := words[r.Rule]
			if !known {
				t.Fatalf("rule %q has no words", r.Rule)
			}
			var have []string
			for k := range r.Params {
				have = append(have, k)
			}
			slices.Sort(have)
			if diff := cmp.Diff(params, have); diff != "" {
				t.Fatalf("rule %q: parameters (-documented +given):\n%s", r.Rule, diff)
			}
			if text := r.String(); strings.ContainsAny(text, "{}") {
				t.Fatalf("rule %q: %q has an empty place", r.Rule, text)
			}
		}
		for _, g := range p.Groups {
			// The counted days of the binding reasons are all days between today and the cutover.
			days := 0
			for _, r := range g.Binding {
				days += atoi(t, r.Params["days"])
			}
			if g.Wave != "" && days != int(g.Cutover-in.AsOf)-1 {
				t.Fatalf("group %s: reasons for %d days, the cutover is %d days away", g.ID, days, g.Cutover-in.AsOf)
			}
			if x, ok := planner.Explain(p, g.ID); !ok || (g.Wave == "") != (x.Wave == nil) || len(x.Date) == 0 && g.Cutover != in.AsOf+1 {
				t.Fatalf("group %s is not explained: %+v", g.ID, x)
			}
		}
	})
}

func shuffle[T any](r *rand.Rand, s *[]T) {
	*s = slices.Clone(*s)
	r.Shuffle(len(*s), func(i, j int) { (*s)[i], (*s)[j] = (*s)[j], (*s)[i] })
}

func atoi(t *rapid.T, s string) (n int) {
	if err := json.Unmarshal([]byte(s), &n); err != nil {
		t.Fatalf("%q is no number: %v", s, err)
	}
	return n
}

func allReasons(p planner.Plan) []planner.Reason {
	all := slices.Concat(p.Assumptions, p.Cost.Reasons)
	for _, a := range p.Assignments {
		all = append(all, a.Reasons...)
	}
	for _, g := range p.Groups {
		all = slices.Concat(all, g.Ties, g.Binding, g.Risk.Reasons)
	}
	for _, w := range p.Waves {
		all = append(all, w.Reasons...)
	}
	for _, r := range p.Refusals {
		all = append(all, r.Reasons...)
	}
	for _, s := range p.Stays {
		all = append(all, s.Reasons...)
	}
	return all
}

func TestProposeRefusesInputThatCannotBePlanned(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*planner.Input)
		want   string
	}{
		"no snapshot":      {func(in *planner.Input) { in.Snapshot = nil }, "no snapshot"},
		"no date":          {func(in *planner.Input) { in.AsOf = 0 }, "today's date is missing"},
		"no crews":         {func(in *planner.Input) { in.Settings.CrewsPerCentre = 0 }, "planner.crews_per_centre is 0"},
		"no nights":        {func(in *planner.Input) { in.Settings.CutoverWeekdays = nil }, "cutover_weekdays is empty"},
		"negative rate":    {func(in *planner.Input) { in.Settings.ChangeRatePerDay = -0.1 }, "change_rate_per_day is -0.1"},
		"prices in a mess": {func(in *planner.Input) { in.Settings.PriceServerMove.Low = 1e9 }, "low <= likely <= high"},
		"endless freeze":   {func(in *planner.Input) { in.Freezes = []planner.Freeze{{To: today}} }, "freeze 1"},
		"asset twice": {func(in *planner.Input) {
			s := *in.Snapshot
			s.Assets = append(slices.Clone(s.Assets), s.Assets[0])
			in.Snapshot = &s
		}, "stands twice"},
	} {
		t.Run(name, func(t *testing.T) {
			in := kitFyn(1).input()
			c.change(&in)
			if _, err := planner.Propose(in); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one that says %q", err, c.want)
			}
		})
	}
}

func TestEmptyEstate(t *testing.T) {
	p := propose(t, newBuild(1).input())
	if !p.Feasible || len(p.Waves) != 0 {
		t.Errorf("an empty estate gives feasible %v and %d waves", p.Feasible, len(p.Waves))
	}
	out, err := json.Marshal(p)
	if err != nil || strings.Contains(string(out), "null") {
		t.Errorf("empty lists must be written as [], not null: %s, %v", out, err)
	}
}

// More crews, a later deadline or a faster link never make a plan worse.
func TestMoreIsNeverWorse(t *testing.T) {
	placed := func(change func(*planner.Input)) int {
		in := kitFyn(3).input()
		in.Settings.Deadline = inventory.NewDate(2027, time.March, 31)
		change(&in)
		n := 0
		for _, g := range propose(t, in).Groups {
			if g.Wave != "" {
				n += len(g.Assets)
			}
		}
		return n
	}
	base := placed(func(*planner.Input) {})
	for name, n := range map[string]int{
		"crews":    placed(func(in *planner.Input) { in.Settings.CrewsPerCentre = 4 }),
		"deadline": placed(func(in *planner.Input) { in.Settings.Deadline += 60 }),
		"freezes":  placed(func(in *planner.Input) { in.Freezes = nil }),
	} {
		if n < base {
			t.Errorf("more %s place %d servers, before %d", name, n, base)
		}
	}
	if tight := placed(func(in *planner.Input) { in.Settings.CrewsPerCentre, in.Settings.ServersPerCrewNight = 1, 1 }); tight >= base {
		t.Errorf("one crew with one server a night places %d servers, two crews with eight %d", tight, base)
	}
}

func BenchmarkPropose(b *testing.B) {
	run := func(name string, in planner.Input) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				p, err := planner.Propose(in)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(len(p.Groups)), "groups")
				b.ReportMetric(float64(len(p.Refusals)), "refusals")
			}
		})
	}
	run("9_municipalities", kitFyn(1).input())
	in := nation(235).input()
	in.Settings.CrewsPerCentre = 8
	run("98_municipalities_23000_servers", in)
}
