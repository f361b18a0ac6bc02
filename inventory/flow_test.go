package inventory_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/inventory"
)

const oneDay = 24 * time.Hour

// looked is a look at web-1 so many days after monday, with the flows to these addresses.
func looked(day int, to ...string) inventory.Observation {
	o := seen("agent", "web-1", monday.Add(time.Duration(day)*oneDay),
		inventory.Asset{Name: "web-1", Serial: "W1", Addresses: []inventory.Address{{IP: "10.0.0.6"}}})
	o.Tables = map[string]inventory.TableStatus{"flows": {State: inventory.TableComplete, Rows: len(to)}}
	for _, ip := range to {
		o.Flows = append(o.Flows, inventory.Flow{FromIP: "10.0.0.6", ToIP: ip, Protocol: "tcp", Port: 443, BytesPerDay: int64(1000 + day)})
	}
	return o
}

// merged folds each observation in by itself, in the given order; the estate is that of the last day.
func merged(prev *inventory.Snapshot, at time.Time, observations ...inventory.Observation) *inventory.Snapshot {
	for _, o := range observations {
		prev, _ = inventory.Merge(prev, []inventory.Observation{o}, at)
	}
	return prev
}

// flowTo gives the flow to an address, and on how many of the observed days it was seen.
func flowTo(s *inventory.Snapshot, ip string) (f inventory.Flow, days, observed int, found bool) {
	i := slices.IndexFunc(s.Flows, func(f inventory.Flow) bool { return f.ToIP == ip })
	if i < 0 {
		return f, 0, 0, false
	}
	days, observed = s.FlowLooks().Seen(&s.Flows[i])
	return s.Flows[i], days, observed, true
}

// Of a flow it is known since when, until when and on how many of the observed days it was seen.
func TestPersistenceOfFlows(t *testing.T) {
	s := empty()
	for day := range 10 {
		o := looked(day, "10.0.0.7")
		if day%5 == 0 {
			o = looked(day, "10.0.0.7", "10.0.0.8")
		}
		if day == 7 {
			o = looked(day) // a quiet day is one on which somebody looked
		}
		s = merged(s, o.At, o, o)
		if _, days, observed, _ := flowTo(s, "10.0.0.7"); day < 2 && (days != 0 || observed != 0) || day == 2 && (days != 3 || observed != 3) {
			t.Errorf("after %d days it was seen on %d of %d", day+1, days, observed)
		}
	}
	f, days, observed, _ := flowTo(s, "10.0.0.7")
	if days != 9 || observed != 10 || f.FirstSeen != inventory.DateOf(monday) || !f.LastSeen.Equal(monday.Add(9*oneDay)) || f.BytesPerDay != 1009 {
		t.Errorf("seen on %d of %d days, %+v", days, observed, f)
	}
	f, days, observed, _ = flowTo(s, "10.0.0.8")
	if days != 2 || observed != 10 || !f.LastSeen.Equal(monday.Add(5*oneDay)) || f.BytesPerDay != 1005 {
		t.Errorf("seen on %d of %d days, %+v", days, observed, f)
	}
}

// A flow is forgotten when somebody has looked for ninety days without seeing it. Where nobody looks it stays.
func TestFlowsAreForgotten(t *testing.T) {
	s := merged(empty(), monday, looked(0, "10.0.0.7"))
	failed := looked(89)
	failed.Asset, failed.Tables, failed.Status = nil, nil, inventory.StatusFailed
	for _, c := range []struct {
		look inventory.Observation
		want bool
	}{{looked(89, "10.0.0.8"), true}, {looked(90, "10.0.0.8"), false}, {looked(90), false}, {failed, true}} {
		at := c.look.At
		if c.look.Status == inventory.StatusFailed {
			at = at.Add(300 * oneDay)
		}
		if _, _, _, found := flowTo(merged(s, at, c.look), "10.0.0.7"); found != c.want {
			t.Errorf("after the look of %s (%s) it is known: %v, want %v", c.look.At.Format(time.DateOnly), c.look.Status, found, c.want)
		}
	}
	stranger := seen("netflow", "rtr-1", monday, inventory.Asset{})
	stranger.Asset, stranger.Flows = nil, []inventory.Flow{{FromIP: "10.0.0.98", ToIP: "10.0.0.99", Protocol: "tcp", Port: 80}}
	s = merged(empty(), monday, stranger)
	if n := len(merged(s, monday.Add(89*oneDay), failed).Flows); n != 1 {
		t.Errorf("%d flows between strangers after 89 days", n)
	}
	if n := len(merged(s, monday.Add(90*oneDay), failed).Flows); n != 0 {
		t.Errorf("%d flows between strangers after 90 days", n)
	}
}

