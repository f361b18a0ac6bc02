package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
)

func newInventoryHistory(a *app) *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use:   "history ASSET",
		Short: "List what changed about an asset, who saw it and when",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withHub(cmd.Context(), true, func(h *hub.Hub) error {
				changes, meta, err := h.History(cmd.Context(), operator, args[0], limit)
				if err != nil {
					return err
				}
				t := table{head: []string{"at", "field", "from", "to", "seen by"}, demo: meta.Demo}
				for _, c := range changes {
					from, to := c.From, c.To
					if c.Field == "" {
						from, to = presentOr(from), presentOr(to)
					}
					t.rows = append(t.rows, []string{
						c.At.Format(time.RFC3339), strings.TrimSpace(c.Field + " " + c.Part), clip(from, 60), clip(to, 60), strings.TrimSpace(c.Collector + " " + c.Source),
					})
				}
				return a.print(listOf(changes), t)
			})
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 500, "the newest so many changes")
	return cmd
}

// presentOr says in words that an asset came or went.
func presentOr(kind string) string {
	if kind == "" {
		return "(not in the estate)"
	}
	return kind
}

func newInventoryDiff(a *app) *cobra.Command {
	var from, to, municipality string
	cmd := &cobra.Command{
		Use:   "diff --from WHEN --to WHEN",
		Short: "Show what differs in the estate between two times",
		Long: `Show what differs in the estate between two times: of each field the value at the first and at the second.

WHEN is now, a day (2026-11-21, its beginning in Denmark), a time (2026-11-21T12:00:00Z), or the
beginning of a snapshot's hash as plans, reports and exports carry it. What changed and changed back
is left out; samdrift inventory history ASSET has every step. Readings (sensors, supplies, learned
stations) are no inventory and not compared.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if from == "" {
				return usageError{errors.New("--from is needed: a day, a time or a snapshot's hash")}
			}
			return a.withHub(cmd.Context(), true, func(h *hub.Hub) error {
				begin, err := h.When(cmd.Context(), from)
				if err != nil {
					return fmt.Errorf("--from: %w", err)
				}
				end, err := h.When(cmd.Context(), to)
				if err != nil {
					return fmt.Errorf("--to: %w", err)
				}
				if end.Before(begin) {
					return usageError{fmt.Errorf("--to %s lies before --from %s", end.Format(time.RFC3339), begin.Format(time.RFC3339))}
				}
				changes, meta, err := h.Differences(cmd.Context(), operator, begin, end, municipality)
				if err != nil {
					return err
				}
				t := changeTable(changes)
				t.note, t.demo = fmt.Sprintf("%d differences from %s to %s.", len(changes), begin.Format(time.RFC3339), end.Format(time.RFC3339)), meta.Demo
				return a.print(listOf(changes), t)
			})
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "day, time or snapshot hash")
	cmd.Flags().StringVar(&to, "to", "now", "day, time or snapshot hash")
	cmd.Flags().StringVar(&municipality, "municipality", "", "three-digit code")
	return cmd
}

// changeTable lists changes for people.
func changeTable(changes []inventory.Change) table {
	t := table{head: []string{"noun", "id", "name", "field", "from", "to"}}
	for _, c := range changes {
		t.rows = append(t.rows, []string{c.Noun, c.ID, c.Name, strings.TrimSpace(c.Field + " " + c.Part), clip(c.From, 40), clip(c.To, 40)})
	}
	return t
}

// listOf keeps an empty list from being printed as null.
func listOf[T any](rows []T) []T {
	if rows == nil {
		return []T{}
	}
	return rows
}
