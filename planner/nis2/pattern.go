package nis2

import (
	"cmp"
	"slices"
)

// PatternClass tells what a control looks like over the municipalities (method 6.6).
type PatternClass string

// The classes. A strength is unproven as long as little but claims stands behind it.
const (
	SharedGap        PatternClass = "shared_gap"        // most are short, and about equally
	GapWithExamples  PatternClass = "gap_with_examples" // many are short, and someone is not and can show it
	UnevenGap        PatternClass = "uneven_gap"        // many are short, nobody can show how it is done
	LocalGap         PatternClass = "local_gap"         // few are short
	SharedStrength   PatternClass = "shared_strength"
	UnprovenStrength PatternClass = "unproven_strength"
	Strength         PatternClass = "strength" // between the two
)

// Field is one of the four fields of action of the joint report.
type Field string

// The fields: is the gap common, and can the centre deliver?
const (
	MoveEarly     Field = "move_early"     // common, and the centre brings it
	JointEffort   Field = "joint_effort"   // common, and each has to do it: templates, courses
	WithTheMove   Field = "with_the_move"  // not common, and comes with the centre
	NeighbourHelp Field = "neighbour_help" // not common, and local
)

// Limits of patterns.
const (
	commonShare    = 0.6 // share short from which a gap is common
	rareShare      = 0.2 // share short below which a gap is local
	provenTrust    = 0.7 // confidence from which a level is an example to others
	claimedTrust   = 0.5 // mean confidence below which a strength is unproven
	deliverShare   = 0.5 // centre share from which the centre can be said to deliver
	fewestForGroup = 6   // municipalities below which no groups are formed
)

// Pattern is one control over the municipalities where it is known. It is a census, not a sample.
type Pattern struct {
	Control   string       `json:"control"`
	Class     PatternClass `json:"class"`
	Field     Field        `json:"field,omitempty"` // empty: nobody is short
	Known     int          `json:"known"`           // municipalities that answered or were measured
	Short     int          `json:"short"`           // of them below target
	Of        int          `json:"of"`              // municipalities in all
	Shortfall float64      `json:"shortfall"`       // mean missing levels of those short
	Spread    int          `json:"spread"`          // levels between the highest and the lowest
	Trust     float64      `json:"trust"`           // mean confidence 0-1
	Points    float64      `json:"points"`          // mean known gap points over all municipalities
	Examples  int          `json:"examples"`        // municipalities at target that can show it
	Teachers  []string     `json:"teachers"`        // codes of those examples that agreed to be named
	// Few tells that only one or two are short: the joint report then leaves out how much they lack.
	Few bool `json:"few"`
}

// Patterns finds what the municipalities have in common, the costliest gap first. A control known
// for fewer than three municipalities, or for less than half of them, gives none. Named holds the
// municipalities that agreed to be named as good examples.
func Patterns(cat *Catalogue, assessments []Assessment, named map[string]bool) []Pattern {
	all := sortedByCode(assessments)
	omega := cat.points()
	patterns := []Pattern{}
	for i := range cat.Controls {
		k := &cat.Controls[i]
		p, enough := patternOf(k, i, all, named)
		if !enough {
			continue
		}
		p.Points *= omega[k.ID] / float64(len(all))
		patterns = append(patterns, p)
	}
	slices.SortStableFunc(patterns, func(a, b Pattern) int {
		return cmp.Or(cmp.Compare(b.Points, a.Points), cmp.Compare(a.Control, b.Control))
	})
	return patterns
}

// patternOf looks at one control, which stands at the same place in every assessment. Points are
// shares of the control's worth, summed.
func patternOf(k *Control, at int, all []Assessment, named map[string]bool) (p Pattern, enough bool) {
	p = Pattern{Control: k.ID, Of: len(all), Teachers: []string{}}
	lowest, highest, missing, trust := k.Target+5, -1, 0, 0.0
	for _, a := range all {
		r := &a.Controls[at]
		if !r.Applicable || r.State == Unanswered {
			continue
		}
		p.Known++
		trust += r.Confidence
		lowest, highest = min(lowest, r.Effective), max(highest, r.Effective)
		if r.Effective < r.Target {
			p.Short++
			missing += r.Target - r.Effective
			p.Points += short(float64(r.Effective), float64(r.Target))
		} else if r.Confidence >= provenTrust-even {
			p.Examples++
			if named[a.Municipality] {
				p.Teachers = append(p.Teachers, a.Municipality)
			}
		}
	}
	if p.Known < fewest || 2*p.Known < p.Of {
		return p, false
	}
	p.Spread, p.Trust = highest-lowest, trust/float64(p.Known)
	if p.Short > 0 {
		p.Shortfall = float64(missing) / float64(p.Short)
	}
	p.classify(k)
	return p, true
}

func (p *Pattern) classify(k *Control) {
	share := float64(p.Short) / float64(p.Known)
	common := share >= commonShare-even
	switch {
	case common && p.Spread <= 1:
		p.Class = SharedGap
	case share >= rareShare && p.Examples > 0:
		p.Class = GapWithExamples
	case share >= rareShare:
		p.Class = UnevenGap
	case p.Short > 0:
		p.Class = LocalGap
	case p.Trust >= provenTrust-even:
		p.Class = SharedStrength
	case p.Trust < claimedTrust:
		p.Class = UnprovenStrength
	default:
		p.Class = Strength
	}
	if p.Short == 0 {
		return
	}
	switch delivers := k.CentreShare >= deliverShare; {
	case common && delivers:
		p.Field = MoveEarly
	case common:
		p.Field = JointEffort
	case delivers:
		p.Field = WithTheMove
	default:
		p.Field = NeighbourHelp
	}
}
