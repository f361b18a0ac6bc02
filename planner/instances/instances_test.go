package instances_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/planner/assign"
	"github.com/samdrift/samdrift/planner/instances"
)

func TestCPMP(t *testing.T) {
	for name, c := range map[string]struct {
		text, format, dist string
		want               instances.Median
	}{
		"orlib": {" 1 3\n 2 1 9\n 1 0 0 4\n 2 3 3 5\n", "orlib: num opt / n p Q / id x y d", "floor-euclid",
			instances.Median{Unit: 1, Problem: assign.Problem{MaxOpen: 1, Cost: [][]int64{{0, 4}, {4, 0}}, Demand: [][]int64{{4}, {5}}, Capacity: [][]int64{{9}, {9}}}}},
		"points": {"2 1\n0 0 9 4\n1 1 8 5\n", "n p / x y Q d", "euclid-real",
			instances.Median{Unit: 1e6, Problem: assign.Problem{MaxOpen: 1, Cost: [][]int64{{0, 1414214}, {1414214, 0}}, Demand: [][]int64{{4}, {5}}, Capacity: [][]int64{{9}, {8}}}}},
		"matrix": {"2 2\n0 7\n6 0\n4 5\n9 8\n", "n p / dist matrix / demands / capacities", "matrix",
			instances.Median{Unit: 1, Problem: assign.Problem{MaxOpen: 2, Cost: [][]int64{{0, 7}, {6, 0}}, Demand: [][]int64{{4}, {5}}, Capacity: [][]int64{{9}, {8}}}}},
	} {
		got, err := instances.CPMP([]byte(c.text), c.format, c.dist)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestCPMPFaults(t *testing.T) {
	for want, c := range map[string][2]string{
		"format \"x\" is not known":            {"1 1", "x"},
		"ends after 5 numbers":                 {"2 1\n0 0 9\n", "n p / x y Q d"},
		"number 4 is \"nine\"":                 {"1 1\n0 nine", "n p / x y Q d"},
		"the number of centres, is 3":          {"2 3\n", "n p / x y Q d"},
		"item 1: demand 4.5 and capacity 9":    {"1 1\n0 0 9 4.5\n", "n p / x y Q d"},
		"a distance, is -1, want a whole numb": {"1 1\n-1\n", "n p / dist matrix"},
	} {
		if _, err := instances.CPMP([]byte(c[0]), c[1], "euclid-real"); err == nil || !strings.Contains(err.Error(), strings.TrimSpace(want)) {
			t.Errorf("%q: error %v, want %q", c[0], err, want)
		}
	}
}

func TestPMed(t *testing.T) {
	got, err := instances.PMed([]byte("4 4 1\n1 2 5\n2 3 1\n1 3 9\n1 2 4\n"))
	if err != nil {
		t.Fatal(err)
	}
	no := int64(assign.Forbidden)
	if diff := cmp.Diff([][]int64{{0, 4, 5, no}, {4, 0, 1, no}, {5, 1, 0, no}, {no, no, no, 0}}, got.Problem.Cost); diff != "" {
		t.Errorf("shortest paths, the last line of an edge counting (-want +got):\n%s", diff)
	}
}

func TestNationalRepeats(t *testing.T) {
	p := instances.National(3).Problem()
	if diff := cmp.Diff(p, instances.National(3).Problem()); diff != "" {
		t.Errorf("a second making differs:\n%s", diff)
	}
	if len(p.Cost) != 98 || len(p.Capacity) != 98 || p.MaxOpen != 5 {
		t.Errorf("%d items, %d sites, %d open", len(p.Cost), len(p.Capacity), p.MaxOpen)
	}
	if cmp.Equal(p, instances.National(4).Problem()) {
		t.Error("another seed gives the same country")
	}
}

func FuzzCPMP(f *testing.F) {
	f.Add([]byte(" 1 3\n 2 1 9\n 1 0 0 4\n 2 3 3 5\n"), "orlib")
	f.Add([]byte("2 1\n0 0 9 4\n1 1 8 5\n"), "n p / x y Q d")
	f.Add([]byte("2 2\n0 7\n6 0\n4 5\n9 8\n"), "n p / dist matrix")
	f.Fuzz(func(t *testing.T, data []byte, format string) {
		if m, err := instances.CPMP(data, format, "matrix"); err == nil {
			for _, row := range m.Problem.Cost {
				if len(row) != len(m.Problem.Capacity) || len(m.Problem.Demand) != len(m.Problem.Cost) {
					t.Fatalf("shapes differ: %+v", m)
				}
			}
		}
	})
}

// The public instances, where they lie beside the project.
func TestPublicInstances(t *testing.T) {
	folder := filepath.Join("..", "..", "..", "shared", "planner")
	data, err := os.ReadFile(filepath.Join(folder, "bkv_cpmp.csv"))
	if err != nil {
		t.Skipf("SKIPPED: no public instances beside the project (%v)", err)
	}
	rows, err := instances.List(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		n, _ := r.Number("n")
		p, _ := r.Number("p")
		if n > 600 {
			continue
		}
		text, err := os.ReadFile(filepath.Join(folder, r["path"]))
		if err != nil {
			t.Fatal(err)
		}
		m, err := instances.CPMP(text, r["format"], r["dist"])
		if err != nil || len(m.Problem.Cost) != int(n) || m.Problem.MaxOpen != int(p) {
			t.Errorf("%s: %d items, at most %d open, error %v", r["instance"], len(m.Problem.Cost), m.Problem.MaxOpen, err)
		}
	}
}
