package nis2

import (
	"slices"

	"github.com/samdrift/samdrift/inventory"
)

// staleFactor times a rule's fresh_days is the age at which data no longer count at all.
const staleFactor = 4

// tally counts the members of a rule's population for one municipality. Each member is told once,
// with the date of the data it stands on: data older than the rule's fresh_days prove half, data
// older than four times that leave the member unknown. With data of one date for all this is
// method 6.1; it lets one device that fell silent not spoil the rest.
type tally struct {
	asOf  inventory.Date
	fresh int // days
	limit int // days, of rules that measure an age

	known, ageing, tooOld       int
	failing, excepted, unknowns []string
	oldest                      inventory.Date
	age                         int    // days since what was done longest ago, of rules that measure an age
	zero                        string // a note when something found puts the level at 0
	notApplicable               string // a note when the control does not apply at all
}

func (t *tally) population() int { return t.known + len(t.unknowns) }

// dated tells whether data of a day count, and counts the member as known or unknown.
func (t *tally) dated(id string, day inventory.Date) bool {
	age := int(t.asOf - day)
	if !day.Known() || age > staleFactor*t.fresh {
		if day.Known() {
			t.tooOld++
		}
		t.unknown(id)
		return false
	}
	if age > t.fresh {
		t.ageing++
	}
	if t.oldest == 0 || day < t.oldest {
		t.oldest = day
	}
	t.known++
	return true
}

// judge counts a member that is known to fail or not.
func (t *tally) judge(id string, day inventory.Date, fails bool) {
	if t.dated(id, day) && fails {
		t.failing = append(t.failing, id)
	}
}

// aged counts a member that is judged by how long ago something was done. The oldest gives the level.
func (t *tally) aged(id string, day, done inventory.Date) {
	age := int(t.asOf - done)
	t.age = max(t.age, age)
	t.judge(id, day, age > t.limit)
}

// excuse counts a member that fails under an accepted exception.
func (t *tally) excuse(id string, day inventory.Date) {
	if t.dated(id, day) {
		t.excepted = append(t.excepted, id)
	}
}

// unknown counts a member about which the data do not tell.
func (t *tally) unknown(id string) { t.unknowns = append(t.unknowns, id) }

// members gives the counts as they are shown, ids in order.
func (t *tally) members(source string) *Members {
	slices.Sort(t.failing)
	slices.Sort(t.excepted)
	slices.Sort(t.unknowns)
	return &Members{
		Population: t.population(), Known: t.known, Failing: len(t.failing), Excepted: len(t.excepted),
		FailingIDs: t.failing, ExceptedIDs: t.excepted, UnknownIDs: t.unknowns, DataFrom: t.oldest, Source: source,
	}
}

// within tells whether a day lies at most some days before as-of. An unknown day never does.
func within(day, asOf inventory.Date, days int) bool {
	return day.Known() && int(asOf-day) <= days
}

// kept counts a member judged by a column of a register. A column that nobody has filled in is
// missing and tells nothing; once it is kept, a blank in it is a failure.
func (t *tally) kept(kept bool, id string, day inventory.Date, fails bool) {
	if !kept {
		t.unknown(id)
		return
	}
	t.judge(id, day, fails)
}
