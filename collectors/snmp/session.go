package snmp

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/gosnmp/gosnmp"

	"github.com/samdrift/samdrift/inventory"
)

// session is a conversation with one device. It is used by one goroutine at a time.
type session struct {
	target Target
	config Config
	client *gosnmp.GoSNMP
	wire   *wire

	answered bool // the device has answered at least once
	silent   bool // the device has stopped answering, nothing more is asked
	size     int  // varbinds asked for in one answer: what fits a frame
	limit    int  // size never grows above it; lowered when the device says tooBig
}

// trouble is why a device, or a part of it, could not be read.
type trouble struct {
	status inventory.Status
	text   string // what went wrong and how to mend it
}

func (t *trouble) Error() string { return t.text }

// dial opens a session. ctx bounds it: when ctx ends, whatever waits for the device returns at once.
func dial(ctx context.Context, config Config, target Target) (*session, error) {
	host, port, err := target.hostPort()
	if err != nil {
		return nil, &trouble{inventory.StatusFailed, err.Error()}
	}
	s := &session{target: target, config: config, size: config.MaxRepetitions, limit: config.MaxRepetitions}
	s.client = &gosnmp.GoSNMP{
		Target: host, Port: port, Context: ctx, MaxOids: gosnmp.MaxOids,
		Timeout: config.Timeout, Retries: config.Retries, ExponentialTimeout: true,
		OnRetry: func(*gosnmp.GoSNMP) { pause(ctx, config.Timeout/4) },
	}
	switch target.version() {
	case Version1:
		s.client.Version, s.client.Community = gosnmp.Version1, target.Community.Reveal()
	case Version2c:
		s.client.Version, s.client.Community = gosnmp.Version2c, target.Community.Reveal()
	case Version3:
		s.useUser(target)
	}
	if err := s.client.Connect(); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, &trouble{inventory.StatusUnreachable, fmt.Sprintf("cannot open a socket to %s: %v: check the address", target.Address, err)}
	}
	s.wire = newWire(ctx, s.client.Conn)
	s.client.Conn = s.wire
	return s, nil
}

func (s *session) close() { _ = s.client.Close() }

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
	timer := time.NewTimer(rand.N(most))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// request sends one request and gives the answer. The error is a *trouble, or the context's.
func (s *session) request(send func() (*gosnmp.SnmpPacket, error)) (*gosnmp.SnmpPacket, error) {
	if s.silent {
		return nil, &trouble{inventory.StatusUnreachable, "the device stopped answering"}
	}
	s.wire.report = 0
	packet, err := send()
	if ctx := s.client.Context; ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded) {
		s.silent = true
		<-ctx.Done() // gosnmp may notice the deadline a moment before the context does
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return nil, s.explain(packet, err)
	}
	if packet.PDUType != gosnmp.GetResponse {
		return nil, s.explain(packet, gosnmp.ErrUnknownReportPDU)
	}
	s.answered = true
	return packet, nil
}

// get asks for single values. Missing ones are left out of the answer. SNMPv1 agents refuse a whole
// request for one missing value, so the named one is left out and the rest asked again.
func (s *session) get(oids ...string) (map[string]gosnmp.SnmpPDU, error) {
	values := map[string]gosnmp.SnmpPDU{}
	for len(oids) > 0 {
		packet, err := s.request(func() (*gosnmp.SnmpPacket, error) { return s.client.Get(oids) })
		if err != nil {
			return values, err
		}
		if packet.Error != gosnmp.NoError {
			at := int(packet.ErrorIndex) - 1
			if packet.Error == gosnmp.TooBig && len(oids) > 1 {
				half := len(oids) / 2
				first, err := s.get(oids[:half]...)
				for oid, v := range first {
					values[oid] = v
				}
				if err != nil {
					return values, err
				}
				oids = oids[half:]
				continue
			}
			if at < 0 || at >= len(oids) {
				return values, &trouble{inventory.StatusRefused, fmt.Sprintf("the device denies access (%v): allow this community or user to read, at this security level", packet.Error)}
			}
			oids = append(append([]string{}, oids[:at]...), oids[at+1:]...)
			continue
		}
		for _, pdu := range packet.Variables {
			if present(pdu) {
				values[pdu.Name] = pdu
			}
		}
		return values, nil
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
