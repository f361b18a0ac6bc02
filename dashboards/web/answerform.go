package web

import (
	"strconv"

	"github.com/samdrift/samdrift/dashboards/locale"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner/nis2"
)

// answerFrom reads an answer from its form, or tells in words what is missing. Who approves that a control
// does not apply, or that data are set aside, does so by a review and not in this form.
func answerFrom(l *locale.Locale, f form) (nis2.Answer, error) {
	var faults refused
	a := nis2.Answer{Owner: f["owner"], Evidence: f["evidence"], EvidenceUntil: f.day(l, "evidence_until", "answers.evidence.until", &faults)}
	switch n, err := strconv.Atoi(f["level"]); {
	case f["level"] == "" && f["na"] != "": // a control that does not apply needs no level
	case err != nil:
		faults = append(faults, l.T("answers.nolevel"))
	default:
		a.Level = n
	}
	if f["na"] != "" {
		a.NotApplicable = &nis2.NotApplicable{
			Reason: f.need(l, "na_reason", "answers.na.reason", &faults),
			Until:  f.day(l, "na_until", "answers.na.until", &faults),
		}
		f.need(l, "na_until", "answers.na.until", &faults)
	}
	if f["override"] != "" {
		a.Override = &nis2.Override{
			Reason: f.need(l, "override_reason", "answers.override.reason", &faults),
			Until:  f.day(l, "override_until", "answers.override.until", &faults),
		}
		f.need(l, "override_until", "answers.override.until", &faults)
	}
	return a, faults.orNil()
}

// holdApprovals keeps what a second person approved, as long as what was approved is the same.
func holdApprovals(old, a *nis2.Answer) {
	if n, was := a.NotApplicable, old.NotApplicable; n != nil && was != nil && n.Reason == was.Reason && n.Until == was.Until {
		n.ApprovedBy = was.ApprovedBy
	}
	if o, was := a.Override, old.Override; o != nil && was != nil && o.Reason == was.Reason && o.Until == was.Until {
		o.By = was.By
	}
}

// conflictIn tells in words that an answer was changed since it was read, with both; key says what was refused.
func conflictIn(l *locale.Locale, key string, c hub.ConflictError) error {
	return refused{l.T(key, "by", c.Now.Actor, "now", claimIn(l, c.Now.Answer), "yours", claimIn(l, c.Yours))}
}

// claimIn gives what an answer claims in a few words.
func claimIn(l *locale.Locale, a nis2.Answer) string {
	var claim string
	if n := a.NotApplicable; n != nil {
		claim = l.T("answers.claim.na", "reason", n.Reason)
	} else {
		claim = l.T("answers.claim.level", "level", a.Level)
	}
	if o := a.Override; o != nil {
		claim += ", " + l.T("answers.claim.override", "reason", o.Reason)
	}
	if a.Owner != "" {
		claim += ", " + l.T("answers.claim.owner", "owner", a.Owner)
	}
	return claim
}
