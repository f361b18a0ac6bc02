package terraform

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/terraform/platform"
)

// Line is one line of a runbook. What is a stable key that each language has words for, with the places
// of those words in Params; on the night it is ticked off with a name and a time.
type Line struct {
	Number   int               `json:"number"`
	At       time.Time         `json:"at"` // when it is to begin
	Duration time.Duration     `json:"duration_ns"`
	What     string            `json:"what"`
	Params   map[string]string `json:"params,omitempty"`
	Role     string            `json:"role"` // who does it: municipality, centre, both
	Kind     string            `json:"kind"` // step, decision, point_of_no_return
	Unit     string            `json:"unit,omitempty"`
}

// The kinds of lines.
const (
	LineStep     = "step"
	LineDecision = "decision"           // go or no-go: somebody decides and is named
	LineReturn   = "point_of_no_return" // after this time a rollback does not end within the window
)

// Runbook is the script (drejebog) of one wave's night.
type Runbook struct {
	Wave      string         `json:"wave"`
	Name      string         `json:"name"`
	Agreement string         `json:"agreement"`
	Night     inventory.Date `json:"night"`
	From      time.Time      `json:"from"`
	To        time.Time      `json:"to"`
	Lines     []Line         `json:"lines"`
	Open      []Refusal      `json:"open"`    // what a gate refuses today and must be put right before
	Overrun   time.Duration  `json:"overrun"` // by how much the steps do not fit into the window; zero: they do
}

// Timing is how long the steps of a night take. They are the cooperation's own figures; the defaults are
// assumptions, to be replaced when the first waves have shown better.
type Timing struct {
	Begin    time.Duration `yaml:"begin" json:"begin"`       // from midnight of the cutover day to the window's begin
	Window   time.Duration `yaml:"window" json:"window"`     // from begin to end
	Check    time.Duration `yaml:"check" json:"check"`       // backups, monitoring, people: before the first unit
	Unit     time.Duration `yaml:"unit" json:"unit"`         // move of a unit besides its servers
	Server   time.Duration `yaml:"server" json:"server"`     // move of each server
	Verify   time.Duration `yaml:"verify" json:"verify"`     // of a unit
	Rollback time.Duration `yaml:"rollback" json:"rollback"` // of a unit
	Parallel int           `yaml:"parallel" json:"parallel"` // units at a time
}

// DefaultTiming begins at ten in the evening and ends at six.
func DefaultTiming() Timing {
	return Timing{Begin: 22 * time.Hour, Window: 8 * time.Hour, Check: 30 * time.Minute, Unit: 10 * time.Minute,
		Server: 5 * time.Minute, Verify: 20 * time.Minute, Rollback: 15 * time.Minute, Parallel: 2}
}

// Validate reports every figure that no night could be planned with.
func (t Timing) Validate() error {
	var faults []error
	for name, d := range map[string]time.Duration{"window": t.Window, "unit": t.Unit, "verify": t.Verify, "rollback": t.Rollback} {
		if d <= 0 {
			faults = append(faults, fmt.Errorf("terraform.timing.%s is %s, want more than 0", name, d))
		}
	}
	for name, d := range map[string]time.Duration{"begin": t.Begin, "check": t.Check, "server": t.Server} {
		if d < 0 {
			faults = append(faults, fmt.Errorf("terraform.timing.%s is %s, want 0 or more", name, d))
		}
	}
	if t.Parallel < 1 {
		faults = append(faults, fmt.Errorf("terraform.timing.parallel is %d, want 1 or more", t.Parallel))
	}
	slices.SortFunc(faults, func(a, b error) int { return cmp.Compare(a.Error(), b.Error()) })
	return errors.Join(faults...)
}

// Runbooks writes the scripts of a wave, one per night, from the plan and the wave's units. It is pure.
// Foundations come first, then the units of low criticality, so that mistakes are made where they cost
// least. The point of no return is where moving back all that was moved by then would still end within
// the window.
func Runbooks(plan planner.Plan, wave planner.Wave, units []Unit, timing Timing, zone *time.Location) []Runbook {
	groups := map[string]planner.Group{}
	for _, g := range plan.Groups {
		if g.Wave == wave.ID {
			groups[g.ID] = g
		}
	}
	nights := map[inventory.Date][]Unit{}
	for _, u := range units {
		if u.Wave == wave.ID {
			nights[u.Cutover] = append(nights[u.Cutover], u)
		}
	}
	var books []Runbook
	for _, night := range sortedKeys(nights) {
		list := nights[night]
		slices.SortFunc(list, func(a, b Unit) int {
			ga, gb := groups[a.ID], groups[b.ID]
			return cmp.Or(cmp.Compare(turn(ga), turn(gb)), cmp.Compare(a.ID, b.ID))
		})
		books = append(books, runbook(wave, night, list, timing, zone))
	}
	return books
}

