package simulated

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/samdrift/samdrift/collectors/simulated/responder"
	"github.com/samdrift/samdrift/collectors/snmp"
)

// Network is the estate's devices while they answer on loopback.
type Network struct {
	targets []snmp.Target
	group   *errgroup.Group
}

// Targets tells the SNMP collector where the devices are and what it was given to ask them with.
// For one of them that is wrong, as it is in real life.
func (n *Network) Targets() []snmp.Target { return append([]snmp.Target(nil), n.targets...) }

// Config is how the SNMP collector should look at the devices: with the settings of a real network,
// but not as patient, since no answer is lost on loopback and those that are down stay down.
func (n *Network) Config() snmp.Config {
	c := snmp.DefaultConfig()
	c.Targets, c.Timeout, c.Retries = n.Targets(), 500*time.Millisecond, 1
	return c
}

// Wait waits until every device has stopped, which they do when the context of Serve ends. It tells
// of the first that stopped for another reason.
func (n *Network) Wait() error { return n.group.Wait() }

// Serve lets every device answer SNMP over UDP until ctx ends: each on an address of its own in
// 127.0.0.0/8 where the system has those (Linux has), else on a port of its own on 127.0.0.1. An
// occupied address or port is passed over, not an error.
func (e *Estate) Serve(ctx context.Context) (*Network, error) {
	group, ctx := errgroup.WithContext(ctx)
	n := &Network{group: group}
	port := e.config.Port
	var sockets []net.PacketConn
	for _, m := range e.members {
		for i, v := range m.devices {
			conn, err := listen(netip.AddrFrom4([4]byte{127, byte(10 + m.index), byte(i / 250), byte(1 + i%250)}), port)
			if err != nil {
				for _, s := range sockets {
					_ = s.Close()
				}
				return nil, fmt.Errorf("device %s of the demo: no UDP socket on loopback: %w; raise the limit of open files (ulimit -n) if it is too low", v.name, err)
			}
			sockets = append(sockets, conn)
			if port == 0 {
				port = conn.LocalAddr().(*net.UDPAddr).Port
			}
			n.targets = append(n.targets, v.target(conn.LocalAddr().String()))
		}
	}
	i := 0
	for _, m := range e.members {
		for _, v := range m.devices {
			conn, agent := sockets[i], e.responder(v)
			group.Go(func() error { return responder.Serve(ctx, conn, agent, e.config.Now) })
			i++
		}
	}
	return n, nil
}

// listen opens a socket on the address and port, or as near to that as there is one free.
func listen(address netip.Addr, port int) (net.PacketConn, error) {
	var first error
	for _, a := range []string{
		net.JoinHostPort(address.String(), strconv.Itoa(port)), net.JoinHostPort(address.String(), "0"), "127.0.0.1:0",
	} {
		conn, err := net.ListenPacket("udp4", a)
		if err == nil {
			return conn, nil
		}
		if first == nil {
			first = err
		}
	}
	return nil, first
}

// user is the name of the SNMPv3 user on all devices.
const user = "samdrift"

// community is what the device's community is, factory default or the municipality's own.
func (v *device) community() string {
	if v.weak {
		return "public"
	}
	return "demo-" + v.member.Code
}

// protocols are the device's SNMPv3 protocols: the oldest firmware has the older ones.
func (v *device) protocols() (auth, priv string) {
	if v.version == 2 {
		return "sha", "aes"
	}
	return "sha256", "aes256"
}

// target is how the collector was told of the device.
func (v *device) target(address string) snmp.Target {
	t := snmp.Target{Name: v.name, Address: address, Municipality: v.member.Code, Site: v.site, Version: v.speaks}
	if v.speaks != snmp.Version3 {
		t.Community = snmp.Secret(v.community())
		return t
	}
	auth, priv := v.protocols()
	t.Credentials = snmp.Credentials{
		User: user, SecurityLevel: snmp.AuthPriv, AuthProtocol: auth, PrivProtocol: priv,
		AuthPassword: snmp.Secret("demo-auth-" + v.member.Code), PrivPassword: snmp.Secret("demo-priv-" + v.member.Code),
	}
	return t
}

// responder is the device's SNMP side, faults included.
func (e *Estate) responder(v *device) *responder.Agent {
	a := &responder.Agent{
		View: e.view(v), Boots: v.boots, Started: v.booted,
		// Net-SNMP's number, and 5 for octets that the administrator chose.
		EngineID: binary.BigEndian.AppendUint64([]byte{0x80, 0, 0x1f, 0x88, 5}, hash(v.member.Code+v.name)),
	}
	switch v.speaks {
	case snmp.Version1:
		a.V1 = v.community()
	case snmp.Version2c:
		a.V1, a.V2c = v.community(), v.community()
	default:
		auth, priv := v.protocols()
		u := responder.User{Name: user, Auth: auth, AuthPassword: "demo-auth-" + v.member.Code, Priv: priv, PrivPassword: "demo-priv-" + v.member.Code}
		if v.fault == faultRefuses {
			u.AuthPassword = "changed-last-week"
		}
		a.Users = []responder.User{u}
	}
	switch v.fault {
	case faultDown:
		a.Faults.Silent = true
	case faultSlow:
		a.Faults.Delay = slowness
	case faultLoops:
		names := responder.MustOID("1.3.6.1.2.1.47.1.1.1.1.7")
		a.Faults.LoopAfter, a.Faults.LoopTo = names.With(3), names.With(1)
	case faultStops:
		a.Faults.StopAfter = responder.MustOID("1.3.6.1.2.1.31.1.1.1.18.2")
	case faultTooBig:
		a.Faults.TooBig = 12
	}
	return a
}
