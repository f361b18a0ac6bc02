package hub

import (
	"time"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
	"github.com/samdrift/samdrift/planner/track"
	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
)

// attempt is one try of a unit's move. What has not happened has no time.
type attempt struct {
	begun    terraform.Step // the first that touches the servers
	moved    terraform.Step // the last that brings them to where they shall be
	verified terraform.Step
	final    terraform.Step
	back     terraform.Step // they are where they were
}

// attempts reads a unit's tries from its way, oldest first. One of which nothing has begun is none.
func attempts(p terraform.Progress) []attempt {
	var all []attempt
	var a attempt
	for _, s := range append(p.RolledBack[:len(p.RolledBack):len(p.RolledBack)], p.Steps...) {
		done := s.State == terraform.Done
		switch s.Stage {
		case platform.Leave, platform.Place:
			a.begun = s
			if s.Stage == platform.Place && done {
				a.moved = s
			}
		case platform.Copy, platform.Arrive:
			if done {
				a.moved = s
			}
		case platform.Verify:
			if done {
				a.verified = s
			}
		case platform.Finalize:
			if done {
				a.final = s
			}
		case platform.Rollback:
			a.back = s
			all, a = append(all, a), attempt{}
		}
	}
	if !a.begun.Started.IsZero() {
		all = append(all, a)
	}
	return all
}

// verified is when the servers of a unit were seen to be where they shall be; zero: they are not, or they
// were taken back.
func verified(p terraform.Progress) time.Time {
	if all := attempts(p); len(all) > 0 && all[len(all)-1].back.Ended.IsZero() {
		return all[len(all)-1].verified.Ended
	}
	return time.Time{}
}

// events are what a unit's move tells of the plan by itself. Servers count as cut over, on the day on which
// they were, once somebody has verified it.
func (m Move) events() []track.Event {
	var list []track.Event
	tell := func(kind track.Kind, s terraform.Step, at time.Time) {
		if !at.IsZero() {
			list = append(list, track.Event{Kind: kind, Group: m.Unit, On: inventory.DateOf(at.In(copenhagen)), At: at, By: s.By, Source: track.SourceMoves})
		}
	}
	for _, a := range attempts(m.Progress) {
		tell(track.Started, a.begun, a.begun.Started)
		if !a.verified.Ended.IsZero() {
			tell(track.CutOver, a.moved, a.moved.Ended)
		}
		tell(track.Verified, a.verified, a.verified.Ended)
		tell(track.Final, a.final, a.final.Ended)
		tell(track.RolledBack, a.back, a.back.Ended)
	}
	return list
}

// transfers are what a unit's move means for answers that were given before it. A shared unit has no servers.
func (m Move) transfers() []nis2.Transfer {
	var list []nis2.Transfer
	for _, a := range attempts(m.Progress) {
		if !a.verified.Ended.IsZero() && len(m.Group.Assets) > 0 {
			list = append(list, nis2.Transfer{Municipality: m.Municipality, Wave: m.Wave.Name, Servers: len(m.Group.Assets),
				At: a.verified.Ended.In(copenhagen), Back: inCopenhagen(a.back.Ended)})
		}
	}
	return list
}

// inCopenhagen is a moment as users count days; none stays none.
func inCopenhagen(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(copenhagen)
}