// turn orders a night: foundations, then from low to high criticality, unknown as between medium and
// business-critical.
func turn(g planner.Group) int {
	if g.Foundation {
		return 0
	}
	return [...]int{3, 1, 2, 4, 5}[min(max(g.Criticality, 0), 4)]
}

// runbook writes one night.
func runbook(wave planner.Wave, night inventory.Date, units []Unit, timing Timing, zone *time.Location) Runbook {
	y, m, d := night.Time().Date()
	begin := time.Date(y, m, d, 0, 0, 0, 0, zone).Add(timing.Begin)
	b := Runbook{Wave: wave.ID, Name: wave.Name, Agreement: wave.Agreement, Night: night, From: begin, To: begin.Add(timing.Window), Open: []Refusal{}}
	w := writer{book: &b, now: begin}
	count := map[string]string{"units": fmt.Sprint(len(units))}
	w.add(LineStep, "both", "runbook_roll_call", "", 0, count)
	w.add(LineStep, "centre", "runbook_guest_licences", "", 0, nil) // no platform tells of them
	w.add(LineStep, "municipality", "runbook_backup_checked", "", timing.Check/2, nil)
	w.add(LineStep, "centre", "runbook_monitoring_quiet", "", timing.Check/2, nil)
	w.add(LineDecision, "both", "runbook_go", "", 0, count)
	moved := w.moves(units, timing)
	// All that was moved must be able to go back, some at a time, before the window ends.
	back := time.Duration((len(units)+timing.Parallel-1)/timing.Parallel) * timing.Rollback
	b.Lines = append(b.Lines, Line{At: b.To.Add(-back), What: "runbook_last_rollback", Role: "both", Kind: LineReturn,
		Params: map[string]string{"minutes": fmt.Sprint(int(back.Minutes()))}})
	w.now = moved
	w.add(LineDecision, "both", "runbook_keep", "", 0, count)
	w.add(LineStep, "centre", "runbook_monitoring_on", "", timing.Check/2, nil)
	w.add(LineStep, "municipality", "runbook_users_told", "", timing.Check/2, nil)
	slices.SortStableFunc(b.Lines, func(x, y Line) int { return x.At.Compare(y.At) })
	for i := range b.Lines {
		b.Lines[i].Number = i + 1
	}
	b.Overrun = max(0, w.now.Sub(b.To), moved.Sub(b.To.Add(-back)))
	return b
}

// writer appends lines as time goes on.
type writer struct {
	book *Runbook
	now  time.Time
}

func (w *writer) add(kind, role, what, unit string, takes time.Duration, params map[string]string) {
	w.book.Lines = append(w.book.Lines, Line{At: w.now, Duration: takes, What: what, Params: params, Role: role, Kind: kind, Unit: unit})
	w.now = w.now.Add(takes)
}

// move writes one unit's move: a line, or the check lists of its stages when people do it all. The time
// is then shared out evenly.
func (w *writer) move(u Unit, takes time.Duration, params map[string]string) {
	if u.Platform != (platform.Manual{}).Name() {
		w.add(LineStep, "centre", "runbook_move", u.ID, takes, params)
		return
	}
	tasks := slices.Concat(platform.Manual{}.Tasks(platform.Leave), platform.Manual{}.Tasks(platform.Copy))
	for _, task := range tasks {
		w.add(LineStep, task.Owner, task.Key, u.ID, takes/time.Duration(len(tasks)), params)
	}
}

// moves writes the move and the verification of each unit, as many at a time as the timing says, and
// gives the time at which the last one is verified.
func (w *writer) moves(units []Unit, timing Timing) time.Time {
	begin := w.now
	lanes := make([]time.Time, timing.Parallel)
	for i := range lanes {
		lanes[i] = begin
	}
	last := begin
	for _, u := range units {
		w.book.Open = append(w.book.Open, u.Refusals...)
		lane := slices.Index(lanes, slices.MinFunc(lanes, time.Time.Compare))
		w.now = lanes[lane]
		params := map[string]string{"name": u.Name, "servers": fmt.Sprint(u.Servers), "platform": u.Platform, "stage": string(cmp.Or(u.Stage, platform.Place))}
		w.move(u, timing.Unit+time.Duration(u.Servers)*timing.Server, params)
		w.add(LineStep, "municipality", "runbook_verify", u.ID, timing.Verify, params)
		lanes[lane] = w.now
		if w.now.After(last) {
			last = w.now
		}
	}
	return last
}
