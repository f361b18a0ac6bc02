package planner

import (
	"cmp"
	"maps"
	"slices"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/inventory/facts"
)

// DefaultFreezes gives the Danish municipal year between two dates as a calendar to start from: pay
// runs, holidays, school holidays and elections are strict; budget season, year-end close,
// examinations and school start are advice.
func DefaultFreezes(from, to inventory.Date) []Freeze {
	var out []Freeze
	for year := from.Time().Year() - 1; year <= to.Time().Year(); year++ {
		for _, f := range facts.Freezes(year) {
			if f.To >= from && f.From <= to {
				out = append(out, Freeze{From: f.From, To: f.To, Advisory: !f.Strict, Name: Text{DA: f.DA, EN: f.EN}})
			}
		}
	}
	return out
}

func compareTexts(a, b Text) int {
	return cmp.Or(cmp.Compare(a.EN, b.EN), cmp.Compare(a.DA, b.DA))
}

func sortedTexts[V any](m map[Text]V) []Text {
	return slices.SortedFunc(maps.Keys(m), compareTexts)
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	return slices.Sorted(maps.Keys(m))
}
