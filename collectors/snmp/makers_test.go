package snmp_test

import (
	"context"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/samdrift/samdrift/collectors/simulated/recording"
	"github.com/samdrift/samdrift/collectors/simulated/responder"
	"github.com/samdrift/samdrift/collectors/snmp"
	"github.com/samdrift/samdrift/inventory"
)

// told looks at a device that tells these varbinds, as recordings have them, and is of this maker.
func told(t *testing.T, maker, varbinds string) *inventory.Asset {
	t.Helper()
	lines := []string{"1.3.6.1.2.1.1.1.0|4|a device", "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1." + maker, "1.3.6.1.2.1.1.3.0|67|100"}
	for line := range strings.Lines(varbinds) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	slices.SortFunc(lines, func(a, b string) int {
		a, _, _ = strings.Cut(a, "|")
		b, _, _ = strings.Cut(b, "|")
		return compare(a, b)
	})
	r, err := recording.Read(strings.NewReader(strings.Join(lines, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- responder.Serve(ctx, conn, &responder.Agent{View: r.View, V2c: "test"}, time.Now)
	}()
	defer func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()
	o, _ := look(t, config(snmp.Target{Address: conn.LocalAddr().String(), Community: "test"}))
	if o.Status != inventory.StatusOK {
		t.Fatalf("status %s: %s", o.Status, o.Error)
	}
	return o.Asset
}

func TestInterfaceQuirks(t *testing.T) {
	a := told(t, "12356.101.1.1", `
		1.3.6.1.2.1.2.2.1.2.1|4|
		1.3.6.1.2.1.2.2.1.5.1|66|0
		1.3.6.1.2.1.2.2.1.6.1|4x|000000000000
		1.3.6.1.2.1.31.1.1.1.1.1|4|port1
		1.3.6.1.2.1.31.1.1.1.15.1|66|4294901759
		1.3.6.1.2.1.2.2.1.3.2|2|6
		1.3.6.1.2.1.2.2.1.8.2|2|2
		1.3.6.1.2.1.2.2.1.2.3|4|Data
		1.3.6.1.2.1.2.2.1.6.3|4|Data`)
	equal(t, "interfaces", []inventory.Interface{
		{Index: 1, Name: "port1", Descr: "port1", MAC: "00:00:00:00:00:00"}, // its speed is nonsense, row 2 is a left-over
		{Index: 3, Name: "Data", Descr: "Data"},
	}, a.Interfaces)
}

func TestIPv6Addresses(t *testing.T) {
	for name, c := range map[string]struct{ maker, varbinds string }{
		"without the length in the index": {"9.1.1", `
			1.3.6.1.2.1.4.34.1.3.2.253.0.0.0.0.0.0.1.0.0.0.0.0.0.0.1|2|4
			1.3.6.1.2.1.4.34.1.4.2.253.0.0.0.0.0.0.1.0.0.0.0.0.0.0.1|2|1
			1.3.6.1.2.1.4.34.1.5.2.253.0.0.0.0.0.0.1.0.0.0.0.0.0.0.1|6|1.3.6.1.2.1.4.32.1.5.4.2.253.0.0.0.0.0.0.1.0.0.0.0.0.0.0.0.64`},
		"IPV6-MIB": {"14988.1", `
			1.3.6.1.2.1.55.1.8.1.2.4.253.0.0.0.0.0.0.1.0.0.0.0.0.0.0.1|2|64
			1.3.6.1.2.1.55.1.8.1.2.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1|2|128`},
		"Cisco's": {"9.1.1", `
			1.3.6.1.4.1.9.10.86.1.1.2.1.3.2.16.253.0.0.0.0.0.0.1.0.0.0.0.0.0.0.1|2|4
			1.3.6.1.4.1.9.10.86.1.1.2.1.5.2.16.253.0.0.0.0.0.0.1.0.0.0.0.0.0.0.1|6|1.3.6.1.4.1.9.10.86.1.1.1.1.5.4.2.16.253.0.0.0.0.0.0.1.0.0.0.0.0.0.0.0.64`},
		"TP-Link's": {"11863.5.1", `1.3.6.1.4.1.11863.6.50.1.1.1.5.4.2.1.253.0.0.0.0.0.0.1.0.0.0.0.0.0.0.1|2|64`},
	} {
		t.Run(name, func(t *testing.T) {
			equal(t, "addresses", []inventory.Address{{IP: "fd00:0:0:1::1", Prefix: 64, Interface: 4}}, told(t, c.maker, c.varbinds).Addresses)
		})
	}
}

// Juniper's numbers of VLANs are not their tags, and its parts have a table of their own.
func TestJuniper(t *testing.T) {
	a := told(t, "2636.1.1.1.2.43", `
		1.3.6.1.2.1.2.2.1.2.510|4|ge-0/0/1.0
		1.3.6.1.2.1.17.1.4.1.2.513|2|510
		1.3.6.1.2.1.17.7.1.2.2.1.2.65536.2.0.94.0.1.1|2|513
		1.3.6.1.2.1.17.7.1.2.2.1.3.65536.2.0.94.0.1.1|2|3
		1.3.6.1.4.1.2636.3.48.1.3.1.1.2.2|4|__private__
		1.3.6.1.4.1.2636.3.48.1.3.1.1.2.3|4|OMSORG
		1.3.6.1.4.1.2636.3.48.1.3.1.1.3.2|2|0
		1.3.6.1.4.1.2636.3.48.1.3.1.1.3.3|2|40
		1.3.6.1.4.1.2636.3.48.1.3.1.1.5.3|2|65536
		1.3.6.1.4.1.2636.3.40.1.4.1.2.1.3.1.12.118.99.112.45.50.53.53.47.48.47.53.48|2|1
		1.3.6.1.4.1.2636.3.40.1.4.1.2.1.4.1.12.118.99.112.45.50.53.53.47.48.47.53.48|2|2
		1.3.6.1.4.1.2636.3.1.3.0|4|BOX1234
		1.3.6.1.4.1.2636.3.1.6.1.4.1|2|0
		1.3.6.1.4.1.2636.3.1.6.1.6.1|4|chassis frame
		1.3.6.1.4.1.2636.3.1.6.1.4.2|2|1
		1.3.6.1.4.1.2636.3.1.6.1.6.2|4|Power Supply slot
		1.3.6.1.4.1.2636.3.1.8.1.6.1.1.0.0|4|
		1.3.6.1.4.1.2636.3.1.8.1.6.2.1.2.0|4|Power Supply 1 @ 0/1/*
		1.3.6.1.4.1.2636.3.1.8.1.7.2.1.2.0|4|PSU987
		1.3.6.1.4.1.2636.3.1.8.1.10.2.1.2.0|4|740-044332`)
	equal(t, "VLANs", []inventory.VLAN{{ID: 40, Name: "OMSORG"}}, a.VLANs)
	equal(t, "stations", []inventory.Station{{MAC: "02:00:5e:00:01:01", VLAN: 40, Interface: 510}}, a.Stations)
	equal(t, "interfaces", []inventory.Interface{
		{Index: 510, Name: "ge-0/0/1.0", Descr: "ge-0/0/1.0"},
		{Index: 10001050, Name: "fpc1.vcp-255/0/50", Descr: "fpc1.vcp-255/0/50", Type: "stackToStack", Admin: "up", Oper: "down"},
	}, a.Interfaces)
	equal(t, "parts", []inventory.Component{
		{Index: 1, Class: "chassis", Name: "chassis frame", Serial: "BOX1234"},
		{Index: 2, Class: "container", Name: "Power Supply slot", Parent: 1},
		{Index: 1020002, Class: "powerSupply", Name: "Power Supply 1 @ 0/1/*", Model: "740-044332", Serial: "PSU987", Parent: 2},
	}, a.Components)
}

func TestHuawei(t *testing.T) {
	a := told(t, "2011.2.23.291", `
		1.3.6.1.2.1.2.2.1.2.6|4|GigabitEthernet0/0/1
		1.3.6.1.2.1.47.1.1.1.1.2.67469390|4|port
		1.3.6.1.2.1.47.1.1.1.1.5.67469390|2|10
		1.3.6.1.2.1.47.1.1.1.1.7.67469390|4|GigabitEthernet0/0/1
		1.3.6.1.4.1.2011.5.25.31.1.1.2.1.11.67469390|4|02310MNW
		1.3.6.1.4.1.2011.5.25.31.1.1.3.1.4.67469390|4|J267C042885
		1.3.6.1.4.1.2011.5.25.31.1.1.3.1.25.67469390|4|02310MNW
		1.3.6.1.4.1.2011.5.25.42.2.1.3.1.4.2.0.94.0.1.1.30.0|2|6
		1.3.6.1.4.1.2011.6.9.1.4.2.1.3.1|2|3561472
		1.3.6.1.4.1.2011.6.9.1.4.2.1.4.1|2|2243108
		1.3.6.1.4.1.2011.6.9.1.4.2.1.5.1|4|cfcard:`)
	equal(t, "stations", []inventory.Station{{MAC: "02:00:5e:00:01:01", VLAN: 30, Interface: 6}}, a.Stations)
	equal(t, "parts", []inventory.Component{
		{Index: 67469390, Class: "port", Name: "GigabitEthernet0/0/1", Model: "02310MNW"},
		{Index: 1<<31 + 67469390, Class: "module", Name: "GigabitEthernet0/0/1 optic", Model: "02310MNW", Serial: "J267C042885", Parent: 67469390},
	}, a.Components)
	equal(t, "volumes", []inventory.Volume{{Name: "cfcard:", TotalBytes: 3561472 << 10, UsedBytes: (3561472 - 2243108) << 10}}, a.Volumes)
}

// Each protocol's table tells the local port in its own way.
func TestNeighbourTables(t *testing.T) {
	const port = "1.3.6.1.2.1.2.2.1.2.17|4|port17\n"
	for name, c := range map[string]struct {
		maker, varbinds string
		want            inventory.Neighbour
	}{
		"LLDP-V2-MIB": {"25461.2.3.1", `
			1.3.111.2.802.1.1.13.1.4.1.1.5.0.17.1.1|2|4
			1.3.111.2.802.1.1.13.1.4.1.1.6.0.17.1.1|4x|02005e000001
			1.3.111.2.802.1.1.13.1.4.1.1.7.0.17.1.1|2|5
			1.3.111.2.802.1.1.13.1.4.1.1.8.0.17.1.1|4|Gi1/0/1
			1.3.111.2.802.1.1.13.1.4.1.1.10.0.17.1.1|4|sw-1`,
			inventory.Neighbour{Protocol: "lldp", LocalPort: "port17", RemoteName: "sw-1", RemotePort: "Gi1/0/1", RemoteID: "02:00:5e:00:00:01"}},
		"TP-Link": {"11863.5.1", `
			1.3.6.1.4.1.11863.6.35.1.2.2.1.4.17.1|4|02:00:5E:00:00:01
			1.3.6.1.4.1.11863.6.35.1.2.2.1.6.17.1|4|Gi1/0/1
			1.3.6.1.4.1.11863.6.35.1.2.2.1.9.17.1|4|sw-1`,
			inventory.Neighbour{Protocol: "lldp", LocalPort: "port17", RemoteName: "sw-1", RemotePort: "Gi1/0/1", RemoteID: "02:00:5e:00:00:01"}},
		"MikroTik's LLDP": {"14988.1", `
			1.0.8802.1.1.2.1.4.1.1.4.8|2|4
			1.0.8802.1.1.2.1.4.1.1.5.8|4x|02005e000001
			1.0.8802.1.1.2.1.4.1.1.7.8|4|ether1
			1.0.8802.1.1.2.1.4.1.1.9.8|4|gw-1
			1.3.6.1.4.1.14988.1.1.11.1.1.6.8|4|gw-1
			1.3.6.1.4.1.14988.1.1.11.1.1.8.8|2|17`,
			inventory.Neighbour{Protocol: "lldp", LocalPort: "port17", RemoteName: "gw-1", RemotePort: "ether1", RemoteID: "02:00:5e:00:00:01"}},
		"MikroTik's own": {"14988.1", `
			1.3.6.1.4.1.14988.1.1.11.1.1.3.9|4x|02005e000001
			1.3.6.1.4.1.14988.1.1.11.1.1.5.9|4|RB750
			1.3.6.1.4.1.14988.1.1.11.1.1.8.9|2|17`,
			inventory.Neighbour{Protocol: "mndp", LocalPort: "port17", RemoteName: "02:00:5e:00:00:01", RemotePlatform: "RB750"}},
		"Foundry": {"1991.1.3.48", `
			1.3.6.1.4.1.1991.1.1.3.20.1.2.1.1.3.17.1|4|icx-1
			1.3.6.1.4.1.1991.1.1.3.20.1.2.1.1.7.17.1|4|ethernet1/1/1
			1.3.6.1.4.1.1991.1.1.3.20.1.2.1.1.8.17.1|4|ICX7150`,
			inventory.Neighbour{Protocol: "fdp", LocalPort: "port17", RemoteName: "icx-1", RemotePort: "ethernet1/1/1", RemotePlatform: "ICX7150"}},
		"Extreme": {"1916.2.1", `
			1.3.6.1.4.1.1916.1.13.2.1.3.17.0.0.0.4.150.1.2.3|4|x460-1
			1.3.6.1.4.1.1916.1.13.2.1.5.17.0.0.0.4.150.1.2.3|2|1
			1.3.6.1.4.1.1916.1.13.2.1.6.17.0.0.0.4.150.1.2.3|2|24`,
			inventory.Neighbour{Protocol: "edp", LocalPort: "port17", RemoteName: "x460-1", RemotePort: "1:24"}},
	} {
		t.Run(name, func(t *testing.T) {
			equal(t, "neighbours", []inventory.Neighbour{c.want}, told(t, c.maker, port+c.varbinds).Neighbours)
		})
	}
}

func TestVolumes(t *testing.T) {
	row := func(index, kind, descr string) string {
		return strings.NewReplacer("I", index, "K", kind, "D", descr).Replace(`
			1.3.6.1.2.1.25.2.3.1.2.I|6|1.3.6.1.2.1.25.K
			1.3.6.1.2.1.25.2.3.1.3.I|4|D
			1.3.6.1.2.1.25.2.3.1.4.I|2|1024
			1.3.6.1.2.1.25.2.3.1.5.I|2|2048
			1.3.6.1.2.1.25.2.3.1.6.I|2|512`)
	}
	half := func(names ...string) (all []inventory.Volume) {
		for _, name := range names {
			all = append(all, inventory.Volume{Name: name, TotalBytes: 2 << 20, UsedBytes: 512 << 10})
		}
		return all
	}
	for name, c := range map[string]struct {
		maker, varbinds string
		want            []inventory.Volume
	}{
		"a host":       {"8072.3.2.10", row("1", "2.1.4", "/") + row("2", "2.1.4", "/run") + row("3", "2.1.2", "Real memory") + row("4", "2.1.10", "/mnt/nfs"), half("/")},
		"an appliance": {"674.11000", row("1", "2.1.4", "/config") + row("2", "2.1.4", "/run") + row("3", "2.1.9", "flash"), half("/config", "/run", "flash")},
		"FreeBSD":      {"8072.3.2.8", row("1", "3.9.3", "/, type: ufs, dev: /dev/ada0") + row("2", "3.9.1", "/dev, type: devfs, dev: devfs"), half("/, type: ufs, dev: /dev/ada0")},
		"Junos": {"2636.1.1.1.2.108", row("1", "2.1.4", "/dev/ada1s1e, mounted on: /.mount/config") + row("2", "2.1.4", "/dev/md1.uzip, mounted on: /.mount/packages/mnt/os") +
			row("3", "2.1.4", "devfs: dev file system, mounted on: /dev") + row("4", "2.1.4", "/dev/md0, mounted on: /packages/mnt/jbase"), half("/dev/ada1s1e, mounted on: /.mount/config")},
		"AIX": {"2.3.1.2.1.1.3", row("1", "2.1.4", "/dev/hd4") + `
			1.3.6.1.4.1.2.6.191.6.2.1.3.1|4|/
			1.3.6.1.4.1.2.6.191.6.2.1.5.1|66|1536
			1.3.6.1.4.1.2.6.191.6.2.1.6.1|66|1024`, []inventory.Volume{{Name: "/", TotalBytes: 1536 << 20, UsedBytes: 512 << 20}}},
		"HPE's agent": {"232.9.4.10", row("1", "2.1.4", "/") + `
			1.3.6.1.4.1.232.11.2.4.1.1.2.1|4|tmpfs on /run
			1.3.6.1.4.1.232.11.2.4.1.1.3.1|2|100
			1.3.6.1.4.1.232.11.2.4.1.1.4.1|2|1
			1.3.6.1.4.1.232.11.2.4.1.1.2.2|4|/dev/sda1 on /
			1.3.6.1.4.1.232.11.2.4.1.1.3.2|2|100
			1.3.6.1.4.1.232.11.2.4.1.1.4.2|2|40`, []inventory.Volume{{Name: "/dev/sda1 on /", TotalBytes: 100 << 20, UsedBytes: 40 << 20}}},
		"NetApp": {"789.2.5", `
			1.3.6.1.4.1.789.1.5.4.1.2.1|4|/vol/vol0/
			1.3.6.1.4.1.789.1.5.4.1.29.1|70|8589934592
			1.3.6.1.4.1.789.1.5.4.1.30.1|70|4294967296`, []inventory.Volume{{Name: "/vol/vol0/", TotalBytes: 8 << 40, UsedBytes: 4 << 40}}},
		"UCD's table in two halves": {"8072.3.2.10", `
			1.3.6.1.4.1.2021.9.1.2.1|4|/data
			1.3.6.1.4.1.2021.9.1.11.1|66|1
			1.3.6.1.4.1.2021.9.1.12.1|66|2
			1.3.6.1.4.1.2021.9.1.15.1|66|0
			1.3.6.1.4.1.2021.9.1.16.1|66|1`, []inventory.Volume{{Name: "/data", TotalBytes: (2<<32 + 1) << 10, UsedBytes: 1 << 42}}},
		"Isilon": {"12124.1", `
			1.3.6.1.4.1.12124.1.3.1.0|70|8796093022208
			1.3.6.1.4.1.12124.1.3.2.0|70|1099511627776`, []inventory.Volume{{Name: "/ifs", TotalBytes: 8 << 40, UsedBytes: 1 << 40}}},
		"a kind told as an instance": {"22610.1.3.1", row("1", "2.1.4.0", "Disk"), half("Disk")},
		"Cisco's wide columns": {"9.1.2664", `
			1.3.6.1.4.1.9.9.10.1.1.2.1.7.1|4|bootflash
			1.3.6.1.4.1.9.9.10.1.1.4.1.1.4.1.1|66|4294967295
			1.3.6.1.4.1.9.9.10.1.1.4.1.1.5.1.1|66|4294967295
			1.3.6.1.4.1.9.9.10.1.1.4.1.1.13.1.1|70|11250098176
			1.3.6.1.4.1.9.9.10.1.1.4.1.1.14.1.1|70|9291845632`, []inventory.Volume{{Name: "bootflash:", TotalBytes: 11250098176, UsedBytes: 1958252544}}},
	} {
		t.Run(name, func(t *testing.T) {
			equal(t, "volumes", c.want, told(t, c.maker, c.varbinds).Volumes)
		})
	}
}

func TestGuestTables(t *testing.T) {
	for name, c := range map[string]struct {
		varbinds string
		want     inventory.Guest
	}{
		"VM-MIB": {`
			1.3.6.1.2.1.236.1.4.1.2.3|4|web-1
			1.3.6.1.2.1.236.1.4.1.3.3|4x|12bde200e58f9ca0af4adc033b5dd03c
			1.3.6.1.2.1.236.1.4.1.6.3|2|4
			1.3.6.1.2.1.236.1.4.1.9.3|2|2
			1.3.6.1.2.1.236.1.4.1.13.3|2|1048576`,
			inventory.Guest{Name: "web-1", ID: "3", UUID: "12bde200-e58f-9ca0-af4a-dc033b5dd03c", State: "on", VCPUs: 2, MemoryBytes: 1 << 30}},
		"libvirt": {`
			1.3.6.1.4.1.12345.1.1.1.2.18.189.226.0.229.143.156.160.175.74.220.3.59.93.208.60|4|web-1
			1.3.6.1.4.1.12345.1.1.1.3.18.189.226.0.229.143.156.160.175.74.220.3.59.93.208.60|2|5
			1.3.6.1.4.1.12345.1.1.1.4.18.189.226.0.229.143.156.160.175.74.220.3.59.93.208.60|66|2
			1.3.6.1.4.1.12345.1.1.1.5.18.189.226.0.229.143.156.160.175.74.220.3.59.93.208.60|66|1024`,
			inventory.Guest{Name: "web-1", UUID: "12bde200-e58f-9ca0-af4a-dc033b5dd03c", State: "off", VCPUs: 2, MemoryBytes: 1 << 30}},
		"XCP-ng, which lists itself": {`
			1.3.6.1.4.1.60652.100.1.1.2.1|4|Control domain on host: xen-1
			1.3.6.1.4.1.60652.100.1.1.2.2|4|web-1
			1.3.6.1.4.1.60652.100.1.1.5.2|2|1024
			1.3.6.1.4.1.60652.100.1.1.6.2|2|1
			1.3.6.1.4.1.60652.100.1.1.7.2|4|12BDE200-e58f-9ca0-af4a-dc033b5dd03c
			1.3.6.1.4.1.60652.100.1.1.10.2|2|2`,
			inventory.Guest{Name: "web-1", UUID: "12bde200-e58f-9ca0-af4a-dc033b5dd03c", State: "on", VCPUs: 2, MemoryBytes: 1 << 30}},
	} {
		t.Run(name, func(t *testing.T) {
			equal(t, "guests", []inventory.Guest{c.want}, told(t, "8072.3.2.10", c.varbinds).Guests)
		})
	}
}

// Names as they are printed on the devices, which their neighbours and LLDP use, and aliases of makers.
func TestPortNames(t *testing.T) {
	type names struct{ Name, Descr, Alias string }
	for name, c := range map[string]struct {
		maker, varbinds string
		want            []names
	}{
		"Zyxel": {"890.1.5.8.47", `
			1.3.6.1.2.1.31.1.1.1.1.1|4|swp00
			1.3.6.1.2.1.31.1.1.1.1.2|4|swp65
			1.3.6.1.2.1.31.1.1.1.1.3|4|swpx`, []names{{"1/01", "swp00", ""}, {"2/02", "swp65", ""}, {"swpx", "swpx", ""}}},
		"TP-Link": {"11863.5.1", `
			1.3.6.1.2.1.31.1.1.1.1.1|4|gigabitEthernet 1/0/24 : copper
			1.3.6.1.2.1.31.1.1.1.1.2|4|gigabitEthernet 1/0/25 : fiber`,
			[]names{{"GigabitEthernet1/0/24", "gigabitEthernet 1/0/24 : copper", ""}, {"FiberEthernet1/0/25", "gigabitEthernet 1/0/25 : fiber", ""}}},
		"Moxa": {"8691.7.71", `
			1.3.6.1.2.1.2.2.1.2.1|4|Port 1
			1.3.6.1.4.1.8691.7.71.1.9.1.1.7.1|4|pumpe`, []names{{"Port 1", "Port 1", "pumpe"}}},
		"Brocade": {"1588.2.1.1.1", `
			1.3.6.1.2.1.2.2.1.2.1073741825|4|FC port 0/1
			1.3.6.1.4.1.1588.2.1.1.1.6.2.1.36.2|4|san-1`, []names{{"FC port 0/1", "FC port 0/1", "san-1"}}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []names
			for _, i := range told(t, c.maker, c.varbinds).Interfaces {
				got = append(got, names{i.Name, i.Descr, i.Alias})
			}
			equal(t, "names", c.want, got)
		})
	}
}
