package planner

import (
	"math"
	"slices"

	"github.com/samdrift/samdrift/inventory"
)

// checkGroups verifies that every asset is accounted for exactly once, that only what may move is
// moved, that hard ties hold, and that the groups' figures follow from their assets.
func (c *checker) checkGroups() {
	stays := map[string]bool{}
	for _, s := range c.p.Stays {
		c.want(c.assets[s.Asset] != nil, "asset_unknown", s.Asset, "stays, but is not in the snapshot")
		c.want(!stays[s.Asset] && c.groupOf[s.Asset] == "", "asset_twice", s.Asset, "stays, and stands elsewhere too")
		c.want(len(s.Reasons) > 0, "reason_missing", s.Asset, "stays without a reason")
		stays[s.Asset] = true
		if a := c.assets[s.Asset]; a != nil && c.mayMove(a) == "" {
			c.want(false, "asset_left", s.Asset, "stays, though nothing keeps it")
		}
	}
	members := map[string]bool{}
	for _, m := range c.in.Snapshot.Municipalities {
		members[m.Code] = true
	}
	for id, a := range c.assets {
		c.want(stays[id] || c.groupOf[id] != "" || !members[a.Municipality], "asset_lost", id, "is in no group and does not stay")
	}
	counted := map[string]bool{} // shared storage is counted once
	for _, g := range c.p.Groups {
		c.want(len(g.Assets) > 0 && slices.IsSorted(g.Assets), "group_misshapen", g.ID, "needs assets in order, has %d", len(g.Assets))
		c.want(len(g.Ties) > 0, "reason_missing", g.ID, "does not say why its assets belong together")
		for _, id := range g.Assets {
			a := c.assets[id]
			if a == nil {
				c.want(false, "asset_unknown", id, "group %s moves it, but it is not in the snapshot", g.ID)
				continue
			}
			c.want(a.Municipality == g.Municipality, "asset_foreign", id, "belongs to %s, group %s to %s", a.Municipality, g.ID, g.Municipality)
			why := c.mayMove(a)
			c.want(why == "", "asset_must_stay", id, "group %s moves it, but %s", g.ID, why)
		}
		if a := c.assigned[g.Municipality]; a != nil {
			c.want(g.Centre == a.Centre, "group_centre", g.ID, "goes to %s, its municipality to %s", g.Centre, a.Centre)
		}
	}
	c.checkSizes(counted)
	c.checkTies()
	c.checkCuts()
	c.checkFoundations()
}

// mayMove gives why an asset may not move, empty when it may.
func (c *checker) mayMove(a *inventory.Asset) string {
	deal, agreed := c.deals[a.Municipality]
	switch {
	case a.Kind != inventory.KindServer && a.Kind != inventory.KindVM:
		return "it is a " + string(a.Kind)
	case a.Status != "" && a.Status != inventory.InService:
		return "it is " + string(a.Status)
	case a.Presence == inventory.Gone:
		return "it is gone"
	case a.OperatedBy != "":
		return "it is run by " + a.OperatedBy
	case agreed && (deal.State == inventory.StateStable || deal.State == inventory.StateClosed):
		return "its municipality has moved"
	}
	if agreed && deal.Decided() {
		return ""
	}
	for _, centre := range c.in.Snapshot.Centres {
		if centre.Host == a.Municipality {
			return "its municipality is the host"
		}
	}
	return ""
}

