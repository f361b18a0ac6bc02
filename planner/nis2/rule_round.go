package nis2

// The rules of this file look at the answers themselves. The answers are read as they stand, so
// their data are of the day of the assessment.

// each calls f for every control that the municipality has not put out of scope.
func (e *estate) each(f func(k *Control, a *Answer)) {
	for i := range e.cat.Controls {
		k := &e.cat.Controls[i]
		a := e.answers[k.ID]
		if a != nil && a.NotApplicable != nil && a.NotApplicable.Until >= e.in.AsOf {
			continue
		}
		f(k, a)
	}
}

// accountable is 21a-02: controls for which the municipality has named no accountable role.
func accountable(e *estate, t *tally) {
	kept := false
	e.each(func(_ *Control, a *Answer) { kept = kept || a != nil && a.Owner != "" })
	e.each(func(k *Control, a *Answer) { t.kept(kept, k.ID, e.in.AsOf, a == nil || a.Owner == "") })
}

// evidenceValid is 21f-01: controls without evidence within its validity.
func evidenceValid(e *estate, t *tally) {
	e.each(func(k *Control, a *Answer) {
		fails := a == nil || a.Evidence == ""
		if !fails {
			_, fails = e.cat.trust(k, a, e.in.AsOf)
		}
		t.kept(len(e.answers) > 0, k.ID, e.in.AsOf, fails)
	})
}

// gapAnalysis is 21f-02: controls that were not answered in the last year, or whose answer no
// second person has approved. A municipality without any answer has not begun its round, which
// says nothing.
func gapAnalysis(e *estate, t *tally) {
	e.each(func(k *Control, a *Answer) {
		t.kept(len(e.answers) > 0, k.ID, e.in.AsOf, a == nil || a.ReviewedBy == "" || !within(a.AnsweredAt, e.in.AsOf, 365))
	})
}
