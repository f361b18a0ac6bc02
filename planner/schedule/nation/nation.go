// Package nation makes up a country's migration as a scheduling problem, to measure and test the
// scheduler at the size it is meant for: municipalities that move their groups of servers to a few
// centres in two years. The same Nation gives the same problem.
package nation

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
)

// Nation says how large the country is. One slot is one day.
type Nation struct {
	Seed           uint64
	Municipalities int
	Groups         int // of servers that move together, in all
	Centres        int
	Days           int
}

// Denmark is the size planned for: 98 municipalities, 6,000 groups, five centres, two years.
func Denmark(seed uint64) Nation {
	return Nation{Seed: seed, Municipalities: 98, Groups: 6000, Centres: 5, Days: 730}
}

// Size multiplies the country by a factor, room for work included, in the same two years.
func (n Nation) Size(factor int) Nation {
	n.Municipalities *= factor
	n.Groups *= factor
	n.Centres *= factor
	return n
}

// Problem makes the problem. Each group is two tasks: its data is seeded over the municipality's link
// (two at a time), then it is cut over in one night from Tuesday to Thursday outside freezes, by its
// centre's crews (which grow when staff is transferred after a third of the time), within the centre's
// and the municipality's limit of groups and servers in a night. Foundations go first, a pilot next,
// the rest a week later; some groups wait for others. Every day that a group runs in two places costs
// by its servers; a day beyond the lease of the municipality's server room costs ten times that.
func (n Nation) Problem() rcpsp.Problem {
	r := rand.New(rand.NewPCG(n.Seed, 98))
	p := rcpsp.Problem{Slots: n.Days}
	sizes := make([]float64, n.Municipalities)
	total := 0.0
	for m := range sizes {
		sizes[m] = math.Exp(0.6 * r.NormFloat64())
		total += sizes[m]
	}
	servers := make([]int64, n.Centres)
	var calendars [3][]rcpsp.Span
	for c := range calendars {
		calendars[c] = closed(n.Days, c)
	}
	crew := len(p.Resources)
	for c := range n.Centres {
		p.Resources = append(p.Resources,
			rcpsp.Resource{Name: fmt.Sprintf("crews of centre %d", c+1)},
			rcpsp.Resource{Name: fmt.Sprintf("groups a night at centre %d", c+1)})
	}
	var groups []int
	for m := range n.Municipalities {
		count := max(3, int(math.Round(float64(n.Groups)*sizes[m]/total)))
		if m == n.Municipalities-1 { // the last one makes the number exact
			rest := n.Groups
			for _, g := range groups {
				rest -= g
			}
			count = max(3, rest)
		}
		groups = append(groups, count)
		servers[m%n.Centres] += n.municipality(&p, r, m, count, calendars[m%3], crew+m%n.Centres*2)
	}
	// Crews manage all servers in about 60 % of the nights that are open, of which there are 3 in 7 days.
	nights := float64(n.Days) * 3 / 7 * 0.9
	for c := range n.Centres {
		perNight := float64(servers[c]) / nights / 0.6
		crews := &p.Resources[crew+2*c]
		crews.Capacity = int64(max(16, math.Round(0.7*perNight)))
		crews.Changes = []rcpsp.Change{{From: n.Days / 3, Capacity: int64(max(16, math.Round(1.15*perNight)))}}
		p.Resources[crew+2*c+1].Capacity = max(2, int64(math.Round(perNight/3)))
	}
	return p
}

// municipality adds one municipality's link, limits and tasks, and gives its servers.
func (n Nation) municipality(p *rcpsp.Problem, r *rand.Rand, m, groups int, closed []rcpsp.Span, centre int) int64 {
	link := len(p.Resources)
	p.Resources = append(p.Resources,
		rcpsp.Resource{Name: fmt.Sprintf("link of municipality %d", m+1), Capacity: 2},
		rcpsp.Resource{Name: fmt.Sprintf("staff of municipality %d", m+1), Capacity: 24})
	release := r.IntN(n.Days / 4)
	lease := n.Days/2 + r.IntN(n.Days/2)
	var all int64
	first := len(p.Tasks)
	foundations := 1 + groups/40
	for g := range groups {
		size := int64(min(16, 1+r.ExpFloat64()*3))
		all += size
		id := fmt.Sprintf("m%04d-g%04d", m, g)
		seed := rcpsp.Task{ID: id + "-seed", Release: release,
			Modes: []rcpsp.Mode{{Duration: 1 + r.IntN(4), Uses: []rcpsp.Use{{Resource: link, Amount: 1}}}}}
		cut := rcpsp.Task{ID: id + "-cutover", Closed: closed,
			Modes:  []rcpsp.Mode{{Duration: 1, Uses: []rcpsp.Use{{Resource: centre, Amount: size}, {Resource: centre + 1, Amount: 1}, {Resource: link + 1, Amount: size}}}},
			After:  []rcpsp.Link{{Task: len(p.Tasks)}},
			Weight: 100 * size, Due: lease, Tardy: 1000 * size}
		cutover := func(g int) int { return first + 2*g + 1 }
		switch {
		case g < foundations:
		case g == foundations: // the pilot
			for f := range foundations {
				cut.After = append(cut.After, rcpsp.Link{Task: cutover(f), Lag: 7})
			}
		default:
			cut.After = append(cut.After, rcpsp.Link{Task: cutover(foundations), Lag: 7})
			if r.IntN(6) == 0 && g > foundations+1 {
				cut.After = append(cut.After, rcpsp.Link{Task: cutover(foundations + 1 + r.IntN(g-foundations-1)), Lag: 2})
			}
		}
		p.Tasks = append(p.Tasks, seed, cut)
	}
	return all
}

// closed are the days without cutovers: Friday to Monday, three weeks in July and three at Christmas,
// and a fortnight of its own for each calendar.
func closed(days, calendar int) []rcpsp.Span {
	var spans []rcpsp.Span
	for day := 0; day < days; day += 7 {
		spans = append(spans, rcpsp.Span{From: day + 3, To: day + 7, Name: "no cutover night"})
	}
	for year := 0; year*365 < days; year++ {
		freeze := func(name string, from int) {
			spans = append(spans, rcpsp.Span{From: year*365 + from, To: year*365 + from + 21, Name: name})
		}
		freeze("summer", 181)
		freeze("Christmas", 350)
		freeze(fmt.Sprint("calendar ", calendar+1), 60+30*calendar)
	}
	return spans
}
