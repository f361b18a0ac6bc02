package report

import (
	"strings"

	"github.com/samdrift/samdrift/inventory"
)

// ask is something that the steering group is asked for, with what happens without it and by when.
type ask struct{ what, without, by string }

// asks follow from the facts alone; people settle the wording before the meeting.
func (b *builder) asks() []ask {
	asks := []ask{{b.t("ask.note"), b.t("ask.note.without"), b.t("ask.meeting")}}
	if undecided, first := b.undecided(); len(undecided) > 0 {
		asks = append(asks, ask{
			b.t("ask.agreements", "who", b.listed(undecided)),
			b.t("ask.agreements.without"), b.t("ask.before", "date", b.l.DateLong(first)),
		})
	}
	if n := b.unplaced(); n > 0 {
		asks = append(asks, ask{b.t("ask.unplaced", "n", n), b.t("ask.unplaced.without"), b.t("ask.before", "date", b.l.DateLong(b.Deadline))})
	}
	return append(asks,
		ask{b.t("ask.baseline"), b.t("ask.baseline.without"), b.t("ask.nextreport")},
		ask{b.t("ask.sources"), b.t("ask.sources.without"), b.t("ask.nextreport")},
	)
}

// undecided lists municipalities whose waves stand on no decision, and the first day of those waves.
func (b *builder) undecided() (who []string, first inventory.Date) {
	open := map[string]bool{}
	for _, w := range b.Waves {
		if w.Certainty == decided {
			continue
		}
		open[w.Municipality] = true
		if !first.Known() || w.Start < first {
			first = w.Start
		}
	}
	for _, m := range b.Municipalities { // in the language's order
		if open[m.Code] {
			who = append(who, m.Name)
		}
	}
	return who, first
}

// proposals is section 3: what the steering group is asked to do.
func (b *builder) proposals() Section {
	t := Table{Caption: b.t("ask.caption"), Head: b.columns("ask", "without", "by")}
	for _, a := range b.asks() {
		t.Rows = append(t.Rows, []Cell{text(a.what), text(a.without), text(a.by)})
	}
	return b.section("proposals", paragraph(b.t("ask.draft")), tabled(t))
}

// listed joins names with commas and the word for and.
func (b *builder) listed(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " " + b.t("and") + " " + names[len(names)-1]
}
