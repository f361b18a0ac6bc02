package nis2

import (
	"slices"

	"github.com/samdrift/samdrift/inventory"
)

// insecure are the management protocols that show passwords or let anyone listen in.
var insecure = []string{"snmpv1", "snmpv2c", "telnet", "http"}

// secureManagement is 21e-06: network and power equipment administered or polled over insecure
// protocols. A well-known default community anywhere in the municipality puts the level at 0, and
// the asset that has it counts as a member whatever its kind.
func secureManagement(e *estate, t *tally) {
	for _, a := range e.assets {
		m := a.Management
		byDefault := m.DefaultCommunity != nil && *m.DefaultCommunity
		switch a.Kind {
		case inventory.KindSwitch, inventory.KindRouter, inventory.KindFirewall, inventory.KindWLAN,
			inventory.KindStorage, inventory.KindUPS, inventory.KindHypervisor:
		default:
			if !byDefault {
				continue
			}
		}
		if len(m.Protocols) == 0 && !byDefault {
			t.unknown(a.ID)
			continue
		}
		fails := byDefault || slices.ContainsFunc(m.Protocols, func(p string) bool { return slices.Contains(insecure, p) })
		if t.judge(a.ID, seen(a), fails); byDefault {
			t.zero = NoteDefaultSecret
		}
	}
}

// managementZone is the part of 21e-07 that the inventory knows: equipment whose management
// interface is outside a zone for management.
func managementZone(e *estate, t *tally) {
	for _, a := range e.assets {
		switch a.Kind {
		case inventory.KindSwitch, inventory.KindRouter, inventory.KindFirewall, inventory.KindWLAN,
			inventory.KindLoadBalancer, inventory.KindStorage, inventory.KindUPS, inventory.KindPDU,
			inventory.KindBMC, inventory.KindHypervisor:
			if a.Management.Zone == "" {
				t.unknown(a.ID)
				continue
			}
			t.judge(a.ID, seen(a), a.Management.Zone != "mgmt")
		}
	}
}
