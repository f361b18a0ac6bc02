// Package simulated is the demo estate: the nine municipalities of KIT Fyn with invented servers,
// network devices, systems, contracts and faults, so that everything in samdrift can be seen at
// work on real protocols without a real network.
//
// The municipalities' names, places and agreement states are public facts. Everything else (every
// host, system, supplier, amount and security fault) is thrown by dice from Config.Seed and says
// nothing about the real municipality; observations carry the word Demodata in their source.
//
// New builds the estate: the same Config gives the same estate, byte for byte. Estate.Serve answers
// SNMP for its devices over UDP on loopback (package responder). Estate.Collectors gives the
// collectors that stand for the agents on the hosts and for the registers that people keep. Old
// systems, weak SNMP versions, missing backups, a slow device, one that lies, one that is down and
// one that refuses the credentials are in it because they are in real life.
package simulated

import (
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"time"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/inventory/facts"
)

// Config tells which estate to build.
type Config struct {
	// Seed throws the dice: the same seed gives the same estate.
	Seed uint64
	// AsOf is the day the estate is described for: contract ends and review dates lie around it.
	AsOf time.Time
	// Now is the clock that devices and hosts live by; nil: time.Now.
	Now func() time.Time
	// Port is the UDP port of the devices, one loopback address each; 0 picks a free one.
	Port int
}

// Estate is the built demo estate. It is never changed after New and is safe for concurrent use.
type Estate struct {
	config  Config
	asOf    inventory.Date
	since   time.Time // all devices were started before
	members []*member
}

// New builds the estate.
func New(config Config) (*Estate, error) {
	if config.AsOf.IsZero() {
		return nil, errors.New("simulated estate: AsOf is missing, set it to today")
	}
	if config.Port < 0 || config.Port > 65535 {
		return nil, errors.New("simulated estate: Port is outside 0-65535")
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	e := &Estate{config: config, asOf: inventory.DateOf(config.AsOf), since: config.AsOf}
	if now := config.Now(); now.Before(e.since) {
		e.since = now // a day to come was asked for: devices have been started all the same
	}
	for i, o := range kitFyn {
		facts, ok := facts.Municipality(o.code)
		if !ok {
			return nil, fmt.Errorf("simulated estate: no facts for municipality %s", o.code)
		}
		e.members = append(e.members, e.build(i, facts, o))
	}
	e.spoil()
	return e, nil
}

// Municipalities gives the codes of the members, in order.
func (e *Estate) Municipalities() []string {
	var codes []string
	for _, m := range e.members {
		codes = append(codes, m.Code)
	}
	return codes
}

// build makes one municipality. Each has dice of its own, so that a change to one leaves the
// others as they were.
func (e *Estate) build(index int, facts inventory.Municipality, o outline) *member {
	m := &member{Municipality: facts, outline: o, index: index, dice: e.dice(facts.Code), since: e.since}
	m.care = 0.55 + 0.4*m.dice.Float64()
	m.buildSites()
	m.buildHypervisors()
	m.buildSystems(e.asOf)
	m.buildServers(e.asOf)
	m.buildFlows()
	m.buildDevices(e.asOf)
	m.buildContracts(e.asOf)
	return m
}

// dice gives a stream of chance for a named purpose.
func (e *Estate) dice(name string) dice {
	return dice{rand.New(rand.NewPCG(e.config.Seed, hash(name)))}
}

func hash(text string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(text)) // a hash never refuses a write
	return h.Sum64()
}

// dice is chance with the throws that the estate is built by.
type dice struct{ *rand.Rand }

// chance is true in a share p of the throws.
func (d dice) chance(p float64) bool { return d.Float64() < p }

// between gives a whole number from low to high, both included.
func (d dice) between(low, high int) int { return low + d.IntN(high-low+1) }

// real gives a number from low up to high.
func (d dice) real(low, high float64) float64 { return low + d.Float64()*(high-low) }

// maybe gives true in a share p of the throws, and nothing known in a share unknown of them.
func (d dice) maybe(p, unknown float64) *bool {
	known, value := !d.chance(unknown), d.chance(p)
	if !known {
		return nil
	}
	return &value
}

// pick gives one of several.
func pick[T any](d dice, of []T) T { return of[d.IntN(len(of))] }

// weighted gives one of several, each as often as its weight says.
func weighted[T any](d dice, of []T, weight func(T) int) T {
	sum := 0
	for _, x := range of {
		sum += weight(x)
	}
	at := d.IntN(sum)
	for _, x := range of {
		if at -= weight(x); at < 0 {
			return x
		}
	}
	return of[len(of)-1]
}
