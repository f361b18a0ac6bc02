package planner

import (
	"fmt"
	"math"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/group"
)

// Placement tells why one server is in its group: what it cannot be parted from, whom it talks with
// there, and what draws it elsewhere.
type Placement struct {
	Asset        string   `json:"asset"`
	Municipality string   `json:"municipality"`
	Group        string   `json:"group"`
	Ties         []Reason `json:"ties"`  // hard ties, and why it is taken for shared services
	Tied         []string `json:"tied"`  // the assets that it therefore moves with
	Bonds        []Bond   `json:"bonds"` // its traffic within the group, what binds most first
	Pulls        []Pull   `json:"pulls"` // what it and those it is tied to have with other groups, strongest first
}

// Bond is all traffic of a server with one other of its group.
type Bond struct {
	Asset       string  `json:"asset"`
	Class       string  `json:"class"` // of the traffic that binds most
	Port        int     `json:"port"`
	BytesPerDay int64   `json:"bytes_per_day"`
	Weight      float64 `json:"weight"` // 0: too weak to bind

	// On how many of the observed days the heaviest flow on the port was seen. Both 0: not known, it weighs as
	// if seen every day.
	DaysSeen     int `json:"days_seen,omitzero"`
	DaysObserved int `json:"days_observed,omitzero"`
}

// Pull is what draws a server to another group, and in Reasons why it does not go there.
type Pull struct {
	Group       string   `json:"group"`
	Class       string   `json:"class"`
	Port        int      `json:"port"`
	BytesPerDay int64    `json:"bytes_per_day"`
	Weight      float64  `json:"weight"`
	Times       float64  `json:"times,omitzero"` // how many times stronger its traffic would have to be to draw it over; 0: that would not help
	Reasons     []Reason `json:"reasons"`
}

// Why tells why an asset is in its group. The plan must be Propose's for the same input. It fails for an
// asset that is in no group, and for a plan that was made from something else.
func Why(in Input, p Plan, asset string) (Placement, error) {
	g := p.groupWith(asset)
	if g == nil {
		for _, s := range p.Stays {
			if s.Asset == asset && len(s.Reasons) > 0 {
				return Placement{}, fmt.Errorf("asset %q is in no group: %s", asset, s.Reasons[0])
			}
		}
		return Placement{}, fmt.Errorf("asset %q is not in the plan; give the id of a server, as the groups list them", asset)
	}
	e := newEstate(in.only(g.Municipality))
	e.selectMovers(&Plan{})
	own := e.grouping(g.Municipality)
	found := group.Find(own.problem)
	id := make([]string, len(found.Groups))
	for i, f := range found.Groups {
		id[i] = groupID(g.Municipality, own.movers[f.Members[0]].ID)
	}
	server, moves := own.index[asset]
	why := group.Why{}
	if moves {
		why = group.Explain(own.problem, found, server)
	}
	if !moves || id[why.Group] != g.ID {
		return Placement{}, fmt.Errorf("asset %q: the plan was made from another snapshot or other settings; make it anew", asset)
	}

	w := Placement{Asset: asset, Municipality: g.Municipality, Group: g.ID, Ties: []Reason{}, Tied: []string{}, Bonds: []Bond{}, Pulls: []Pull{}}
	for _, f := range p.Foundations {
		if f.Asset == asset {
			w.Ties = append(w.Ties, f.Reasons...)
		}
	}
	w.Ties = append(w.Ties, own.tiesOf(server, why.Tied)...)
	for _, s := range why.Tied {
		w.Tied = append(w.Tied, own.movers[s].ID)
	}
	for _, b := range why.Inside {
		bond := Bond{Asset: own.movers[b.Server].ID, Class: string(group.ClassOf(b.Port)), Port: b.Port, BytesPerDay: b.Bytes, Weight: b.Weight}
		if f := own.heaviest(asset, bond.Asset, b.Port); f != nil {
			bond.DaysSeen, bond.DaysObserved = e.looks.Seen(f)
		}
		w.Bonds = append(w.Bonds, bond)
	}
	for _, l := range why.Pulls {
		pull := Pull{Group: id[l.Group], Class: string(group.ClassOf(l.Port)), Port: l.Port, BytesPerDay: l.Bytes, Weight: l.Weight, Times: l.Times}
		if math.IsInf(l.Times, 1) {
			pull.Times = 0
		}
		pull.Reasons = []Reason{e.hold(l, own.problem.MaxServers)}
		w.Pulls = append(w.Pulls, pull)
	}
	return w, nil
}

