package exchange

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/samdrift/samdrift/planner/nis2"
)

// statusLevels is what OS2compliance's statuses suggest as a level. "Ikke relevant" suggests none: that is
// a decision of its own here.
var statusLevels = map[string]int{"klar": 3, "i gang": 2, "igang": 2, "ikke startet": 0}

// idHeadings are the headings under which a workbook from OS2compliance may keep the standard's number.
var idHeadings = []string{"nr", "nr.", "nummer", "krav", "afsnit", "kontrol", "id"}

// annexNumber finds a number of ISO 27001's Annex A in a cell: "A.5.1", "5.1" or "5.1 Politikker".
var annexNumber = regexp.MustCompile(`^(?:A\.)?([5-8]\.\d{1,2})\b`)

// ReadOS2compliance reads a workbook from OS2compliance with one row per control of ISO 27001's Annex A
// and a column "Status" into proposals: the lowest level that the statuses of a control's references
// suggest. A control whose references are not all told is left out and named, since nobody knows the rest.
// The numbers are looked for under the headings that the program is known to use; another layout is
// refused with what is missing.
func ReadOS2compliance(r io.Reader, cat *nis2.Catalogue, municipality string) (proposals []nis2.Answer, notes []string, err error) {
	rows, err := readRows(r)
	if err != nil {
		return nil, nil, err
	}
	at, body, err := heading(rows, "status")
	if err != nil {
		return nil, nil, err
	}
	i := slices.IndexFunc(idHeadings, func(name string) bool { _, ok := at[name]; return ok })
	if i < 0 {
		return nil, nil, fmt.Errorf("the sheet has a column Status, but none of %s with the standard's numbers", strings.Join(idHeadings, ", "))
	}
	told := map[string]int{}
	for _, row := range body {
		number := annexNumber.FindStringSubmatch(cellOf(row, at, idHeadings[i]))
		if number == nil {
			continue
		}
		status := strings.ToLower(cellOf(row, at, "status"))
		level, known := statusLevels[status]
		switch {
		case status == "":
		case known:
			told["A."+number[1]] = level
		default:
			notes = append(notes, fmt.Sprintf("A.%s: status %q suggests no level, left out", number[1], status))
		}
	}
	for _, k := range cat.Controls {
		level, missing := 5, 0
		for _, ref := range k.Refs.ISO {
			if l, ok := told[ref]; ok {
				level = min(level, l)
			} else {
				missing++
			}
		}
		switch {
		case len(k.Refs.ISO) == 0 || missing == len(k.Refs.ISO):
		case missing > 0:
			notes = append(notes, fmt.Sprintf("%s: %d of its %d references are not told, left out", k.ID, missing, len(k.Refs.ISO)))
		default:
			proposals = append(proposals, nis2.Answer{
				Municipality: municipality, Control: k.ID, Level: level, Unconfirmed: true,
				Evidence: "OS2compliance: " + strings.Join(k.Refs.ISO, ", "),
			})
		}
	}
	return proposals, notes, nil
}
