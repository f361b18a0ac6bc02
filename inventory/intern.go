package inventory

import (
	"encoding/binary"
	"maps"
	"slices"
	"unique"
)

// Intern lets the texts that recur all over an estate (port names and types, products, what a sensor
// is called) stand in memory once. It changes no value. What tells one device from another is left
// alone: remembering a text that never comes again costs more than it saves.
func Intern(a *Asset) {
	for i := range a.Interfaces {
		x := &a.Interfaces[i]
		once(&x.Name, &x.Descr, &x.Type, &x.Admin, &x.Oper)
	}
	for i := range a.Components {
		x := &a.Components[i]
		once(&x.Class, &x.Name, &x.Model)
	}
	for i := range a.Neighbours {
		x := &a.Neighbours[i]
		once(&x.Protocol, &x.LocalPort, &x.RemoteName, &x.RemotePort, &x.RemotePlatform)
	}
	for i := range a.VLANs {
		once(&a.VLANs[i].Name)
	}
	for i := range a.Sensors {
		x := &a.Sensors[i]
		once(&x.OID, &x.Class, &x.Name, &x.Unit, &x.State)
	}
	for i := range a.Supplies {
		once(&a.Supplies[i].Name)
	}
	for i := range a.Software {
		once(&a.Software[i].Name, &a.Software[i].Version)
	}
	for i := range a.Listeners {
		once(&a.Listeners[i].Protocol, &a.Listeners[i].Process)
	}
	for i := range a.Volumes {
		once(&a.Volumes[i].Name)
	}
	for i := range a.Management.Protocols {
		once(&a.Management.Protocols[i])
	}
	once(&a.Municipality, &a.Site, &a.Vendor, &a.Model, &a.Platform, &a.Firmware, &a.OS.Name, &a.OS.Version, &a.OS.Cycle,
		(*string)(&a.Kind), &a.Class, &a.Owner, (*string)(&a.Status), (*string)(&a.Presence), &a.OperatedBy,
		&a.Management.SysObjectID, &a.Management.SysDescr, &a.Management.Zone)
	for i := range a.Sources {
		x := &a.Sources[i]
		once(&x.Collector, (*string)(&x.Status))
	}
}

// shareTables lets looks whose tables ended alike hold one map: most looks at one kind of device do,
// and a map is a quarter of what is kept of a look.
func shareTables(looks []Collection) {
	known := map[string]map[string]TableStatus{}
	var text []byte
	for i := range looks {
		text = text[:0]
		for _, name := range slices.Sorted(maps.Keys(looks[i].Tables)) {
			t := looks[i].Tables[name]
			for _, part := range []string{name, t.State, t.Reason} {
				text = append(binary.AppendUvarint(text, uint64(len(part))), part...)
			}
			text = binary.AppendVarint(text, int64(t.Rows))
		}
		if same, ok := known[string(text)]; ok {
			looks[i].Tables = same
		} else {
			known[string(text)] = looks[i].Tables
		}
	}
}

// once makes each text the one copy of its value.
func once(texts ...*string) {
	for _, t := range texts {
		if *t != "" {
			*t = unique.Make(*t).Value()
		}
	}
}

// ShareLook does for what is kept of a look what Share and Intern do for an asset; last is what is
// kept of the latest look at the same target, or nil.
func ShareLook(o *Observation, last *Collection) {
	once(&o.Collector, &o.Municipality, &o.Site, (*string)(&o.Status))
	if last == nil {
		return
	}
	o.Source = last.Source // it is the same: looks are kept by it
	if o.Instance == last.Instance {
		o.Instance = last.Instance
	}
	if maps.Equal(o.Tables, last.Tables) {
		o.Tables = last.Tables
	}
}
