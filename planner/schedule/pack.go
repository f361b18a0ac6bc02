package schedule

import "math"

// Load is what packing needs to know of a group: already in the order in which groups go.
type Load struct {
	Foundation bool
	Servers    int
	GB         float64
}

// Limits bound a wave.
type Limits struct {
	MaxServers   int
	PilotServers int // of the first wave after the foundations
	MaxSeedDays  int
	GBPerDay     float64 // what the link gives seeding
	ChangeRate   float64 // share of the data that changes in a day
}

// Pack cuts the ordered groups into waves and gives each the indices of its groups. Foundations have
// their own waves. The first ordinary wave is a small pilot. A group that is larger than a limit
// stands alone.
func Pack(loads []Load, l Limits) [][]int {
	var waves [][]int
	var servers int
	var gb float64
	pilot := -1 // index of the pilot wave
	for i, g := range loads {
		n := len(waves)
		fresh := n == 0 || loads[i-1].Foundation != g.Foundation
		if !fresh {
			most := l.MaxServers
			if pilot == n-1 {
				most = min(most, l.PilotServers)
			}
			days, ok := SeedDays(gb+g.GB, l.GBPerDay, l.ChangeRate)
			fresh = servers+g.Servers > most || !ok || days > l.MaxSeedDays
		}
		if fresh {
			if !g.Foundation && pilot < 0 {
				pilot = n
			}
			waves, servers, gb = append(waves, nil), 0, 0
		}
		waves[len(waves)-1] = append(waves[len(waves)-1], i)
		servers += g.Servers
		gb += g.GB
	}
	return waves
}

// SeedDays is how many whole days it takes to copy gb over a link that carries perDay, while a share
// of what is copied changes each day and has to be copied again: T = D / (B - r D). False means that
// the changes fill the link, so that the copy never catches up.
func SeedDays(gb, perDay, changeRate float64) (int, bool) {
	left := perDay - changeRate*gb
	if left <= 0 {
		return 0, false
	}
	days := math.Ceil(gb / left)
	if days > 100_000 {
		return 0, false // centuries; also keeps the number within any date
	}
	return max(1, int(days)), true
}
