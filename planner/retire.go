package planner

import (
	"cmp"
	"slices"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/group"
)

// systemPorts are what operating systems listen on by themselves, and what servers are administered
// through: they tell nothing of whether anybody uses a server. Ports from 49152 are handed out to
// whatever asks.
var systemPorts = []int{22, 68, 111, 123, 135, 137, 138, 139, 161, 445, 546, 631, 3389, 5353, 5355, 5985, 5986, 47001}

const handedOut = 49152

// freshDays is how old an agent's last report may be and still tell how things are.
const freshDays = 7

// findRetireCandidates lists the servers of which there is evidence that nobody needs them: no use of
// the network, nothing of their own to offer, an operating system out of support. A server that is seen
// to be used is none. What is not known is no evidence; it is listed as unknown.
func (e *estate) findRetireCandidates(p *Plan) {
	seen, heard := e.networkUse()
	for _, g := range p.Groups {
		if g.Foundation {
			continue
		}
		for _, id := range g.Assets {
			if seen[id] == inUse {
				continue
			}
			c := RetireCandidate{Asset: id, Municipality: g.Municipality, Group: g.ID}
			a := e.byID[id]
			c.judgeTraffic(a, seen[id], heard[id], len(e.flows[a.Municipality]) > 0, e.in)
			quiet := len(c.Evidence) > 0
			c.judgeListeners(a)
			c.judgeSystem(a, e.in.AsOf)
			c.judgeUsers(e.systemsOf[id])
			// A system out of support is no news where the rest speaks for use.
			if len(c.Evidence) > 0 && (quiet || len(c.Against) == 0) {
				p.RetireCandidates = append(p.RetireCandidates, c)
			}
		}
	}
	slices.SortFunc(p.RetireCandidates, func(a, b RetireCandidate) int {
		return cmp.Or(cmp.Compare(len(b.Evidence), len(a.Evidence)), cmp.Compare(len(a.Against), len(b.Against)), cmp.Compare(a.Asset, b.Asset))
	})
}

// traffic is what has been seen of a server's traffic.
type traffic int

const (
	unseen     traffic = iota
	upkeepOnly         // directory look-ups, backup and monitoring, which every server has
	inUse
)

// networkUse tells what has been seen of each server's traffic. Traffic with addresses that nobody knows
// counts: users are seldom in the inventory. Traffic that was not seen again for as long as silence takes
// is no use; heard is when there was such last.
func (e *estate) networkUse() (seen map[string]traffic, heard map[string]inventory.Date) {
	seen, heard = map[string]traffic{}, map[string]inventory.Date{}
	need := inventory.Date(e.in.Settings.RetireQuietDays)
	for _, f := range e.in.Snapshot.Flows {
		kind := inUse
		if class := group.ClassOf(f.Port); class == group.Lookup || class == group.Upkeep {
			kind = upkeepOnly
		}
		last := inventory.DateOf(f.LastSeen)
		switch {
		case f.From == f.To:
		case kind == inUse && need > 0 && last.Known() && e.in.AsOf-last >= need:
			heard[f.From], heard[f.To] = max(heard[f.From], last), max(heard[f.To], last)
		default:
			seen[f.From], seen[f.To] = max(seen[f.From], kind), max(seen[f.To], kind)
		}
	}
	return seen, heard
}

// judgeTraffic takes silence for evidence only where an agent on the server has reported lately, the
// server has been known for long enough, and the municipality's traffic is collected.
func (c *RetireCandidate) judgeTraffic(a *inventory.Asset, seen traffic, heard inventory.Date, collected bool, in Input) {
	var last inventory.Date
	alone := true
	for _, s := range a.Sources {
		if s.Collector == "agent" && s.Status == inventory.StatusOK {
			last = max(last, inventory.DateOf(s.At))
		}
		alone = alone && s.Collector == "agent"
	}
	first, need := inventory.DateOf(a.FirstSeen), in.Settings.RetireQuietDays
	if first.Known() && heard.Known() {
		first = max(first, heard.AddDays(1))
	}
	switch {
	case need == 0:
	case !last.Known() || !collected || !first.Known():
		c.Unknown = append(c.Unknown, reason("retire_traffic_unknown"))
	case int(in.AsOf-last) > freshDays:
		c.Unknown = append(c.Unknown, reason("retire_agent_old", "last", last))
	case int(last-first) < need:
		c.Unknown = append(c.Unknown, reason("retire_watched_short", "days", int(last-first), "need", need))
	default:
		rule := "retire_silent"
		if seen == upkeepOnly {
			rule = "retire_upkeep_only"
		}
		c.Evidence = append(c.Evidence, reason(rule, "first", first, "last", last))
		if !alone {
			c.Unknown = append(c.Unknown, reason("retire_watch_unknown"))
		}
	}
}

func (c *RetireCandidate) judgeListeners(a *inventory.Asset) {
	own := slices.IndexFunc(a.Listeners, func(l inventory.Listener) bool {
		return l.Port < handedOut && !slices.Contains(systemPorts, l.Port)
	})
	switch {
	case len(a.Listeners) == 0:
		c.Unknown = append(c.Unknown, reason("retire_listeners_unknown"))
	case own < 0:
		c.Evidence = append(c.Evidence, reason("retire_no_listeners", "count", len(a.Listeners)))
	default:
		c.Against = append(c.Against, reason("retire_listens", "port", a.Listeners[own].Port))
	}
}

func (c *RetireCandidate) judgeSystem(a *inventory.Asset, today inventory.Date) {
	switch until := a.OS.EndOfSupport; {
	case !until.Known():
		c.Unknown = append(c.Unknown, reason("retire_system_unknown"))
	case until < today:
		c.Evidence = append(c.Evidence, reason("retire_system_ended", "name", a.OS, "until", until))
	}
}

// judgeUsers counts registered users against retiring. A register that tells of no users has not been
// filled in.
func (c *RetireCandidate) judgeUsers(systems []inventory.System) {
	known := false
	for _, s := range systems {
		if s.Users > 0 {
			known = true
			c.Against = append(c.Against, reason("retire_users", "system", s.Name, "users", s.Users))
		}
	}
	if !known {
		c.Unknown = append(c.Unknown, reason("retire_users_unknown"))
	}
}
