package planner_test

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

// The estates here are invented; only codes, names and rough places of municipalities are real.

var today = inventory.NewDate(2026, time.November, 21)

// build makes estates for the tests.
type build struct {
	inventory.Snapshot
	r *rand.Rand
}

func newBuild(seed uint64) *build {
	return &build{Snapshot: inventory.Snapshot{Schema: 1, TakenAt: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC), Demo: true}, r: rand.New(rand.NewPCG(seed, 7))}
}

func (b *build) municipality(code, name string, lat, lon float64, users int) {
	b.Municipalities = append(b.Municipalities, inventory.Municipality{Code: code, Name: name, Latitude: lat, Longitude: lon, ITUsersEstimated: users})
}

func (b *build) centre(id, host string, lat, lon float64, capacity inventory.Capacity) {
	b.Centres = append(b.Centres, inventory.Centre{ID: id, Name: id, Host: host, Latitude: lat, Longitude: lon, Capacity: capacity})
}

func (b *build) agreement(customer, host, centre string, state inventory.AgreementState, window string) {
	w, err := inventory.ParsePeriod(window)
	if err != nil {
		panic(err)
	}
	b.Agreements = append(b.Agreements, inventory.Agreement{ID: "a-" + customer, Customer: customer, Host: host, Centre: centre, State: state, Window: w})
}

func (b *build) link(code, centre string, mbps int) {
	b.Links = append(b.Links, inventory.Link{ID: "l-" + code + "-" + centre, Municipality: code, Centre: centre, Mbps: mbps})
}

// server adds a running VM of 100 GB and gives its id.
func (b *build) server(code, name string, criticality inventory.Criticality) string {
	id := "s" + code + "-" + name
	b.Assets = append(b.Assets, inventory.Asset{ID: id, Municipality: code, Kind: inventory.KindVM, Name: name, Status: inventory.InService,
		Criticality: criticality, VCPUs: 4, MemoryBytes: 16 << 30, Volumes: []inventory.Volume{{Name: "C:", TotalBytes: 100e9, UsedBytes: 60e9}},
		OS: inventory.OS{Name: "Debian", EndOfSupport: inventory.NewDate(2030, 6, 30)}})
	return id
}

func (b *build) asset(id string) *inventory.Asset {
	for i := range b.Assets {
		if b.Assets[i].ID == id {
			return &b.Assets[i]
		}
	}
	panic("no asset " + id)
}

func (b *build) flow(from, to string, port int, bytes int64) {
	m := b.asset(from).Municipality
	b.Flows = append(b.Flows, inventory.Flow{Municipality: m, FromIP: from, ToIP: to, Protocol: "tcp", Port: port, BytesPerDay: bytes, From: from, To: to})
}

func (b *build) system(code, name string, criticality inventory.Criticality, contract string, assets ...string) {
	b.Systems = append(b.Systems, inventory.System{ID: "y" + code + "-" + name, Municipality: code, Name: name, Criticality: criticality,
		Hosting: inventory.HostingOwn, Contract: contract, Users: b.r.IntN(1500), Assets: assets})
}

func (b *build) input() planner.Input {
	b.Sort()
	s := b.Snapshot
	return planner.Input{Snapshot: &s, AsOf: today, Settings: planner.DefaultSettings(),
		Freezes: planner.DefaultFreezes(today, planner.DefaultSettings().Deadline)}
}

// fill gives a municipality about n servers: two directory servers, backup, monitoring, applications of
// one to four servers, some with a cluster disk, a little noise, and what real estates lack.
func (b *build) fill(code string, n int) {
	r := b.r
	dc := []string{b.server(code, "dc1", 3), b.server(code, "dc2", 3)}
	backup, monitor := b.server(code, "backup", 2), b.server(code, "monitor", 1)
	var all []string
	for app := 0; len(all)+4 < n; app++ {
		size := min(1+r.IntN(4), n-4-len(all))
		criticality := inventory.Criticality(r.IntN(5))
		var tier []string
		for k := range size {
			id := b.server(code, fmt.Sprintf("app%03d-%d", app, k), criticality)
			a := b.asset(id)
			total := int64(40+r.IntN(400)) * 1e9
			a.Volumes = []inventory.Volume{{Name: "/", TotalBytes: total, UsedBytes: total / 2}}
			switch r.IntN(12) {
			case 0:
				a.Volumes = nil
			case 1:
				a.VCPUs, a.MemoryBytes = 0, 0
			case 2:
				a.OS = inventory.OS{Name: "Windows Server", Version: "2012 R2", EndOfSupport: inventory.NewDate(2023, 10, 10)}
			case 3:
				a.Status = inventory.Spare
			}
			if r.IntN(2) == 0 {
				a.Backup = &inventory.Backup{Product: "Veeam", LastSuccess: b.TakenAt}
			}
			tier = append(tier, id)
		}
		for k := 1; k < len(tier); k++ {
			b.flow(tier[k-1], tier[k], []int{443, 1433, 5432, 445}[r.IntN(4)], int64(1+r.IntN(5000))*1e6)
		}
		if size > 1 && r.IntN(4) == 0 {
			shared := inventory.Volume{Name: "Q:", SharedID: fmt.Sprintf("lun-%s-%d", code, app), TotalBytes: 500e9, UsedBytes: 200e9}
			for _, id := range tier[:2] {
				b.asset(id).Volumes = append(b.asset(id).Volumes, shared)
			}
		}
		if r.IntN(2) == 0 {
			contract := ""
			if r.IntN(3) == 0 {
				contract = fmt.Sprintf("c-%s-%d", code, app)
				b.Contracts = append(b.Contracts, inventory.Contract{ID: contract, Municipality: code, Supplier: "Fictional A/S", AnnualDKK: int64(100_000 + r.IntN(900_000)),
					ExitFeeDKK: int64(r.IntN(3)) * 50_000, NoticeMonths: 3 * (app % 3), Until: today.AddDays(r.IntN(1200) - 100)})
			}
			b.system(code, fmt.Sprintf("System %d", app), criticality, contract, tier...)
		}
		all = append(all, tier...)
	}
	for i, id := range all {
		b.flow(id, dc[i%2], []int{53, 88, 389}[r.IntN(3)], 2e6)
		b.flow(backup, id, 6160, 1e9)
		b.flow(monitor, id, 10050, 1e6)
		if r.IntN(15) == 0 {
			if other := all[r.IntN(len(all))]; other != id {
				b.flow(id, other, 443, int64(r.IntN(3000))*1e4)
			}
		}
	}
	b.Assets = append(b.Assets,
		inventory.Asset{ID: "n" + code + "-core", Municipality: code, Kind: inventory.KindSwitch, Name: "core"},
		inventory.Asset{ID: "n" + code + "-what", Municipality: code, Kind: inventory.KindUnknown, Name: "what"})
}

