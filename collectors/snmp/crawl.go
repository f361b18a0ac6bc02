package snmp

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Where devices name the addresses of others: of their LLDP and CDP neighbours, and of whom they have
// resolved on their networks.
const (
	lldpRemManAddrSubtype = ".1.0.8802.1.1.2.1.4.2.1.3"
	cdpCacheAddressType   = ".1.3.6.1.4.1.9.9.23.1.2.1.1.3"
	cdpCacheAddress       = ".1.3.6.1.4.1.9.9.23.1.2.1.1.4"
	ipNetToMediaPhys      = ".1.3.6.1.2.1.4.22.1.2"
	ipNetToPhysicalPhys   = ".1.3.6.1.2.1.4.35.1.4"
	cdpAddressIP          = 1
)

// crawlers is how many devices are asked for their neighbours at a time.
const crawlers = 16

// neighbours asks devices whom they know, and gives for each address who named it.
func (d *hunter) neighbours(ctx context.Context, devices []Found) (map[netip.Addr]string, error) {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(crawlers)
	var mu sync.Mutex
	named := map[netip.Addr]string{}
	for _, f := range devices {
		group.Go(func() error {
			config := DefaultConfig()
			config.Timeout = d.Timeout
			target := Target{Address: f.Address, Credential: f.Credential}
			whole, err := Resolve([]Target{target}, d.Credentials)
			if err != nil {
				return err
			}
			s, err := dial(ctx, config, whole[0])
			if err != nil {
				return ctx.Err() // a device that has gone names nobody
			}
			defer s.close()
			known := s.knownAddresses()
			mu.Lock()
			defer mu.Unlock()
			for _, a := range known {
				// Of several who name it, always the same one is told.
				if first, ok := named[a]; !ok || f.Address < first {
					named[a] = f.Address
				}
			}
			return ctx.Err()
		})
	}
	return named, group.Wait()
}

// knownAddresses reads the addresses of others that the device knows.
func (s *session) knownAddresses() []netip.Addr {
	var known []netip.Addr
	add := func(a netip.Addr, ok bool) {
		if a = a.Unmap(); ok && !a.IsUnspecified() && !a.IsMulticast() && !slices.Contains(known, a) {
			known = append(known, a)
		}
	}
	// The index is lldpRemTimeMark, lldpRemLocalPortNum, lldpRemIndex, then the address as type, length
	// and bytes, just as ipAddressTable has it.
	for _, index := range s.walk(lldpRemManAddrSubtype).indexes() {
		if parts := strings.SplitN(index, ".", 4); len(parts) == 4 {
			add(addressFromIndex(parts[3]))
		}
	}
	cdp := s.walk(cdpCacheAddressType, cdpCacheAddress)
	for _, index := range cdp.indexes() {
		if raw, ok := cdp.cells[1][index].Value.([]byte); ok && cdp.number(0, index) == cdpAddressIP {
			add(netip.AddrFromSlice(raw))
		}
	}
	for _, index := range s.walk(ipNetToMediaPhys).indexes() {
		if _, address, ok := strings.Cut(index, "."); ok {
			add(addressFromIndex("1.4." + address))
		}
	}
	for _, index := range s.walk(ipNetToPhysicalPhys).indexes() {
		if _, address, ok := strings.Cut(index, "."); ok {
			add(addressFromIndex(address))
		}
	}
	return known
}
