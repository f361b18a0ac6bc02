package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner/nis2"
)

func newGapRound(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "round",
		Short: "List assessment rounds, open one and close it",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withHub(cmd.Context(), true, func(h *hub.Hub) error {
				rounds, err := h.Rounds(cmd.Context(), operator)
				if err != nil {
					return err
				}
				t := table{head: []string{"round", "title", "catalogue", "opened", "due", "closed", "answered"}}
				for _, r := range rounds {
					var done []string
					for _, p := range r.Progress {
						done = append(done, fmt.Sprintf("%s %d/%d", p.Municipality, p.Answered, p.Controls))
					}
					t.rows = append(t.rows, []string{r.ID, r.Title, r.Catalogue, r.Opened.String(), r.Due.String(), r.Closed.String(), strings.Join(done, ", ")})
				}
				return a.print(rounds, t)
			})
		},
	}
	var title, due string
	open := &cobra.Command{
		Use:   "open ID",
		Short: "Open a round; the answers at hand become proposals to confirm",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			until, err := day("due", due)
			if err != nil {
				return err
			}
			return a.withHub(cmd.Context(), false, func(h *hub.Hub) error {
				return h.OpenRound(cmd.Context(), operator, args[0], title, until)
			})
		},
	}
	open.Flags().StringVar(&title, "title", "", "what people call the round")
	open.Flags().StringVar(&due, "due", "", "day on which the answers are due")
	mustRequire(open, "title")
	mustRequire(open, "due")
	closing := &cobra.Command{
		Use:   "close ID",
		Short: "Close a round and freeze every municipality's result",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withHub(cmd.Context(), false, func(h *hub.Hub) error { return h.CloseRound(cmd.Context(), operator, args[0]) })
		},
	}
	cmd.AddCommand(open, closing)
	return cmd
}

func newGapChoose(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "choose FILE",
		Short: "Set the cooperation's own weights, targets and centre shares from a file",
		Long: `Set the cooperation's own weights, targets, tolerances and centre shares from a YAML file, and assess
anew. The file names the catalogue it was made for, its author, date and reason; every version is kept.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			data, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			o, err := nis2.ParseOverlay(args[0], data)
			if err != nil {
				return err
			}
			return a.withHub(cmd.Context(), false, func(h *hub.Hub) error {
				if err := h.Choose(cmd.Context(), operator, o); err != nil {
					return err
				}
				_, err := fmt.Fprintf(a.err, "The catalogue is now %s.\n", h.Catalogue())
				return err
			})
		},
	}
}