// checkSizes works the groups' demands out again. Storage that groups share is told apart by who has
// it first, in the order of asset ids.
func (c *checker) checkSizes(counted map[string]bool) {
	s := c.in.Settings
	ids := make([]string, 0, len(c.assets))
	for id := range c.assets {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	demand, transfer := map[string]inventory.Capacity{}, map[string]float64{}
	for _, id := range ids {
		a := c.assets[id]
		if a.Kind != inventory.KindServer && a.Kind != inventory.KindVM {
			continue
		}
		cpus, memory, known := c.vcpusOf(a), int((a.MemoryBytes+1<<30-1)>>30), false
		if memory == 0 {
			memory = s.UnknownServerMemGB
		}
		var disk, data int64
		for _, v := range a.Volumes {
			if v.TotalBytes == 0 && v.UsedBytes == 0 {
				continue
			}
			known = true
			if v.SharedID != "" {
				key := a.Municipality + "/" + v.SharedID
				if counted[key] {
					continue
				}
				counted[key] = true
			}
			disk += max(v.TotalBytes, v.UsedBytes)
			if v.UsedBytes == 0 {
				data += v.TotalBytes
			}
			data += v.UsedBytes
		}
		diskGB, dataGB := int((disk+1e9-1)/1e9), float64(data)/1e9
		if !known {
			diskGB, dataGB = int(math.Ceil(s.UnknownServerGB)), s.UnknownServerGB
		}
		g := c.groupOf[id]
		d := demand[g]
		demand[g] = inventory.Capacity{VCPUs: d.VCPUs + cpus, MemoryGB: d.MemoryGB + memory, StorageGB: d.StorageGB + diskGB}
		transfer[g] += dataGB
	}
	for _, g := range c.p.Groups {
		d := demand[g.ID]
		d.PowerKW, d.StaffFTE = c.neededBy(g.Assets)
		demand[g.ID] = d
		c.want(g.Demand == demand[g.ID], "demand_wrong", g.ID, "demand %+v, its assets need %+v", g.Demand, demand[g.ID])
		c.want(math.Abs(g.TransferGB-transfer[g.ID]) < 1e-6*(1+transfer[g.ID]), "demand_wrong", g.ID, "copies %g GB, its assets hold %g", g.TransferGB, transfer[g.ID])
	}
}

// checkTies verifies that shared storage and clusters are never parted, and systems only where one
// part is a foundation.
func (c *checker) checkTies() {
	type place struct{ municipality, storage string }
	first := map[place]string{}
	for id, a := range c.assets {
		g := c.groupOf[id]
		if g == "" {
			continue
		}
		for _, v := range a.Volumes {
			if v.SharedID == "" {
				continue
			}
			key := place{a.Municipality, v.SharedID}
			if other, ok := first[key]; ok && other != g {
				c.want(false, "hard_tie_cut", max(g, other), "shares storage %s with group %s", v.SharedID, min(g, other))
			}
			first[key] = g
		}
	}
	for _, f := range c.in.Snapshot.Flows {
		from, to := c.groupOf[f.From], c.groupOf[f.To]
		if from != "" && to != "" && from != to && slices.Contains(ClusterPorts, f.Port) && c.assets[f.From].Municipality == c.assets[f.To].Municipality {
			c.want(false, "hard_tie_cut", from, "is in one cluster with group %s (port %d)", to, f.Port)
		}
	}
	for _, sys := range c.in.Snapshot.Systems {
		if sys.Hosting == inventory.HostingSupplier || sys.Hosting == inventory.HostingCentre {
			continue
		}
		home := ""
		for _, id := range sys.Assets {
			g := c.groups[c.groupOf[id]]
			if g == nil || g.Foundation || g.Municipality != sys.Municipality {
				continue
			}
			c.want(home == "" || home == g.ID, "hard_tie_cut", g.ID, "runs system %s (%s) together with group %s", sys.ID, sys.Name, home)
			home = g.ID
			c.want(slices.Contains(g.Systems, sys.ID), "systems_wrong", g.ID, "runs system %s and does not list it", sys.ID)
		}
	}
}

// checkCuts verifies that all traffic between two groups is listed by both.
func (c *checker) checkCuts() {
	type pair struct{ from, to string }
	bytes := map[pair]int64{}
	for _, f := range c.in.Snapshot.Flows {
		from, to := c.groupOf[f.From], c.groupOf[f.To]
		if from != "" && to != "" && from != to && c.assets[f.From].Municipality == c.assets[f.To].Municipality {
			bytes[pair{from, to}] += f.BytesPerDay
			bytes[pair{to, from}] += f.BytesPerDay
		}
	}
	listed := 0
	for _, g := range c.p.Groups {
		for _, cut := range g.Cut {
			listed++
			want, ok := bytes[pair{g.ID, cut.Group}]
			if o := c.groups[cut.Group]; o != nil {
				days := apart(g.Cutover, o.Cutover)
				c.want(cut.DaysApart == days, "cut_wrong", g.ID, "lists %d days apart from %s, their cutovers say %d", cut.DaysApart, cut.Group, days)
				c.want(days > 0 || len(cut.Reasons) == 0 || !g.Cutover.Known() || !o.Cutover.Known(), "cut_wrong", g.ID, "warns of traffic with %s, which moves the same night", cut.Group)
			}
			c.want(ok && want == cut.BytesPerDay, "cut_wrong", g.ID, "lists %d bytes a day with %s, the flows say %d", cut.BytesPerDay, cut.Group, want)
		}
	}
	c.want(listed == len(bytes), "cut_missing", "plan", "%d connections between groups are listed, the flows show %d", listed, len(bytes))
}
