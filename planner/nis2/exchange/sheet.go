// Package exchange carries answers to the gap analysis in and out of the tools that people already
// use: a workbook for Excel and LibreOffice, CSV, OS2compliance, CISO Assistant and OSCAL.
//
// Reading never changes anything. It gives the answers that a file holds and every fault in it, and
// Changes tells what taking them over would do, so that a person decides first. What is written for a
// spreadsheet is text: a cell that begins like a formula is never run.
package exchange

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

// Sheet is the questionnaire of one municipality.
type Sheet struct {
	Municipality string // three-digit code
	Round        string // id; empty: outside any round
	Catalogue    string // id and version, and Digest, of the catalogue it was written for
	Digest       string
	Answers      []nis2.Answer
}

// Limits of what is read, far above any honest file.
const (
	MaxBytes    = 10 << 20  // of a file as it is sent
	maxUnzipped = 100 << 20 // of a workbook once unpacked
	maxRows     = 5_000
	maxText     = 20_000 // characters of one cell
)

// column is one column of the questionnaire: how it is called, written and read. A column without
// read is there for people and is not read back.
type column struct {
	key    string
	en, da string
	width  float64
	write  func(*nis2.Control, *nis2.Answer, string) string // the text is the language
	read   func(*nis2.Answer, string) error
}

func (c column) title(language string) string {
	if language == "da" {
		return c.da
	}
	return c.en
}

// columns are the questionnaire. The first is hidden in workbooks and finds each row's control again
// however people sort it.
var columns = []column{
	{"id", "Id", "Id", 8, func(k *nis2.Control, _ *nis2.Answer, _ string) string { return k.ID }, nil},
	{"control", "Control", "Krav", 60, func(k *nis2.Control, _ *nis2.Answer, l string) string { return k.Title.In(l) }, nil},
	{"target", "Target", "Mål", 6, func(k *nis2.Control, _ *nis2.Answer, _ string) string { return strconv.Itoa(k.Target) }, nil},
	{"level", "Level 0-5", "Niveau 0-5", 10, level, readLevel},
	text("evidence", "Evidence", "Dokumentation", 40, func(a *nis2.Answer) *string { return &a.Evidence }),
	day("evidence_until", "Evidence valid until", "Dokumentation gælder til", 14, func(a *nis2.Answer) *inventory.Date { return &a.EvidenceUntil }),
	text("owner", "Owner (role)", "Ejer (rolle)", 20, func(a *nis2.Answer) *string { return &a.Owner }),
	text("answered_by", "Answered by", "Besvaret af", 20, func(a *nis2.Answer) *string { return &a.AnsweredBy }),
	day("answered_at", "Answered on", "Besvaret den", 12, func(a *nis2.Answer) *inventory.Date { return &a.AnsweredAt }),
	text("reviewed_by", "Reviewed by (second person)", "Gennemset af (anden person)", 20, func(a *nis2.Answer) *string { return &a.ReviewedBy }),
	text("na_reason", "Not applicable: why", "Ikke relevant: hvorfor", 24, func(a *nis2.Answer) *string { return &notApplicable(a).Reason }),
	text("na_approved_by", "Not applicable: approved by", "Ikke relevant: godkendt af", 20, func(a *nis2.Answer) *string { return &notApplicable(a).ApprovedBy }),
	day("na_until", "Not applicable: until", "Ikke relevant: til", 12, func(a *nis2.Answer) *inventory.Date { return &notApplicable(a).Until }),
	text("override_reason", "Data set aside: why", "Data sat til side: hvorfor", 24, func(a *nis2.Answer) *string { return &override(a).Reason }),
	text("override_by", "Data set aside: by (second person)", "Data sat til side: af (anden person)", 20, func(a *nis2.Answer) *string { return &override(a).By }),
	day("override_until", "Data set aside: until", "Data sat til side: til", 12, func(a *nis2.Answer) *inventory.Date { return &override(a).Until }),
}

// notApplicable and override give the parts of an answer that may be missing; tidy takes them out again
// when they stayed empty.
func notApplicable(a *nis2.Answer) *nis2.NotApplicable {
	if a.NotApplicable == nil {
		a.NotApplicable = &nis2.NotApplicable{}
	}
	return a.NotApplicable
}

