// Package responder answers SNMP as a device does, over real UDP: versions 1, 2c and 3 (USM with
// SHA-2 and AES), GET, GETNEXT and GETBULK. It serves the demo estate and stands in for devices in
// tests of the collector, with the faults that real ones have.
//
// The codec is written for this package alone and shares nothing with the collector's library, so
// that a misreading of the standard shows up between the two instead of cancelling out.
//
// A View says which objects a device has and what they are worth at a moment; an Agent turns one
// request packet into one answer packet; Serve runs an Agent on a socket.
package responder

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"time"
)

// Agent answers for one device. It is safe for concurrent use once built.
type Agent struct {
	View *View
	// V1 and V2c are the communities that are answered; empty: the version is not spoken.
	V1, V2c string
	// Users are the SNMPv3 users; none: the version is not spoken.
	Users []User
	// EngineID is the device's identity in SNMPv3, 5 to 32 bytes.
	EngineID []byte
	// Boots counts how often the device has started, Started is when it last did.
	Boots   int
	Started time.Time
	// MaxSize is the largest answer in bytes; 0 is 1472, what an Ethernet frame holds.
	MaxSize int
	Faults  Faults

	keys keyRing
}

// Faults are what can be wrong with a device. The zero value is a sound one.
type Faults struct {
	// Silent devices never answer.
	Silent bool
	// Delay is taken for each answer, one after the other, as a slow processor does.
	Delay time.Duration
	// Latency is the way to the device and back; many packets may be under way.
	Latency time.Duration
	// Loss is the share of packets that get lost on each way, 0 to 1; the same ones in each run.
	Loss float64
	// TooBig makes a request for more than so many varbinds answered by tooBig and no varbinds,
	// where a sound device would send fewer; 0: sound.
	TooBig int
	// LoopAfter makes the object after this one come out as LoopTo again: a walk never ends.
	LoopAfter, LoopTo OID
	// StopAfter makes the device fall silent when asked for what follows this object.
	StopAfter OID
}

// Validate reports what no device could be set up with. Serve calls it; whoever calls Answer without
// Serve calls it first.
func (a *Agent) Validate() error {
	if a.View == nil {
		return errors.New("SNMP responder has no view")
	}
	faults := []error{a.View.Seal()}
	if n := len(a.EngineID); len(a.Users) > 0 && (n < 5 || n > 32) {
		faults = append(faults, fmt.Errorf("engine id has %d bytes, want 5 to 32", n))
	}
	for _, u := range a.Users {
		_, auth := authProtocols[u.Auth]
		_, priv := privKeySizes[u.Priv]
		switch {
		case u.AuthPassword == "" && u.PrivPassword == "":
		case u.AuthPassword == "":
			faults = append(faults, fmt.Errorf("user %q encrypts but does not sign, which SNMPv3 has no level for", u.Name))
		case !auth:
			faults = append(faults, fmt.Errorf("user %q: authentication %q is none that is spoken", u.Name, u.Auth))
		case u.PrivPassword != "" && !priv:
			faults = append(faults, fmt.Errorf("user %q: encryption %q is none that is spoken", u.Name, u.Priv))
		}
	}
	return errors.Join(faults...)
}

// maxSize gives the size limit with its default.
func (a *Agent) maxSize() int {
	if a.MaxSize == 0 {
		return 1472
	}
	return a.MaxSize
}

// Serve answers on the socket until ctx ends, then closes it. A packet that cannot be read is
// dropped, as a device does. It returns nil when ctx ended.
func Serve(ctx context.Context, conn net.PacketConn, a *Agent, now func() time.Time) error {
	defer func() { _ = conn.Close() }()
	if err := a.Validate(); err != nil {
		return fmt.Errorf("SNMP responder on %s: %w", conn.LocalAddr(), err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	var underway sync.WaitGroup
	defer underway.Wait()
	dice := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // packets that get lost are no secret
	lost := func() bool { return a.Faults.Loss > 0 && dice.Float64() < a.Faults.Loss }
	buffer := make([]byte, 8192)
	for {
		n, from, err := conn.ReadFrom(buffer)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("SNMP responder on %s: socket was closed by someone else: %w", conn.LocalAddr(), err)
		case err != nil:
			continue // an ICMP message about an earlier answer; the socket is sound
		case lost():
			continue
		}
		answer := a.Answer(buffer[:n], now())
		if answer == nil || lost() {
			continue
		}
		if a.Faults.Delay > 0 {
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(a.Faults.Delay):
			}
		}
		// A lost answer is the asker's to ask for again.
		if a.Faults.Latency == 0 {
			_, _ = conn.WriteTo(answer, from)
			continue
		}
		underway.Add(1)
		time.AfterFunc(a.Faults.Latency, func() {
			defer underway.Done()
			_, _ = conn.WriteTo(answer, from)
		})
	}
}
