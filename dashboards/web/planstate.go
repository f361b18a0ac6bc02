package web

import (
	"net/url"
	"slices"
	"strings"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/scenario"
)

// planState is how a person looks at the plan, all of it in the address: so each step can be undone
// with the browser's own button, shared as a link, and works without a script.
type planState struct {
	Zoom   string // month, week or day
	Open   []string
	Pins   []pin // dates that are tried, in the order in which they were set
	Undone []pin // taken back, the latest first
}

// pin is a date that somebody wants to try for a group, or for the first night of a wave.
type pin struct {
	ID  string
	Day inventory.Date
}

func (p pin) String() string { return p.ID + "@" + p.Day.String() }

var zooms = []string{"month", "week", "day"}

// The most that is read from an address: more would be a mistake or an attack.
const (
	mostPins = 200
	mostOpen = 200
)

// planStateOf reads the state, and drops what makes no sense.
func planStateOf(query url.Values) planState {
	st := planState{Zoom: query.Get("zoom")}
	if !slices.Contains(zooms, st.Zoom) {
		st.Zoom = zooms[0]
	}
	for _, id := range query["open"] {
		if id != "" && !slices.Contains(st.Open, id) && len(st.Open) < mostOpen {
			st.Open = append(st.Open, id)
		}
	}
	st.Pins, st.Undone = pinsOf(query["pin"]), pinsOf(query["undone"])
	return st
}

func pinsOf(texts []string) []pin {
	var pins []pin
	for _, text := range texts {
		id, date, _ := strings.Cut(text, "@")
		if day, err := inventory.ParseDate(date); err == nil && day.Known() && id != "" && len(pins) < mostPins {
			pins = append(pins, pin{id, day})
		}
	}
	return pins
}

// Href gives the address of the state.
func (st planState) Href() string {
	query := url.Values{}
	if st.Zoom != zooms[0] {
		query.Set("zoom", st.Zoom)
	}
	for _, id := range st.Open {
		query.Add("open", id)
	}
	for _, p := range st.Pins {
		query.Add("pin", p.String())
	}
	for _, p := range st.Undone {
		query.Add("undone", p.String())
	}
	if len(query) == 0 {
		return "/plan"
	}
	return "/plan?" + query.Encode()
}

// At gives the state at another zoom.
func (st planState) At(zoom string) planState {
	st.Zoom = zoom
	return st
}

// Fold gives the state with a lane or wave opened, or closed when it is open.
func (st planState) Fold(id string) planState {
	if i := slices.Index(st.Open, id); i >= 0 {
		st.Open = slices.Delete(slices.Clone(st.Open), i, i+1)
	} else {
		st.Open = append(slices.Clone(st.Open), id)
	}
	return st
}

// Undo gives the state before the last date that was tried.
func (st planState) Undo() planState {
	last := len(st.Pins) - 1
	st.Undone = append([]pin{st.Pins[last]}, st.Undone...)
	st.Pins = st.Pins[:last]
	return st
}

// Redo gives the state with the date that was taken back last tried again.
func (st planState) Redo() planState {
	st.Pins = append(slices.Clone(st.Pins), st.Undone[0])
	st.Undone = st.Undone[1:]
	return st
}

// Reset gives the state with no date tried.
func (st planState) Reset() planState {
	st.Pins, st.Undone = nil, nil
	return st
}

// changes gives what is tried as changes of a scenario. A later date for the same group counts; waves
// gives the groups of a wave with their nights, which keep their distance from the first one.
func (st planState) changes(waves map[string][]pin) []scenario.Change {
	var changes []scenario.Change
	for _, p := range st.Pins {
		groups, isWave := waves[p.ID]
		if !isWave {
			changes = scenario.Overlay(changes, []scenario.Change{{Kind: scenario.Pin, Group: p.ID, Date: p.Day}})
			continue
		}
		first := groups[0].Day
		for _, g := range groups {
			first = min(first, g.Day)
		}
		for _, g := range groups {
			changes = scenario.Overlay(changes, []scenario.Change{{Kind: scenario.Pin, Group: g.ID, Date: p.Day + g.Day - first}})
		}
	}
	return changes
}
