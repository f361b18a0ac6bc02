package web

import (
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/samdrift/samdrift/dashboards/locale"
	"github.com/samdrift/samdrift/planner/nis2"
)

// parties are those with a duty to notify, in order.
var parties = []nis2.Party{nis2.PartyMunicipality, nis2.PartyCentre}

func incidentForm(i nis2.Incident) form {
	f := form{
		"id": i.ID, "revision": strconv.Itoa(i.Revision), "municipality": i.Municipality, "centre": i.Centre, "title": i.Title, "severity": i.Severity, "why": i.Why, "decided_by": i.DecidedBy,
		"effects": i.Effects, "cause": i.Cause, "measures": i.Measures, "started_at": input(i.StartedAt), "closed_at": input(i.ClosedAt), "review_at": input(i.ReviewAt),
		"significant": answerOf(i.Significant), "cross_border": answerOf(i.CrossBorder), "malicious": answerOf(i.Malicious),
	}
	for _, party := range parties {
		if a, ok := i.Aware[party]; ok {
			f["aware_"+string(party)], f["aware_by_"+string(party)] = input(a.At), a.By
		}
	}
	return f
}

// answerOf and answered turn yes, no and not known into a field's value and back.
func answerOf(b *bool) string {
	switch {
	case b == nil:
		return ""
	case *b:
		return "yes"
	}
	return "no"
}

func answered(value string) *bool {
	yes := value == "yes"
	if !yes && value != "no" {
		return nil
	}
	return &yes
}

// incidentFrom puts what a form says on top of an incident, or tells in words what is missing.
func incidentFrom(l *locale.Locale, f form, i nis2.Incident) (nis2.Incident, error) {
	var faults refused
	// The browser's field has no seconds: a moment that was not changed keeps its own.
	moment := func(name, label string, before time.Time) time.Time {
		if f[name] == input(before) {
			return before
		}
		return f.moment(l, name, label, &faults)
	}
	i.Revision = f.revision(l, &faults)
	if i.ID == "" {
		i.Municipality = f.need(l, "municipality", "col.municipality", &faults)
	}
	i.Centre, i.Severity, i.Why, i.DecidedBy = f["centre"], f["severity"], f["why"], f["decided_by"]
	i.Title = f.need(l, "title", "incidents.name", &faults)
	i.Effects, i.Cause, i.Measures = f["effects"], f["cause"], f["measures"]
	i.Significant, i.CrossBorder, i.Malicious = answered(f["significant"]), answered(f["cross_border"]), answered(f["malicious"])
	if i.Significant != nil {
		f.need(l, "why", "incidents.why", &faults)
		f.need(l, "decided_by", "incidents.decidedby", &faults)
	}
	i.StartedAt = moment("started_at", "incidents.started", i.StartedAt)
	i.ClosedAt = moment("closed_at", "incidents.closed", i.ClosedAt)
	i.ReviewAt = moment("review_at", "incidents.reviewed", i.ReviewAt)
	aware := maps.Clone(i.Aware)
	if aware == nil {
		aware = map[nis2.Party]nis2.Awareness{}
	}
	for _, party := range parties {
		at, by := "aware_"+string(party), "aware_by_"+string(party)
		if f[at] == "" && f[by] == "" {
			delete(aware, party)
			continue
		}
		f.need(l, at, "incidents.aware."+string(party), &faults)
		aware[party] = nis2.Awareness{At: moment(at, "incidents.aware."+string(party), aware[party].At), By: f.need(l, by, "incidents.awareby."+string(party), &faults)}
	}
	i.Aware = aware
	if len(aware) == 0 {
		faults = append(faults, l.T("incidents.nobody"))
	}
	return i, faults.orNil()
}

// left tells in words how much time a step has, or how it went.
func left(l *locale.Locale, d nis2.Due) string {
	span := d.Left.Abs().Truncate(time.Minute)
	words := l.T("incidents.span", "d", int(span/(24*time.Hour)), "h", int(span/time.Hour)%24, "m", int(span/time.Minute)%60)
	switch {
	case !d.Sent.IsZero() && d.Late:
		return l.T("incidents.sentlate", "span", words)
	case !d.Sent.IsZero():
		return l.T("incidents.sentintime", "span", words)
	case d.Late:
		return l.T("incidents.late", "span", words)
	}
	return l.T("incidents.left", "span", words)
}

// draft writes a notice from what the register says, as text for people to copy, check and send. What
// is not known is written as such.
func (f frame) draft(i nis2.Incident, d nis2.Due) string {
	l := f.locale
	said := func(text string) string {
		if text == "" {
			return l.T("unknown")
		}
		return text
	}
	sender := f.Names[i.Municipality]
	if d.Party == nis2.PartyCentre {
		sender = f.Names[i.Centre]
	}
	lines := []string{
		l.T("draft.head", "what", l.T("notice."+string(d.Step)), "who", said(sender)),
		l.T("draft.check"), "",
		l.T("draft.title", "x", i.Title),
		l.T("draft.aware", "at", l.Time(i.Aware[d.Party].At), "by", said(i.Aware[d.Party].By)),
		l.T("draft.started", "x", l.Time(i.StartedAt)),
		l.T("draft.malicious", "x", yesNo(l, i.Malicious)),
		l.T("draft.crossborder", "x", yesNo(l, i.CrossBorder)),
	}
	if d.Step != nis2.EarlyWarning {
		lines = append(lines, l.T("draft.severity", "x", said(i.Severity)), l.T("draft.effects", "x", said(i.Effects)), l.T("draft.measures", "x", said(i.Measures)))
	}
	if d.Step == nis2.FinalReport {
		lines = append(lines, l.T("draft.cause", "x", said(i.Cause)), l.T("draft.closed", "x", l.Time(i.ClosedAt)))
	}
	return strings.Join(lines, "\n")
}
