package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/samdrift/samdrift/inventory"
)

// outputs are the forms in which data is printed.
var outputs = []string{"table", "json", "csv"}

// table is the form of data for people and sheets.
type table struct {
	head []string
	rows [][]string
	note string // said below the table, and never in JSON or CSV
	demo bool   // the data are invented: CSV says so in its first row
}

// print writes data to stdout in the form asked for: value as JSON, or the table.
func (a *app) print(value any, t table) error {
	switch a.output {
	case "json":
		e := json.NewEncoder(a.out)
		e.SetEscapeHTML(false)
		return e.Encode(value)
	case "csv":
		w := csv.NewWriter(a.out)
		if t.demo {
			if err := w.Write([]string{inventory.DemoNotice}); err != nil {
				return err
			}
		}
		if err := w.Write(t.head); err != nil {
			return err
		}
		for _, row := range t.rows {
			for i := range row {
				row[i] = plainCell(row[i])
			}
			if err := w.Write(row); err != nil {
				return err
			}
		}
		w.Flush()
		return w.Error()
	}
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	upper := make([]string, len(t.head))
	for i, h := range t.head {
		upper[i] = strings.ToUpper(h)
	}
	for _, row := range append([][]string{upper}, t.rows...) {
		if _, err := fmt.Fprintln(w, strings.Join(row, "\t")); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if t.note != "" {
		_, err := fmt.Fprintln(a.out, "\n"+t.note)
		return err
	}
	return nil
}

// plainCell keeps a sheet from reading text as a formula: device data decides what stands in it.
func plainCell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

// say writes a line of progress to stderr.
func (a *app) say(format string, args ...any) {
	_, _ = fmt.Fprintf(a.err, format+"\n", args...)
}

// progress shows how far a long step is: a bar on a terminal, nothing elsewhere (say tells the
// beginning and end of steps there).
func (a *app) progress(what string) func(done, total int) {
	f, ok := a.err.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return func(int, int) {}
	}
	var bar *progressbar.ProgressBar
	return func(done, total int) {
		if bar == nil {
			bar = progressbar.NewOptions(total,
				progressbar.OptionSetDescription(what), progressbar.OptionSetWriter(f),
				progressbar.OptionEnableColorCodes(os.Getenv("NO_COLOR") == ""), progressbar.OptionClearOnFinish())
		}
		_ = bar.Set(done) // a bar that cannot be drawn is no reason to stop
	}
}
