package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/spf13/cobra"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
)

func newTerraformGates(a *app) *cobra.Command {
	var on, stage string
	cmd := &cobra.Command{
		Use:   "gates FILE",
		Short: "Read a plan printed by tofu or terraform show -json with the gates; nothing else is needed",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			data, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			var plan tfjson.Plan
			if err := json.Unmarshal(data, &plan); err != nil {
				return fmt.Errorf("%s: not a plan as printed by terraform show -json: %w", args[0], err)
			}
			refusals := terraform.Gates(&plan, terraform.RulesFor(on, platform.Stage(stage)))
			t := table{head: []string{"gate", "resource", "attribute", "reason"}, note: "No gate refuses it."}
			for _, r := range refusals {
				t.note = ""
				t.rows = append(t.rows, []string{r.Gate, r.Resource, r.Attribute, r.Reason})
			}
			if refusals == nil {
				refusals = []terraform.Refusal{}
			}
			if err := a.print(refusals, t); err != nil {
				return err
			}
			if len(refusals) > 0 {
				return findingsError{fmt.Errorf("%d refusals", len(refusals))}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&on, "platform", "vsphere", "the platform whose rules are asked, or terraform_data")
	cmd.Flags().StringVar(&stage, "stage", string(platform.Place), "the stage of the move: adopt, arrive, place, rollback")
	return cmd
}

func newTerraformStatus(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Show how far each unit on a platform has come, what refuses it, and who works on it",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withHub(cmd.Context(), true, func(h *hub.Hub) error {
				v, err := h.Moves(cmd.Context(), operator)
				if err != nil {
					return err
				}
				t := table{demo: v.Data.Demo, head: []string{"unit", "name", "wave", "cutover", "next stage", "state", "plan", "refused", "approved by", "lock", "error"}}
				for _, m := range v.Moves {
					t.rows = append(t.rows, moveRow(m))
				}
				if v.Stopped != nil {
					t.note = fmt.Sprintf("ALL MOVES ARE STOPPED by %s since %s: %s", v.Stopped.By, v.Stopped.At.Format(time.RFC3339), v.Stopped.Reason)
				} else if len(v.Moves) == 0 {
					t.note = "No unit is on a platform: describe one under terraform.agreements in samdrift.yaml, then run terraform render."
				}
				return a.print(v, t)
			})
		},
	}
}

func moveRow(m hub.MoveRow) []string {
	row := []string{m.Unit, m.Group.Name, m.Group.Wave, m.Group.Cutover.String(), string(m.Stage), "", "", "", "", "", m.Error}
	if next, more := m.Progress.Next(); more {
		row[5] = string(next.State)
	}
	if m.Progress.Returning != "" {
		row[4] = string(platform.Rollback)
	}
	if m.Plan != nil {
		row[6], row[7] = fmt.Sprintf("%.12s", m.Plan.PlanSHA256), fmt.Sprint(len(m.Plan.Refusals))
	}
	if m.Approval != nil {
		row[8] = m.Approval.By
	}
	if m.Lock != nil {
		row[9] = m.Lock.ID + " " + m.Lock.Who
	}
	return row
}

// move makes a command that works on one unit and prints where it then stands.
func (a *app) move(use, short string, flags func(*cobra.Command), work func(cmd *cobra.Command, h *hub.Hub, by hub.Person, unit string) (hub.Move, error)) *cobra.Command {
	var by string
	cmd := &cobra.Command{
		Use: use + " UNIT", Short: short, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withHub(cmd.Context(), false, func(h *hub.Hub) error {
				m, err := work(cmd, h, named(by), args[0])
				if err != nil {
					return err
				}
				row := hub.MoveRow{Move: m}
				if next, more := m.Progress.Next(); more {
					row.Stage = next.Stage
				}
				return a.print(m, table{head: []string{"unit", "name", "wave", "cutover", "next stage", "state", "plan", "refused", "approved by", "lock", "error"}, rows: [][]string{moveRow(row)}})
			})
		},
	}
	byFlag(cmd, &by)
	if flags != nil {
		flags(cmd)
	}
	return cmd
}

func newTerraformConsent(a *app) *cobra.Command {
	return a.move("consent", "Keep the municipality's consent to the present plan of a unit", nil,
		func(cmd *cobra.Command, h *hub.Hub, by hub.Person, unit string) (hub.Move, error) {
			return h.ConsentMove(cmd.Context(), by, unit)
		})
}

