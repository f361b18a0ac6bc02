// Package psplib reads project scheduling instances in the formats of the public libraries: PSPLIB's
// .sm and .mm (one and several ways to do a task; MMLIB uses the latter) and Patterson's .rcp (RG300).
// The artificial first and last task of the formats, which last nothing and use nothing, are left out.
package psplib

import (
	"bufio"
	"bytes"
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
)

// most bounds counts that a file announces, so that a broken file cannot ask for all memory.
const most = 1 << 16

// Parse reads one instance; the name's ending tells the format. Faults name the file and the line.
func Parse(name string, data []byte) (rcpsp.Problem, error) {
	var tasks []task
	var p rcpsp.Problem
	var err error
	switch ext := strings.ToLower(path.Ext(name)); ext {
	case ".sm", ".mm":
		tasks, err = parseSections(data, &p)
	case ".rcp":
		tasks, err = parsePatterson(data, &p)
	default:
		return p, fmt.Errorf("%s: the ending %q is not known; .sm, .mm and .rcp are", name, ext)
	}
	if err != nil {
		return rcpsp.Problem{}, fmt.Errorf("%s: %w", name, err)
	}
	p.Tasks, err = link(tasks)
	if err != nil {
		return rcpsp.Problem{}, fmt.Errorf("%s: %w", name, err)
	}
	return p, nil
}

// task is one as it stands in a file: numbered from 1, with successors.
type task struct {
	modes []rcpsp.Mode
	next  []int
}

// link turns successors into predecessors and leaves out the artificial ends.
func link(tasks []task) ([]rcpsp.Task, error) {
	if len(tasks) < 2 {
		return nil, fmt.Errorf("%d tasks; even an empty project has an artificial first and last one", len(tasks))
	}
	last := len(tasks) - 1
	for _, i := range []int{0, last} {
		if len(tasks[i].modes) != 1 || tasks[i].modes[0].Duration != 0 {
			return nil, fmt.Errorf("task %d is to be artificial, but lasts or has modes", i+1)
		}
	}
	out := make([]rcpsp.Task, last-1)
	for i, t := range tasks {
		for _, s := range t.next {
			if s < 1 || s > len(tasks) {
				return nil, fmt.Errorf("task %d has successor %d; there are %d", i+1, s, len(tasks))
			}
			if i > 0 && i < last && s-1 > 0 && s-1 < last {
				out[s-2].After = append(out[s-2].After, rcpsp.Link{Task: i - 1})
			}
		}
		if i > 0 && i < last {
			out[i-1].ID = fmt.Sprintf("%05d", i+1)
			out[i-1].Modes = t.modes
		}
	}
	return out, nil
}

