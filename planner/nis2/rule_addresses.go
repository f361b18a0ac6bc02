package nis2

import (
	"net/netip"
	"slices"

	"github.com/samdrift/samdrift/inventory"
)

// registerDays is how long a change may wait before it is registered with the authority.
const registerDays = 14

// rangesRegistered is 23-06: ranges of public addresses that have been in use for more than 14 days and are not
// covered by what is registered with the authority. In use is what the file says, and where the municipality's
// equipment has public addresses: those that the file does not list count by the network they are in.
func rangesRegistered(e *estate, t *tally) {
	f := e.facts[DatasetRanges]
	var listed, registered []span
	of := make([]span, len(f.Ranges))
	for i, r := range f.Ranges {
		of[i], _ = parseSpan(r.Range) // it was checked when it was read
		listed = append(listed, of[i])
		if r.RegisteredAt.Known() && r.RegisteredAt != notYet {
			registered = append(registered, of[i])
		}
	}
	listed, registered = joined(listed), joined(registered)
	seen := e.publicAddresses()
	for i, r := range f.Ranges {
		id, since := "range:"+r.Range, r.InUseSince
		here := met(seen, of[i])
		if !since.Known() {
			since = firstSeen(here)
		}
		switch {
		case len(here) == 0 && isNot(r.InUse):
		case len(here) == 0 && r.InUse == nil:
			t.unknown(id)
		case covers(registered, of[i]):
			t.judge(id, f.TakenAt, false)
		case !r.RegisteredAt.Known() || !since.Known():
			t.unknown(id)
		default:
			t.judge(id, f.TakenAt, !within(since, e.in.AsOf, registerDays))
		}
	}
	strays := map[span][]sight{}
	for _, s := range seen {
		if !covers(listed, span{s.ip, s.ip}) {
			strays[s.network] = append(strays[s.network], s)
		}
	}
	for network, list := range strays {
		since, id := firstSeen(list), "range:"+network.String()
		if !since.Known() {
			t.unknown(id)
			continue
		}
		t.judge(id, f.TakenAt, !within(since, e.in.AsOf, registerDays))
	}
}

// sight is a public address that a piece of equipment has.
type sight struct {
	ip      netip.Addr
	network span
	since   inventory.Date // when the equipment was first seen; 0: not known
}

// publicAddresses gives the public addresses of the municipality's equipment, in order.
func (e *estate) publicAddresses() []sight {
	var list []sight
	for _, a := range e.assets {
		for _, address := range a.Addresses {
			ip, err := netip.ParseAddr(address.IP)
			if ip = ip.Unmap().WithZone(""); err != nil || !public(ip) {
				continue
			}
			network, err := ip.Prefix(address.Prefix)
			if err != nil || address.Prefix == 0 {
				network = netip.PrefixFrom(ip, ip.BitLen())
			}
			list = append(list, sight{ip, spanOf(network), inventory.DateOf(a.FirstSeen)})
		}
	}
	slices.SortFunc(list, func(a, b sight) int { return a.ip.Compare(b.ip) })
	return list
}

// met gives those of the sorted addresses that lie in a range.
func met(seen []sight, s span) []sight {
	from, _ := slices.BinarySearchFunc(seen, s.from, func(x sight, ip netip.Addr) int { return x.ip.Compare(ip) })
	to := from
	for to < len(seen) && !s.to.Less(seen[to].ip) {
		to++
	}
	return seen[from:to]
}

// firstSeen gives the earliest known day.
func firstSeen(list []sight) inventory.Date {
	var first inventory.Date
	for _, s := range list {
		if s.since.Known() && (!first.Known() || s.since < first) {
			first = s.since
		}
	}
	return first
}
