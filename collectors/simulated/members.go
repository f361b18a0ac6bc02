package simulated

import (
	"fmt"
	"math"
	"net/netip"
	"strings"
	"time"

	"github.com/samdrift/samdrift/inventory"
)

// outline is what the estate is built from for one municipality: its agreement's state as told in
// public and, after that, the size of what is invented for it.
type outline struct {
	code   string
	state  inventory.AgreementState // empty: the host
	window string                   // when the parties say the move happens, as said in public

	prefix      string // of invented host names
	net         int    // second octet of its private network; two members have the same, as in real life
	servers     int
	hypervisors int
	switches    int
	routers     int
	firewalls   int
	wlan        int
	storage     int
	ups         int
	printers    int
	balancers   int
	systems     int
	linkMbps    int
}

// host is the code of the municipality that hosts the centre.
const host = "461"

// kitFyn lists the members by code. States and windows are those of the public account of
// 1 September 2025.
var kitFyn = []outline{
	{code: "420",
		state: inventory.StateDialogue, prefix: "ask", net: 42,
		servers: 58, hypervisors: 3, switches: 14, routers: 1, firewalls: 2, wlan: 2, storage: 2, ups: 2, printers: 2, systems: 210, linkMbps: 1000},
	{code: "430",
		state: inventory.StatePlanned, window: "Q1 2026", prefix: "fmk", net: 43,
		servers: 68, hypervisors: 4, switches: 16, routers: 1, firewalls: 2, wlan: 2, storage: 2, ups: 3, printers: 2, balancers: 1, systems: 230, linkMbps: 1000},
	{code: "440",
		state: inventory.StateMoving, window: "2025", prefix: "kek", net: 20,
		servers: 40, hypervisors: 2, switches: 10, routers: 1, firewalls: 2, wlan: 1, storage: 1, ups: 2, printers: 2, systems: 165, linkMbps: 1000},
	{code: "450",
		state: inventory.StateAnalysis, window: "late 2025", prefix: "nyk", net: 20,
		servers: 50, hypervisors: 3, switches: 12, routers: 1, firewalls: 2, wlan: 1, storage: 1, ups: 2, printers: 2, systems: 190, linkMbps: 1000},
	{code: host,
		prefix: "odk", net: 46,
		servers: 190, hypervisors: 12, switches: 42, routers: 3, firewalls: 4, wlan: 3, storage: 4, ups: 6, printers: 4, balancers: 2, systems: 300, linkMbps: 10000},
	{code: "479",
		state: inventory.StateStable, window: "before 2025-09-01", prefix: "svk", net: 47,
		servers: 75, hypervisors: 4, switches: 18, routers: 1, firewalls: 2, wlan: 2, storage: 2, ups: 3, printers: 2, balancers: 1, systems: 240, linkMbps: 2000},
	{code: "480",
		state: inventory.StateAnalysis, window: "late 2025", prefix: "nfk", net: 48,
		servers: 46, hypervisors: 3, switches: 11, routers: 1, firewalls: 2, wlan: 1, storage: 1, ups: 2, printers: 2, systems: 180, linkMbps: 1000},
	{code: "482",
		state: inventory.StateAgreement, window: "autumn 2025", prefix: "lak", net: 82,
		servers: 28, hypervisors: 2, switches: 8, routers: 1, firewalls: 1, wlan: 1, storage: 1, ups: 1, printers: 1, systems: 130, linkMbps: 500},
	{code: "492",
		state: inventory.StateAgreement, window: "autumn 2025", prefix: "aek", net: 92,
		servers: 20, hypervisors: 2, switches: 6, routers: 1, firewalls: 1, wlan: 1, storage: 1, ups: 1, printers: 1, systems: 110, linkMbps: 300},
}

// member is one municipality of the estate.
type member struct {
	inventory.Municipality // public facts
	outline                outline
	index                  int
	dice                   dice
	since                  time.Time // all devices were started before
	care                   float64   // how well things are looked after, 0-1, thrown by dice

	sites       []inventory.Site // the first is the server room
	hypervisors []*server
	servers     []*server
	devices     []*device
	extras      []inventory.Asset // known to the register only
	systems     []*system
	contracts   []inventory.Contract
	flows       []flow
	serials     int
	macs        int
}

// moved tells whether the municipality's servers already run at the centre.
func (m *member) moved() bool { return m.outline.state == inventory.StateStable }

// serial gives the next invented serial number.
func (m *member) serial() string {
	m.serials++
	return fmt.Sprintf("DEMO%s%04d", m.Code, m.serials)
}

// name gives the n-th host name of a role, from 1.
func (m *member) name(role string, n int) string {
	return fmt.Sprintf("%s-%s-%02d", m.outline.prefix, role, n)
}

// ip gives an address in the municipality's private network.
func (m *member) ip(third, fourth int) netip.Addr {
	return netip.AddrFrom4([4]byte{10, byte(m.outline.net), byte(third), byte(fourth)})
}

// mac gives the next invented hardware address. The second bit of the first octet marks addresses
// that no maker has been given.
func (m *member) mac() string {
	m.macs++
	n := m.macs
	return fmt.Sprintf("02:da:%02x:%02x:%02x:%02x", m.index+1, n>>16&0xff, n>>8&0xff, n&0xff)
}

// buildSites gives the places, the server room first.
func (m *member) buildSites() {
	add := func(kind, name string, spread float64) {
		m.sites = append(m.sites, inventory.Site{
			ID: m.Code + "-" + slug(name), Municipality: m.Code, Name: name + " (demo)", Kind: kind,
			Latitude:  round(m.Latitude+m.dice.real(-spread, spread), 4),
			Longitude: round(m.Longitude+m.dice.real(-spread, spread), 4),
		})
	}
	add("datacentre", "Serverrum", 0.004)
	add("town_hall", "Rådhus", 0.004)
	others := []struct{ kind, name string }{
		{"school", "Skole"}, {"care_home", "Plejecenter"}, {"library", "Bibliotek"}, {"other", "Materielgård"},
	}
	for i := range m.outline.switches / 2 {
		o := others[i%len(others)]
		add(o.kind, fmt.Sprintf("%s %d", o.name, i/len(others)+1), 0.07)
	}
}

// slug gives a name as it stands in ids: lower-case ASCII with dashes.
func slug(name string) string {
	name = strings.NewReplacer("æ", "ae", "ø", "oe", "å", "aa", "é", "e").Replace(strings.ToLower(name))
	var b strings.Builder
	dash := false
	for _, r := range name {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			if dash && b.Len() > 0 {
				b.WriteByte('-')
			}
			dash = false
			b.WriteRune(r)
		} else {
			dash = true
		}
	}
	return b.String()
}

// vmMAC gives the next hardware address as the demo's virtual platform hands them out.
func (m *member) vmMAC() string {
	m.macs++
	return fmt.Sprintf("00:50:56:%02x:%02x:%02x", m.index+1, m.macs>>8&0xff, m.macs&0xff)
}

// round cuts a number to so many decimals.
func round(x float64, decimals int) float64 {
	scale := math.Pow10(decimals)
	return math.Round(x*scale) / scale
}
