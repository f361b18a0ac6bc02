package nis2

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/inventory"
)

// Round is one assessment round: the cooperation opens it, each municipality answers in it.
type Round struct {
	ID        string         `json:"id"` // such as 2027-1
	Title     string         `json:"title"`
	Catalogue string         `json:"catalogue"` // id and version that is answered
	OpenedBy  string         `json:"opened_by"`
	Opened    inventory.Date `json:"opened"`
	Due       inventory.Date `json:"due"`
	Closed    inventory.Date `json:"closed,omitzero"`
	Previous  string         `json:"previous,omitempty"` // id of the round that answers were copied from
}

// Validate reports every fault of the round.
func (r Round) Validate() error {
	var faults []error
	if r.ID == "" || r.Title == "" || r.OpenedBy == "" {
		faults = append(faults, errors.New("round: id, title and opened_by are needed"))
	}
	if !r.Opened.Known() || !r.Due.Known() || r.Due < r.Opened {
		faults = append(faults, fmt.Errorf("round %q: opened %s and due %s: both are needed, due not before opened", r.ID, r.Opened, r.Due))
	}
	return errors.Join(faults...)
}

// CopyAnswers gives a new round's answers from those of the round before, as proposals that nobody has
// confirmed. Reviews do not carry over, and decisions that a second person made stay with their end
// dates. Answers to controls that the catalogue no longer has are left out and named.
func CopyAnswers(cat *Catalogue, round Round, before []Answer) (copies []Answer, dropped []string) {
	for _, a := range before {
		if _, ok := cat.Control(a.Control); !ok {
			dropped = append(dropped, a.Municipality+" "+a.Control)
			continue
		}
		a.Round, a.Unconfirmed, a.ReviewedBy = round.ID, true, ""
		copies = append(copies, a)
	}
	slices.SortFunc(copies, func(x, y Answer) int {
		return cmp.Or(cmp.Compare(x.Municipality, y.Municipality), cmp.Compare(x.Control, y.Control))
	})
	slices.Sort(dropped)
	return copies, dropped
}

// Progress is how far a municipality has come in a round.
type Progress struct {
	Municipality string `json:"municipality"`
	Controls     int    `json:"controls"`
	Answered     int    `json:"answered"`    // given or confirmed in this round
	Unconfirmed  int    `json:"unconfirmed"` // copied and not looked at
	Evidence     int    `json:"evidence"`    // answered with evidence
	Reviewed     int    `json:"reviewed"`    // by a second person
}

// ProgressOf counts a municipality's answers in a round.
func ProgressOf(cat *Catalogue, municipality string, answers []Answer) Progress {
	p := Progress{Municipality: municipality, Controls: len(cat.Controls)}
	for _, a := range answers {
		if _, ok := cat.Control(a.Control); !ok || a.Municipality != municipality {
			continue
		}
		if a.Unconfirmed {
			p.Unconfirmed++
			continue
		}
		p.Answered++
		if a.Evidence != "" {
			p.Evidence++
		}
		if a.ReviewedBy != "" {
			p.Reviewed++
		}
	}
	return p
}

// TrendPoint is one round's result on the line over time.
type TrendPoint struct {
	Round     string         `json:"round"`
	AsOf      inventory.Date `json:"as_of"`
	Catalogue string         `json:"catalogue"`
	Scores
	// Break tells that the catalogue changed since the point before: the two do not compare.
	Break bool `json:"break"`
	// Same are the scores over the controls that both catalogues have, so that the line can go on across
	// a break; nil without one.
	Same *Scores `json:"same,omitempty"`
}

// Trend gives the line of one municipality over its rounds, oldest first. Scores keep the catalogue
// they were made with; at a break the new result is also counted over the controls that the old
// catalogue had.
func Trend(cat *Catalogue, rounds []string, results []Assessment) []TrendPoint {
	points := make([]TrendPoint, 0, len(results))
	for i, a := range results {
		p := TrendPoint{Round: rounds[i], AsOf: a.AsOf, Catalogue: a.Catalogue, Scores: a.Overall}
		if i > 0 && results[i-1].Catalogue != a.Catalogue {
			p.Break = true
			both := map[string]bool{}
			for _, r := range results[i-1].Controls {
				both[r.ID] = true
			}
			shared := a
			shared.Articles, shared.KeyFailed = nil, nil
			shared.Controls = slices.DeleteFunc(slices.Clone(a.Controls), func(r ControlResult) bool { return !both[r.ID] })
			cat.score(&shared)
			p.Same = &shared.Overall
		}
		points = append(points, p)
	}
	return points
}
