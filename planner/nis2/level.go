package nis2

import (
	"github.com/samdrift/samdrift/inventory"
)

// measurement is what a rule says of one control: method 6.1.
type measurement struct {
	usable bool
	level  int
	share  float64 // p: share of the members that is known, with ageing data worth half
	note   string  // why it is not usable, or what to know about it
}

// measure turns what a rule counted into a level. Fewer than the least share of known members, or
// nobody at all, is inconclusive and never a pass.
func (c *Catalogue) measure(k *Control, t *tally) measurement {
	switch {
	case t.population() == 0:
		return measurement{note: NoteNoMembers}
	case float64(t.known) < c.Automation.MinCoverage*float64(t.population()):
		if t.tooOld > 0 && float64(t.known+t.tooOld) >= c.Automation.MinCoverage*float64(t.population()) {
			return measurement{note: NoteStale}
		}
		return measurement{note: NoteLowCoverage}
	}
	value := float64(len(t.failing)) / float64(t.known)
	switch k.Rule.Measure {
	case "count_bad":
		value = float64(len(t.failing))
	case "age_days":
		value = float64(t.age)
	}
	m := measurement{usable: true, level: c.Level(k.Rule, value)}
	m.share = c.Confidence.Automatic * (float64(t.known) - 0.5*float64(t.ageing)) / float64(t.population())
	if t.ageing > 0 {
		m.note = NoteAgeing
	}
	if len(t.excepted) > 0 && m.level > c.Automation.ExceptionMax {
		m.level, m.note = c.Automation.ExceptionMax, NoteExceptions
	}
	if t.zero != "" {
		m.level, m.note = 0, t.zero
	}
	return m
}

// standing is the effective level of a control with the confidence in it: method 6.2 and 6.3.
type standing struct {
	level      int
	confidence float64
	state      State
	note       string
}

// effective weighs an answer against a measurement. A nil answer is no answer.
func (c *Catalogue) effective(k *Control, a *Answer, m measurement, asOf inventory.Date) standing {
	if a == nil {
		switch {
		case m.usable && k.Automation == Full:
			return standing{min(m.level, c.Automation.AutoOnlyMax), m.share, Measured, first(m.note, NoteDataOnly)}
		case m.usable:
			return standing{state: Unanswered, note: NotePartNeedsAnswer}
		}
		return standing{state: Unanswered, note: m.note}
	}
	trust, expired := c.trust(k, a, asOf)
	s := standing{level: a.Level, confidence: trust, state: Declared, note: m.note}
	if a.Unconfirmed {
		s.state, s.note = NotConfirmed, first(m.note, NoteUnconfirmed)
	}
	if expired {
		s.note = first(m.note, NoteExpired)
	}
	if !m.usable {
		return s
	}
	ceiling, proof := m.level, m.share
	if k.Automation == Partial {
		ceiling, proof = min(m.level+1, c.Scale.Max), 0.5*m.share
	}
	if a.Level <= ceiling {
		s.confidence = max(trust, proof)
		if a.Unconfirmed {
			return s
		}
		s.state = Measured
		if m.level > a.Level {
			s.state, s.note = BetterThan, first(s.note, NoteBetter)
		}
		return s
	}
	if a.Override != nil && a.Override.By != "" && a.Override.Until >= asOf {
		return standing{a.Level, c.Confidence.Overridden, Overridden, NoteOverridden}
	}
	s = standing{ceiling, m.share, Lowered, first(m.note, NoteLowered)}
	if a.Level-ceiling >= 2 {
		s.state, s.note = Contradicted, NoteContradicted
	}
	switch {
	case a.Override == nil:
	case a.Override.Until < asOf:
		s.note = NoteOverrideLapsed
	default:
		s.note = NoteOverrideAsked
	}
	return s
}

// trust is the confidence in an answer by itself. Expired evidence does not lower the level, but
// its worth falls evenly to that of a bare claim over the days of grace.
func (c *Catalogue) trust(k *Control, a *Answer, asOf inventory.Date) (confidence float64, expired bool) {
	f := c.Confidence
	if a.Evidence == "" || a.Unconfirmed {
		return f.Declared, false
	}
	confidence = f.DeclaredWithEvidence
	if a.ReviewedBy != "" {
		confidence = f.Reviewed
	}
	until := a.EvidenceUntil
	if !until.Known() {
		until = a.AnsweredAt.AddDays(k.EvidenceValidDays)
	}
	if late := int(asOf - until); late > 0 {
		left := max(0, 1-float64(late)/float64(f.ExpiredGraceDays))
		return f.Declared + (confidence-f.Declared)*left, true
	}
	return confidence, false
}

// first gives the first text that is not empty.
func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
