package exchange

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// writeRows writes a plain workbook with one sheet of text.
func writeRows(w io.Writer, sheet string, rows [][]string) (err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	faults := []error{f.SetSheetName("Sheet1", sheet)}
	for i, row := range rows {
		for j, cell := range row {
			at, _ := excelize.CoordinatesToCellName(j+1, i+1) // both are small
			faults = append(faults, f.SetCellStr(sheet, at, cell))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	return f.Write(w)
}

// readRows reads the first sheet of a workbook that another program wrote.
func readRows(r io.Reader) (rows [][]string, err error) {
	data, err := readAll(r)
	if err != nil {
		return nil, err
	}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped})
	if err != nil {
		return nil, fmt.Errorf("the file is no workbook that can be read (.xlsx): %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	rows, err = f.GetRows(f.GetSheetName(0))
	if err != nil {
		return nil, fmt.Errorf("read the first sheet: %w", err)
	}
	if len(rows) > maxRows {
		return nil, fmt.Errorf("the sheet has %d rows, at most %d are read", len(rows), maxRows)
	}
	return rows, nil
}

// heading finds the row that holds all of the wanted headings, and where each heading stands in it.
func heading(rows [][]string, wanted ...string) (at map[string]int, body [][]string, err error) {
	for i, row := range rows {
		at = map[string]int{}
		for j, cell := range row {
			at[strings.ToLower(strings.TrimSpace(cell))] = j
		}
		missing := false
		for _, name := range wanted {
			_, ok := at[name]
			missing = missing || !ok
		}
		if !missing {
			return at, rows[i+1:], nil
		}
	}
	return nil, nil, fmt.Errorf("the first sheet has no row with the headings %s", strings.Join(wanted, ", "))
}

func cellOf(row []string, at map[string]int, name string) string {
	if i, ok := at[name]; ok && i < len(row) {
		return strings.TrimSpace(row[i])
	}
	return ""
}
