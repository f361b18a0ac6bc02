package evaluate_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/planner/evaluate"
)

var three = []evaluate.Member{{Municipality: "420", Users: 100, Servers: 60}, {Municipality: "430", Users: 100, Servers: 30}, {Municipality: "440", Users: 100, Servers: 10}}

func likely(shares []evaluate.Share) []int64 {
	var out []int64
	for _, s := range shares {
		out = append(out, s.Amount.Likely)
	}
	return out
}

func TestKeysByHand(t *testing.T) {
	total := evaluate.Ore{Low: -10_000, Likely: 10_000, High: 20_000}
	for _, c := range []struct {
		key  evaluate.Key
		want []int64
	}{
		{evaluate.Key{Name: "users", Users: 1}, []int64{3334, 3333, 3333}}, // the odd øre by code
		{evaluate.Key{Name: "servers", Servers: 1}, []int64{6000, 3000, 1000}},
		{evaluate.Key{Name: "equal", Equal: 1}, []int64{3334, 3333, 3333}},
		{evaluate.Key{Name: "mixed", Users: 0.3, Servers: 0.5, Equal: 0.2}, []int64{4667, 3167, 2166}}, // 46.67, 31.67 and 21.67 kroner: two odd øre
		{evaluate.Key{Name: "any scale", Servers: 7}, []int64{6000, 3000, 1000}},
	} {
		if d := cmp.Diff(c.want, likely(evaluate.Allocate(total, three, c.key).Shares)); d != "" {
			t.Errorf("%s (- want, + got):\n%s", c.key.Name, d)
		}
	}
	if s := evaluate.Allocate(total, three, evaluate.Key{Servers: 1}).Shares[0].Amount; s.Low != -6000 || s.High != 12_000 {
		t.Errorf("a saving is shared as %+v", s)
	}
}

func TestKeyOnWhatIsNotKnownSharesNothing(t *testing.T) {
	members := append([]evaluate.Member{{Municipality: "410", Servers: 5}}, three...)
	a := evaluate.Allocate(evaluate.Ore{Likely: 100}, members, evaluate.Key{Users: 1})
	if len(a.Shares) != 0 || len(a.Unknown) != 1 || a.Unknown[0].Rule != "key_users_unknown" || a.Unknown[0].Params["municipality"] != "410" {
		t.Errorf("allocation is %+v, want none and why", a)
	}
	if a := evaluate.Allocate(evaluate.Ore{Likely: 100}, members, evaluate.Key{Servers: 1}); len(a.Shares) != 4 {
		t.Errorf("by servers %+v, want all four: their servers are known", a)
	}
}

// 21 million kroner if all are in, by equal parts: seven each. When one of three leaves and the cost
// stays, the others pay 3.5 million more; when a third of the cost goes too, nothing changes.
func TestWhoLeavesAndWhatTheOthersPay(t *testing.T) {
	const million = 100_000_000 // in øre
	total := evaluate.Ore{Low: 21 * million, Likely: 21 * million, High: 21 * million}
	p := evaluate.Leave(total, total, three, evaluate.Key{Equal: 1}, []string{"430"})
	want := []evaluate.Share{
		{Municipality: "420", Amount: evaluate.Ore{Low: 3.5 * million, Likely: 3.5 * million, High: 3.5 * million}},
		{Municipality: "440", Amount: evaluate.Ore{Low: 3.5 * million, Likely: 3.5 * million, High: 3.5 * million}},
	}
	if d := cmp.Diff(want, p.Changes); d != "" {
		t.Errorf("changes (- want, + got):\n%s", d)
	}
	less := evaluate.Ore{Low: 14 * million, Likely: 14 * million, High: 14 * million}
	for _, c := range evaluate.Leave(total, less, three, evaluate.Key{Equal: 1}, []string{"430"}).Changes {
		if c.Amount != (evaluate.Ore{}) {
			t.Errorf("%s pays %+v more", c.Municipality, c.Amount)
		}
	}
	if p := evaluate.Leave(total, total, three, evaluate.Key{Equal: 1}, []string{"420", "430", "440"}); len(p.After.Shares) != 0 || len(p.Changes) != 0 {
		t.Errorf("nobody is left to pay, and %+v", p)
	}
}

// Shares sum to the øre whatever the amount and the key, and each is within an øre of its exact part.
func TestSharesSumExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var members []evaluate.Member
		users, servers := 0, 0
		for i := range rapid.IntRange(1, 98).Draw(t, "members") {
			m := evaluate.Member{Municipality: fmt.Sprint(100 + i), Users: rapid.IntRange(1, 60_000).Draw(t, "users"), Servers: rapid.IntRange(1, 900).Draw(t, "servers")}
			users, servers = users+m.Users, servers+m.Servers
			members = append(members, m)
		}
		part := rapid.Float64Range(0.01, 1)
		key := evaluate.Key{Users: part.Draw(t, "by users"), Servers: part.Draw(t, "by servers"), Equal: part.Draw(t, "equal")}
		total := rapid.Int64Range(-1e13, 1e13).Draw(t, "total")
		a := evaluate.Allocate(evaluate.Ore{Likely: total}, members, key)
		sum, all := int64(0), key.Users+key.Servers+key.Equal
		for i, s := range a.Shares {
			sum += s.Amount.Likely
			m := members[i]
			exact := float64(total) / all * (key.Users*float64(m.Users)/float64(users) + key.Servers*float64(m.Servers)/float64(servers) + key.Equal/float64(len(members)))
			if math.Abs(float64(s.Amount.Likely)-exact) > 1.1 {
				t.Fatalf("%s pays %d, its exact part is %f", s.Municipality, s.Amount.Likely, exact)
			}
		}
		if sum != total || len(a.Shares) != len(members) {
			t.Fatalf("%d shares sum to %d of %d", len(a.Shares), sum, total)
		}
	})
}
