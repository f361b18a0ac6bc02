package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner/scenario"
)

func newPlanCompare(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "compare A B",
		Short: "Put two scenarios side by side, with why they differ",
		Long: `Put two scenarios side by side: centres, dates and money that differ, largest first, each with the change it
comes from. A scenario is named by id or id@version; "present" is the plan without any.`,
		Example: "  samdrift plan compare present more-crews\n  samdrift plan compare more-crews@1 more-crews@2",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withHub(cmd.Context(), true, func(h *hub.Hub) error {
				v, err := h.ComparePlans(cmd.Context(), operator, args[0], args[1])
				if err != nil {
					return err
				}
				return a.print(v, differenceTable(v.Difference, v.Names, nil, v.Demo))
			})
		},
	}
}

// differenceTable shows what differs between two plans, and below it both in a few figures.
func differenceTable(d scenario.Difference, names map[string]string, conflicts []hub.Conflict, demo bool) table {
	t := table{demo: demo, head: []string{"what", "municipality", "subject", "from", "to", "difference", "why"}}
	why := func(causes []scenario.Cause) string {
		texts := make([]string, len(causes))
		for i, c := range causes {
			texts[i] = d.Words(c)
		}
		return strings.Join(texts, "; ")
	}
	for _, r := range d.Centres {
		t.rows = append(t.rows, []string{"centre", names[r.Municipality], r.Municipality, r.From, r.To, fmt.Sprintf("%+.1f km", r.KMTo-r.KMFrom), why(r.Causes)})
	}
	for _, r := range d.Groups {
		size := r.What
		if r.What == scenario.Moved {
			size = fmt.Sprintf("%+d days", r.Days)
		}
		t.rows = append(t.rows, []string{"group", names[r.Municipality], r.Group, r.From.String(), r.To.String(), size, why(r.Causes)})
	}
	for _, r := range d.Waves {
		t.rows = append(t.rows, []string{"wave", names[r.Municipality], r.Wave, spanText(r.From), spanText(r.To), fmt.Sprintf("%+d servers", r.Servers), ""})
	}
	for _, r := range d.Costs {
		t.rows = append(t.rows, []string{"cost", names[r.Municipality], r.Municipality, fmt.Sprintf("%.0f", r.From.Likely), fmt.Sprintf("%.0f", r.To.Likely), fmt.Sprintf("%+.0f dkk", r.Likely), why(r.Causes)})
	}
	lines := []string{totalsLine(d.From, d.Before), totalsLine(d.To, d.After)}
	if d.Empty() {
		lines = append(lines, "Nothing differs.")
	}
	for _, c := range conflicts {
		lines = append(lines, fmt.Sprintf("Conflict: %s: %s: %s", c.Rule, c.Subject, cmp.Or(c.Detail, joinReasons(c.Reasons))))
	}
	t.note = strings.Join(lines, "\n") + demoNote(demo)
	return t
}

func spanText(s scenario.Span) string {
	if !s.Start.Known() {
		return ""
	}
	return s.Start.String() + ".." + s.End.String()
}

func totalsLine(name string, t scenario.Totals) string {
	return fmt.Sprintf("%s: %d servers in %d groups and %d waves, last wave ends %s, %d refusals, %d broken rules, cost %.0f (%.0f-%.0f) dkk.",
		name, t.Servers, t.Groups, t.Waves, t.LastWaveEnd, t.Refusals, t.Violations, t.Cost.Likely, t.Cost.Low, t.Cost.High)
}
