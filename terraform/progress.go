package terraform

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/samdrift/samdrift/terraform/platform"
)

// The ways that a unit can go, stage by stage. Within one platform Terraform moves the servers itself.
// Between two it only lets go of them and takes over what another tool has copied; the source stays,
// switched off and renamed, until the move is final.
var (
	onePlatform  = []platform.Stage{platform.Adopt, platform.Test, platform.Ready, platform.Place, platform.Verify, platform.Finalize}
	twoPlatforms = []platform.Stage{platform.Adopt, platform.Test, platform.Ready, platform.Leave, platform.Copy, platform.Arrive,
		platform.Verify, platform.Finalize, platform.Decommission}
	// What servers share is made, and looked for. It is neither adopted nor taken back.
	sharedWay = []platform.Stage{platform.Share, platform.Verify}
	byHand    = []platform.Stage{platform.Test, platform.Ready, platform.Leave, platform.Copy, platform.Verify, platform.Finalize, platform.Decommission}
)

// StepState is how far a step has come.
type StepState string

// The states of a step.
const (
	Waiting StepState = "waiting"
	Running StepState = "running"
	Failed  StepState = "failed" // may be started again
	Done    StepState = "done"
)

// Step is one stage of a unit's way and what is known of it. Samdrift carries out what Terraform does;
// the rest is done by people and other tools, and is recorded with who says so and what shows it.
type Step struct {
	Stage   platform.Stage `json:"stage"`
	State   StepState      `json:"state"`
	By      string         `json:"by,omitempty"`
	Started time.Time      `json:"started,omitzero"`
	Ended   time.Time      `json:"ended,omitzero"`
	Tool    string         `json:"tool,omitempty"`    // of a copy: HCX, the backup product, OVF, virt-v2v
	Amount  int64          `json:"amount,omitzero"`   // of a copy, so far
	Total   int64          `json:"total,omitzero"`    // of a copy; zero: not known
	Measure string         `json:"measure,omitempty"` // of both: bytes, disks, files
	Proof   string         `json:"proof,omitempty"`   // checksum, count, log or ticket that shows that it was done
	Note    string         `json:"note,omitempty"`
}

// Progress is how far a unit has come on its way.
type Progress struct {
	Unit  string `json:"unit"`
	Steps []Step `json:"steps"`
	// Returning is why the unit is on its way back; empty: it is not.
	Returning string `json:"returning,omitempty"`
	// RolledBack holds the steps of earlier attempts, oldest first: nothing that was recorded is lost.
	RolledBack []Step `json:"rolled_back,omitempty"`
}

// NewProgress is the way of a unit, of which nothing is done. Between says that it goes from one
// platform to another.
func NewProgress(unit string, otherPlatform bool) Progress {
	way := onePlatform
	if otherPlatform {
		way = twoPlatforms
	}
	return newProgress(unit, way)
}

func newProgress(unit string, way []platform.Stage) Progress {
	p := Progress{Unit: unit}
	for _, stage := range way {
		p.Steps = append(p.Steps, Step{Stage: stage, State: Waiting})
	}
	return p
}

// ByHand tells whether people take every step, so that no engine does and no platform is read.
func (p Progress) ByHand() bool {
	return !slices.ContainsFunc(p.Steps, func(s Step) bool { return s.Stage == platform.Adopt || s.Stage == platform.Share })
}

// Next gives the first step that is not done; false when all are.
func (p Progress) Next() (Step, bool) {
	for _, s := range p.Steps {
		if s.State != Done {
			return s, true
		}
	}
	return Step{}, false
}

// Moved is when the servers were where they shall be, as far as the platform says; zero: they are not.
func (p Progress) Moved() time.Time {
	var at time.Time
	for _, s := range p.Steps {
		if (s.Stage == platform.Place || s.Stage == platform.Arrive || s.Stage == platform.Copy) && s.State == Done {
			at = s.Ended
		}
	}
	return at
}

// Rendered is the stage in which the unit's HCL is to be written: that of the next step when Terraform
// carries it out, or else the last one that it did.
func (p Progress) Rendered() platform.Stage {
	if p.Returning != "" {
		return platform.Rollback
	}
	last := platform.Adopt
	for _, s := range p.Steps {
		switch s.Stage {
		case platform.Adopt, platform.Place, platform.Arrive, platform.Share:
			last = s.Stage
		}
		if s.State != Done {
			return last
		}
	}
	return last
}

// step finds a stage and refuses when another must come first.
func (p *Progress) step(stage platform.Stage) (*Step, error) {
	i := slices.IndexFunc(p.Steps, func(s Step) bool { return s.Stage == stage })
	if i < 0 {
		return nil, fmt.Errorf("unit %s: %s is no stage of its way", p.Unit, stage)
	}
	for _, earlier := range p.Steps[:i] {
		if earlier.State != Done {
			return nil, fmt.Errorf("unit %s: %s must wait: %s is %s", p.Unit, stage, earlier.Stage, earlier.State)
		}
	}
	return &p.Steps[i], nil
}

