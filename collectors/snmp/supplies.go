package snmp

import (
	"strings"

	"github.com/samdrift/samdrift/inventory"
)

// Columns of prtMarkerSuppliesTable (Printer-MIB, RFC 3805): toner, ink, drums, waste containers.
const (
	supplyName = iota
	supplyCapacity
	supplyLevel
)

var supplyColumns = []string{
	supplyName:     ".1.3.6.1.2.1.43.11.1.1.6",
	supplyCapacity: ".1.3.6.1.2.1.43.11.1.1.8",
	supplyLevel:    ".1.3.6.1.2.1.43.11.1.1.9",
}

// trayColumns are the same three of prtInputTable: paper.
var trayColumns = []string{
	supplyName:     ".1.3.6.1.2.1.43.8.2.1.13",
	supplyCapacity: ".1.3.6.1.2.1.43.8.2.1.9",
	supplyLevel:    ".1.3.6.1.2.1.43.8.2.1.10",
}

// ricohColumns are Ricoh's own names and levels in percent, for those of its printers that leave the
// standard table without levels.
var ricohColumns = []string{
	supplyName:  ".1.3.6.1.4.1.367.3.2.1.2.24.1.1.3",
	supplyLevel: ".1.3.6.1.4.1.367.3.2.1.2.24.1.1.5",
}

// Levels that are no amounts. RFC 3805: other and unknown are not known; someLeft means that at least
// a sheet or a gram is there, which all printer tools show as half. Ricoh says nearlyOut.
const (
	supplyOther    = -1
	supplyUnknown  = -2
	supplySomeLeft = -3
	supplyOut      = -100
	someLeft       = 50.0
)

// readSupplies reads what a printer has left. Where a capacity is not told, the level is a percentage.
func readSupplies(s *session, l *look) inventory.TableStatus {
	roots := []string{".1.3.6.1.2.1.43.11.1.1", ".1.3.6.1.2.1.43.8.2.1"}
	there, whole := s.probe(roots)
	grids := []*grid{whole}
	for i, columns := range [][]string{supplyColumns, trayColumns} {
		if !there[roots[i]] {
			continue
		}
		g := s.walk(columns...)
		grids = append(grids, g)
		for _, index := range g.indexes() {
			level, ok := number(g.cells[supplyLevel][index])
			name := g.text(supplyName, index)
			if !ok {
				continue
			}
			name, _, _ = strings.Cut(name, ", PN") // some add their part and serial numbers
			l.supply(strings.TrimSpace(name), level, g.number(supplyCapacity, index))
		}
	}
	if there[roots[0]] && len(l.asset.Supplies) == 0 && beneath(strings.TrimPrefix(l.asset.Management.SysObjectID, "."), []string{"1.3.6.1.4.1.367"}) {
		g := s.walk(ricohColumns[supplyName], ricohColumns[supplyName], ricohColumns[supplyLevel])
		grids = append(grids, g)
		for _, index := range g.indexes() {
			if level, ok := number(g.cells[supplyLevel][index]); ok {
				l.supply(g.text(supplyName, index), level, 100)
			}
		}
	}
	result := status(grids...)
	result.Rows = len(l.asset.Supplies)
	return result
}

// supply adds one supply, with its level as a percentage of its capacity when both are known.
func (l *look) supply(name string, level, capacity int64) {
	if name == "" {
		return
	}
	supply := inventory.Supply{Name: name, LevelPercent: levelPercent(level, capacity)}
	l.asset.Supplies = append(l.asset.Supplies, supply)
	if supply.LevelPercent != nil {
		l.measure("samdrift_supply_level_percent", map[string]string{"name": name}, *supply.LevelPercent)
	}
}

func levelPercent(level, capacity int64) *float64 {
	percent := 0.0
	switch {
	case level == supplySomeLeft:
		percent = someLeft
	case level == supplyOut:
	case level < 0:
		return nil
	case capacity <= 0:
		percent = float64(level)
	default:
		percent = 100 * float64(level) / float64(capacity)
	}
	if percent > 100 {
		// More than full: the two numbers do not belong together.
		return nil
	}
	return &percent
}
