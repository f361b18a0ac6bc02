package snmp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"
)

// Discovery searches scopes for SNMP devices. Every address is asked small questions, evenly paced,
// with the scope's credentials in their order and no others: nothing is guessed. What is found are
// targets for a Collector.
type Discovery struct {
	Scopes      []Scope
	Credentials []Credential

	Rate            int           // packets a second
	Rounds          int           // how often an address that keeps silent is asked with each credential
	Timeout         time.Duration // how long answers may take
	MaxAuthFailures int           // credentials that may fail on one address before the rest are not tried
	Crawl           bool          // ask what is found for its neighbours, and look at those that lie in the scope
	Large           bool          // more than 2^20 addresses are meant

	LastGood map[string]string // address as in Found → credential that worked last time; tried first
	Progress func(done, total int)
}

// DefaultDiscovery is gentle enough for any network: a /16 takes two minutes and a half.
func DefaultDiscovery() Discovery {
	return Discovery{Rate: 1000, Rounds: 2, Timeout: time.Second, MaxAuthFailures: 5}
}

// Found is a device that answered: a row of a targets file, with what was seen of it.
type Found struct {
	Address      string `json:"address"` // host:port
	Municipality string `json:"municipality,omitempty"`
	Site         string `json:"site,omitempty"`
	Version      string `json:"version"`
	Credential   string `json:"credential"` // its name; secrets are never given out
	Seen         Seen   `json:"seen"`
}

// Seen is what a device told when it was found. Empty: not told.
type Seen struct {
	SysName          string   `json:"sys_name"`
	SysObjectID      string   `json:"sys_object_id"`
	SysDescr         string   `json:"sys_descr"`
	Protocols        []string `json:"protocols"`                   // what it was reached with, as in asset.Management
	DefaultCommunity *bool    `json:"default_community,omitempty"` // of SNMPv1 and v2c: the community is one devices are shipped with
	EngineID         string   `json:"engine_id,omitempty"`         // it speaks SNMPv3, whatever it was reached with
	Via              string   `json:"via,omitempty"`               // the device that named it as a neighbour
}

// Discovered is the outcome of a discovery, ordered by address.
type Discovered struct {
	Found   []Found
	Locked  []string // addresses that speak SNMPv3 but let none of the credentials in
	Looked  int      // addresses looked at
	Packets int      // sent while sweeping
}

// ErrLarge is wrapped by the fault of a search of very many addresses that does not say it means it.
var ErrLarge = errors.New("very many addresses")

// Validate reports every fault of the search.
func (d Discovery) Validate() error {
	var faults []error
	within := func(name string, value, low, high int) {
		if value < low || value > high {
			faults = append(faults, fmt.Errorf("%s is %d, want %d to %d", name, value, low, high))
		}
	}
	within("rate", d.Rate, 1, 1_000_000)
	within("rounds", d.Rounds, 1, 20)
	within("max auth failures", d.MaxAuthFailures, 1, 100)
	if d.Timeout <= 0 {
		faults = append(faults, fmt.Errorf("timeout is %v, want more than 0", d.Timeout))
	}
	if len(d.Credentials) == 0 {
		faults = append(faults, errors.New("no credentials to try: communities are never guessed"))
	}
	known := map[string]bool{}
	for _, c := range d.Credentials {
		known[c.Name] = true
	}
	total := 0
	for _, s := range d.Scopes {
		if err := s.Validate(); err != nil {
			faults = append(faults, fmt.Errorf("scope %q: %w", s.Name, err))
			continue
		}
		for _, name := range s.Credentials {
			if !known[name] {
				faults = append(faults, fmt.Errorf("scope %q: credential %q is not in the credentials file", s.Name, name))
			}
		}
		space, err := newSpace(s.swept(), s.Exclude)
		if err != nil {
			faults = append(faults, err)
		}
		total += space.size
	}
	switch {
	case total > mostAddresses:
		faults = append(faults, fmt.Errorf("%d addresses are more than can be searched at a time: at most %d", total, mostAddresses))
	case total > largeSpace && !d.Large:
		takes := time.Duration(total) * time.Duration(d.Rounds) * time.Second / time.Duration(max(1, d.Rate))
		faults = append(faults, fmt.Errorf("%w: %d, which takes %v for each credential", ErrLarge, total, takes.Round(time.Second)))
	}
	return errors.Join(faults...)
}

// swept gives the ranges to look at.
func (s Scope) swept() []netip.Prefix {
	if len(s.Seeds) > 0 {
		return s.Seeds
	}
	return s.CIDRs
}

// Run searches. It returns what was found so far together with an error when ctx ends.
func (d Discovery) Run(ctx context.Context) (Discovered, error) {
	if err := d.Validate(); err != nil {
		return Discovered{}, err
	}
	h := &hunter{Discovery: d}
	var err error
	if h.sweeper, err = newSweeper(d.Rate, h.take); err != nil {
		return Discovered{}, err
	}
	defer h.sweeper.close()
	for _, scope := range d.Scopes {
		if err = h.search(ctx, scope); err != nil {
			break
		}
	}
	slices.SortFunc(h.result.Found, func(a, b Found) int {
		return cmp.Or(addressOf(a.Address).Compare(addressOf(b.Address)), cmp.Compare(a.Address, b.Address))
	})
	return h.result, err
}

func addressOf(hostPort string) netip.Addr {
	a, _ := netip.ParseAddrPort(hostPort)
	return a.Addr()
}

// ordered gives the credentials that are tried in a scope, in their order.
func (d Discovery) ordered(scope Scope) []Credential {
	if len(scope.Credentials) == 0 {
		return d.Credentials
	}
	var chosen []Credential
	for _, name := range scope.Credentials {
		i := slices.IndexFunc(d.Credentials, func(c Credential) bool { return c.Name == name })
		chosen = append(chosen, d.Credentials[i])
	}
	return chosen
}

// found makes the row of a device that answered.
func (h *hunt) found(i int, c Credential, seen Seen) Found {
	target := c.target("")
	if seen.Protocols = []string{protocolOf(target)}; target.version() != Version3 {
		seen.DefaultCommunity = isDefault(c.Community)
	}
	seen.Via = h.via[h.space.at(i)]
	return Found{
		Address: h.address(i), Municipality: h.scope.Municipality, Site: h.scope.Site,
		Version: target.version(), Credential: c.Name, Seen: seen,
	}
}

func (h *hunt) address(i int) string {
	return netip.AddrPortFrom(h.space.at(i), h.port).String()
}

// port gives the scope's port with its default.
func (s Scope) port() uint16 {
	if s.Port == 0 {
		return 161
	}
	return s.Port
}
