package hub

import (
	"context"
	"fmt"

	"github.com/samdrift/samdrift/planner/nis2"
)

// Gap answers the gap analysis within the person's scope: a municipality's own, everybody's for the
// admin, and the mean of the cooperation where at least three municipalities stand behind it.
func (h *Hub) Gap(ctx context.Context, p Person) (GapView, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return GapView{}, err
	}
	v := GapView{Meta: e.meta(sc), Catalogue: h.Catalogue(), Joint: e.joint(), Names: e.names(sc)}
	v.Own = only(e.gaps, func(a nis2.Assessment) bool { return sc.gap[a.Municipality] })
	codes := make([]string, len(v.Own))
	for i := range v.Own {
		codes[i] = v.Own[i].Municipality
	}
	return v, h.noteReading(ctx, p, "gap analysis", codes...)
}

// GapOf answers the gap analysis of one municipality. A centre gets the articles that the municipality
// shares with it, without the overall figures. Whoever reads another's is noted.
func (h *Hub) GapOf(ctx context.Context, p Person, code string) (nis2.Assessment, Meta, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return nis2.Assessment{}, Meta{}, err
	}
	shared, err := h.sharedWith(ctx, sc, code)
	if err != nil {
		return nis2.Assessment{}, Meta{}, err
	}
	if !sc.gap[code] && len(shared) == 0 {
		return nis2.Assessment{}, Meta{}, sc.forbidden("gap analysis of " + code)
	}
	a := e.gap(code)
	if a == nil {
		return nis2.Assessment{}, Meta{}, fmt.Errorf("gap analysis of %q: %w", code, ErrNotFound)
	}
	if err := h.noteReading(ctx, p, "gap analysis", code); err != nil {
		return nis2.Assessment{}, Meta{}, err
	}
	if sc.gap[code] {
		return *a, e.meta(sc), nil
	}
	return a.Only(shared), e.meta(sc), nil
}

// GapJoint answers the joint report's content: what the municipalities have in common, and what the
// move closes and opens. Everybody in the cooperation may see it, since nobody can be read from it;
// a municipality sees its own move beside it, the administrator everybody's.
func (h *Hub) GapJoint(ctx context.Context, p Person) (JointView, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return JointView{}, err
	}
	v := JointView{Data: e.meta(sc), Catalogue: h.Catalogue(), Names: e.names(sc), Moves: []nis2.Move{}}
	if !sc.members {
		return JointView{}, sc.forbidden("the joint gap analysis")
	}
	named, err := h.named(ctx)
	if err != nil {
		return JointView{}, err
	}
	v.Joint = nis2.JointOf(h.Catalogue(), nis2.JointInput{Assessments: e.gaps, Agreements: e.snapshot.Agreements, Named: named})
	var codes []string
	for _, m := range nis2.Moves(h.Catalogue(), e.gaps, e.snapshot.Agreements) {
		if sc.gap[m.Municipality] {
			v.Moves = append(v.Moves, m)
			codes = append(codes, m.Municipality)
		}
	}
	return v, h.noteReading(ctx, p, "what the move does", codes...)
}

// joint is the mean over all members, or nil when too few stand behind it.
func (e *estate) joint() *JointGap {
	a := nis2.Aggregate(e.gaps)
	if !a.Shown {
		return nil
	}
	j := &JointGap{N: a.N, Overall: a.Mean}
	for _, x := range a.Articles {
		if x.Shown {
			j.Articles = append(j.Articles, JointArticle{ID: x.ID, Scores: x.Mean})
		}
	}
	return j
}
