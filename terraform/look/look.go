// Package look judges a move by what others see of it: do the servers' ports answer where they now are,
// do their names lead there, is their old address silent, has the traffic to what they depend on come
// back, do backup and monitoring know them, and is it still the same machine?
//
// It is pure. What to try from outside are Questions, which package probe asks on the network, once
// before a move and once after it: a port that never answered from where the hub stands (a firewall, a
// service for the machine itself) says nothing afterwards. What cannot be told is Unknown, never OK.
//
//	memory := look.Remember(snapshot, assets)        before the move
//	memory.Answers = probe(memory.Questions(nil))
//	answers := probe(memory.Questions(newAddresses)) after it
//	checks := look.Checks(memory, look.Now{…})
package look

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/samdrift/samdrift/inventory"
)

// Kind is what a question is about.
type Kind string

// The kinds of questions, which are also the keys of their checks.
const (
	Port    Kind = "port"    // does a TCP port answer
	Silent  Kind = "silent"  // does nobody answer at an address that was left
	Name    Kind = "name"    // where does a name lead
	Reverse Kind = "reverse" // which name does an address have
)

// Question is one thing to try on the network.
type Question struct {
	Server  string `json:"server"` // its name
	Kind    Kind   `json:"kind"`
	Name    string `json:"name,omitempty"`
	Address string `json:"address,omitempty"`
	Port    int    `json:"port,omitempty"`
}

// State is how a try ended.
type State string

// The states of an answer.
const (
	Yes     State = "yes"     // the port took the connection; the name or address is known
	No      State = "no"      // the connection was refused; the name or address does not exist
	Nothing State = "nothing" // a port: nobody answered in time, or the address cannot be reached
	Failed  State = "failed"  // it could not be tried, so nothing is known
)

// Answer is what came of a question.
type Answer struct {
	Question Question `json:"question"`
	State    State    `json:"state"`
	Values   []string `json:"values,omitempty"` // of a name its addresses, of an address its names
	Detail   string   `json:"detail,omitempty"`
}

// Memory is what was known of a unit's servers before they moved.
type Memory struct {
	Assets  []inventory.Asset `json:"assets"` // what the checks need of them
	Flows   []inventory.Flow  `json:"flows,omitempty"`
	Domain  string            `json:"domain,omitempty"`  // put behind names that have none
	Answers []Answer          `json:"answers,omitempty"` // to Questions(nil), before the move; empty: nobody asked
}

// Remember takes from the estate what a later look at the assets is compared with.
func Remember(snap *inventory.Snapshot, assets []string, domain string) Memory {
	m := Memory{Domain: domain}
	moving := map[string]bool{}
	for _, id := range slices.Sorted(slices.Values(assets)) {
		a, ok := snap.Asset(id)
		if !ok {
			continue
		}
		moving[id] = true
		m.Assets = append(m.Assets, inventory.Asset{ID: a.ID, Name: a.Name, UUID: a.UUID, Serial: a.Serial, Addresses: a.Addresses,
			Listeners: a.Listeners, Sources: a.Sources, Management: inventory.Management{EngineID: a.Management.EngineID}})
	}
	looks := looksAtFlows(snap)
	for _, f := range snap.Flows {
		if (moving[f.From] || moving[f.To]) && told(f, looks[f.From]) {
			m.Flows = append(m.Flows, f)
		}
	}
	return m
}

// Questions lists what to try: with no new addresses what is so before the move, else what shall be so
// after it. An address without a new one is kept.
func (m Memory) Questions(moved map[string]string) []Question {
	var list []Question
	for _, a := range m.Assets {
		name := m.full(a.Name)
		if name != "" {
			list = append(list, Question{Server: a.Name, Kind: Name, Name: name})
		}
		for _, old := range reachable(a) {
			address := cmp.Or(moved[old], old)
			list = append(list, Question{Server: a.Name, Kind: Reverse, Address: address})
			for _, port := range ports(a) {
				list = append(list, Question{Server: a.Name, Kind: Port, Address: address, Port: port})
				if address != old {
					list = append(list, Question{Server: a.Name, Kind: Silent, Address: old, Port: port})
				}
			}
		}
	}
	return list
}

// full gives the name with its domain; empty when it can be no host name.
func (m Memory) full(name string) string {
	name = strings.TrimSuffix(name, ".")
	if name == "" || strings.ContainsAny(name, " /:_") {
		return ""
	}
	if strings.Contains(name, ".") || m.Domain == "" {
		return name
	}
	return name + "." + m.Domain
}

// reachable lists the addresses of an asset that others can speak to.
func reachable(a inventory.Asset) []string {
	var list []string
	for _, address := range a.Addresses {
		ip, err := netip.ParseAddr(address.IP)
		if err != nil || ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.IsUnspecified() || slices.Contains(list, address.IP) {
			continue
		}
		list = append(list, address.IP)
	}
	return list
}

// ports lists the TCP ports that an asset listens on. UDP services say nothing to a stranger.
func ports(a inventory.Asset) []int {
	var list []int
	for _, l := range a.Listeners {
		if l.Protocol == "tcp" && l.Port > 0 && l.Port < 1<<16 {
			list = append(list, l.Port)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// endpoint is "address port 443".
func endpoint(q Question) string { return fmt.Sprintf("%s port %d", q.Address, q.Port) }
