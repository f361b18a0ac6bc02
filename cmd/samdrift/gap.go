package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner/nis2"
)

func newGap(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "gap", Short: "NIS2 gap analysis: how far the goals are met, and on what evidence"}
	cmd.AddCommand(newGapAssess(a), newGapRound(a), newGapAnswer(a), newGapReview(a), newGapImport(a), newGapExport(a), newGapReport(a), newGapJoint(a), newGapLever(a), newGapActions(a), newGapIncident(a), newGapChoose(a), newGapFacts(a), newGapRegister(a))
	return cmd
}

func newGapJoint(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "joint",
		Short: "Show what the municipalities have in common",
		Long: `Show what the municipalities have in common: which goals most of them miss, which are strengths,
who lacks the same things, and what moving to a centre closes and opens.

No server is named and nobody is ranked. For fewer than three municipalities nothing is shown.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withHub(cmd.Context(), true, func(h *hub.Hub) error {
				v, err := h.GapJoint(cmd.Context(), operator)
				if err != nil {
					return err
				}
				return a.print(v, patternTable(v))
			})
		},
	}
}

func newGapLever(a *app) *cobra.Command {
	var municipality string
	cmd := &cobra.Command{
		Use:   "lever",
		Short: "Show what moving to a centre closes and opens",
		Long: `Show what moving to a centre closes and opens, per municipality or, with --municipality, per control:
today, on the day after the move, and once what the move touched has been assessed anew.

The centre's levels come from the agreement's committed levels; where it names none, the centre is
taken to reach the target, at most 4.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withHub(cmd.Context(), true, func(h *hub.Hub) error {
				v, err := h.GapJoint(cmd.Context(), operator)
				if err != nil {
					return err
				}
				if municipality == "" {
					return a.print(v.Moves, moveTable(v))
				}
				for _, m := range v.Moves {
					if m.Municipality == municipality {
						return a.print(m, controlMoveTable(m, v.Data.Demo))
					}
				}
				return fmt.Errorf("municipality %q: %w", municipality, hub.ErrNotFound)
			})
		},
	}
	cmd.Flags().StringVar(&municipality, "municipality", "", "three-digit code; empty: all")
	return cmd
}

func patternTable(v hub.JointView) table {
	t := table{demo: v.Data.Demo, head: []string{"control", "pattern", "field", "short", "points", "closed", "title"}}
	closed := map[string]string{}
	for _, c := range v.Lever.Controls {
		closed[c.Control] = fmt.Sprintf("%.1f", c.Closed)
	}
	for _, p := range v.Patterns {
		title := ""
		if k, ok := v.Catalogue.Control(p.Control); ok {
			title = k.Title.EN
		}
		t.rows = append(t.rows, []string{
			p.Control, string(p.Class), string(p.Field), fmt.Sprintf("%d of %d", p.Short, p.Known),
			missing(p), closed[p.Control], title,
		})
	}
	l := v.Lever
	t.note = fmt.Sprintf("%d municipalities. Known gap %.1f points, unknown %.1f. Moving closes %.1f (%.0f %% of the known gap) and opens %.1f on day one, %.1f for good.",
		v.N, l.Gap, l.Unknown, l.Closed, 100*l.ShareClosed, l.OpenedFirst, l.OpenedAfter)
	if l.LeftOut > 0 {
		t.note += fmt.Sprintf(" %d controls are left out of what the move closes: their figures would stand for one or two municipalities.", l.LeftOut)
	}
	t.note += demoNote(v.Data.Demo)
	return t
}

// missing writes what a gap costs, or that too few are short of it for that to be told.
func missing(p nis2.Pattern) string {
	if p.Few {
		return "few"
	}
	return fmt.Sprintf("%.1f", p.Points)
}

func moveTable(v hub.JointView) table {
	t := table{demo: v.Data.Demo, head: []string{"municipality", "name", "today", "day one", "after", "after, no agreement", "closed", "opened", "net"}}
	for _, m := range v.Moves {
		t.rows = append(t.rows, []string{
			m.Municipality, v.Names[m.Municipality], percent(m.Today.Headline), percent(m.DayOne.Headline), percent(m.After.Headline),
			percent(m.AfterWithout.Headline), fmt.Sprintf("%.1f", m.Closed), fmt.Sprintf("%.1f", m.Opened), fmt.Sprintf("%.1f", m.Net),
		})
	}
	t.note = "Shares of target. Points are percentage points of it; opened counts on the day after the move." + demoNote(v.Data.Demo)
	return t
}

