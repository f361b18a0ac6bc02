package check_test

import (
	"testing"

	"github.com/samdrift/samdrift/planner/assign"
	"github.com/samdrift/samdrift/planner/assign/check"
)

func problem() assign.Problem {
	return assign.Problem{
		Cost:     [][]int64{{1, 5, 9}, {4, 2, 9}, {6, 3, assign.Forbidden}},
		Demand:   [][]int64{{3, 1}, {2, 1}, {4, 1}},
		Capacity: [][]int64{{5, 9}, {6, 9}, {9, 9}},
		MaxOpen:  2,
		Must:     []int{0},
		Least:    [][]int64{{2, 0}, {0, 0}, {0, 0}},
		Together: [][2]int{{1, 2}},
		Apart:    [][2]int{{0, 2}},
	}
}

func right() assign.Solution {
	return assign.Solution{Feasible: true, Bin: []int{0, 1, 1}, Open: []int{0, 1}, Cost: 6, Bound: 5.5}
}

func TestSolutionThatKeepsAllRules(t *testing.T) {
	if broken := check.Solution(problem(), right()); len(broken) > 0 {
		t.Error(broken)
	}
	none := assign.Solution{Bin: []int{assign.Refused, assign.Refused, assign.Refused}, Proven: true}
	if broken := check.Solution(problem(), none); len(broken) > 0 {
		t.Error(broken)
	}
}

// Each case breaks one rule, and the check must name it.
func TestSolutionThatBreaksARule(t *testing.T) {
	for rule, spoil := range map[string]func(p *assign.Problem, s *assign.Solution){
		"capacity":  func(p *assign.Problem, s *assign.Solution) { p.Capacity[1][0] = 5 },
		"least":     func(p *assign.Problem, s *assign.Solution) { p.Least[0][0] = 4 },
		"max_open":  func(p *assign.Problem, s *assign.Solution) { p.MaxOpen = 1 },
		"together":  func(p *assign.Problem, s *assign.Solution) { p.Together[0] = [2]int{0, 1} },
		"apart":     func(p *assign.Problem, s *assign.Solution) { p.Apart[0] = [2]int{1, 2} },
		"forbidden": func(p *assign.Problem, s *assign.Solution) { p.Cost[0][0] = assign.Forbidden },
		"no_centre": func(p *assign.Problem, s *assign.Solution) { s.Bin[0] = assign.Refused },
		"shape":     func(p *assign.Problem, s *assign.Solution) { s.Bin = s.Bin[:2] },
		"cost":      func(p *assign.Problem, s *assign.Solution) { s.Cost-- },
		"bound":     func(p *assign.Problem, s *assign.Solution) { s.Proven = true },
		"open":      func(p *assign.Problem, s *assign.Solution) { s.Open = s.Open[:1] },
		"must":      func(p *assign.Problem, s *assign.Solution) { s.Open, p.Must = []int{0, 1}, []int{0, 2}; p.MaxOpen = 0 },
	} {
		p, s := problem(), right()
		spoil(&p, &s)
		broken := check.Solution(p, s)
		named := false
		for _, b := range broken {
			named = named || b.Rule == rule
		}
		if !named {
			t.Errorf("%s: the check says %v", rule, broken)
		}
	}
}
