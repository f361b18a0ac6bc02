package report

import "html/template"

// Section is one numbered part of the report.
type Section struct {
	ID     string // also its anchor
	Number int
	Title  string
	Blocks []Block
}

// Block is one piece of a section; the fields that are set are shown, in this order.
type Block struct {
	Heading string
	Text    string
	Figures []Figure
	List    []string
	Ordered bool // the list is numbered
	Chart   template.HTML
	Legend  []Key
	Table   *Table
	Missing *Missing
	Small   bool // side matter, set smaller
}

// Figure is a key figure with what it means.
type Figure struct {
	Label, Value, Note string
	Light              *Light
}

// Key explains a colour of a chart.
type Key struct{ Class, Text string }

// Table is a table with a caption. The first cell of each row is the row's head.
type Table struct {
	Caption string
	Head    []Cell
	Rows    [][]Cell
	Foot    []Cell
}

// Cell is one cell of a table.
type Cell struct {
	Text  string
	Note  string // under the text, smaller
	Class string // num: to the right; else a class of the stylesheet
	Light *Light
	Value any // what a workbook holds instead of the text: a float64, or a portion
}

// Missing says that samdrift does not hold something, what it is, and who can supply it.
type Missing struct{ Word, What, Who string }

func text(s string) Cell          { return Cell{Text: s} }
func number(s string) Cell        { return Cell{Text: s, Class: "num"} }
func noted(s, note string) Cell   { return Cell{Text: s, Note: note} }
func lit(l Light) Cell            { return Cell{Light: &l, Note: l.Note} }
func paragraph(s string) Block    { return Block{Text: s} }
func tabled(t Table) Block        { return Block{Table: &t} }
func bullets(list []string) Block { return Block{List: list} }

// columns gives the heads of a table; a key that begins with # is a column of figures.
func (b *builder) columns(keys ...string) []Cell {
	cells := make([]Cell, len(keys))
	for i, key := range keys {
		if key[0] == '#' {
			cells[i] = number(b.t("col." + key[1:]))
		} else {
			cells[i] = text(b.t("col." + key))
		}
	}
	return cells
}

// missing says what samdrift does not hold.
func (b *builder) missing(key string) Block {
	return Block{Missing: &Missing{
		Word: b.t("missing"),
		What: b.t("missing." + key),
		Who:  b.t("missing.who", "who", b.t("missing."+key+".who")),
	}}
}

func (b *builder) section(id string, blocks ...Block) Section {
	return Section{ID: id, Title: b.t("section." + id), Blocks: blocks}
}
