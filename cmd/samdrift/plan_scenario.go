package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/samdrift/samdrift/hub"
)

func newPlanScenario(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "scenario",
		Short: "List scenarios, keep one, review and approve it, put it in force",
		Long: `List the scenarios that are kept. A scenario goes from draft to reviewed to approved, each step by somebody
other than its author. What is approved never changes; a change to it makes a new version. Approval puts it in
force: its dates and centres are kept by every later plan, which says what they break.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withHub(cmd.Context(), true, func(h *hub.Hub) error {
				v, err := h.Scenarios(cmd.Context(), operator)
				if err != nil {
					return err
				}
				return a.print(v, scenarioTable(v.Demo, v.Scenarios...))
			})
		},
	}
	cmd.AddCommand(newScenarioShow(a), newScenarioSave(a), newScenarioInForce(a),
		newScenarioStep(a, "review", "Put a second person's name under a draft", (*hub.Hub).ReviewScenario),
		newScenarioStep(a, "approve", "Approve a reviewed scenario, which then never changes and is in force", (*hub.Hub).ApproveScenario),
		newScenarioStep(a, "adopt", "Put an approved scenario in force again; \"present\": nothing is, the planner proposes", (*hub.Hub).AdoptScenario),
		newScenarioStep(a, "delete", "Remove a version that is not approved", func(h *hub.Hub, ctx context.Context, p hub.Person, ref string, revision int) (hub.Scenario, error) {
			v, err := h.Scenario(ctx, p, ref)
			if err != nil {
				return hub.Scenario{}, err
			}
			return v.Scenario, h.DeleteScenario(ctx, p, ref, revision)
		}))
	return cmd
}

func newScenarioShow(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "show REF",
		Short: "Show what a scenario (id or id@version) would make of the present plan",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withHub(cmd.Context(), true, func(h *hub.Hub) error {
				v, err := h.Scenario(cmd.Context(), operator, args[0])
				if err != nil {
					return err
				}
				t := differenceTable(v.Difference, v.Names, v.Conflicts, v.Demo)
				for _, c := range v.Changes {
					t.note += "\nChange: " + c.String()
				}
				if v.Outdated {
					t.note += "\nThe estate has changed since the scenario was saved; the figures are of today's."
				}
				return a.print(v, t)
			})
		},
	}
}

func newScenarioSave(a *app) *cobra.Command {
	var c changes
	var s hub.Scenario
	var ref, by string
	cmd := &cobra.Command{
		Use:   "save",
		Short: "Keep changes to the plan under a name",
		Long: `Keep changes to the plan under a name. Without --ref the scenario is new. With --ref and --revision it takes
the place of what was read, unless somebody else has changed it since (exit code 5); of an approved
version a new one is made.`,
		Example: "  samdrift plan scenario save --name 'More crews' --crews odense=3@2027-02-01",
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if s.Changes, err = c.read(cmd); err != nil {
				return err
			}
			return a.withHub(cmd.Context(), false, func(h *hub.Hub) error {
				if ref != "" {
					read, err := h.Scenario(cmd.Context(), operator, ref)
					if err != nil {
						return err
					}
					s.ID, s.Version = read.Scenario.ID, read.Scenario.Version
				}
				kept, err := h.SaveScenario(cmd.Context(), operatorNamed(by), s)
				if err != nil {
					return err
				}
				return a.print(kept, scenarioTable(false, kept))
			})
		},
	}
	c.define(cmd)
	f := cmd.Flags()
	f.StringVar(&s.Name, "name", "", "what people call it")
	f.StringVar(&s.Description, "description", "", "why it is made")
	f.BoolVar(&s.KeepDates, "keep-dates", false, "the present dates and centres stay where the changes say nothing else")
	f.StringVar(&ref, "ref", "", "change this one: id or id@version")
	f.IntVar(&s.Revision, "revision", 0, "with --ref: the revision that was read")
	f.StringVar(&by, "by", "", "the author (default: the operator)")
	mustRequire(cmd, "name")
	return cmd
}

// newScenarioStep makes a command that takes one version a step on, as it was read.
func newScenarioStep(a *app, use, short string, step func(*hub.Hub, context.Context, hub.Person, string, int) (hub.Scenario, error)) *cobra.Command {
	var revision int
	var by string
	cmd := &cobra.Command{
		Use:   use + " REF",
		Short: short,
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withHub(cmd.Context(), false, func(h *hub.Hub) error {
				s, err := step(h, cmd.Context(), operatorNamed(by), args[0], revision)
				if err != nil {
					return err
				}
				return a.print(s, scenarioTable(false, s))
			})
		},
	}
	cmd.Flags().IntVar(&revision, "revision", 0, "the revision that was read; 0 for present")
	cmd.Flags().StringVar(&by, "by", "", "who does it")
	mustRequire(cmd, "revision")
	mustRequire(cmd, "by")
	return cmd
}

func newScenarioInForce(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "in-force",
		Short: "Show which scenario is in force, by whom, since when, and what has changed under it",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withHub(cmd.Context(), true, func(h *hub.Hub) error {
				v, err := h.InForce(cmd.Context(), operator)
				if err != nil {
					return err
				}
				return a.print(v, inForceTable(v))
			})
		},
	}
}

// inForceTable lists what was ever put in force, and below it what has changed under what is.
func inForceTable(v hub.InForceView) table {
	t := table{demo: v.Demo, head: []string{"number", "scenario", "name", "by", "at", "dates", "in force"}}
	row := func(r hub.AdoptionRow, now string) {
		t.rows = append(t.rows, []string{fmt.Sprint(r.Number), r.Scenario, r.Name, r.By, r.At.Format(time.RFC3339), fmt.Sprint(r.Set), now})
	}
	t.note = "Nothing is in force: the plan is the planner's own proposal." + demoNote(v.Demo)
	if v.InForce != nil {
		row(*v.InForce, "yes")
		s := v.Since
		t.note = fmt.Sprintf("Since then: %d groups moved, %d passed their night without it, %d are gone, %d have other servers, %d are regrouped, %d are new; %d rules are broken.",
			s.Moved, len(s.Passed), len(s.Lost), len(s.Resized), len(s.Regrouped), len(s.New), len(v.Broken))
		for _, r := range s.Regrouped {
			t.note += "\n" + r.String()
		}
		t.note += demoNote(v.Demo)
	}
	for _, r := range v.Former {
		row(r, "")
	}
	return t
}

// operatorNamed is whoever works at the command line, under their own name.
func operatorNamed(name string) hub.Person {
	p := operator
	if name != "" {
		p.Name = name
	}
	return p
}

func scenarioTable(demo bool, list ...hub.Scenario) table {
	t := table{demo: demo, head: []string{"scenario", "name", "state", "revision", "changes", "author", "reviewed by", "approved by"}}
	for _, s := range list {
		t.rows = append(t.rows, []string{s.Ref(), s.Name, string(s.State), fmt.Sprint(s.Revision), fmt.Sprint(len(s.Changes)), s.Author, s.ReviewedBy, s.ApprovedBy})
	}
	return t
}
