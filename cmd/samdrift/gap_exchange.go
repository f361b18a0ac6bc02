package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner/nis2/exchange"
)

// The formats of answers in files.
const (
	formatXLSX    = "xlsx"
	formatCSV     = "csv"
	formatJSON    = "json"
	formatCISO    = "ciso-audit"
	formatLibrary = "ciso-library"
	formatOSCAL   = "oscal-" // and one of hub.OSCALDocuments
)

var (
	exportFormats = append([]string{formatXLSX, formatCSV, formatJSON, formatCISO, formatLibrary}, oscalFormats()...)
	importFormats = exchange.Formats
)

func oscalFormats() []string {
	var formats []string
	for _, document := range hub.OSCALDocuments {
		formats = append(formats, formatOSCAL+document)
	}
	return formats
}

func newGapExport(a *app) *cobra.Command {
	var municipality, format, file, language string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write a municipality's answers to a file",
		Long: `Write a municipality's answers to a file: a workbook or CSV to fill in and import again, JSON, what
CISO Assistant reads (its library of controls, and an audit with the answers), or OSCAL 1.1.3 (the catalogue,
the assessment's results, and what the centre of its agreement carries as a component).`,
		Example: "  samdrift gap export --municipality 479 --file svendborg.xlsx",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if format == "" {
				format = strings.TrimPrefix(filepath.Ext(file), ".")
			}
			if !slices.Contains(exportFormats, format) {
				return usageError{fmt.Errorf("--format %q is none of %v", format, exportFormats)}
			}
			return a.withHub(cmd.Context(), true, func(h *hub.Hub) error {
				var b bytes.Buffer
				if err := writeAnswers(cmd.Context(), h, &b, municipality, format, language); err != nil {
					return err
				}
				if file == "-" {
					_, err := a.out.Write(b.Bytes())
					return err
				}
				if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
					return fmt.Errorf("write the file: %w", err)
				}
				_, err := fmt.Fprintf(a.err, "Wrote %s. It tells where a municipality is weak: keep it like a key.\n", file)
				return err
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&municipality, "municipality", "", "three-digit code")
	f.StringVar(&format, "format", "", fmt.Sprintf("one of %v (default: by the file's ending)", exportFormats))
	f.StringVar(&file, "file", "", "where to write; - is standard output")
	f.StringVar(&language, "language", "da", "da or en")
	mustRequire(cmd, "municipality")
	mustRequire(cmd, "file")
	return cmd
}

func writeAnswers(ctx context.Context, h *hub.Hub, w io.Writer, municipality, format, language string) error {
	if document, ok := strings.CutPrefix(format, formatOSCAL); ok {
		d, err := h.OSCAL(ctx, operator, municipality, document)
		if err != nil {
			return err
		}
		return d.Write(w)
	}
	s, err := h.ExportAnswers(ctx, operator, municipality)
	if err != nil {
		return err
	}
	switch cat := h.Catalogue(); format {
	case formatXLSX:
		return exchange.WriteXLSX(w, cat, s, language)
	case formatCSV:
		return exchange.WriteCSV(w, cat, s, language)
	case formatCISO:
		return exchange.WriteCISOAudit(w, cat, s)
	case formatLibrary:
		return exchange.WriteCISOLibrary(w, cat)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(s.Answers)
}

func newGapImport(a *app) *cobra.Command {
	var municipality, format string
	var apply bool
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Show what a file of answers would change, and with --apply take it over",
		Long: `Show what a file of answers would change, and with --apply take it over. Files add and alter, they never
delete. Levels from CISO Assistant and OS2compliance come in as proposals that somebody must confirm.`,
		Example: "  samdrift gap import svendborg.xlsx --municipality 479\n  samdrift gap import svendborg.xlsx --municipality 479 --apply",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if format == "" {
				format = strings.TrimPrefix(filepath.Ext(args[0]), ".")
			}
			if !slices.Contains(importFormats, format) {
				return usageError{fmt.Errorf("--format %q is none of %v", format, importFormats)}
			}
			data, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			return a.withHub(cmd.Context(), !apply, func(h *hub.Hub) error {
				answers, notes, err := exchange.Read(format, data, h.Catalogue(), municipality)
				for _, n := range notes {
					if _, err := fmt.Fprintln(a.err, n); err != nil {
						return err
					}
				}
				if err != nil {
					return fmt.Errorf("%s: nothing was taken over: %w", args[0], err)
				}
				changes, err := h.ImportAnswers(cmd.Context(), operator, municipality, answers, !apply)
				if err != nil {
					return err
				}
				t := table{head: []string{"control", "field", "from", "to"}}
				for _, c := range changes {
					t.rows = append(t.rows, []string{c.Control, c.Field, c.From, c.To})
				}
				if t.note = fmt.Sprintf("%d changes.", len(changes)); !apply {
					t.note = fmt.Sprintf("%d changes, none made: run it again with --apply to take them over.", len(changes))
				}
				return a.print(changes, t)
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&municipality, "municipality", "", "three-digit code")
	f.StringVar(&format, "format", "", fmt.Sprintf("one of %v (default: by the file's ending)", importFormats))
	f.BoolVar(&apply, "apply", false, "take the changes over")
	mustRequire(cmd, "municipality")
	return cmd
}
