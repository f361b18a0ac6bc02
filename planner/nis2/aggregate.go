package nis2

// fewest is the least number of municipalities a figure may be a mean of. Below it a reader could
// tell one municipality's result from the figure.
const fewest = 3

// Aggregated is what the steering group may see: means over municipalities, and nothing that stands
// for fewer than three of them.
type Aggregated struct {
	N            int           `json:"n"`     // municipalities counted
	Shown        bool          `json:"shown"` // false: fewer than three, and every figure is zero
	Demo         bool          `json:"demo"`
	Mean         Scores        `json:"mean"`
	EqualWeights *Scores       `json:"equal_weights,omitempty"` // nil when an article is not shown: it would tell of it
	Articles     []ArticleMean `json:"articles"`                // in catalogue order; empty when nothing is shown
}

// ArticleMean is the mean of one article over the municipalities to which it applies.
type ArticleMean struct {
	ID    string `json:"id"`
	N     int    `json:"n"`
	Shown bool   `json:"shown"`
	Mean  Scores `json:"mean"`
}

// Aggregate gives the means over assessments made with one catalogue, rounded. Each municipality counts
// once, whatever its size. An article that applies to fewer than three of them, or to all but one or
// two, is not shown: what is left of the whole would tell of those.
func Aggregate(assessments []Assessment) Aggregated {
	all := Aggregated{N: len(assessments), Articles: []ArticleMean{}}
	for _, a := range assessments {
		all.Demo = all.Demo || a.Demo
	}
	if all.N < fewest {
		return all
	}
	sorted := sortedByCode(assessments)
	overall, equal := make([]Scores, len(sorted)), make([]Scores, len(sorted))
	for i, a := range sorted {
		overall[i], equal[i] = a.Overall, a.EqualWeights
	}
	all.Shown, all.Mean = true, mean(overall).rounded()
	whole := true
	for _, article := range sorted[0].Articles {
		var of []Scores
		for _, a := range sorted {
			for _, r := range a.Articles {
				if r.ID == article.ID && r.Applicable > 0 {
					of = append(of, r.Scores)
				}
			}
		}
		m := ArticleMean{ID: article.ID, N: len(of), Shown: len(of) >= fewest && !few(all.N-len(of))}
		if m.Shown {
			m.Mean = mean(of).rounded()
		}
		whole = whole && (m.Shown || m.N == 0)
		all.Articles = append(all.Articles, m)
	}
	if whole {
		means := mean(equal).rounded()
		all.EqualWeights = &means
	}
	return all
}

func mean(of []Scores) Scores {
	equal := make([]float64, len(of))
	for i := range equal {
		equal[i] = 1
	}
	return total(of, equal)
}
