package evaluate

import (
	"math"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

// Risk is how likely the moves are to go wrong, and what that would cost their users. A move goes
// wrong when it must be rolled back or leaves users without a system after the night.
type Risk struct {
	Groups []GroupRisk `json:"groups"` // with a date, by id
	Waves  []WaveRisk  `json:"waves"`  // in the plan's order
	Matrix [5][5]int   `json:"matrix"` // groups by likelihood (first) and impact, both 1 to 5
	// ImpactUnknown counts the groups that have no place in the matrix, since nobody knows who uses them.
	ImpactUnknown int           `json:"impact_unknown"`
	Expected      planner.Range `json:"expected_user_hours"` // of all groups whose users are known
	Basis         Basis         `json:"basis"`               // of the model
}

// GroupRisk is one group's risk. P has its low end where every factor that is not known is nothing,
// and its high end where it is at its worst.
type GroupRisk struct {
	Group       string         `json:"group"`
	Wave        string         `json:"wave"`
	P           planner.Range  `json:"probability"` // 0-1
	Factors     []FactorValue  `json:"factors"`
	Users       *planner.Range `json:"users"`               // nil: not known
	UserHours   *planner.Range `json:"user_hours"`          // lost if it goes wrong
	Weighted    *planner.Range `json:"weighted_user_hours"` // times what an hour counts by criticality
	Expected    *planner.Range `json:"expected_user_hours"` // probability times user-hours
	Likelihood  int            `json:"likelihood"`          // 1 to 5
	Impact      int            `json:"impact"`              // 1 to 5; 0: not known
	Criticality int            `json:"criticality"`         // 0: not known
}

// FactorValue is what one factor adds to a group's log-odds.
type FactorValue struct {
	Factor Factor         `json:"factor"`
	Value  *float64       `json:"value"`    // nil: not known
	Adds   float64        `json:"log_odds"` // to the likely figure
	Reason planner.Reason `json:"reason"`
}

// WaveRisk is the risk that anything of a wave goes wrong: one less the product of what goes right.
type WaveRisk struct {
	Wave          string        `json:"wave"`
	P             planner.Range `json:"probability"`
	Expected      planner.Range `json:"expected_user_hours"` // of the groups whose users are known
	ImpactUnknown int           `json:"impact_unknown"`      // groups whose users are not
	Likelihood    int           `json:"likelihood"`
	Impact        int           `json:"impact"` // of its worst group; 0: not known of any
}

// risk judges every group that has a date.
func (x *estate) risk() Risk {
	r := Risk{Groups: []GroupRisk{}, Waves: []WaveRisk{}, Basis: x.in.Settings.Risk.Basis()}
	judge := x.newJudge()
	of := map[string][]GroupRisk{}
	for i := range x.plan.Groups {
		g := &x.plan.Groups[i]
		if g.Wave == "" {
			continue
		}
		gr := judge.group(g)
		r.Groups = append(r.Groups, gr)
		of[g.Wave] = append(of[g.Wave], gr)
		if gr.Impact == 0 {
			r.ImpactUnknown++
			continue
		}
		r.Matrix[gr.Likelihood-1][gr.Impact-1]++
		r.Expected = r.Expected.Plus(*gr.Expected)
	}
	for _, w := range x.plan.Waves {
		r.Waves = append(r.Waves, x.waveRisk(w.ID, of[w.ID]))
	}
	return r
}

// waveRisk puts the groups of a wave together.
func (x *estate) waveRisk(id string, groups []GroupRisk) WaveRisk {
	w := WaveRisk{Wave: id}
	right := exactly(1) // probability that all goes right, by the groups' low, likely and high
	for _, g := range groups {
		right.Low, right.Likely, right.High = right.Low*(1-g.P.Low), right.Likely*(1-g.P.Likely), right.High*(1-g.P.High)
		if g.Expected == nil {
			w.ImpactUnknown++
			continue
		}
		w.Expected = w.Expected.Plus(*g.Expected)
		w.Impact = max(w.Impact, g.Impact)
	}
	w.P = planner.Range{Low: 1 - right.Low, Likely: 1 - right.Likely, High: 1 - right.High}
	w.Likelihood = step(x.in.Settings.Risk.Likelihoods, w.P.Likely)
	return w
}

// judge looks up what the factors need.
type judge struct {
	*estate
	model   RiskModel
	seen    map[string]bool // assets with traffic
	groups  map[string]*planner.Group
	staffOn map[string]inventory.Date // when a municipality's people are all at the centre
}

func (x *estate) newJudge() *judge {
	j := &judge{estate: x, model: x.in.Settings.Risk, seen: map[string]bool{}, groups: map[string]*planner.Group{}, staffOn: map[string]inventory.Date{}}
	for i := range x.in.Snapshot.Flows {
		f := &x.in.Snapshot.Flows[i]
		j.seen[f.From], j.seen[f.To] = true, true
	}
	for i := range x.plan.Groups {
		j.groups[x.plan.Groups[i].ID] = &x.plan.Groups[i]
	}
	for _, t := range x.in.Planning.StaffTransfers {
		j.staffOn[t.Municipality] = max(j.staffOn[t.Municipality], t.On)
	}
	return j
}

// group judges one group.
func (j *judge) group(g *planner.Group) GroupRisk {
	r := GroupRisk{Group: g.ID, Wave: g.Wave, Criticality: int(g.Criticality), Factors: j.factors(g)}
	odds := exactly(j.model.Base.Value)
	for i := range r.Factors {
		f := &r.Factors[i]
		weight := j.model.Weights[f.Factor]
		low, likely, high := 0.0, j.model.Assumed.Value, 1.0
		if f.Value != nil {
			low, likely, high = *f.Value, *f.Value, *f.Value
		}
		f.Adds = weight * likely
		odds.Low, odds.Likely, odds.High = odds.Low+weight*low, odds.Likely+f.Adds, odds.High+weight*high
	}
	r.P = planner.Range{Low: logistic(odds.Low), Likely: logistic(odds.Likely), High: logistic(odds.High)}
	r.Likelihood = step(j.model.Likelihoods, r.P.Likely)
	if r.Users = j.dependants(g); r.Users == nil {
		return r
	}
	lost := times(*r.Users, j.model.Hours.Range)
	weights := j.model.Criticality
	count := planner.Range{Low: weights[1], Likely: weights[0], High: weights[4]}
	if c := g.Criticality; c >= inventory.CriticalityLow && c <= inventory.CriticalitySociety {
		count = exactly(weights[c])
	}
	weighted, expected := times(lost, count), times(lost, r.P)
	r.UserHours, r.Weighted, r.Expected = &lost, &weighted, &expected
	r.Impact = step(j.model.Impacts, weighted.Likely)
	return r
}

// times multiplies two estimates that are not negative, point by point.
func times(a, b planner.Range) planner.Range {
	return planner.Range{Low: a.Low * b.Low, Likely: a.Likely * b.Likely, High: a.High * b.High}
}

// dependants tells how many people rest on a group: everyone in the municipality on a foundation;
// otherwise at least the users of its largest system, at most those of all its systems together.
func (j *judge) dependants(g *planner.Group) *planner.Range {
	everyone := float64(j.users[g.Municipality])
	if g.Foundation {
		if everyone == 0 {
			return nil
		}
		all := exactly(everyone)
		return &all
	}
	largest, all := 0.0, 0.0
	for _, id := range g.Systems {
		if s := j.systems[systemKey{g.Municipality, id}]; s != nil {
			largest, all = max(largest, float64(s.Users)), all+float64(s.Users)
		}
	}
	if largest == 0 {
		return nil
	}
	if everyone > 0 {
		all = max(largest, math.Min(all, everyone))
	}
	return &planner.Range{Low: largest, Likely: largest, High: all}
}
