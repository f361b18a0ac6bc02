package terraform

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"
)

// EventKind tells what an engine, or samdrift around it, says of a run.
type EventKind string

// The kinds of events.
const (
	EventBegun    EventKind = "begun"          // the fresh plan is what was approved, and is now applied; Total says how much there is to do
	EventLocked   EventKind = "locked"         // somebody else works on the unit's state, who is in Lock; it is waited for
	EventUnlocked EventKind = "unlocked"       // the state that was waited for is free
	EventPlanned  EventKind = "planned_change" // what the plan says of a resource, before work begins
	EventStart    EventKind = "apply_start"    // work on a resource begins
	EventProgress EventKind = "apply_progress" // and goes on: every ten seconds
	EventComplete EventKind = "apply_complete"
	EventErrored  EventKind = "apply_errored"
	EventFault    EventKind = "diagnostic"
	EventSummary  EventKind = "change_summary"
	EventOther    EventKind = "other" // what no other kind fits, and lines that are no JSON
)

// Event is something that happened while a unit's plan was carried out.
type Event struct {
	At       time.Time  `json:"at"`
	Unit     string     `json:"unit"`
	Kind     EventKind  `json:"kind"`
	Resource string     `json:"resource,omitempty"`        // its address
	Action   string     `json:"action,omitempty"`          // create, update, delete … as engines name it
	Elapsed  int        `json:"elapsed_seconds,omitempty"` // since work on the resource began
	Message  string     `json:"message,omitempty"`         // in English, for people who know the engine
	Severity string     `json:"severity,omitempty"`        // of a diagnostic: error or warning
	Total    int        `json:"total,omitempty"`           // resources to work on, when it has begun
	Lock     *StateLock `json:"lock,omitempty"`            // who is waited for
}

// toldOf is where events of a unit go.
func (r *Runner) toldOf(u Unit) func(Event) {
	return func(e Event) {
		if r.Told == nil {
			return
		}
		if e.Unit = u.ID; e.At.IsZero() {
			e.At = r.now().UTC()
		}
		r.Told(e)
	}
}

// AssetOf gives the asset that a resource is about; empty when it is about none of those named.
func AssetOf(address string, assets []string) string {
	for _, id := range assets {
		if strings.HasSuffix(address, "."+label(id)) {
			return id
		}
	}
	return ""
}

// logLine is a line of an engine's JSON log, as far as it is read here. The types of terraform-json cover
// plans and diagnostics only.
type logLine struct {
	Message string    `json:"@message"`
	At      time.Time `json:"@timestamp"`
	Type    string    `json:"type"`
	Hook    struct {
		Resource struct {
			Address string `json:"addr"`
		} `json:"resource"`
		Action  string  `json:"action"`
		Elapsed float64 `json:"elapsed_seconds"`
	} `json:"hook"`
	Diagnostic struct {
		Severity string `json:"severity"`
		Summary  string `json:"summary"`
		Detail   string `json:"detail"`
		Address  string `json:"address"`
	} `json:"diagnostic"`
}

// readEvent reads a line of an engine's output. One that is no JSON is kept as it is, and has no time.
func readEvent(line []byte) Event {
	var l logLine
	if json.Unmarshal(line, &l) != nil || strings.TrimSpace(l.Message) == "" {
		return Event{Kind: EventOther, Message: strings.TrimSpace(string(line))}
	}
	e := Event{At: l.At.UTC(), Kind: EventOther, Resource: l.Hook.Resource.Address, Action: l.Hook.Action, Elapsed: int(l.Hook.Elapsed), Message: strings.TrimSpace(l.Message)}
	switch kind := EventKind(l.Type); kind {
	case EventPlanned, EventStart, EventProgress, EventComplete, EventErrored, EventSummary:
		e.Kind = kind
	case EventFault:
		e.Kind, e.Severity, e.Resource = kind, l.Diagnostic.Severity, l.Diagnostic.Address
		if e.Resource != "" {
			e.Message += "\n  with " + e.Resource
		}
		if l.Diagnostic.Detail != "" {
			e.Message += "\n" + l.Diagnostic.Detail
		}
	}
	return e
}

// output is what an engine said in one step, for people to read. Its two streams are read by two
// goroutines.
type output struct {
	mu   sync.Mutex
	text strings.Builder
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// logStream turns one stream of an engine's JSON log into events and readable lines. A line may be of
// any length: a diagnostic can carry a whole file.
type logStream struct {
	line []byte // that has not ended yet
	out  *output
	told func(Event)
}

func (s *logStream) Write(p []byte) (int, error) {
	s.line = append(s.line, p...)
	for {
		line, rest, ended := bytes.Cut(s.line, []byte("\n"))
		if !ended {
			return len(p), nil
		}
		s.say(line)
		s.line = rest
	}
}

// end says what came without an end of its line.
func (s *logStream) end() {
	s.say(s.line)
	s.line = nil
}

func (s *logStream) say(line []byte) {
	if len(bytes.TrimSpace(line)) == 0 {
		return
	}
	e := readEvent(line)
	_, _ = fmt.Fprintln(s.out, e.Message) // memory refuses no write
	s.told(e)
}
