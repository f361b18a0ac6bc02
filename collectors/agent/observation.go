package agent

import (
	"net/netip"
	"strings"

	"github.com/samdrift/samdrift/inventory"
)

// Place is what the hub knows of the sender and the document does not say.
type Place struct {
	Municipality string
	Site         string // slug; empty: not known
	Source       string // who sent it: unique for the host within the collector "agent"
}

// Observation gives the host as the inventory takes it. What the document leaves out stays unknown.
func (d Document) Observation(p Place) inventory.Observation {
	o := inventory.Observation{
		Collector:    "agent",
		Source:       p.Source,
		Instance:     d.Identity.Hostname,
		Municipality: p.Municipality,
		Site:         p.Site,
		At:           d.TakenAt,
		Status:       inventory.StatusOK,
		Tables:       map[string]inventory.TableStatus{},
		Asset: &inventory.Asset{
			Municipality: p.Municipality,
			Site:         p.Site,
			Kind:         d.kind(),
			Name:         d.Identity.Hostname,
			Vendor:       d.Hardware.Vendor,
			Model:        d.Hardware.Model,
			Serial:       d.Identity.Serial,
			UUID:         strings.ToLower(d.Identity.ProductUUID),
			Platform:     d.platform(),
			Firmware:     d.Hardware.Firmware,
			OS:           inventory.OS{Name: d.OS.Name, Version: d.OS.Version},
			VCPUs:        d.Hardware.VCPUs,
			MemoryBytes:  d.Hardware.MemoryBytes,
			RunsOn:       d.Virtual.Host,
			Volumes:      d.volumes(),
			Backup:       d.backup(),
		},
		Flows: d.flows(p.Municipality),
	}
	a := o.Asset
	for _, n := range d.NICs {
		a.Interfaces = append(a.Interfaces, n.iface())
		for _, text := range n.Addresses {
			if prefix, err := netip.ParsePrefix(text); err == nil {
				a.Addresses = append(a.Addresses, inventory.Address{
					IP: prefix.Addr().String(), Prefix: prefix.Bits(), Interface: n.Index,
				})
			}
		}
	}
	for _, s := range d.Software {
		a.Software = append(a.Software, inventory.Software(s))
	}
	for _, l := range d.Listeners {
		a.Listeners = append(a.Listeners, inventory.Listener(l))
	}
	for name, rows := range map[string]int{
		"volumes": len(a.Volumes), "interfaces": len(a.Interfaces), "software": len(a.Software),
		"listeners": len(a.Listeners), "flows": len(o.Flows),
	} {
		state := inventory.TableComplete
		if rows == 0 {
			state = inventory.TableAbsent
		}
		o.Tables[name] = inventory.TableStatus{State: state, Rows: rows}
	}
	if d.Flows != nil {
		o.Tables["flows"] = inventory.TableStatus{State: inventory.TableComplete, Rows: len(o.Flows)}
	}
	return o
}

// kind is server for a host that does not say what it is: an agent runs on servers, and only
// a hypervisor or a guest knows better.
func (d Document) kind() inventory.Kind {
	switch d.Virtual.Role {
	case RoleGuest:
		return inventory.KindVM
	case RoleHost:
		return inventory.KindHypervisor
	}
	return inventory.KindServer
}

func (d Document) platform() string {
	switch {
	case d.OS.Name == "":
		return ""
	case strings.HasPrefix(d.OS.Name, "Windows"):
		return "windows"
	}
	return "linux"
}

// volumes lists the file systems, and after them the shared disks that no file system here shows:
// a cluster's passive node holds a disk that it has not mounted.
func (d Document) volumes() []inventory.Volume {
	disks := map[string]Disk{}
	for _, k := range d.Disks {
		disks[k.Name] = k
	}
	var out []inventory.Volume
	mounted := map[string]bool{}
	for _, f := range d.FileSystems {
		mounted[f.Disk] = true
		out = append(out, inventory.Volume{
			Name: f.Mount, TotalBytes: f.TotalBytes, UsedBytes: f.UsedBytes, SharedID: disks[f.Disk].SharedID(),
		})
	}
	for _, k := range d.Disks {
		if id := k.SharedID(); id != "" && !mounted[k.Name] {
			out = append(out, inventory.Volume{Name: k.Name, SharedID: id})
		}
	}
	return out
}

func (n NIC) iface() inventory.Interface {
	i := inventory.Interface{
		Index: n.Index, Name: n.Name, SpeedBPS: n.SpeedBPS, MAC: strings.ToLower(n.MAC), MTU: n.MTU,
	}
	if n.Up != nil {
		i.Oper = "down"
		if *n.Up {
			i.Oper = "up"
		}
	}
	return i
}

// flows turns the host's view, local and peer, into caller and called.
func (d Document) flows(municipality string) []inventory.Flow {
	var out []inventory.Flow
	for _, f := range d.Flows {
		flow := inventory.Flow{
			Municipality: municipality, FromIP: f.LocalIP, ToIP: f.PeerIP, Protocol: f.Protocol,
			Port: f.Port, BytesPerDay: f.BytesPerDay,
		}
		if f.Direction == Inbound {
			// Process names the serving side, which only the called host knows.
			flow.FromIP, flow.ToIP, flow.Process = f.PeerIP, f.LocalIP, f.Process
		}
		out = append(out, flow)
	}
	return out
}

func (d Document) backup() *inventory.Backup {
	if d.Backup == nil {
		return nil
	}
	b := d.Backup
	return &inventory.Backup{
		Product:        b.Product,
		LastSuccess:    b.LastSuccess,
		Offline:        b.Offline,
		Immutable:      b.Immutable,
		CopySite:       b.CopySite,
		Encrypted:      b.Encrypted,
		RestoreTestAt:  inventory.DateOf(b.RestoreTestAt),
		RestoreOK:      b.RestoreOK,
		RestoreMinutes: b.RestoreMinutes,
		ReportedAt:     d.TakenAt,
	}
}
