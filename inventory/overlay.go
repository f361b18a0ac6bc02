package inventory

import (
	"reflect"
	"slices"
	"time"
)

// overlay writes what the observation states into the asset, field by field, where the observer's
// word counts, and notes who said it. What the observer did not see stays as it was: a field that is
// not set, and the rows of a table that could not be read to its end. A table that was read to its
// end and is empty empties the field.
func overlay(a *Asset, o *Observation) {
	known, seen := reflect.ValueOf(a).Elem(), reflect.ValueOf(o.Asset).Elem()
	var given uint64
	take := func(name string, write func()) {
		if bit := originBit[name]; mayOverwrite(a, o, bit) {
			write()
			given |= 1 << bit
		}
	}
	for _, f := range assetFields {
		l := lists[f.name]
		if l != nil {
			if l.empty(o.Asset) {
				if o.tableState(f.name) == TableComplete && !l.empty(a) {
					take(f.name, func() { l.clear(a) })
				}
				continue
			}
			take(f.name, func() { l.write(a, o.Asset, o.tableState(f.name) == TablePartial) })
			continue
		}
		value := seen.FieldByIndex(f.index)
		if len(o.Emptied) > 0 && slices.Contains(o.Emptied, f.name) {
			take(f.name, func() { known.FieldByIndex(f.index).SetZero() })
			continue
		}
		if value.IsZero() || f.name == "kind" && Kind(value.String()) == KindUnknown || value.Kind() == reflect.Slice && value.Len() == 0 {
			continue
		}
		take(f.name, func() { known.FieldByIndex(f.index).Set(value) })
	}
	if a.Municipality != o.Municipality {
		a.Municipality = o.Municipality
		given |= 1 << originBit["municipality"]
	}
	if o.Site != "" {
		take("site", func() { a.Site = o.Site })
	}
	a.Provenance = a.Provenance.tell(originOf(o), given, o.Evidence)
}

// mayOverwrite tells whether the observer's word on a field counts against what is known: that of
// a better placed collector always, that of an equal one when it is not older, and that of a lesser
// one when the better has long been silent.
func mayOverwrite(a *Asset, o *Observation, field int) bool {
	origin, known := a.Provenance.ofBit(field)
	switch better := rank(o.Collector) - rank(origin.Collector); {
	case !known || better > 0:
		return true
	case better == 0:
		return !o.At.Before(origin.At)
	default:
		return o.At.Sub(origin.At) > originKept
	}
}

// fieldTables names the tables that a field's rows are read from, where they are not called as the field.
var fieldTables = map[string][]string{
	"components": {"entity"},
	"volumes":    {"storage"},
	"neighbours": {"lldp", "cdp", "fdp", "edp", "mndp"},
	"stations":   {"fdb"},
	"resolved":   {"arp"},
}

// tableState tells how the tables of a field ended: partial when one of them was cut short, complete
// when all that were read ended well, empty when the observer said nothing of them.
func (o *Observation) tableState(field string) string {
	names := fieldTables[field]
	if names == nil {
		names = []string{field}
	}
	state := ""
	for _, name := range names {
		switch t, ok := o.Tables[name]; {
		case !ok:
		case t.State == TablePartial, t.State == TableRefused:
			return TablePartial
		case t.State == TableComplete, t.State == TableAbsent && state != "":
			state = TableComplete
		}
	}
	return state
}

// fieldText gives a field's value as people compare it.
func fieldText(v reflect.Value) string {
	if t, ok := v.Interface().(time.Time); ok {
		if t.IsZero() {
			return ""
		}
		return t.Format(time.RFC3339)
	}
	if v.IsZero() {
		return ""
	}
	return jsonText(v.Interface())
}

// Field is one field of an asset as people read it, with who said so.
type Field struct {
	Name   string // JSON name
	Value  string // empty: not known
	Origin Origin
}

// Fields lists the asset's fields in their order, with where each value comes from.
func Fields(a *Asset) []Field {
	v := reflect.ValueOf(a).Elem()
	var fields []Field
	for _, f := range assetFields {
		origin, _ := a.Provenance.Of(f.name)
		fields = append(fields, Field{f.name, fieldText(v.FieldByIndex(f.index)), origin})
	}
	return fields
}
