package nis2

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ParseAnswers reads a JSON list of answers. Unknown fields are errors. It does not judge them:
// Validate does.
func ParseAnswers(data []byte) ([]Answer, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var answers []Answer
	err := d.Decode(&answers)
	if err == nil {
		if _, rest := d.Token(); !errors.Is(rest, io.EOF) {
			err = errors.New("text follows the list of answers")
		}
	}
	if err != nil {
		before := data[:min(int(d.InputOffset()), len(data))]
		return nil, fmt.Errorf("answers line %d: %w", bytes.Count(before, []byte("\n"))+1, err)
	}
	return answers, nil
}

// Waits tells whether the answer proposes something that a second person has not approved yet: that the
// control does not apply, or that the data are set aside.
func (a *Answer) Waits() bool {
	return a.NotApplicable != nil && a.NotApplicable.ApprovedBy == "" || a.Override != nil && a.Override.By == ""
}

// Validate reports every answer that could not be scored rightly: an unknown control, a level
// outside the scale, a decision that lacks its reason or end date or was taken by one person alone, or two
// answers to the same control. A decision that no second person has approved yet is a proposal. Each fault names the municipality and the control.
func Validate(cat *Catalogue, answers []Answer) error {
	type cell struct{ municipality, control string }
	var faults []error
	known := make(map[string]bool, len(cat.Controls))
	for i := range cat.Controls {
		known[cat.Controls[i].ID] = true
	}
	seen := make(map[cell]bool, len(answers))
	for i := range answers {
		a := &answers[i]
		fault := func(format string, args ...any) {
			faults = append(faults, fmt.Errorf("answer %d (municipality %q, control %q): %s", i+1, a.Municipality, a.Control, fmt.Sprintf(format, args...)))
		}
		if a.Municipality == "" {
			fault("municipality is missing; give its three-digit code")
		}
		if !known[a.Control] {
			fault("no such control in %s", cat)
		}
		if a.Level < cat.Scale.Min || a.Level > cat.Scale.Max {
			fault("level %d is outside %d-%d", a.Level, cat.Scale.Min, cat.Scale.Max)
		}
		if a.AnsweredBy == "" {
			fault("answered_by is missing")
		}
		if !a.AnsweredAt.Known() {
			fault("answered_at is missing; without it nobody can tell how old the evidence is")
		}
		if a.ReviewedBy != "" && a.ReviewedBy == a.AnsweredBy {
			fault("reviewed_by is the person who answered; a review needs a second person")
		}
		if n := a.NotApplicable; n != nil {
			a.decision(fault, "not_applicable", n.Reason, n.ApprovedBy, n.Until.Known())
		}
		if o := a.Override; o != nil {
			a.decision(fault, "override", o.Reason, o.By, o.Until.Known())
		}
		if c := (cell{a.Municipality, a.Control}); seen[c] {
			fault("answered twice; keep one")
		} else {
			seen[c] = true
		}
	}
	return errors.Join(faults...)
}

// decision checks what both not-applicable and override need.
func (a *Answer) decision(fault func(string, ...any), what, reason, by string, hasEnd bool) {
	if reason == "" {
		fault("%s has no reason", what)
	}
	if by == a.AnsweredBy {
		fault("%s needs a second person, other than the one who answered", what)
	}
	if !hasEnd {
		fault("%s has no end date", what)
	}
}
