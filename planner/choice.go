package planner

import (
	"context"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/planner/assign"
	"github.com/samdrift/samdrift/planner/assign/validate"
)

// Verdict judges a choice of centres that people made: which limits it breaks, how much farther from
// the users it is than it need be, and who would be better served elsewhere and may have to move again.
// Distances are users times kilometres.
type Verdict struct {
	UserKM float64     `json:"user_km"`
	Fits   bool        `json:"fits"`       // some choice keeps all limits; otherwise there is no best and no regret
	Best   Certificate `json:"best"`       // the best found for the same municipalities, with its bound
	Regret float64     `json:"regret_km"`  // UserKM less the best; below 0 only where the choice breaks limits
	AtMost float64     `json:"at_most_km"` // UserKM less the bound: no more than this can be gained
	Broken []Violation `json:"broken"`     // limits that the choice breaks
	Lacks  []Reason    `json:"lacks"`      // the same in words: which centre lacks how much of what
	Rows   []ChoiceRow `json:"rows"`       // by municipality
	Open   []string    `json:"open"`       // municipalities that must move and have no choice yet; nothing above counts them
}

// ChoiceRow is what was chosen for one municipality, and what else there is.
type ChoiceRow struct {
	Municipality string  `json:"municipality"`
	Chosen       string  `json:"chosen"`
	KM           float64 `json:"km"`
	Best         string  `json:"best"`             // in the best answer for all
	Near         string  `json:"near,omitempty"`   // a nearer centre that others use: a risk that it moves twice
	NearKM       float64 `json:"near_km,omitzero"` //
	Room         bool    `json:"room,omitzero"`    // the nearer centre has room for it as things are chosen
}

// AgreedChoice is today's political choice: where each municipality that is yet to move has an agreement
// to go, however far the agreement has come.
func AgreedChoice(in Input) map[string]string {
	e := newEstate(in)
	choice := map[string]string{}
	for _, m := range e.municipalities {
		if a, ok := e.agreements[m.Code]; ok && !a.Moved() {
			if centre := e.agreedCentre(a); centre != "" {
				choice[m.Code] = centre
			}
		}
	}
	return choice
}

// JudgeChoice judges a choice of municipality → centre. Hosts and municipalities that have moved are
// where they are and cannot be chosen for.
func JudgeChoice(ctx context.Context, in Input, choice map[string]string) (Verdict, error) {
	if err := in.validate(); err != nil {
		return Verdict{}, err
	}
	e := newEstate(in)
	var p Plan
	e.selectMovers(&p)
	e.measure(&p)
	v := Verdict{Broken: []Violation{}, Lacks: []Reason{}, Rows: []ChoiceRow{}, Open: []string{}}
	problem := assign.Problem{Capacity: e.room(make([]amounts, len(e.centres)))}
	var bin []int
	waiting := map[string]bool{}
	for _, code := range sortedKeys(choice) {
		waiting[code] = true
	}
	for _, m := range e.municipalities {
		_, isHost := e.hosted(m.Code)
		a, agreed := e.agreements[m.Code]
		centre := choice[m.Code]
		switch {
		case agreed && a.Moved() || isHost && (!agreed || !a.Decided()):
			continue
		case centre == "":
			v.Open = append(v.Open, m.Code)
			continue
		}
		delete(waiting, m.Code)
		j := slices.Index(e.centreIDs(), centre)
		if j < 0 {
			return Verdict{}, fmt.Errorf("choice of %s: there is no centre %q; centres are %v", m.Code, centre, e.centreIDs())
		}
		cost, demand := e.item(m)
		problem.Cost, problem.Demand = append(problem.Cost, cost), append(problem.Demand, demand)
		bin = append(bin, j)
		v.Rows = append(v.Rows, ChoiceRow{Municipality: m.Code, Chosen: centre, KM: e.distance(m, centre)})
	}
	for _, code := range sortedKeys(waiting) {
		return Verdict{}, fmt.Errorf("choice of %s: it is no member, hosts a centre, or has moved; take the line out", code)
	}
	const rounds = 5_000 // as assign.Solve: the same answer on any machine
	e.tell(&v, problem, validate.Choice(ctx, problem, bin, assign.Options{Rounds: rounds}))
	return v, nil
}

func (e *estate) centreIDs() []string {
	ids := make([]string, len(e.centres))
	for j, c := range e.centres {
		ids[j] = c.ID
	}
	return ids
}

// tell puts names to the judgement of numbers.
func (e *estate) tell(v *Verdict, problem assign.Problem, judged validate.Verdict) {
	const unit = 10 // the solver counts users times 100 m
	v.Fits, v.UserKM = judged.Best.Feasible, float64(judged.Cost)/unit
	v.Best = Certificate{UserKM: float64(judged.Best.Cost) / unit, Bound: judged.Best.Bound / unit, Proven: judged.Best.Proven}
	v.Regret, v.AtMost = float64(judged.Regret)/unit, judged.AtMost/unit
	for _, b := range judged.Broken {
		var load int64
		for i, row := range v.Rows {
			if row.Chosen == e.centres[b.Centre].ID {
				load += problem.Demand[i][b.Resource]
			}
		}
		free := problem.Capacity[b.Centre][b.Resource]
		v.Broken = append(v.Broken, Violation{Rule: "capacity_exceeded", Subject: e.centres[b.Centre].ID,
			Detail: fmt.Sprintf("%s: %s are asked for, %s are free", resourceNames[b.Resource], amount(b.Resource, load), amount(b.Resource, free))})
		v.Lacks = append(v.Lacks, lacking(e.centres[b.Centre].ID, b.Resource, load, free))
	}
	for i := range v.Rows {
		if j := judged.Best.Bin[i]; j != assign.Refused {
			v.Rows[i].Best = e.centres[j].ID
		}
	}
	for _, h := range judged.Hops {
		row := &v.Rows[h.Item]
		row.Near, row.Room = e.centres[h.Own].ID, h.Room
		for _, m := range e.municipalities {
			if m.Code == row.Municipality {
				row.NearKM = e.distance(m, row.Near)
			}
		}
	}
}
