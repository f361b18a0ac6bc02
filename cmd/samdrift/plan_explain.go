package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner"
)

func newPlanExplain(a *app) *cobra.Command {
	var relief, clash bool
	cmd := &cobra.Command{
		Use:   "explain [GROUP]",
		Short: "Print why one move group has its centre, its servers and its date",
		Long: `Print why one move group has its centre, its servers and its date. Each day between today and the
cutover counts for the first rule that rejects it. The ids of groups stand in 'plan propose --output json'.

Without a group, about the whole plan: --relief tells what one more crew, a wider link, a freeze lifted or a
week more would give, --clash whether all groups can have a date, and which few rules forbid it.`,
		Args: func(_ *cobra.Command, args []string) error {
			if whole := relief != clash; whole == (len(args) == 1) || len(args) > 1 || relief && clash {
				return usageError{errors.New("give one GROUP, or --relief, or --clash")}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withHub(cmd.Context(), true, func(h *hub.Hub) error {
				switch {
				case relief:
					return a.reliefs(cmd, h)
				case clash:
					return a.clashes(cmd, h)
				}
				v, err := h.Explain(cmd.Context(), operator, args[0])
				if err != nil {
					return err
				}
				return a.print(v, explainTable(v))
			})
		},
	}
	cmd.Flags().BoolVar(&relief, "relief", false, "what less tight limits would give")
	cmd.Flags().BoolVar(&clash, "clash", false, "whether all groups can have a date, and what forbids it")
	return cmd
}

// reliefs prints what less tight limits would give.
func (a *app) reliefs(cmd *cobra.Command, h *hub.Hub) error {
	v, err := h.Reliefs(cmd.Context(), operator)
	if err != nil {
		return err
	}
	t := table{demo: v.Demo, head: []string{"what", "by how much", "rejects days now", "placed more", "days earlier", "waiting less"}}
	for _, r := range v.Reliefs {
		t.rows = append(t.rows, []string{r.What.Named(v.Names).String(), r.More.String(), fmt.Sprint(r.Holds), fmt.Sprint(r.Placed), fmt.Sprint(r.Earlier), fmt.Sprintf("%.1f %%", 100*r.Saved)})
	}
	return a.print(v, t)
}

// clashes prints which few rules leave no dates.
func (a *app) clashes(cmd *cobra.Command, h *hub.Hub) error {
	v, err := h.Clashes(cmd.Context(), operator)
	if err != nil {
		return err
	}
	t := table{demo: v.Demo, head: []string{"rule that clashes"}, note: "All groups can have a date: " + string(v.Verdict) + "."}
	for _, r := range v.Rules {
		t.rows = append(t.rows, []string{r.Named(v.Names).String()})
	}
	return a.print(v, t)
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
