package nis2

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/samdrift/samdrift/inventory"
)

// The limits of one import.
const (
	maxFactBytes  = 64 << 20
	maxFactRows   = 500_000
	maxFactFaults = 50 // after these the reading stops
)

// reading is a file on its way to rows.
type reading struct {
	municipality string
	taken        inventory.Date
	columns      []string // of a CSV; nil for JSON, where each row has its own
	rows         []factRow
	faults       []error
}

// factRow is one row as text.
type factRow struct {
	number int // line of a CSV, place in a JSON list; from 1
	cells  map[string]string
}

func (r *reading) fault(row int, format string, args ...any) {
	if len(r.faults) < maxFactFaults {
		r.faults = append(r.faults, fmt.Errorf("row %d: %s", row, fmt.Sprintf(format, args...)))
	}
}

// fits refuses what is too large or not text.
func (r *reading) fits(data []byte) bool {
	switch {
	case len(data) > maxFactBytes:
		r.fault(1, "the file is larger than %d MB; split it", maxFactBytes>>20)
	case !utf8.Valid(data):
		r.fault(1, "the file is not UTF-8; save it as CSV UTF-8")
	default:
		return true
	}
	return false
}

// csv reads comma or, as Danish spreadsheets save them, semicolon separated rows under a head of columns.
func (r *reading) csv(data []byte) {
	if !r.fits(data) {
		return
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	head, _, _ := bytes.Cut(data, []byte("\n"))
	c := csv.NewReader(bytes.NewReader(data))
	if bytes.ContainsRune(head, ';') {
		c.Comma = ';'
	}
	for {
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var wrong *csv.ParseError
		if errors.As(err, &wrong) {
			r.fault(wrong.StartLine, "%v", wrong.Err)
			return
		}
		if err != nil {
			r.fault(1, "%v", err)
			return
		}
		if r.columns == nil {
			r.columns = make([]string, len(record))
			for i, name := range record {
				r.columns[i] = strings.ToLower(strings.TrimSpace(name))
				if slices.Index(r.columns, r.columns[i]) < i {
					r.fault(1, "column %q stands twice", r.columns[i])
				}
			}
			continue
		}
		line, _ := c.FieldPos(0)
		row := factRow{line, make(map[string]string, len(record))}
		for i, cell := range record {
			row.cells[r.columns[i]] = strings.TrimSpace(cell)
		}
		if !r.add(row) {
			return
		}
	}
	if r.columns == nil {
		r.fault(1, "the file is empty; the first line must name the columns")
	}
}

// json reads a list of flat objects.
func (r *reading) json(data []byte) {
	if !r.fits(data) {
		return
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if t, err := d.Token(); err != nil || t != json.Delim('[') {
		r.fault(1, "the file must be a JSON list of objects")
		return
	}
	for number := 1; d.More(); number++ {
		cells, err := flatObject(d)
		if err != nil {
			r.fault(number, "%v", err)
			return
		}
		if !r.add(factRow{number, cells}) {
			return
		}
	}
	if _, err := d.Token(); err != nil {
		r.fault(len(r.rows)+1, "the list does not end: %v", err)
	} else if _, err := d.Token(); !errors.Is(err, io.EOF) {
		r.fault(len(r.rows)+1, "text follows the list")
	}
}

// flatObject reads one object whose values are texts, numbers, yes or no, or nothing.
func flatObject(d *json.Decoder) (map[string]string, error) {
	if t, err := d.Token(); err != nil {
		return nil, err
	} else if t != json.Delim('{') {
		return nil, fmt.Errorf("%v stands where an object should", t)
	}
	cells := map[string]string{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		name, _ := t.(string) // a key always is
		if _, twice := cells[name]; twice {
			return nil, fmt.Errorf("column %q stands twice", name)
		}
		value, err := d.Token()
		if err != nil {
			return nil, err
		}
		switch v := value.(type) {
		case nil:
			cells[name] = ""
		case json.Delim:
			return nil, fmt.Errorf("column %q holds a list or an object; want one value", name)
		default:
			cells[name] = strings.TrimSpace(fmt.Sprint(v))
		}
	}
	_, err := d.Token()
	return cells, err
}

func (r *reading) add(row factRow) bool {
	if len(r.rows) == maxFactRows {
		r.fault(row.number, "more than %d rows; split the file", maxFactRows)
		return false
	}
	r.rows = append(r.rows, row)
	return true
}

// rowsOf makes typed rows of what was read.
func rowsOf[T any, P interface {
	*T
	fields() []field
}](r *reading) []T {
	names := map[string]bool{}
	for _, f := range P(new(T)).fields() {
		names[f.name] = true
		if f.need && r.columns != nil && !slices.Contains(r.columns, f.name) {
			r.fault(1, "column %q is missing", f.name)
		}
	}
	for _, name := range r.columns {
		if !names[name] {
			r.fault(1, "column %q is unknown; the dataset has %s", name, columnNames(P(new(T)).fields()))
		}
	}
	if len(r.faults) > 0 && r.columns != nil {
		return nil
	}
	list := make([]T, 0, len(r.rows))
	seen := map[string]int{}
	for _, row := range r.rows {
		var value T
		used := 0
		for _, f := range P(&value).fields() {
			text, told := row.cells[f.name]
			if told {
				used++
			}
			if err := f.set(text, r.taken); err != nil {
				r.fault(row.number, "column %s: %v", f.name, err)
			}
		}
		if used < len(row.cells) {
			for _, name := range sortedKeys(row.cells) {
				if !names[name] {
					r.fault(row.number, "column %q is unknown", name)
				}
			}
		}
		if v, ok := any(&value).(interface{ finish(string) error }); ok {
			if err := v.finish(r.municipality); err != nil {
				r.fault(row.number, "%v", err)
			}
		}
		if v, ok := any(&value).(interface{ identity() string }); ok {
			if before := seen[v.identity()]; before > 0 {
				r.fault(row.number, "tells of the same as row %d; keep one", before)
			}
			seen[v.identity()] = row.number
		}
		if len(r.faults) >= maxFactFaults {
			return nil
		}
		list = append(list, value)
	}
	return list
}

func columnNames(fields []field) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	return strings.Join(names, ", ")
}

func sortedKeys(cells map[string]string) []string {
	keys := make([]string, 0, len(cells))
	for key := range cells {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
