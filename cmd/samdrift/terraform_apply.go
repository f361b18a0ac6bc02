package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/terraform"
)

func newTerraformApply(a *app) *cobra.Command {
	var by string
	cmd := &cobra.Command{
		Use:   "apply UNIT...",
		Short: "Carry out approved plans as one run: each is planned anew, and applied only when it is what was approved",
		Long: `Carry out approved plans as one run: each is planned anew, and applied only when it is what was approved.

What happens is told on stderr, a line at a time; with --output json on stdout, a JSON object a line.
Exit code 3 tells that a gate refuses.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withHub(cmd.Context(), false, func(h *hub.Hub) error {
				err := h.ApplyMoves(cmd.Context(), named(by), args, a.tellHappening)
				var refused *terraform.RefusedError
				if errors.As(err, &refused) {
					return findingsError{err}
				}
				return err
			})
		},
	}
	byFlag(cmd, &by)
	return cmd
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
	default:
		return strings.ReplaceAll(x.Message, "\n", "\n  ")
	}
}
