package look

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/inventory"
)

// link is traffic between two ends, whatever their addresses are now.
type link struct {
	from, to string // asset id, or the address of somebody whom nobody knows
	protocol string
	port     int
}

func linkOf(f inventory.Flow) link {
	return link{cmp.Or(f.From, f.FromIP), cmp.Or(f.To, f.ToIP), f.Protocol, f.Port}
}

// looksAtFlows gives, per asset, the latest whole look that told of its outgoing traffic, or that there
// was none: only such a look says whether a flow of the snapshot is of today.
func looksAtFlows(snap *inventory.Snapshot) map[string]inventory.Collection {
	looks := map[string]inventory.Collection{}
	for _, c := range snap.Collections {
		table, told := c.Tables["flows"]
		if told && table.State == inventory.TableComplete && c.Asset != "" && c.At.After(looks[c.Asset].At) {
			looks[c.Asset] = c
		}
	}
	return looks
}

// told tells whether the look still told of the flow: the estate keeps what is no longer seen for a while.
// What nobody has dated is taken for seen.
func told(f inventory.Flow, look inventory.Collection) bool {
	return f.LastSeen.IsZero() || !f.LastSeen.Before(look.At)
}

// flows wants the traffic that there was before to be there again. Who sends tells: a flow counts as back
// when the sender was looked at after the move and still tells of it.
func (j *judge) flows() {
	now := map[link]bool{}
	for _, f := range j.now.Estate.Flows {
		if (f.From == j.old.ID || f.To == j.old.ID) && told(f, j.looks[f.From]) {
			now[linkOf(f)] = true
		}
	}
	done := map[link]bool{}
	for _, f := range j.memory.Flows {
		l := linkOf(f)
		if f.From != j.old.ID && f.To != j.old.ID || done[l] || f.From == "" {
			continue // a sender whom nobody knows tells nothing
		}
		done[l] = true
		want := fmt.Sprintf("%s → %s %s %d", j.named(f.From, f.FromIP), j.named(f.To, f.ToIP), f.Protocol, f.Port)
		look, looked := j.looks[f.From]
		if !looked || !look.At.After(j.now.Moved) {
			j.add("flow", want, "its sender was not looked at since the move", false, true)
			continue
		}
		got := "not seen"
		if now[l] {
			got = "seen"
		}
		j.add("flow", want, got, now[l], false)
	}
}

// named is an end of a flow in words.
func (j *judge) named(id, address string) string {
	if i := slices.IndexFunc(j.memory.Assets, func(a inventory.Asset) bool { return a.ID == id }); i >= 0 {
		return j.memory.Assets[i].Name
	}
	if a, ok := j.now.Estate.Asset(id); ok {
		return a.Name
	}
	return address
}
