package schedule

import "github.com/samdrift/samdrift/planner/schedule/rcpsp"

// Tasks gives the problem as it is written for package rcpsp, without the jobs that have no night, and
// where the schedule that Solve finds has its tasks.
func Tasks(p Problem) (rcpsp.Problem, []rcpsp.Start, error) {
	m, starts, err := solve(p, &Schedule{})
	if err != nil {
		return rcpsp.Problem{}, nil, err
	}
	tasks, index := m.without()
	left := make([]rcpsp.Start, len(index))
	for k, t := range index {
		left[k] = starts[t]
	}
	return tasks, left, nil
}
