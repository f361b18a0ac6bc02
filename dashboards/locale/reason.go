package locale

import (
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

// Reason gives a planner's reason as a sentence. names turns municipality codes, centre slugs and
// asset and wave ids into names; what it lacks is shown by its id.
func (l *Locale) Reason(r planner.Reason, names map[string]string) string {
	text, ok := l.words["reason."+r.Rule]
	if !ok {
		return "⟦reason." + r.Rule + "⟧"
	}
	pairs := make([]string, 0, 2*len(r.Params))
	for name, value := range r.Params {
		pairs = append(pairs, "{"+name+"}", l.param(name, value, names))
	}
	return fill(text, pairs)
}

// param writes one parameter. What kind of value it is follows from its name; planner.Rules says so.
func (l *Locale) param(name, value string, names map[string]string) string {
	switch name {
	case "state", "kind", "status", "resource", "role", "protocol", "event":
		return l.Or(name+".", value)
	case "window":
		return l.periodText(value)
	case "criticality":
		return l.Or("criticality.", value)
	case "name_da", "name_en", "name", "supplier", "contract", "storage", "port", "system":
		return value
	}
	if named, ok := names[value]; ok {
		return named
	}
	if d, err := inventory.ParseDate(value); err == nil && d.Known() {
		return l.Date(d)
	}
	switch name {
	case "municipality", "centre", "host", "agreement", "wave", "asset", "from", "to":
		return value
	}
	return l.Plain(value)
}
