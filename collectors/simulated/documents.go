package simulated

import (
	"net/netip"
	"time"

	"github.com/samdrift/samdrift/collectors/agent"
	"github.com/samdrift/samdrift/inventory"
)

// document is what the agent on a server sends at a moment.
func (e *Estate) document(s *server, flows []flow, now time.Time) agent.Document {
	yes, no := true, false
	role := agent.RoleGuest
	if s.kind == inventory.KindServer {
		role = agent.RolePhysical
	}
	d := agent.Document{
		Version: agent.Version, Agent: "demo", TakenAt: now.UTC(), Demo: true,
		Identity: agent.Identity{
			Hostname: s.name, FQDN: s.name + "." + s.member.outline.prefix + ".example", Domain: s.member.outline.prefix + ".example",
			ProductUUID: s.uuid, Serial: s.serial,
		},
		Hardware: agent.Hardware{Vendor: s.vendor, Model: s.model, VCPUs: s.vcpus, MemoryBytes: s.memory},
		Virtual:  agent.Virtual{Role: role},
		OS:       agent.OS{Name: s.os.name, Version: s.os.version},
		NICs: []agent.NIC{{
			Index: 1, Name: nicName(s), MAC: s.mac, SpeedBPS: 10_000_000_000, MTU: 1500, Up: &yes, DHCP: &no,
			Addresses: []string{netip.PrefixFrom(s.ip, 23).String()},
		}},
		Gateway: s.member.ip(10, 1).String(),
		Usage: &agent.Usage{
			Days: 30, CPUP50: round(s.cpuBase, 1), CPUP95: round(min(100, 1.9*s.cpuBase+5), 1),
			MemoryP50: round(s.memoryBase, 1), MemoryP95: round(min(100, s.memoryBase+8), 1),
		},
	}
	if s.windows() {
		d.OS.Build = s.os.build
	} else {
		d.OS.Kernel = s.os.build
	}
	if s.on != nil {
		d.Virtual.Platform, d.Virtual.Host = "demo", s.on.name
	}
	for _, k := range s.disks {
		d.Disks = append(d.Disks, agent.Disk{Name: "disk " + k.mount, Bytes: k.bytes, ClusterDisk: k.shared})
		if !k.idle {
			d.FileSystems = append(d.FileSystems, agent.FileSystem{
				Mount: k.mount, TotalBytes: k.bytes, UsedBytes: e.used(k, now), Disk: "disk " + k.mount,
			})
		}
	}
	d.Software = s.software()
	d.Listeners = s.listeners()
	for _, f := range flows {
		d.Flows = append(d.Flows, f.seenBy(s))
	}
	if s.backup != nil {
		d.Backup = s.backup.report(now)
	}
	return d
}

func nicName(s *server) string {
	if s.windows() {
		return "Ethernet1"
	}
	return "eth1"
}

// software lists what is installed: the role's own, the systems', and what every server has.
func (s *server) software() []agent.Software {
	out := []agent.Software{{Name: roles[s.role].software, Version: "4.2"}}
	for _, x := range s.systems {
		out = append(out, agent.Software{Name: x.Name, Version: "7.1"})
	}
	if s.backup != nil {
		out = append(out, agent.Software{Name: "Demo Backup Agent", Version: "12.1"})
	}
	return append(out, agent.Software{Name: "samdrift-agent", Version: "demo"})
}

// listeners are the role's port and the one the server is administered by.
func (s *server) listeners() []agent.Listener {
	out := []agent.Listener{{Protocol: "tcp", Port: roles[s.role].port, Process: s.process()}}
	switch {
	case s.role == "dc":
		out = append(out, agent.Listener{Protocol: "tcp", Port: 88, Process: "lsass"}, agent.Listener{Protocol: "tcp", Port: 53, Process: "dns"})
	case !s.windows():
		out = append(out, agent.Listener{Protocol: "tcp", Port: 22, Process: "sshd"})
	}
	if s.windows() && s.role != "jmp" {
		out = append(out, agent.Listener{Protocol: "tcp", Port: 3389, Process: "TermService"})
	}
	return out
}

// flowsBy gives, for each server with an agent, the flows that its agent sees: what it calls, and
// what clients without an agent call on it.
func (m *member) flowsBy() map[*server][]flow {
	seen := map[*server][]flow{}
	for _, f := range m.flows {
		if f.from != nil && f.from.hasAgent {
			seen[f.from] = append(seen[f.from], f)
		} else if f.to.hasAgent {
			seen[f.to] = append(seen[f.to], f)
		}
	}
	return seen
}

// seenBy is the flow from the view of one of its two ends.
func (f flow) seenBy(s *server) agent.Flow {
	out := agent.Flow{Protocol: "tcp", Port: f.port, BytesPerDay: f.bytes, LocalIP: s.ip.String()}
	if f.port == 53 {
		out.Protocol = "udp"
	}
	if f.from == s {
		out.Direction, out.PeerIP = agent.Outbound, f.to.ip.String()
		return out
	}
	out.Direction, out.PeerIP, out.Process = agent.Inbound, f.client.String(), s.process()
	if f.from != nil {
		out.PeerIP = f.from.ip.String()
	}
	return out
}
