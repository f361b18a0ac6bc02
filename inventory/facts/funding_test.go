package facts_test

import (
	"testing"

	"github.com/samdrift/samdrift/inventory/facts"
)

func TestNationalFundingNamesYearsAndSource(t *testing.T) {
	grants := facts.NationalFunding()
	if len(grants) != 1 || grants[0].DKK != 195_000_000 || grants[0].From != 2026 || grants[0].To != 2029 {
		t.Fatalf("grants are %+v, want the 195 million DKK of 2026 to 2029", grants)
	}
	for _, g := range grants {
		if g.Source == "" || !g.AsOf.Known() || g.DA == "" || g.EN == "" {
			t.Errorf("%+v lacks its source, date or words", g)
		}
	}
	grants[0].DKK = 0
	if facts.NationalFunding()[0].DKK == 0 {
		t.Error("a caller changed the embedded facts")
	}
}