// parseSections reads PSPLIB's format: counts after colons, then tables below headings.
func parseSections(data []byte, p *rcpsp.Problem) ([]task, error) {
	var tasks []task
	var renewable, stocks, current int
	section := ""
	s := bufio.NewScanner(bytes.NewReader(data))
	for line := 1; s.Scan(); line++ {
		text := strings.TrimSpace(s.Text())
		bad := func(why string) error { return fmt.Errorf("line %d: %s: %q", line, why, text) }
		switch title := strings.ReplaceAll(strings.TrimRight(text, ": \t"), " ", ""); title {
		case "PRECEDENCERELATIONS", "REQUESTS/DURATIONS", "RESOURCEAVAILABILITIES":
			section = title
			continue
		}
		if head, rest, ok := strings.Cut(text, ":"); ok {
			head = strings.Trim(head, " \t-")
			count := func(into *int) error {
				f := strings.Fields(rest)
				if len(f) == 0 {
					return bad("a count is missing")
				}
				n, err := strconv.Atoi(f[0])
				if err != nil || n < 0 || n > most {
					return bad("not a count")
				}
				*into = n
				return nil
			}
			var err error
			switch {
			case strings.HasPrefix(head, "jobs"):
				var n int
				err = count(&n)
				tasks = make([]task, n)
			case head == "renewable":
				err = count(&renewable)
			case head == "nonrenewable":
				err = count(&stocks)
			case head == "doubly constrained":
				var n int
				if err = count(&n); err == nil && n > 0 {
					err = bad("doubly constrained resources are not supported")
				}
			}
			if err != nil {
				return nil, err
			}
			continue
		}
		v, ok := numbers(text)
		if !ok || len(v) == 0 {
			continue // headings and rules
		}
		switch section {
		case "PRECEDENCERELATIONS":
			if len(v) < 3 || v[0] < 1 || v[0] > len(tasks) || len(v) != 3+v[2] {
				return nil, bad("a task, its modes, its number of successors and they themselves belong here")
			}
			tasks[v[0]-1].next = v[3:]
		case "REQUESTS/DURATIONS":
			want := 2 + renewable + stocks
			if len(v) == want+1 {
				current = v[0]
				v = v[1:]
			}
			if len(v) != want || current < 1 || current > len(tasks) {
				return nil, bad(fmt.Sprintf("a mode, a duration and %d requests belong here", renewable+stocks))
			}
			m := rcpsp.Mode{Duration: v[1]}
			for r, u := range v[2 : 2+renewable] {
				if u != 0 {
					m.Uses = append(m.Uses, rcpsp.Use{Resource: r, Amount: int64(u)})
				}
			}
			for _, u := range v[2+renewable:] {
				m.Draws = append(m.Draws, int64(u))
			}
			tasks[current-1].modes = append(tasks[current-1].modes, m)
		case "RESOURCEAVAILABILITIES":
			if len(v) != renewable+stocks {
				return nil, bad(fmt.Sprintf("%d capacities belong here", renewable+stocks))
			}
			for r, c := range v {
				if r < renewable {
					p.Resources = append(p.Resources, rcpsp.Resource{Name: fmt.Sprintf("R%d", r+1), Capacity: int64(c)})
				} else {
					p.Stocks = append(p.Stocks, int64(c))
				}
			}
			section = ""
		}
	}
	if err := s.Err(); err != nil {
		return nil, err
	}
	if len(p.Resources) != renewable {
		return nil, fmt.Errorf("the table of resource availabilities is missing")
	}
	return tasks, nil
}

// parsePatterson reads .rcp: numbers only, wherever lines break.
func parsePatterson(data []byte, p *rcpsp.Problem) ([]task, error) {
	v, ok := numbers(string(data))
	if !ok {
		return nil, fmt.Errorf("only whole numbers belong in this format")
	}
	at := 0
	next := func() int {
		at++
		if at > len(v) {
			return 0
		}
		return v[at-1]
	}
	n, renewable := next(), next()
	if n < 0 || n > most || renewable < 0 || renewable > most {
		return nil, fmt.Errorf("%d tasks and %d resources", n, renewable)
	}
	for r := range renewable {
		p.Resources = append(p.Resources, rcpsp.Resource{Name: fmt.Sprintf("R%d", r+1), Capacity: int64(next())})
	}
	tasks := make([]task, n)
	for i := range tasks {
		m := rcpsp.Mode{Duration: next()}
		for r := range renewable {
			if u := next(); u != 0 {
				m.Uses = append(m.Uses, rcpsp.Use{Resource: r, Amount: int64(u)})
			}
		}
		tasks[i].modes = []rcpsp.Mode{m}
		count := next()
		if count < 0 || at+count > len(v) {
			return nil, fmt.Errorf("task %d: %d successors, but the file ends", i+1, count)
		}
		for range count {
			tasks[i].next = append(tasks[i].next, next())
		}
	}
	if at > len(v) {
		return nil, fmt.Errorf("the file ends after %d of %d numbers", len(v), at)
	}
	return tasks, nil
}

// numbers reads whole numbers parted by white space; false when there is anything else.
func numbers(text string) ([]int, bool) {
	f := strings.Fields(text)
	out := make([]int, len(f))
	for i, s := range f {
		n, err := strconv.Atoi(s)
		if err != nil {
			return nil, false
		}
		out[i] = n
	}
	return out, true
}
