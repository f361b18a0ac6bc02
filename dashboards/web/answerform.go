package web

import (
	"strconv"

	"github.com/samdrift/samdrift/dashboards/locale"
	"github.com/samdrift/samdrift/planner/nis2"
)

// answerFrom reads an answer from its form, or tells in words what is missing.
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
			Reason:     f.need(l, "na_reason", "answers.na.reason", &faults),
			ApprovedBy: f.need(l, "na_by", "answers.na.by", &faults),
			Until:      f.day(l, "na_until", "answers.na.until", &faults),
		}
		f.need(l, "na_until", "answers.na.until", &faults)
	}
	if f["override"] != "" {
		a.Override = &nis2.Override{
			Reason: f.need(l, "override_reason", "answers.override.reason", &faults),
			By:     f.need(l, "override_by", "answers.override.by", &faults),
			Until:  f.day(l, "override_until", "answers.override.until", &faults),
		}
		f.need(l, "override_until", "answers.override.until", &faults)
	}
	return a, faults.orNil()
}
