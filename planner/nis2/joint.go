package nis2

import "github.com/samdrift/samdrift/inventory"

// JointInput is what the joint report stands on.
type JointInput struct {
	Assessments []Assessment
	Agreements  []inventory.Agreement
	// Named holds the municipalities that agreed to be named, as good examples and in groups.
	Named map[string]bool
}

// Joint is the joint report's content: means, patterns, groups and what the move closes and opens.
// It names no server and ranks nobody. A municipality's code stands in it only where it agreed.
type Joint struct {
	Aggregated
	AsOf      inventory.Date `json:"as_of"`
	Catalogue string         `json:"catalogue"`
	Notice    string         `json:"notice,omitempty"`
	Patterns  []Pattern      `json:"patterns"`
	Groups    Groups         `json:"groups"`
	Lever     Lever          `json:"lever"`
}

// JointOf works out the joint report. For fewer than three municipalities it holds nothing but their
// number: every figure could be traced back to one of them.
func JointOf(cat *Catalogue, in JointInput) Joint {
	j := Joint{
		Aggregated: Aggregate(in.Assessments), Catalogue: cat.String(), Patterns: []Pattern{},
		Groups: Groups{Groups: []Group{}, LeftOut: []string{}}, Lever: Lever{Controls: []ControlLever{}},
	}
	for _, a := range in.Assessments {
		j.AsOf, j.Notice = max(j.AsOf, a.AsOf), a.Notice
	}
	if !j.Shown {
		return j
	}
	j.Patterns = Patterns(cat, in.Assessments, in.Named)
	publishPatterns(j.Patterns)
	j.Groups = Grouped(cat, in.Assessments)
	j.Groups.publish(in.Assessments, in.Named)
	if moves, staying := jointMoves(cat, in); !few(len(moves) - staying) {
		j.Lever = LeverOf(cat, in.Assessments, moves)
		j.Lever.Staying = staying
		j.Lever.publish(in.Assessments, moves)
	}
	return j
}

func only(codes []string, named map[string]bool) []string {
	kept := []string{}
	for _, code := range codes {
		if named[code] {
			kept = append(kept, code)
		}
	}
	return kept
}
