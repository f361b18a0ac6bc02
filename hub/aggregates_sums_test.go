package hub_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

// everything that the steering group can read of the gap analysis, as sums.
func everything(t *testing.T, h *hub.Hub) published {
	t.Helper()
	own, err := h.Gap(t.Context(), admin)
	if err != nil {
		t.Fatal(err)
	}
	j, err := h.JointReport(t.Context(), steering)
	if err != nil {
		t.Fatal(err)
	}
	s, err := h.Export(t.Context(), admin)
	if err != nil {
		t.Fatal(err)
	}
	p := published{t: t, cat: h.Catalogue(), all: slices.Clone(own.Own)}
	slices.SortFunc(p.all, func(a, b nis2.Assessment) int { return strings.Compare(a.Municipality, b.Municipality) })
	p.means(j.Joint)
	p.patterns(j.Patterns)
	p.lever(j.Lever, asJointly(p.cat, p.all, s.Agreements))
	p.groups(t, j.Groups)
	return p
}

// asJointly gives the moves that the joint lever counts: one or two who stay move too.
func asJointly(cat *nis2.Catalogue, all []nis2.Assessment, agreements []inventory.Agreement) []nis2.Move {
	moves := nis2.Moves(cat, all, agreements)
	staying := 0
	for _, m := range moves {
		if !m.Moves {
			staying++
		}
	}
	if staying == 0 || staying > 2 {
		return moves
	}
	agreements = slices.Clone(agreements)
	for i := range agreements {
		agreements[i].Host, agreements[i].State = "", inventory.StateAgreement
	}
	return nis2.Moves(cat, all, agreements)
}

// weight gives how much a control counts in its municipality's article and in the whole, among what
// applies by the given rule.
func (p *published) weight(i, k int, applies func(i, k int) bool) (article, whole float64) {
	weights, sum := map[string]float64{}, 0.0
	for x := range p.cat.Controls {
		if applies(i, x) {
			weights[p.cat.Controls[x].Article] += float64(p.cat.Controls[x].Weight)
		}
	}
	for _, a := range p.cat.Articles {
		if weights[a.ID] > 0 {
			sum += float64(a.Weight)
		}
	}
	c := &p.cat.Controls[k]
	a, _ := p.cat.Article(c.Article)
	article = float64(c.Weight) / weights[c.Article]
	return article, article * float64(a.Weight) / sum
}

func (p *published) means(j nis2.Joint) {
	today := func(i, k int) bool { return p.all[i].Controls[k].Applicable }
	p.mean("headline", "gap", float64(j.N), j.Mean, func(i, k int) float64 {
		if !today(i, k) {
			return 0
		}
		_, w := p.weight(i, k, today)
		return w
	})
	for _, a := range j.Articles {
		if !a.Shown {
			continue
		}
		p.mean("headline of "+a.ID, "gap of "+a.ID, float64(a.N), a.Mean, func(i, k int) float64 {
			if p.cat.Controls[k].Article != a.ID || !today(i, k) {
				return 0
			}
			w, _ := p.weight(i, k, today)
			return w
		})
	}
}

// mean adds the two figures of a mean that tell what is missing. Unanswered counts as nothing reached.
func (p *published) mean(headline, gap string, n float64, s nis2.Scores, weight func(i, k int) float64) {
	levels := func(i, k int) float64 { return weight(i, k) * float64(p.cat.Controls[k].Target) }
	p.add(headline, 0.005*n, n*s.Headline-p.over(true, weight), func(i, k int) float64 { return -weight(i, k) })
	p.add(gap, 0.05*n, n*s.Gap-p.over(false, levels), levels)
}

func (p *published) patterns(patterns []nis2.Pattern) {
	for _, x := range patterns {
		if x.Short > 0 && !x.Few { // shortfall times short is a whole number of levels: known exactly
			k, _ := p.cat.Control(x.Control)
			levels := math.Round(x.Shortfall * float64(x.Short))
			p.add("shortfall of "+x.Control, 0, levels/float64(k.Target), func(_, k int) float64 { return is(p.cat.Controls[k].ID == x.Control) })
		}
	}
}

