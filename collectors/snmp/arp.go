package snmp

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/samdrift/samdrift/inventory"
)

// Resolved addresses: IP-MIB (RFC 4293), its forerunners for IPv4 (RFC 1213) and IPv6 (RFC 2465), and
// Cisco's version of it.
const (
	ipNetToPhysical    = ".1.3.6.1.2.1.4.35.1.4" // index: ifIndex, kind, length, address
	ipNetToMedia       = ".1.3.6.1.2.1.4.22.1.2" // index: ifIndex, IPv4 address
	ipv6NetToMedia     = ".1.3.6.1.2.1.55.1.12.1.2"
	cInetNetToMedia    = ".1.3.6.1.4.1.9.10.86.1.1.3.1.3"
	inetKindIPv4       = 1
	inetKindIPv6       = 2
	bytesOfIPv4Address = 4
	bytesOfIPv6Address = 16
)

// readResolved reads ARP and neighbour discovery. The older tables are asked for only where the new
// one lacks a kind of address.
func readResolved(s *session, l *look) inventory.TableStatus {
	seen := map[inventory.Resolved]bool{}
	grids := []*grid{l.takeResolved(s.walk(ipNetToPhysical), seen, kindFromIndex)}
	has := func(is func(netip.Addr) bool) bool {
		return slices.ContainsFunc(l.asset.Resolved, func(r inventory.Resolved) bool { return is(netip.MustParseAddr(r.IP)) })
	}
	if !has(netip.Addr.Is4) {
		grids = append(grids, l.takeResolved(s.walk(ipNetToMedia), seen, inetKindIPv4))
	}
	if !has(netip.Addr.Is6) && l.hasIPv6() {
		if l.madeBy(makerCisco) {
			grids = append(grids, l.takeResolved(s.walk(cInetNetToMedia), seen, kindFromIndex))
		} else {
			grids = append(grids, l.takeResolved(s.walk(ipv6NetToMedia), seen, inetKindIPv6))
		}
	}
	slices.SortFunc(l.asset.Resolved, func(a, b inventory.Resolved) int {
		return cmp.Or(a.Interface-b.Interface, cmp.Compare(a.IP, b.IP), cmp.Compare(a.MAC, b.MAC))
	})
	return status(grids...)
}

// hasIPv6 tells whether the device has an IPv6 address that others may have resolved.
func (l *look) hasIPv6() bool {
	return slices.ContainsFunc(l.asset.Addresses, func(a inventory.Address) bool {
		ip, err := netip.ParseAddr(a.IP)
		return err == nil && ip.Is6()
	})
}

// kindFromIndex: the index itself tells the kind of address.
const kindFromIndex = 0

// takeResolved adds the rows of one table.
func (l *look) takeResolved(g *grid, seen map[inventory.Resolved]bool, kind uint32) *grid {
	for _, index := range g.indexes() {
		mac := macOf(g.cells[0][index])
		numbers, ok := oidNumbers(index)
		if mac == "" || !ok || len(numbers) < 1+bytesOfIPv4Address {
			continue
		}
		address := numbers[1:]
		var ip netip.Addr
		switch {
		case kind == kindFromIndex:
			ip, _, ok = takeAddress(address)
		case kind == inetKindIPv4 && len(address) == bytesOfIPv4Address, kind == inetKindIPv6 && len(address) == bytesOfIPv6Address:
			ip, ok = addressOfBytes(address)
		default:
			ok = false
		}
		if !ok || ip.IsUnspecified() || ip.IsMulticast() || ip.IsLoopback() {
			continue
		}
		r := inventory.Resolved{IP: ip.String(), MAC: mac, Interface: int(numbers[0])}
		if !seen[r] {
			seen[r] = true
			l.asset.Resolved = append(l.asset.Resolved, r)
		}
	}
	return g
}
