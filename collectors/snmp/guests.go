package snmp

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/gosnmp/gosnmp"

	"github.com/samdrift/samdrift/inventory"
)

// guestTable is where a hypervisor tells its virtual machines. Columns are numbers below entry; an
// empty one is not told.
type guestTable struct {
	entry                         string
	name, uuid, os, state, cpus   string
	memory                        string
	memoryUnit                    int64
	on, off, suspended            []int64 // values of state, where it is a number
	uuidInIndex, indexIsTheirName bool    // the index is the UUID, or what the hypervisor calls the machine
}

// guestTables: VMWARE-VMINFO-MIB, XCP-ng's, VM-MIB (RFC 7666) and LIBVIRT-MIB.
var guestTables = []guestTable{
	{entry: ".1.3.6.1.4.1.6876.2.1.1.", name: "2", os: "4", memory: "5", memoryUnit: mib, state: "6", cpus: "9", uuid: "10", indexIsTheirName: true},
	{entry: ".1.3.6.1.4.1.60652.100.1.1.", name: "2", os: "4", memory: "5", memoryUnit: mib, state: "6", uuid: "7", cpus: "10", on: []int64{1}},
	{entry: ".1.3.6.1.2.1.236.1.4.1.", name: "2", uuid: "3", os: "4", state: "6", cpus: "9", memory: "13", memoryUnit: kib, indexIsTheirName: true,
		on: []int64{4}, off: []int64{11, 12}, suspended: []int64{6, 8}},
	{entry: ".1.3.6.1.4.1.12345.1.1.1.", name: "2", state: "3", cpus: "4", memory: "5", memoryUnit: mib, uuidInIndex: true,
		on: []int64{1, 2}, off: []int64{5, 6}, suspended: []int64{3, 7}},
}

// controlDomain begins the name by which Xen lists the host itself among its guests.
const controlDomain = "Control domain on host"

// readGuests lists the virtual machines of a hypervisor. Only servers' agents are asked.
func readGuests(s *session, l *look) inventory.TableStatus {
	if !l.isHost() && !l.madeBy(makerVMware) {
		return inventory.TableStatus{State: inventory.TableAbsent}
	}
	names := make([]string, len(guestTables))
	for i, t := range guestTables {
		names[i] = t.entry + t.name
	}
	grids := []*grid{s.walk(names...)}
	for i, t := range guestTables {
		if len(grids[0].cells[i]) > 0 {
			grids = append(grids, t.read(s, l))
		}
	}
	whole := status(grids...)
	whole.Rows = len(l.asset.Guests)
	return whole
}

func (t guestTable) read(s *session, l *look) *grid {
	var columns []string
	at := map[string]int{}
	for _, column := range []string{t.name, t.uuid, t.os, t.state, t.cpus, t.memory} {
		if column != "" {
			at[column], columns = len(columns), append(columns, t.entry+column)
		}
	}
	g := s.walk(columns...)
	for _, index := range g.indexes() {
		cell := func(column string) gosnmp.SnmpPDU {
			if i, ok := at[column]; ok {
				return g.cells[i][index]
			}
			return gosnmp.SnmpPDU{}
		}
		guest := inventory.Guest{Name: text(cell(t.name)), UUID: uuidOf(cell(t.uuid)), OS: guestOS(text(cell(t.os))), State: t.stateOf(cell(t.state))}
		if n, ok := number(cell(t.cpus)); ok && n > 0 {
			guest.VCPUs = int(n)
		}
		guest.MemoryBytes, _ = bytesOf(cell(t.memory), t.memoryUnit)
		if t.indexIsTheirName {
			guest.ID = index
		}
		if t.uuidInIndex {
			guest.UUID = uuidOfIndex(index)
		}
		if guest.Name != "" && !strings.HasPrefix(guest.Name, controlDomain) {
			l.asset.Guests = append(l.asset.Guests, guest)
		}
	}
	return g
}

// stateOf translates a state into on, off or suspended.
func (t guestTable) stateOf(pdu gosnmp.SnmpPDU) string {
	if n, ok := number(pdu); ok {
		for state, values := range map[string][]int64{"on": t.on, "off": t.off, "suspended": t.suspended} {
			for _, v := range values {
				if v == n {
					return state
				}
			}
		}
		return ""
	}
	switch state := strings.ToLower(text(pdu)); {
	case strings.Contains(state, "on"):
		return "on"
	case strings.Contains(state, "off"):
		return "off"
	case strings.Contains(state, "suspend"):
		return "suspended"
	}
	return ""
}

// guestOS drops what VMware says where it does not know: "E: tools not running".
func guestOS(text string) string {
	if strings.HasPrefix(text, "E: ") {
		return ""
	}
	return plausible(text)
}

// uuidOf reads a UUID that comes as 16 bytes or as text.
func uuidOf(pdu gosnmp.SnmpPDU) string {
	if raw, ok := pdu.Value.([]byte); ok && len(raw) == 16 && !printable(raw) {
		return uuidText(raw)
	}
	return strings.ToLower(text(pdu))
}

// uuidOfIndex reads a UUID from an index: its bytes or its characters, with or without their number.
func uuidOfIndex(index string) string {
	numbers, ok := oidNumbers(index)
	if !ok {
		return ""
	}
	if len(numbers) == 17 || len(numbers) == 37 {
		numbers = numbers[1:]
	}
	raw, ok := bytesOfNumbers(numbers)
	if !ok {
		return ""
	}
	switch len(raw) {
	case 16:
		return uuidText(raw)
	case 36:
		return strings.ToLower(clean(raw, len(raw)))
	}
	return ""
}

func uuidText(raw []byte) string {
	h := hex.EncodeToString(raw)
	return fmt.Sprintf("%s-%s-%s-%s-%s", h[:8], h[8:12], h[12:16], h[16:20], h[20:])
}
