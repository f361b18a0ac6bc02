package probe_test

import (
	"context"
	"encoding/binary"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/samdrift/samdrift/terraform/look"
	"github.com/samdrift/samdrift/terraform/look/probe"
)

// listen gives a port that takes connections until the test ends.
func listen(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l.Addr().(*net.TCPAddr).Port
}

// closed gives a port that was free a moment ago.
func closed(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

// nameServer answers A and PTR questions from the records, "silent." not at all, and the rest with
// NXDOMAIN. It gives its address.
func nameServer(t *testing.T, records map[string]string) string {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() { _ = conn.Close(); <-done })
	go func() {
		defer close(done)
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			if reply := respond(buf[:n], records); reply != nil {
				_, _ = conn.WriteTo(reply, from) // a lost answer fails the test by itself
			}
		}
	}()
	return conn.LocalAddr().String()
}

// respond answers the one question of a query (RFC 1035, 4.1).
func respond(query []byte, records map[string]string) []byte {
	var labels []string
	i := 12
	for ; query[i] != 0; i += int(query[i]) + 1 {
		labels = append(labels, string(query[i+1:i+1+int(query[i])]))
	}
	question, kind := query[12:i+5], binary.BigEndian.Uint16(query[i+1:])
	name := strings.ToLower(strings.Join(labels, "."))
	if name == "silent.example.dk" {
		return nil
	}
	value, known := records[name]
	reply := append([]byte{query[0], query[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, question...)
	if !known {
		reply[3] |= 3 // no such name
		return reply
	}
	var data []byte
	switch kind {
	case 1: // A
		data = netip.MustParseAddr(value).AsSlice()
	case 12: // PTR
		for _, label := range strings.Split(value, ".") {
			data = append(append(data, byte(len(label))), label...)
		}
		data = append(data, 0)
	default:
		return reply // the name has no record of this kind
	}
	reply[7] = 1
	reply = append(reply, 0xc0, 12, byte(kind>>8), byte(kind), 0, 1, 0, 0, 0, 60, 0, byte(len(data)))
	return append(reply, data...)
}

func TestAsk(t *testing.T) {
	open, shut := listen(t), closed(t)
	p := probe.Prober{Timeout: 500 * time.Millisecond, Parallel: 3, DNS: nameServer(t, map[string]string{
		"esdh.example.dk": "10.1.2.3", "3.2.1.10.in-addr.arpa": "esdh.example.dk",
	})}
	port := func(n int) look.Question { return look.Question{Kind: look.Port, Address: "127.0.0.1", Port: n} }
	questions := []look.Question{
		port(open), port(shut),
		{Kind: look.Silent, Address: "127.0.0.1", Port: open},
		{Kind: look.Name, Name: "esdh.example.dk"}, {Kind: look.Name, Name: "gone.example.dk"}, {Kind: look.Name, Name: "silent.example.dk"},
		{Kind: look.Reverse, Address: "10.1.2.3"}, {Kind: look.Reverse, Address: "10.1.2.4"},
		{Kind: look.Port, Address: "not an address", Port: 1},
	}
	want := []look.Answer{
		{State: look.Yes}, {State: look.No}, {State: look.Yes},
		{State: look.Yes, Values: []string{"10.1.2.3"}}, {State: look.No}, {State: look.Failed},
		{State: look.Yes, Values: []string{"esdh.example.dk."}}, {State: look.No},
		{State: look.Failed},
	}
	for i := range want {
		want[i].Question = questions[i]
	}
	got := p.Ask(t.Context(), questions)
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(look.Answer{}, "Detail")); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
	for _, a := range got {
		if a.State != look.Yes && a.Detail == "" {
			t.Errorf("%+v does not say why", a)
		}
	}
}

// A run that is cut off has learned nothing: silence must not come of it.
func TestAskCutOff(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, a := range (probe.Prober{}).Ask(ctx, []look.Question{{Kind: look.Silent, Address: "127.0.0.1", Port: closed(t)}, {Kind: look.Name, Name: "esdh.example.dk"}}) {
		if a.State != look.Failed {
			t.Errorf("%+v, want failed", a)
		}
	}
}
