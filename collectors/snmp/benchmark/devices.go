package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/samdrift/samdrift/collectors/simulated/responder"
)

const (
	community    = "benchmark"
	user         = "benchmark"
	authPassword = "authentication-password"
	privPassword = "privacy-password"
)

// network is the range that the devices lie in.
var network = netip.MustParsePrefix("127.71.0.0/16")

// address gives the place of a device, scattered over the range.
func address(i int) netip.Addr {
	n := uint16(i*24989 + 7) // odd steps reach each of 65,536 once
	return netip.AddrFrom4([4]byte{127, 71, byte(n >> 8), byte(n)})
}

// ports gives the size of a device: most are access switches, some stacks, a few large ones.
func ports(i int) int {
	switch {
	case i%100 == 50:
		return 800
	case i%10 == 3:
		return 104
	case i%4 == 1:
		return 52
	}
	return 26
}

// serve answers for the devices until ctx ends. It writes the port to stdout when all are there.
func serve(ctx context.Context, s settings) error {
	latency, err := time.ParseDuration(s.server)
	if err != nil {
		return err
	}
	// The rest of the range swallows what it gets, as empty addresses do.
	listen := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		var failed error
		err := c.Control(func(fd uintptr) { failed = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1) })
		return errors.Join(err, failed)
	}}
	rest, err := listen.ListenPacket(ctx, "udp4", "0.0.0.0:0")
	if err != nil {
		return err
	}
	defer func() { _ = rest.Close() }()
	port := rest.LocalAddr().(*net.UDPAddr).Port
	var group errgroup.Group
	views := map[int]*responder.View{}
	for i := range s.devices {
		conn, err := listen.ListenPacket(ctx, "udp4", fmt.Sprintf("%v:%d", address(i), port))
		if err != nil {
			return err
		}
		n := ports(i)
		if views[n] == nil {
			views[n] = device(n)
			if err := views[n].Seal(); err != nil {
				return err
			}
		}
		agent := &responder.Agent{
			View: views[n], V2c: community, EngineID: fmt.Appendf(nil, "\x80\x00\x1f\x88\x04bench%d", i), Started: time.Now(),
			Users:  []responder.User{{Name: user, Auth: "sha256", AuthPassword: authPassword, Priv: "aes256", PrivPassword: privPassword}},
			Faults: responder.Faults{Latency: latency},
		}
		group.Go(func() error { return responder.Serve(ctx, conn, agent, time.Now) })
	}
	fmt.Println(port)
	return group.Wait()
}

