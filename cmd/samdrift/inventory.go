package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
)

func newInventory(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "inventory", Short: "Show the estate, its history and its doubts; export and import it"}
	cmd.AddCommand(
		newInventoryList(a), newInventoryShow(a), newInventoryHistory(a), newInventoryDiff(a),
		newInventoryDuplicates(a), newInventoryMerge(a), newInventorySplit(a), newInventoryUndo(a), newInventoryDecisions(a),
		newInventoryExport(a), newInventoryImport(a),
	)
	return cmd
}

func newInventoryList(a *app) *cobra.Command {
	var q hub.AssetQuery
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List assets",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withHub(cmd.Context(), true, func(h *hub.Hub) error {
				var all []hub.AssetRow
				for q.Page, q.PerPage = 1, 500; ; q.Page++ {
					list, err := h.Assets(cmd.Context(), operator, q)
					if err != nil {
						return err
					}
					all = append(all, list.Rows...)
					if q.Page < list.Pages {
						continue
					}
					list.Rows, list.Query, list.Pages = all, q, 1
					return a.print(list, assetTable(list))
				}
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&q.Text, "text", "", "part of name, address, serial, model or operating system")
	f.StringVar(&q.Municipality, "municipality", "", "three-digit code")
	f.StringVar((*string)(&q.Kind), "kind", "", "server, vm, switch, ...")
	f.StringVar((*string)(&q.Status), "status", "", "of the latest look: ok, partial, failed, unreachable, refused")
	f.StringVar(&q.OS, "os", "", "operating system, as listed")
	f.StringVar(&q.Wave, "wave", "", "wave id")
	f.StringVar(&q.Finding, "finding", "", strings.Join(hub.Findings, ", "))
	f.StringVar(&q.Sort, "sort", "name", strings.Join(hub.AssetSorts, ", ")+"; with - before it, descending")
	return cmd
}

func assetTable(list hub.AssetList) table {
	t := table{head: []string{"id", "municipality", "kind", "name", "os", "address", "status", "wave", "findings"}}
	for _, r := range list.Rows {
		address := ""
		if len(r.Addresses) > 0 {
			address = r.Addresses[0].IP
		}
		t.rows = append(t.rows, []string{
			r.ID, r.Municipality, string(r.Kind), r.Name, r.OS.String(), address, string(r.Status), r.WaveName, strings.Join(r.Findings, " "),
		})
	}
	t.note = fmt.Sprintf("%d assets", list.Total)
	t.demo = list.Demo
	if list.Demo {
		t.note += ". Demodata: all figures about servers, security and money are invented"
	}
	return t
}

func newInventoryShow(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "show ASSET",
		Short: "Show everything about one asset, and where each value comes from",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withHub(cmd.Context(), true, func(h *hub.Hub) error {
				v, err := h.Asset(cmd.Context(), operator, args[0])
				if err != nil {
					return err
				}
				t := table{head: []string{"field", "value", "from"}}
				for _, f := range inventory.Fields(&v.Row.Asset) {
					if f.Value != "" {
						t.rows = append(t.rows, []string{f.Name, clip(f.Value, 100), f.Origin.String()})
					}
				}
				return a.print(v, t)
			})
		},
	}
}

// clip shortens a value for the table; JSON has it whole.
func clip(text string, length int) string {
	if r := []rune(text); len(r) > length {
		return string(r[:length-1]) + "…"
	}
	return text
}

func newInventoryExport(a *app) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the whole estate as one JSON snapshot",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withHub(cmd.Context(), true, func(h *hub.Hub) error {
				s, err := h.Export(cmd.Context(), operator)
				if err != nil {
					return err
				}
				if file == "" {
					return s.Encode(a.out)
				}
				if err := writeFile(file, s.Encode); err != nil {
					return err
				}
				a.say("%d assets written to %s, sha256 %s", len(s.Assets), file, s.Hash())
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&file, "file", "", "write to a file instead of stdout")
	return cmd
}

func newInventoryImport(a *app) *cobra.Command {
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Replace the estate with an exported snapshot, after showing what changes",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer func() { _ = f.Close() }()
			s, err := inventory.DecodeSnapshot(f)
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			return a.withHub(cmd.Context(), false, func(h *hub.Hub) error {
				changes, err := h.Import(cmd.Context(), operator, s, dryRun)
				if err != nil {
					return err
				}
				t := changeTable(changes)
				t.note = fmt.Sprintf("%d changes stored.", len(changes))
				if dryRun {
					t.note = fmt.Sprintf("%d changes; nothing was stored.", len(changes))
				}
				return a.print(listOf(changes), t)
			})
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "only show what would change")
	return cmd
}

// writeFile writes beside the old file and renames, so that a full disk leaves the old one whole.
func writeFile(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".samdrift-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if err := errors.Join(write(f), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.Rename(f.Name(), path)
}
