package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
)

func newInventoryDuplicates(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "duplicates",
		Short: "List pairs of assets that may be one, with what speaks for and against it",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withHub(cmd.Context(), true, func(h *hub.Hub) error {
				found, meta, err := h.Duplicates(cmd.Context(), operator)
				if err != nil {
					return err
				}
				t := table{head: []string{"score", "a", "b", "agrees", "differs", "settle"}, note: fmt.Sprintf("%d suspected pairs.", len(found)), demo: meta.Demo}
				for _, d := range found {
					var agrees, differs []string
					for _, f := range d.Facts {
						if f.Agrees {
							agrees = append(agrees, fmt.Sprintf("%s %+d", f.On, f.Weight))
						} else {
							differs = append(differs, fmt.Sprintf("%s %+d", f.On, f.Weight))
						}
					}
					t.rows = append(t.rows, []string{
						fmt.Sprintf("%d of %d", d.Score, d.Enough), d.A.ID + " " + d.A.Name, d.B.ID + " " + d.B.Name,
						strings.Join(agrees, ", "), strings.Join(differs, ", "), strings.Join(d.Settle, "; "),
					})
				}
				return a.print(listOf(found), t)
			})
		},
	}
}

func newInventoryMerge(a *app) *cobra.Command {
	d := inventory.Decision{Kind: inventory.DecideMerge}
	cmd := &cobra.Command{
		Use:   "merge A B",
		Short: "Decide that two assets are one, kept as A; samdrift inventory undo takes it back",
		Args:  cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			d.A, d.B = args[0], args[1]
			return a.decide(cmd.Context(), d)
		},
	}
	cmd.Flags().StringVar(&d.Why, "why", "", "the reason, kept with the decision")
	return cmd
}

func newInventorySplit(a *app) *cobra.Command {
	d := inventory.Decision{Kind: inventory.DecideSplit}
	cmd := &cobra.Command{
		Use:   "split A --by SOURCE | --from B",
		Short: "Decide that one asset is two, or that two assets are not one",
		Long: `Decide that one asset is two, or that two assets are not one.

--by names the sources that see the other one: a collector, an address or both as samdrift inventory
show lists them ("snmp 10.0.0.9:161"). What they told of A becomes an asset of its own, and what they
tell from now on goes there. --from says that A and B are two, however alike they look: they are never
suspected again. samdrift inventory undo takes either back.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			d.A = args[0]
			if (d.B == "") == (len(d.Leave) == 0) {
				return usageError{errors.New("name either --by SOURCE, to part an asset, or --from B, to keep two apart")}
			}
			if d.B != "" {
				d.Kind = inventory.DecideApart
			}
			return a.decide(cmd.Context(), d)
		},
	}
	cmd.Flags().StringArrayVar(&d.Leave, "by", nil, "source that sees the other asset; may be given again")
	cmd.Flags().StringVar(&d.B, "from", "", "asset that A is not")
	cmd.Flags().StringVar(&d.Why, "why", "", "the reason, kept with the decision")
	return cmd
}

func (a *app) decide(ctx context.Context, d inventory.Decision) error {
	return a.withHub(ctx, false, func(h *hub.Hub) error {
		d, changes, err := h.Decide(ctx, operator, d)
		return a.decided(d, changes, err)
	})
}

func newInventoryUndo(a *app) *cobra.Command {
	var why string
	cmd := &cobra.Command{
		Use:   "undo DECISION",
		Short: "Take back a merge or split, without loss",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withHub(cmd.Context(), false, func(h *hub.Hub) error {
				d, changes, err := h.UndoDecision(cmd.Context(), operator, args[0], why)
				return a.decided(d, changes, err)
			})
		},
	}
	cmd.Flags().StringVar(&why, "why", "", "the reason, kept with the decision")
	return cmd
}

// decided prints a decision with what it changed.
func (a *app) decided(d inventory.Decision, changes []inventory.Change, err error) error {
	if err != nil {
		return err
	}
	t := changeTable(changes)
	t.note = d.String()
	return a.print(struct {
		Decision inventory.Decision `json:"decision"`
		Changes  []inventory.Change `json:"changes"`
	}{d, listOf(changes)}, t)
}

func newInventoryDecisions(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "decisions",
		Short: "List what was decided about identity, by whom and why",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withHub(cmd.Context(), true, func(h *hub.Hub) error {
				all, meta, err := h.Decisions(cmd.Context(), operator)
				if err != nil {
					return err
				}
				t := table{head: []string{"id", "at", "kind", "a", "b", "by", "why", "undone"}, demo: meta.Demo}
				for _, d := range all {
					t.rows = append(t.rows, []string{d.ID, d.At.Format(time.RFC3339), string(d.Kind), d.A, d.B, d.By, d.Why, d.UndoneBy})
				}
				return a.print(listOf(all), t)
			})
		},
	}
}
