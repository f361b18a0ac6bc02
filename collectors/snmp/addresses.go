package snmp

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/samdrift/samdrift/inventory"
)

// Columns of ipAddrTable (RFC 1213, IPv4 only), ipAddressTable (IP-MIB, RFC 4293), its older kin
// ipv6AddrTable (IPV6-MIB, RFC 2465) and cIpAddressTable (CISCO-IETF-IP-MIB), and of TP-Link's own
// table of IPv6 addresses.
const (
	ipAdEntIfIndex    = ".1.3.6.1.2.1.4.20.1.2"
	ipAdEntNetMask    = ".1.3.6.1.2.1.4.20.1.3"
	ipAddressIfIndex  = ".1.3.6.1.2.1.4.34.1.3"
	ipAddressType     = ".1.3.6.1.2.1.4.34.1.4"
	ipAddressPrefix   = ".1.3.6.1.2.1.4.34.1.5"
	ipv6AddrPfxLength = ".1.3.6.1.2.1.55.1.8.1.2"
	cIPAddressIfIndex = ".1.3.6.1.4.1.9.10.86.1.1.2.1.3"
	cIPAddressType    = ".1.3.6.1.4.1.9.10.86.1.1.2.1.4"
	cIPAddressPrefix  = ".1.3.6.1.4.1.9.10.86.1.1.2.1.5"
	tpIPv6Prefix      = ".1.3.6.1.4.1.11863.6.50.1.1.1.5"

	addressTypeBroadcast = 3
)

// readAddresses reads both standard tables: old agents have only the first, new ones may have IPv6
// only in the second. Where neither knows IPv6 the older tables for it are asked for. The addresses of
// the loopback come last: others reach the device by the first.
func readAddresses(s *session, l *look) inventory.TableStatus {
	grids := []*grid{readIPv4Addresses(s, l), readAllAddresses(s, l, ipAddressIfIndex, ipAddressType, ipAddressPrefix)}
	if !slices.ContainsFunc(l.asset.Addresses, func(a inventory.Address) bool { return strings.Contains(a.IP, ":") }) {
		switch {
		case l.madeBy(makerCisco):
			grids = append(grids, readAllAddresses(s, l, cIPAddressIfIndex, cIPAddressType, cIPAddressPrefix))
		case l.madeBy(makerTPLink):
			// After the ifIndex its rows tell the kind of the address and where it comes from.
			grids = append(grids, readIPv6Addresses(s, l, tpIPv6Prefix, 2))
		default:
			grids = append(grids, readIPv6Addresses(s, l, ipv6AddrPfxLength, 0))
		}
	}
	slices.SortStableFunc(l.asset.Addresses, func(a, b inventory.Address) int {
		return loopbackLast(a.IP) - loopbackLast(b.IP)
	})
	return status(grids...)
}

func loopbackLast(ip string) int {
	if strings.HasPrefix(ip, "127.") {
		return 1
	}
	return 0
}

func readIPv4Addresses(s *session, l *look) *grid {
	g := s.walk(ipAdEntIfIndex, ipAdEntNetMask)
	for _, index := range g.indexes() {
		ip, ok := addressFromIndex("1.4." + index)
		if !ok {
			continue
		}
		a := inventory.Address{IP: ip.String(), Interface: int(g.number(0, index))}
		if mask, err := netip.ParseAddr(text(g.cells[1][index])); err == nil && mask.Is4() {
			a.Prefix = prefixOfMask(mask.As4())
		}
		a.Prefix = cmp.Or(a.Prefix, fixedPrefix(ip))
		l.addAddress(a, ip)
	}
	return g
}

// fixedPrefix gives the prefix of networks that have no other: the loopback and link-local addresses.
func fixedPrefix(ip netip.Addr) int {
	switch {
	case ip.IsLoopback():
		return 8
	case ip.IsLinkLocalUnicast():
		return 16
	}
	return 0
}

// readAllAddresses reads a table like ipAddressTable, given its columns.
func readAllAddresses(s *session, l *look, interfaces, kinds, prefixes string) *grid {
	g := s.walk(interfaces, kinds, prefixes)
	for _, index := range g.indexes() {
		ip, ok := addressFromIndex(index)
		if kind, known := number(g.cells[1][index]); !ok || known && kind == addressTypeBroadcast {
			continue
		}
		a := inventory.Address{IP: ip.String(), Interface: int(g.number(0, index))}
		a.Prefix = prefixFromPointer(text(g.cells[2][index]), ip.BitLen())
		l.addAddress(a, ip)
	}
	return g
}

