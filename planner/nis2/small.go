package nis2

import (
	"cmp"
	"math"
	"slices"
)

// This file keeps the joint report from telling of single municipalities. Two rules:
//
//   - A figure stands for none or for at least three, and so does everything that is left when one
//     figure is subtracted from another: whoever can subtract would read the few that are left.
//   - Figures leave rounded, shares to a whole per cent and points and levels to a tenth, so that small
//     differences in which controls apply where cannot be subtracted either.

// few tells whether a figure would stand for one or two municipalities.
func few(n int) bool { return n > 0 && n < fewest }

// percent and tenth round what leaves.
func percent(x float64) float64 { return math.Round(100*x) / 100 }
func tenth(x float64) float64   { return math.Round(10*x) / 10 }

func (s Scores) rounded() Scores {
	return Scores{Headline: percent(s.Headline), Proven: percent(s.Proven), Coverage: percent(s.Coverage), Gap: tenth(s.Gap)}
}

// jointMoves gives the moves that the joint lever counts, and how many of them are of municipalities
// that stay where they are. One or two who stay, such as a host, are counted as if they moved: every
// control that they are short of would else have to be left out, since what the others close, subtracted
// from what all lack, tells what those lack.
func jointMoves(cat *Catalogue, in JointInput) (moves []Move, staying int) {
	moves = Moves(cat, in.Assessments, in.Agreements)
	for _, m := range moves {
		if !m.Moves {
			staying++
		}
	}
	if few(staying) {
		moves = movesOf(cat, in.Assessments, in.Agreements, true)
	}
	return moves, staying
}

// publish leaves out the controls that would tell of few, here and in the sums, and rounds the rest.
func (l *Lever) publish(all []Assessment, moves []Move) {
	hidden := map[string]bool{}
	for k := range moves[0].Controls {
		hidden[moves[0].Controls[k].Control] = telling(sortedByCode(all), moves, k)
	}
	listed := len(l.Controls)
	l.Controls = slices.DeleteFunc(l.Controls, func(c ControlLever) bool { return hidden[c.Control] })
	l.LeftOut = listed - len(l.Controls)
	l.Gap, l.Closed, l.OpenedFirst, l.ShareClosed = 0, 0, 0, 0
	for i := range l.Controls {
		c := &l.Controls[i]
		l.Gap, l.Closed, l.OpenedFirst = l.Gap+c.Gap, l.Closed+c.Closed, l.OpenedFirst+c.Opened
		c.Gap, c.Closed, c.Opened, c.Left = tenth(c.Gap), tenth(c.Closed), tenth(c.Opened), tenth(c.Left)
	}
	if l.Gap > even {
		l.ShareClosed = percent(l.Closed / l.Gap)
	}
	l.Gap, l.Unknown, l.Closed = tenth(l.Gap), tenth(l.Unknown), tenth(l.Closed)
	l.OpenedFirst, l.OpenedAfter = tenth(l.OpenedFirst), tenth(l.OpenedAfter)
	for _, s := range []*Scores{&l.Today, &l.DayOne, &l.After, &l.DayOneWithout, &l.AfterWithout} {
		*s = s.rounded()
	}
	slices.SortStableFunc(l.Controls, func(a, b ControlLever) int {
		return cmp.Or(cmp.Compare(b.Closed, a.Closed), cmp.Compare(a.Control, b.Control))
	})
}

// telling tells whether the sums of a control can be subtracted into those of one or two who are short:
// everybody short is of a kind, by what the move closes and opens for them, and each kind counts.
func telling(all []Assessment, moves []Move, control int) bool {
	kinds := map[[2]bool]int{}
	for i := range moves {
		c, r := &moves[i].Controls[control], &all[i].Controls[control]
		if c.Known && r.Effective < r.Target {
			kinds[[2]bool{c.Closed > 0, c.Opened > 0}]++
		}
	}
	for _, n := range kinds {
		if few(n) {
			return true
		}
	}
	return false
}

// publishPatterns takes out how much is missing where only one or two are short, and rounds the rest.
func publishPatterns(patterns []Pattern) {
	for i := range patterns {
		p := &patterns[i]
		if p.Few = few(p.Short); p.Few {
			p.Shortfall, p.Points = 0, 0
		}
		p.Shortfall, p.Points, p.Trust = tenth(p.Shortfall), tenth(p.Points), percent(p.Trust)
	}
	slices.SortStableFunc(patterns, func(a, b Pattern) int {
		return cmp.Or(cmp.Compare(b.Points, a.Points), cmp.Compare(a.Control, b.Control))
	})
}

// publish keeps of what describes the groups only the controls that no group and nobody outside them is
// told of by: each of them has none who is short, or at least three. Who did not agree is not named.
func (g *Groups) publish(all []Assessment, named map[string]bool) {
	group := map[string]int{} // 0: left out of all groups
	for i, x := range g.Groups {
		for _, code := range x.Municipalities {
			group[code] = i + 1
		}
	}
	tells := func(l Lacking) bool {
		short := make([]int, len(g.Groups)+1)
		for _, a := range all {
			for _, r := range a.Controls {
				if share, known := missing(&r); r.ID == l.Control && known && share > 0 {
					short[group[a.Municipality]]++
				}
			}
		}
		return slices.ContainsFunc(short, few)
	}
	for i := range g.Groups {
		x := &g.Groups[i]
		x.Lacks = slices.DeleteFunc(x.Lacks, tells)
		for j := range x.Lacks {
			x.Lacks[j].Here, x.Lacks[j].Others = percent(x.Lacks[j].Here), percent(x.Lacks[j].Others)
		}
		x.Municipalities = only(x.Municipalities, named)
	}
	g.Silhouette = percent(g.Silhouette)
	g.LeftOut = only(g.LeftOut, named)
}
