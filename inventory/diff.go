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
	Field        string    `json:"field"` // JSON field name; "" when the row appeared
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
		return fmt.Sprintf("~ %s %s %s: %s %q → %q%s", c.Noun, c.ID, c.Name, c.Field, c.From, c.To, by)
	}
}

// Diff lists what differs from one snapshot to the next, ordered by noun, id and field. Times of
// the latest look are bookkeeping and do not count as differences.
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
		return cmp.Or(cmp.Compare(a.Noun, b.Noun), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Field, b.Field))
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
		av, bv := reflect.ValueOf(a).Elem(), reflect.ValueOf(b).Elem()
		for _, f := range assetFields {
			x, y := bv.FieldByIndex(f.index), av.FieldByIndex(f.index)
			if !reflect.DeepEqual(x.Interface(), y.Interface()) {
				if s, t := fieldText(x), fieldText(y); s != t {
					d.add("asset", r, f.name, s, t, a.Provenance[f.name])
				}
			}
		}
		if a.Municipality != b.Municipality {
			d.add("asset", r, "municipality", b.Municipality, a.Municipality, a.Provenance["municipality"])
		}
		if a.Presence != b.Presence {
			d.add("asset", r, "presence", string(b.Presence), string(a.Presence), Origin{})
		}
	}
	for _, b := range before {
		d.add("asset", row{b.ID, b.Municipality, b.Name}, "", string(b.Kind), "", Origin{})
	}
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
