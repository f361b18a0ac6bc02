package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/terraform"
)

func newTerraformApply(a *app) *cobra.Command {
	var agreements, waves []string
	var by string
	cmd := &cobra.Command{
		Use:   "apply [UNIT...]",
		Short: "Carry out approved plans as one run: each is planned anew, and applied only when it is what was approved",
		Long: `Carry out approved plans as one run: each is planned anew, and applied only when it is what was approved.

Either units are named, or a wave: then all of its approved plans are one run by cutover, and units
without an approved plan are told of and left out. What happens is told on stderr, a line at a time, and
at last how many units ended how; with --output json on stdout, a JSON object a line. Exit code 3 tells
that a gate refuses something: also the plan of a unit that was left out.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, units []string) error {
			if len(units) > 0 == (len(waves) > 0) || len(agreements) > 0 && len(waves) == 0 {
				return usageError{errors.New("terraform apply: name units, or a wave: --wave by its id, or by its number with --agreement")}
			}
			return a.withHub(cmd.Context(), false, func(h *hub.Hub) error {
				t := tally{}
				told := func(x hub.Happening) {
					t.hear(x)
					a.tellHappening(x)
				}
				var err error
				if len(units) > 0 {
					err = h.ApplyMoves(cmd.Context(), named(by), units, told)
				} else {
					var ids []string
					if ids, err = waveIDs(cmd, h, agreements, waves); err != nil {
						return err
					}
					err = h.ApplyWaves(cmd.Context(), named(by), ids, told)
				}
				if len(t) > 0 {
					a.say("%s", t)
				}
				var refused *terraform.RefusedError
				if errors.As(err, &refused) {
					return findingsError{err}
				}
				return err
			})
		},
	}
	cmd.Flags().StringSliceVar(&agreements, "agreement", nil, "the agreement of a wave that is given by its number")
	cmd.Flags().StringSliceVar(&waves, "wave", nil, "all approved plans of this wave, by id, or by number within --agreement")
	byFlag(cmd, &by)
	return cmd
}

// tally counts how the units of a run ended.
type tally map[terraform.EventKind]int

// endings are how a unit can end, in the order in which they are told.
var endings = []terraform.EventKind{hub.HappenApplied, hub.HappenFailed, hub.HappenNotBegun, hub.HappenLeftOut}

func (t tally) hear(x hub.Happening) {
	if slices.Contains(endings, x.Kind) {
		t[x.Kind]++
	}
}

// String is the tally for people: "5 units: 3 applied, 1 failed, 1 left out".
func (t tally) String() string {
	var parts []string
	all := 0
	for _, kind := range endings {
		if n := t[kind]; n > 0 {
			all += n
			parts = append(parts, fmt.Sprintf("%d %s", n, strings.ReplaceAll(string(kind), "_", " ")))
		}
	}
	return fmt.Sprintf("%d units: %s", all, strings.Join(parts, ", "))
}

// tellHappening tells what happens in a run, as it happens.
func (a *app) tellHappening(x hub.Happening) {
	if a.output == "json" {
		e := json.NewEncoder(a.out)
		e.SetEscapeHTML(false)
		_ = e.Encode(x) // a reader who has gone stops no server half way
		return
	}
	if line := happeningLine(x); line != "" {
		a.say("%s %s: %s", x.At.Local().Format(time.TimeOnly), x.Unit, line)
	}
}

// happeningLine is a happening for people; empty when others say it better.
func happeningLine(x hub.Happening) string {
	on := cmp.Or(x.Server, x.Resource)
	lasted := (time.Duration(x.Elapsed) * time.Second).String()
	switch x.Kind {
	case terraform.EventPlanned:
		return ""
	case hub.HappenQueued:
		return "waits for its turn"
	case hub.HappenApplying:
		return x.Action + ": a fresh plan is made and compared"
	case terraform.EventBegun:
		return fmt.Sprintf("the fresh plan is what was approved; %d resources to work on", x.Total)
	case terraform.EventLocked:
		return x.Message + "; it is waited for"
	case terraform.EventUnlocked:
		return "the state is free"
	case terraform.EventStart:
		return on + ": " + x.Action + " begins"
	case terraform.EventProgress:
		return on + ": " + x.Action + ", " + lasted
	case terraform.EventComplete:
		return fmt.Sprintf("%s: %s done after %s (%d of %d)", on, x.Action, lasted, x.Done, x.Total)
	case terraform.EventErrored:
		return on + ": " + x.Action + " FAILED after " + lasted
	case hub.HappenApplied:
		return "applied"
	case hub.HappenFailed:
		return "FAILED: " + x.Message
	case hub.HappenNotBegun:
		return "NOT BEGUN: " + x.Message
	case hub.HappenLeftOut:
		return "left out: " + x.Message
	default:
		return strings.ReplaceAll(x.Message, "\n", "\n  ")
	}
}
