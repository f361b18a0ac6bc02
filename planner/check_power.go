package planner

import (
	"math"
	"strings"

	"github.com/samdrift/samdrift/inventory"
)

// vcpusOf is what a server has, or is taken to have.
func (c *checker) vcpusOf(a *inventory.Asset) int {
	if a.VCPUs == 0 {
		return c.in.Settings.UnknownServerVCPUs
	}
	return a.VCPUs
}

// neededBy works out again what some servers draw and what staff operates them, each rounded up by itself.
func (c *checker) neededBy(ids []string) (kw, fte inventory.Milli) {
	s := c.in.Settings
	if c.drawn == nil {
		c.readPower()
	}
	for _, id := range ids {
		a := c.assets[id]
		if a == nil {
			continue
		}
		var watts float64
		on := machine{a.Municipality, strings.ToLower(strings.TrimSpace(a.RunsOn))}
		switch share, read := c.perVCPU[on]; {
		case a.Kind == inventory.KindVM && read:
			watts = share * float64(c.vcpusOf(a))
		case a.Kind == inventory.KindVM:
			watts = float64(c.vcpusOf(a)) * s.WattsPerVCPU
		default:
			var told bool
			if watts, told = c.drawn[id]; !told {
				watts = s.UnknownServerWatts
			}
		}
		kw += inventory.Milli(math.Ceil(watts - 1e-6))
		if s.ServersPerFTE > 0 {
			fte += inventory.Milli(math.Ceil(1000/s.ServersPerFTE - 1e-6))
		}
	}
	return kw, fte
}

// machine is a name within a municipality.
type machine struct{ municipality, name string }

// readPower finds what physical machines draw, and what that is for each vCPU that shares a hypervisor.
func (c *checker) readPower() {
	c.drawn, c.perVCPU = map[string]float64{}, map[machine]float64{}
	all := map[string][]*inventory.Asset{}
	guests, machines := map[machine]int{}, map[machine][]*inventory.Asset{}
	for _, a := range c.assets {
		all[a.Municipality] = append(all[a.Municipality], a)
		switch {
		case a.Kind != inventory.KindVM:
			m := machine{a.Municipality, strings.ToLower(strings.TrimSpace(a.Name))}
			machines[m] = append(machines[m], a)
		case a.Status != inventory.Retired && a.Presence != inventory.Gone:
			guests[machine{a.Municipality, strings.ToLower(strings.TrimSpace(a.RunsOn))}] += c.vcpusOf(a)
		}
	}
	for _, assets := range all {
		for id, watts := range inventory.PowerDrawn(assets) {
			c.drawn[id] = watts
		}
	}
	for m, named := range machines {
		watts, read := c.drawn[named[0].ID]
		if !read || len(named) > 1 || named[0].Kind != inventory.KindHypervisor || m.name == "" {
			continue
		}
		told := 0
		for _, g := range named[0].Guests {
			if g.State != "off" {
				told += g.VCPUs
			}
		}
		c.perVCPU[m] = watts / float64(max(1, told, guests[m]))
	}
}

// transferred is the staff, in thousandths, that follows a municipality's servers after today and by the
// deadline.
func (c *checker) transferred(municipality string) (thousandths int) {
	for _, t := range c.in.Settings.StaffTransfers {
		if after, late := t.On > c.in.AsOf, t.On > c.in.Settings.Deadline; t.Municipality == municipality && after && !late {
			thousandths += int(t.FTE)
		}
	}
	return thousandths
}
