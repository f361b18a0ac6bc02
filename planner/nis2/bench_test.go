package nis2_test

import (
	"testing"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

// BenchmarkAssess is the country: 98 municipalities, 80 controls, 25,000 assets, with systems,
// contracts, flows and answers.
func BenchmarkAssess(b *testing.B) {
	codes := make([]string, 98)
	for i := range codes {
		codes[i] = itoa(101 + i)
	}
	e := newEstate(codes...)
	for i, code := range codes {
		e.fleet(180, servers{unknownOS: 5, oldOS: 3, noBackup: 4, oldBackup: 2}.vm(code))
		e.fleet(76, switches(code, i%7, i%5))
		for j := range 300 {
			e.system(inventory.System{ID: code + "-s" + itoa(j), Municipality: code, Supplier: "Leverandør " + itoa(j%40),
				Criticality: inventory.Criticality(j % 5), RTOHours: 8, RPOHours: 24, ReviewedAt: today, Assets: []string{code + "-vm-1" + itoa(10+j%80)}})
			e.contract(inventory.Contract{ID: code + "-c" + itoa(j), Municipality: code, Supplier: "Leverandør " + itoa(j%40), Importance: j % 5, Until: today})
		}
		for j := range 500 {
			e.Flows = append(e.Flows, inventory.Flow{Municipality: code, FromIP: "10.0.0." + itoa(j%200), ToIP: "10.0.1." + itoa(j/200), Protocol: "tcp", Port: 443, To: code + "-vm-110"})
		}
	}
	cat := load(b)
	in := nis2.Input{Snapshot: e.build(), AsOf: today, Answers: nis2.DemoAnswers(cat, codes, 1, today)}
	b.ReportMetric(float64(len(in.Snapshot.Assets)), "assets")
	for b.Loop() {
		if _, err := nis2.Assess(cat, in); err != nil {
			b.Fatal(err)
		}
	}
}
