package simulated

import (
	"github.com/samdrift/samdrift/inventory"
)

// publicAccount is where the agreements' states and windows come from; what stands beside them is
// invented.
const publicAccount = "Status efter offentlig omtale af 2025-09-01; beløb, bilag og datoer i øvrigt er Demodata"

// register is what the municipality's people state: its systems and contracts, sites, link and
// agreement, and for the host the centre.
func (e *Estate) register(m *member) *inventory.Register {
	r := &inventory.Register{Sites: m.sites, Contracts: m.contracts, Links: e.links(m)}
	for _, s := range m.systems {
		r.Systems = append(r.Systems, s.System)
	}
	if m.Code == host {
		r.Centres = []inventory.Centre{e.centre(m)}
		r.Sites = append(r.Sites[:len(r.Sites):len(r.Sites)], inventory.Site{
			ID: host + "-driftscenter", Municipality: host, Name: "Driftscenter (demo)", Kind: "datacentre",
			Latitude: m.Latitude, Longitude: m.Longitude,
		})
		return r
	}
	r.Agreements = []inventory.Agreement{e.agreement(m)}
	return r
}

// centre is KIT Fyn's centre, with room for the whole cooperation and what a fifth more would take.
func (e *Estate) centre(host *member) inventory.Centre {
	all, own := inventory.Capacity{}, inventory.Capacity{}
	for _, m := range e.members {
		need := m.demand()
		all = add(all, need)
		if m == host {
			own = need
		}
	}
	return inventory.Centre{
		ID: centre, Name: "KIT Fyn", Host: host.Code, Site: host.Code + "-driftscenter",
		Latitude: host.Latitude, Longitude: host.Longitude, Staff: 24, Used: own,
		Capacity: inventory.Capacity{
			VCPUs: all.VCPUs * 3 / 2, MemoryGB: all.MemoryGB * 3 / 2, StorageGB: all.StorageGB * 3 / 2, Users: all.Users * 3 / 2,
			PowerKW: all.PowerKW * 3 / 2, StaffFTE: all.StaffFTE * 3 / 2,
		},
	}
}

// What the demo takes a vCPU and a physical server to draw, and staff for a server, in thousandths:
// made up, like everything that the centre states of itself.
const (
	wattsPerVCPU  = 6
	wattsPhysical = 400
	staffEach     = 30
)

// demand is what the municipality's servers take up.
func (m *member) demand() inventory.Capacity {
	need := inventory.Capacity{Users: m.ITUsersEstimated}
	for _, s := range m.servers {
		need.VCPUs += s.vcpus
		need.StaffFTE += staffEach
		if s.kind == inventory.KindVM {
			need.PowerKW += inventory.Milli(s.vcpus * wattsPerVCPU)
		} else {
			need.PowerKW += wattsPhysical
		}
		need.MemoryGB += int(s.memory >> 30)
		for _, d := range s.disks {
			if !d.idle {
				need.StorageGB += int(d.bytes / gigabyte)
			}
		}
	}
	return need
}

func add(a, b inventory.Capacity) inventory.Capacity {
	return inventory.Capacity{
		VCPUs: a.VCPUs + b.VCPUs, MemoryGB: a.MemoryGB + b.MemoryGB, StorageGB: a.StorageGB + b.StorageGB, Users: a.Users + b.Users,
		PowerKW: a.PowerKW + b.PowerKW, StaffFTE: a.StaffFTE + b.StaffFTE,
	}
}

// links is the municipality's connection to the centre; the host's is a fibre across town.
func (e *Estate) links(m *member) []inventory.Link {
	d := e.dice(m.Code + " link")
	link := inventory.Link{
		ID: "link-" + m.Code, Municipality: m.Code, FromSite: m.sites[0].ID, Centre: centre,
		Supplier: "Strandskade Net (fiktiv)", Medium: "fibre", Mbps: m.outline.linkMbps,
		LatencyMS: round(d.real(1.2, 3.5), 1), Redundant: d.maybe(0.3+0.5*m.care, 0.25),
	}
	switch {
	case m.Code == host:
		link.LatencyMS = 0.4
	case m.outline.linkMbps < 500:
		link.Medium, link.LatencyMS = "radio", round(d.real(5, 9), 1)
	}
	return []inventory.Link{link}
}

// agreement is the municipality's one-to-one agreement with the host, in the state told in public.
func (e *Estate) agreement(m *member) inventory.Agreement {
	d := e.dice(m.Code + " agreement")
	a := inventory.Agreement{
		ID: m.Code + "-" + host, Customer: m.Code, Host: host, Centre: centre, State: m.outline.state, Source: publicAccount,
	}
	if m.outline.window != "" {
		window, err := inventory.ParsePeriod(m.outline.window)
		if err != nil {
			panic("simulated estate: " + err.Error()) // the windows stand in kitFyn and are tested
		}
		a.Window = window
	}
	if !a.Decided() {
		return a
	}
	servers := int64(len(m.servers))
	a.ValueDKK = servers * 18_000
	a.LegalBasis = "Angives af parterne (demo)"
	a.SecurityAnnex = d.maybe(0.9, 0.15)
	a.DataProcessing = d.maybe(0.95, 0.1)
	if d.chance(0.6) {
		a.SecuritySignedBy = "It-chef (demo)"
	}
	if a.Moved() {
		a.SecurityAnnex, a.DataProcessing = yes(), yes()
		a.CommittedLevels = map[string]int{"21c-01": 4, "21c-02": 4, "21e-01": 4}
	}
	return a
}

func yes() *bool {
	v := true
	return &v
}