func controlMoveTable(m nis2.Move, demo bool) table {
	t := table{demo: demo, head: []string{"control", "today", "day one", "after", "closed", "opened", "note"}}
	for _, c := range m.Controls {
		note := ""
		switch {
		case c.Begins:
			note = "begins with the move"
		case !c.Known:
			note = "unknown today"
		case c.Reassess:
			note = "assess anew after the move"
		}
		t.rows = append(t.rows, []string{
			c.Control, fmt.Sprintf("%.1f", c.Today), fmt.Sprintf("%.1f", c.DayOne), fmt.Sprintf("%.1f", c.After),
			fmt.Sprintf("%.2f", c.Closed), fmt.Sprintf("%.2f", c.Opened), note,
		})
	}
	return t
}

// failOn are the conditions that --fail-on knows.
var failOn = []string{"red", "key", "contradicted"}

func newGapAssess(a *app) *cobra.Command {
	var municipality, profile, centre, fail string
	cmd := &cobra.Command{
		Use:   "assess",
		Short: "Assess one municipality, or all, or a centre",
		Long: `Assess one municipality, or all, from the stored answers and what the inventory shows.

Headline is the share of the goals that is met, proven the part of it that evidence carries, and
coverage the share that is answered. The three are always shown together. This measures fulfilment
of the cooperation's own goals; it is no statement about the law.

With --profile centre a centre is measured by the 13 sections of the annex to 2024/2690, from the
answers and data of the host municipality that runs it.`,
		Example: "  samdrift gap assess --municipality 479\n  samdrift gap assess --profile centre --centre kit-fyn",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkProfile(profile, centre, municipality); err != nil {
				return err
			}
			if fail != "" && !slices.Contains(failOn, fail) {
				return usageError{fmt.Errorf("--fail-on %q is none of %v", fail, failOn)}
			}
			return a.withHub(cmd.Context(), true, func(h *hub.Hub) error {
				if centre != "" {
					v, err := h.CentreGap(cmd.Context(), operator, centre)
					if err != nil {
						return err
					}
					return errors.Join(a.print(v, sectionTable(v)), failed(fail, v.Assessment))
				}
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
	cmd.Flags().StringVar(&profile, "profile", nis2.ProfileMunicipality, fmt.Sprintf("whose duty is looked at: one of %v", nis2.Profiles))
	cmd.Flags().StringVar(&centre, "centre", "", "slug of a centre, with --profile centre")
	cmd.Flags().StringVar(&fail, "fail-on", "", "exit with code 3 on: red (a red light), key (a key control below target), contradicted (data show less than claimed)")
	return cmd
}

// checkProfile refuses flags that do not go together.
func checkProfile(profile, centre, municipality string) error {
	switch {
	case !slices.Contains(nis2.Profiles, profile):
		return usageError{fmt.Errorf("--profile %q is none of %v", profile, nis2.Profiles)}
	case (profile == nis2.ProfileCentre) != (centre != ""):
		return usageError{errors.New("--profile centre and --centre go together")}
	case centre != "" && municipality != "":
		return usageError{errors.New("--centre and --municipality do not go together: give one")}
	}
	return nil
}

func sectionTable(v hub.CentreGap) table {
	x := v.Assessment
	t := table{demo: x.Demo, head: []string{"section", "headline", "proven", "coverage", "gap", "answered", "light", "title"}}
	for _, s := range x.Articles {
		title := ""
		if article, ok := v.Catalogue.Article(s.ID); ok {
			title = article.Title.EN
		}
		t.rows = append(t.rows, []string{
			s.ID, percent(s.Headline), percent(s.Proven), percent(s.Coverage), fmt.Sprintf("%.2f", s.Gap),
			fmt.Sprintf("%d of %d", s.Answered, s.Applicable), string(s.Light), title,
		})
	}
	t.note = fmt.Sprintf("Centre %s by the sections of 2024/2690, from what municipality %s, its host, answers and holds: %s of target, %s proven, %s answered (%s). Whether the regulation applies is for a lawyer to say.",
		v.Centre.ID, x.Municipality, percent(x.Overall.Headline), percent(x.Overall.Proven), percent(x.Overall.Coverage), x.Light) + demoNote(x.Demo)
	return t
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
		percent(x.Overall.Headline), percent(x.Overall.Proven), percent(x.Overall.Coverage), x.Light)
	for _, c := range x.Controls {
		if r := c.Reassess; r != nil {
			t.note += fmt.Sprintf("\nTo be reassessed: %s since %s: %d servers moved and %d moved back (%s); level %d counts again when the answer is confirmed.",
				c.ID, r.Since, r.Servers, r.TakenBack, strings.Join(r.Waves, ", "), r.Level)
		}
	}
	t.note += demoNote(x.Demo)
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