// heaviest finds the heaviest flow between two servers on a port.
func (in grouping) heaviest(a, b string, port int) *inventory.Flow {
	var most *inventory.Flow
	for i := range in.flows {
		f := &in.flows[i]
		if f.Port == port && (f.From == a && f.To == b || f.From == b && f.To == a) && (most == nil || f.BytesPerDay > most.BytesPerDay) {
			most = f
		}
	}
	return most
}

// hold says why a pull is not followed.
func (e *estate) hold(l group.Pull, limit int) Reason {
	switch l.Holds {
	case group.Foundation:
		return reason("pull_foundation")
	case group.TooWeak:
		return reason("pull_weak", "mb_per_day", float64(l.Bytes)/1e6, "least_mb", float64(e.in.Settings.MinFlowBytesPerDay)/1e6)
	case group.NoRoom:
		return reason("pull_no_room", "limit", limit)
	}
	if math.IsInf(l.Times, 1) {
		return reason("pull_never")
	}
	return reason("pull_outweighed", "times", math.Ceil(10*l.Times)/10)
}

// tiesOf gives the ties of a server to others that move with it.
func (in grouping) tiesOf(server int, with []int) []Reason {
	together := map[int]bool{server: true}
	for _, s := range with {
		together[s] = true
	}
	var why []Reason
	for _, t := range in.ties {
		has, servers := false, 0
		for _, s := range t.servers {
			has = has || s == server
			if together[s] {
				servers++
			}
		}
		if has && servers > 1 {
			why = append(why, t.why.with("servers", servers))
		}
	}
	return why
}

// MoveGroups gives the servers of each group that Propose will make, by the group's id. Neither dates nor
// centres matter to it.
func MoveGroups(in Input) map[string][]string {
	e := newEstate(in)
	e.selectMovers(&Plan{})
	groups := map[string][]string{}
	for _, m := range e.municipalities {
		if len(e.movers[m.Code]) == 0 {
			continue
		}
		own := e.grouping(m.Code)
		for _, g := range group.Find(own.problem).Groups {
			assets := make([]string, len(g.Members))
			for i, s := range g.Members {
				assets[i] = own.movers[s].ID
			}
			groups[groupID(m.Code, assets[0])] = assets
		}
	}
	return groups
}

// groupWith finds the group that an asset is in.
func (p *Plan) groupWith(asset string) *Group {
	for i := range p.Groups {
		for _, id := range p.Groups[i].Assets {
			if id == asset {
				return &p.Groups[i]
			}
		}
	}
	return nil
}

// only gives the input with the assets, systems and flows of one municipality.
func (in Input) only(municipality string) Input {
	s := *in.Snapshot
	s.Assets, s.Systems, s.Flows = nil, nil, nil
	for _, a := range in.Snapshot.Assets {
		if a.Municipality == municipality {
			s.Assets = append(s.Assets, a)
		}
	}
	for _, sys := range in.Snapshot.Systems {
		if sys.Municipality == municipality {
			s.Systems = append(s.Systems, sys)
		}
	}
	ids := map[string]bool{}
	for _, a := range s.Assets {
		ids[a.ID] = true
	}
	for _, f := range in.Snapshot.Flows {
		if ids[f.From] && ids[f.To] {
			s.Flows = append(s.Flows, f)
		}
	}
	in.Snapshot = &s
	return in
}

// groupID names a group by its municipality and its first asset.
func groupID(municipality, first string) string { return municipality + "-" + first }