// kitFyn is an estate like KIT Fyn's: Odense hosts, Svendborg has moved, others stand at every stage.
func kitFyn(seed uint64) *build {
	b := newBuild(seed)
	for _, m := range []struct {
		code, name string
		lat, lon   float64
		users, n   int
		state      inventory.AgreementState
		window     string
	}{
		{"461", "Odense", 55.40, 10.39, 15500, 90, "", ""},
		{"420", "Assens", 55.27, 9.90, 3000, 34, inventory.StateDialogue, ""},
		{"430", "Faaborg-Midtfyn", 55.10, 10.24, 3900, 42, inventory.StatePlanned, "Q1 2027"},
		{"440", "Kerteminde", 55.45, 10.66, 1800, 26, inventory.StateMoving, "2025"},
		{"450", "Nyborg", 55.31, 10.79, 2400, 30, inventory.StateAnalysis, "spring 2027"},
		{"479", "Svendborg", 55.06, 10.61, 4400, 48, inventory.StateStable, "før 2025-09-01"},
		{"480", "Nordfyns", 55.57, 10.11, 2200, 28, inventory.StateAnalysis, "H2 2027"},
		{"482", "Langeland", 54.94, 10.72, 900, 18, inventory.StateAgreement, "2027-02"},
		{"492", "Ærø", 54.89, 10.41, 450, 14, inventory.StateAgreement, "autumn 2026"},
	} {
		b.municipality(m.code, m.name, m.lat, m.lon, m.users)
		b.fill(m.code, m.n)
		if m.state != "" {
			b.agreement(m.code, "461", "odense", m.state, m.window)
		}
		if m.code != "461" && m.code != "492" {
			b.link(m.code, "odense", 1000)
		}
	}
	b.centre("odense", "461", 55.40, 10.39, inventory.Capacity{VCPUs: 3200, MemoryGB: 12800, StorageGB: 400_000, Users: 60_000})
	b.Centres[0].Used = inventory.Capacity{VCPUs: 500, MemoryGB: 2000, StorageGB: 40_000, Users: 15500}
	return b
}

// nation is 98 municipalities with about servers each, and five centres.
func nation(servers int) *build {
	b := newBuild(98)
	for i := range 98 {
		code := fmt.Sprintf("%03d", 100+i)
		b.municipality(code, "Kommune "+code, 54.8+b.r.Float64()*2.8, 8.2+b.r.Float64()*4.4, 1000+b.r.IntN(8000))
		b.fillFast(code, servers)
	}
	for i := range 5 {
		m := b.Municipalities[i*19]
		c := fmt.Sprintf("centre%d", i+1)
		b.centre(c, m.Code, m.Latitude, m.Longitude, inventory.Capacity{VCPUs: 40 * servers * 5, MemoryGB: 40 * servers * 20, StorageGB: 40 * servers * 400, Users: 160_000})
		for _, m := range b.Municipalities {
			b.link(m.Code, c, 1000)
		}
	}
	return b
}

// fillFast fills a municipality in a build of its own, because looking assets up is slow in a large one.
func (b *build) fillFast(code string, n int) {
	own := &build{r: b.r, Snapshot: inventory.Snapshot{TakenAt: b.TakenAt}}
	own.fill(code, n)
	b.Assets = append(b.Assets, own.Assets...)
	b.Systems = append(b.Systems, own.Systems...)
	b.Flows = append(b.Flows, own.Flows...)
	b.Contracts = append(b.Contracts, own.Contracts...)
}
