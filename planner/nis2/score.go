package nis2

// even is the width within which a share counts as having reached a limit: sums of floats may miss
// it in the last bit.
const even = 1e-9

// sums adds up the controls of one article: method 6.4.
type sums struct {
	weight, headline, proven, answered, gap float64
	applicable, count                       int
}

func (s *sums) add(r *ControlResult, weight float64) {
	if r.Applicable {
		s.take(weight, float64(r.Effective), float64(r.Target), r.Confidence, r.answered())
	}
}

// answered tells whether someone has answered in this round, or the data have.
func (r *ControlResult) answered() bool { return r.State != Unanswered && r.State != NotConfirmed }

// take adds one control that applies. Levels may lie between two steps: what a centre lifts in part.
func (s *sums) take(weight, level, target, confidence float64, answered bool) {
	reached := min(level/target, 1)
	s.applicable++
	s.weight += weight
	s.headline += weight * reached
	s.proven += weight * confidence * reached
	s.gap += weight * max(0, target-level)
	if answered {
		s.count++
		s.answered += weight
	}
}

func (s *sums) scores() Scores {
	if s.weight == 0 {
		return Scores{}
	}
	return Scores{
		Headline: s.headline / s.weight, Proven: s.proven / s.weight,
		Coverage: s.answered / s.weight, Gap: s.gap / s.weight,
	}
}

// total gives the articles' scores weighted into one. Articles without an applicable control leave
// the denominator.
func total(parts []Scores, weights []float64) Scores {
	var all Scores
	var sum float64
	for i, w := range weights {
		sum += w
		all.Headline += w * parts[i].Headline
		all.Proven += w * parts[i].Proven
		all.Coverage += w * parts[i].Coverage
		all.Gap += w * parts[i].Gap
	}
	if sum == 0 {
		return Scores{}
	}
	all.Headline /= sum
	all.Proven /= sum
	all.Coverage /= sum
	all.Gap /= sum
	return all
}

// score fills in the articles, the whole, the sensitivity line, the lights and the failed keys from
// the control results.
func (c *Catalogue) score(a *Assessment) {
	var parts, equalParts []Scores
	var weights, equalWeights []float64
	for i := range c.Articles {
		article := &c.Articles[i]
		var weighted, equal sums
		var of []*ControlResult
		for j := range a.Controls {
			if r := &a.Controls[j]; r.Article == article.ID {
				weighted.add(r, float64(r.Weight))
				equal.add(r, 1)
				of = append(of, r)
			}
		}
		s := weighted.scores()
		a.Articles = append(a.Articles, ArticleResult{
			ID: article.ID, Scores: s, Applicable: weighted.applicable, Answered: weighted.count, Light: light(s, of),
		})
		if weighted.applicable > 0 {
			parts, weights = append(parts, s), append(weights, float64(article.Weight))
			equalParts, equalWeights = append(equalParts, equal.scores()), append(equalWeights, 1)
		}
	}
	a.Overall = total(parts, weights)
	a.EqualWeights = total(equalParts, equalWeights)
	all := make([]*ControlResult, len(a.Controls))
	for i := range a.Controls {
		r := &a.Controls[i]
		all[i] = r
		if r.Applicable && r.Key && r.Effective < r.Target {
			a.KeyFailed = append(a.KeyFailed, r.ID)
		}
	}
	a.Light = light(a.Overall, all)
}

// light judges unrounded scores and the key controls among the results: a mean can never hide a
// failed key control.
func light(s Scores, of []*ControlResult) Light {
	worst := 0 // levels that the worst key control lacks
	for _, r := range of {
		if r.Applicable && r.Key {
			worst = max(worst, r.Target-r.Effective)
		}
	}
	switch {
	case s.Coverage < 0.5-even:
		return Grey
	case s.Headline >= 0.9-even && s.Coverage >= 0.9-even && worst == 0:
		return Green
	case s.Headline >= 0.7-even && s.Coverage >= 0.7-even && worst <= 2:
		return Amber
	}
	return Red
}

// GapPoints is one control's part of what is missing, in percentage points of the headline.
type GapPoints struct {
	Control string  `json:"control"`
	Known   float64 `json:"known"`   // missing levels that someone or the data told of
	Unknown float64 `json:"unknown"` // the control is unanswered: nobody knows
}

// GapPointsOf gives the gap points of every control of an assessment, in catalogue order (method
// 6.5). Their weights are fixed by the catalogue and do not depend on what applies, so that points
// can be added across municipalities. With all controls applicable they sum to 100 (1 - headline).
func GapPointsOf(cat *Catalogue, a Assessment) []GapPoints {
	omega := cat.points()
	points := make([]GapPoints, 0, len(a.Controls))
	for _, r := range a.Controls {
		p := GapPoints{Control: r.ID}
		switch {
		case !r.Applicable:
		case r.State == Unanswered:
			p.Unknown = omega[r.ID]
		default:
			p.Known = omega[r.ID] * short(float64(r.Effective), float64(r.Target))
		}
		points = append(points, p)
	}
	return points
}

// points gives how many percentage points of the headline each control is worth when all apply.
func (c *Catalogue) points() map[string]float64 {
	sum, weight, all := map[string]float64{}, map[string]float64{}, 0.0
	for i := range c.Controls {
		sum[c.Controls[i].Article] += float64(c.Controls[i].Weight)
	}
	for _, article := range c.Articles {
		weight[article.ID] = float64(article.Weight)
		all += float64(article.Weight)
	}
	omega := map[string]float64{}
	for i := range c.Controls {
		k := &c.Controls[i]
		omega[k.ID] = 100 * weight[k.Article] / all * float64(k.Weight) / sum[k.Article]
	}
	return omega
}

// short gives the share of the target that a level lacks.
func short(level, target float64) float64 { return max(0, target-level) / target }
