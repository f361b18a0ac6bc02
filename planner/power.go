package planner

import (
	"math"
	"strings"

	"github.com/samdrift/samdrift/inventory"
)

// hypervisor is one whose power is known, with the vCPUs that share it.
type hypervisor struct {
	watts float64
	vcpus int
}

// measurePower gives every server of a municipality the power that it draws and the staff that operates
// it, and counts those to be moved whose power was read, and those for which it was assumed.
func (e *estate) measurePower(municipality string, moves map[string]bool) (read, assumed int) {
	s := e.in.Settings
	drawn := inventory.PowerDrawn(e.assets[municipality])
	hosts := e.hypervisors(municipality, drawn)
	for _, a := range e.assets[municipality] {
		z, counts := e.sizes[a.ID]
		if !counts {
			continue
		}
		watts, known := drawn[a.ID]
		h, shares := hosts[hostName(a.RunsOn)]
		switch {
		case a.Kind == inventory.KindVM && shares:
			watts, known = h.watts*float64(z.VCPUs)/float64(max(1, h.vcpus)), true
		case a.Kind == inventory.KindVM:
			watts = s.WattsPerVCPU * float64(z.VCPUs)
		case !known:
			watts = s.UnknownServerWatts
		}
		z.PowerKW, z.StaffFTE = wholeUp(watts), s.staffPerServer()
		e.sizes[a.ID] = z
		if moves[a.ID] {
			read += count(known)
			assumed += count(!known)
		}
	}
	return read, assumed
}

// hypervisors are a municipality's hypervisors by name. Their power is shared by the virtual machines that run
// on them, or by all that they tell of themselves, if those have more vCPUs together. A name that
// several have is nobody's.
func (e *estate) hypervisors(municipality string, drawn map[string]float64) map[string]hypervisor {
	hosts, named, running := map[string]hypervisor{}, map[string]int{}, map[string]int{}
	for _, a := range e.assets[municipality] {
		name := hostName(a.Name)
		if a.Kind == inventory.KindVM {
			if a.Status != inventory.Retired && a.Presence != inventory.Gone {
				running[hostName(a.RunsOn)] += e.sizes[a.ID].VCPUs
			}
			continue
		}
		named[name]++
		if watts, known := drawn[a.ID]; known && a.Kind == inventory.KindHypervisor {
			told := 0
			for _, g := range a.Guests {
				if g.State != "off" {
					told += g.VCPUs
				}
			}
			hosts[name] = hypervisor{watts, told}
		}
	}
	for name, h := range hosts {
		h.vcpus = max(h.vcpus, running[name])
		hosts[name] = h
		if name == "" || named[name] > 1 {
			delete(hosts, name)
		}
	}
	return hosts
}

func hostName(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

// wholeUp rounds up to a whole thousandth, past what floating point adds.
func wholeUp(v float64) inventory.Milli { return inventory.Milli(math.Ceil(v - 1e-6)) }

// staffPerServer is what operating one server takes.
func (s Settings) staffPerServer() inventory.Milli {
	if s.ServersPerFTE == 0 {
		return 0
	}
	return wholeUp(1000 / s.ServersPerFTE)
}

// comeAlong is the staff that is transferred with a municipality's servers from tomorrow to the
// deadline. Who came before is in what the centre states.
func (e *estate) comeAlong(municipality string) (fte inventory.Milli) {
	for _, t := range e.in.Settings.StaffTransfers {
		if t.Municipality == municipality && t.On > e.in.AsOf && t.On <= e.in.Settings.Deadline {
			fte += t.FTE
		}
	}
	return fte
}

// tellStaff lists how the staff that servers need was worked out.
func (e *estate) tellStaff(p *Plan) {
	moves := false
	for _, m := range e.municipalities {
		if len(e.movers[m.Code]) == 0 {
			continue
		}
		moves = true
		if fte := e.comeAlong(m.Code); fte > 0 {
			p.Assumptions = append(p.Assumptions, reason("staff_comes_along", "municipality", m.Code, "fte", fte))
		}
	}
	switch per := e.in.Settings.ServersPerFTE; {
	case moves && per == 0:
		p.Assumptions = append(p.Assumptions, reason("staff_not_counted"))
	case moves:
		p.Assumptions = append(p.Assumptions, reason("staff_assumed", "servers", per))
	}
}