// device is a switch with what a real one tells: two interface tables in full, physical parts,
// neighbours, stations, addresses.
func device(ports int) *responder.View {
	v := &responder.View{}
	scalar := func(oid string, value responder.Value) {
		v.Scalar(responder.MustOID(oid), func(time.Time) responder.Value { return value })
	}
	scalar("1.3.6.1.2.1.1.1", responder.Text("HP J9729A 2920-48G-POE+ Switch, revision WB.16.10.0012, ROM WB.16.03 (/ws/swbuildm/rel/code)"))
	scalar("1.3.6.1.2.1.1.2", responder.Object(responder.MustOID("1.3.6.1.4.1.11.2.3.7.11.152")))
	scalar("1.3.6.1.2.1.1.3", responder.Ticks(100*time.Hour))
	scalar("1.3.6.1.2.1.1.5", responder.Text("sw-raadhus"))
	scalar("1.3.6.1.2.1.2.1", responder.Integer(int64(ports)))

	rows := make([]responder.OID, ports)
	for i := range rows {
		rows[i] = responder.OID{uint32(i + 1)}
	}
	column := func(table string, number uint32, rows []responder.OID, get func(row int) responder.Value) {
		v.Column(responder.MustOID(table).With(number), rows, func(row int, _ time.Time) responder.Value { return get(row) })
	}
	name := func(row int) responder.Value { return responder.Text(fmt.Sprintf("1/%d", row+1)) }
	mac := func(row int) responder.Value {
		return responder.Octets([]byte{0x38, 0x21, 0xc7, 0, byte(row >> 8), byte(row)})
	}
	const ifTable, ifXTable = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"
	column(ifTable, 1, rows, func(row int) responder.Value { return responder.Integer(int64(row + 1)) })
	column(ifTable, 2, rows, name)
	column(ifTable, 3, rows, func(int) responder.Value { return responder.Integer(6) })
	column(ifTable, 4, rows, func(int) responder.Value { return responder.Integer(1500) })
	column(ifTable, 5, rows, func(int) responder.Value { return responder.Gauge32(1_000_000_000) })
	column(ifTable, 6, rows, mac)
	column(ifTable, 7, rows, func(int) responder.Value { return responder.Integer(1) })
	column(ifTable, 8, rows, func(row int) responder.Value { return responder.Integer(int64(1 + row%2)) })
	column(ifTable, 9, rows, func(int) responder.Value { return responder.Ticks(time.Hour) })
	for _, n := range []uint32{10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20} {
		column(ifTable, n, rows, func(row int) responder.Value { return responder.Counter32(uint64(row) * 1_234_567) })
	}
	column(ifXTable, 1, rows, name)
	for n := uint32(2); n <= 5; n++ {
		column(ifXTable, n, rows, func(row int) responder.Value { return responder.Counter32(uint64(row) * 777) })
	}
	for n := uint32(6); n <= 13; n++ {
		column(ifXTable, n, rows, func(row int) responder.Value { return responder.Counter64(uint64(row) * 123_456_789_012) })
	}
	column(ifXTable, 15, rows, func(int) responder.Value { return responder.Gauge32(1000) })
	column(ifXTable, 18, rows, func(row int) responder.Value { return responder.Text(fmt.Sprintf("room %d", row)) })

	const entity = "1.3.6.1.2.1.47.1.1.1.1"
	for _, n := range []uint32{2, 7, 8, 9, 10, 11, 12, 13} {
		column(entity, n, rows, func(row int) responder.Value { return responder.Text(fmt.Sprintf("part %d of %d", n, row)) })
	}
	column(entity, 4, rows, func(row int) responder.Value { return responder.Integer(int64(min(1, row))) })
	column(entity, 5, rows, func(row int) responder.Value {
		return responder.Integer(int64(map[bool]int{true: 3, false: 10}[row == 0]))
	})
	column("1.3.6.1.2.1.17.1.4.1", 2, rows, func(row int) responder.Value { return responder.Integer(int64(row + 1)) })

	const lldp = "1.0.8802.1.1.2.1.4.1.1"
	neighbours := make([]responder.OID, min(4, ports))
	for i := range neighbours {
		neighbours[i] = responder.OID{0, uint32(i + 1), 1}
	}
	column(lldp, 4, neighbours, func(int) responder.Value { return responder.Integer(4) })
	column(lldp, 5, neighbours, mac)
	column(lldp, 6, neighbours, func(int) responder.Value { return responder.Integer(5) })
	column(lldp, 7, neighbours, name)
	column(lldp, 9, neighbours, func(row int) responder.Value { return responder.Text(fmt.Sprintf("sw-%d", row)) })
	column(lldp, 10, neighbours, func(int) responder.Value { return responder.Text("HP 2920 Switch") })
	stations := make([]responder.OID, 2*ports)
	for i := range stations {
		stations[i] = responder.OID{1, 0, 0x1b, 0x54, 0, uint32(i >> 8), uint32(i & 255)}
	}
	column("1.3.6.1.2.1.17.7.1.2.2.1", 2, stations, func(row int) responder.Value { return responder.Integer(int64(row%ports + 1)) })
	column("1.3.6.1.2.1.17.7.1.2.2.1", 3, stations, func(int) responder.Value { return responder.Integer(3) })
	return v
}
