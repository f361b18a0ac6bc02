package planner

import (
	"github.com/samdrift/samdrift/planner/schedule"
	"github.com/samdrift/samdrift/planner/schedule/clash"
)

// Limits puts every rule that the dates of a plan must keep into words.
func Limits(in Input, p Plan) ([]Limit, error) {
	problem, err := in.problemOf(p, 0)
	if err != nil {
		return nil, err
	}
	tasks := schedule.Whole(problem)
	words := newLimiter(in, tasks)
	var all []Limit
	for _, r := range clash.Rules(tasks) {
		all = append(all, words.clash(r))
	}
	for _, t := range tasks.Tasks {
		for _, s := range t.Closed {
			all = append(all, Limit{s.Name, words.closed(s.Name)})
		}
	}
	for _, r := range tasks.Resources {
		_, by := in.more(r)
		all = append(all, Limit{r.Name, words.resource(r.Name)}, Limit{r.Name, by})
	}
	return all, nil
}