// Start begins a step, or begins it again when it failed. A step that runs or is done stays as it is, so
// that a repeated call does no harm.
func (p *Progress) Start(stage platform.Stage, by string, at time.Time) error {
	s, err := p.step(stage)
	if err != nil {
		return err
	}
	if strings.TrimSpace(by) == "" {
		return fmt.Errorf("unit %s: %s needs the name of who begins it", p.Unit, stage)
	}
	if s.State == Running || s.State == Done {
		return nil
	}
	*s = Step{Stage: stage, State: Running, By: by, Started: at.UTC(), Note: s.Note}
	return nil
}

// Copied records how far a copy has come, as the tool that makes it says.
func (p *Progress) Copied(tool string, amount, total int64, measure string) error {
	s, err := p.step(platform.Copy)
	if err != nil {
		return err
	}
	if s.State != Running {
		return fmt.Errorf("unit %s: the copy is %s: start it first", p.Unit, s.State)
	}
	if strings.TrimSpace(tool) == "" || amount < 0 || total < 0 || total > 0 && amount > total {
		return fmt.Errorf("unit %s: a copy needs its tool and an amount of 0 to its total, got %q, %d of %d", p.Unit, tool, amount, total)
	}
	s.Tool, s.Amount, s.Total, s.Measure = tool, amount, total, measure
	return nil
}

// Finish ends a step. A copy ends with proof only, and not before all of it is there: samdrift never
// claims to have copied what it did not.
func (p *Progress) Finish(stage platform.Stage, proof, note string, at time.Time) error {
	s, err := p.step(stage)
	if err != nil {
		return err
	}
	switch {
	case s.State == Done:
		return nil
	case s.State != Running:
		return fmt.Errorf("unit %s: %s is %s: start it first", p.Unit, stage, s.State)
	case stage == platform.Copy && (s.Tool == "" || strings.TrimSpace(proof) == ""):
		return fmt.Errorf("unit %s: a copy ends with the name of its tool and with proof: a checksum, a count, a log", p.Unit)
	case stage == platform.Copy && s.Total > 0 && s.Amount < s.Total:
		return fmt.Errorf("unit %s: %d of %d %s are copied", p.Unit, s.Amount, s.Total, s.Measure)
	}
	s.State, s.Ended, s.Proof, s.Note = Done, at.UTC(), proof, note
	return nil
}

// Fail ends a step that did not succeed. It may be started again.
func (p *Progress) Fail(stage platform.Stage, note string, at time.Time) error {
	s, err := p.step(stage)
	if err != nil {
		return err
	}
	if s.State != Running {
		return fmt.Errorf("unit %s: %s is %s, so it cannot fail", p.Unit, stage, s.State)
	}
	s.State, s.Ended, s.Note = Failed, at.UTC(), note
	return nil
}

// Return sets the unit on its way back to where it was ready to move: its HCL is then that of the place
// it came from, to be planned, approved and applied like any other. After the move is final there is no
// way back: the source may be gone.
func (p *Progress) Return(reason string) error {
	if strings.TrimSpace(reason) == "" {
		return fmt.Errorf("unit %s: going back needs a reason", p.Unit)
	}
	if p.Shared() {
		return fmt.Errorf("unit %s: what servers share is not taken back: other servers may be using it, so people remove it", p.Unit)
	}
	begun := false
	for i, s := range p.Steps {
		if s.Stage == platform.Finalize && s.State == Done {
			return fmt.Errorf("unit %s: the move is final since %s: there is no way back", p.Unit, s.Ended.Format("2006-01-02"))
		}
		begun = begun || i > p.ready() && s.State != Waiting
	}
	if !begun {
		return fmt.Errorf("unit %s: nothing of the move has begun, so there is nothing to take back", p.Unit)
	}
	p.Returning = reason
	return nil
}

// ready is the index of the step after which the move begins.
func (p Progress) ready() int {
	return slices.IndexFunc(p.Steps, func(s Step) bool { return s.Stage == platform.Ready })
}

// Returned ends the way back: the unit is ready to move again. What was recorded of the attempt is kept.
func (p *Progress) Returned(by string, at time.Time) error {
	if p.Returning == "" {
		return fmt.Errorf("unit %s: it is not on its way back", p.Unit)
	}
	for i := p.ready() + 1; i < len(p.Steps); i++ {
		if p.Steps[i].State != Waiting {
			p.RolledBack = append(p.RolledBack, p.Steps[i])
			p.Steps[i] = Step{Stage: p.Steps[i].Stage, State: Waiting}
		}
	}
	p.RolledBack = append(p.RolledBack, Step{Stage: platform.Rollback, State: Done, By: by, Started: at.UTC(), Ended: at.UTC(), Note: p.Returning})
	p.Returning = ""
	return nil
}
