package responder_test

import (
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"

	"github.com/samdrift/samdrift/collectors/simulated/responder"
)

// BenchmarkAnswer asks for 50 varbinds in five columns over and over.
func BenchmarkAnswer(b *testing.B) {
	a := device()
	var rows []responder.OID
	for i := range uint32(1000) {
		rows = append(rows, responder.OID{i + 1})
	}
	ask := gosnmp.SnmpPacket{Version: gosnmp.Version2c, Community: "two", PDUType: gosnmp.GetBulkRequest, RequestID: 7, MaxRepetitions: 10}
	for column := range uint32(5) {
		oid := responder.MustOID("1.3.6.1.2.1.47.1.1.1.1").With(column + 2)
		a.View.Column(oid, rows, func(row int, _ time.Time) responder.Value { return responder.Text("Gigabit Ethernet") })
		ask.Variables = append(ask.Variables, gosnmp.SnmpPDU{Name: "." + oid.With(500).String(), Type: gosnmp.Null})
	}
	if err := a.Validate(); err != nil {
		b.Fatal(err)
	}
	packet, err := ask.MarshalMsg()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if answer := a.Answer(packet, started); len(answer) < 1000 {
			b.Fatalf("answer of %d bytes", len(answer))
		}
	}
	b.ReportMetric(float64(b.N)*50/b.Elapsed().Seconds(), "varbinds/s")
}
