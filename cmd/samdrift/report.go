package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/samdrift/samdrift/dashboards/report"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/hub/store"
)

func newReport(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "report", Short: "Reports to the steering group"}
	cmd.AddCommand(newReportHalfYear(a))
	return cmd
}

func newReportHalfYear(a *app) *cobra.Command {
	var folder, language string
	cmd := &cobra.Command{
		Use:   "half-year",
		Short: "Freeze the data of today and write the half-year report (halvårsrapport) from them",
		Long: `Freeze the data of today and write the half-year report (halvårsrapport) from them.

The report is one HTML file that needs nothing else, and beside it the frozen data as JSON, whose
SHA-256 the report carries. Both are also kept in the data directory.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if language != "da" && language != "en" {
				return usageError{fmt.Errorf("--language %q is none of da, en", language)}
			}
			return a.withHub(cmd.Context(), false, func(h *hub.Hub) error {
				w, err := writeReport(cmd.Context(), h, operator, cmp.Or(folder, filepath.Join(h.Dir(), "reports")), language)
				if err != nil {
					return err
				}
				return a.print(w, table{
					head: []string{"period", "html", "facts", "sha256"},
					rows: [][]string{{w.Period, w.HTML, w.FactsFile, w.Snapshot}},
				})
			})
		},
	}
	cmd.Flags().StringVar(&folder, "to", "", "folder to write into (default: reports in the data directory)")
	cmd.Flags().StringVar(&language, "language", "da", "da or en")
	return cmd
}

// writtenReport tells where a frozen report lies.
type writtenReport struct {
	Period    string `json:"period"`
	HTML      string `json:"html"`       // path of the page
	Snapshot  string `json:"snapshot"`   // SHA-256 of the frozen facts
	FactsFile string `json:"facts_file"` // path of the frozen facts
}

// writeReport freezes today's facts, builds the report, keeps both in the hub and writes them as files.
func writeReport(ctx context.Context, h *hub.Hub, p hub.Person, folder, language string) (writtenReport, error) {
	facts, err := h.ReportFacts(ctx, p)
	if err != nil {
		return writtenReport{}, err
	}
	frozen, hash, err := report.Freeze(facts)
	if err != nil {
		return writtenReport{}, err
	}
	page, err := report.Build(facts, hash, language)
	if err != nil {
		return writtenReport{}, err
	}
	id := facts.Period + "-" + hash[:12]
	kept := store.Report{ID: id, Period: facts.Period, Hash: hash, Snapshot: facts.Snapshot, Demo: facts.Demo, Facts: frozen, HTML: page}
	if err := h.KeepReport(ctx, p, kept); err != nil {
		return writtenReport{}, err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return writtenReport{}, fmt.Errorf("report folder: %w", err)
	}
	name := "halvaarsrapport-" + id
	if facts.Demo {
		name = "demodata-" + name
	}
	w := writtenReport{
		Period: facts.Period, Snapshot: hash,
		HTML: filepath.Join(folder, name+".html"), FactsFile: filepath.Join(folder, name+".json"),
	}
	for path, content := range map[string][]byte{w.HTML: page, w.FactsFile: frozen} {
		if err := writeFile(path, func(out io.Writer) error { _, err := out.Write(content); return err }); err != nil {
			return writtenReport{}, err
		}
	}
	return w, nil
}
