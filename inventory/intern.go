package inventory

import "unique"

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

// once makes each text the one copy of its value.
func once(texts ...*string) {
	for _, t := range texts {
		if *t != "" {
			*t = unique.Make(*t).Value()
		}
	}
}
