package chart

import "html/template"

// Bar is one horizontal bar: what is used now, what is added, and the whole that may be used.
type Bar struct {
	Label  string
	Before float64
	Added  float64
	Whole  float64 // 0: not known, the bar is scaled to itself
	Words  string  // the figures in words, drawn after the bar
}

// Bars draws bars below each other, each on its own scale.
func Bars(title string, bars []Bar) template.HTML {
	const width, left, room, step = 500.0, 176.0, 124.0, 30.0
	var d drawing
	for i, b := range bars {
		y := float64(i)*step + 4
		scale := max(b.Whole, b.Before+b.Added)
		if scale <= 0 {
			scale = 1
		}
		w := func(v float64) float64 { return room * min(max(v/scale, 0), 1) }
		d.add(`<text class="row" x="2" y="%v">%v</text>`, y+15, b.Label)
		d.add(`<rect class="whole" x="%v" y="%v" width="%v" height="18"/>`, left, y, w(scale))
		d.add(`<rect class="before" x="%v" y="%v" width="%v" height="18"/>`, left, y, w(b.Before))
		d.add(`<rect class="added" x="%v" y="%v" width="%v" height="18"/>`, left+w(b.Before), y, w(b.Added))
		if b.Whole > 0 && b.Before+b.Added > b.Whole {
			d.add(`<line class="mark deadline" x1="%v" x2="%v" y1="%v" y2="%v"/>`, left+w(b.Whole), left+w(b.Whole), y-3, y+21)
		}
		d.add(`<text class="axis" x="%v" y="%v">%v</text>`, left+room+8, y+14, b.Words)
	}
	return d.image("bars", title, width, step*float64(len(bars))+6)
}
