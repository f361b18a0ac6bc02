// Package hubtest makes up a country that moves its servers, as a data directory that a hub opens: for
// benchmarks and tests of the hub and of all that shows it. Municipalities have agreements with five centres,
// their servers are on a vCenter each, and the moves stand at every stage of their way.
//
// Begin with Country.Build, which leaves such a directory behind, and open it with Country.Open. The same
// Country gives the same moves.
package hubtest

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"time"

	"github.com/samdrift/samdrift/collectors"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/inventory/facts"
	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
)

// Country says how much is made up.
type Country struct {
	Servers int // of the municipalities that move to another's centre
	PerUnit int // servers that share a disk and so move together; 0: each by itself
}

// Today is the day that its hub takes as today.
var Today = inventory.NewDate(2026, time.November, 21)

// hosts are the municipalities that have a centre.
var hosts = []string{"101", "265", "461", "751", "851"}

// customers are the codes of all others.
func customers() []string {
	var codes []string
	for _, m := range facts.Municipalities() {
		if hostOf(m.Code) == "" {
			codes = append(codes, m.Code)
		}
	}
	return codes
}

// hostOf gives the centre that a municipality hosts, empty for all others.
func hostOf(code string) string {
	for _, host := range hosts {
		if host == code {
			return centreOf(host)
		}
	}
	return ""
}

func centreOf(host string) string { return "centre-" + host }

func agreementOf(customer, host string) string { return customer + "-" + host }

// server is one of the country's servers, by its number.
type server struct {
	number         int
	code, host     string // whose it is, and whose centre it moves to
	name, uuid, ip string
	unit           string // servers of one unit share a disk of this name
}

// servers gives all of them, dealt out among the customers.
func (c Country) servers() iter.Seq[server] {
	return func(yield func(server) bool) {
		codes := customers()
		for i := range c.Servers {
			at := i % len(codes)
			nth := i / len(codes) // of its municipality
			s := server{number: i, code: codes[at], host: hosts[at%len(hosts)], name: fmt.Sprintf("k%s-srv%04d", codes[at], nth),
				uuid: fmt.Sprintf("42000000-0000-4000-8000-%012x", i), ip: fmt.Sprintf("10.%d.%d.%d", at, nth/250, nth%250+1)}
			if c.PerUnit > 1 {
				s.unit = fmt.Sprintf("lun-%s-%04d", s.code, nth/c.PerUnit)
			}
			if !yield(s) {
				return
			}
		}
	}
}

// Config is that of a hub over the country's data in dir.
func (c Country) Config(dir string) hub.Config {
	config := hub.DefaultConfig()
	config.Dir, config.AsOf, config.Freezes = dir, Today, nil
	config.Planner.CrewsPerCentre = 12 // or 25,000 servers find no nights before the deadline
	config.Sources = map[string]platform.Source{}
	config.Terraform.Agreements = map[string]terraform.Mapping{}
	sites := map[string]*site{}
	for s := range c.servers() {
		at := sites[s.code]
		if at == nil {
			at = &site{}
			sites[s.code], config.Sources["vc-"+s.code] = at, at
			config.Terraform.Agreements[agreementOf(s.code, s.host)] = terraform.Mapping{
				Platform: "vsphere", Source: "vc-" + s.code, Networks: map[string]string{"Server-20": "KIT-120"},
				Destination: platform.Location{Datacenter: "KIT", Cluster: "KIT-01", Datastore: "kit-ds1"},
			}
		}
		at.machines = append(at.machines, s.machine())
	}
	return config
}

// Open opens a hub over what Build has left in dir.
func (c Country) Open(ctx context.Context, dir string, log *slog.Logger) (*hub.Hub, error) {
	return hub.Open(ctx, c.Config(dir), log)
}

// site is a municipality's vCenter, which is only read.
type site struct{ machines []platform.Machine }

func (*site) Platform() platform.Platform                        { return platform.VSphere{} }
func (s *site) Read(context.Context) ([]platform.Machine, error) { return s.machines, nil }
func (*site) Environment() map[string]string                     { return nil }

