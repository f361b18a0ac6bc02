package exchange

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/samdrift/samdrift/planner/nis2"
)

// The sheets of the workbook. The last one tells what the file is and is hidden.
const (
	sheetAnswers = "Besvarelse"
	sheetScale   = "Skala"
	sheetAbout   = "samdrift"
)

// WriteXLSX writes the questionnaire as a workbook: one row a control, the id column hidden, levels
// as a drop-down, the scale on a sheet of its own. Every cell is text or a whole number, never a formula.
func WriteXLSX(w io.Writer, cat *nis2.Catalogue, s Sheet, language string) (err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	book := &workbook{f: f, cat: cat, sheet: s, language: language}
	if err := errors.Join(f.SetSheetName("Sheet1", sheetAnswers), book.answers(), book.scale(), book.about()); err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	f.SetActiveSheet(0)
	return f.Write(w)
}

type workbook struct {
	f        *excelize.File
	cat      *nis2.Catalogue
	sheet    Sheet
	language string
}

func (b *workbook) answers() error {
	head, err := b.f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return err
	}
	wrap, err := b.f.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}, NumFmt: 49}) // 49: text, so that dates stay as written
	if err != nil {
		return err
	}
	var faults []error
	for i, c := range columns {
		name, _ := excelize.ColumnNumberToName(i + 1) // i is small
		faults = append(faults, b.f.SetColWidth(sheetAnswers, name, name, c.width), b.f.SetColStyle(sheetAnswers, name, wrap),
			b.f.SetCellStr(sheetAnswers, name+"1", c.title(b.language)))
	}
	answers := byControl(b.sheet)
	for i := range b.cat.Controls {
		k := &b.cat.Controls[i]
		for j, cell := range row(k, answers[k.ID], b.language) {
			at, _ := excelize.CoordinatesToCellName(j+1, i+2) // both are small
			if n, err := strconv.Atoi(cell); err == nil && (columns[j].key == "level" || columns[j].key == "target") {
				faults = append(faults, b.f.SetCellInt(sheetAnswers, at, int64(n)))
			} else if cell != "" {
				faults = append(faults, b.f.SetCellStr(sheetAnswers, at, cell))
			}
		}
	}
	last := len(b.cat.Controls) + 1
	levels := excelize.NewDataValidation(true)
	for i, c := range columns {
		if c.key == "level" {
			name, _ := excelize.ColumnNumberToName(i + 1)
			levels.Sqref = fmt.Sprintf("%s2:%s%d", name, name, last)
		}
	}
	var allowed []string
	for n := b.cat.Scale.Min; n <= b.cat.Scale.Max; n++ {
		allowed = append(allowed, strconv.Itoa(n))
	}
	faults = append(faults,
		levels.SetDropList(allowed), b.f.AddDataValidation(sheetAnswers, levels),
		b.f.SetColVisible(sheetAnswers, "A", false), b.f.SetRowStyle(sheetAnswers, 1, 1, head),
		b.f.SetPanes(sheetAnswers, &excelize.Panes{Freeze: true, XSplit: 2, YSplit: 1, TopLeftCell: "C2", ActivePane: "bottomRight"}))
	return errors.Join(faults...)
}

func (b *workbook) scale() error {
	_, err := b.f.NewSheet(sheetScale)
	faults := []error{err, b.f.SetColWidth(sheetScale, "B", "B", 70)}
	for i, l := range b.cat.Scale.Levels {
		faults = append(faults, b.f.SetCellInt(sheetScale, fmt.Sprintf("A%d", i+1), int64(l.Level)), b.f.SetCellStr(sheetScale, fmt.Sprintf("B%d", i+1), l.In(b.language)))
	}
	return errors.Join(faults...)
}

func (b *workbook) about() error {
	_, err := b.f.NewSheet(sheetAbout)
	faults := []error{err}
	for i, line := range [][2]string{
		{"municipality", b.sheet.Municipality}, {"round", b.sheet.Round}, {"catalogue", b.cat.String()}, {"digest", Digest(b.cat)},
	} {
		faults = append(faults, b.f.SetCellStr(sheetAbout, fmt.Sprintf("A%d", i+1), line[0]), b.f.SetCellStr(sheetAbout, fmt.Sprintf("B%d", i+1), line[1]))
	}
	return errors.Join(append(faults, b.f.SetSheetVisible(sheetAbout, false))...)
}

// ReadXLSX reads a workbook that WriteXLSX wrote and people saved with any office program. It gives what
// could be read together with every fault.
func ReadXLSX(r io.Reader, cat *nis2.Catalogue) (s Sheet, err error) {
	data, err := readAll(r)
	if err != nil {
		return Sheet{}, err
	}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped})
	if err != nil {
		return Sheet{}, fmt.Errorf("the file is no workbook that can be read (.xlsx): %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	about, err := f.GetRows(sheetAbout)
	if err != nil {
		return Sheet{}, fmt.Errorf("the workbook is not a questionnaire from samdrift: %w", err)
	}
	for _, line := range about {
		if len(line) < 2 {
			continue
		}
		switch line[0] {
		case "municipality":
			s.Municipality = line[1]
		case "round":
			s.Round = line[1]
		case "catalogue":
			s.Catalogue = line[1]
		case "digest":
			s.Digest = line[1]
		}
	}
	rows, err := f.GetRows(sheetAnswers)
	if err != nil {
		return s, fmt.Errorf("the workbook has no sheet %q: %w", sheetAnswers, err)
	}
	if len(rows) == 0 {
		return s, fmt.Errorf("the sheet %q is empty", sheetAnswers)
	}
	if strings.TrimSpace(s.Municipality) == "" {
		return s, errors.New("the workbook does not say whose answers it holds; export it anew")
	}
	return s, s.take(cat, rows[0], rows[1:], 2)
}
