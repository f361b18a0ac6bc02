package snmp_test

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/gosnmp/gosnmp"
)

// agent is a small SNMPv1/v2c device for tests, on a UDP port of its own. twist may change any
// answer, or withhold it.
type agent struct {
	address string
	mib     []gosnmp.SnmpPDU // by OID
	oids    [][]int          // of mib, parsed
	twist   func(request, answer *gosnmp.SnmpPacket) []byte
	asked   atomic.Int64 // requests received
	sockets sync.Map     // addresses that asked
	stop    func()       // ends the agent; what its twist has noted may be read then
}

// startAgent serves the varbinds until the test ends. A nil twist answers honestly.
func startAgent(t testing.TB, mib []gosnmp.SnmpPDU, twist func(request, answer *gosnmp.SnmpPacket) []byte) *agent {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if twist == nil {
		twist = func(_, answer *gosnmp.SnmpPacket) []byte { return encoded(t, answer) }
	}
	a := &agent{address: conn.LocalAddr().String(), mib: slices.Clone(mib), twist: twist}
	slices.SortFunc(a.mib, func(x, y gosnmp.SnmpPDU) int { return compare(x.Name, y.Name) })
	for _, p := range a.mib {
		a.oids = append(a.oids, numbers(p.Name))
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.serve(conn)
	}()
	a.stop = sync.OnceFunc(func() {
		_ = conn.Close()
		<-done
	})
	t.Cleanup(a.stop)
	return a
}

func (a *agent) serve(conn net.PacketConn) {
	buffer := make([]byte, 65536)
	for {
		n, from, err := conn.ReadFrom(buffer)
		if err != nil {
			return
		}
		a.asked.Add(1)
		a.sockets.Store(from.String(), true)
		request, err := (&gosnmp.GoSNMP{}).SnmpDecodePacket(slices.Clone(buffer[:n]))
		if err != nil || request.Community != "test" && request.Community != "public" {
			continue
		}
		if answer := a.twist(request, a.answer(request)); answer != nil {
			_, _ = conn.WriteTo(answer, from)
		}
	}
}

// answer makes the honest answer.
func (a *agent) answer(request *gosnmp.SnmpPacket) *gosnmp.SnmpPacket {
	answer := &gosnmp.SnmpPacket{
		Version: request.Version, Community: request.Community, RequestID: request.RequestID, PDUType: gosnmp.GetResponse,
	}
	repeat := 1
	if request.PDUType == gosnmp.GetBulkRequest {
		repeat = int(request.MaxRepetitions)
	}
	at := make([]string, len(request.Variables))
	for i, v := range request.Variables {
		at[i] = v.Name
	}
	for range repeat {
		for i := range at {
			found := a.find(at[i], request.PDUType != gosnmp.GetRequest)
			if request.Version == gosnmp.Version1 && (found.Type == gosnmp.EndOfMibView || found.Type == gosnmp.NoSuchInstance || found.Type == gosnmp.Counter64) {
				answer.Error, answer.ErrorIndex, answer.Variables = gosnmp.NoSuchName, uint8(i+1), request.Variables
				return answer
			}
			at[i] = found.Name
			answer.Variables = append(answer.Variables, found)
		}
	}
	return answer
}

func (a *agent) find(oid string, next bool) gosnmp.SnmpPDU {
	i, same := slices.BinarySearchFunc(a.oids, numbers(oid), slices.Compare[[]int])
	switch {
	case !next && !same:
		return gosnmp.SnmpPDU{Name: oid, Type: gosnmp.NoSuchInstance}
	case next && same:
		i++
	}
	if i == len(a.mib) {
		return gosnmp.SnmpPDU{Name: oid, Type: gosnmp.EndOfMibView}
	}
	return a.mib[i]
}

func encoded(t testing.TB, packet *gosnmp.SnmpPacket) []byte {
	raw, err := packet.MarshalMsg()
	if err != nil {
		t.Errorf("test agent cannot encode its answer: %v", err)
	}
	return raw
}

// compare orders OIDs; written anew so that the collector's own order is tested against it.
func compare(a, b string) int {
	return slices.Compare(numbers(a), numbers(b))
}

func numbers(oid string) []int {
	var all []int
	for _, part := range strings.Split(strings.Trim(oid, "."), ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			panic(err)
		}
		all = append(all, n)
	}
	return all
}

func octets(oid, text string) gosnmp.SnmpPDU {
	return gosnmp.SnmpPDU{Name: oid, Type: gosnmp.OctetString, Value: []byte(text)}
}

func integer(oid string, n int) gosnmp.SnmpPDU {
	return gosnmp.SnmpPDU{Name: oid, Type: gosnmp.Integer, Value: n}
}

func gauge(oid string, n uint32) gosnmp.SnmpPDU {
	return gosnmp.SnmpPDU{Name: oid, Type: gosnmp.Gauge32, Value: n}
}

// switchMIB is a switch with a number of ports.
func switchMIB(ports int) []gosnmp.SnmpPDU {
	mib := []gosnmp.SnmpPDU{
		octets(".1.3.6.1.2.1.1.1.0", "Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), Version 15.2(7)E4, RELEASE SOFTWARE (fc2)"),
		{Name: ".1.3.6.1.2.1.1.2.0", Type: gosnmp.ObjectIdentifier, Value: ".1.3.6.1.4.1.9.1.1208"},
		{Name: ".1.3.6.1.2.1.1.3.0", Type: gosnmp.TimeTicks, Value: uint32(123456)},
		octets(".1.3.6.1.2.1.1.5.0", "sw-test"),
		// The table that follows the interfaces, so that their end is not the end of the device.
		integer(".1.3.6.1.2.1.4.1.0", 2),
	}
	for i := 1; i <= ports; i++ {
		row := func(table string, column int) string { return fmt.Sprintf(".1.3.6.1.2.1.%s.%d.%d", table, column, i) }
		mib = append(mib,
			integer(row("2.2.1", 1), i), octets(row("2.2.1", 2), fmt.Sprintf("GigabitEthernet1/0/%d", i)),
			integer(row("2.2.1", 3), 6), integer(row("2.2.1", 4), 1500), gauge(row("2.2.1", 5), 1_000_000_000),
			octets(row("2.2.1", 6), string([]byte{0, 0x1b, 0x54, 0, byte(i >> 8), byte(i)})),
			integer(row("2.2.1", 7), 1), integer(row("2.2.1", 8), 1+i%2),
			octets(row("31.1.1.1", 1), fmt.Sprintf("Gi1/0/%d", i)),
			gosnmp.SnmpPDU{Name: row("31.1.1.1", 6), Type: gosnmp.Counter64, Value: uint64(1000 * i)},
			gosnmp.SnmpPDU{Name: row("31.1.1.1", 10), Type: gosnmp.Counter64, Value: uint64(2000 * i)},
			gauge(row("31.1.1.1", 15), 1000), octets(row("31.1.1.1", 18), fmt.Sprintf("room %d", i)),
		)
	}
	return mib
}
