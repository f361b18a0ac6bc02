package simulated

import (
	"context"
	"time"

	"github.com/samdrift/samdrift/collectors"
	"github.com/samdrift/samdrift/inventory"
)

// sheets stands for the registers that people keep: systems, contracts, sites, agreements, and for
// each piece of equipment its owner, class and importance, as far as anyone has filled them in.
type sheets struct{ estate *Estate }

// Name is "sheet".
func (c *sheets) Name() string { return "sheet" }

// Collect sends each municipality's register, and one observation per row of its equipment list.
func (c *sheets) Collect(ctx context.Context, sink collectors.Sink) error {
	now := c.estate.config.Now()
	for _, m := range c.estate.members {
		if err := ctx.Err(); err != nil {
			return err
		}
		list := demoData + " register " + m.Name
		err := sink.Observe(ctx, inventory.Observation{
			Collector: c.Name(), Source: list, Municipality: m.Code, At: now, Status: inventory.StatusOK,
			Register: c.estate.register(m),
		})
		if err != nil {
			return err
		}
		for _, a := range c.estate.rows(m, now) {
			err := sink.Observe(ctx, inventory.Observation{
				Collector: c.Name(), Source: list + ": " + a.Name, Municipality: m.Code, Site: a.Site, At: now,
				Status: inventory.StatusOK, Asset: &a,
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// rows is the municipality's equipment list. A few things that run are not on it.
func (e *Estate) rows(m *member, now time.Time) []inventory.Asset {
	d := e.dice(m.Code + " equipment list")
	gap := 0.5 * (1 - m.care)
	owned := func(a inventory.Asset) inventory.Asset {
		if !d.chance(gap) {
			a.Owner = "It og digitalisering"
		}
		if !d.chance(gap) {
			a.Class = confidential
		}
		a.Status = inventory.InService
		return a
	}
	var out []inventory.Asset
	add := func(a inventory.Asset, left float64) {
		if !d.chance(left) {
			out = append(out, a)
		}
	}
	for _, s := range m.servers {
		a := owned(inventory.Asset{
			Municipality: m.Code, Site: s.site, Kind: s.kind, Name: s.name, OperatedBy: s.movedTo,
			Addresses: []inventory.Address{{IP: s.ip.String()}},
		})
		if !s.hasSNMP {
			// A plain SNMP service shows no serial number: with one here and none there, a host whose
			// agent is silent could not be known again.
			a.Serial = s.serial
		}
		if s.os.old() && d.chance(0.3) {
			a.Exception = e.exception(d)
		}
		if !d.chance(gap / 2) {
			a.Management.Zone = "server"
		}
		if len(s.systems) > 0 && !d.chance(gap) {
			a.Owner = s.systems[0].Owner
		}
		if s.role == "jmp" && s.backup == nil {
			a.Backup = &inventory.Backup{Exempt: true, ReportedAt: now}
		}
		if s.hasAgent && s.movedTo == "" {
			add(a, gap/4)
		} else {
			out = append(out, a) // without an agent, or moved under a list that both parties signed
		}
	}
	for _, v := range m.devices {
		if v.host != nil && v.kind != inventory.KindHypervisor {
			continue // a server, listed above
		}
		a := owned(inventory.Asset{
			Municipality: m.Code, Site: v.site, Kind: v.kind, Name: v.name, Serial: v.serial,
			Vendor: v.model.vendor, Model: v.model.name, HardwareEndOfSupport: v.until, Criticality: v.importance(),
		})
		if v.host != nil {
			a.OS = inventory.OS{Name: v.host.os.name, Version: v.host.os.version}
		}
		a.Management.Zone = v.zone
		a.Management.Protocols = v.registered()
		if a.HardwareEndOfSupport.Known() && a.HardwareEndOfSupport < e.asOf && d.chance(0.25) {
			a.Exception = e.exception(d)
		}
		add(a, gap/4)
	}
	return append(out, m.extras...)
}

// exception is an accepted risk with an end.
func (e *Estate) exception(d dice) inventory.Exception {
	return inventory.Exception{
		Until: e.asOf.AddDays(d.between(30, 300)), Reason: "Udskiftes med flytningen til centret (demo)", By: "It-chef",
	}
}

// importance is how much hangs on the device, as the register says it.
func (v *device) importance() inventory.Criticality {
	switch v.kind {
	case inventory.KindRouter, inventory.KindFirewall, inventory.KindHypervisor, inventory.KindStorage:
		return inventory.CriticalityBusiness
	case inventory.KindPrinter:
		return inventory.CriticalityLow
	case inventory.KindSwitch:
		if v.site == v.member.sites[0].ID {
			return inventory.CriticalityBusiness
		}
	}
	return inventory.CriticalityMedium
}

// registered lists what the device is administered by, as the register knows it. Hosts are not
// administered by what the register lists.
func (v *device) registered() []string {
	if v.host != nil {
		return nil
	}
	poll := map[string]string{"1": "snmpv1", "2c": "snmpv2c", "3": "snmpv3-authpriv"}[v.speaks]
	if v.telnet {
		return []string{poll, "ssh", "telnet"}
	}
	return []string{poll, "ssh"}
}
