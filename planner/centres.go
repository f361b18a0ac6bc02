package planner

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/assign"
)

// leftOutKM is the distance that leaving a municipality out counts for: more than any road in the
// country, so that as few users as possible are left out.
const leftOutKM = 40_000

// chooseCentres sends each municipality to a centre: where its decided agreement says, nowhere when
// it hosts a centre itself, and otherwise so that the sum of users times kilometres is least while
// every centre keeps its headroom.
func (e *estate) chooseCentres(p *Plan) {
	type candidate struct {
		m     inventory.Municipality
		fixed int // index of the agreed centre, -1: free to choose
	}
	var open []candidate
	taken := make([]amounts, len(e.centres)) // by municipalities that people chose a centre for
	rows := map[string]*Assignment{}
	for _, m := range e.municipalities {
		row := Assignment{Municipality: m.Code, Reasons: []Reason{}}
		a, agreed := e.agreements[m.Code]
		if agreed {
			row.Agreement = a.ID
		}
		host, isHost := e.hosted(m.Code)
		if centre := e.in.Choices[m.Code]; centre != "" && (!agreed || !a.Moved() && (!a.Decided() || e.agreedCentre(a) != centre)) {
			row.Chosen, row.Centre, row.DistanceKM = true, centre, e.distance(m, centre)
			row.Reasons = append(row.Reasons, reason("chosen", "centre", centre, "km", row.DistanceKM))
			j := slices.IndexFunc(e.centres, func(c inventory.Centre) bool { return c.ID == centre })
			for r, d := range resources(e.demand(m)) {
				taken[j][r] += d
			}
		} else if agreed && a.Decided() {
			row.Decided = true
			row.Centre = e.agreedCentre(a)
			if row.Centre == "" {
				p.Refusals = append(p.Refusals, Refusal{Subject: m.Code, Kind: "municipality",
					Reasons: []Reason{reason("agreed_centre_unknown", "agreement", a.ID, "centre", a.Centre, "host", a.Host)}})
			} else {
				row.DistanceKM = e.distance(m, row.Centre)
				row.Reasons = append(row.Reasons, reason("existing_agreement", "agreement", a.ID, "state", a.State, "centre", row.Centre))
				if a.Moved() {
					row.Reasons = append(row.Reasons, reason("already_moved", "agreement", a.ID, "state", a.State))
				} else {
					for j, c := range e.centres {
						if c.ID == row.Centre {
							open = append(open, candidate{m, j})
						}
					}
				}
			}
		} else if isHost {
			row.Host, row.Centre = true, host.ID
			row.Reasons = append(row.Reasons, reason("host", "centre", host.ID))
		} else {
			if agreed {
				row.Reasons = append(row.Reasons, reason("agreement_open", "agreement", a.ID, "state", a.State))
			}
			open = append(open, candidate{m, -1})
		}
		p.Assignments = append(p.Assignments, row)
	}
	for i := range p.Assignments {
		rows[p.Assignments[i].Municipality] = &p.Assignments[i]
	}

	for _, c := range e.centres {
		for r, limit := range e.limit(c) {
			if limit < 0 {
				p.Assumptions = append(p.Assumptions, reason("capacity_unknown", "centre", c.ID, "resource", resourceNames[r]))
			}
		}
	}
	room := e.room(taken)
	problem := assign.Problem{Capacity: room}
	for _, o := range open {
		if o.m.Latitude == 0 && o.m.Longitude == 0 {
			p.Assumptions = append(p.Assumptions, reason("location_unknown", "municipality", o.m.Code))
		}
		cost, demand := e.item(o.m)
		for j := range cost {
			if o.fixed >= 0 && o.fixed != j {
				cost[j] = assign.Forbidden
			}
		}
		problem.Cost, problem.Demand = append(problem.Cost, cost), append(problem.Demand, demand)
	}
	solution := assign.Solve(problem)
	if !solution.Feasible {
		problem.Refuse = make([]int64, len(open))
		for i, o := range open {
			problem.Refuse[i] = weighted(o.m, leftOutKM)
		}
		solution = assign.Solve(problem)
	}
	var leftOut int64
	for i, j := range solution.Bin {
		if j == assign.Refused && problem.Refuse != nil {
			leftOut += problem.Refuse[i]
		}
	}
	// The solver's units (users times 100 m) become users times kilometres.
	p.Distance = Certificate{UserKM: float64(solution.Cost-leftOut) / 10, Bound: max(0, solution.Bound-float64(leftOut)) / 10, Proven: solution.Proven}

	for i, j := range solution.Bin {
		if j != assign.Refused {
			for r, d := range problem.Demand[i] {
				room[j][r] -= d
			}
		}
	}
	for i, o := range open {
		row, j := rows[o.m.Code], solution.Bin[i]
		if j == assign.Refused {
			r := Refusal{Subject: o.m.Code, Kind: "municipality"}
			r.Reasons = append(r.Reasons, e.shortage(problem)...)
			for k, c := range e.centres {
				if problem.Cost[i][k] != assign.Forbidden {
					if full, ok := fullReason(c, e.distance(o.m, c.ID), problem.Demand[i], room[k]); ok {
						r.Reasons = append(r.Reasons, full)
					}
				}
			}
			if len(e.centres) == 0 {
				r.Reasons = append(r.Reasons, reason("no_centre"))
			}
			p.Refusals = append(p.Refusals, r)
			continue
		}
		if o.fixed >= 0 {
			continue
		}
		c := e.centres[j]
		row.Centre, row.DistanceKM = c.ID, e.distance(o.m, c.ID)
		row.Reasons = append(row.Reasons, reason("nearest_with_capacity", "centre", c.ID, "km", row.DistanceKM, "alternatives", len(e.centres)-1))
		for k, other := range e.centres {
			km := e.distance(o.m, other.ID)
			switch full, ok := fullReason(other, km, problem.Demand[i], room[k]); {
			case k == j:
			case km >= row.DistanceKM:
				row.Reasons = append(row.Reasons, reason("farther", "centre", other.ID, "km", km))
			case ok:
				row.Reasons = append(row.Reasons, full)
			default:
				row.Reasons = append(row.Reasons, reason("better_in_total", "centre", other.ID, "km", km))
			}
		}
	}
}