// machine is the server as its vCenter tells of it.
func (s server) machine() platform.Machine {
	return platform.Machine{ImportID: "/KIT/vm/" + s.name, UUID: s.uuid, Name: s.name, CPUs: 4, Cores: 1, MemoryMB: 16384, Guest: "windows2019srv_64Guest", Firmware: "efi", On: true,
		Location: platform.Location{Datacenter: "KIT", Cluster: "K" + s.code, Datastore: "ds-" + s.code},
		Disks:    []platform.Disk{{Label: "disk0", GB: 80, Datastore: "ds-" + s.code, Thin: true, Mode: "persistent", Sharing: "sharingNone"}, {Label: "disk1", GB: 200, Unit: 1, Datastore: "ds-" + s.code, Thin: true, Mode: "persistent", Sharing: "sharingNone"}},
		NICs:     []platform.NIC{{Network: "Server-20", Adapter: "vmxnet3"}},
		Settings: map[string]any{"annotation": "", "hardware_version": int64(19), "sync_time_with_host": false, "enable_logging": true}}
}

// round is one look at the country: its registers, and every server.
type round struct {
	country Country
	at      time.Time
	arrived map[string]bool // names of servers that their centre operates
}

func (round) Name() string { return "agent" }

// Collect tells the registers first, so that every server finds its agreement.
func (l round) Collect(ctx context.Context, sink collectors.Sink) error {
	if err := sink.Observe(ctx, inventory.Observation{Collector: "sheet", Source: "register", Municipality: hosts[0], At: l.at, Status: inventory.StatusOK, Register: register()}); err != nil {
		return err
	}
	for s := range l.country.servers() {
		o := inventory.Observation{Collector: "agent", Source: s.name, Instance: s.name, Municipality: s.code, At: l.at, Status: inventory.StatusOK, Asset: s.asset(l.at), Flows: s.flows()}
		if err := sink.Observe(ctx, o); err != nil {
			return err
		}
		if !l.arrived[s.name] {
			continue
		}
		if err := sink.Observe(ctx, inventory.Observation{Collector: "move", Source: "vc-" + s.code + "/" + s.uuid, Municipality: s.code, At: l.at, Status: inventory.StatusOK,
			Asset: &inventory.Asset{Name: s.name, Kind: inventory.KindVM, UUID: s.uuid, OperatedBy: centreOf(s.host)}}); err != nil {
			return err
		}
	}
	return nil
}

// register is what people state: centres, agreements and the lines between them.
func register() *inventory.Register {
	var r inventory.Register
	for _, host := range hosts {
		r.Centres = append(r.Centres, inventory.Centre{ID: centreOf(host), Name: "Driftscenter " + host, Host: host,
			Capacity: inventory.Capacity{VCPUs: 200_000, MemoryGB: 900_000, StorageGB: 9_000_000, Users: 900_000}})
	}
	for i, code := range customers() {
		host := hosts[i%len(hosts)]
		r.Agreements = append(r.Agreements, inventory.Agreement{ID: agreementOf(code, host), Customer: code, Host: host, Centre: centreOf(host), State: inventory.StateAgreement})
		r.Links = append(r.Links, inventory.Link{ID: "line-" + code, Municipality: code, Centre: centreOf(host), Mbps: 10_000})
	}
	return &r
}

// asset is the server as an agent on it tells.
func (s server) asset(at time.Time) *inventory.Asset {
	a := &inventory.Asset{Name: s.name, Kind: inventory.KindVM, UUID: s.uuid, VCPUs: 4, MemoryBytes: 16 << 30, Status: inventory.InService, Owner: "Drift",
		OS:        inventory.OS{Name: "Windows Server", Version: "2019"},
		Addresses: []inventory.Address{{IP: s.ip}},
		Volumes:   []inventory.Volume{{Name: "C:", TotalBytes: 80 << 30, UsedBytes: 50 << 30}, {Name: "D:", TotalBytes: 200 << 30, UsedBytes: 90 << 30}},
		Backup:    &inventory.Backup{Product: "Veeam", LastSuccess: at.Add(-5 * time.Hour)}}
	for _, port := range []int{135, 443, 445, 1433, 3389, 5985} {
		a.Listeners = append(a.Listeners, inventory.Listener{Protocol: "tcp", Port: port, Process: "service.exe"})
	}
	if s.unit != "" {
		a.Volumes = append(a.Volumes, inventory.Volume{Name: "Q:", SharedID: s.unit, TotalBytes: 500 << 30, UsedBytes: 200 << 30})
	}
	return a
}

// flows are the server's traffic, too weak to tie it to others.
func (s server) flows() []inventory.Flow {
	return []inventory.Flow{{Municipality: s.code, FromIP: s.ip, ToIP: "10.255.0.1", Protocol: "tcp", Port: 443, BytesPerDay: 90_000}}
}
