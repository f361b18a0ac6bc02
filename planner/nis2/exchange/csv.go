package exchange

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/samdrift/samdrift/planner/nis2"
)

// mark begins a CSV file so that Excel reads it as UTF-8.
const mark = "\ufeff"

// WriteCSV writes the questionnaire with semicolons, as Danish spreadsheets expect. The first line
// carries the sheet's municipality, round and catalogue.
func WriteCSV(w io.Writer, cat *nis2.Catalogue, s Sheet, language string) error {
	if _, err := io.WriteString(w, mark); err != nil {
		return err
	}
	c := csv.NewWriter(w)
	c.Comma, c.UseCRLF = ';', true
	lines := [][]string{{"#samdrift", s.Municipality, s.Round, cat.String(), Digest(cat)}}
	var head []string
	for _, column := range columns {
		head = append(head, column.key)
	}
	lines = append(lines, head)
	answers := byControl(s)
	for i := range cat.Controls {
		k := &cat.Controls[i]
		cells := row(k, answers[k.ID], language)
		for j := range cells {
			cells[j] = disarm(cells[j])
		}
		lines = append(lines, cells)
	}
	if err := c.WriteAll(lines); err != nil {
		return fmt.Errorf("write the questionnaire: %w", err)
	}
	return nil
}

// ReadCSV reads what WriteCSV wrote and people filled in, with semicolons or commas. It gives what could
// be read together with every fault.
func ReadCSV(r io.Reader, cat *nis2.Catalogue) (Sheet, error) {
	data, err := readAll(r)
	if err != nil {
		return Sheet{}, err
	}
	data = bytes.TrimPrefix(data, []byte(mark))
	c := csv.NewReader(bytes.NewReader(data))
	c.FieldsPerRecord, c.LazyQuotes = -1, true
	c.Comma = ';'
	if first, _, _ := bytes.Cut(data, []byte("\n")); bytes.Count(first, []byte(",")) > bytes.Count(first, []byte(";")) {
		c.Comma = ','
	}
	lines, err := c.ReadAll()
	if err != nil {
		return Sheet{}, fmt.Errorf("the file is no CSV: %w", err)
	}
	var s Sheet
	firstRow := 2 // as people count
	if len(lines) > 0 && len(lines[0]) >= 5 && lines[0][0] == "#samdrift" {
		s.Municipality, s.Round, s.Catalogue, s.Digest = lines[0][1], lines[0][2], lines[0][3], lines[0][4]
		lines, firstRow = lines[1:], 3
	}
	if len(lines) == 0 {
		return s, errors.New("the file has no rows")
	}
	for _, line := range lines {
		for i := range line {
			line[i] = rearm(line[i])
		}
	}
	err = s.take(cat, lines[0], lines[1:], firstRow)
	return s, err
}

// disarm makes a cell that begins like a formula plain text, and rearm takes that back.
func disarm(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

func rearm(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.ContainsRune("=+-@\t\r", rune(cell[1])) {
		return cell[1:]
	}
	return cell
}

func readAll(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("the file is larger than %d MB; a questionnaire is a few hundred kB", MaxBytes>>20)
	}
	return data, nil
}
