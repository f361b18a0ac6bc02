package inventory_test

import (
	"strings"
	"testing"

	"github.com/samdrift/samdrift/inventory"
)

func TestPeriods(t *testing.T) {
	for text, want := range map[string]string{
		"Q1 2026": "2026-01-01 2026-03-31", "4. kvartal 2026": "2026-10-01 2026-12-31",
		"autumn 2025": "2025-09-01 2025-11-30", "efterår 2025": "2025-09-01 2025-11-30",
		"2027": "2027-01-01 2027-12-31", "2026-02": "2026-02-01 2026-02-28", "2028-02-29": "2028-02-29 2028-02-29",
		"H2 2026": "2026-07-01 2026-12-31", "before 2025-09-01": " 2025-08-31",
	} {
		p, err := inventory.ParsePeriod(text)
		if got := p.From.String() + " " + p.To.String(); err != nil || got != want || p.Text != text {
			t.Errorf("%q is %q %v, want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"soon", "Q5 2026", "2026-13", "2026-02-30"} {
		if p, err := inventory.ParsePeriod(text); err == nil {
			t.Errorf("%q was read as %v", text, p)
		}
	}
}

func FuzzParsePeriod(f *testing.F) {
	f.Add("Q1 2026")
	f.Add("før 2025-09-01")
	f.Fuzz(func(t *testing.T, text string) {
		if p, err := inventory.ParsePeriod(text); err == nil && p.From.Known() && p.To.Known() && p.From > p.To {
			t.Errorf("%q ends before it begins: %v", text, p)
		}
	})
}

func TestAgreementHasOneCustomerAndOneHost(t *testing.T) {
	good := inventory.Agreement{ID: "479-461", Customer: "479", Host: "461", State: inventory.StateStable}
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
	for name, broken := range map[string]inventory.Agreement{
		"customer":      {ID: "x", Host: "461", State: inventory.StateStable},
		"needs no":      {ID: "x", Customer: "461", Host: "461", State: inventory.StateStable},
		"state":         {ID: "x", Customer: "479", Host: "461", State: "signed"},
		"outside 0-5":   {ID: "x", Customer: "479", Host: "461", State: inventory.StateStable, CommittedLevels: map[string]int{"21c-03": 6}},
		"agreement has": {Customer: "479", Host: "461", State: inventory.StateStable},
	} {
		if err := broken.Validate(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("want a fault about %q, got %v", name, err)
		}
	}
}

func TestBrokenSnapshotsAreRefusedWithTheirPlace(t *testing.T) {
	for text, want := range map[string]string{
		"{\n \"schema\": 1,\n \"colour\": 2}": "unknown field",
		"{\"schema\": 7}":                     "schema 7",
		"{\"schema\": 1, \"assets\": [{\"id\":\"a1\",\"kind\":\"vm\",\"municipality\":\"999\",\"name\":\"x\",\"criticality\":0}]}": "no member",
		"{\n\"schema\": ": "line 2",
	} {
		if _, err := inventory.DecodeSnapshot(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want %q, got %v", text, want, err)
		}
	}
}

func FuzzDecodeSnapshot(f *testing.F) {
	f.Add([]byte(`{"schema":1,"taken_at":"2026-11-21T00:00:00Z","demo":true,"assets":[]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := inventory.DecodeSnapshot(strings.NewReader(string(data)))
		if err == nil && s.Hash() == "" {
			t.Error("a snapshot without hash")
		}
	})
}
