package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

func newGapFacts(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "facts",
		Short: "List what other systems have told: patches, accounts, logs, scans and courses",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withHub(cmd.Context(), true, func(h *hub.Hub) error {
				held, err := h.Facts(cmd.Context(), operator)
				if err != nil {
					return err
				}
				t := table{head: []string{"municipality", "dataset", "taken", "rows"}}
				for _, f := range held {
					t.rows = append(t.rows, []string{f.Municipality, f.Dataset, f.TakenAt.String(), fmt.Sprint(f.Rows)})
				}
				return a.print(held, t)
			})
		},
	}
	cmd.AddCommand(newGapFactsImport(a), newGapFactsForget(a))
	return cmd
}

func newGapFactsForget(a *app) *cobra.Command {
	var municipality, dataset string
	cmd := &cobra.Command{
		Use:   "forget",
		Short: "Remove a dataset, so that its rules are not connected again",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withHub(cmd.Context(), false, func(h *hub.Hub) error {
				return h.ForgetFacts(cmd.Context(), operator, municipality, dataset)
			})
		},
	}
	cmd.Flags().StringVar(&municipality, "municipality", "", "three-digit code")
	cmd.Flags().StringVar(&dataset, "dataset", "", "which dataset")
	mustRequire(cmd, "municipality")
	mustRequire(cmd, "dataset")
	return cmd
}

func newGapFactsImport(a *app) *cobra.Command {
	var municipality, dataset, format, taken string
	var apply bool
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Show what a dataset would change, and with --apply take it over",
		Long: fmt.Sprintf(`Show what a dataset of another system would change in a municipality's gap analysis, and with --apply
take it over in place of the one before. The file is CSV or a JSON list; docs/nis2/facts.md lists the
columns. A fault refuses the whole file and names its row. Names of persons are not kept.

Datasets: %s.`, strings.Join(nis2.Datasets(), ", ")),
		Example: "  samdrift gap facts import updates.csv --municipality 479 --dataset patch_system\n  samdrift gap facts import updates.csv --municipality 479 --dataset patch_system --apply",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(nis2.Datasets(), dataset) {
				return usageError{fmt.Errorf("--dataset %q is none of %v", dataset, nis2.Datasets())}
			}
			if format == "" {
				format = strings.TrimPrefix(filepath.Ext(args[0]), ".")
			}
			if format != formatCSV && format != formatJSON {
				return usageError{fmt.Errorf("--format %q is neither csv nor json", format)}
			}
			day, err := inventory.ParseDate(taken)
			if err != nil {
				return usageError{fmt.Errorf("--taken: %w", err)}
			}
			data, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			return a.withHub(cmd.Context(), !apply, func(h *hub.Hub) error {
				file := hub.FactsFile{Municipality: municipality, Dataset: dataset, Format: format, Taken: day, Data: data}
				v, err := h.ImportFacts(cmd.Context(), operator, file, !apply)
				if err != nil {
					return fmt.Errorf("%s: %w", args[0], err)
				}
				return a.print(v, factsTable(v, apply))
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&municipality, "municipality", "", "three-digit code")
	f.StringVar(&dataset, "dataset", "", "which dataset the file holds")
	f.StringVar(&format, "format", "", "csv or json (default: by the file's ending)")
	f.StringVar(&taken, "taken", "", "the day on which the other system said so, YYYY-MM-DD (default: today)")
	f.BoolVar(&apply, "apply", false, "take the dataset over")
	mustRequire(cmd, "municipality")
	mustRequire(cmd, "dataset")
	return cmd
}

// factsTable tells what a dataset changes, and at most twenty of the names that matched nothing.
func factsTable(v hub.FactsView, applied bool) table {
	t := table{head: []string{"control", "automatic", "will be", "effective", "will be", "failing"}}
	for _, l := range v.Levels {
		failing := ""
		if m := l.After.Members; m != nil {
			failing = fmt.Sprintf("%d of %d known of %d", m.Failing, m.Known, m.Population)
		}
		t.rows = append(t.rows, []string{l.Control, level(l.Before.Automatic), level(l.After.Automatic),
			fmt.Sprint(l.Before.Effective), fmt.Sprint(l.After.Effective), failing})
	}
	t.note = fmt.Sprintf("%d rows in place of %d.", v.Rows, v.Before)
	if n := len(v.Unmatched); n > 0 {
		const listed = 20
		t.note += fmt.Sprintf(" %d names are not in the inventory or stand for several assets: %s", n, strings.Join(v.Unmatched[:min(listed, n)], ", "))
		if n > listed {
			t.note += fmt.Sprintf(" and %d more", n-listed)
		}
		t.note += "."
	}
	if !applied {
		t.note += " Nothing was changed: run it again with --apply to take them over."
	}
	return t
}
