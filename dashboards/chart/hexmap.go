package chart

import (
	_ "embed" // the cells
	"encoding/csv"
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
	"sync"
)

//go:embed hexmap.csv
var hexmapCSV string

// Cell is a municipality's place on the map of hexagons. Rows go south; every other row is moved
// half a cell east.
type Cell struct {
	Code        string
	Column, Row int
	Label       string // three to five letters
}

// Cells gives the place of each of the 98 municipalities, by code. Places were laid out by hand from
// the seats' coordinates: neighbours stay neighbours where they can, and the belts stay open.
func Cells() []Cell { return cells() }

var cells = sync.OnceValue(func() []Cell {
	rows, err := csv.NewReader(strings.NewReader(hexmapCSV)).ReadAll()
	if err != nil {
		panic("embedded hexmap.csv: " + err.Error()) // a test reads it: this cannot reach a user
	}
	var all []Cell
	for _, row := range rows[1:] {
		column, err1 := strconv.Atoi(row[1])
		line, err2 := strconv.Atoi(row[2])
		if err1 != nil || err2 != nil {
			panic("embedded hexmap.csv: row " + row[0])
		}
		all = append(all, Cell{row[0], column, line, row[3]})
	}
	return all
})

// Hex is what is shown about one municipality.
type Hex struct {
	Name  string // in full
	Value string // one short line under the label
	Words string // what colour and value mean, for tooltip and screen readers
	Class string // colour: state-dialogue ... state-closed, host; empty: no member
	Href  string // empty: no link
}

const hexSize = 26.0 // from centre to corner

// HexMap draws Denmark with one hexagon per municipality, by code. Municipalities without a Hex are
// drawn faintly with their label. A map with links must stand beside a table that has them too: it
// is hidden from screen readers and passed over by the keyboard.
func HexMap(title string, hexes map[string]Hex) template.HTML {
	var d drawing
	step := hexSize * math.Sqrt(3)
	width, height := 0.0, 0.0
	linked := false
	for _, cell := range Cells() {
		x := (float64(cell.Column)+0.5*float64(cell.Row&1)+0.5)*step + 2
		y := float64(cell.Row)*hexSize*1.5 + hexSize + 2
		width, height = max(width, x+step/2+2), max(height, y+hexSize+2)
		h, known := hexes[cell.Code]
		class := "hex out"
		if known && h.Class != "" {
			class = "hex " + h.Class
		}
		if h.Href != "" {
			linked = true
			d.add(`<a href="%v" tabindex="-1">`, h.Href)
		}
		d.add(`<g class="%v"><title>%v</title><polygon points="%v"/>`, class, strings.TrimSpace(h.Name+": "+h.Words), corners(x, y))
		if h.Value == "" {
			d.add(`<text x="%v" y="%v">%v</text></g>`, x, y+4, cell.Label)
		} else {
			d.add(`<text x="%v" y="%v">%v</text><text class="value" x="%v" y="%v">%v</text></g>`, x, y, cell.Label, x, y+12, h.Value)
		}
		if h.Href != "" {
			d.add(`</a>`)
		}
	}
	if !linked {
		return d.image("hexmap", title, width, height)
	}
	// A map of links is for the pointer. By keyboard or ear it would be 98 stops on the way; the
	// caller's table has the same links and says more.
	var b drawing
	b.add(`<svg class="chart hexmap" viewBox="0 0 %v %v" aria-hidden="true" focusable="false">`, width, height)
	return template.HTML(b.String() + d.String() + "</svg>") // add escaped every text
}

// corners gives the six corners of a hexagon that stands on a corner.
func corners(x, y float64) string {
	const shrink = hexSize - 1.2 // leaves a thin gap
	var points []string
	for i := range 6 {
		a := math.Pi/6 + float64(i)*math.Pi/3
		points = append(points, fmt.Sprintf("%s,%s", short(x+shrink*math.Cos(a)), short(y+shrink*math.Sin(a))))
	}
	return strings.Join(points, " ")
}
