package report

import (
	"cmp"
	"html/template"
	"strconv"

	"github.com/samdrift/samdrift/dashboards/chart"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

// The certainties of a wave, from bound to merely thought of.
const (
	decided  = "decided"
	ambition = "ambition"
	proposal = "proposal"
)

var certainties = []string{decided, ambition, proposal}

// progress is section 5: waves, what comes next, and the room in the centres.
func (b *builder) progress() Section {
	blocks := []Block{paragraph(b.lineProgress(b.servers()))}
	if len(b.Waves) > 0 {
		legend := []Key{}
		for _, c := range certainties {
			legend = append(legend, Key{c, b.l.T("certainty." + c)})
		}
		blocks = append(blocks, Block{Chart: b.gantt(), Legend: legend})
	}
	return b.section("progress", append(blocks,
		tabled(b.progressTable()),
		b.movesBlock(),
		Block{Heading: b.t("progress.baseline"), Text: b.baseline()},
		b.nextBlock(),
		b.refusalBlock(),
		b.capacityBlock(),
	)...)
}

// gantt draws the waves per municipality; a certainty has its colour, and the table its words.
func (b *builder) gantt() template.HTML {
	var rows []chart.GanttRow
	for _, m := range b.Municipalities {
		row := chart.GanttRow{Label: m.Name}
		for _, w := range b.Waves {
			if w.Municipality == m.Code {
				row.Bars = append(row.Bars, chart.GanttBar{
					From: w.Start, To: w.End, Label: strconv.Itoa(w.Number), Class: w.Certainty,
					Words: w.Name + ": " + b.days(w.Start, w.End) + ", " + b.l.T("certainty."+w.Certainty),
				})
			}
		}
		if len(row.Bars) > 0 {
			rows = append(rows, row)
		}
	}
	marks := []chart.GanttMark{{Day: b.CutOff, Label: b.t("mark.cutoff"), Class: "today"}}
	if b.Deadline.Known() {
		marks = append(marks, chart.GanttMark{Day: b.Deadline, Label: b.t("mark.deadline", "date", b.l.Date(b.Deadline)), Class: "deadline"})
	}
	return chart.Gantt(rows, chart.GanttOptions{Title: b.t("progress.chart"), Marks: marks, Months: b.l.Month})
}

// baseline compares the plan's end with that of the last report.
func (b *builder) baseline() string {
	p := b.Previous
	if p == nil || !p.LastWaveEnd.Known() || !b.LastWaveEnd.Known() {
		return b.t("progress.nobaseline")
	}
	return b.t("news.end", "was", b.l.Date(p.LastWaveEnd), "now", b.l.Date(b.LastWaveEnd), "change", b.shift(p.LastWaveEnd, b.LastWaveEnd))
}

// progressTable says in figures what the chart draws.
func (b *builder) progressTable() Table {
	t := Table{Caption: b.t("progress.caption"), Head: b.columns("municipality", "window", "#servers", "#moved", "#waves", "first", "last", "#unplaced")}
	var sum [4]int
	for _, m := range b.Municipalities {
		waves, first := 0, inventory.Date(0)
		for _, w := range b.Waves {
			if w.Municipality != m.Code {
				continue
			}
			waves++
			if !first.Known() || w.Start < first {
				first = w.Start
			}
		}
		last := b.l.Date(m.LastWaveEnd)
		begin := b.l.Date(first)
		if waves == 0 {
			begin, last = "–", "–"
		}
		t.Rows = append(t.Rows, []Cell{
			text(m.Name), text(b.l.Period(m.Window)), number(b.int(m.Servers)), number(b.int(m.ServersMoved)), number(b.int(waves)),
			text(begin), text(last), number(b.int(m.Unplaced)),
		})
		for i, n := range []int{m.Servers, m.ServersMoved, waves, m.Unplaced} {
			sum[i] += n
		}
	}
	t.Foot = []Cell{
		text(b.t("total")), text(""), number(b.int(sum[0])), number(b.int(sum[1])), number(b.int(sum[2])),
		text(""), text(b.endOr()), number(b.int(sum[3])),
	}
	return t
}

// movesBlock tells how far the waves are that have begun, as it follows from their recorded moves.
func (b *builder) movesBlock() Block {
	heading := b.t("progress.moves")
	if len(b.Progress) == 0 {
		return Block{Heading: heading, Text: b.t("progress.nomoves")}
	}
	names := map[string]string{}
	for _, w := range b.Waves {
		names[w.ID] = w.Name
	}
	t := Table{Caption: b.t("progress.movescaption"), Head: b.columns("wave", "wavestate", "#servers", "#verified", "#final", "firstverified", "lastverified")}
	for _, w := range b.Progress {
		t.Rows = append(t.Rows, []Cell{
			text(cmp.Or(w.Name, names[w.Wave], w.Wave)), text(b.l.WaveState(w)), number(b.int(w.Servers)), number(b.int(w.Verified)), number(b.int(w.Final)),
			text(b.day(w.FirstVerified)), text(b.day(w.LastVerified)),
		})
	}
	return Block{Heading: heading, Text: b.t("progress.movesnote"), Table: &t}
}

func (b *builder) endOr() string { return b.day(b.LastWaveEnd) }

// day writes a day that may not have come.
func (b *builder) day(d inventory.Date) string {
	if !d.Known() {
		return "–"
	}
	return b.l.Date(d)
}

func (b *builder) int(n int) string { return b.l.Int(int64(n)) }

// nextBlock lists the waves of the next months.
func (b *builder) nextBlock() Block {
	heading := b.t("progress.next")
	waves := b.next()
	if len(waves) == 0 {
		return Block{Heading: heading, Text: b.t("line.nonext")}
	}
	t := Table{Caption: b.t("progress.nextcaption"), Head: b.columns("wave", "centre", "#servers", "start", "end", "certainty", "#cost")}
	for _, w := range waves {
		t.Rows = append(t.Rows, []Cell{
			text(w.Name), text(b.name(w.Centre)), number(b.int(w.Servers)), text(b.l.Date(w.Start)), text(b.l.Date(w.End)),
			text(b.l.T("certainty." + w.Certainty)), number(b.l.Money(w.Cost.Likely)),
		})
	}
	return Block{Heading: heading, Table: &t}
}

// refusalBlock tells what has no date, and the first rule that stood in the way.
func (b *builder) refusalBlock() Block {
	heading := b.t("progress.refusals")
	if len(b.Refusals) == 0 {
		return Block{Heading: heading, Text: b.t("progress.norefusals")}
	}
	t := Table{Caption: b.t("progress.refusalcaption"), Head: b.columns("municipality", "why", "#count")}
	for _, r := range b.Refusals {
		t.Rows = append(t.Rows, []Cell{text(b.name(r.Municipality)), text(b.rule(r.Reason.Rule)), number(b.int(r.Count))})
	}
	return Block{Heading: heading, Table: &t}
}

// rule names the rule that left something without a date. The facts carry no parameters of it: they
// might name servers.
func (b *builder) rule(rule string) string {
	if b.l.Has("report.rule." + rule) {
		return b.t("rule." + rule)
	}
	return b.t("rule.other", "rule", rule)
}

// capacityBlock shows the room in the centres before and after the plan.
func (b *builder) capacityBlock() Block {
	heading := b.t("progress.capacity")
	if len(b.Capacity) == 0 {
		return Block{Heading: heading, Missing: b.missing("capacity").Missing}
	}
	t := Table{Caption: b.t("progress.capacitycaption"), Head: b.columns("centre", "resource", "#before", "#after", "#room", "#used")}
	for _, load := range b.Capacity {
		for _, r := range resources(load) {
			room, used := b.l.T("unknown"), b.l.T("unknown")
			if r.whole > 0 {
				room, used = b.l.Number(r.whole, r.decimals), b.l.Percent0(r.after/r.whole)
			}
			t.Rows = append(t.Rows, []Cell{
				text(b.name(load.Centre)), text(b.l.T("resource." + r.key)),
				number(b.l.Number(r.before, r.decimals)), number(b.l.Number(r.after, r.decimals)), number(room), number(used),
			})
		}
	}
	return Block{Heading: heading, Table: &t}
}

// resource is one figure of a centre's capacity.
type resource struct {
	key                  string
	decimals             int
	before, after, whole float64
}

func resources(l planner.CentreLoad) []resource {
	return []resource{
		{"vcpus", 0, float64(l.Before.VCPUs), float64(l.After.VCPUs), float64(l.Capacity.VCPUs)},
		{"memory_gb", 0, float64(l.Before.MemoryGB), float64(l.After.MemoryGB), float64(l.Capacity.MemoryGB)},
		{"storage_gb", 0, float64(l.Before.StorageGB), float64(l.After.StorageGB), float64(l.Capacity.StorageGB)},
		{"users", 0, float64(l.Before.Users), float64(l.After.Users), float64(l.Capacity.Users)},
		{"power_kw", 1, l.Before.PowerKW.Float(), l.After.PowerKW.Float(), l.Capacity.PowerKW.Float()},
		{"staff_fte", 1, l.Before.StaffFTE.Float(), l.After.StaffFTE.Float(), l.Capacity.StaffFTE.Float()},
	}
}
