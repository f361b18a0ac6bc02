package instances

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/samdrift/samdrift/planner/group/leiden"
)

// GML reads an undirected graph in the Graph Modelling Language: nodes by id in the order of the file,
// edges with "value" or "weight" where they have one, else 1. All else is passed over.
func GML(data []byte) (nodes int, edges []leiden.Edge, err error) {
	index := map[string]int{}
	var inside string // node or edge
	var id, source, target string
	weight := 1.0
	for at, line := range strings.Split(string(data), "\n") {
		key, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch text := strings.TrimSpace(value); {
		case key == "node" || key == "edge":
			inside, id, source, target, weight = key, "", "", "", 1
		case key == "id" && inside == "node":
			id = text
		case key == "source":
			source = text
		case key == "target":
			target = text
		case (key == "value" || key == "weight") && inside == "edge":
			if weight, err = strconv.ParseFloat(text, 64); err != nil || !(weight > 0) {
				return 0, nil, fmt.Errorf("line %d: the weight %q is no number above 0", at+1, text)
			}
		case key == "]" && inside == "node":
			if _, twice := index[id]; twice || id == "" {
				return 0, nil, fmt.Errorf("line %d: node id %q is missing or stands twice", at+1, id)
			}
			index[id], inside = len(index), ""
		case key == "]" && inside == "edge":
			a, ok1 := index[source]
			b, ok2 := index[target]
			if !ok1 || !ok2 {
				return 0, nil, fmt.Errorf("line %d: an edge from %q to %q, which are not both nodes above it", at+1, source, target)
			}
			edges, inside = append(edges, leiden.Edge{A: a, B: b, Weight: weight}), ""
		}
	}
	return len(index), edges, nil
}
