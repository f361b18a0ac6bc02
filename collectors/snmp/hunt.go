package snmp

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"
)

// hunter carries out a discovery.
type hunter struct {
	Discovery
	sweeper *sweeper
	result  Discovered

	mu   sync.Mutex
	hunt *hunt // under way; what comes back is for it
}

// hunt is a search of one set of addresses of a scope. Addresses go by their numbers in the space.
type hunt struct {
	scope  Scope
	space  space
	port   uint16
	order  []Credential
	probes [][]byte       // by place in order; none for SNMPv3
	ids    map[uint32]int // request number → place in order
	engine uint32         // number of the SNMPv3 probe
	first  map[int]int    // address → credential that worked last time
	via    map[netip.Addr]string

	// Shared with the reader of answers.
	done     []bool
	failures []uint8
	engines  map[int]string
	caught   []Found
}

// search looks at a scope, and then at the neighbours of what it found as long as there are new ones.
func (d *hunter) search(ctx context.Context, scope Scope) error {
	whole, err := newSpace(scope.CIDRs, scope.Exclude)
	if err != nil {
		return err
	}
	next, err := newSpace(scope.swept(), scope.Exclude)
	if err != nil {
		return err
	}
	var looked []space
	via := map[netip.Addr]string{}
	for next.size > 0 {
		caught, err := d.sweep(ctx, scope, next, via)
		looked = append(looked, next)
		if err != nil || !d.Crawl {
			return err
		}
		var fresh []netip.Prefix
		via, err = d.neighbours(ctx, caught)
		if err != nil {
			return err
		}
		for a := range via {
			if _, inside := whole.number(a); inside && !slices.ContainsFunc(looked, func(s space) bool { _, was := s.number(a); return was }) {
				fresh = append(fresh, netip.PrefixFrom(a, a.BitLen()))
			}
		}
		if next, err = newSpace(fresh, nil); err != nil {
			return err
		}
	}
	return nil
}

// sweep looks at a set of addresses and gives what answered.
func (d *hunter) sweep(ctx context.Context, scope Scope, s space, via map[netip.Addr]string) ([]Found, error) {
	h := &hunt{
		scope: scope, space: s, port: scope.port(), order: d.ordered(scope), via: via,
		ids: map[uint32]int{}, first: map[int]int{}, engines: map[int]string{},
		done: make([]bool, s.size), failures: make([]uint8, s.size),
	}
	if err := h.encode(); err != nil {
		return nil, err
	}
	for address, name := range d.LastGood {
		at, err := netip.ParseAddrPort(address)
		place := slices.IndexFunc(h.order, func(c Credential) bool { return c.Name == name })
		if i, inside := s.number(at.Addr()); err == nil && inside && at.Port() == h.port && place >= 0 {
			h.first[i] = place
		}
	}
	d.mu.Lock()
	d.hunt = h
	d.mu.Unlock()
	err := d.passes(ctx, h)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hunt = nil
	d.result.Looked += s.size
	d.result.Found = append(d.result.Found, h.caught...)
	for i := range h.engines {
		if !h.done[i] {
			d.result.Locked = append(d.result.Locked, h.address(i))
		}
	}
	slices.Sort(d.result.Locked)
	return h.caught, err
}

// encode writes the probes. Their numbers are random, so that nobody can answer without being asked.
func (h *hunt) encode() error {
	base := rand.Uint32() & 0x3fffffff
	h.engine = base
	for place, c := range h.order {
		var probe []byte
		if c.target("").version() != Version3 {
			id := base + 1 + uint32(place)
			h.ids[id] = place
			var err error
			if probe, err = communityProbe(c.Version, c.Community, id); err != nil {
				return fmt.Errorf("credential %q: %w", c.Name, err)
			}
		}
		h.probes = append(h.probes, probe)
	}
	return nil
}

// credential gives the place of the credential that an address is tried with in a pass: the one that
// worked last time, then the others in their order.
func (h *hunt) credential(i, pass int) int {
	first, known := h.first[i]
	switch {
	case !known || pass > first:
		return pass
	case pass == 0:
		return first
	}
	return pass - 1
}

