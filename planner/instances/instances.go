// Package instances reads the public benchmark problems that the planner is measured on, and makes up
// its own: random problems of the country's size. Readers take bytes and give values; whoever calls
// them opens the files.
package instances

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"strconv"
)

// Row is one line of a list of instances (bkv_*.csv) by column name.
type Row map[string]string

// List reads a list of instances.
func List(data []byte) ([]Row, error) {
	lines, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("list of instances: %w", err)
	}
	if len(lines) == 0 {
		return nil, fmt.Errorf("list of instances: no header")
	}
	rows := make([]Row, 0, len(lines)-1)
	for _, line := range lines[1:] {
		row := Row{}
		for k, name := range lines[0] {
			row[name] = line[k]
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// Number gives a column as a number, and whether it holds one.
func (r Row) Number(column string) (float64, bool) {
	v, err := strconv.ParseFloat(r[column], 64)
	return v, err == nil
}

// numbers reads all that is written, separated by white space, as numbers.
type numbers struct {
	fields [][]byte
	at     int
	err    error
}

func read(data []byte) *numbers { return &numbers{fields: bytes.Fields(data)} }

// next gives the next number; past the end or at a word it keeps the first error and gives 0.
func (n *numbers) next() float64 {
	if n.err != nil {
		return 0
	}
	if n.at >= len(n.fields) {
		n.err = fmt.Errorf("ends after %d numbers, more are needed", n.at)
		return 0
	}
	v, err := strconv.ParseFloat(string(n.fields[n.at]), 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		n.err = fmt.Errorf("number %d is %q", n.at+1, n.fields[n.at])
		return 0
	}
	n.at++
	return v
}

// count gives the next number as a whole one between least and most.
func (n *numbers) count(what string, least, most int) int {
	v := n.next()
	if n.err == nil && (v != math.Trunc(v) || v < float64(least) || v > float64(most)) {
		n.err = fmt.Errorf("number %d, %s, is %g, want a whole number from %d to %d", n.at, what, v, least, most)
	}
	if n.err != nil {
		return least
	}
	return int(v)
}
