package snmp

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/samdrift/samdrift/inventory"
)

// netSNMP is the branch of net-snmp's own sysObjectIDs, which many makers leave in place: they name the
// kernel that the agent was built for and nothing else.
const netSNMP = "1.3.6.1.4.1.8072"

// fitting gives the ways in which a device may be recognised by its system group, best first: the
// longest sysObjectID, then those with an extra OID, then those with a description; last those that go
// by net-snmp's sysObjectID alone. It ends with the first way that needs no extra OID, for that one
// holds.
func (b *rulebook) fitting(f facts) []way {
	var fit, vague []way
	for prefix := f.objectID; ; {
		var same []way
		for _, w := range b.byObjectID[prefix] {
			switch {
			case !w.fits(f):
			case w.weight() == 0 && strings.HasPrefix(prefix, netSNMP):
				vague = append(vague, w)
			default:
				same = append(same, w)
			}
		}
		slices.SortStableFunc(same, func(x, y way) int { return cmp.Or(y.weight()-x.weight(), x.order-y.order) })
		sure := slices.IndexFunc(same, func(w way) bool { return len(w.Has) == 0 })
		if sure >= 0 {
			return append(fit, same[:sure+1]...)
		}
		fit = append(fit, same...)
		if prefix == "" {
			return append(fit, vague...)
		}
		prefix = prefix[:max(0, strings.LastIndexByte(prefix, '.'))]
	}
}

// fits tells whether the description allows it.
func (r recognition) fits(f facts) bool {
	return (!r.Descr.given() || r.Descr.matches(f.descr)) && (!r.Unless.given() || !r.Unless.matches(f.descr))
}

// weight orders the ways that want the same sysObjectID.
func (r recognition) weight() int {
	weight := 0
	if len(r.Has) > 0 {
		weight += 2
	}
	if r.Descr.given() {
		weight++
	}
	return weight
}

// holds tells whether the device has what the recognition wants beyond the system group.
func (r recognition) holds(f facts) (oid string, ok bool) {
	for _, oid := range r.Has {
		if v := f.values[oid]; v != "" && (!r.HasValue.given() || r.HasValue.matches(v)) {
			return oid, true
		}
	}
	return "", len(r.Has) == 0
}

// probes lists the OIDs that tell which of the fitting ways holds.
func probes(fit []way) []string {
	var all []string
	for _, w := range fit {
		for _, oid := range w.Has {
			if !slices.Contains(all, oid) {
				all = append(all, oid)
			}
		}
	}
	return all
}

// oids lists what the rule's sources want to see of a device.
func (r *rule) oids(f facts) []string {
	var all []string
	r.visit(func(s source) {
		if oid := s.at(f); oid != "" && !slices.Contains(all, oid) {
			all = append(all, oid)
		}
	})
	return all
}

// at gives the source's OID on a device: @ stands for its sysObjectID, @^ for the branch that the
// sysObjectID is in. Many makers keep each model's values in a branch of its own.
func (s source) at(f facts) string {
	if rest, ok := strings.CutPrefix(s.OID, "@^"); ok {
		return f.objectID[:max(0, strings.LastIndexByte(f.objectID, '.'))] + rest
	}
	if rest, ok := strings.CutPrefix(s.OID, "@"); ok {
		return f.objectID + rest
	}
	return s.OID
}

// pick gives the first way that holds, and by what it was recognised.
func pick(fit []way, f facts) (*rule, string) {
	for _, w := range fit {
		oid, ok := w.holds(f)
		if !ok {
			continue
		}
		var why []string
		if len(w.ObjectID) > 0 {
			why = append(why, "sysObjectID "+f.objectID)
		}
		if w.Descr.given() {
			why = append(why, "sysDescr")
		}
		if oid != "" {
			why = append(why, "OID "+oid)
		}
		return w.rule, strings.Join(why, " and ")
	}
	return nil, ""
}

// decide names the device.
func (b *rulebook) decide(f facts) identity {
	r, why := pick(b.fitting(f), f)
	if r == nil {
		id := identity{Kind: inventory.KindUnknown, Evidence: map[string]string{}}
		id.nameMaker(b, f)
		id.fromChassis(f)
		return id
	}
	id := identity{Platform: r.Platform, Vendor: r.Vendor, Kind: r.Kind, OS: r.OS, Evidence: map[string]string{}}
	for _, field := range []string{"platform", "vendor", "kind"} {
		id.Evidence[field] = why
	}
	if id.Vendor == "" {
		id.nameMaker(b, f)
	}
	if name := id.take("os_name", f, r.OSName); name != "" {
		id.OS = name
	}
	id.Model = id.take("model", f, r.Model)
	id.Version = id.take("version", f, r.Version)
	id.Serial = id.take("serial", f, r.Serial)
	id.OSText, id.OSApart = id.take("os_version", f, r.OSVersion), len(r.OSVersion) > 0
	for _, k := range r.Kinds {
		if k.Model.given() && k.Model.matches(id.Model) {
			id.Kind, id.Evidence["kind"] = k.Kind, "model "+id.Model
			break
		}
		if k.Descr.given() && k.Descr.matches(f.descr) {
			id.Kind, id.Evidence["kind"] = k.Kind, "sysDescr"
			break
		}
	}
	id.fromChassis(f)
	return id
}

