package snmp

import (
	"reflect"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/samdrift/samdrift/inventory"
)

// team is the sessions that read several tables of one device at the same time, each on a socket of
// its own, so that a long table does not hold up the others and the way to a distant device is used
// in both directions. SNMPv1 agents and fragile devices are read by the first session alone.
type team struct {
	sessions []*session
}

func (t *team) close() {
	for _, s := range t.sessions {
		s.close()
	}
}

// crashed is a panic in one of the team's goroutines, with its own stack.
type crashed struct {
	cause any
	stack []byte
}

// read reads tables side by side into the look. Each is read into a part of its own; the parts are
// joined in the tables' order, so that the result does not depend on which was ready first.
func (t *team) read(l *look, tables []table) {
	if len(tables) == 0 {
		return
	}
	parts := make([]*look, len(tables))
	states := make([]inventory.TableStatus, len(tables))
	for i := range tables {
		parts[i] = l.part()
	}
	var next atomic.Int32
	var crash atomic.Pointer[crashed]
	work := func(s *session) {
		defer func() {
			if cause := recover(); cause != nil {
				crash.CompareAndSwap(nil, &crashed{cause, debug.Stack()})
			}
		}()
		for crash.Load() == nil && (s == t.sessions[0] || !s.health.fragile.Load()) {
			i := int(next.Add(1)) - 1
			if i >= len(tables) {
				return
			}
			states[i] = tables[i].read(s, parts[i])
		}
	}
	var others sync.WaitGroup
	for _, s := range t.gather(len(tables))[1:] {
		others.Go(func() { work(s) })
	}
	work(t.sessions[0])
	others.Wait()
	if c := crash.Load(); c != nil {
		panic(c)
	}
	for i, part := range parts {
		l.join(part)
		l.note(tables[i].name, states[i])
	}
}

// gather gives as many sessions as there is use for, opening those that are missing. One that cannot
// be opened is done without.
func (t *team) gather(tables int) []*session {
	first := t.sessions[0]
	most := min(first.config.TablesInFlight, tables)
	if first.target.version() == Version1 || first.health.fragile.Load() || first.health.silent.Load() {
		most = 1
	}
	for len(t.sessions) < most {
		more, err := first.another()
		if err != nil {
			return t.sessions
		}
		t.sessions = append(t.sessions, more)
	}
	return t.sessions[:most]
}

// part gives a look to read one table into. It sees what is known so far and adds to it; what it adds
// stays its own until it is joined.
func (l *look) part() *look {
	p := *l
	asset, before := *l.asset, *l.asset
	p.asset, p.before = &asset, &look{asset: &before, entities: l.entities}
	p.entities, p.samples = slices.Clip(l.entities), nil
	for _, f := range reflect.ValueOf(&asset).Elem().Fields() {
		if f.Kind() == reflect.Slice {
			f.Set(f.Slice3(0, f.Len(), f.Len())) // appending copies it first
		}
	}
	return &p
}

// join takes over what a part added: the ends of its lists, and single values that it changed. Where
// two parts changed the same value, the one joined first is believed.
func (l *look) join(p *look) {
	into, before := reflect.ValueOf(l.asset).Elem(), reflect.ValueOf(p.before.asset).Elem()
	for i, f := range reflect.ValueOf(p.asset).Elem().Fields() {
		at := i.Index[0]
		mine, old := into.Field(at), before.Field(at)
		switch {
		case f.Kind() == reflect.Slice:
			if added := f.Slice(min(old.Len(), f.Len()), f.Len()); added.Len() > 0 {
				mine.Set(reflect.AppendSlice(mine, added))
			}
		case reflect.DeepEqual(mine.Interface(), old.Interface()):
			mine.Set(f)
		}
	}
	l.entities = append(l.entities, p.entities[len(p.before.entities):]...)
	l.samples = append(l.samples, p.samples...)
}
