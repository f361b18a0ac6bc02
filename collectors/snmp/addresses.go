package snmp

import (
	"net/netip"
	"slices"

	"github.com/samdrift/samdrift/inventory"
)

// Columns of ipAddrTable (RFC 1213, IPv4 only) and ipAddressTable (IP-MIB, RFC 4293).
const (
	ipAdEntIfIndex     = ".1.3.6.1.2.1.4.20.1.2"
	ipAdEntNetMask     = ".1.3.6.1.2.1.4.20.1.3"
	ipAddressIfIndex   = ".1.3.6.1.2.1.4.34.1.3"
	ipAddressType      = ".1.3.6.1.2.1.4.34.1.4"
	ipAddressPrefix    = ".1.3.6.1.2.1.4.34.1.5"
	addressTypeUnicast = 1
)

// readAddresses reads both tables: old agents have only the first, new ones may have IPv6 only in
// the second.
func readAddresses(s *session, l *look) inventory.TableStatus {
	old := s.walk(ipAdEntIfIndex, ipAdEntNetMask)
	for _, index := range old.indexes() {
		ip, ok := addressFromIndex("1.4." + index)
		if !ok {
			continue
		}
		a := inventory.Address{IP: ip.String(), Interface: int(old.number(0, index))}
		if mask, err := netip.ParseAddr(text(old.cells[1][index])); err == nil && mask.Is4() {
			a.Prefix = prefixOfMask(mask.As4())
		}
		l.addAddress(a, ip)
	}
	current := s.walk(ipAddressIfIndex, ipAddressType, ipAddressPrefix)
	for _, index := range current.indexes() {
		ip, ok := addressFromIndex(index)
		if kind, known := number(current.cells[1][index]); !ok || known && kind != addressTypeUnicast {
			continue
		}
		a := inventory.Address{IP: ip.String(), Interface: int(current.number(0, index))}
		a.Prefix = prefixFromPointer(text(current.cells[2][index]), ip.BitLen())
		l.addAddress(a, ip)
	}
	return status(old, current)
}

// addAddress adds an address once. Loopback and unspecified addresses tell nothing about a device,
// and would make all devices look alike.
func (l *look) addAddress(a inventory.Address, ip netip.Addr) {
	if ip.IsLoopback() || ip.IsUnspecified() || ip.IsMulticast() {
		return
	}
	at := slices.IndexFunc(l.asset.Addresses, func(b inventory.Address) bool { return a.IP == b.IP && a.Interface == b.Interface })
	if at < 0 {
		l.asset.Addresses = append(l.asset.Addresses, a)
	} else if l.asset.Addresses[at].Prefix == 0 {
		l.asset.Addresses[at].Prefix = a.Prefix
	}
}

// addressFromIndex reads InetAddressType, length and bytes as an index of ipAddressTable has them.
// Types 3 and 4 carry a zone of four more bytes, which is left out.
func addressFromIndex(index string) (netip.Addr, bool) {
	numbers, ok := oidNumbers(index)
	if !ok || len(numbers) < 2 || len(numbers) != 2+int(numbers[1]) {
		return netip.Addr{}, false
	}
	size := map[uint32]int{1: 4, 2: 16, 3: 4, 4: 16}[numbers[0]]
	if size == 0 || len(numbers) < 2+size {
		return netip.Addr{}, false
	}
	raw := make([]byte, size)
	for i := range raw {
		if numbers[2+i] > 255 {
			return netip.Addr{}, false
		}
		raw[i] = byte(numbers[2+i])
	}
	return netip.AddrFromSlice(raw)
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
