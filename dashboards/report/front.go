package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

// front is section 1: who, which period, for whom, approved by whom.
func (b *builder) front() []entry {
	var centres []string
	for _, name := range b.Centres {
		centres = append(centres, name)
	}
	slices.SortFunc(centres, b.l.Compare)
	return []entry{
		{Term: b.t("front.cooperation"), Value: b.t("front.members", "centres", strings.Join(centres, ", "), "n", len(b.Municipalities))},
		{Term: b.t("front.period"), Value: b.l.DateLong(b.From) + " – " + b.l.DateLong(b.To)},
		{Term: b.t("front.cutoff"), Value: b.l.DateLong(b.CutOff)},
		{Term: b.t("front.recipient"), Value: b.t("front.steering")},
		{Term: b.t("front.deadline"), Value: b.l.DateLong(b.Deadline)},
		{Term: b.t("front.approved"), Value: b.t("front.notapproved")},
	}
}

// overall are the five lights of the whole, the joint one last: people give that one.
func (b *builder) overall() []entry {
	lights := []struct {
		key   string
		light Light
	}{
		{"time", b.wholeTime()},
		{"economy", b.light(nis2.Grey, b.t("light.nobaseline"))},
		{"uptime", b.light(nis2.Grey, b.measured())},
		{"benefit", b.light(nis2.Grey, b.t("light.nobenefit"))},
		{"whole", Light{Class: "none", Word: b.t("light.unjudged"), Note: b.t("light.judgement")}},
	}
	list := make([]entry, len(lights))
	for i, x := range lights {
		list[i] = entry{Term: b.t("col." + x.key), Light: &x.light}
	}
	return list
}

// wholeTime is the light of time of the whole plan.
func (b *builder) wholeTime() Light {
	colour := lateness(b.Deadline, b.LastWaveEnd)
	if unplaced := b.unplaced(); unplaced > 0 && colour != nis2.Red {
		return b.light(nis2.Grey, b.t("light.unplaced", "n", unplaced))
	}
	if !b.LastWaveEnd.Known() {
		return b.light(nis2.Grey, b.t("light.noplan"))
	}
	return b.light(colour, b.t("light.ends", "date", b.l.Date(b.LastWaveEnd)))
}

// measured counts the municipalities whose operation is measured.
func (b *builder) measured() string {
	n := 0
	for _, m := range b.Municipalities {
		if m.Availability != nil {
			n++
		}
	}
	return b.t("light.measured", "n", n, "all", len(b.Municipalities))
}

func (b *builder) unplaced() (n int) {
	for _, m := range b.Municipalities {
		n += m.Unplaced
	}
	return n
}

// servers sums the movable servers and those that have moved.
func (b *builder) servers() (all, moved int) {
	for _, m := range b.Municipalities {
		all += m.Servers
		moved += m.ServersMoved
	}
	return all, moved
}

// seal tells what the report stands on.
func (b *builder) seal() []entry {
	seal := []entry{
		{Term: b.t("seal.taken"), Value: b.l.Time(b.TakenAt)},
		{Term: b.t("seal.snapshot"), Value: b.or(b.Snapshot), Code: true},
	}
	if b.hash == "" {
		return append(seal, entry{Term: b.t("seal.hash"), Value: b.t("seal.draft")})
	}
	return append(seal, entry{Term: b.t("seal.hash"), Value: b.hash, Code: true})
}

// period writes "2026-2" as people say it.
func (b *builder) period(p string) string { return b.l.Half(b.or(p)) }

// distance tells how far a day lies from the deadline.
func (b *builder) distance(end inventory.Date) string {
	switch days := int(b.Deadline - end); {
	case days > 0:
		return b.t("days.before", "n", days)
	case days < 0:
		return b.t("days.after", "n", -days)
	}
	return b.t("days.on")
}

// scores writes the three figures of goals together; they never stand alone.
func (b *builder) scores(s nis2.Scores) string {
	return b.l.T("score.together", "h", b.l.Percent0(s.Headline), "p", b.l.Percent0(s.Proven), "v", b.l.Percent0(s.Coverage))
}

// signed writes a whole number with its sign.
func (b *builder) signed(n int) string {
	if n > 0 {
		return "+" + b.l.Int(int64(n))
	}
	return b.l.Int(int64(n))
}

// days writes two days as a stretch.
func (b *builder) days(from, to inventory.Date) string {
	return fmt.Sprintf("%s – %s", b.l.Date(from), b.l.Date(to))
}
