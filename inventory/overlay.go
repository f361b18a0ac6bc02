package inventory

import (
	"reflect"
	"strings"
	"time"
)

// assetField is one field of Asset that collectors may state, by its JSON name.
type assetField struct {
	name  string
	index []int
}

// assetFields lists what Merge weighs and Diff compares. Identity, presence and bookkeeping are
// Merge's own and left out; Management is weighed field by field because the network and people
// each know a part of it.
var assetFields = func() []assetField {
	own := map[string]bool{"id": true, "municipality": true, "presence": true, "sources": true, "provenance": true, "first_seen": true, "last_seen": true}
	var fields []assetField
	var walk func(t reflect.Type, prefix string, index []int)
	walk = func(t reflect.Type, prefix string, index []int) {
		for i := range t.NumField() {
			f := t.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			at := append(append([]int{}, index...), i)
			switch {
			case prefix == "" && own[name]:
			case f.Type == reflect.TypeFor[Management]():
				walk(f.Type, name+".", at)
			default:
				fields = append(fields, assetField{prefix + name, at})
			}
		}
	}
	walk(reflect.TypeFor[Asset](), "", nil)
	return fields
}()

// overlay writes what the observation states into the asset, field by field, where the observer's
// word counts, and notes who said it. What the observer did not see stays as it was.
func overlay(a *Asset, o *Observation) {
	known, seen := reflect.ValueOf(a).Elem(), reflect.ValueOf(o.Asset).Elem()
	for _, f := range assetFields {
		value := seen.FieldByIndex(f.index)
		if value.IsZero() || f.name == "kind" && Kind(value.String()) == KindUnknown || !mayOverwrite(a, o, f.name) {
			continue
		}
		if value.Kind() == reflect.Slice && value.Len() == 0 {
			continue
		}
		known.FieldByIndex(f.index).Set(value)
		a.Provenance[f.name] = originOf(o)
	}
}

// overlayField is overlay for a field that the observation carries beside its asset.
func overlayField(a *Asset, o *Observation, name string, field *string, value string) {
	if mayOverwrite(a, o, name) {
		*field = value
		a.Provenance[name] = originOf(o)
	}
}

// mayOverwrite tells whether the observer's word on a field counts against what is known: that of
// a better placed collector always, that of an equal one when it is not older, and that of a lesser
// one when the better has long been silent.
func mayOverwrite(a *Asset, o *Observation, field string) bool {
	origin, known := a.Provenance[field]
	switch better := rank(o.Collector) - rank(origin.Collector); {
	case !known || better > 0:
		return true
	case better == 0:
		return !o.At.Before(origin.At)
	default:
		return o.At.Sub(origin.At) > originKept
	}
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
		fields = append(fields, Field{f.name, fieldText(v.FieldByIndex(f.index)), a.Provenance[f.name]})
	}
	return fields
}