// room is what each centre has left of each resource. One whose capacity is not known has more than
// anybody asks for.
func (e *estate) room(taken []amounts) [][]int64 {
	room := make([][]int64, len(e.centres))
	for j, c := range e.centres {
		before, limit := resources(e.before(c)), e.limit(c)
		room[j] = make([]int64, len(limit))
		for r := range limit {
			if room[j][r] = math.MaxInt32; limit[r] >= 0 {
				room[j][r] = int64(max(0, limit[r]-before[r]-taken[j][r]))
			}
		}
	}
	return room
}

// item is a municipality as the choice of centres sees it: its cost at each centre, and what it asks for.
func (e *estate) item(m inventory.Municipality) (cost, demand []int64) {
	for _, c := range e.centres {
		cost = append(cost, weighted(m, e.distance(m, c.ID)))
	}
	for _, d := range resources(e.demand(m)) {
		demand = append(demand, int64(d))
	}
	return cost, demand
}

// shortage compares all demand with all room, per resource that does not suffice.
func (e *estate) shortage(problem assign.Problem) []Reason {
	var reasons []Reason
	for r, name := range resourceNames {
		var demand, room int64
		for _, d := range problem.Demand {
			demand += d[r]
		}
		for _, c := range e.centres {
			if limit := e.limit(c)[r]; limit < 0 {
				room += math.MaxInt32
			} else {
				room += int64(max(0, limit-resources(e.before(c))[r]))
			}
		}
		if demand > room {
			reasons = append(reasons, reason("no_room", "resource", name, "demand", amount(r, demand), "room", amount(r, room)))
		}
	}
	return reasons
}

