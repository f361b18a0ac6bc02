package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner/nis2"
)

func newGapActions(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "actions",
		Short: "List the action plan, what is overdue, and what doing it all would give",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withHub(cmd.Context(), true, func(h *hub.Hub) error {
				v, err := h.Actions(cmd.Context(), operator)
				if err != nil {
					return err
				}
				return a.print(v, actionTable(v))
			})
		},
	}
	save := &cobra.Command{
		Use:   "save FILE",
		Short: "Keep an action from a JSON file (- is standard input); one without an id is new",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var action nis2.Action
			if err := readJSON(cmd.InOrStdin(), args[0], &action); err != nil {
				return err
			}
			return a.withHub(cmd.Context(), false, func(h *hub.Hub) error {
				kept, err := h.SaveAction(cmd.Context(), operator, action)
				if err != nil {
					return err
				}
				return a.print(kept, table{head: []string{"id", "title", "state"}, rows: [][]string{{kept.ID, kept.Title, string(kept.State)}}})
			})
		},
	}
	cmd.AddCommand(save)
	return cmd
}

func actionTable(v hub.ActionsView) table {
	t := table{demo: v.Data.Demo, head: []string{"due", "id", "municipality", "title", "controls", "owner", "state", "progress", "overdue"}}
	for _, x := range v.Actions {
		whose := x.Municipality
		if x.Joint() {
			whose = "joint"
		}
		overdue := ""
		if x.Overdue {
			overdue = "overdue"
		}
		t.rows = append(t.rows, []string{x.Due.String(), x.ID, whose, x.Title, strings.Join(x.Controls, " "), x.Owner, string(x.State), fmt.Sprintf("%d %%", x.Progress), overdue})
	}
	var effects []string
	for _, e := range v.Effects {
		if e.Done.Headline > e.Today.Headline {
			effects = append(effects, fmt.Sprintf("%s from %s to %s", e.Municipality, percent(e.Today.Headline), percent(e.Done.Headline)))
		}
	}
	if len(effects) > 0 {
		t.note = "If all of it were done, the share of target would go: " + strings.Join(effects, ", ") + "."
	}
	t.note += demoNote(v.Data.Demo)
	return t
}

func newGapIncident(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "incident",
		Short: "List incidents with the time left for each notice",
		Long: `List incidents with the time left for each notice: early warning (24 hours), notification (72 hours) and
final report (one month), for municipality and centre apart. It keeps the register and sends nothing.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withHub(cmd.Context(), true, func(h *hub.Hub) error {
				list, err := h.Incidents(cmd.Context(), operator)
				if err != nil {
					return err
				}
				t := table{head: []string{"id", "municipality", "title", "party", "notice", "due", "sent", "left"}}
				for _, i := range list {
					for _, d := range i.Clock {
						sent, left := "", d.Left.Round(60e9).String()
						if !d.Sent.IsZero() {
							sent = d.Sent.UTC().Format("2006-01-02 15:04 UTC")
						}
						if d.Late {
							left = "late by " + (-d.Left).Round(60e9).String()
						}
						t.rows = append(t.rows, []string{i.ID, i.Municipality, i.Title, string(d.Party), string(d.Step), d.Due.UTC().Format("2006-01-02 15:04 UTC"), sent, left})
					}
				}
				return a.print(list, t)
			})
		},
	}
	save := &cobra.Command{
		Use:   "save FILE",
		Short: "Keep an incident from a JSON file (- is standard input); one without an id is new",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var incident nis2.Incident
			if err := readJSON(cmd.InOrStdin(), args[0], &incident); err != nil {
				return err
			}
			return a.withHub(cmd.Context(), false, func(h *hub.Hub) error {
				kept, err := h.SaveIncident(cmd.Context(), operator, incident)
				if err != nil {
					return err
				}
				return a.print(kept, table{head: []string{"id", "title"}, rows: [][]string{{kept.ID, kept.Title}}})
			})
		},
	}
	cmd.AddCommand(save)
	return cmd
}

// readJSON reads one value from a file, or from standard input. Unknown fields are errors.
func readJSON(stdin io.Reader, path string, into any) error {
	var r = stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		r = f
	}
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
