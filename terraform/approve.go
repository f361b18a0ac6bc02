package terraform

import (
	"fmt"
	"strings"
	"time"
)

// Approval is a named person's yes to one saved plan. It is bound to the plan file, to what the
// plan would do, and to the engine and providers that made it. It expires and works once.
type Approval struct {
	Unit       string    `json:"unit"`
	Agreement  string    `json:"agreement"`
	PlanSHA256 string    `json:"plan_sha256"`
	Digest     string    `json:"digest"`
	LockSHA256 string    `json:"lock_sha256,omitempty"`
	Engine     string    `json:"engine"`
	Version    string    `json:"engine_version"`
	ProposedBy string    `json:"proposed_by"`
	By         string    `json:"by"`
	At         time.Time `json:"at"`
	From       time.Time `json:"from"` // the window opens
	Expires    time.Time `json:"expires"`
	Consent    string    `json:"consent,omitempty"`   // who consented for the municipality
	Emergency  string    `json:"emergency,omitempty"` // why the rules about persons and time were set aside
	Used       time.Time `json:"used,omitzero"`       // when Apply took it; zero: not yet
}

// RefusedError says that something may not be done, with every reason.
type RefusedError struct {
	Unit     string
	Action   string // "approve", "apply"
	Refusals []Refusal
}

// Error lists the reasons.
func (e *RefusedError) Error() string {
	var reasons []string
	for _, r := range e.Refusals {
		reasons = append(reasons, r.String())
	}
	return fmt.Sprintf("unit %s: refused to %s: %s", e.Unit, e.Action, strings.Join(reasons, "; "))
}

// refused gives a RefusedError, or nil when there are no refusals.
func refused(unit, action string, refusals []Refusal) error {
	if len(refusals) == 0 {
		return nil
	}
	return &RefusedError{Unit: unit, Action: action, Refusals: refusals}
}

// Terms are under what conditions a plan is approved.
type Terms struct {
	From    time.Time     // the window opens; zero: at once
	Valid   time.Duration // how long the window stays open
	Consent string        // who of the municipality consented; asked for where the agreement says so
	// Emergency sets aside, for a reason that is recorded, that two persons must agree and that freezes
	// hold. It sets aside no gate: what a plan must never do it must not do in an emergency either.
	Emergency string
}

// Approve records that by agrees to the plan under the terms. It refuses a plan that is missing, refused
// by a gate, of an agreement that is not decided, or proposed by the same person: one person alone must
// not be able to move a municipality's servers.
func Approve(p UnitPlan, by string, at time.Time, terms Terms) (Approval, error) {
	refusals := p.Refusals
	add := func(gate, reason string) {
		refusals = append(refusals[:len(refusals):len(refusals)], Refusal{Gate: gate, Reason: reason})
	}
	if !p.Planned() {
		add(GatePlanFile, "there is no saved plan: plan the unit first")
	}
	if !p.Decided {
		add(GateUndecided, fmt.Sprintf("agreement %s is not decided by its parties", p.Agreement))
	}
	if strings.TrimSpace(by) == "" {
		add(GateApproval, "an approval needs a name")
	}
	if strings.TrimSpace(p.ProposedBy) == "" {
		add(GateApproval, "nobody stands as the proposer of this plan: plan it again with a name")
	}
	emergency := strings.TrimSpace(terms.Emergency)
	if samePerson(by, p.ProposedBy) && emergency == "" {
		add(GateApproval, fmt.Sprintf("%s proposed the plan, so somebody else must approve it", p.ProposedBy))
	}
	if p.NeedsConsent && strings.TrimSpace(terms.Consent) == "" && emergency == "" {
		add(GateApproval, fmt.Sprintf("agreement %s asks for the municipality's consent: name who gave it", p.Agreement))
	}
	if terms.Valid <= 0 {
		add(GateApproval, "an approval must last for some time")
	}
	if err := refused(p.Unit, "approve", refusals); err != nil {
		return Approval{}, err
	}
	at = at.UTC().Truncate(time.Second)
	from := terms.From.UTC().Truncate(time.Second)
	if from.Before(at) {
		from = at
	}
	return Approval{
		Unit: p.Unit, Agreement: p.Agreement, PlanSHA256: p.PlanSHA256, Digest: p.Digest, LockSHA256: p.LockSHA256,
		Engine: p.Engine, Version: p.Version, ProposedBy: p.ProposedBy, By: by, At: at, From: from, Expires: from.Add(terms.Valid),
		Consent: strings.TrimSpace(terms.Consent), Emergency: emergency,
	}, nil
}

func samePerson(a, b string) bool {
	return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
}

// check gives what is wrong with an approval before the world is looked at: for another unit or
// engine, by the wrong person, not yet or no longer valid, used.
func (a Approval) check(u Unit, e Engine, now time.Time) []Refusal {
	var refusals []Refusal
	add := func(gate, format string, args ...any) {
		refusals = append(refusals, Refusal{Gate: gate, Reason: fmt.Sprintf(format, args...)})
	}
	if !u.Decided {
		add(GateUndecided, "agreement %s is not decided by its parties", u.Agreement)
	}
	if a.Unit != u.ID || a.Agreement != u.Agreement {
		add(GateApproval, "it is for unit %q under agreement %q", a.Unit, a.Agreement)
	}
	if a.PlanSHA256 == "" || a.Digest == "" {
		add(GateApproval, "it names no plan")
	}
	if strings.TrimSpace(a.By) == "" || strings.TrimSpace(a.ProposedBy) == "" || samePerson(a.By, a.ProposedBy) && a.Emergency == "" {
		add(GateApproval, "it must name an approver (%q) other than the proposer (%q)", a.By, a.ProposedBy)
	}
	if a.Engine != e.Name || a.Version != e.Version {
		add(GateChanged, "the plan was made by %s %s, this is %s", a.Engine, a.Version, e)
	}
	if now.Before(a.At) {
		add(GateApproval, "it is dated %s, which is not yet", a.At.Format(time.RFC3339))
	} else if now.Before(a.From) {
		add(GateWindow, "its window opens %s", a.From.Format(time.RFC3339))
	}
	if !now.Before(a.Expires) {
		add(GateApproval, "it expired %s: plan again and have the new plan approved", a.Expires.Format(time.RFC3339))
	}
	if !a.Used.IsZero() {
		add(GateApproval, "it was used %s and works once", a.Used.Format(time.RFC3339))
	}
	return refusals
}
