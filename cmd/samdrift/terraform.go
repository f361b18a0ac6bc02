package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/terraform"
)

func newTerraform(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "terraform", Short: "Render the plan as Terraform units, and see what they would do"}
	cmd.AddCommand(newTerraformRender(a), newTerraformPlan(a))
	return cmd
}

func newTerraformRender(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "render",
		Short: "Write the HCL of every placed move group",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withHub(cmd.Context(), false, func(h *hub.Hub) error {
				units, err := h.RenderTerraform(cmd.Context(), operator)
				if err != nil {
					return err
				}
				t := table{head: []string{"unit", "agreement", "wave", "servers", "cutover", "folder"}}
				for _, u := range units {
					t.rows = append(t.rows, []string{u.ID, u.Agreement, u.Wave, fmt.Sprint(u.Servers), u.Cutover.String(), u.Dir()})
				}
				t.note = fmt.Sprintf("%d units written below %s.", len(units), h.TerraformDir())
				return a.print(units, t)
			})
		},
	}
}

func newTerraformPlan(a *app) *cobra.Command {
	var opt terraform.PlanOptions
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Let a real tofu or terraform plan the units; nothing is applied",
		Long: `Let a real tofu or terraform plan the units; nothing is applied.

Each unit gets a saved plan in its own folder, which a named person other than the proposer can
approve later. Exit code 3 tells that a gate refuses what a plan would do.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withHub(cmd.Context(), false, func(h *hub.Hub) error {
				bar := a.progress("planning units")
				opt.Progress = func(done, total int, _ terraform.UnitPlan) { bar(done, total) }
				result, err := h.PlanTerraform(cmd.Context(), operator, opt)
				if err != nil && !errors.Is(err, terraform.ErrNoEngine) {
					return err
				}
				summaries := result.ByAgreement()
				t := summaryTable(summaries)
				t.note = "The units are terraform_data: they carry the facts of the moves and move nothing."
				if printErr := a.print(summaries, t); printErr != nil || err != nil {
					return errors.Join(printErr, err)
				}
				return refusedUnits(result)
			})
		},
	}
	cmd.Flags().StringSliceVar(&opt.Agreements, "agreement", nil, "only these agreements")
	cmd.Flags().StringSliceVar(&opt.Waves, "wave", nil, "only these waves")
	cmd.Flags().IntVar(&opt.MaxUnits, "max-units", 0, "only the first so many by cutover; 0: all")
	return cmd
}

func summaryTable(summaries []terraform.Summary) table {
	t := table{head: []string{"agreement", "rendered", "planned", "refused", "servers", "add", "change", "destroy", "errors"}}
	for _, s := range summaries {
		t.rows = append(t.rows, []string{
			s.Agreement, fmt.Sprint(s.Rendered), fmt.Sprint(s.Planned), fmt.Sprint(s.Refused), fmt.Sprint(s.Servers),
			fmt.Sprint(s.Add), fmt.Sprint(s.Change), fmt.Sprint(s.Destroy), strings.Join(s.Errors, "; "),
		})
	}
	return t
}

// refusedUnits tells which units a gate refuses or failed to plan.
func refusedUnits(r terraform.Result) error {
	var faults []string
	for _, refusal := range r.Refusals {
		faults = append(faults, refusal.String())
	}
	for _, p := range r.Plans {
		for _, refusal := range p.Refusals {
			faults = append(faults, p.Unit+": "+refusal.String())
		}
		if p.Error != "" {
			faults = append(faults, p.Unit+": "+p.Error)
		}
	}
	if len(faults) > 0 {
		return findingsError{fmt.Errorf("refused or failed:\n  %s", strings.Join(faults, "\n  "))}
	}
	return nil
}
