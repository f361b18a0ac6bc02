package chart

import (
	"fmt"
	"math"
	"strings"
)

// heat are the colours of nine steps from little to all, with the ink that can be read on each.
var heat = [9][2]string{
	{"#8b1a2b", "#ffffff"}, {"#b23a48", "#ffffff"}, {"#d98880", "#1a1a1a"}, {"#f0c4b8", "#1a1a1a"}, {"#f6e3c5", "#1a1a1a"},
	{"#dcead0", "#1a1a1a"}, {"#a9d3ac", "#1a1a1a"}, {"#2f7d4f", "#ffffff"}, {"#125a37", "#ffffff"},
}

// HeatClass gives the class of a share 0-1: heat-0 (little) to heat-8 (all). What is no number gives
// the class of unknown.
func HeatClass(share float64) string {
	if math.IsNaN(share) {
		return "heat-unknown"
	}
	step := int(min(max(share, 0), 1) * float64(len(heat)))
	return fmt.Sprintf("heat-%d", min(step, len(heat)-1))
}

// HeatCSS gives the rules for the classes of HeatClass.
func HeatCSS() string {
	var b strings.Builder
	for i, c := range heat {
		fmt.Fprintf(&b, ".heat-%d{background:%s;color:%s}\n", i, c[0], c[1])
	}
	b.WriteString(".heat-unknown{background:#e4e4e4;color:#1a1a1a}\n")
	return b.String()
}
