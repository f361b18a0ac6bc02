package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner/nis2"
)

func newGapRegister(a *app) *cobra.Command {
	var municipality string
	cmd := &cobra.Command{
		Use:   "register",
		Short: "Keep a municipality's register: reports, exercises, reviews, risks, findings",
	}
	list := &cobra.Command{
		Use:   "list",
		Short: "List the register, newest line first",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withHub(cmd.Context(), true, func(h *hub.Hub) error {
				lines, err := h.Register(cmd.Context(), operator, municipality)
				if err != nil {
					return err
				}
				standing, err := h.Standing(operator)
				if err != nil {
					return err
				}
				t := table{demo: standing.Demo, head: []string{"date", "days ago", "id", "kind", "about", "owner", "closed"}}
				for _, x := range lines {
					closed := ""
					if x.Closed.Known() {
						closed = x.Closed.String()
					}
					t.rows = append(t.rows, []string{x.Date.String(), fmt.Sprint(int(standing.AsOf - x.Date)), x.ID, string(x.Kind), x.Subject, x.Owner, closed})
				}
				return a.print(lines, t)
			})
		},
	}
	save := &cobra.Command{
		Use:   "save FILE",
		Short: "Keep a line from a JSON file (- is standard input); one without an id is new",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var line nis2.Entry
			if err := readJSON(cmd.InOrStdin(), args[0], &line); err != nil {
				return err
			}
			return a.withHub(cmd.Context(), false, func(h *hub.Hub) error {
				kept, err := h.SaveEntry(cmd.Context(), operator, line)
				if err != nil {
					return err
				}
				return a.print(kept, table{head: []string{"id", "kind", "date"}, rows: [][]string{{kept.ID, string(kept.Kind), kept.Date.String()}}})
			})
		},
	}
	remove := &cobra.Command{
		Use:   "remove ID",
		Short: "Remove a line; what it was stays in the audit trail",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withHub(cmd.Context(), false, func(h *hub.Hub) error {
				return h.RemoveEntry(cmd.Context(), operator, municipality, args[0])
			})
		},
	}
	for _, c := range []*cobra.Command{list, remove} {
		c.Flags().StringVar(&municipality, "municipality", "", "three-digit code")
		mustRequire(c, "municipality")
	}
	cmd.AddCommand(list, save, remove)
	return cmd
}
