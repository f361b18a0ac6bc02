package inventory

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
)

// fewStations is how many hardware addresses a port may have learned and still count as the port
// that a machine is plugged into, rather than one towards further switches.
const fewStations = 4

// Topology is how the equipment of the municipalities is cabled, as far as the devices tell.
type Topology struct {
	Connections []Connection `json:"connections"`
	Unknown     []Sighting   `json:"unknown"` // seen by a neighbour, but not collected
}

// Connection is a cable or wireless hop between two assets of one municipality. A stands before B in
// the order of ids, so that both ends' word on one cable is one connection.
type Connection struct {
	Municipality string   `json:"municipality"`
	A            End      `json:"a"`
	B            End      `json:"b"`
	Protocols    []string `json:"protocols"` // lldp, cdp, fdp, edp; fdb: by the bridge table only
	Mutual       bool     `json:"mutual"`    // both ends say so
}

// End is one end of a connection. An empty port is not told.
type End struct {
	Asset string `json:"asset"` // id
	Port  string `json:"port,omitempty"`
}

// Sighting is a device that others see at the end of a port and that no collector has met.
type Sighting struct {
	Municipality string   `json:"municipality"`
	Name         string   `json:"name,omitempty"`
	ID           string   `json:"id,omitempty"` // chassis id, often a MAC
	Address      string   `json:"address,omitempty"`
	Platform     string   `json:"platform,omitempty"`
	Protocols    []string `json:"protocols"`
	SeenBy       []End    `json:"seen_by"`
}

// Cable works out the topology of the assets. What neighbours say of each other comes first; the
// bridge tables then place the machines that say nothing themselves, each at the port that has
// learned the fewest addresses. A name that several assets share proves nothing, and is not used.
func Cable(assets []Asset) Topology {
	assets = slices.Clone(assets)
	slices.SortFunc(assets, func(x, y Asset) int { return cmp.Compare(x.ID, y.ID) })
	c := cabler{
		assets: assets, byName: map[string]int{}, byMAC: map[string]int{}, byIP: map[string]int{},
		links: map[[2]string][]*link{}, unknown: map[string]*Sighting{},
	}
	c.learn()
	for i := range assets {
		for _, n := range assets[i].Neighbours {
			c.neighbour(i, n)
		}
	}
	c.stations()
	return c.topology()
}

// nobody marks a name, MAC or address that several assets claim.
const nobody = -1

type cabler struct {
	assets              []Asset
	byName, byMAC, byIP map[string]int // municipality and key → asset, or nobody
	links               map[[2]string][]*link
	unknown             map[string]*Sighting
}

// learn notes by what each asset may be recognised.
func (c *cabler) learn() {
	for i := range c.assets {
		a := &c.assets[i]
		names := []string{plainName(a.Name), plainName(a.Management.SysName)}
		slices.Sort(names)
		for _, name := range slices.Compact(names) {
			claim(c.byName, a.Municipality, name, i)
		}
		macs := a.MACs()
		slices.Sort(macs)
		for _, mac := range slices.Compact(macs) {
			claim(c.byMAC, a.Municipality, mac, i)
		}
		for _, address := range a.Addresses {
			if ip, err := netip.ParseAddr(address.IP); err == nil && !ip.IsLoopback() && !ip.IsLinkLocalUnicast() {
				claim(c.byIP, a.Municipality, ip.String(), i)
			}
		}
	}
}

func claim(index map[string]int, municipality, key string, asset int) {
	if key == "" {
		return
	}
	key = municipality + " " + key
	if first, taken := index[key]; taken && first != asset {
		asset = nobody
	}
	index[key] = asset
}

// plainName makes names comparable: devices tell theirs with and without a domain.
func plainName(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	if _, err := netip.ParseAddr(name); err == nil {
		return name
	}
	host, _, _ := strings.Cut(name, ".")
	return host
}

// find tells which asset a neighbour is, by hardware address, then address, then name.
func (c *cabler) find(municipality string, n Neighbour) (int, bool) {
	for _, look := range []struct {
		index map[string]int
		key   string
	}{
		{c.byMAC, strings.ToLower(n.RemoteID)}, {c.byIP, n.RemoteAddress}, {c.byName, plainName(n.RemoteName)},
	} {
		if i, ok := look.index[municipality+" "+look.key]; ok && i != nobody && look.key != "" {
			return i, true
		}
	}
	return 0, false
}

// neighbour files what one asset says of another.
func (c *cabler) neighbour(i int, n Neighbour) {
	a := &c.assets[i]
	here := End{a.ID, n.LocalPort}
	j, known := c.find(a.Municipality, n)
	switch {
	case !known:
		c.sight(a.Municipality, here, n)
	case j != i:
		b := &c.assets[j]
		c.connect(a.Municipality, here, End{b.ID, b.portName(n.RemotePort)}, n.Protocol)
	}
}

// portName gives the asset's own short name of a port that a neighbour may know by its description.
func (a *Asset) portName(told string) string {
	for _, i := range a.Interfaces {
		if told != "" && (told == i.Name || told == i.Descr || strings.EqualFold(told, i.MAC)) {
			return cmp.Or(i.Name, i.Descr, told)
		}
	}
	return told
}

// link is a connection in the making. A port has one cable to another asset, so what both ends say
// meets as soon as they agree on one port.
type link struct {
	Connection
	told [2]bool // which ends have said so
}

