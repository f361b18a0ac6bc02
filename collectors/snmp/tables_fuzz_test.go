package snmp

import (
	"testing"
	"unicode/utf8"

	"github.com/gosnmp/gosnmp"

	"github.com/samdrift/samdrift/inventory"
)

// Whatever stands in an index or a value, the tables' readers give texts that are texts and numbers
// that can be.
func FuzzTableCells(f *testing.F) {
	f.Add("2.16.253.0.0.97.0.64.0.0.0.0.0.0.0.0.0.49", []byte("\x02\x00\x5e\x00\x00\x01"))
	f.Add("1.4.10.61.40.31", []byte("swp65"))
	f.Add("18.189.226.0.229.143.156.160.175.74.220.3.59.93.208.60", []byte("\x12\xbd\xe2\x00\xe5\x8f\x9c\xa0\xaf\x4a\xdc\x03\x3b\x5d\xd0\x3c"))
	f.Add("140.2.0.94.0.238.1", []byte("gigabitEthernet 1/0/24 : copper"))
	f.Add("0.12.118.99.112.45.50.53.53.47.48.47.53.48", []byte("E: tools not running"))
	f.Add("4294967295.4294967296..", []byte{0xff, 0xfe})
	f.Fuzz(func(t *testing.T, index string, raw []byte) {
		pdu := gosnmp.SnmpPDU{Type: gosnmp.OctetString, Value: raw}
		l := &look{asset: &inventory.Asset{}, bridge: &bridge{grid: newGrid(1)}}
		texts := []string{deviceID(pdu), uuidOf(pdu), uuidOfIndex(index), guestOS(text(pdu)), guestTables[0].stateOf(pdu)}
		for _, maker := range []string{"890", "11863"} {
			l.asset.Management.SysObjectID = "1.3.6.1.4.1." + maker + ".1"
			texts = append(texts, l.portName(text(pdu)))
		}
		for _, s := range texts {
			if !utf8.ValidString(s) {
				t.Errorf("%q is no UTF-8", s)
			}
		}
		if numbers, ok := oidNumbers(index); ok {
			if ip, rest, ok := takeAddress(numbers); ok && (!ip.IsValid() || len(rest) >= len(numbers)) {
				t.Errorf("%s: address %v, then %v", index, ip, rest)
			}
			if mac, ok := macOfNumbers(numbers[max(0, len(numbers)-macBytes):]); ok && len(mac) != len(noMAC) {
				t.Errorf("%s: MAC %q", index, mac)
			}
		}
		g := newGrid(2)
		g.cells[0][index], g.cells[1][index] = gosnmp.SnmpPDU{Type: gosnmp.Integer, Value: len(raw)}, gosnmp.SnmpPDU{Type: gosnmp.Integer, Value: fdbLearned}
		found := stations{}
		found.take(g, func(before []uint32) (int, bool) { return len(before), true }, func(port int) (int, bool) { return port, true })
		for s := range found {
			if len(s.MAC) != len(noMAC) {
				t.Errorf("%s: station %+v", index, s)
			}
		}
		g.cells[0][index] = pdu
		l.takeResolved(g, map[inventory.Resolved]bool{}, kindFromIndex)
		l.takeResolved(g, map[inventory.Resolved]bool{}, inetKindIPv4)
		for _, table := range lldpTables {
			l.addNeighbour(table.neighbour(&grid{cells: make([]map[string]gosnmp.SnmpPDU, remSysDescr+1)}, index, newLocalPorts(nil), g))
		}
		for _, r := range l.asset.Resolved {
			if len(r.MAC) != len(noMAC) || r.IP == "" {
				t.Errorf("%s: resolved %+v", index, r)
			}
		}
		if size, ok := wide(gosnmp.SnmpPDU{Value: len(raw) << 20}, gosnmp.SnmpPDU{Value: len(index)}, 1<<20); ok && size < 0 {
			t.Errorf("negative size %d", size)
		}
	})
}
