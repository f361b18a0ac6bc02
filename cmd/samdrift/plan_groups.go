package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/samdrift/samdrift/hub"
)

func newPlanGroups(a *app) *cobra.Command {
	var asset string
	cmd := &cobra.Command{
		Use:   "groups",
		Short: "Show which servers move together, shared services, and connections that are cut on the way",
		Long: `Show which servers move together, which are shared services that go first and why, and which connections
are cut while one end has moved and the other has not. --why tells of one server what holds it in its group
and what draws it elsewhere. Foundations can be overruled in the configuration: planner.foundation and
planner.not_foundation.`,
		Example: "  samdrift plan groups\n  samdrift plan groups --why ASSET",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withHub(cmd.Context(), true, func(h *hub.Hub) error {
				if asset != "" {
					v, err := h.WhyGrouped(cmd.Context(), operator, asset)
					if err != nil {
						return err
					}
					return a.print(v, placementTable(v))
				}
				v, err := h.Groups(cmd.Context(), operator)
				if err != nil {
					return err
				}
				return a.print(v, groupTable(v))
			})
		},
	}
	cmd.Flags().StringVar(&asset, "why", "", "id of a server: why it is in its group")
	return cmd
}

func groupTable(v hub.GroupsView) table {
	t := table{demo: v.Demo, head: []string{"group", "municipality", "name", "servers", "role", "gb", "cut to", "warnings"}}
	for _, g := range v.Groups {
		var cuts, warnings []string
		for _, c := range g.Cut {
			cuts = append(cuts, v.Names[c.Group])
			if len(c.Reasons) > 0 {
				warnings = append(warnings, v.Names[c.Group]+": "+joinReasons(c.Reasons))
			}
		}
		t.rows = append(t.rows, []string{g.ID, v.Names[g.Municipality], g.Name, fmt.Sprint(len(g.Assets)), g.Role, fmt.Sprintf("%.0f", g.TransferGB),
			strings.Join(cuts, ", "), strings.Join(warnings, "; ")})
	}
	var lines []string
	for _, f := range v.Foundations {
		what := "Foundation"
		if f.Overruled {
			what = "Overruled"
		}
		lines = append(lines, fmt.Sprintf("%s: %s (%s, %s): %s", what, v.Names[f.Asset], f.Asset, f.Role, joinReasons(f.Reasons)))
	}
	for _, r := range v.RetireCandidates {
		lines = append(lines, fmt.Sprintf("Retire? %s (%s): %s", v.Names[r.Asset], r.Asset, joinReasons(r.Evidence)))
	}
	t.note = strings.Join(lines, "\n") + demoNote(v.Demo)
	return t
}

func placementTable(v hub.PlacementView) table {
	t := table{demo: v.Demo, head: []string{"what", "with", "port", "mb a day", "days", "weight", "reasons"}}
	for _, r := range v.Ties {
		t.rows = append(t.rows, []string{"tied", "", "", "", "", "", r.String()})
	}
	mb := func(bytes int64) string { return fmt.Sprintf("%.1f", float64(bytes)/1e6) }
	for _, b := range v.Bonds {
		days := "unknown"
		if b.DaysObserved > 0 {
			days = fmt.Sprintf("%d of %d", b.DaysSeen, b.DaysObserved)
		}
		t.rows = append(t.rows, []string{"bound by " + b.Class, v.Names[b.Asset], fmt.Sprint(b.Port), mb(b.BytesPerDay), days, fmt.Sprintf("%.1f", b.Weight), ""})
	}
	for _, p := range v.Pulls {
		t.rows = append(t.rows, []string{"drawn by " + p.Class, v.Names[p.Group], fmt.Sprint(p.Port), mb(p.BytesPerDay), "", fmt.Sprintf("%.1f", p.Weight), joinReasons(p.Reasons)})
	}
	t.note = fmt.Sprintf("%s is in group %s (%s).%s", v.Names[v.Asset], v.Group, v.Names[v.Group], demoNote(v.Demo))
	return t
}
