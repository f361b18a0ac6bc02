package terraform

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

// Stopped says that all moves are stopped, by whom and why.
type Stopped struct {
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

func stopFile(dir string) string { return filepath.Join(dir, ".stop.json") }

// Stop lets no apply below dir begin until Resume. What is under way goes on to its end: stopping a
// server half way is worse than letting it arrive. It is a file beside the units, so that it holds for
// every hub and command line that works on them, and outlives a restart.
func Stop(dir string, s Stopped) error {
	if s.By == "" || s.Reason == "" {
		return errors.New("stopping all moves needs a name and a reason")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("stop all moves: %w", err)
	}
	data, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if err := replaceFile(stopFile(dir), append(data, '\n')); err != nil {
		return fmt.Errorf("stop all moves: %w; %s", err, hint(err, ""))
	}
	return nil
}

// Resume lets applies begin again.
func Resume(dir string) error {
	if err := os.Remove(stopFile(dir)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("let moves go on: %w", err)
	}
	return nil
}

// IsStopped tells whether moves below dir are stopped. A file that cannot be read counts as a stop.
func IsStopped(dir string) (Stopped, bool) {
	data, err := os.ReadFile(stopFile(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return Stopped{}, false
	}
	var s Stopped
	if err == nil {
		err = json.Unmarshal(data, &s)
	}
	if err != nil {
		return Stopped{Reason: fmt.Sprintf("%s cannot be read: %v", stopFile(dir), err)}, true
	}
	return s, true
}

// permitted refuses an apply below dir while all is stopped, and on a frozen day unless it is an
// emergency. Days are those of the clock's own zone.
func (r *Runner) permitted(dir string, u Unit, a Approval) []Refusal {
	var refusals []Refusal
	if s, stopped := IsStopped(dir); stopped {
		refusals = append(refusals, Refusal{Gate: GateStop, Reason: fmt.Sprintf("all moves are stopped by %s: %s", s.By, s.Reason)})
	}
	if a.Emergency != "" {
		return refusals
	}
	if f, frozen := frozenOn(r.Freezes, u.Municipality, inventory.DateOf(r.now())); frozen {
		refusals = append(refusals, Refusal{Gate: GateFreeze, Reason: fmt.Sprintf("nothing is moved from %s to %s (%s)", f.From, f.To, f.Name.EN)})
	}
	return refusals
}

func frozenOn(freezes []planner.Freeze, municipality string, day inventory.Date) (planner.Freeze, bool) {
	for _, f := range freezes {
		if !f.Advisory && (f.Municipality == "" || f.Municipality == municipality) && f.From <= day && day <= f.To {
			return f, true
		}
	}
	return planner.Freeze{}, false
}
