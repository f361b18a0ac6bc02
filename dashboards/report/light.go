package report

import (
	"time"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

// The thresholds of operation are samdrift's own and stand in the report's appendix: the model that
// the other lights follow has none. A light needs nearly the whole of the 30 days that are measured.
const (
	uptimeGreen  = 0.995
	uptimeAmber  = 0.99
	measuredDays = 28
)

// Light is a traffic light: always a word and a shape, and a note of what it stands on.
type Light struct {
	Class string // green, amber, red, grey (unknown) or none (does not apply)
	Word  string
	Note  string
}

func (b *builder) light(colour nis2.Light, note string) Light {
	if colour == nis2.Grey || colour == "" {
		return Light{Class: string(nis2.Grey), Word: b.l.T("unknown"), Note: note}
	}
	return Light{Class: string(colour), Word: b.l.T("light." + string(colour)), Note: note}
}

// lateness gives the light of time: green when the end is less than a month after the deadline,
// amber up to three months, red beyond.
func lateness(deadline, end inventory.Date) nis2.Light {
	switch {
	case !deadline.Known() || !end.Known():
		return nis2.Grey
	case end < addMonths(deadline, 1):
		return nis2.Green
	case end <= addMonths(deadline, 3):
		return nis2.Amber
	}
	return nis2.Red
}

// addMonths gives the same day n months later, or that month's last day when it has no such day.
func addMonths(d inventory.Date, n int) inventory.Date {
	t := d.Time()
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return inventory.NewDate(first.Year(), first.Month(), min(t.Day(), last))
}

// timeLight gives a municipality's light of time. What has no date cannot be green.
func (b *builder) timeLight(m hub.ReportMunicipality) Light {
	colour := lateness(b.Deadline, m.LastWaveEnd)
	switch {
	case m.Host:
		return Light{Class: "none", Word: b.t("light.none"), Note: b.t("light.host")}
	case m.Unplaced > 0 && colour != nis2.Red:
		return b.light(nis2.Grey, b.t("light.unplaced", "n", m.Unplaced))
	case m.LastWaveEnd.Known():
		return b.light(colour, b.t("light.ends", "date", b.l.Date(m.LastWaveEnd)))
	case m.Servers > 0 && m.ServersMoved == m.Servers:
		return b.light(nis2.Green, b.t("light.moved"))
	}
	return b.light(nis2.Grey, b.t("light.noservers"))
}

// uptimeLight gives a municipality's light of operation.
func (b *builder) uptimeLight(m hub.ReportMunicipality) Light {
	if m.Availability == nil {
		return b.light(nis2.Grey, b.t("light.unmeasured"))
	}
	note := b.t("light.uptime", "share", b.l.Percent(*m.Availability), "since", b.l.Date(inventory.DateOf(m.MeasuredSince)))
	switch {
	case b.CutOff-inventory.DateOf(m.MeasuredSince) < measuredDays:
		return b.light(nis2.Grey, note+"; "+b.t("light.short"))
	case *m.Availability >= uptimeGreen:
		return b.light(nis2.Green, note)
	case *m.Availability >= uptimeAmber:
		return b.light(nis2.Amber, note)
	}
	return b.light(nis2.Red, note)
}

// securityLight gives the light that a municipality has released, and nothing else.
func (b *builder) securityLight(m hub.ReportMunicipality) Light {
	if !m.SecurityShared {
		return Light{Class: "none", Word: b.t("light.unreleased")}
	}
	return b.light(m.SecurityLight, b.t("light.released"))
}