func newTerraformAccept(a *app) *cobra.Command {
	var given terraform.Acceptance
	var valid time.Duration
	return a.move("accept", "Let a concern or a check that could not be told stand for a while, by name and with a reason", func(cmd *cobra.Command) {
		cmd.Flags().StringVar(&given.Key, "key", "", "of the concern or check: backup, dependencies, name_clash, address_clash, capacity, datastore_space, cluster_room, licence, snapshot, port, name, seen …")
		cmd.Flags().StringVar(&given.Server, "server", "", "its name; empty: every server of the unit")
		cmd.Flags().StringVar(&given.Reason, "reason", "", "why it may stand")
		cmd.Flags().DurationVar(&valid, "for", 24*time.Hour, "how long it may stand, at most 31 days")
	}, func(cmd *cobra.Command, h *hub.Hub, by hub.Person, unit string) (hub.Move, error) {
		given.Until = time.Now().Add(valid)
		return h.AcceptMove(cmd.Context(), by, unit, given)
	})
}

func newTerraformApprove(a *app) *cobra.Command {
	var terms terraform.Terms
	var from string
	cmd := a.move("approve", "Approve the present plan of a unit, for a while and for one apply", func(cmd *cobra.Command) {
		cmd.Flags().StringVar(&from, "from", "", "when the window opens, as 2027-02-03T22:00:00+01:00; empty: at once")
		cmd.Flags().DurationVar(&terms.Valid, "for", 8*time.Hour, "how long the window stays open")
		cmd.Flags().StringVar(&terms.Emergency, "emergency", "", "why one person must do and freezes not hold; loudly recorded, and no gate is set aside")
	}, func(cmd *cobra.Command, h *hub.Hub, by hub.Person, unit string) (hub.Move, error) {
		if from != "" {
			var err error
			if terms.From, err = time.Parse(time.RFC3339, from); err != nil {
				return hub.Move{}, usageError{fmt.Errorf("--from %q: want a time with its zone, as 2027-02-03T22:00:00+01:00", from)}
			}
		}
		return h.ApproveMove(cmd.Context(), by, unit, terms)
	})
	return cmd
}

func newTerraformStep(a *app) *cobra.Command {
	var s hub.StepMove
	var stage string
	return a.move("step", "Record what people and other tools do: a test, a copy, a finish", func(cmd *cobra.Command) {
		cmd.Flags().StringVar(&stage, "stage", "", "test, ready, leave, copy, finalize or decommission")
		cmd.Flags().StringVar(&s.Action, "action", "start", "start, copied, finish or fail")
		cmd.Flags().StringVar(&s.Tool, "tool", "", "of a copy: HCX, the backup product, OVF, virt-v2v")
		cmd.Flags().Int64Var(&s.Amount, "amount", 0, "of a copy: how much so far")
		cmd.Flags().Int64Var(&s.Total, "total", 0, "of a copy: how much in all; 0: not known")
		cmd.Flags().StringVar(&s.Measure, "measure", "bytes", "of a copy: bytes, disks, files")
		cmd.Flags().StringVar(&s.Proof, "proof", "", "what shows it: checksum, count, log, ticket")
		cmd.Flags().StringVar(&s.Note, "note", "", "anything else")
	}, func(cmd *cobra.Command, h *hub.Hub, by hub.Person, unit string) (hub.Move, error) {
		s.Stage = platform.Stage(stage)
		return h.StepMove(cmd.Context(), by, unit, s)
	})
}

func newTerraformRollback(a *app) *cobra.Command {
	var reason string
	return a.move("rollback", "Set a unit on its way back; then plan, approve and apply it like any other", func(cmd *cobra.Command) {
		cmd.Flags().StringVar(&reason, "reason", "", "why")
	}, func(cmd *cobra.Command, h *hub.Hub, by hub.Person, unit string) (hub.Move, error) {
		return h.ReturnMove(cmd.Context(), by, unit, reason)
	})
}

func newTerraformUnlock(a *app) *cobra.Command {
	var lock, reason string
	return a.move("unlock", "Take a lock off a unit's state, when its holder is known to be dead", func(cmd *cobra.Command) {
		cmd.Flags().StringVar(&lock, "lock", "", "the lock's id, as terraform status shows it")
		cmd.Flags().StringVar(&reason, "reason", "", "how it is known that its holder is dead")
	}, func(cmd *cobra.Command, h *hub.Hub, by hub.Person, unit string) (hub.Move, error) {
		return h.UnlockMove(cmd.Context(), by, unit, lock, reason)
	})
}
