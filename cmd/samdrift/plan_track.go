package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner/track"
)

func newPlanTrack(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "track",
		Short: "Hold the plan against what happened: state, slips, pace, forecast",
		Long: `Hold the newest frozen plan against what happened: how far each wave is, what has slipped and whom that
touches, the pace with its limits, and when all is done if the weeks ahead are like those behind.
What cannot be said yet is said so.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withHub(cmd.Context(), true, func(h *hub.Hub) error {
				v, err := h.Track(cmd.Context(), operator)
				if err != nil {
					return err
				}
				return a.print(v, trackTable(v))
			})
		},
	}
	cmd.AddCommand(newTrackBaseline(a), newTrackRecord(a))
	return cmd
}

func trackTable(v hub.TrackView) table {
	t := table{demo: v.Demo, head: []string{"wave", "municipality", "state", "servers done", "groups done", "promised end"}}
	for _, w := range v.Report.Waves {
		state := w.State
		if w.Partial {
			state += " (partly)"
		}
		t.rows = append(t.rows, []string{w.Wave, v.Names[w.Municipality], state, fmt.Sprintf("%d of %d", w.Done, w.Servers), fmt.Sprintf("%d of %d", w.GroupsDone, w.Groups), w.End.String()})
	}
	r := v.Report
	lines := []string{fmt.Sprintf("Against baseline %s as of %s: %d of %d servers are cut over, %d should be.", r.Version, r.AsOf, r.Schedule.Earned, r.Schedule.Total, r.Schedule.Planned)}
	if f := r.Forecast; f.P80 != nil {
		lines = append(lines, fmt.Sprintf("At the pace of %d weeks the last server is cut over by %s in 80 %% of %d runs.", f.Weeks, f.P80, f.Runs))
	}
	for _, why := range r.Forecast.Reasons {
		lines = append(lines, "Forecast: "+why.String())
	}
	for _, s := range r.Slips {
		atLeast := ""
		if s.AtLeast {
			atLeast = "at least "
		}
		lines = append(lines, fmt.Sprintf("Late: %s (%s): %s%d days; touches %d waves and %d groups.", s.Name, s.Group, atLeast, s.Days, len(s.Waves), len(s.Groups)))
	}
	for _, why := range r.Unmatched {
		lines = append(lines, "Not counted: "+why.String())
	}
	t.note = strings.Join(lines, "\n") + demoNote(v.Demo)
	return t
}

func newTrackBaseline(a *app) *cobra.Command {
	var by string
	cmd := &cobra.Command{
		Use:   "baseline [VERSION]",
		Short: "Freeze the present plan under a name; without a name, list the frozen ones",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withHub(cmd.Context(), len(args) == 0, func(h *hub.Hub) error {
				var rows []hub.BaselineRow
				if len(args) == 0 {
					var err error
					if rows, err = h.Baselines(cmd.Context(), operator); err != nil {
						return err
					}
				} else {
					row, err := h.SetBaseline(cmd.Context(), operatorNamed(by), args[0])
					if err != nil {
						return err
					}
					rows = append(rows, row)
				}
				t := table{head: []string{"version", "frozen", "by", "groups", "snapshot"}}
				for _, b := range rows {
					t.rows = append(t.rows, []string{b.Version, b.Frozen.String(), b.By, fmt.Sprint(b.Groups), b.Snapshot})
				}
				return a.print(rows, t)
			})
		},
	}
	cmd.Flags().StringVar(&by, "by", "", "who freezes it (default: the operator)")
	return cmd
}

func newTrackRecord(a *app) *cobra.Command {
	var x track.Event
	var kind, on, by string
	cmd := &cobra.Command{
		Use:   "record",
		Short: "Tell what happened to a group or a wave",
		Long: `Tell what happened to a group or a wave: its seeding was started, it was cut over, verified or rolled back.
Nothing is taken back; a roll-back is an event of its own.`,
		Example: "  samdrift plan track record --kind cut_over --group GROUP --on 2027-02-02",
		RunE: func(cmd *cobra.Command, _ []string) error {
			x.Kind = track.Kind(kind)
			var err error
			if x.On, err = day("on", on); err != nil {
				return err
			}
			return a.withHub(cmd.Context(), false, func(h *hub.Hub) error {
				kept, err := h.RecordEvent(cmd.Context(), operatorNamed(by), x)
				if err != nil {
					return err
				}
				return a.print(kept, table{head: []string{"kind", "group", "wave", "on", "servers"}, rows: [][]string{{string(kept.Kind), kept.Group, kept.Wave, kept.On.String(), fmt.Sprint(kept.Servers)}}})
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&kind, "kind", "", fmt.Sprintf("one of %v", track.Kinds))
	f.StringVar(&x.Group, "group", "", "id of a group")
	f.StringVar(&x.Wave, "wave", "", "id of a wave, instead of a group")
	f.StringVar(&on, "on", "", "day (YYYY-MM-DD)")
	f.IntVar(&x.Servers, "servers", 0, "of a group: how many; 0: all of them")
	f.StringVar(&x.Source, "source", "", "where it is known from")
	f.StringVar(&by, "by", "", "who tells (default: the operator)")
	mustRequire(cmd, "kind")
	mustRequire(cmd, "on")
	return cmd
}
