package inventory

import (
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Change is one difference between two snapshots: a field of an asset, an asset that appeared or
// aged, or a row of the register.
type Change struct {
	At           time.Time `json:"at"`
	Noun         string    `json:"noun"` // asset, system, agreement, centre, site, link, contract
	ID           string    `json:"id"`
	Municipality string    `json:"municipality,omitempty"`
	Name         string    `json:"name"`
	Field        string    `json:"field"`          // JSON field name; "" when the row appeared
	Part         string    `json:"part,omitempty"` // of a table: the row, and the column that changed ("Gi1/0/1 alias")
	From         string    `json:"from,omitempty"`
	To           string    `json:"to,omitempty"`
	Collector    string    `json:"collector,omitempty"` // who said the new value
	Source       string    `json:"source,omitempty"`
}

// String gives the change on one line.
func (c Change) String() string {
	by := ""
	if c.Collector != "" {
		by = fmt.Sprintf(" (%s %s)", c.Collector, c.Source)
	}
	switch {
	case c.Field == "" && c.To == "":
		return fmt.Sprintf("- %s %s %s%s", c.Noun, c.ID, c.Name, by)
	case c.Field == "":
		return fmt.Sprintf("+ %s %s %s%s", c.Noun, c.ID, c.Name, by)
	default:
		return fmt.Sprintf("~ %s %s %s: %s %q → %q%s", c.Noun, c.ID, c.Name, strings.TrimSpace(c.Field+" "+c.Part), c.From, c.To, by)
	}
}

// Diff lists what differs from one snapshot to the next, ordered by noun, id, field and part.
//
// Inventory counts, readings do not: sensors, supplies, learned stations and resolved addresses, used
// bytes, the time of the latest backup, the index a device numbers a port or part by, and when
// somebody last looked. Tables are compared row by row, matched by name; a renumbered switch has not
// changed.
func Diff(from, to *Snapshot) []Change {
	d := differ{at: to.TakenAt}
	d.assets(from.Assets, to.Assets)
	diffRows(&d, "centre", from.Centres, to.Centres, func(x Centre) row { return row{x.ID, "", x.Name} })
	diffRows(&d, "site", from.Sites, to.Sites, func(x Site) row { return row{x.ID, x.Municipality, x.Name} })
	diffRows(&d, "system", from.Systems, to.Systems, func(x System) row { return row{x.ID, x.Municipality, x.Name} })
	diffRows(&d, "link", from.Links, to.Links, func(x Link) row { return row{x.ID, x.Municipality, x.ID} })
	diffRows(&d, "contract", from.Contracts, to.Contracts, func(x Contract) row { return row{x.ID, x.Municipality, x.Subject} })
	diffRows(&d, "agreement", from.Agreements, to.Agreements, func(x Agreement) row { return row{x.ID, x.Customer, x.ID} })
	slices.SortStableFunc(d.changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.Noun, b.Noun), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Field, b.Field), cmp.Compare(a.Part, b.Part))
	})
	return d.changes
}

type differ struct {
	at      time.Time
	changes []Change
}

type row struct{ id, municipality, name string }

func (d *differ) add(noun string, r row, field, from, to string, o Origin) {
	d.changes = append(d.changes, Change{
		At: d.at, Noun: noun, ID: r.id, Municipality: r.municipality, Name: r.name,
		Field: field, From: from, To: to, Collector: o.Collector, Source: o.Source,
	})
}

func (d *differ) assets(from, to []Asset) {
	before := make(map[string]*Asset, len(from))
	for i := range from {
		before[from[i].ID] = &from[i]
	}
	for i := range to {
		a := &to[i]
		r := row{a.ID, a.Municipality, a.Name}
		b, ok := before[a.ID]
		if !ok {
			var first Origin
			if len(a.Sources) > 0 {
				first = Origin{Collector: a.Sources[0].Collector, Source: a.Sources[0].Address}
			}
			d.add("asset", r, "", "", string(a.Kind), first)
			continue
		}
		delete(before, a.ID)
		d.asset(r, b, a)
	}
	for _, b := range before {
		d.add("asset", row{b.ID, b.Municipality, b.Name}, "", string(b.Kind), "", Origin{})
	}
}

