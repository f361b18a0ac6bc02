package snmp_test

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/collectors/simulated/recording"
	"github.com/samdrift/samdrift/collectors/simulated/responder"
	"github.com/samdrift/samdrift/collectors/snmp"
	"github.com/samdrift/samdrift/inventory"
)

// lookAt looks at one of the project's own recordings, with its contexts.
func lookAt(t *testing.T, id string) inventory.Observation {
	t.Helper()
	device, err := recording.Open("testdata/recordings", id)
	if err != nil {
		t.Fatal(err)
	}
	address := serve(t, device)
	o, _ := look(t, config(snmp.Target{Name: id, Address: address, Community: snmp.Secret(id)}))
	if o.Status != inventory.StatusOK {
		t.Fatalf("status %s: %s", o.Status, o.Error)
	}
	return o
}

// serve answers for a recorded device until the test ends.
func serve(t *testing.T, device *recording.Device) (address string) {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- device.Serve(ctx, conn) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return conn.LocalAddr().String()
}

func equal(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// A Cisco stack keeps a forwarding table for each VLAN, behind a community of its own.
func TestVLANContexts(t *testing.T) {
	o := lookAt(t, "contexts")
	equal(t, "stations", []inventory.Station{
		{MAC: "02:00:5e:00:cc:01", VLAN: 1, Interface: 5001},
		{MAC: "02:00:5e:00:cc:01", VLAN: 10, Interface: 5001},
		{MAC: "02:00:5e:00:dd:10", VLAN: 10, Interface: 10101},
		{MAC: "02:00:5e:00:dd:11", VLAN: 10, Interface: 10602},
		{MAC: "02:00:5e:00:dd:20", VLAN: 20, Interface: 10102},
		{MAC: "02:00:5e:00:dd:21", VLAN: 20, Interface: 10601},
	}, o.Asset.Stations)
	equal(t, "how the table ended", inventory.TableStatus{State: inventory.TableComplete, Rows: 6, Reason: "no answer for VLANs 30"}, o.Tables["fdb"])
	equal(t, "VLANs", []inventory.VLAN{{ID: 1, Name: "default"}, {ID: 10, Name: "ADMINISTRATION"}, {ID: 20, Name: "BORGERNET"}, {ID: 30}}, o.Asset.VLANs)
	equal(t, "resolved addresses", []inventory.Resolved{
		{IP: "10.61.10.1", MAC: "02:00:5e:00:cc:01", Interface: 10}, {IP: "10.61.10.77", MAC: "02:00:5e:00:dd:10", Interface: 10},
	}, o.Asset.Resolved)
	lags, untagged := map[string]int{}, map[string]int{}
	for _, i := range o.Asset.Interfaces {
		if i.LAG != 0 {
			lags[i.Name] = i.LAG
		}
		if i.VLAN != 0 {
			untagged[i.Name] = i.VLAN
		}
	}
	equal(t, "members of aggregates", map[string]int{"Te1/0/1": 5001, "Te2/0/1": 5001}, lags)
	equal(t, "untagged VLANs", map[string]int{"Gi1/0/1": 10, "Gi1/0/2": 20, "Gi1/0/3": 1, "Gi2/0/1": 20, "Gi2/0/2": 10, "Gi2/0/3": 1, "Po1": 30}, untagged)
	equal(t, "neighbours", []inventory.Neighbour{
		{Protocol: "cdp", LocalPort: "Te1/0/1", RemoteName: "sw-kerne-1.kommune.example", RemotePort: "TenGigabitEthernet1/1/5", RemotePlatform: "cisco C9500-24Y4C"},
		{Protocol: "cdp", LocalPort: "Gi2/0/2", RemoteName: "02:00:5e:00:aa:01", RemotePort: "Port 1", RemotePlatform: "Cisco IP Phone 8841"},
		{Protocol: "cdp", LocalPort: "Te2/0/1", RemoteName: "sw-kerne-1.kommune.example", RemotePort: "TenGigabitEthernet2/1/5", RemotePlatform: "cisco C9500-24Y4C"},
	}, o.Asset.Neighbours)
	serials := map[string]string{}
	for _, c := range o.Asset.Components {
		if c.Serial != "" {
			serials[c.Serial] = c.Model
		}
	}
	equal(t, "serials of stack members and optics", map[string]string{
		"FOC1810X0AB": "WS-C2960X-24TS-L", "FOC1820X0AB": "WS-C2960X-24TS-L", "AVD2015LR1": "SFP-10G-LR", "AVD2025LR1": "SFP-10G-LR",
	}, serials)
	equal(t, "flash", []inventory.Volume{{Name: "flash:", TotalBytes: 122185728, UsedBytes: 41773056}}, o.Asset.Volumes)
}

// A switch whose bridge ports and VLAN databases have numbers of their own.
func TestBridge(t *testing.T) {
	o := lookAt(t, "bridge")
	equal(t, "stations", []inventory.Station{
		{MAC: "02:00:5e:00:ee:09", VLAN: 1, Interface: 103},
		{MAC: "02:00:5e:00:ee:01", VLAN: 40, Interface: 101},
		{MAC: "02:00:5e:00:ee:02", VLAN: 40, Interface: 102},
	}, o.Asset.Stations)
	equal(t, "resolved addresses", []inventory.Resolved{
		{IP: "10.61.40.31", MAC: "02:00:5e:00:ee:01", Interface: 900}, {IP: "fd00:61:40::31", MAC: "02:00:5e:00:ee:01", Interface: 900},
	}, o.Asset.Resolved)
	equal(t, "addresses", []inventory.Address{
		{IP: "10.61.40.2", Prefix: 24, Interface: 900}, {IP: "fd00:61:40::2", Prefix: 64, Interface: 900},
	}, o.Asset.Addresses)
	var ports [][3]int
	for _, i := range o.Asset.Interfaces {
		ports = append(ports, [3]int{i.Index, i.LAG, i.VLAN})
	}
	equal(t, "ifIndex, aggregate and VLAN", [][3]int{{54, 0, 0}, {101, 0, 40}, {102, 0, 40}, {103, 54, 1}, {104, 54, 1}, {900, 0, 0}}, ports)
	equal(t, "neighbours", []inventory.Neighbour{
		{Protocol: "lldp", LocalPort: "1", RemoteName: "02:00:5e:00:ee:01", RemotePort: "02:00:5e:00:ee:01", RemoteID: "02:00:5e:00:ee:01"},
		{Protocol: "lldp", LocalPort: "3", RemoteName: "sw-kerne-2", RemotePort: "ge-0/0/5", RemotePlatform: "Juniper Networks, Inc. ex3400-24t", RemoteID: "02:00:5e:00:cc:02"},
	}, o.Asset.Neighbours)
}

func TestHypervisor(t *testing.T) {
	o := lookAt(t, "hypervisor")
	equal(t, "guests", []inventory.Guest{
		{Name: "sql-01", ID: "64", UUID: "420753f9-d904-e5e6-da53-d75590bde424", State: "on", OS: "Microsoft Windows Server 2019 (64-bit)", VCPUs: 4, MemoryBytes: 16 << 30},
		{Name: "gis-gl", ID: "65", UUID: "420b58fe-7da6-1fee-070d-cb0d10daabd0", State: "off", VCPUs: 2, MemoryBytes: 8 << 30},
	}, o.Asset.Guests)
	equal(t, "volumes", []inventory.Volume{{Name: "/vmfs/volumes/65a1c0de-1", TotalBytes: 7340032 << 20, UsedBytes: 5242880 << 20}}, o.Asset.Volumes)
}

// A device with very many VLANs is not asked for all of them, and says so.
func TestTooManyVLANContexts(t *testing.T) {
	const vlans, asked = 260, 256
	read := func(community, text string) *responder.Agent {
		r, err := recording.Read(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return &responder.Agent{View: r.View, V2c: community}
	}
	var names, kinds strings.Builder
	device := &recording.Device{ID: "core", Agents: []*responder.Agent{nil}}
	for v := 1; v <= vlans; v++ {
		fmt.Fprintf(&kinds, "1.3.6.1.4.1.9.9.46.1.3.1.1.3.1.%d|2|1\n", v)
		fmt.Fprintf(&names, "1.3.6.1.4.1.9.9.46.1.3.1.1.4.1.%d|4|net%d\n", v, v)
		device.Agents = append(device.Agents, read(fmt.Sprintf("core@%d", v), "1.3.6.1.2.1.1.3.0|67|100\n1.3.6.1.2.1.17.1.4.1.2.7|2|10107\n"+
			"1.3.6.1.2.1.17.4.3.1.2.2.0.94.0.0.1|2|7\n1.3.6.1.2.1.17.4.3.1.3.2.0.94.0.0.1|2|3\n"))
	}
	device.Agents[0] = read("core", "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.9.1.1208\n1.3.6.1.2.1.1.3.0|67|100\n"+kinds.String()+names.String())
	o, _ := look(t, config(snmp.Target{Address: serve(t, device), Community: "core"}))
	equal(t, "how the table ended", inventory.TableStatus{State: inventory.TablePartial, Rows: asked, Reason: "only the first 256 of 260 VLANs were read"}, o.Tables["fdb"])
	equal(t, "the last station", inventory.Station{MAC: "02:00:5e:00:00:01", VLAN: asked, Interface: 10107}, o.Asset.Stations[len(o.Asset.Stations)-1])
}