// fullReason tells which resource of a centre a municipality does not fit into.
func fullReason(c inventory.Centre, km float64, demand, free []int64) (Reason, bool) {
	for r, name := range resourceNames {
		switch needed, left := demand[r], max(0, free[r]); {
		case needed <= left:
		case r == powerAt || r == staffAt:
			return lacking(c.ID, r, needed, left), true
		default:
			return reason("capacity_full", "centre", c.ID, "km", km, "resource", name, "needed", needed, "free", left), true
		}
	}
	return Reason{}, false
}

// lacking tells how much of a resource a centre is short of.
func lacking(centre string, resource int, needed, free int64) Reason {
	rule := map[int]string{powerAt: "lacks_power", staffAt: "lacks_staff"}[resource]
	return reason(cmp.Or(rule, "lacks"), "centre", centre, "resource", resourceNames[resource],
		"lacks", amount(resource, needed-free), "needed", amount(resource, needed), "free", amount(resource, free))
}

// limit is how much of each resource a centre may carry, -1 when its capacity is not known.
func (e *estate) limit(c inventory.Centre) amounts {
	limit := resources(c.Capacity)
	for r, v := range limit {
		limit[r] = int(math.Floor(float64(v) * e.in.Settings.Headroom))
		if v == 0 {
			limit[r] = -1
		}
	}
	return limit
}

// weighted is the cost of sending a municipality a distance: users times 100 m, whole numbers.
func weighted(m inventory.Municipality, km float64) int64 {
	return int64(max(1, m.ITUsersEstimated)) * int64(math.Round(10*km))
}

// distance is the great-circle distance in km from a municipality's seat to a centre, to 100 m. A
// place that is not known counts as 0 km from everywhere.
func (e *estate) distance(m inventory.Municipality, centre string) float64 {
	c, _ := e.centre(centre)
	lat, lon := c.Latitude, c.Longitude
	if lat == 0 && lon == 0 {
		for _, h := range e.municipalities {
			if h.Code == c.Host {
				lat, lon = h.Latitude, h.Longitude
			}
		}
	}
	if (lat == 0 && lon == 0) || (m.Latitude == 0 && m.Longitude == 0) {
		return 0
	}
	const earthKM, degree = 6371.0, math.Pi / 180
	sinLat := math.Sin((lat - m.Latitude) * degree / 2)
	sinLon := math.Sin((lon - m.Longitude) * degree / 2)
	h := sinLat*sinLat + math.Cos(lat*degree)*math.Cos(m.Latitude*degree)*sinLon*sinLon
	return math.Round(10*2*earthKM*math.Asin(math.Sqrt(h))) / 10
}

// fillCentres adds up what the plan asks of each centre: only groups that have a date count.
func (e *estate) fillCentres(p *Plan) {
	for _, c := range e.centres {
		load := CentreLoad{Centre: c.ID, Capacity: c.Capacity, Before: e.before(c)}
		load.After = load.Before
		operate := map[string]inventory.Milli{} // staff, by municipality that moves
		for _, g := range p.Groups {
			if g.Centre == c.ID && g.Wave != "" {
				load.After = addCapacity(load.After, g.Demand)
				operate[g.Municipality] += g.Demand.StaffFTE
			}
		}
		for _, m := range e.municipalities {
			if need, moves := operate[m.Code]; moves {
				load.After.Users += m.ITUsersEstimated
				load.After.StaffFTE -= min(need, e.comeAlong(m.Code))
			}
		}
		p.Capacity = append(p.Capacity, load)
	}
}

// number writes a figure plainly: no thousands separator, a point, one decimal below a hundred.
func number(v float64) string {
	if math.Abs(v) >= 100 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(math.Round(10*v)/10, 'f', -1, 64)
}
