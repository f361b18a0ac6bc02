package terraform

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Acceptance is a named person's word that one concern about a unit is known and may stand for a while.
// It sets aside concerns and checks that could not be told, nothing else: no acceptance lets a plan
// destroy, replace or create.
type Acceptance struct {
	Key    string    `json:"key"`              // of the concern or the check: backup, snapshot, port …
	Server string    `json:"server,omitempty"` // its name; empty: every server of the unit
	By     string    `json:"by"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
	Until  time.Time `json:"until"`
}

// longestAcceptance keeps an exception from becoming the rule.
const longestAcceptance = 31 * 24 * time.Hour

// Validate reports what an acceptance lacks.
func (a Acceptance) Validate() error {
	var faults []error
	for name, value := range map[string]string{"key": a.Key, "by": a.By, "reason": a.Reason} {
		if strings.TrimSpace(value) == "" {
			faults = append(faults, fmt.Errorf("acceptance: %s is missing", name))
		}
	}
	if !a.Until.After(a.At) || a.Until.After(a.At.Add(longestAcceptance)) {
		faults = append(faults, fmt.Errorf("acceptance of %q: it ends at %s: want an end within %d days", a.Key, a.Until.Format(time.RFC3339), int(longestAcceptance.Hours())/24))
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(faults...)
}

// accepting finds the acceptance that covers a key of a server at a time.
func accepting(accepted []Acceptance, key, server string, at time.Time) *Acceptance {
	for _, a := range accepted {
		if a.Key == key && (a.Server == "" || a.Server == server) && !at.Before(a.At) && at.Before(a.Until) {
			return &a
		}
	}
	return nil
}

// setAside divides refusals into those that stand and the acceptances of those that do not.
func setAside(refusals []Refusal, accepted []Acceptance, at time.Time) (standing []Refusal, used []Acceptance) {
	for _, r := range refusals {
		a := accepting(accepted, r.Attribute, r.Resource, at)
		if r.Gate != GateConcern || a == nil {
			standing = append(standing, r)
			continue
		}
		if !slices.Contains(used, *a) {
			used = append(used, *a)
		}
	}
	return standing, used
}
