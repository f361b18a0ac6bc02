package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner"
)

func newPlanCheck(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE",
		Short: "Verify a plan in a file against the estate, with the verifier that shares no code with the planner",
		Long: `Verify a plan in a JSON file, as 'plan propose --output json' writes it (- is standard input), against the
present estate and settings. The verifier shares no code with the planner and works every figure out again.
Exit code 3 tells that rules are broken; each is named.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var plan planner.Plan
			if err := readJSON(cmd.InOrStdin(), args[0], &plan); err != nil {
				return fmt.Errorf("%w: want a plan as 'samdrift plan propose --output json' writes it", err)
			}
			return a.withHub(cmd.Context(), true, func(h *hub.Hub) error {
				broken, err := h.CheckPlan(cmd.Context(), operator, plan)
				if err != nil {
					return err
				}
				t := table{demo: plan.Demo, head: []string{"rule", "subject", "detail"}, note: "The plan keeps every rule." + demoNote(plan.Demo)}
				for _, v := range broken {
					t.rows = append(t.rows, []string{v.Rule, v.Subject, v.Detail})
				}
				if len(broken) == 0 {
					return a.print([]planner.Violation{}, t)
				}
				t.note = demoNote(plan.Demo)
				if err := a.print(broken, t); err != nil {
					return err
				}
				return findingsError{fmt.Errorf("%s breaks %d rules, the first: %s", args[0], len(broken), broken[0])}
			})
		},
	}
}
