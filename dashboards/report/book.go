package report

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// XLSX gives the report as a workbook: the front on one sheet, each section on its own. Texts are cells
// of text, so that one which begins like a formula is never run; figures are numbers to reckon with.
func (p Paper) XLSX() (book []byte, err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	b := bookWriter{f: f, paper: p}
	if err := b.styles(); err != nil {
		return nil, fmt.Errorf("%s as a workbook: %w", p.title, err)
	}
	b.keep(f.SetSheetName("Sheet1", sheetName(p.title)))
	b.begin(sheetName(p.title))
	b.front()
	for _, s := range p.sections {
		name := sheetName(fmt.Sprintf("%d %s", s.Number, s.Title))
		_, err := f.NewSheet(name)
		b.keep(err)
		b.begin(name)
		b.section(s)
	}
	f.SetActiveSheet(0)
	var out bytes.Buffer
	b.keep(f.Write(&out))
	if err := errors.Join(b.faults...); err != nil {
		return nil, fmt.Errorf("%s as a workbook: %w", p.title, err)
	}
	return out.Bytes(), nil
}

// sheetName fits a title to what a sheet may be called: 31 characters, none of []:*?/\.
func sheetName(title string) string {
	name := []rune(strings.NewReplacer("[", "", "]", "", ":", "", "*", "", "?", "", "/", "-", `\`, "-").Replace(title))
	return strings.TrimSpace(string(name[:min(len(name), 31)]))
}

type bookWriter struct {
	f      *excelize.File
	paper  Paper
	sheet  string
	row    int // the next one
	faults []error

	title, head, body, share, number int // styles
}

func (b *bookWriter) keep(err error) {
	if err != nil {
		b.faults = append(b.faults, err)
	}
}

func (b *bookWriter) styles() error {
	var faults []error
	style := func(s excelize.Style) int {
		id, err := b.f.NewStyle(&s)
		faults = append(faults, err)
		return id
	}
	wrap := &excelize.Alignment{WrapText: true, Vertical: "top"}
	b.title = style(excelize.Style{Font: &excelize.Font{Bold: true, Size: 14}})
	b.head = style(excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: wrap, Border: []excelize.Border{{Type: "bottom", Style: 2, Color: "4D4D4D"}}})
	b.body = style(excelize.Style{Alignment: wrap})
	b.share = style(excelize.Style{Alignment: wrap, NumFmt: 9})                                // 0 %
	b.number = style(excelize.Style{Alignment: wrap, CustomNumFmt: ptr("#,##0.##;-#,##0.##")}) // as many decimals as there are, at most two
	return errors.Join(faults...)
}

func ptr[T any](v T) *T { return &v }

func (b *bookWriter) begin(sheet string) {
	b.sheet, b.row = sheet, 1
	b.keep(b.f.SetColWidth(sheet, "A", "A", 60))
	b.keep(b.f.SetColWidth(sheet, "B", "Z", 16))
	orientation, size, height := "landscape", 9, 0
	b.keep(b.f.SetPageLayout(sheet, &excelize.PageLayoutOptions{Orientation: &orientation, Size: &size, FitToHeight: &height}))
	if b.paper.meta.Demo {
		b.line(b.head, b.paper.l.T("demo.notice"))
	}
}

// line writes texts from the first column on.
func (b *bookWriter) line(style int, texts ...string) {
	for i, text := range texts {
		b.put(i, style, text, nil)
	}
	b.row++
}

// put writes one cell of the row; a value goes before the text.
func (b *bookWriter) put(column, style int, text string, value any) {
	at, err := excelize.CoordinatesToCellName(column+1, b.row)
	b.keep(err)
	switch v := value.(type) {
	case portion:
		style = b.share
		b.keep(b.f.SetCellFloat(b.sheet, at, float64(v), -1, 64))
	case float64:
		style = b.number
		b.keep(b.f.SetCellFloat(b.sheet, at, v, -1, 64))
	default:
		b.keep(b.f.SetCellStr(b.sheet, at, text))
	}
	b.keep(b.f.SetCellStyle(b.sheet, at, at, style))
}

func (b *bookWriter) front() {
	b.line(b.title, b.paper.title)
	b.line(b.head, b.paper.subject)
	for _, e := range append(b.paper.front, b.paper.seal...) {
		b.line(b.body, e.Term, e.Value)
	}
	b.row++
	for _, s := range b.paper.sections {
		b.line(b.body, fmt.Sprintf("%d. %s", s.Number, s.Title))
	}
}

func (b *bookWriter) section(s Section) {
	b.line(b.title, s.Title)
	for _, x := range s.Blocks {
		if x.Heading != "" {
			b.row++
			b.line(b.head, x.Heading)
		}
		if x.Text != "" {
			b.line(b.body, x.Text)
		}
		for _, f := range x.Figures {
			b.line(b.body, f.Label, f.Value, f.Note)
		}
		for _, text := range x.List {
			b.line(b.body, text)
		}
		if x.Table != nil {
			b.table(*x.Table)
		}
	}
}

func (b *bookWriter) table(t Table) {
	b.row++
	b.line(b.head, t.Caption)
	b.cells(t.Head, b.head)
	for _, row := range t.Rows {
		b.cells(row, b.body)
	}
	if len(t.Foot) > 0 {
		b.cells(t.Foot, b.head)
	}
}

// cells writes a row. What is noted under a figure stands beside it in words, to leave the figure whole.
func (b *bookWriter) cells(row []Cell, style int) {
	for i, c := range row {
		text := c.Text
		if c.Light != nil {
			text = c.Light.Word
		}
		if c.Note != "" && c.Note != text {
			text = strings.TrimPrefix(text+"\n"+c.Note, "\n")
		}
		b.put(i, style, text, c.Value)
	}
	b.row++
}
