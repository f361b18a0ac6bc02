package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/samdrift/samdrift/dashboards/report"
	"github.com/samdrift/samdrift/hub"
)

const formatHTML = "html"

var reportFormats = []string{formatHTML, formatXLSX}

func newGapReport(a *app) *cobra.Command {
	var municipality, format, file, language string
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Write the gap report of one municipality, or the joint report",
		Long: `Write the gap report of one municipality, or without --municipality the joint report of all: as one
HTML file that needs nothing else and fits on paper, or as a workbook.

Every figure stands with its source and date, and what is partial is called partial. No server is
named. The joint report ranks nobody, names a municipality only where it agreed, and holds nothing
that stands for fewer than three of them.`,
		Example: "  samdrift gap report --municipality 479\n  samdrift gap report --format xlsx --file joint.xlsx",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			format = cmp.Or(format, strings.TrimPrefix(filepath.Ext(file), "."), formatHTML)
			if !slices.Contains(reportFormats, format) {
				return usageError{fmt.Errorf("--format %q is none of %v", format, reportFormats)}
			}
			if language != "da" && language != "en" {
				return usageError{fmt.Errorf("--lang %q is none of da, en", language)}
			}
			return a.withHub(cmd.Context(), true, func(h *hub.Hub) error {
				name, content, err := gapReport(cmd.Context(), h, municipality, format, language)
				if err != nil {
					return err
				}
				if file == "-" {
					_, err := a.out.Write(content)
					return err
				}
				file = cmp.Or(file, name)
				if err := os.WriteFile(file, content, 0o600); err != nil {
					return fmt.Errorf("write the report: %w", err)
				}
				return a.print(map[string]string{"file": file, "format": format}, table{head: []string{"file", "format"}, rows: [][]string{{file, format}}})
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&municipality, "municipality", "", "three-digit code; empty: the joint report")
	f.StringVar(&format, "format", "", fmt.Sprintf("one of %v (default: by the file's ending, or html)", reportFormats))
	f.StringVar(&file, "file", "", "where to write; - is standard output (default: a name of its own in the working directory)")
	f.StringVar(&language, "lang", "da", "da or en")
	return cmd
}

// gapReport makes a report and a name for its file; invented data are called so in it.
func gapReport(ctx context.Context, h *hub.Hub, municipality, format, language string) (name string, content []byte, err error) {
	var paper report.Paper
	name = "gap-joint"
	demo := false
	if municipality == "" {
		r, err := h.JointReport(ctx, operator)
		if err != nil {
			return "", nil, err
		}
		paper, demo = report.JointPaper(r, language), r.Data.Demo
	} else {
		r, err := h.GapReport(ctx, operator, municipality)
		if err != nil {
			return "", nil, err
		}
		paper, demo, name = report.GapPaper(r, language), r.Data.Demo, "gap-"+municipality
	}
	if demo {
		name = "demodata-" + name
	}
	if format == formatXLSX {
		content, err = paper.XLSX()
	} else {
		content, err = paper.HTML()
	}
	return name + "." + format, content, err
}
