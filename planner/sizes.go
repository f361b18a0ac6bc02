package planner

import (
	"math"
	"slices"
	"strconv"

	"github.com/samdrift/samdrift/inventory"
)

// size is what one server needs at the centre, in whole units rounded up per server so that sums of
// servers, groups and municipalities agree.
type size struct {
	inventory.Capacity
	transferGB float64 // what is copied over the link, 10^9 bytes
}

func (s size) add(o size) size {
	return size{Capacity: addCapacity(s.Capacity, o.Capacity), transferGB: s.transferGB + o.transferGB}
}

func addCapacity(a, b inventory.Capacity) inventory.Capacity {
	return inventory.Capacity{VCPUs: a.VCPUs + b.VCPUs, MemoryGB: a.MemoryGB + b.MemoryGB,
		StorageGB: a.StorageGB + b.StorageGB, Users: a.Users + b.Users, PowerKW: a.PowerKW + b.PowerKW, StaffFTE: a.StaffFTE + b.StaffFTE}
}

// measure sizes every server and lists what had to be assumed. A volume that several servers share
// counts for the first of them only.
func (e *estate) measure(p *Plan) {
	s := e.in.Settings
	e.sizes = map[string]size{}
	for _, m := range e.municipalities {
		counted := map[string]bool{}
		moves := map[string]bool{}
		for _, a := range e.movers[m.Code] {
			moves[a.ID] = true
		}
		var noCPU, noMemory, noDisk, noFlow, noCriticality int
		seen := map[string]bool{}
		for _, f := range e.flows[m.Code] {
			seen[f.From], seen[f.To] = true, true
		}
		for _, a := range e.assets[m.Code] {
			if !a.Kind.Moves() {
				continue
			}
			var z size
			z.VCPUs, z.MemoryGB = a.VCPUs, int((a.MemoryBytes+1<<30-1)>>30)
			assumedCPU, assumedMemory := z.VCPUs == 0, z.MemoryGB == 0
			if assumedCPU {
				z.VCPUs = s.UnknownServerVCPUs
			}
			if assumedMemory {
				z.MemoryGB = s.UnknownServerMemGB
			}
			var total, copied int64
			known := false
			for _, v := range a.Volumes {
				if v.TotalBytes == 0 && v.UsedBytes == 0 {
					continue
				}
				known = true
				if v.SharedID != "" {
					if counted[v.SharedID] {
						continue
					}
					counted[v.SharedID] = true
				}
				total += max(v.TotalBytes, v.UsedBytes)
				if v.UsedBytes > 0 {
					copied += v.UsedBytes
				} else {
					copied += v.TotalBytes
				}
			}
			z.StorageGB, z.transferGB = int((total+1e9-1)/1e9), float64(copied)/1e9
			if !known {
				z.StorageGB, z.transferGB = int(math.Ceil(s.UnknownServerGB)), s.UnknownServerGB
			}
			e.sizes[a.ID] = z
			if moves[a.ID] {
				noCPU += count(assumedCPU)
				noMemory += count(assumedMemory)
				noDisk += count(!known)
				noFlow += count(!seen[a.ID])
				noCriticality += count(a.Criticality == inventory.CriticalityUnknown && len(e.systemsOf[a.ID]) == 0)
			}
		}
		of := len(e.movers[m.Code])
		assume := func(n int, rule string, more ...any) {
			if n > 0 {
				p.Assumptions = append(p.Assumptions, reason(rule, append([]any{"municipality", m.Code, "count", n, "of", of}, more...)...))
			}
		}
		read, guessed := e.measurePower(m.Code, moves)
		assume(noCPU, "vcpus_assumed", "vcpus", s.UnknownServerVCPUs)
		assume(noMemory, "memory_assumed", "gb", s.UnknownServerMemGB)
		assume(noDisk, "storage_assumed", "gb", s.UnknownServerGB)
		assume(guessed, "power_assumed", "watts", s.UnknownServerWatts, "vcpu_watts", s.WattsPerVCPU)
		assume(read, "power_read")
		assume(noFlow, "flows_missing")
		e.assumePersistence(p, m.Code, moves)
		assume(noCriticality, "criticality_missing")
	}
	e.tellStaff(p)
}

