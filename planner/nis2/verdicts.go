package nis2

import "github.com/samdrift/samdrift/inventory"

// verdict is what the rows of a dataset say of one member.
type verdict struct {
	day            inventory.Date // of the oldest row
	fails, unknown bool
}

// verdicts gathers what several rows say of each member: one row that fails decides, otherwise one that
// does not tell leaves the member unknown.
type verdicts map[string]*verdict

// add counts one row. A row that fails is known, whatever else it does not tell.
func (v verdicts) add(id string, day inventory.Date, fails, unknown bool) {
	m := v[id]
	if m == nil {
		m = &verdict{day: day}
		v[id] = m
	}
	m.day = min(m.day, day)
	m.fails, m.unknown = m.fails || fails, m.unknown || unknown
}

// tell counts every member. The order does not matter: a tally is put in order when it is shown.
func (v verdicts) tell(t *tally) {
	for id, m := range v {
		v.one(t, id, m)
	}
}

// of counts one member, which is unknown when no row tells of it.
func (v verdicts) of(t *tally, id string) { v.one(t, id, v[id]) }

func (v verdicts) one(t *tally, id string, m *verdict) {
	if m == nil || m.unknown && !m.fails {
		t.unknown(id)
		return
	}
	t.judge(id, m.day, m.fails)
}

// is tells whether something is known to be so, and isNot whether it is known not to be.
func is(told *bool) bool    { return told != nil && *told }
func isNot(told *bool) bool { return told != nil && !*told }

// newest gives the newest of the days on which a system reported, so that its rows can be held against
// when it was read and not against when somebody looks.
func newest[T any](rows []T, day func(*T) inventory.Date) inventory.Date {
	var last inventory.Date
	for i := range rows {
		last = max(last, day(&rows[i]))
	}
	return last
}
