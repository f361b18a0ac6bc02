package exchange

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/samdrift/samdrift/planner/nis2"
)

// Digest identifies a catalogue's content, so that a file that was written for another one is noticed
// even where the version was left as it was.
func Digest(cat *nis2.Catalogue) string {
	h := sha256.New()
	_, _ = fmt.Fprintln(h, cat) // a hash never fails
	for _, k := range cat.Controls {
		_, _ = fmt.Fprintf(h, "%s|%d|%d|%s|%s\n", k.ID, k.Target, k.Weight, k.Title.EN, k.Title.DA)
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

func byControl(s Sheet) map[string]*nis2.Answer {
	of := map[string]*nis2.Answer{}
	for i := range s.Answers {
		if s.Answers[i].Municipality == s.Municipality {
			of[s.Answers[i].Control] = &s.Answers[i]
		}
	}
	return of
}

// take reads rows below a heading into answers. Columns are found by their heading, as key or in either
// language, so that they may be moved. firstRow is the number of the first row as people count.
func (s *Sheet) take(cat *nis2.Catalogue, head []string, rows [][]string, firstRow int) error {
	if len(rows) > maxRows {
		return fmt.Errorf("the file has %d rows, at most %d are read", len(rows), maxRows)
	}
	at := map[string]int{}
	for i, title := range head {
		for _, c := range columns {
			if t := strings.TrimSpace(title); t == c.key || t == c.en || t == c.da {
				at[c.key] = i
			}
		}
	}
	var faults []error
	for _, needed := range []string{"id", "level"} {
		if _, ok := at[needed]; !ok {
			faults = append(faults, fmt.Errorf("the column %q is missing; use the questionnaire that was exported", needed))
		}
	}
	if len(faults) > 0 {
		return errors.Join(faults...)
	}
	if s.Digest != "" && s.Digest != Digest(cat) {
		faults = append(faults, fmt.Errorf("the file was written for catalogue %s (%s), this is %s (%s): export it anew, or see that targets and controls still mean the same", s.Catalogue, s.Digest, cat, Digest(cat)))
	}
	seen := map[string]int{}
	for i, row := range rows {
		number := firstRow + i
		cells := map[string]string{}
		for key, j := range at {
			if j < len(row) {
				cells[key] = row[j]
			}
		}
		id := strings.TrimSpace(cells["id"])
		a, filled, err := fill(cells)
		if err != nil {
			faults = append(faults, fmt.Errorf("row %d (%s): %w", number, id, err))
			continue
		}
		if !filled {
			continue
		}
		if _, ok := cat.Control(id); !ok {
			faults = append(faults, fmt.Errorf("row %d: no control %q in %s; the hidden id column must stay as it was", number, id, cat))
			continue
		}
		if before, twice := seen[id]; twice {
			faults = append(faults, fmt.Errorf("row %d: %s stands in row %d too; keep one", number, id, before))
			continue
		}
		seen[id] = number
		a.Municipality, a.Control, a.Round = s.Municipality, id, s.Round
		s.Answers = append(s.Answers, a)
	}
	slices.SortFunc(s.Answers, func(a, b nis2.Answer) int { return strings.Compare(a.Control, b.Control) })
	return errors.Join(faults...)
}
