package planner

import (
	"slices"

	"github.com/samdrift/samdrift/inventory"
)

// checkFoundations verifies that the list of shared services names exactly the servers that are planned
// as such, that people are obeyed, that a directory domain is in one group, and that no server is called
// silent that is not.
func (c *checker) checkFoundations() {
	s := c.in.Settings
	listed := map[string]*Foundation{}
	for i := range c.p.Foundations {
		f := &c.p.Foundations[i]
		c.want(listed[f.Asset] == nil, "foundation_wrong", f.Asset, "is listed twice")
		c.want(f.Group != "" && f.Group == c.groupOf[f.Asset], "foundation_wrong", f.Asset, "is listed under group %q and is in %q", f.Group, c.groupOf[f.Asset])
		c.want(len(f.Reasons) > 0, "reason_missing", f.Asset, "is taken for shared services without a reason")
		c.want(!f.Overruled || slices.Contains(s.NotFoundation, f.Asset), "foundation_wrong", f.Asset, "is overruled by nobody")
		listed[f.Asset] = f
	}
	for _, g := range c.p.Groups {
		obeyed := !g.Foundation
		for _, id := range g.Assets {
			f := listed[id]
			c.want((f != nil && !f.Overruled) == g.Foundation, "foundation_wrong", id, "its group %s and the list of shared services disagree", g.ID)
			c.want(g.Foundation || !slices.Contains(s.Foundation, id), "foundation_ignored", id, "is set as shared services and planned as none")
			obeyed = obeyed || !slices.Contains(s.NotFoundation, id)
		}
		c.want(obeyed, "foundation_ignored", g.ID, "all its servers are set as no shared services, and it is planned as such")
	}
	ports := []int{88, 389, 464, 636, 3268, 3269} // on which a directory answers about accounts
	for _, f := range c.in.Snapshot.Flows {
		from, to := c.groups[c.groupOf[f.From]], c.groups[c.groupOf[f.To]]
		if from != nil && to != nil && from.Role == "directory" && to.Role == "directory" && from.Municipality == to.Municipality && slices.Contains(ports, f.Port) {
			c.want(from.ID == to.ID, "hard_tie_cut", from.ID, "is of one directory domain with group %s (port %d)", to.ID, f.Port)
		}
	}
	c.checkRetireCandidates()
}

// checkRetireCandidates verifies that candidates are planned, have evidence, and are silent where the
// evidence says so.
func (c *checker) checkRetireCandidates() {
	talked := map[string]inventory.Date{} // the latest day of traffic; for what has no day, today
	for _, f := range c.in.Snapshot.Flows {
		day := c.in.AsOf
		if !f.LastSeen.IsZero() {
			day = inventory.DateOf(f.LastSeen)
		}
		if f.From != f.To {
			talked[f.From], talked[f.To] = max(talked[f.From], day), max(talked[f.To], day)
		}
	}
	seen := map[string]bool{}
	for _, r := range c.p.RetireCandidates {
		c.want(!seen[r.Asset] && r.Group != "" && r.Group == c.groupOf[r.Asset], "retire_wrong", r.Asset, "is listed twice, or not in group %q", r.Group)
		c.want(len(r.Evidence) > 0, "reason_missing", r.Asset, "might be retired without any evidence")
		for _, why := range r.Evidence {
			since, err := inventory.ParseDate(why.Params["first"])
			c.want(why.Rule != "retire_silent" || err == nil && talked[r.Asset] < since, "retire_wrong", r.Asset, "is called silent, and has traffic")
		}
		if a := c.assets[r.Asset]; a != nil && slices.ContainsFunc(r.Evidence, func(w Reason) bool { return w.Rule == "retire_system_ended" }) {
			c.want(a.OS.EndOfSupport.Known() && a.OS.EndOfSupport < c.in.AsOf, "retire_wrong", r.Asset, "its operating system is supported, or nobody knows")
		}
		seen[r.Asset] = true
	}
}

// apart gives the days between two cutovers; 0 when one is not known.
func apart(a, b inventory.Date) int {
	if !a.Known() || !b.Known() {
		return 0
	}
	return int(max(a-b, b-a))
}
