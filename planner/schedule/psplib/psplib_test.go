package psplib_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/planner/schedule/psplib"
	"github.com/samdrift/samdrift/planner/schedule/rcpsp"
	"github.com/samdrift/samdrift/planner/schedule/verify"
)

const multi = `jobs  (incl. supersource/sink ):  4
RESOURCES
- renewable                 : 1 R
- nonrenewable              : 1 N
- doubly constrained        : 0 D
PRECEDENCE RELATIONS:
jobnr.    #modes  #successors   successors
1	1	1		2
2	2	1		3
3	1	1		4
4	1	0
REQUESTS/DURATIONS
jobnr.	mode	dur	R1	N1
1	1	0	0	0
2	1	3	2	4
	2	5	1	0
3	1	2	0	1
4	1	0	0	0
RESOURCE AVAILABILITIES
	R 1	N 1
	2	5
`

const single = "4 1\n2\n0 0 1 2\n3 2 1 3\n2 0 1\n4\n0 0 0\n"

func TestParse(t *testing.T) {
	p, err := psplib.Parse("a.mm", []byte(multi))
	if err != nil {
		t.Fatal(err)
	}
	want := rcpsp.Problem{
		Resources: []rcpsp.Resource{{Name: "R1", Capacity: 2}},
		Stocks:    []int64{5},
		Tasks: []rcpsp.Task{
			{ID: "00002", Modes: []rcpsp.Mode{
				{Duration: 3, Uses: []rcpsp.Use{{Resource: 0, Amount: 2}}, Draws: []int64{4}},
				{Duration: 5, Uses: []rcpsp.Use{{Resource: 0, Amount: 1}}, Draws: []int64{0}}}},
			{ID: "00003", Modes: []rcpsp.Mode{{Duration: 2, Draws: []int64{1}}}, After: []rcpsp.Link{{Task: 0}}},
		},
	}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	q, err := psplib.Parse("a.rcp", []byte(single))
	if err != nil || len(q.Tasks) != 2 || q.Tasks[0].Modes[0].Duration != 3 || len(q.Tasks[1].After) != 1 {
		t.Errorf("%+v, %v", q, err)
	}
}

func TestFaultsNameFileAndLine(t *testing.T) {
	for _, c := range []struct{ name, data, want string }{
		{"a.txt", "", "a.txt: the ending"},
		{"a.sm", "", "a.sm: 0 tasks"},
		{"a.mm", strings.Replace(multi, "2	2	1		3", "2	2	2		3", 1), "a.mm: line 9: "},
		{"a.mm", strings.Replace(multi, "	2	5\n", "	2\n", 1), "a.mm: line 21: "},
		{"a.mm", strings.Split(multi, "RESOURCE AV")[0], "a.mm: the table of resource availabilities is missing"},
		{"a.rcp", "4 1\n2\n0 0 1 2\n3 2 9 3", "a.rcp: task 2: 9 successors"},
		{"a.rcp", "4 1\n2\n0 0 1 9\n3 2 1 3\n2 0 1\n4\n0 0 0\n", "a.rcp: task 1 has successor 9"},
		{"a.rcp", "4 one", "a.rcp: only whole numbers"},
	} {
		if _, err := psplib.Parse(c.name, []byte(c.data)); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("told %v, want %s...", err, c.want)
		}
	}
}

// Instances beside the project are read whole and solved, one of each set.
func TestPublicInstances(t *testing.T) {
	root := "../../../../shared/planner"
	if _, err := os.Stat(root); err != nil {
		t.Skip("the public instances are not beside the project (../shared/planner); their reader is tested on written examples only")
	}
	for path, tasks := range map[string]int{
		"rcpsp/dev/j30/j3010_1.sm": 30, "rcpsp/dev/rg300/RG300_1.rcp": 300, "mrcpsp/dev/MMLIB50/J50100_1.mm": 50,
	} {
		data, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			t.Fatal(err)
		}
		p, err := psplib.Parse(path, data)
		if err != nil || len(p.Tasks) != tasks {
			t.Errorf("%s: %d tasks, %v", path, len(p.Tasks), err)
			continue
		}
		s, err := rcpsp.Solve(context.Background(), p, rcpsp.Limits{Schedules: 500})
		if faults := verify.Check(p, s.Starts); err != nil || len(faults) > 0 {
			t.Errorf("%s: %v %v", path, err, faults)
		}
	}
}

// Whatever the bytes, reading them ends in a problem or an error.
func FuzzParse(f *testing.F) {
	f.Add(".mm", []byte(multi))
	f.Add(".rcp", []byte(single))
	f.Fuzz(func(t *testing.T, ending string, data []byte) {
		p, err := psplib.Parse("x"+ending, data)
		if err == nil && p.Tasks == nil {
			t.Error("neither tasks nor an error")
		}
	})
}
