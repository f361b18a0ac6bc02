package evaluate

import (
	"cmp"
	"math"
	"slices"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

// LinkStep is what a municipality's link to its centre must bear once a wave is over: traffic between
// what has moved and what has not (people at their desks are never moved), and copies of backups that
// are kept at home.
type LinkStep struct {
	Municipality string         `json:"municipality"`
	Wave         string         `json:"wave"`
	Centre       string         `json:"centre"`
	Mbps         int            `json:"mbps"`          // of the fastest known link; 0: not known
	LatencyMS    *float64       `json:"latency_ms"`    // nil: not known
	CrossingGB   float64        `json:"crossing_gb"`   // a day
	TrafficMbps  float64        `json:"traffic_mbps"`  // in the busiest hour
	BackupMbps   planner.Range  `json:"backup_mbps"`   // high: all servers whose copies nobody has told about copy home too
	BackupsOpen  int            `json:"backups_open"`  // those servers
	Share        *planner.Range `json:"share_of_link"` // traffic and backup together; nil: the link is not known
	Limit        float64        `json:"limit_share"`
	Fits         *bool          `json:"fits"`       // at the likely figure; nil: not known
	Chatty       []ChattyEdge   `json:"chatty"`     // the heaviest of those that cross, at most maxChatty
	ChattyAll    int            `json:"chatty_all"` // how many cross
	Basis        Basis          `json:"basis"`      // of the limit; traffic and links are from the inventory
}

// ChattyEdge is traffic of a protocol that asks and waits many times, and crosses the link.
type ChattyEdge struct {
	From        string   `json:"from"` // asset ids
	To          string   `json:"to"`
	Port        int      `json:"port"`
	BytesPerDay int64    `json:"bytes_per_day"`
	WaitMS      *float64 `json:"wait_ms"`  // round trips times latency; nil: latency is not known
	TooSlow     *bool    `json:"too_slow"` // nil: not known
}

// maxChatty is how many chatty edges a step shows.
const maxChatty = 10

// gigabit is 10^9 bytes in bits.
const gigabit = 8e9

// links follows every municipality's link through its waves.
func (x *estate) links() []LinkStep {
	rank := map[string]int{} // asset → number of the wave that moves it, from 1; 0: it is there; none: it stays
	centre := map[string]string{}
	for _, a := range x.plan.Assignments {
		centre[a.Municipality] = a.Centre
	}
	for id, a := range x.assets {
		if a.OperatedBy != "" && a.OperatedBy == centre[a.Municipality] {
			rank[id] = 0
		}
	}
	waves := x.wavesInOrder()
	for _, ws := range waves {
		for i, w := range ws {
			for _, g := range x.groupsOf[w.ID] {
				for _, id := range g.Assets {
					rank[id] = i + 1
				}
			}
		}
	}
	home := map[string]string{}
	for _, s := range x.in.Snapshot.Sites {
		home[s.ID] = s.Municipality
	}
	lanes := map[string]*lane{}
	for _, m := range x.municipalities {
		if n := len(waves[m.Code]); n > 0 {
			lanes[m.Code] = newLane(n)
		}
	}
	for i := range x.in.Snapshot.Flows {
		f := &x.in.Snapshot.Flows[i]
		if l := lanes[f.Municipality]; l != nil {
			l.flow(f, rank, slices.Contains(x.in.Settings.Network.ChattyPorts, f.Port))
		}
	}
	for i := range x.plan.Groups {
		g := &x.plan.Groups[i]
		if l := lanes[g.Municipality]; l != nil && g.Wave != "" {
			x.backups(l, g, rank[g.Assets[0]], home)
		}
	}
	out := []LinkStep{}
	for _, m := range x.municipalities {
		if l := lanes[m.Code]; l != nil {
			out = append(out, x.lane(l, waves[m.Code])...)
		}
	}
	return out
}

// lane gathers what crosses one municipality's link after each of its waves. Its sums are kept as
// changes from wave to wave: index i is what begins to count after wave i+1.
type lane struct {
	bytes         []int64
	backup, doubt []float64 // GB of changes a day that are copied home, and that may be
	open          []int
	chatty        [][]ChattyEdge // by first wave after which they cross
	until         [][]int        // the wave that ends each
}

func newLane(waves int) *lane {
	return &lane{bytes: make([]int64, waves+1), backup: make([]float64, waves), doubt: make([]float64, waves), open: make([]int, waves),
		chatty: make([][]ChattyEdge, waves), until: make([][]int, waves)}
}

// flow counts traffic after the first of its ends has moved until the other has.
func (l *lane) flow(f *inventory.Flow, rank map[string]int, chatty bool) {
	when := func(id string) int {
		if r, ok := rank[id]; ok {
			return r
		}
		return len(l.bytes) // after the last wave: never
	}
	first, last := max(1, min(when(f.From), when(f.To))), max(when(f.From), when(f.To))
	if first >= last {
		return // both move together, or neither moves
	}
	l.bytes[first-1] += f.BytesPerDay
	l.bytes[last-1] -= f.BytesPerDay
	if chatty && f.From != "" && f.To != "" {
		l.chatty[first-1] = append(l.chatty[first-1], ChattyEdge{From: f.From, To: f.To, Port: f.Port, BytesPerDay: f.BytesPerDay})
		l.until[first-1] = append(l.until[first-1], last)
	}
}

// backups counts the changes of a group's servers that are copied home, by where their copies are.
func (x *estate) backups(l *lane, g *planner.Group, rank int, home map[string]string) {
	each := g.TransferGB * x.in.Planning.ChangeRatePerDay / float64(len(g.Assets))
	for _, id := range g.Assets {
		a := x.assets[id]
		switch {
		case a == nil || a.Backup != nil && a.Backup.Exempt:
		case a.Backup == nil || a.Backup.CopySite == "":
			l.doubt[rank-1] += each
			l.open[rank-1]++
		case home[a.Backup.CopySite] == g.Municipality:
			l.backup[rank-1] += each
		}
	}
}

// lane turns the sums into steps.
func (x *estate) lane(l *lane, waves []*planner.Wave) []LinkStep {
	n := x.in.Settings.Network
	mbps, latency := x.link(waves[0].Municipality, waves[0].Centre)
	var out []LinkStep
	var bytes int64
	var backup, doubt float64
	open := 0
	for i, w := range waves {
		bytes, backup, doubt, open = bytes+l.bytes[i], backup+l.backup[i], doubt+l.doubt[i], open+l.open[i]
		perGB := gigabit / (n.BackupHours.Value * 3600) / 1e6
		s := LinkStep{Municipality: w.Municipality, Wave: w.ID, Centre: w.Centre, Mbps: mbps, LatencyMS: latency,
			CrossingGB: float64(bytes) / 1e9, TrafficMbps: float64(bytes) * 8 / 86400 / 1e6 * n.PeakFactor.Value,
			BackupMbps:  planner.Range{Low: backup * perGB, Likely: backup * perGB, High: (backup + doubt) * perGB},
			BackupsOpen: open, Limit: n.LinkShare.Value, Basis: n.LinkShare.Basis()}
		if mbps > 0 {
			share := scale(exactly(s.TrafficMbps).Plus(s.BackupMbps), 1/float64(mbps))
			fits := share.Likely <= s.Limit
			s.Share, s.Fits = &share, &fits
		}
		s.Chatty, s.ChattyAll = x.chatty(l, i, latency)
		out = append(out, s)
	}
	return out
}

// chatty lists the chatty traffic that crosses after a wave, heaviest first.
func (x *estate) chatty(l *lane, wave int, latency *float64) ([]ChattyEdge, int) {
	edges := []ChattyEdge{}
	for first := 0; first <= wave; first++ {
		for k, e := range l.chatty[first] {
			if l.until[first][k] > wave+1 {
				edges = append(edges, e)
			}
		}
	}
	slices.SortFunc(edges, func(a, b ChattyEdge) int {
		return cmp.Or(cmp.Compare(b.BytesPerDay, a.BytesPerDay), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Port, b.Port))
	})
	all := len(edges)
	edges = slices.Clip(edges[:min(all, maxChatty)])
	if latency != nil {
		n := x.in.Settings.Network
		for i := range edges {
			wait := n.RoundTrips.Value * *latency
			slow := wait > n.ResponseMS.Value
			edges[i].WaitMS, edges[i].TooSlow = &wait, &slow
		}
	}
	return edges, all
}

// link gives the speed of the fastest known link and, of the links that have it, the lowest known
// latency.
func (x *estate) link(municipality, centre string) (mbps int, latency *float64) {
	lowest := math.Inf(1)
	for _, l := range x.in.Snapshot.Links {
		if l.Municipality != municipality || l.Centre != centre || l.Mbps < mbps {
			continue
		}
		if l.Mbps > mbps {
			mbps, lowest = l.Mbps, math.Inf(1)
		}
		if l.LatencyMS > 0 {
			lowest = math.Min(lowest, l.LatencyMS)
		}
	}
	if !math.IsInf(lowest, 1) {
		latency = &lowest
	}
	return mbps, latency
}
