package terraform

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// stateLocked is how engines begin when somebody else has locked a unit's state.
const stateLocked = "Error acquiring the state lock"

// How often a locked state is tried again, and how often it is said that it is waited for.
const (
	tryLockEvery = time.Second
	sayLockEvery = 10 * time.Second
)

// halfLooks is how many looks in a row meet half a state before it counts as cut short: writing one takes
// much less than the time between two.
const halfLooks = 3

// firstOfOthers is how long at least the first run of another unit is waited for, which in a PostgreSQL keeps
// all units out. It is nobody's fault and always ends, so also those wait that wait for nothing else.
const firstOfOthers = 5 * time.Minute

// patiently runs an engine command, and again for as long as somebody else has locked the unit's state,
// until the shop's wait is over. Engines can wait for a lock themselves, but do not say for whom, and give
// up at once on one whose holder was killed before it wrote down who it is.
func (s *shop) patiently(ctx context.Context, step string, run func() error) error {
	begun := time.Now()
	var said time.Time
	for {
		err := onWhole(ctx, run)
		if err == nil || !heldByOthers(err) {
			if !said.IsZero() {
				s.told(Event{Kind: EventUnlocked})
			}
			return err
		}
		locked := &LockedError{Holder: s.holderOf(ctx, err), Waited: time.Since(begun).Truncate(time.Second)}
		wait := s.wait
		if strings.Contains(unwrapped(err.Error()), pgFirst) {
			wait = max(wait, firstOfOthers)
		}
		if time.Since(begun) >= wait {
			return &UnitError{Unit: s.unit.ID, Dir: s.dir, Step: step, Hint: hint(err, err.Error()), Err: locked}
		}
		if time.Since(said) >= sayLockEvery {
			s.told(Event{Kind: EventLocked, Lock: &locked.Holder, Message: locked.Error()})
			said = time.Now()
		}
		select {
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("unit %s: %s was stopped: %w", s.unit.ID, step, ctx.Err()), locked)
		case <-time.After(tryLockEvery):
		}
	}
}

// onWhole runs an engine command, and again while it meets half a state.
func onWhole(ctx context.Context, run func() error) error {
	for range halfLooks - 1 {
		if err := run(); err == nil || !strings.Contains(unwrapped(err.Error()), halfState) {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(tryLockEvery):
		}
	}
	return run()
}

// lockLine is a line of what engines say about who holds a lock.
var lockLine = regexp.MustCompile(`(?m)^[│\s]*(ID|Operation|Who|Version|Created|Info|Path):[ \t]+(\S.*)$`)

// serverLocked is how engines tell the one thing that they know of a lock at a state server.
var serverLocked = regexp.MustCompile(`already locked: ID=(\S+)`)

// holderOf tells who holds the lock that an engine met: as the state server knows, or else as the engine
// says. Of a lock at a state server or in a PostgreSQL engines describe not the one that is held but the one
// they wanted.
func (s *shop) holderOf(ctx context.Context, err error) StateLock {
	if s.holder != nil {
		known, _, _ := s.holder(ctx, slug(s.unit.stateName())) // zero, and so unknown, when it cannot be told
		return known
	}
	var l StateLock
	said := unwrapped(err.Error())
	if strings.Contains(said, pgLocked) || strings.Contains(said, pgFirst) {
		return l
	}
	if id := serverLocked.FindStringSubmatch(said); id != nil {
		return StateLock{ID: id[1]}
	}
	for _, m := range lockLine.FindAllStringSubmatch(err.Error(), -1) {
		switch value := strings.TrimSpace(m[2]); m[1] {
		case "ID":
			l.ID = value
		case "Operation":
			l.Operation = value
		case "Who":
			l.Who = value
		case "Version":
			l.Version = value
		case "Info":
			l.Info = value
		case "Path":
			l.Path = value
		case "Created":
			if at, err := time.Parse("2006-01-02 15:04:05.999999999 -0700 MST", value); err == nil {
				l.Created = at.UTC()
			}
		}
	}
	return l
}
