package snmp

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gosnmp/gosnmp"

	"github.com/samdrift/samdrift/inventory"
)

// probesTogether is how many extra OIDs are asked for in one request. Most are absent, so that the
// answer of a usual device fits one frame.
const probesTogether = 50

// ask puts the values of the OIDs that are not known yet into values, the first one below for OIDs
// that end with an asterisk.
func (l *look) ask(s *session, values map[string]string, oids []string) {
	var single, below []string
	for _, oid := range oids {
		if _, known := values[oid]; known {
			continue
		}
		if column, ok := strings.CutSuffix(oid, ".*"); ok {
			below = append(below, "."+column)
		} else {
			single = append(single, "."+oid)
		}
	}
	take := func(oids []string, key func(string) string, ask func([]string) (map[string]gosnmp.SnmpPDU, error)) bool {
		for some := range slices.Chunk(oids, probesTogether) {
			found, err := ask(some)
			for _, oid := range some {
				values[key(oid)] = text(found[oid])
			}
			if err != nil {
				l.note("identity", inventory.TableStatus{State: inventory.TablePartial, Reason: err.Error()})
				return false
			}
		}
		return true
	}
	_ = take(single, func(oid string) string { return oid[1:] }, s.peek) &&
		take(below, func(column string) string { return column[1:] + ".*" }, s.firstBelow)
}

// peek asks for single values of which most are absent. An SNMPv1 agent refuses a whole request for
// one missing value; it is asked for what follows the value before instead, which nearly always is
// there.
func (s *session) peek(oids []string) (map[string]gosnmp.SnmpPDU, error) {
	if s.client.Version != gosnmp.Version1 {
		return s.get(oids...)
	}
	before := make([]string, len(oids))
	for i, oid := range oids {
		before[i] = predecessor(oid)
	}
	packet, err := s.request(func() (*gosnmp.SnmpPacket, error) { return s.client.GetNext(before) })
	if err != nil {
		return nil, err
	}
	if packet.Error != gosnmp.NoError || len(packet.Variables) != len(oids) {
		return s.get(oids...)
	}
	found := map[string]gosnmp.SnmpPDU{}
	var hidden []string // values that lie behind others that are below the value before
	for i, pdu := range packet.Variables {
		switch {
		case pdu.Name == oids[i] && present(pdu):
			found[oids[i]] = pdu
		case strings.HasPrefix(pdu.Name, before[i]+".") && compareOIDs(pdu.Name, oids[i]) < 0:
			hidden = append(hidden, oids[i])
		}
	}
	if len(hidden) == 0 {
		return found, nil
	}
	more, err := s.get(hidden...)
	for oid, pdu := range more {
		found[oid] = pdu
	}
	return found, err
}

// predecessor gives an OID that comes before another with as little as possible between.
func predecessor(oid string) string {
	at := strings.LastIndexByte(oid, '.')
	last, err := strconv.ParseUint(oid[at+1:], 10, 32)
	if err != nil || last == 0 {
		return oid[:at]
	}
	return oid[:at+1] + strconv.FormatUint(last-1, 10)
}

// firstBelow asks for the first value below each column.
func (s *session) firstBelow(columns []string) (map[string]gosnmp.SnmpPDU, error) {
	found := map[string]gosnmp.SnmpPDU{}
	for len(columns) > 0 {
		packet, err := s.request(func() (*gosnmp.SnmpPacket, error) { return s.client.GetNext(columns) })
		if err != nil {
			return found, err
		}
		at := int(packet.ErrorIndex) - 1
		if packet.Error != gosnmp.NoError && at >= 0 && at < len(columns) {
			// An SNMPv1 agent has nothing after this one.
			columns = slices.Delete(slices.Clone(columns), at, at+1)
			continue
		}
		for i, pdu := range packet.Variables {
			if i < len(columns) && strings.HasPrefix(pdu.Name, columns[i]+".") && present(pdu) {
				found[columns[i]] = pdu
			}
		}
		return found, nil
	}
	return found, nil
}