// asset compares two states of one asset.
func (d *differ) asset(r row, from, to *Asset) {
	tv, fv := reflect.ValueOf(to).Elem(), reflect.ValueOf(from).Elem()
	for _, f := range assetFields {
		if l := lists[f.name]; l != nil {
			if l.reading || l.equal(from, to) {
				continue
			}
			origin, _ := to.Provenance.Of(f.name)
			diffList(l.rows(from), l.rows(to), func(part, was, is string) {
				d.add("asset", r, f.name, was, is, origin)
				d.changes[len(d.changes)-1].Part = part
			})
			continue
		}
		x, y := fv.FieldByIndex(f.index), tv.FieldByIndex(f.index)
		if sameField(x, y) {
			continue
		}
		if f.name == "backup" {
			x, y = reflect.ValueOf(steadyBackup(from.Backup)), reflect.ValueOf(steadyBackup(to.Backup))
		}
		if s, t := fieldText(x), fieldText(y); s != t {
			origin, _ := to.Provenance.Of(f.name)
			d.add("asset", r, f.name, s, t, origin)
		}
	}
	if to.Municipality != from.Municipality {
		origin, _ := to.Provenance.Of("municipality")
		d.add("asset", r, "municipality", from.Municipality, to.Municipality, origin)
	}
	if to.Presence != from.Presence {
		d.add("asset", r, "presence", string(from.Presence), string(to.Presence), Origin{})
		d.changes[len(d.changes)-1].Part = to.PresenceNote
	}
}

// SameAsset tells whether two assets hold the same in every field, bookkeeping and readings included.
func SameAsset(a, b *Asset) bool {
	if a.ID != b.ID || a.Municipality != b.Municipality || a.Presence != b.Presence || a.PresenceNote != b.PresenceNote ||
		!a.FirstSeen.Equal(b.FirstSeen) || !a.LastSeen.Equal(b.LastSeen) || !slices.Equal(a.Sources, b.Sources) || !a.Provenance.Equal(b.Provenance) {
		return false
	}
	av, bv := reflect.ValueOf(a).Elem(), reflect.ValueOf(b).Elem()
	for _, f := range assetFields {
		if l := lists[f.name]; l != nil {
			if !l.equal(a, b) {
				return false
			}
		} else if !sameField(av.FieldByIndex(f.index), bv.FieldByIndex(f.index)) {
			return false
		}
	}
	return true
}

// sameField tells cheaply whether two values of a field are the same.
func sameField(x, y reflect.Value) bool {
	if x.Comparable() && x.Kind() != reflect.Pointer {
		return x.Equal(y)
	}
	return reflect.DeepEqual(x.Interface(), y.Interface())
}

// steadyBackup gives what of a backup is inventory: not when it last ran and who told when.
func steadyBackup(b *Backup) *Backup {
	if b == nil {
		return nil
	}
	steady := *b
	steady.LastSuccess, steady.ReportedAt = time.Time{}, time.Time{}
	return &steady
}

// diffRows compares rows of the register field by field through their JSON form.
func diffRows[T any](d *differ, noun string, from, to []T, describe func(T) row) {
	before := map[string]T{}
	for _, x := range from {
		before[describe(x).id] = x
	}
	for _, x := range to {
		r := describe(x)
		b, ok := before[r.id]
		if !ok {
			d.add(noun, r, "", "", r.name, Origin{})
			continue
		}
		delete(before, r.id)
		if reflect.DeepEqual(b, x) {
			continue
		}
		v, w := reflect.ValueOf(b), reflect.ValueOf(x)
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			if s, t := fieldText(v.Field(i)), fieldText(w.Field(i)); s != t {
				d.add(noun, r, name, s, t, Origin{})
			}
		}
	}
	for _, b := range before {
		r := describe(b)
		d.add(noun, r, "", r.name, "", Origin{})
	}
}

// jsonText gives a plain value as text and everything else as compact JSON.
func jsonText(v any) string {
	switch x := v.(type) {
	case string:
		return x
	case fmt.Stringer:
		return x.String()
	}
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return strings.Trim(string(data), `"`)
}

// Fold gives what changed in all over changes that came one after the other, oldest first: of each
// field the first value and the last. What changed back is left out.
func Fold(changes []Change) []Change {
	type place struct{ noun, id, field, part string }
	at := map[place]int{}
	var folded []Change
	for _, c := range changes {
		key := place{c.Noun, c.ID, c.Field, c.Part}
		if c.Field == "presence" {
			key.part = "" // there it is the reason
		}
		i, known := at[key]
		if !known {
			at[key] = len(folded)
			folded = append(folded, c)
			continue
		}
		c.From = folded[i].From
		folded[i] = c
	}
	folded = slices.DeleteFunc(folded, func(c Change) bool { return c.From == c.To })
	slices.SortStableFunc(folded, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.Noun, b.Noun), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Field, b.Field), cmp.Compare(a.Part, b.Part))
	})
	return folded
}
