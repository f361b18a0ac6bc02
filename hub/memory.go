package hub

import (
	"os"
	"runtime/debug"
	"runtime/metrics"
)

// How much garbage may lie beside what is in use before it is collected, in bytes: always, and while
// an estate is merged, when there are nearly two of it.
const (
	usualSlack = 64 << 20
	mergeSlack = 32 << 20
)

// The bounds of Go's own measure, which is a share of what is in use: 100 is its default, and below
// the least the processor would do little else.
const (
	mostPercent  = 100
	leastPercent = 10
)

// spareMemory bounds the garbage beside the estate; 0 stands for the usual slack. Go lets the heap
// double before it collects, which is fine for a small estate and hundreds of megabytes for one of
// 50,000 assets. GOGC in the environment keeps its say.
func spareMemory(slack uint64) {
	if os.Getenv("GOGC") != "" {
		return
	}
	if slack == 0 {
		slack = usualSlack
	}
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	if live[0].Value.Kind() != metrics.KindUint64 || live[0].Value.Uint64() == 0 {
		return
	}
	debug.SetGCPercent(int(max(leastPercent, min(mostPercent, 100*slack/live[0].Value.Uint64()))))
}
