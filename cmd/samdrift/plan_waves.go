package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/samdrift/samdrift/hub"
)

func newPlanWaves(a *app) *cobra.Command {
	var runs int
	cmd := &cobra.Command{
		Use:   "waves",
		Short: "Show the dates: what binds each, how far from the best possible, how sure the end is",
		Long: `Show the dates of every group: what binds it, how far it can slip, and for the whole how far from the best
possible it is and how sure it is that all is done by the deadline, from many runs with delays and roll-backs.
Exit code 3 tells that something could not be placed before the deadline.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if runs < 0 {
				return usageError{fmt.Errorf("--runs is %d, want 0 or more", runs)}
			}
			return a.withHub(cmd.Context(), true, func(h *hub.Hub) error {
				v, err := h.Waves(cmd.Context(), operator, runs)
				if err != nil {
					return err
				}
				if err := a.print(v, datesTable(v)); err != nil {
					return err
				}
				if !v.Feasible {
					return findingsError{fmt.Errorf("the plan does not place everything before %s", v.Deadline)}
				}
				return nil
			})
		},
	}
	cmd.Flags().IntVar(&runs, "runs", 1000, "runs behind the probability; 0: do not ask")
	return cmd
}

func datesTable(v hub.WavesView) table {
	t := table{demo: v.Demo, head: []string{"group", "name", "municipality", "servers", "wave", "start", "cutover", "end", "slack", "binding"}}
	groups := slices.Clone(v.Groups)
	slices.SortStableFunc(groups, func(a, b hub.WaveGroup) int { return cmp.Compare(a.Cutover, b.Cutover) })
	for _, g := range groups {
		binding := ""
		if len(g.Binding) > 0 {
			binding = g.Binding[0].Detail
		}
		t.rows = append(t.rows, []string{g.ID, v.Names[g.ID], v.Names[g.Municipality], fmt.Sprint(len(g.Assets)), g.Wave,
			g.Start.String(), g.Cutover.String(), g.End.String(), fmt.Sprint(g.SlackDays), binding})
	}
	lines := []string{fmt.Sprintf("Last wave ends %s, deadline %s. No plan of the same waves ends before %s (gap %s).", v.LastWaveEnd, v.Deadline, v.LowerBound, percent(v.Gap))}
	if c := v.Confidence; c != nil {
		lines = append(lines, fmt.Sprintf("All done by the deadline in %s of %d runs; half end by %s, 80 %% by %s, 95 %% by %s.", percent(c.ByDeadline), c.Runs,
			cmp.Or(c.P50.String(), "-"), cmp.Or(c.P80.String(), "-"), cmp.Or(c.P95.String(), "-")))
		for _, r := range c.Assumed {
			lines = append(lines, "Assumed: "+r.String())
		}
	}
	t.note = strings.Join(lines, "\n") + demoNote(v.Demo)
	return t
}
