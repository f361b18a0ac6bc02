package snmp

import (
	"math"

	"github.com/samdrift/samdrift/inventory"
)

// hrMemorySize is the size of the main memory in KiB (HOST-RESOURCES-MIB, RFC 2790).
const hrMemorySize = ".1.3.6.1.2.1.25.2.2.0"

// readMemory asks for the size of the main memory and how much of it is in use, by the standard
// figure or the maker's own.
func readMemory(s *session, l *look) inventory.TableStatus {
	values, err := s.get(hrMemorySize)
	if err != nil {
		return inventory.TableStatus{State: inventory.TablePartial, Reason: err.Error()}
	}
	rows := 0
	if kib, ok := number(values[hrMemorySize]); ok && kib > 0 && kib < math.MaxInt64/1024 {
		l.asset.MemoryBytes = kib * 1024
		rows++
	}
	own, grids, _ := s.readings(l, memoryReadings)
	total, used, percent := memoryOf(own)
	if l.asset.MemoryBytes == 0 {
		l.asset.MemoryBytes = int64(total)
	}
	if percent == nil && used >= 0 && total > 0 && used <= total {
		share := 100 * used / total
		percent = &share
	}
	if percent != nil && *percent >= 0 && *percent <= 100 {
		l.measure("samdrift_memory_used_percent", nil, *percent)
	}
	result := status(grids...)
	if result.Rows = rows + len(own); result.Rows > 0 && result.State == inventory.TableAbsent {
		result.State = inventory.TableComplete
	}
	return result
}

// memoryOf sums up what the makers' tables tell: total and used bytes (-1: not known), or only a
// share.
func memoryOf(readings []measurement) (total, used float64, percent *float64) {
	sums := map[string]float64{}
	for _, r := range readings {
		if _, twice := sums[r.Class]; twice && r.Class == "memory_percent" {
			continue // the first is the main one
		}
		sums[r.Class] += r.Value
	}
	total, hasTotal := sums["memory_total"]
	used, hasUsed := sums["memory_used"]
	free, hasFree := sums["memory_free"]
	switch {
	case hasTotal && hasFree && !hasUsed:
		used = total - free
	case hasUsed && hasFree && !hasTotal:
		total = used + free
	case !hasUsed:
		used = -1
	}
	if share, ok := sums["memory_percent"]; ok {
		percent = &share
	}
	return total, used, percent
}
