package snmp

import (
	"io"
	"log/slog"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/gosnmp/gosnmp"

	"github.com/samdrift/samdrift/collectors/collectortest"
	"github.com/samdrift/samdrift/inventory"
)

// A bug in one table's reader shows as a failed device and ends nothing else.
func TestPanicIsAFailedDevice(t *testing.T) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buffer := make([]byte, 4096)
		for {
			n, from, err := conn.ReadFrom(buffer)
			if err != nil {
				return
			}
			request, err := (&gosnmp.GoSNMP{}).SnmpDecodePacket(slices.Clone(buffer[:n]))
			if err != nil {
				continue
			}
			answer := &gosnmp.SnmpPacket{Version: request.Version, Community: request.Community, RequestID: request.RequestID, PDUType: gosnmp.GetResponse}
			for _, v := range request.Variables {
				answer.Variables = append(answer.Variables, gosnmp.SnmpPDU{Name: v.Name, Type: gosnmp.EndOfMibView})
			}
			if raw, err := answer.MarshalMsg(); err == nil {
				_, _ = conn.WriteTo(raw, from)
			}
		}
	}()
	defer func() {
		_ = conn.Close()
		<-done
	}()
	defer func(whole []table) { tables = whole }(tables)
	tables = []table{{"broken", func(*session, *look) inventory.TableStatus { panic("index out of range") }, inventoryOnly}}

	c := DefaultConfig()
	c.Targets = []Target{{Address: conn.LocalAddr().String(), Municipality: "461", Community: "test"}}
	collector, err := New(c, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	sink := &collectortest.Recorder{}
	if err := collector.Collect(t.Context(), sink); err != nil {
		t.Fatal(err)
	}
	seen := sink.Observations()
	if len(seen) != 1 || seen[0].Status != inventory.StatusFailed || !strings.Contains(seen[0].Error, "index out of range") {
		t.Errorf("got %+v, want one failed device that tells the panic", seen)
	}
}
