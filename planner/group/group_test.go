package group_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/planner/group"
)

// planted is an estate whose true groups are known: applications of two to eight servers in tiers with
// their own ports, integrations and noise between them, and four hubs that everybody uses. wrong is the
// share of flows within applications that run on a port of another class than theirs.
func planted(seed uint64, servers int, wrong float64) (group.Problem, []int) {
	r := rand.New(rand.NewPCG(seed, 3))
	p := group.Problem{Servers: servers, MaxServers: 25, MinBytes: 1_000_000}
	truth := make([]int, servers)
	flow := func(a, b, port int, bytes float64) {
		p.Flows = append(p.Flows, group.Flow{From: a, To: b, Port: port, Bytes: int64(bytes)})
	}
	const hubs = 4
	for h := range hubs {
		truth[h] = h
	}
	var apps [][]int
	for next := hubs; next < servers; {
		n := min(2+r.IntN(7), servers-next)
		var app []int
		for k := range n {
			truth[next+k] = hubs + len(apps)
			app = append(app, next+k)
		}
		next += n
		for k := 1; k < n; k++ {
			port := []int{443, 1433, 5432, 8080}[r.IntN(4)]
			if r.Float64() < wrong {
				port = []int{22, 25, 445}[r.IntN(3)]
			}
			flow(app[r.IntN(k)], app[k], port, 20e6*(1+50*r.Float64()))
		}
		for range n {
			if a, b := app[r.IntN(n)], app[r.IntN(n)]; a != b {
				flow(a, b, []int{443, 1433}[r.IntN(2)], 5e6*(1+20*r.Float64()))
			}
		}
		apps = append(apps, app)
	}
	for s := hubs; s < servers; s++ {
		flow(s, 0, 389, 3e6)
		flow(s, 1, 53, 2e6)
		flow(2, s, 6160, 5e9)
		flow(3, s, 9100, 4e6)
	}
	for _, app := range apps {
		if len(apps) > 1 && r.IntN(3) == 0 { // a nightly copy to another application
			other := apps[r.IntN(len(apps))]
			flow(app[0], other[0], 22, 200e6*r.Float64())
		}
		if len(apps) > 1 && r.IntN(4) == 0 { // noise
			other := apps[r.IntN(len(apps))]
			flow(app[r.IntN(len(app))], other[r.IntN(len(other))], 443, 1.5e6*r.Float64())
		}
	}
	return p, truth
}

// labels gives each server the number of its group, and checks that it has exactly one.
func labels(t interface{ Fatalf(string, ...any) }, p group.Problem, result group.Result) []int {
	of := make([]int, p.Servers)
	for i := range of {
		of[i] = -1
	}
	for g, found := range result.Groups {
		if len(found.Members) == 0 || !slices.IsSorted(found.Members) {
			t.Fatalf("group %d has members %v", g, found.Members)
		}
		for _, s := range found.Members {
			if of[s] >= 0 {
				t.Fatalf("server %d is in groups %d and %d", s, of[s], g)
			}
			of[s] = g
		}
	}
	if i := slices.Index(of, -1); i >= 0 {
		t.Fatalf("server %d is in no group", i)
	}
	return of
}

// agreement is the adjusted Rand index of two divisions: 1 is equal, 0 is chance.
func agreement(a, b []int) float64 {
	pairs := func(n int) float64 { return float64(n) * float64(n-1) / 2 }
	joint, left, right := map[[2]int]int{}, map[int]int{}, map[int]int{}
	for i := range a {
		joint[[2]int{a[i], b[i]}]++
		left[a[i]]++
		right[b[i]]++
	}
	var both, la, rb float64
	for _, n := range joint {
		both += pairs(n)
	}
	for _, n := range left {
		la += pairs(n)
	}
	for _, n := range right {
		rb += pairs(n)
	}
	chance := la * rb / pairs(len(a))
	return (both - chance) / ((la+rb)/2 - chance)
}

func TestPlantedGroupsAreFound(t *testing.T) {
	for _, c := range []struct {
		servers int
		wrong   float64
		want    float64
	}{
		{30, 0.1, 0.90}, {250, 0, 0.95}, {250, 0.1, 0.93}, {250, 0.3, 0.90}, {1000, 0.1, 0.93},
	} {
		var sum float64
		const seeds = 5
		for seed := range uint64(seeds) {
			p, truth := planted(seed, c.servers, c.wrong)
			result := group.Find(p)
			sum += agreement(labels(t, p, result), truth)
			if len(result.Hubs) != 4 {
				t.Errorf("%d servers, seed %d: %d hubs found, want 4: %v", c.servers, seed, len(result.Hubs), result.Hubs)
			}
			for h, role := range []group.Role{group.Directory, group.Directory, group.Backup, group.Monitoring} {
				if h < len(result.Hubs) && (result.Hubs[h].Server != h || result.Hubs[h].Role != role) {
					t.Errorf("%d servers, seed %d: hub %d is %+v, want role %s", c.servers, seed, h, result.Hubs[h], role)
				}
			}
		}
		mean := sum / seeds
		t.Logf("%d servers, %.0f %% wrong ports: agreement %.3f", c.servers, 100*c.wrong, mean)
		if mean < c.want {
			t.Errorf("%d servers, %.0f %% wrong ports: agreement %.3f, want %.2f", c.servers, 100*c.wrong, mean, c.want)
		}
	}
}