// assumePersistence tells of how many flows between servers that move it is not known on how many days they
// are seen.
func (e *estate) assumePersistence(p *Plan, municipality string, moves map[string]bool) {
	unknown, of := 0, 0
	for i := range e.flows[municipality] {
		if f := &e.flows[municipality][i]; moves[f.From] && moves[f.To] {
			of++
			unknown += count(e.persistence(f) == 0)
		}
	}
	if unknown > 0 {
		p.Assumptions = append(p.Assumptions, reason("persistence_unknown", "municipality", municipality, "count", unknown, "of", of))
	}
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// demand is what a municipality's moves ask of a centre.
func (e *estate) demand(m inventory.Municipality) inventory.Capacity {
	var total inventory.Capacity
	for _, a := range e.movers[m.Code] {
		total = addCapacity(total, e.sizes[a.ID].Capacity)
	}
	total.Users = m.ITUsersEstimated
	total.StaffFTE -= min(total.StaffFTE, e.comeAlong(m.Code))
	return total
}

// before is what a centre carries before this plan: the host's own estate as the centre states it (or
// as the inventory shows it, for what is not stated), and what was moved there already.
func (e *estate) before(c inventory.Centre) inventory.Capacity {
	var own, moved inventory.Capacity
	for _, m := range e.municipalities {
		a, agreed := e.agreements[m.Code]
		movedHere := agreed && a.Moved() && e.agreedCentre(a) == c.ID
		for _, asset := range e.assets[m.Code] {
			z, counts := e.sizes[asset.ID]
			if !counts || asset.Status == inventory.Spare || asset.Status == inventory.Retired || asset.Presence == inventory.Gone {
				continue
			}
			if m.Code == c.Host {
				own = addCapacity(own, z.Capacity)
			} else if asset.OperatedBy == c.ID || (asset.OperatedBy == "" && movedHere) {
				moved = addCapacity(moved, z.Capacity)
			}
		}
		if m.Code == c.Host {
			own.Users = m.ITUsersEstimated
		} else if movedHere {
			moved.Users += m.ITUsersEstimated
		}
	}
	stated := resources(c.Used)
	figures := resources(own)
	for i := range figures {
		if stated[i] != 0 {
			figures[i] = stated[i]
		}
	}
	return addCapacity(inventory.Capacity{VCPUs: figures[0], MemoryGB: figures[1], StorageGB: figures[2], Users: figures[3],
		PowerKW: inventory.Milli(figures[powerAt]), StaffFTE: inventory.Milli(figures[staffAt])}, moved)
}

// amounts are the resources of a capacity in whole numbers: power in watts, staff in thousandths.
type amounts [len(resourceNames)]int

// The places of the two that are thousandths.
const (
	powerAt = 4
	staffAt = 5
)

// resourceNames are the resources of a capacity, in the order of amounts.
var resourceNames = [...]string{"vcpus", "memory_gb", "storage_gb", "users", powerAt: "power_kw", staffAt: "staff_fte"}

func resources(c inventory.Capacity) amounts {
	return amounts{c.VCPUs, c.MemoryGB, c.StorageGB, c.Users, int(c.PowerKW), int(c.StaffFTE)}
}

// amount writes so much of a resource in the unit that its name says.
func amount(resource int, n int64) string {
	if resource == powerAt || resource == staffAt {
		return inventory.Milli(n).String()
	}
	return strconv.FormatInt(n, 10)
}

// agreedCentre is where an agreement sends its customer: the centre it names, or the one of its host.
// Empty when it names neither that we know.
func (e *estate) agreedCentre(a inventory.Agreement) string {
	if _, ok := e.centre(a.Centre); ok {
		return a.Centre
	}
	if i := slices.IndexFunc(e.centres, func(c inventory.Centre) bool { return c.Host == a.Host }); i >= 0 && a.Centre == "" {
		return e.centres[i].ID
	}
	return ""
}