// readIPv6Addresses reads a table whose index is an ifIndex, some numbers that are left out, and the
// bytes of an address, and whose column is the length of the prefix.
func readIPv6Addresses(s *session, l *look, prefixes string, leftOut int) *grid {
	g := s.walk(prefixes)
	for _, index := range g.indexes() {
		numbers, ok := oidNumbers(index)
		if !ok || len(numbers) < 1+leftOut+16 {
			continue
		}
		ip, ok := addressOfBytes(numbers[len(numbers)-16:])
		if !ok {
			continue
		}
		a := inventory.Address{IP: ip.String(), Interface: int(numbers[0])}
		if n := g.number(0, index); n > 0 && n <= 128 {
			a.Prefix = int(n)
		}
		l.addAddress(a, ip)
	}
	return g
}

// addAddress adds an address once. Unspecified and multicast addresses are nobody's, and every IPv6
// device has ::1.
func (l *look) addAddress(a inventory.Address, ip netip.Addr) {
	if ip.IsUnspecified() || ip.IsMulticast() || ip.Is6() && ip.IsLoopback() {
		return
	}
	at := slices.IndexFunc(l.asset.Addresses, func(b inventory.Address) bool { return a.IP == b.IP && a.Interface == b.Interface })
	if at < 0 {
		l.asset.Addresses = append(l.asset.Addresses, a)
	} else if l.asset.Addresses[at].Prefix == 0 {
		l.asset.Addresses[at].Prefix = a.Prefix
	}
}

// addressFromIndex reads InetAddressType, length and bytes as an index of ipAddressTable has them; some
// agents leave out the length. Types 3 and 4 carry a zone of four more bytes, which is left out.
func addressFromIndex(index string) (netip.Addr, bool) {
	numbers, ok := oidNumbers(index)
	if !ok {
		return netip.Addr{}, false
	}
	ip, rest, ok := takeAddress(numbers)
	return ip, ok && len(rest) == 0
}

// takeAddress reads an address off the front of an index and gives what follows it.
func takeAddress(numbers []uint32) (ip netip.Addr, rest []uint32, ok bool) {
	if len(numbers) < 2 {
		return ip, nil, false
	}
	size := map[uint32]int{1: 4, 2: 16, 3: 4, 4: 16}[numbers[0]]
	zone := 0
	if numbers[0] > 2 {
		zone = 4
	}
	switch body := numbers[1:]; {
	case size == 0:
		return ip, nil, false
	case len(body) > size+zone && int(body[0]) == size+zone:
		numbers = body[1:]
	case len(body) == size+zone:
		numbers = body
	default:
		return ip, nil, false
	}
	ip, ok = addressOfBytes(numbers[:size])
	return ip, numbers[size+zone:], ok
}

// addressOfBytes makes an address of 4 or 16 numbers of an index.
func addressOfBytes(numbers []uint32) (netip.Addr, bool) {
	raw, ok := bytesOfNumbers(numbers)
	if !ok {
		return netip.Addr{}, false
	}
	return netip.AddrFromSlice(raw)
}

// bytesOfNumbers makes bytes of the numbers of an index.
func bytesOfNumbers(numbers []uint32) ([]byte, bool) {
	raw := make([]byte, len(numbers))
	for i, n := range numbers {
		if n > 255 {
			return nil, false
		}
		raw[i] = byte(n)
	}
	return raw, true
}

// prefixOfMask gives the length of a mask, or 0 when it is none.
func prefixOfMask(mask [4]byte) int {
	bits := 0
	for i, b := range mask {
		for bit := 7; bit >= 0; bit-- {
			if b>>bit&1 == 0 {
				continue
			}
			if bits != i*8+7-bit {
				return 0
			}
			bits++
		}
	}
	return bits
}

// prefixFromPointer reads the length at the end of ipAddressPrefix, a pointer into
// ipAddressPrefixTable; zeroDotZero means that it is not known.
func prefixFromPointer(pointer string, most int) int {
	numbers, ok := oidNumbers(pointer)
	if !ok || len(numbers) < 10 {
		return 0
	}
	if n := int(numbers[len(numbers)-1]); n <= most {
		return n
	}
	return 0
}
