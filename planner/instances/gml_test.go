package instances_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/planner/group/leiden"
	"github.com/samdrift/samdrift/planner/instances"
)

func TestGML(t *testing.T) {
	const good = "Creator \"us\"\ngraph\n[\n  node\n  [\n    id 7\n    value \"n\"\n  ]\n  node [\n    id 3\n  ]\n" +
		"  edge\n  [\n    source 3\n    target 7\n    value 2.5\n  ]\n  edge [\n    source 7\n    target 3\n  ]\n]\n"
	nodes, edges, err := instances.GML([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	want := []leiden.Edge{{A: 1, B: 0, Weight: 2.5}, {A: 0, B: 1, Weight: 1}}
	if diff := cmp.Diff(want, edges); nodes != 2 || diff != "" {
		t.Errorf("%d nodes, edges (-want +got):\n%s", nodes, diff)
	}
	for name, bad := range map[string]string{
		"an edge to nobody": "node [\nid 1\n]\nedge [\nsource 1\ntarget 2\n]\n",
		"a node twice":      "node [\nid 1\n]\nnode [\nid 1\n]\n",
		"a node without id": "node [\n]\n",
		"a weight in words": "node [\nid 1\n]\nedge [\nsource 1\ntarget 1\nvalue heavy\n]\n",
		"a weight below 0":  "node [\nid 1\n]\nedge [\nsource 1\ntarget 1\nvalue -1\n]\n",
	} {
		if _, _, err := instances.GML([]byte(bad)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func FuzzGML(f *testing.F) {
	f.Add([]byte("node [\nid 1\n]\nedge [\nsource 1\ntarget 1\nvalue 2\n]\n"))
	f.Add([]byte("]\nedge\n[\nvalue NaN\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		nodes, edges, err := instances.GML(data)
		for _, e := range edges {
			if err == nil && (e.A >= nodes || e.B >= nodes || !(e.Weight > 0)) {
				t.Errorf("%d nodes, edge %+v", nodes, e)
			}
		}
	})
}