// passes tries one credential after the other on all addresses that have not answered yet.
func (d *hunter) passes(ctx context.Context, h *hunt) error {
	if slices.ContainsFunc(h.order, func(c Credential) bool { return c.target("").version() == Version3 }) {
		probe, err := engineProbe(h.engine)
		if err != nil {
			return err
		}
		if err := d.rounds(ctx, h, func(i int) []byte {
			if _, known := h.engines[i]; known {
				return nil
			}
			return probe
		}); err != nil {
			return err
		}
	}
	for pass := range h.order {
		open := func(i int) bool { return !h.done[i] && int(h.failures[i]) < d.MaxAuthFailures }
		if slices.ContainsFunc(h.probes, func(p []byte) bool { return p != nil }) {
			if err := d.rounds(ctx, h, func(i int) []byte {
				if !open(i) {
					return nil
				}
				return h.probes[h.credential(i, pass)]
			}); err != nil {
				return err
			}
		}
		d.mu.Lock()
		var users []int
		for i := range h.done {
			switch c := h.credential(i, pass); {
			case !open(i):
			case h.probes[c] != nil:
				h.failures[i]++
			case h.engines[i] != "":
				users = append(users, i)
			}
		}
		d.mu.Unlock()
		if err := d.verify(ctx, h, users, pass); err != nil {
			return err
		}
	}
	return nil
}

// rounds sends each address what is due to it, as often as there are rounds, and waits for the
// answers. Addresses are taken in leaps, so that no subnet has to resolve all of its at once.
func (d *hunter) rounds(ctx context.Context, h *hunt, due func(i int) []byte) error {
	n := h.space.size
	leap := leapOf(n)
	for range d.Rounds {
		sent := 0
		for k, i := 0, 0; k < n; k, i = k+1, (i+leap)%n {
			d.mu.Lock()
			packet := due(i)
			d.mu.Unlock()
			if packet == nil {
				continue
			}
			if err := d.sweeper.send(ctx, packet, netip.AddrPortFrom(h.space.at(i), h.port)); err != nil {
				return err
			}
			if sent++; d.Progress != nil && sent%1000 == 0 {
				d.Progress(k, n)
			}
		}
		d.result.Packets += sent
		if sent > 0 {
			if err := sleep(ctx, d.Timeout); err != nil {
				return err
			}
		}
	}
	return nil
}

// leapOf gives a step by which all of n numbers are reached, each once, in a scattered order.
func leapOf(n int) int {
	gcd := func(a, b int) int {
		for b > 0 {
			a, b = b, a%b
		}
		return a
	}
	leap := max(1, int(0.618*float64(n)))
	for gcd(leap, n) != 1 {
		leap++
	}
	return leap
}

// take files an answer.
func (d *hunter) take(from netip.AddrPort, packet []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	h := d.hunt
	if h == nil || from.Port() != h.port {
		return
	}
	i, inside := h.space.number(from.Addr())
	if !inside || h.done[i] {
		return
	}
	r, err := readReply(packet)
	if err != nil {
		return
	}
	if r.engineID != "" {
		if r.id == h.engine {
			h.engines[i] = r.engineID
		}
		return
	}
	place, asked := h.ids[r.id]
	if !asked || r.community != h.order[place].Community.Reveal() {
		return
	}
	h.done[i] = true
	h.caught = append(h.caught, h.found(i, h.order[place], Seen{
		SysName: text(r.values[sysName]), SysObjectID: text(r.values[sysObjectID]), SysDescr: text(r.values[sysDescr]), EngineID: h.engines[i],
	}))
}

// verifiers is how many SNMPv3 users are tried at a time; each costs the device some arithmetic.
const verifiers = 32

// verify tries an SNMPv3 user on devices that speak it. Each address gets one signed message, so that
// a wrong password is one failure in its log; only what got lost is asked again.
func (d *hunter) verify(ctx context.Context, h *hunt, addresses []int, pass int) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(verifiers)
	for _, i := range addresses {
		group.Go(func() error {
			c := h.order[h.credential(i, pass)]
			target := c.target(h.address(i))
			seen, err := Seen{}, error(nil)
			config := DefaultConfig()
			config.Timeout, config.Retries = d.Timeout, 0
			for range d.Rounds + 1 { // it is known to be there
				const packets = 2 // engine, user
				if err := d.sweeper.pace.wait(ctx, packets); err != nil {
					return err
				}
				config.Timeout *= 2
				var lost bool
				if seen, lost, err = introduce(ctx, config, target); !lost {
					break
				}
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
			d.mu.Lock()
			defer d.mu.Unlock()
			if err != nil {
				h.failures[i]++
				return nil
			}
			h.done[i] = true
			h.caught = append(h.caught, h.found(i, c, seen))
			return nil
		})
	}
	return group.Wait()
}

// introduce reads the system group of a device. lost tells that nothing came back.
func introduce(ctx context.Context, config Config, target Target) (seen Seen, lost bool, err error) {
	s, err := dial(ctx, config, target)
	if err != nil {
		return Seen{}, false, err
	}
	defer s.close()
	values, err := s.get(sysObjectID, sysName, sysDescr)
	if err != nil {
		return Seen{}, s.waited, err
	}
	return Seen{
		SysName: text(values[sysName]), SysObjectID: text(values[sysObjectID]), SysDescr: text(values[sysDescr]), EngineID: s.engineID(),
	}, false, nil
}