func override(a *nis2.Answer) *nis2.Override {
	if a.Override == nil {
		a.Override = &nis2.Override{}
	}
	return a.Override
}

func tidy(a *nis2.Answer) {
	if a.NotApplicable != nil && *a.NotApplicable == (nis2.NotApplicable{}) {
		a.NotApplicable = nil
	}
	if a.Override != nil && *a.Override == (nis2.Override{}) {
		a.Override = nil
	}
}

func level(_ *nis2.Control, a *nis2.Answer, _ string) string {
	if a == nil {
		return ""
	}
	return strconv.Itoa(a.Level)
}

func readLevel(a *nis2.Answer, cell string) error {
	n, err := strconv.ParseFloat(strings.Replace(cell, ",", ".", 1), 64)
	if err != nil || n != float64(int(n)) || n < 0 || n > 5 {
		return fmt.Errorf("level %q is none of 0 to 5", cell)
	}
	a.Level = int(n)
	return nil
}

// text is a column of free text.
func text(key, en, da string, width float64, field func(*nis2.Answer) *string) column {
	return column{key, en, da, width,
		func(_ *nis2.Control, a *nis2.Answer, _ string) string {
			if a == nil {
				return ""
			}
			return *field(a)
		},
		func(a *nis2.Answer, cell string) error { *field(a) = cell; return nil },
	}
}

// day is a column of dates: ISO dates are written, and Danish ones are read too.
func day(key, en, da string, width float64, field func(*nis2.Answer) *inventory.Date) column {
	return column{key, en, da, width,
		func(_ *nis2.Control, a *nis2.Answer, _ string) string {
			if a == nil {
				return ""
			}
			return field(a).String()
		},
		func(a *nis2.Answer, cell string) error {
			d, err := readDay(cell)
			*field(a) = d
			return err
		},
	}
}

// row gives the cells of one control. A nil answer leaves what people fill in empty.
func row(k *nis2.Control, a *nis2.Answer, language string) []string {
	var copied *nis2.Answer
	if a != nil {
		c := *a // the columns may add empty parts to it
		copied = &c
	}
	cells := make([]string, len(columns))
	for i, c := range columns {
		cells[i] = c.write(k, copied, language)
	}
	return cells
}

// fill reads one row into an answer. It is false when people filled in nothing.
func fill(cells map[string]string) (a nis2.Answer, filled bool, err error) {
	var faults []error
	hasLevel := false
	for _, c := range columns {
		cell := strings.TrimSpace(cells[c.key])
		if c.read == nil || cell == "" {
			continue
		}
		filled = true
		hasLevel = hasLevel || c.key == "level"
		if len(cell) > maxText {
			faults = append(faults, fmt.Errorf("%s: the text is longer than %d characters", c.key, maxText))
			continue
		}
		if err := c.read(&a, cell); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", c.key, err))
		}
	}
	tidy(&a)
	if filled && !hasLevel && a.NotApplicable == nil {
		faults = append(faults, errors.New("level: is empty although the row is filled in; give 0 to 5, or say why it is not applicable"))
	}
	return a, filled, errors.Join(faults...)
}

// Change is what taking over a file would do to one answer.
type Change struct {
	Control string `json:"control"`
	Field   string `json:"field"` // a column's key; empty: the answer is new or would go
	From    string `json:"from,omitempty"`
	To      string `json:"to,omitempty"`
}

// Changes lists what differs from the answers at hand to those of a file, by control and column. An
// answer that the file leaves empty is no change: files add and alter, they never delete.
func Changes(cat *nis2.Catalogue, before, after []nis2.Answer) []Change {
	old := map[string]nis2.Answer{}
	for _, a := range before {
		old[a.Municipality+" "+a.Control] = a
	}
	changes := []Change{}
	for _, a := range after {
		k, ok := cat.Control(a.Control)
		if !ok {
			continue
		}
		var was []string
		if b, ok := old[a.Municipality+" "+a.Control]; ok {
			was = row(k, &b, "en")
		} else {
			was = row(k, nil, "en")
		}
		for i, to := range row(k, &a, "en") {
			if to != was[i] {
				changes = append(changes, Change{k.ID, columns[i].key, was[i], to})
			}
		}
	}
	slices.SortStableFunc(changes, func(a, b Change) int { return cmp.Compare(a.Control, b.Control) })
	return changes
}
