package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/terraform"
)

func newTerraform(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "terraform", Short: "Move servers by Terraform: render, plan, approve, apply, verify, take back"}
	cmd.AddCommand(newTerraformRender(a), newTerraformPlan(a), newTerraformGates(a), newTerraformStatus(a),
		newTerraformConsent(a), newTerraformAccept(a), newTerraformApprove(a), newTerraformApply(a), newTerraformStep(a), newTerraformVerify(a),
		newTerraformRollback(a), newTerraformDrift(a), newTerraformReconcile(a), newTerraformUnlock(a), newTerraformStop(a), newTerraformResume(a))
	return cmd
}

// named is the operator under the name that --by gives: moves are proposed and approved by two persons,
// and the audit trail says which.
func named(by string) hub.Person {
	p := operator
	if by != "" {
		p.Name = by
	}
	return p
}

// byFlag adds --by.
func byFlag(cmd *cobra.Command, by *string) {
	cmd.Flags().StringVar(by, "by", "", "your name, for the audit trail; who approves must not be who planned")
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
				t := table{head: []string{"unit", "agreement", "wave", "platform", "stage", "servers", "cutover", "refused", "folder"}}
				for _, u := range units {
					t.rows = append(t.rows, []string{u.ID, u.Agreement, u.Wave, u.Platform, string(u.Stage), fmt.Sprint(u.Servers), u.Cutover.String(),
						fmt.Sprint(len(u.Refusals)), u.Dir()})
				}
				t.note = fmt.Sprintf("%d units written below %s.", len(units), h.TerraformDir())
				return a.print(units, t)
			})
		},
	}
}

// planned is what terraform plan prints as JSON.
type planned struct {
	Engine     string               `json:"engine,omitempty"`
	Units      []terraform.UnitPlan `json:"units"`
	Refusals   []terraform.Refusal  `json:"refusals"` // of the run as a whole
	Agreements []terraform.Summary  `json:"agreements"`
}

func newTerraformPlan(a *app) *cobra.Command {
	var opt terraform.PlanOptions
	var waves []string
	var by string
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Let a real tofu or terraform plan the units; nothing is applied",
		Long: `Let a real tofu or terraform plan the units; nothing is applied.

Each unit gets a saved plan in its own folder, which a named person other than the proposer can
approve later. Exit code 3 tells that a gate refuses what a plan would do.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withHub(cmd.Context(), false, func(h *hub.Hub) error {
				ctx := cmd.Context()
				var err error
				if opt.Waves, err = waveIDs(cmd, h, opt.Agreements, waves); err != nil {
					return err
				}
				bar := a.progress("planning units")
				opt.Progress = func(done, total int, _ terraform.UnitPlan) { bar(done, total) }
				result, err := h.PlanTerraform(ctx, named(by), opt)
				if err != nil && !errors.Is(err, terraform.ErrNoEngine) {
					return err
				}
				out := planned{Units: result.Plans, Refusals: result.Refusals, Agreements: result.ByAgreement()}
				if result.Engine.Path != "" {
					out.Engine = result.Engine.String()
				}
				if printErr := a.print(out, summaryTable(out.Agreements)); printErr != nil || err != nil {
					return errors.Join(printErr, err)
				}
				return refusedUnits(result)
			})
		},
	}
	cmd.Flags().StringSliceVar(&opt.Agreements, "agreement", nil, "only these agreements")
	cmd.Flags().StringSliceVar(&waves, "wave", nil, "only these waves, by id, or by number within --agreement")
	cmd.Flags().StringSliceVar(&opt.Units, "unit", nil, "only these units, by id: also AGREEMENT-shared")
	cmd.Flags().IntVar(&opt.MaxUnits, "max-units", 0, "only the first so many by cutover; 0: all")
	byFlag(cmd, &by)
	return cmd
}

// waveIDs turns the numbers of waves into the ids that they have under the chosen agreements.
func waveIDs(cmd *cobra.Command, h *hub.Hub, agreements, waves []string) ([]string, error) {
	var ids []string
	for _, wave := range waves {
		number, err := strconv.Atoi(wave)
		if err != nil {
			ids = append(ids, wave)
			continue
		}
		if len(agreements) == 0 {
			return nil, usageError{fmt.Errorf("--wave %d: a wave's number needs --agreement; terraform render lists the ids", number)}
		}
		found, err := h.WavesOf(cmd.Context(), operator, number, agreements...)
		if err != nil {
			return nil, err
		}
		ids = append(ids, found...)
	}
	return ids, nil
}

func summaryTable(summaries []terraform.Summary) table {
	t := table{head: []string{"agreement", "rendered", "planned", "refused", "servers", "add", "change", "destroy", "import", "errors"}}
	for _, s := range summaries {
		t.rows = append(t.rows, []string{
			s.Agreement, fmt.Sprint(s.Rendered), fmt.Sprint(s.Planned), fmt.Sprint(s.Refused), fmt.Sprint(s.Servers),
			fmt.Sprint(s.Add), fmt.Sprint(s.Change), fmt.Sprint(s.Destroy), fmt.Sprint(s.Import), strings.Join(s.Errors, "; "),
		})
	}
	t.note = "Units of an agreement without a mapping under terraform.agreements are terraform_data: they carry the facts of the move and move nothing."
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
