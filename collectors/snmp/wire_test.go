package snmp

import (
	"net"
	"slices"
	"testing"

	"github.com/gosnmp/gosnmp"
)

// A report that comes late, since the request it answers was sent again, does not stand in the way of
// the next answer; one that tells of wrong credentials does get through.
func TestLateReportsOfTheEngine(t *testing.T) {
	device, own := net.Pipe()
	defer func() { _ = device.Close() }()
	w := newWire(t.Context(), own)
	defer func() { _ = w.Close() }()
	report := func(number byte) []byte { return append(slices.Concat([]byte("..."), usmStats), number, 0) }
	sent := [][]byte{report(usmUnknownEngine), report(usmUnknownEngine), report(usmUnknownEngine), []byte("answer"), report(usmWrongDigest)}
	go func() {
		for _, packet := range sent {
			if _, err := device.Write(packet); err != nil {
				return
			}
		}
	}()
	for _, want := range [][]byte{sent[0], sent[3], sent[4]} {
		buffer := make([]byte, 100)
		n, err := w.Read(buffer)
		if err != nil || !slices.Equal(buffer[:n], want) {
			t.Errorf("read %q, %v, want %q", buffer[:n], err, want)
		}
	}
	if w.report != usmWrongDigest {
		t.Errorf("the last report is noted as %d", w.report)
	}
}

// Further sessions with a device go on with the engine that the first one met.
func TestAnotherSessionKnowsTheEngine(t *testing.T) {
	config := DefaultConfig()
	target := Target{Address: "127.0.0.1:9", Credentials: Credentials{User: "anna", AuthPassword: "auth-password", PrivPassword: "priv-password"}}
	first, err := dial(t.Context(), config, target)
	if err != nil {
		t.Fatal(err)
	}
	defer first.close()
	first.client.SecurityParameters.(*gosnmp.UsmSecurityParameters).AuthoritativeEngineID = "engine"
	second, err := first.another()
	if err != nil {
		t.Fatal(err)
	}
	defer second.close()
	if first.wire.engineKnown || !second.wire.engineKnown || second.engineID() != first.engineID() || second.health != first.health {
		t.Errorf("engine %q after %q", second.engineID(), first.engineID())
	}
}
