package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner"
)

func newPlan(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "plan", Short: "Which centre, which move groups, which waves and when"}
	cmd.AddCommand(newPlanPropose(a), newPlanAssign(a), newPlanValidate(a), newPlanGroups(a), newPlanWaves(a), newPlanExplain(a), newPlanWhatIf(a), newPlanCompare(a), newPlanScenario(a), newPlanReplan(a), newPlanTrack(a), newPlanCheck(a))
	return cmd
}

func newPlanPropose(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "propose",
		Short: "Propose a plan for the present estate, with the reason for every choice and refusal",
		Long: `Propose a plan for the present estate, with the reason for every choice and refusal.

The same estate, settings and --as-of date give the same plan. Every plan has passed the verifier.
Exit code 3 tells that something could not be placed before the deadline.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withHub(cmd.Context(), true, func(h *hub.Hub) error {
				v, err := h.Plan(cmd.Context(), operator)
				if err != nil {
					return err
				}
				if err := a.print(v.Plan, waveTable(v)); err != nil {
					return err
				}
				if !v.Plan.Feasible {
					return findingsError{fmt.Errorf("the plan does not place everything before %s: %d refusals", v.Plan.Deadline, len(v.Plan.Refusals))}
				}
				return nil
			})
		},
	}
}

func waveTable(v hub.PlanView) table {
	t := table{demo: v.Demo, head: []string{"wave", "name", "municipality", "centre", "servers", "groups", "start", "end", "certainty", "cost dkk"}}
	for _, w := range v.Plan.Waves {
		t.rows = append(t.rows, []string{
			w.ID, w.Name, v.Names[w.Municipality], v.Names[w.Centre], fmt.Sprint(w.Servers), fmt.Sprint(len(w.Groups)),
			w.Start.String(), w.End.String(), w.Certainty, fmt.Sprintf("%.0f-%.0f", w.Cost.Low, w.Cost.High),
		})
	}
	lines := []string{fmt.Sprintf("Last wave ends %s, deadline %s.%s", v.Plan.LastWaveEnd, v.Plan.Deadline, demoNote(v.Demo))}
	for _, r := range v.Plan.Refusals {
		lines = append(lines, fmt.Sprintf("Not placed: %s %s: %s", r.Kind, r.Subject, joinReasons(r.Reasons)))
	}
	for _, r := range v.Plan.Assumptions {
		lines = append(lines, "Assumed: "+r.String())
	}
	t.note = strings.Join(lines, "\n")
	return t
}

func joinReasons(reasons []planner.Reason) string {
	texts := make([]string, len(reasons))
	for i, r := range reasons {
		texts[i] = r.String()
	}
	return strings.Join(texts, "; ")
}
