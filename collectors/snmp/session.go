package snmp

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gosnmp/gosnmp"

	"github.com/samdrift/samdrift/inventory"
)

// session is a conversation with one device. It is used by one goroutine at a time; several may go on
// with the same device, each on a socket of its own, and share what they learn about its health.
type session struct {
	target Target
	config Config
	client *gosnmp.GoSNMP
	wire   *wire
	health *health

	size  int // varbinds asked for in one answer: what fits a frame
	tries int // of the request under way, beyond the first

	waited bool // the last request ended because nothing came in time
}

// health is what all sessions with one device know of its state.
type health struct {
	answered atomic.Bool  // it has answered at least once
	silent   atomic.Bool  // it has stopped answering, nothing more is asked
	fragile  atomic.Bool  // it is slow or lost a request altogether: one request at a time
	deaf     atomic.Int32 // requests that it never answered although it was alive
	limit    atomic.Int32 // sizes never grow above it; lowered when the device says tooBig
}

// deafMost is how many requests a living device may leave without an answer before nothing is asked
// twice any more.
const deafMost = 2

// trouble is why a device, or a part of it, could not be read.
type trouble struct {
	status inventory.Status
	text   string // what went wrong and how to mend it
}

func (t *trouble) Error() string { return t.text }

// dial opens the first session with a device. ctx bounds it: when ctx ends, whatever waits for the
// device returns at once.
func dial(ctx context.Context, config Config, target Target) (*session, error) {
	s := &session{target: target, config: config, health: &health{}, size: config.MaxRepetitions}
	s.health.limit.Store(int32(config.MaxRepetitions))
	return s, s.open(ctx, nil)
}

// another opens one more session with the same device, as the same SNMPv3 user of the same engine.
func (s *session) another() (*session, error) {
	more := &session{target: s.target, config: s.config, health: s.health, size: s.size}
	return more, more.open(s.client.Context, s.client.SecurityParameters)
}

// open connects the socket. user is what another session has agreed on with the device, if any.
func (s *session) open(ctx context.Context, user gosnmp.SnmpV3SecurityParameters) error {
	host, port, err := s.target.hostPort()
	if err != nil {
		return &trouble{inventory.StatusFailed, err.Error()}
	}
	version3 := s.target.version() == Version3
	c, used := (*gosnmp.GoSNMP)(nil), false
	if !version3 {
		c, used = clients.Get().(*gosnmp.GoSNMP)
	}
	if !used {
		c = &gosnmp.GoSNMP{MaxOids: gosnmp.MaxOids, ExponentialTimeout: true}
	}
	s.client = c
	c.Target, c.Port, c.Context, c.Timeout, c.Retries = host, port, ctx, 0, s.config.Retries
	c.OnRetry = func(*gosnmp.GoSNMP) {
		// Called once more than there are retries.
		if s.tries++; s.tries <= c.Retries {
			pause(ctx, s.config.Timeout/4)
		}
	}
	switch {
	case version3:
		s.useUser(s.target)
		if user != nil {
			c.SecurityParameters = user.Copy()
		}
	case s.target.version() == Version1:
		c.Version, c.Community = gosnmp.Version1, s.target.Community.Reveal()
	default:
		c.Version, c.Community = gosnmp.Version2c, s.target.Community.Reveal()
	}
	if used {
		c.Conn, err = (&net.Dialer{}).DialContext(ctx, "udp", net.JoinHostPort(host, strconv.Itoa(int(port))))
	} else {
		err = c.Connect()
	}
	c.Timeout = s.config.Timeout // of answers: opening a socket waits at most for a name, within the device's budget
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return &trouble{inventory.StatusUnreachable, fmt.Sprintf("cannot open a socket to %s: %v: check the address", s.target.Address, err)}
	}
	s.wire = newWire(ctx, c.Conn)
	s.wire.engineKnown = user != nil
	c.Conn = s.wire
	return nil
}

// clients are those of ended sessions in SNMPv1 and v2c. Each holds a buffer of 64 kB, which would be
// most of what a session allocates.
var clients sync.Pool

// close ends the conversation; the session must not be used any more.
func (s *session) close() {
	_ = s.client.Close()
	if s.client.Version != gosnmp.Version3 {
		s.client.Context, s.client.OnRetry = nil, nil
		clients.Put(s.client)
	}
	s.client = nil
}

// retries is how often a request is sent again: a device that leaves one request after the other
// without an answer is not asked any of them twice.
func (s *session) retries() int {
	if s.health.deaf.Load() >= deafMost {
		return 0
	}
	return s.config.Retries
}

