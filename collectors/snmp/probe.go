package snmp

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/gosnmp/gosnmp"
)

// A probe is a small request that shows whether a device answers a community, or SNMPv3 at all. It is
// encoded once and sent to every address.

// communityProbe asks for the system group in SNMPv1 or v2c.
func communityProbe(version string, community Secret, id uint32) ([]byte, error) {
	packet := gosnmp.SnmpPacket{
		Version: gosnmp.Version2c, Community: community.Reveal(), PDUType: gosnmp.GetRequest, RequestID: id,
	}
	if version == Version1 {
		packet.Version = gosnmp.Version1
	}
	for _, oid := range []string{sysObjectID, sysName, sysDescr} {
		packet.Variables = append(packet.Variables, gosnmp.SnmpPDU{Name: oid, Type: gosnmp.Null})
	}
	return packet.MarshalMsg()
}

// engineProbe asks who the SNMPv3 engine is, as no user: every engine answers with a report (RFC 3414
// section 4).
func engineProbe(id uint32) ([]byte, error) {
	packet := gosnmp.SnmpPacket{
		Version: gosnmp.Version3, MsgFlags: gosnmp.Reportable, SecurityModel: gosnmp.UserSecurityModel,
		SecurityParameters: &gosnmp.UsmSecurityParameters{}, PDUType: gosnmp.GetRequest,
		MsgID: id, RequestID: id, MsgMaxSize: 65507,
	}
	return packet.MarshalMsg()
}

// reply is what came back to a probe.
type reply struct {
	id        uint32
	engineID  string // in hex, of SNMPv3
	community string
	values    map[string]gosnmp.SnmpPDU
}

var errNoReply = errors.New("no answer to a probe")

// readReply reads an answer to either probe.
func readReply(raw []byte) (r reply, err error) {
	defer func() {
		if recover() != nil { // gosnmp's decoder panics on some malformed packets
			err = errNoReply
		}
	}()
	message, ok := inside(raw, 0x30)
	if !ok {
		return r, errNoReply
	}
	version, rest, ok := element(message, 0x02)
	if !ok || len(version) != 1 {
		return r, errNoReply
	}
	if gosnmp.SnmpVersion(version[0]) == gosnmp.Version3 {
		return readEngine(rest)
	}
	packet, err := (&gosnmp.GoSNMP{}).SnmpDecodePacket(raw)
	if err != nil || packet.PDUType != gosnmp.GetResponse {
		return r, errNoReply
	}
	r = reply{id: packet.RequestID, community: packet.Community, values: map[string]gosnmp.SnmpPDU{}}
	for _, pdu := range packet.Variables {
		if packet.Error == gosnmp.NoError && present(pdu) {
			r.values[pdu.Name] = pdu
		}
	}
	return r, nil
}

// readEngine reads the message number and engine id of an SNMPv3 message, from its header on.
func readEngine(raw []byte) (reply, error) {
	header, rest, ok := element(raw, 0x30)
	if !ok {
		return reply{}, errNoReply
	}
	id, _, ok := element(header, 0x02)
	if !ok || len(id) > 4 {
		return reply{}, errNoReply
	}
	wrapped, _, ok := element(rest, 0x04)
	if !ok {
		return reply{}, errNoReply
	}
	security, ok := inside(wrapped, 0x30)
	if !ok {
		return reply{}, errNoReply
	}
	engine, _, ok := element(security, 0x04)
	if !ok || len(engine) < 5 || len(engine) > 32 { // RFC 3411 section 5
		return reply{}, errNoReply
	}
	var number [4]byte
	copy(number[4-len(id):], id)
	return reply{id: binary.BigEndian.Uint32(number[:]), engineID: fmt.Sprintf("%x", engine)}, nil
}

// inside gives the contents of a BER element.
func inside(raw []byte, tag byte) ([]byte, bool) {
	contents, _, ok := element(raw, tag)
	return contents, ok
}

// element takes one BER element off the front: its contents, and what follows.
func element(raw []byte, tag byte) (contents, rest []byte, ok bool) {
	if len(raw) < 2 || raw[0] != tag {
		return nil, nil, false
	}
	length, at := int(raw[1]), 2
	if length >= 0x80 {
		octets := length & 0x7f
		if octets < 1 || octets > 3 || len(raw) < 2+octets {
			return nil, nil, false
		}
		length = 0
		for _, b := range raw[2 : 2+octets] {
			length = length<<8 | int(b)
		}
		at += octets
	}
	if length > len(raw)-at {
		return nil, nil, false
	}
	return raw[at : at+length], raw[at+length:], true
}