func (p *published) lever(l nis2.Lever, moves []nis2.Move) {
	if l.N == 0 {
		return
	}
	omega := map[string]float64{}
	for _, x := range nis2.GapPointsOf(p.cat, blank(p.cat)) {
		omega[x.Control] = x.Unknown
	}
	left := func(i, k int) float64 { // of what is missing, once the centre has lifted its share
		c := &moves[i].Controls[k]
		if !moves[i].Moves || c.After == c.Today && c.Today < float64(p.cat.Controls[k].Target) {
			return 1
		}
		return 1 - p.cat.Controls[k].CentreShare
	}
	capped := func(i, k int) bool { return moves[i].Controls[k].DayOne < moves[i].Controls[k].After }
	committed := map[string]bool{} // where the centre is bound to another level, what it closes is a sum up to a constant
	for _, m := range moves {
		for _, c := range m.Controls {
			committed[c.Control] = committed[c.Control] || c.Committed
		}
	}
	shown := map[string]bool{}
	n, half := float64(l.N), 0.05*float64(l.N)
	for _, x := range l.Controls {
		shown[x.Control] = true
		here := func(k int) float64 { return is(p.cat.Controls[k].ID == x.Control) * omega[x.Control] }
		closed := n * x.Closed
		if committed[x.Control] {
			closed = untold
		}
		p.add("gap points of "+x.Control, half, n*x.Gap, func(_, k int) float64 { return here(k) })
		p.add("closed of "+x.Control, half, closed, func(i, k int) float64 { return here(k) * (1 - left(i, k)) })
		p.add("opened of "+x.Control, half, untold, func(i, k int) float64 { return -here(k) * left(i, k) * is(capped(i, k)) })
	}
	sum := func(k int) float64 { return is(shown[p.cat.Controls[k].ID]) * omega[p.cat.Controls[k].ID] }
	p.add("gap points", half, n*l.Gap, func(_, k int) float64 { return sum(k) })
	p.add("closed", half, untold, func(i, k int) float64 { return sum(k) * (1 - left(i, k)) })
	p.add("opened", half, untold, func(i, k int) float64 { return -sum(k) * left(i, k) * is(capped(i, k)) })
	then := func(i, k int) bool {
		return p.all[i].Controls[k].Applicable || moves[i].Controls[k].Begins && moves[i].Moves
	}
	after := func(i, k int) float64 {
		if !then(i, k) {
			return 0
		}
		_, w := p.weight(i, k, then)
		return -w * left(i, k)
	}
	p.add("headline after", 0.005*n, untold, after)
	p.add("headline on day one", 0.005*n, untold, func(i, k int) float64 { return after(i, k) * is(!capped(i, k)) })
}

// groups takes the strongest reader: one who knows who is in which group.
func (p *published) groups(t *testing.T, published nis2.Groups) {
	t.Helper()
	whole := nis2.Grouped(p.cat, p.all)
	for g := range published.Groups {
		for _, l := range published.Groups[g].Lacks {
			side := func(name string, in bool, share float64) {
				weight := func(i, k int) float64 {
					code := p.all[i].Municipality
					return is(p.cat.Controls[k].ID == l.Control && !slices.Contains(whole.LeftOut, code) && slices.Contains(whole.Groups[g].Municipalities, code) == in)
				}
				n := p.over(true, weight)
				p.add(fmt.Sprintf("%s %d on %s", name, g, l.Control), 0.005*n, n*share, weight)
			}
			side("group", true, l.Here)
			side("all but group", false, l.Others)
		}
	}
}

func is(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// blank is an assessment in which nothing is answered: its unknown points are what the controls weigh.
func blank(cat *nis2.Catalogue) nis2.Assessment {
	var a nis2.Assessment
	for _, k := range cat.Controls {
		a.Controls = append(a.Controls, nis2.ControlResult{ID: k.ID, Article: k.Article, Target: k.Target, Applicable: true, State: nis2.Unanswered})
	}
	return a
}