// connect files what the first end says. An end's own word on its port counts before the other's.
func (c *cabler) connect(municipality string, from, to End, protocol string) {
	key := pair(from.Asset, to.Asset)
	ends, here := [2]End{from, to}, 0
	if key[0] != from.Asset {
		ends, here = [2]End{to, from}, 1
	}
	var l *link
	for _, x := range c.links[key] {
		if own := x.end(here); own.Port == from.Port || to.Port != "" && x.end(1-here).Port == to.Port {
			l = x
			break
		}
	}
	if l == nil {
		l = &link{Connection: Connection{Municipality: municipality, A: ends[0], B: ends[1]}}
		c.links[key] = append(c.links[key], l)
	}
	l.told[here] = true
	l.end(here).Port = cmp.Or(from.Port, l.end(here).Port)
	if other := l.end(1 - here); !l.told[1-here] {
		other.Port = cmp.Or(other.Port, to.Port)
	}
	if !slices.Contains(l.Protocols, protocol) {
		l.Protocols = append(l.Protocols, protocol)
	}
}

func (l *link) end(i int) *End {
	if i == 0 {
		return &l.A
	}
	return &l.B
}

// sight files a device that nobody has collected.
func (c *cabler) sight(municipality string, here End, n Neighbour) {
	who := cmp.Or(strings.ToLower(n.RemoteID), n.RemoteAddress, plainName(n.RemoteName))
	if who == "" {
		who = here.Asset + " " + here.Port // something is there, and that is all that is known
	}
	key := municipality + " " + who
	s, ok := c.unknown[key]
	if !ok {
		s = &Sighting{Municipality: municipality}
		c.unknown[key] = s
	}
	s.Name, s.ID = cmp.Or(s.Name, n.RemoteName), cmp.Or(s.ID, n.RemoteID)
	s.Address, s.Platform = cmp.Or(s.Address, n.RemoteAddress), cmp.Or(s.Platform, n.RemotePlatform)
	if !slices.Contains(s.Protocols, n.Protocol) {
		s.Protocols = append(s.Protocols, n.Protocol)
	}
	if !slices.Contains(s.SeenBy, here) {
		s.SeenBy = append(s.SeenBy, here)
	}
}

// place is a port that has learned an asset's hardware address.
type place struct {
	bridge, port int // position of the bridge, its interface
	stations     int // how many addresses that port has learned
}

// stations places the assets that no neighbour told of by the bridge tables.
func (c *cabler) stations() {
	best := map[int]place{}
	for i := range c.assets {
		a := &c.assets[i]
		learned := map[int]map[string]bool{}
		for _, s := range a.Stations {
			if learned[s.Interface] == nil {
				learned[s.Interface] = map[string]bool{}
			}
			learned[s.Interface][s.MAC] = true
		}
		for port, macs := range learned {
			for mac := range macs {
				j, ok := c.byMAC[a.Municipality+" "+strings.ToLower(mac)]
				if !ok || j == nobody || j == i || len(macs) > fewStations {
					continue
				}
				p := place{i, port, len(macs)}
				if old, had := best[j]; !had || p.before(old) {
					best[j] = p
				}
			}
		}
	}
	for j, p := range best {
		a, b := &c.assets[p.bridge], &c.assets[j]
		if len(c.links[pair(a.ID, b.ID)]) == 0 {
			c.connect(a.Municipality, End{a.ID, a.ifName(p.port)}, End{Asset: b.ID}, "fdb")
		}
	}
}

// before orders places by how close they are to the machine, then by position, so that the order in
// which maps give them does not matter.
func (p place) before(q place) bool {
	return cmp.Or(cmp.Compare(p.stations, q.stations), cmp.Compare(p.bridge, q.bridge), cmp.Compare(p.port, q.port)) < 0
}

func (a *Asset) ifName(index int) string {
	for _, i := range a.Interfaces {
		if i.Index == index {
			return cmp.Or(i.Name, i.Descr)
		}
	}
	return ""
}

func pair(a, b string) [2]string {
	if b < a {
		a, b = b, a
	}
	return [2]string{a, b}
}

// topology gives everything in a fixed order.
func (c *cabler) topology() Topology {
	t := Topology{Connections: []Connection{}, Unknown: []Sighting{}}
	for _, links := range c.links {
		for _, l := range links {
			l.Mutual = l.told[0] && l.told[1]
			slices.Sort(l.Protocols)
			t.Connections = append(t.Connections, l.Connection)
		}
	}
	slices.SortFunc(t.Connections, func(x, y Connection) int {
		return cmp.Or(cmp.Compare(x.Municipality, y.Municipality), compareEnds(x.A, y.A), compareEnds(x.B, y.B))
	})
	for _, s := range c.unknown {
		slices.Sort(s.Protocols)
		slices.SortFunc(s.SeenBy, compareEnds)
		t.Unknown = append(t.Unknown, *s)
	}
	slices.SortFunc(t.Unknown, func(x, y Sighting) int {
		return cmp.Or(cmp.Compare(x.Municipality, y.Municipality), cmp.Compare(x.Name, y.Name), cmp.Compare(x.ID, y.ID), cmp.Compare(x.Address, y.Address), compareEnds(x.SeenBy[0], y.SeenBy[0]))
	})
	return t
}

func compareEnds(x, y End) int {
	return cmp.Or(cmp.Compare(x.Asset, y.Asset), cmp.Compare(x.Port, y.Port))
}