func TestEdgeCases(t *testing.T) {
	if got := group.Find(group.Problem{MaxServers: 5}); len(got.Groups) != 0 {
		t.Errorf("no servers give groups %v", got.Groups)
	}
	// Without traffic every server stands alone.
	if got := group.Find(group.Problem{Servers: 3, MaxServers: 5}); len(got.Groups) != 3 || len(got.Hubs) != 0 {
		t.Errorf("no flows: %+v", got)
	}
	// Only hubs: everybody asks one directory and nobody else.
	p := group.Problem{Servers: 12, MaxServers: 5}
	for s := 1; s < 12; s++ {
		p.Flows = append(p.Flows, group.Flow{From: s, To: 0, Port: 53, Bytes: 1e9})
	}
	got := group.Find(p)
	if len(got.Groups) != 12 || got.Groups[0].Role != group.Directory {
		t.Errorf("a star around a directory: %+v", got)
	}
	// A hub-free ring of two applications is two groups.
	p = group.Problem{Servers: 6, MaxServers: 5}
	for _, f := range [][3]int{{0, 1, 1433}, {1, 2, 1433}, {0, 2, 1433}, {3, 4, 1433}, {4, 5, 1433}, {3, 5, 1433}, {2, 3, 22}} {
		p.Flows = append(p.Flows, group.Flow{From: f[0], To: f[1], Port: f[2], Bytes: 1e9})
	}
	want := []group.Group{{Members: []int{0, 1, 2}}, {Members: []int{3, 4, 5}}}
	if diff := cmp.Diff(want, group.Find(p).Groups); diff != "" {
		t.Errorf("two triangles (-want +got):\n%s", diff)
	}
	// Two servers of a system stay together though the third, named first, is a directory.
	p = group.Problem{Servers: 6, MaxServers: 5, Ties: []group.Tie{{Servers: []int{0, 4, 5}, Soft: true}}}
	for s := 1; s < 6; s++ {
		p.Flows = append(p.Flows, group.Flow{From: s, To: 0, Port: 53, Bytes: 1e9})
	}
	want = []group.Group{{Members: []int{0}, Role: group.Directory}, {Members: []int{1}}, {Members: []int{2}}, {Members: []int{3}}, {Members: []int{4, 5}}}
	if diff := cmp.Diff(want, group.Find(p).Groups); diff != "" {
		t.Errorf("a system on a directory and two others (-want +got):\n%s", diff)
	}
	// An integration server that talks with most others is shared; a disk it shares makes the other
	// server a foundation too, and the systems that use it are not pulled together.
	p = group.Problem{Servers: 30, MaxServers: 25, Ties: []group.Tie{{Servers: []int{0, 29}}}}
	for s := 1; s < 20; s++ {
		p.Flows = append(p.Flows, group.Flow{From: s, To: 0, Port: 5672, Bytes: 1e9})
		p.Ties = append(p.Ties, group.Tie{Servers: []int{s, 0}, Soft: true})
	}
	got = group.Find(p)
	if len(got.Hubs) != 1 || got.Hubs[0].Role != group.Shared || !slices.Equal(got.Groups[0].Members, []int{0, 29}) || len(got.Groups) != 29 {
		t.Errorf("a shared server with a disk of two: %+v", got)
	}
}

// TestLaws draws random graphs: every server is in one group, hard ties hold, only hard ties exceed the
// limit, foundations come first, and the order of ties and flows does not matter.
func TestLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(t, "servers")
		server := rapid.IntRange(0, n-1)
		ports := rapid.SampledFrom([]int{53, 389, 443, 1433, 22, 6160, 9100, 445})
		p := group.Problem{Servers: n, MaxServers: rapid.IntRange(1, 12).Draw(t, "limit"), MinBytes: 1000}
		for range rapid.IntRange(0, 150).Draw(t, "flows") {
			p.Flows = append(p.Flows, group.Flow{From: server.Draw(t, "from"), To: server.Draw(t, "to"), Port: ports.Draw(t, "port"), Bytes: rapid.Int64Range(0, 1e10).Draw(t, "bytes")})
		}
		for range rapid.IntRange(0, 20).Draw(t, "ties") {
			p.Ties = append(p.Ties, group.Tie{Servers: rapid.SliceOfN(server, 1, 4).Draw(t, "tied"), Soft: rapid.Bool().Draw(t, "soft")})
		}
		result := group.Find(p)
		of := labels(t, p, result)
		tied := map[int]int{} // group → servers bound by ties
		for _, tie := range p.Ties {
			home := -1
			for _, s := range tie.Servers {
				if tie.Soft && result.Groups[of[s]].Role != "" {
					continue
				}
				if home >= 0 && of[s] != home {
					t.Fatalf("tie %+v is cut", tie)
				}
				home = of[s]
				tied[home]++
			}
		}
		for i, g := range result.Groups {
			if len(g.Members) > p.MaxServers && tied[i] == 0 {
				t.Fatalf("group %v exceeds %d without a tie", g.Members, p.MaxServers)
			}
			if i > 0 && g.Role != "" && result.Groups[i-1].Role == "" {
				t.Fatalf("foundation %d comes after an ordinary group", i)
			}
		}
		shuffled := p
		shuffled.Flows, shuffled.Ties = slices.Clone(p.Flows), slices.Clone(p.Ties)
		r := rand.New(rand.NewPCG(5, 6))
		r.Shuffle(len(shuffled.Flows), func(i, j int) {
			shuffled.Flows[i], shuffled.Flows[j] = shuffled.Flows[j], shuffled.Flows[i]
		})
		r.Shuffle(len(shuffled.Ties), func(i, j int) {
			shuffled.Ties[i], shuffled.Ties[j] = shuffled.Ties[j], shuffled.Ties[i]
		})
		if diff := cmp.Diff(result, group.Find(shuffled)); diff != "" {
			t.Fatalf("another order of the input gave other groups:\n%s", diff)
		}
	})
}

func BenchmarkFind(b *testing.B) {
	p, _ := planted(1, 250, 0.1)
	for b.Loop() {
		group.Find(p)
	}
}
