package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner/nis2"
)

func newGap(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "gap", Short: "NIS2 gap analysis: how far the goals are met, and on what evidence"}
	cmd.AddCommand(newGapAssess(a))
	return cmd
}

// failOn are the conditions that --fail-on knows.
var failOn = []string{"red", "key", "contradicted"}

func newGapAssess(a *app) *cobra.Command {
	var municipality, fail string
	cmd := &cobra.Command{
		Use:   "assess",
		Short: "Assess one municipality, or all",
		Long: `Assess one municipality, or all, from the stored answers and what the inventory shows.

Headline is the share of the goals that is met, proven the part of it that evidence carries, and
coverage the share that is answered. The three are always shown together. This measures fulfilment
of the cooperation's own goals; it is no statement about the law.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if fail != "" && !slices.Contains(failOn, fail) {
				return usageError{fmt.Errorf("--fail-on %q is none of %v", fail, failOn)}
			}
			return a.withHub(cmd.Context(), true, func(h *hub.Hub) error {
				if municipality != "" {
					one, _, err := h.GapOf(cmd.Context(), operator, municipality)
					if err != nil {
						return err
					}
					return errors.Join(a.print(one, controlTable(one)), failed(fail, one))
				}
				view, err := h.Gap(cmd.Context(), operator)
				if err != nil {
					return err
				}
				return errors.Join(a.print(view, overallTable(view)), failed(fail, view.Own...))
			})
		},
	}
	cmd.Flags().StringVar(&municipality, "municipality", "", "three-digit code; empty: all")
	cmd.Flags().StringVar(&fail, "fail-on", "", "exit with code 3 on: red (a red light), key (a key control below target), contradicted (data show less than claimed)")
	return cmd
}

func controlTable(x nis2.Assessment) table {
	t := table{demo: x.Demo, head: []string{"control", "declared", "automatic", "effective", "target", "confidence", "coverage", "state", "failing"}}
	for _, c := range x.Controls {
		failing := ""
		if c.Members != nil {
			failing = fmt.Sprintf("%d of %d known of %d", c.Members.Failing, c.Members.Known, c.Members.Population)
		}
		t.rows = append(t.rows, []string{
			c.ID, level(c.Declared), level(c.Automatic), fmt.Sprint(c.Effective), fmt.Sprint(c.Target),
			fmt.Sprintf("%.2f", c.Confidence), percent(c.Coverage), string(c.State), failing,
		})
	}
	t.note = fmt.Sprintf("Municipality %s: %s of target, %s proven, %s answered (%s).", x.Municipality,
		percent(x.Overall.Headline), percent(x.Overall.Proven), percent(x.Overall.Coverage), x.Light) + demoNote(x.Demo)
	return t
}

func overallTable(v hub.GapView) table {
	t := table{demo: v.Demo, head: []string{"municipality", "name", "headline", "proven", "coverage", "gap", "light"}}
	for _, x := range v.Own {
		t.rows = append(t.rows, []string{
			x.Municipality, v.Names[x.Municipality], percent(x.Overall.Headline), percent(x.Overall.Proven),
			percent(x.Overall.Coverage), fmt.Sprintf("%.2f", x.Overall.Gap), string(x.Light),
		})
	}
	t.note = "Headline: share of target. Proven: the part evidence carries. Coverage: share answered." + demoNote(v.Demo)
	return t
}

func failed(on string, all ...nis2.Assessment) error {
	for _, x := range all {
		switch {
		case on == "red" && x.Light == nis2.Red:
			return findingsError{fmt.Errorf("municipality %s has a red light", x.Municipality)}
		case on == "key" && len(x.KeyFailed) > 0:
			return findingsError{fmt.Errorf("municipality %s has key controls below target: %v", x.Municipality, x.KeyFailed)}
		case on == "contradicted":
			for _, c := range x.Controls {
				if c.State == nis2.Contradicted {
					return findingsError{fmt.Errorf("municipality %s: data contradict the answer to %s", x.Municipality, c.ID)}
				}
			}
		}
	}
	return nil
}

func level(l *int) string {
	if l == nil {
		return "-"
	}
	return fmt.Sprint(*l)
}

func percent(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) }

func demoNote(demo bool) string {
	if demo {
		return " Demodata: all figures about servers, security and money are invented."
	}
	return ""
}
