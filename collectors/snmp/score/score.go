package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
)

// row is how well one kind of fact was read. Right, missing and wrong add up to asserted.
type row struct {
	Fact     string  `json:"fact"`
	Asserted float64 `json:"asserted"`
	Right    float64 `json:"right"` // a model that contains the asserted one, or lies in it, counts half
	Missing  int     `json:"missing"`
	Wrong    int     `json:"wrong"`
	Percent  float64 `json:"percent"`

	faults []string
}

// score gathers the rows in the order in which facts are first judged.
type score struct {
	order []string
	facts map[string]*row
}

func newScore() *score { return &score{facts: map[string]*row{}} }

func (s *score) row(fact string) *row {
	r, ok := s.facts[fact]
	if !ok {
		r = &row{Fact: fact}
		s.facts[fact] = r
		s.order = append(s.order, fact)
	}
	return r
}

// count files one judged fact: points is 1 for right, 0.5 for half right, 0 for missing or wrong.
func (s *score) count(fact, id string, points float64, got, want string) {
	r := s.row(fact)
	r.Asserted++
	r.Right += points
	switch {
	case points > 0:
	case got == "":
		r.Missing++
	default:
		r.Wrong++
	}
	if points < 1 {
		r.faults = append(r.faults, fmt.Sprintf("%s: %s is %q, want %q", id, fact, got, want))
	}
}

// equal files a fact that is right when both texts are the same.
func (s *score) equal(fact, id, got, want string) {
	points := 0.0
	if got == want {
		points = 1
	}
	s.count(fact, id, points, got, want)
}

// rows gives the rows with their percentages.
func (s *score) rows() []row {
	var all []row
	for _, name := range s.order {
		r := *s.facts[name]
		r.Percent = 100 * r.Right / max(1, r.Asserted)
		all = append(all, r)
	}
	return all
}

// print writes the table and, if asked, every fault.
func (s *score) print(out io.Writer, faults bool) error {
	if faults {
		for _, r := range s.rows() {
			slices.Sort(r.faults)
			for _, f := range r.faults {
				if _, err := fmt.Fprintln(out, f); err != nil {
					return err
				}
			}
		}
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(table, "fact\tasserted\tright\tmissing\twrong\tpercent\t")
	for _, r := range s.rows() {
		_, _ = fmt.Fprintf(table, "%s\t%.0f\t%.1f\t%d\t%d\t%.2f\t\n", r.Fact, r.Asserted, r.Right, r.Missing, r.Wrong, r.Percent)
	}
	return table.Flush()
}
