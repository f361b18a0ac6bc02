package chart_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/dashboards/chart"
)

func fold(class string, n int) string { return fmt.Sprintf("%d of %s", n, class) }

// A core, two access switches joined twice, and so many servers that they are folded.
func TestNetwork(t *testing.T) {
	nodes := []chart.NetworkNode{
		{ID: "acc1", Label: "acc1", Class: "switch", Core: 2}, {ID: "acc2", Label: "acc2", Class: "switch", Core: 2},
		{ID: "core", Label: "core <1>", Class: "router", Core: 3, Href: "/assets/core"},
	}
	links := []chart.NetworkLink{{A: "acc1", B: "core"}, {A: "acc2", B: "core"}, {A: "acc1", B: "acc2"}, {A: "acc1", B: "missing"}}
	for i := range 7 {
		id := fmt.Sprintf("srv%d", i)
		nodes = append(nodes, chart.NetworkNode{ID: id, Label: id, Class: "server"})
		links = append(links, chart.NetworkLink{A: "acc1", B: id})
	}
	svg := string(chart.Network(nodes, links, chart.NetworkOptions{Title: "Network", Fold: fold}))
	wellFormed(t, svg)
	for what, n := range map[string]int{"7 of server": 2, "srv": 0, "core &lt;1&gt;": 2, `class="cable more"`: 1, `class="node"`: 4} {
		if got := strings.Count(svg, what); got != n {
			t.Errorf("%q stands %d times in the drawing, want %d:\n%s", what, got, n, svg)
		}
	}
}

// However things are joined, every device is drawn once or counted in a fold.
func TestNetworkLosesNobody(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		count := rapid.IntRange(0, 40).Draw(t, "nodes")
		var nodes []chart.NetworkNode
		for i := range count {
			nodes = append(nodes, chart.NetworkNode{
				ID: fmt.Sprint(i), Label: fmt.Sprintf("n%d.", i), Core: rapid.IntRange(0, 3).Draw(t, "core"),
				Class: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "class"),
			})
		}
		var links []chart.NetworkLink
		for range rapid.IntRange(0, 60).Draw(t, "links") {
			id := rapid.IntRange(0, max(count, 1))
			links = append(links, chart.NetworkLink{A: fmt.Sprint(id.Draw(t, "a")), B: fmt.Sprint(id.Draw(t, "b"))})
		}
		folded := 0
		svg := string(chart.Network(nodes, links, chart.NetworkOptions{Fold: func(_ string, n int) string {
			folded += n
			return "fold"
		}}))
		wellFormed(t, svg)
		for _, n := range nodes {
			if c := strings.Count(svg, ">"+n.Label+"<"); c > 1 {
				t.Fatalf("%s is drawn %d times", n.Label, c)
			}
		}
		if drawn := strings.Count(svg, `class="node"`) - strings.Count(svg, ">fold</text>"); drawn+folded != count {
			t.Fatalf("%d drawn and %d folded of %d", drawn, folded, count)
		}
	})
}
