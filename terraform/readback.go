package terraform

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/terraform/platform"
)

// Check is one thing that was looked at after a step.
type Check struct {
	Server string `json:"server"`
	What   string `json:"what"` // present, place, machine, power, disks, networks, tag; what others see: see package look
	Want   string `json:"want"`
	Got    string `json:"got"`
	OK     bool   `json:"ok"`
	// Unknown says that it could not be told. It is never OK: somebody mends it, or accepts it by name.
	Unknown  bool        `json:"unknown,omitzero"`
	Accepted *Acceptance `json:"accepted,omitempty"`
}

// Tally sums checks up: how many are not as meant, and how many could not be told and were accepted by
// nobody. A unit is verified when both are zero.
func Tally(checks []Check) (bad, unknown int) {
	for _, c := range checks {
		switch {
		case c.OK:
		case !c.Unknown:
			bad++
		case c.Accepted == nil:
			unknown++
		}
	}
	return bad, unknown
}

// AcceptChecks marks what could not be told and a person has accepted. What is known to be wrong is
// accepted by nobody.
func AcceptChecks(checks []Check, accepted []Acceptance, at time.Time) []Check {
	checks = slices.Clone(checks)
	for i := range checks {
		if c := &checks[i]; c.Unknown {
			c.Accepted = accepting(accepted, c.What, c.Server, at)
		}
	}
	return checks
}

// ReadBack compares what the platform now says of a unit's servers, by asset, with what the unit's stage
// makes of them: the same machines, in the place that was meant, running as before. An engine's exit
// code is not enough: platforms have refused a move after the engine said that it was done.
func ReadBack(u Unit, now map[string]platform.Machine) []Check {
	var checks []Check
	meant := u.Machines
	if u.Meant != nil {
		meant = u.Meant
	}
	for _, want := range meant {
		got, found := now[want.Asset]
		if !found {
			checks = append(checks, Check{Server: want.Name, What: "present", Want: want.UUID})
			continue
		}
		if u.Stage == platform.Arrive {
			want, got = copied(want), copied(got)
			anywhere(want.Disks, got.Disks)
		}
		wanted, seen := appearance(want), appearance(got)
		for i, w := range wanted {
			checks = append(checks, Check{Server: want.Name, What: w.what, Want: w.text, Got: seen[i].text, OK: w.text == seen[i].text})
		}
	}
	return append(checks, tagChecks(u.Machines)...)
}

// tagChecks tells of the machines that get a tag whether it was on them when the unit was rendered.
func tagChecks(machines []platform.Machine) []Check {
	var checks []Check
	for _, m := range machines {
		if m.Tags == nil {
			continue
		}
		c := Check{Server: m.Name, What: "tag", Want: m.Tags.Name, OK: m.Tags.On}
		if c.OK {
			c.Got = c.Want
		}
		checks = append(checks, c)
	}
	return checks
}

// copied leaves out of a machine what tools that copy may give it anew: hardware addresses, and the order of
// its disks and cards.
func copied(m platform.Machine) platform.Machine {
	m.NICs, m.Disks = slices.Clone(m.NICs), slices.Clone(m.Disks)
	for i := range m.NICs {
		m.NICs[i].MAC = ""
	}
	slices.SortFunc(m.NICs, func(a, b platform.NIC) int { return strings.Compare(a.Network, b.Network) })
	slices.SortFunc(m.Disks, func(a, b platform.Disk) int {
		return cmp.Or(cmp.Compare(a.GB, b.GB), strings.Compare(a.Datastore, b.Datastore))
	})
	return m
}

// anywhere lets disks that the mapping names no datastore for lie where they do. Both are in the order of copied.
func anywhere(want, got []platform.Disk) {
	for i := range min(len(want), len(got)) {
		if want[i].Datastore == "" && want[i].GB == got[i].GB {
			want[i].Datastore = got[i].Datastore
		}
	}
}

// feature is one side of a check.
type feature struct{ what, text string }

// appearance is what a machine must look like after a step, in words that people can compare.
func appearance(m platform.Machine) []feature {
	l := m.Location
	var disks, networks []string
	for _, d := range m.Disks {
		disks = append(disks, fmt.Sprintf("%d GB on %s", d.GB, d.Datastore))
	}
	for _, n := range m.NICs {
		text := n.Network
		if n.MAC != "" {
			text += " (" + n.MAC + ")"
		}
		networks = append(networks, text)
	}
	power := "off"
	if m.On {
		power = "on"
	}
	return []feature{
		{"present", inventory.ComparableUUID(m.UUID)},
		{"place", strings.Join([]string{l.Datacenter, l.Cluster, l.Pool, l.Datastore, l.Folder}, " / ")},
		{"machine", fmt.Sprintf("%d CPUs, %d MB", m.CPUs, m.MemoryMB)},
		{"power", power},
		{"disks", strings.Join(disks, ", ")},
		{"networks", strings.Join(networks, ", ")},
	}
}
