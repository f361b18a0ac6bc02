package snmp

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/samdrift/samdrift/inventory"
)

// facts are what a device is identified by.
type facts struct {
	objectID string
	descr    string
	entities []entity
	values   map[string]string // what the rules' extra OIDs gave
	software map[string]string // version by name of installed packages
}

// identity is what a device turned out to be. Empty fields are not known: a wrong value is worse
// than a missing one.
type identity struct {
	Platform string         `yaml:"platform"`
	Vendor   string         `yaml:"vendor"`
	Kind     inventory.Kind `yaml:"kind"`
	Model    string         `yaml:"model"`
	Version  string         `yaml:"version"`
	Serial   string         `yaml:"serial"`
	OS       string         `yaml:"os"`
	OSText   string         `yaml:"os_version"` // where the OS counts otherwise than the device's own version
	OSApart  bool           `yaml:"-"`          // it does: the device's version says nothing of the OS's

	Evidence map[string]string `yaml:"-"` // field: where its value came from
}

// system is the operating system. A kernel's version is never taken for that of its distribution:
// where the latter cannot be read it is unknown.
func (id identity) system() inventory.OS {
	switch {
	case id.OS == "":
		return inventory.OS{}
	case id.OSApart:
		return inventory.OS{Name: id.OS, Version: id.OSText}
	}
	return inventory.OS{Name: id.OS, Version: id.Version}
}

// identify finds out what the device is, asking for the OIDs that the fitting rules want.
func identify(s *session, l *look) {
	f := facts{
		objectID: strings.TrimPrefix(l.asset.Management.SysObjectID, "."),
		descr:    strings.Trim(l.asset.Management.SysDescr, "\" \t\n"), // some agents quote it
		entities: l.entities,
		values:   map[string]string{},
		software: map[string]string{},
	}
	for _, p := range l.asset.Software {
		f.software[p.Name] = p.Version
	}
	fit := knowledge().fitting(f)
	l.ask(s, f.values, probes(fit))
	if r, _ := pick(fit, f); r != nil {
		l.ask(s, f.values, r.oids(f))
	}
	id := knowledge().decide(f)
	a := l.asset
	a.Kind, a.Platform, a.Vendor, a.Model, a.Serial, a.Firmware = id.Kind, id.Platform, id.Vendor, id.Model, id.Serial, id.Version
	a.OS = id.system()
	if a.Kind == inventory.KindServer && virtual(a.MACs()) {
		a.Kind = inventory.KindVM
		id.Evidence["kind"] = "network cards of a hypervisor"
	}
	l.observation.Evidence = id.evidence()
}

// evidence gives where the values came from, by the asset's names of fields: its firmware is the
// device's version, and its operating system is known by what tells that one's version, else its name,
// else the platform.
func (id identity) evidence() map[string]string {
	by := maps.Clone(id.Evidence)
	if from, told := by["version"]; told {
		by["firmware"] = from
		delete(by, "version")
	}
	if id.OS != "" {
		version := by["firmware"]
		if id.OSApart {
			version = by["os_version"]
		}
		by["os"] = cmp.Or(version, by["os_name"], by["platform"])
	}
	return by
}

// virtualMakers are the first three bytes of the hardware addresses that hypervisors give out:
// VMware, Hyper-V, KVM, Xen, VirtualBox, Nutanix, Parallels.
var virtualMakers = []string{
	"00:05:69", "00:0c:29", "00:1c:14", "00:50:56", "00:15:5d", "52:54:00", "00:16:3e", "08:00:27", "50:6b:8d", "00:1c:42",
}

// virtual tells whether all network cards that are somebody's product are a hypervisor's. A physical
// host with virtual bridges has at least one real card.
func virtual(macs []string) bool {
	any := false
	for _, mac := range macs {
		switch {
		case slices.Contains(virtualMakers, mac[:8]):
			any = true
		case !strings.Contains("2367abef", mac[1:2]): // not locally administered
			return false
		}
	}
	return any
}

// plausible drops what agents say when they have nothing to say.
func plausible(value string) string {
	value = strings.TrimSpace(value)
	if !strings.ContainsFunc(value, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return ""
	}
	switch strings.ToLower(strings.Trim(value, ". -_")) {
	case "", "0", "00000000", "none", "n/a", "na", "not available", "not specified", "unknown", "unspecified", "null",
		"default string", "to be filled by o.e.m", "system serial number", "not present", "no serial number":
		return ""
	}
	return value
}