// nameMaker names the maker where no rule does: by enterprise number, else as ENTITY-MIB has it.
func (id *identity) nameMaker(b *rulebook, f facts) {
	delete(id.Evidence, "vendor")
	if id.Vendor = b.vendorOf(f.objectID); id.Vendor != "" {
		id.Evidence["vendor"] = "IANA enterprise number in sysObjectID " + f.objectID
		return
	}
	id.Vendor = id.take("vendor", f, []source{{Entity: "maker"}})
}

// take gives the value of the first source that has one and notes which that was.
func (id *identity) take(field string, f facts, sources []source) string {
	value, from := f.first(sources)
	if value != "" {
		id.Evidence[field] = from
	}
	return value
}

// fromChassis fills in what only ENTITY-MIB tells.
func (id *identity) fromChassis(f facts) {
	if id.Model == "" {
		id.Model = id.take("model", f, []source{{Entity: "model"}})
	}
	if id.Serial == "" {
		id.Serial = id.take("serial", f, []source{{Entity: "serial"}})
	}
	if id.Version == "" {
		id.Version = id.take("version", f, []source{{Entity: "software"}})
	}
	id.Kind = cmp.Or(id.Kind, inventory.KindUnknown)
}

// vendorOf names the vendor by the IANA enterprise number in the sysObjectID.
func (b *rulebook) vendorOf(objectID string) string {
	rest, ok := strings.CutPrefix(objectID, "1.3.6.1.4.1.")
	numbers, valid := oidNumbers(rest)
	if !ok || !valid {
		return ""
	}
	return b.enterprises[numbers[0]]
}

// first gives the value of the first source that has one, and where that is.
func (f facts) first(sources []source) (value, from string) {
	for _, s := range sources {
		if value, from = f.find(s); value != "" {
			return value, from
		}
	}
	return "", ""
}

// find gives the value of one source, and where it is.
func (f facts) find(s source) (value, from string) {
	switch {
	case s.Descr.given():
		value, from = s.Descr.find(f.descr), "sysDescr"
	case s.Software != "":
		value, from = f.software[s.Software], "installed package "+s.Software
	case s.Entity != "":
		value, from = f.entity(s.Entity, s.Class)
	case s.OID != "":
		oid := s.at(f)
		value, from = plausible(f.values[oid]), "OID "+oid
	case s.Join != nil:
		value, from = f.join(s.Join)
	}
	if s.Pattern.given() {
		value = s.Pattern.find(value)
	}
	value = strings.TrimRight(value, ",;")
	if s.Map != nil {
		value = s.Map[value]
	}
	if s.Upper {
		value = strings.ToUpper(value)
	}
	value = plausible(value)
	if value != "" && s.Format != "" {
		value = fmt.Sprintf(s.Format, value)
	}
	return value, from
}

// join gives the values of all sources, or nothing when one is missing.
func (f facts) join(sources []source) (value, from string) {
	var values, places []string
	for _, s := range sources {
		v, place := f.find(s)
		if v == "" {
			return "", ""
		}
		values, places = append(values, v), append(places, place)
	}
	return strings.Join(values, " "), strings.Join(slices.Compact(places), " and ")
}

// entity gives a column of the first part of that class, or without one of the part that stands for
// the whole device: the first chassis that has it (of a stack the first member), else the stack, else
// a part that is inside no other.
func (f facts) entity(column, class string) (value, from string) {
	whole := []func(entity) bool{
		func(e entity) bool { return e.Class == "chassis" },
		func(e entity) bool { return e.Class == "stack" },
		func(e entity) bool { return e.Parent == 0 && e.Class != "sensor" && e.Class != "port" },
	}
	if class != "" {
		whole = []func(entity) bool{func(e entity) bool { return e.Class == class }}
	}
	for _, fits := range whole {
		for _, e := range f.entities {
			if v := plausible(e.column(column)); v != "" && fits(e) {
				return v, fmt.Sprintf("ENTITY-MIB %s of part %d (%s)", column, e.Index, cmp.Or(e.Class, "no class"))
			}
		}
	}
	return "", ""
}
