package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/terraform"
)

func newTerraformVerify(a *app) *cobra.Command {
	var by string
	cmd := &cobra.Command{
		Use:   "verify UNIT",
		Short: "Read a unit's servers back from their platform and compare; the inventory follows what is verified",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withHub(cmd.Context(), false, func(h *hub.Hub) error {
				m, err := h.VerifyMove(cmd.Context(), named(by), args[0])
				if err != nil {
					return err
				}
				t := table{head: []string{"server", "what", "want", "got", "ok"}}
				for _, c := range m.Checks {
					t.rows = append(t.rows, []string{c.Server, c.What, c.Want, c.Got, checkWord(c)})
				}
				bad, unknown := terraform.Tally(m.Checks)
				if err := a.print(m.Checks, t); err != nil {
					return err
				}
				if bad+unknown > 0 {
					return findingsError{fmt.Errorf("of %d checks %d are not as meant and %d could not be told: mend them, or let somebody accept the latter with terraform accept", len(m.Checks), bad, unknown)}
				}
				return nil
			})
		},
	}
	byFlag(cmd, &by)
	return cmd
}

// checkWord is how a check ended.
func checkWord(c terraform.Check) string {
	switch {
	case c.OK:
		return "yes"
	case c.Accepted != nil:
		return "unknown, accepted by " + c.Accepted.By
	case c.Unknown:
		return "unknown"
	default:
		return "no"
	}
}

func newTerraformDrift(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "drift [UNIT...]",
		Short: "Look for what somebody changed on a platform since the engine was there; nothing is changed",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withHub(cmd.Context(), false, func(h *hub.Hub) error {
				drift, err := h.DriftMoves(cmd.Context(), operator, args...)
				if err != nil {
					return err
				}
				t := table{head: []string{"unit", "resource", "attribute", "was", "is", "counts for nothing because"}, note: "No unit differs from what the engine left."}
				real := 0
				for _, d := range drift {
					t.note = ""
					t.rows = append(t.rows, []string{d.Unit, d.Resource, d.Attribute, d.Was, d.Is, d.Phantom})
					if d.Phantom == "" {
						real++
					}
				}
				if err := a.print(drift, t); err != nil {
					return err
				}
				if real > 0 {
					return findingsError{fmt.Errorf("%d attributes were changed by somebody else", real)}
				}
				return nil
			})
		},
	}
}

func newTerraformReconcile(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "reconcile",
		Short: "Say how units stand whose apply was cut short by a crash or a kill; nothing is applied",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withHub(cmd.Context(), false, func(h *hub.Hub) error {
				found, err := h.ReconcileMoves(cmd.Context(), operator)
				if err != nil {
					return err
				}
				t := table{head: []string{"unit", "found", "reason", "approved by"}, note: "No apply was cut short."}
				decide := 0
				for _, f := range found {
					t.note = ""
					t.rows = append(t.rows, []string{f.Unit, string(f.Verdict), f.Reason, f.Approval.By})
					if f.Verdict == terraform.MustDecide {
						decide++
					}
				}
				if err := a.print(found, t); err != nil {
					return err
				}
				if decide > 0 {
					return findingsError{fmt.Errorf("%d units wait for a person to decide", decide)}
				}
				return nil
			})
		},
	}
}

func newTerraformStop(a *app) *cobra.Command {
	return a.switchMoves("stop", "Let no apply begin until resume; what is under way goes on to its end", (*hub.Hub).StopMoves)
}

func newTerraformResume(a *app) *cobra.Command {
	return a.switchMoves("resume", "Let applies begin again", (*hub.Hub).ResumeMoves)
}

// switchMoves makes the command that stops all moves, or lets them go on.
func (a *app) switchMoves(use, short string, work func(*hub.Hub, context.Context, hub.Person, string) error) *cobra.Command {
	var by, reason string
	cmd := &cobra.Command{
		Use: use, Short: short, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withHub(cmd.Context(), false, func(h *hub.Hub) error {
				return work(h, cmd.Context(), named(by), reason)
			})
		},
	}
	byFlag(cmd, &by)
	cmd.Flags().StringVar(&reason, "reason", "", "why")
	return cmd
}