// What was not seen again stays with those who had the addresses then.
func TestAFlowStaysWithItsServers(t *testing.T) {
	s := merged(empty(), monday, looked(0, "10.0.0.7"))
	web := s.Assets[0].ID
	moved, other := looked(1, "10.0.0.8"), looked(1)
	moved.Asset.Addresses[0].IP, moved.Flows[0].FromIP = "10.0.0.16", "10.0.0.16"
	other.Source, other.Asset.Name, other.Asset.Serial = "new-1", "new-1", "N1"
	s = merged(s, monday.Add(oneDay), moved, other)
	if f, _, _, _ := flowTo(s, "10.0.0.7"); f.From != web {
		t.Errorf("a server that was given its address later has its traffic: %+v", f)
	}
	s = merged(s, monday.Add(2*oneDay), func() inventory.Observation {
		o := looked(2, "10.0.0.7")
		o.Source, o.Asset.Name, o.Asset.Serial = "new-1", "new-1", "N1"
		return o
	}())
	if f, _, _, _ := flowTo(s, "10.0.0.7"); f.From == web || f.From == "" {
		t.Errorf("seen again at the other server, it is still the first one's: %+v", f)
	}
}

// An estate from before days were counted reads as not known, and stays so for what is not seen again.
func TestFlowsFromBeforeDaysWereCounted(t *testing.T) {
	old := merged(empty(), monday, looked(0, "10.0.0.7", "10.0.0.8"))
	for i := range old.Flows {
		old.Flows[i].FirstSeen, old.Flows[i].LastSeen, old.Flows[i].SeenOn = 0, time.Time{}, inventory.Days{}
	}
	old.Collections[0].FlowsOn = inventory.Days{}
	var b bytes.Buffer
	if err := old.Encode(&b); err != nil {
		t.Fatal(err)
	}
	if text := b.String(); strings.Contains(text, "seen_on") || strings.Contains(text, "flows_on") {
		t.Fatalf("what is not known is written: %s", text)
	}
	s, err := inventory.DecodeSnapshot(&b)
	if err != nil {
		t.Fatal(err)
	}
	for day := 1; day <= 4; day++ {
		s = merged(s, monday.Add(time.Duration(day)*oneDay), looked(day, "10.0.0.8"))
	}
	if f, days, observed, found := flowTo(s, "10.0.0.7"); !found || days != 0 || observed != 0 || !f.LastSeen.Equal(monday) {
		t.Errorf("seen on %d of %d days, %+v", days, observed, f)
	}
	if f, days, observed, _ := flowTo(s, "10.0.0.8"); days != 4 || observed != 4 || f.FirstSeen.Known() {
		t.Errorf("seen on %d of %d days, %+v", days, observed, f)
	}
	if s = merged(s, monday.Add(90*oneDay), looked(90)); len(s.Flows) != 1 {
		t.Errorf("ninety days on there are %+v", s.Flows)
	}
}

// However looks come in, one by one or together, in whatever order, the same is known of the flows, as long
// as none comes in a quarter late.
func TestFlowsDoNotDependOnTheOrderOfMerges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		observations := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) inventory.Observation {
			o := looked(rapid.IntRange(0, inventory.DaysKept-1).Draw(t, "day"), rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"10.0.0.7", "10.0.0.8"}), 0, 2, rapid.ID).Draw(t, "to")...)
			o.At = o.At.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "hour")) * time.Hour)
			for i := range o.Flows {
				o.Flows[i].BytesPerDay = rapid.Int64Range(0, 3).Draw(t, "bytes")
			}
			return o
		}), 1, 8).Draw(t, "observations")
		end := monday.Add(inventory.DaysKept * oneDay)
		together, _ := inventory.Merge(empty(), observations, end)
		apart := merged(empty(), end, rapid.Permutation(observations).Draw(t, "shuffled")...)
		if d := cmp.Diff(together.Flows, apart.Flows); d != "" {
			t.Fatalf("order matters: %s", d)
		}
		if d := cmp.Diff(together.FlowLooks(), apart.FlowLooks()); d != "" {
			t.Fatalf("order matters for the looks: %s", d)
		}
	})
}

// A set of days holds those of the last ninety that were added, in whatever order.
func TestDaysAreASet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first := inventory.DateOf(monday)
		added := rapid.SliceOf(rapid.IntRange(0, 200)).Draw(t, "days")
		var d, halves inventory.Days
		for i, n := range added {
			d = d.With(first.AddDays(n))
			half := inventory.Days{}.With(first.AddDays(n))
			if i%2 == 0 {
				halves = halves.Union(half)
			} else {
				halves = half.Union(halves)
			}
		}
		want := map[int]bool{}
		for _, n := range added {
			if slices.Max(added)-n < inventory.DaysKept {
				want[n] = true
			}
		}
		if d.Count() != len(want) || !d.Equal(halves) || len(added) > 0 && d.Last() != first.AddDays(slices.Max(added)) {
			t.Fatalf("%d days up to %s of %v", d.Count(), d.Last(), added)
		}
	})
}

// Days read back as they were written, and nonsense is refused.
func FuzzDays(f *testing.F) {
	for _, text := range []string{"", "2026-11-22:5", "2026-11-22:3ffffffffffffffffffffff", "2026-11-22:4", "2026-11-22:7ffffffffffffffffffffff", ":1", "x:1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var d, again inventory.Days
		if d.UnmarshalText([]byte(text)) != nil {
			return
		}
		written, err := d.MarshalText()
		if err == nil {
			err = again.UnmarshalText(written)
		}
		if err != nil || again != d || d.Count() > inventory.DaysKept || (d.Count() > 0) != d.Last().Known() {
			t.Fatalf("%q is %d days up to %s, written %s, %v", text, d.Count(), d.Last(), written, err)
		}
	})
}
