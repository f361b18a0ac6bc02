package nis2_test

import (
	"testing"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

// country is 98 municipalities with 25,000 assets, systems, contracts, flows, answers and imported facts.
func country(b *testing.B) (*nis2.Catalogue, nis2.Input) {
	b.Helper()
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
	s := e.build()
	return cat, nis2.Input{Snapshot: s, AsOf: today, Answers: nis2.DemoAnswers(cat, codes, 1, today), Facts: crowdFacts(b, s)}
}

// BenchmarkAssess is the country: 98 municipalities and 80 controls.
func BenchmarkAssess(b *testing.B) {
	cat, in := country(b)
	b.ReportMetric(float64(len(in.Snapshot.Assets)), "assets")
	for b.Loop() {
		if _, err := nis2.Assess(cat, in); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAssessOne is one municipality of the country after one of its assets has changed.
func BenchmarkAssessOne(b *testing.B) {
	cat, in := country(b)
	i := 0
	for b.Loop() {
		a := &in.Snapshot.Assets[i%len(in.Snapshot.Assets)]
		a.Criticality = (a.Criticality + 1) % 5
		if _, err := nis2.AssessOne(cat, in, a.Municipality); err != nil {
			b.Fatal(err)
		}
		i += 7
	}
}

// BenchmarkParseFacts reads 25,000 rows of a patch system.
func BenchmarkParseFacts(b *testing.B) {
	text := "asset_id,missing_updates,oldest_missing_days,severity,reported_at\n"
	for i := range 25_000 {
		text += "srv" + itoa(i) + ",1,20,critical,20-11-2026\n"
	}
	b.ReportMetric(25_000, "rows")
	for b.Loop() {
		if _, err := nis2.ParseFacts("901", "patch_system", "csv", today, []byte(text)); err != nil {
			b.Fatal(err)
		}
	}
}
