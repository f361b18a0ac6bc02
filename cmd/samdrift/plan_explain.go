package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner"
)

func newPlanExplain(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "explain GROUP",
		Short: "Print why one move group has its centre, its servers and its date",
		Long: `Print why one move group has its centre, its servers and its date. Each day between today and the
cutover counts for the first rule that rejects it. The ids of groups stand in 'plan propose --output json'.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withHub(cmd.Context(), true, func(h *hub.Hub) error {
				v, err := h.Explain(cmd.Context(), operator, args[0])
				if err != nil {
					return err
				}
				return a.print(v, explainTable(v))
			})
		},
	}
}

func explainTable(v hub.ExplainView) table {
	t := table{demo: v.Demo, head: []string{"question", "reason"}}
	for _, part := range []struct {
		question string
		reasons  []planner.Reason
	}{
		{"why this centre", v.Centre}, {"why together", v.Together}, {"why not earlier", v.Date},
		{"about the wave", v.WaveNotes}, {"risk", v.Group.Risk.Reasons}, {"assumed", v.Assumed},
	} {
		for _, r := range part.reasons {
			t.rows = append(t.rows, []string{part.question, r.String()})
		}
	}
	t.note = fmt.Sprintf("%s: cutover %s, %d days of slack.%s", v.Group.Name, v.Group.Cutover, v.SlackDays, demoNote(v.Demo))
	return t
}
