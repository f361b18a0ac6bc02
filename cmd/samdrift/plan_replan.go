package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner"
)

func newPlanReplan(a *app) *cobra.Command {
	var c changes
	var save, by string
	o := planner.DefaultReplanOptions()
	weeks := o.CommitDays / 7
	cmd := &cobra.Command{
		Use:   "replan",
		Short: "Mend the dates that people know with as few changes as can be, and say who must be told",
		Long: `Mend the dates that people know (of the newest baseline, or else of the present plan) after the estate has
changed, or what the flags say. What was promised for the committed weeks stays. Later dates move only where
they must, or where that saves more than telling people counts for. Nothing is kept, unless --save gives the
mended plan a name: it is then a draft among the scenarios.
Exit code 3 tells that something cannot be mended.`,
		Example: "  samdrift plan replan --freeze 430=2027-02-01..2027-03-15 --commit-weeks 3",
		RunE: func(cmd *cobra.Command, _ []string) error {
			given, err := c.read(cmd)
			if err != nil {
				return err
			}
			o.CommitDays = 7 * weeks
			return a.withHub(cmd.Context(), save == "", func(h *hub.Hub) error {
				v, err := h.Replan(cmd.Context(), operator, given, o)
				if err != nil {
					return err
				}
				if save != "" {
					kept, err := h.SaveReplan(cmd.Context(), operatorNamed(by), save, given, o)
					if err != nil {
						return err
					}
					return a.print(kept, scenarioTable(v.Demo, kept))
				}
				if err := a.print(v, replanTable(v)); err != nil {
					return err
				}
				if n := len(v.Violations) + len(v.Plan.Refusals); n > 0 {
					return findingsError{fmt.Errorf("%d things cannot be mended", n)}
				}
				return nil
			})
		},
	}
	c.define(cmd)
	cmd.Flags().StringVar(&save, "save", "", "keep the mended plan as a draft scenario of that name")
	cmd.Flags().StringVar(&by, "by", "", "with --save: the author (default: the operator)")
	cmd.Flags().IntVar(&weeks, "commit-weeks", weeks, "weeks from today in which nothing changes")
	cmd.Flags().Int64Var(&o.Penalty, "penalty", o.Penalty, "what moving one date must save, in DKK; more when more than --most change")
	cmd.Flags().IntVar(&o.Most, "most", o.Most, "percent of the later groups that are to get other dates at most, unless more must (0: as many as pays)")
	return cmd
}

func replanTable(v hub.ReplanView) table {
	t := table{demo: v.Demo, head: []string{"group", "name", "municipality", "servers", "from", "to", "why", "tell"}}
	for _, m := range v.Changes {
		t.rows = append(t.rows, []string{m.Group, v.Names[m.Group], v.Names[m.Municipality], fmt.Sprint(m.Servers), m.From.String(), m.To.String(), m.Why.Named(v.Names).String(), strings.Join(m.Tell, ", ")})
	}
	lines := []string{
		fmt.Sprintf("Known dates: %s. %d stay, %d move; nothing before %s does.", v.Known, v.Kept, len(v.Changes), v.Committed),
		totalsLine("present", v.Difference.Before), totalsLine("mended", v.Difference.After), totalsLine("planned anew", v.Anew),
	}
	for _, x := range v.Violations {
		lines = append(lines, "Cannot be mended: "+x.String())
	}
	for _, r := range v.Plan.Refusals {
		lines = append(lines, fmt.Sprintf("Not placed: %s %s: %s", r.Kind, r.Subject, joinReasons(r.Reasons)))
	}
	t.note = strings.Join(lines, "\n") + demoNote(v.Demo)
	return t
}