// useUser sets up SNMPv3 with the target's user.
func (s *session) useUser(target Target) {
	c := target.Credentials
	usm := &gosnmp.UsmSecurityParameters{
		UserName:               c.User,
		AuthenticationProtocol: gosnmp.NoAuth, PrivacyProtocol: gosnmp.NoPriv,
	}
	flags := gosnmp.NoAuthNoPriv
	level := c.level()
	if level != NoAuthNoPriv {
		flags = gosnmp.AuthNoPriv
		usm.AuthenticationProtocol = authProtocols[protocolName(c.AuthProtocol)]
		usm.AuthenticationPassphrase = c.AuthPassword.Reveal()
	}
	if level == AuthPriv {
		flags = gosnmp.AuthPriv
		usm.PrivacyProtocol = privProtocols[protocolName(c.PrivProtocol)]
		usm.PrivacyPassphrase = c.PrivPassword.Reveal()
	}
	s.client.Version = gosnmp.Version3
	s.client.SecurityModel = gosnmp.UserSecurityModel
	s.client.SecurityParameters = usm
	s.client.MsgFlags = flags
	s.client.ContextName = target.Context
}

// engineID gives the device's SNMPv3 engine in hex, or nothing.
func (s *session) engineID() string {
	if usm, ok := s.client.SecurityParameters.(*gosnmp.UsmSecurityParameters); ok {
		return fmt.Sprintf("%x", usm.AuthoritativeEngineID)
	}
	return ""
}

// pause waits a random time up to most, so that many sessions that lost packets together do not
// send again together. It ends early with ctx.
func pause(ctx context.Context, most time.Duration) {
	if most <= 0 {
		return
	}
	_ = sleep(ctx, rand.N(most))
}

// request sends one request and gives the answer. The error is a *trouble, or the context's. When
// nothing usable came back from a device that had answered before, it is asked something small, so
// that a device that has gone costs its retries once and not once for each table.
func (s *session) request(send func() (*gosnmp.SnmpPacket, error)) (*gosnmp.SnmpPacket, error) {
	if s.health.silent.Load() {
		return nil, &trouble{inventory.StatusUnreachable, "the device stopped answering"}
	}
	packet, err := s.exchange(send)
	if t := (*trouble)(nil); !errors.As(err, &t) || !s.health.answered.Load() {
		return packet, err
	}
	s.health.fragile.Store(true)
	if s.alive() {
		s.health.deaf.Add(1)
	} else {
		s.health.silent.Store(true)
	}
	return packet, err
}

// exchange sends one request and waits for the answer.
func (s *session) exchange(send func() (*gosnmp.SnmpPacket, error)) (*gosnmp.SnmpPacket, error) {
	s.wire.report, s.tries = 0, 0
	start := time.Now()
	packet, err := send()
	if ctx := s.client.Context; ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded) {
		s.health.silent.Store(true)
		<-ctx.Done() // gosnmp may notice the deadline a moment before the context does
		return nil, context.Cause(ctx)
	}
	s.waited = isSilence(err)
	if err != nil {
		return nil, s.explain(packet, err)
	}
	if packet.PDUType != gosnmp.GetResponse {
		return nil, s.explain(packet, gosnmp.ErrUnknownReportPDU)
	}
	s.health.answered.Store(true)
	if s.tries == 0 && time.Since(start) > s.config.Timeout/2 {
		s.health.fragile.Store(true)
	}
	return packet, nil
}

// alive asks one small question.
func (s *session) alive() bool {
	defer func(retries int) { s.client.Retries = retries }(s.client.Retries)
	s.client.Retries = min(1, s.config.Retries)
	_, err := s.exchange(func() (*gosnmp.SnmpPacket, error) { return s.client.Get([]string{uptimeOID}) })
	return err == nil
}

// get asks for single values. Missing ones are left out of the answer. SNMPv1 agents refuse a whole
// request for one missing value, so the named one is left out and the rest asked again.
func (s *session) get(oids ...string) (map[string]gosnmp.SnmpPDU, error) {
	values := map[string]gosnmp.SnmpPDU{}
	for len(oids) > 0 {
		some := oids[:min(len(oids), s.most())]
		packet, err := s.request(func() (*gosnmp.SnmpPacket, error) { return s.client.Get(some) })
		if err != nil {
			return values, err
		}
		switch at := int(packet.ErrorIndex) - 1; {
		case packet.Error == gosnmp.NoError:
			for _, pdu := range packet.Variables {
				if present(pdu) {
					values[pdu.Name] = pdu
				}
			}
			oids = oids[len(some):]
		case packet.Error == gosnmp.TooBig && len(some) > 1:
			s.shrinkTo(len(some) / 2)
		case at < 0 || at >= len(some):
			return values, &trouble{inventory.StatusRefused, fmt.Sprintf("the device denies access (%v): allow this community or user to read, at this security level", packet.Error)}
		default:
			oids = append(append([]string{}, oids[:at]...), oids[at+1:]...)
		}
	}
	return values, nil
}

// present tells whether a varbind carries a value.
func present(pdu gosnmp.SnmpPDU) bool {
	switch pdu.Type {
	case gosnmp.NoSuchObject, gosnmp.NoSuchInstance, gosnmp.EndOfMibView, gosnmp.Null, gosnmp.UnknownType:
		return false
	}
	return pdu.Value != nil
}
