package snmp_test

import (
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"

	"github.com/samdrift/samdrift/collectors/snmp"
	"github.com/samdrift/samdrift/inventory"
)

// Devices that present themselves as plain net-snmp are told apart by a few values more, whatever the
// SNMP version, and without a round trip for each value that is missing.
func TestIdentifyByExtraValues(t *testing.T) {
	system := func(objectID, descr string) []gosnmp.SnmpPDU {
		return []gosnmp.SnmpPDU{
			octets(".1.3.6.1.2.1.1.1.0", descr),
			{Name: ".1.3.6.1.2.1.1.2.0", Type: gosnmp.ObjectIdentifier, Value: "." + objectID},
			{Name: ".1.3.6.1.2.1.1.3.0", Type: gosnmp.TimeTicks, Value: uint32(1)},
			octets(".1.3.6.1.2.1.1.5.0", "dev"),
			integer(".1.3.6.1.6.3.10.2.1.2.0", 1), // something behind the vendors' branches
		}
	}
	for name, c := range map[string]struct {
		mib  []gosnmp.SnmpPDU
		want snmp.Record
	}{
		"firewall on Linux": {
			append(system("1.3.6.1.4.1.8072.3.2.10", "Linux gw 2.6.18-92cp #1 SMP"),
				octets(".1.3.6.1.4.1.2620.1.6.4.1.0", "R77.30"), octets(".1.3.6.1.4.1.2620.1.6.5.1.0", "Gaia"),
				octets(".1.3.6.1.4.1.2620.1.6.16.3.0", "1647BA0001")),
			snmp.Record{OS: "gaia", Vendor: "Check Point", Kind: "firewall", Version: "R77.30", Serial: "1647BA0001"},
		},
		"switch with its serial in a table of its maker": {
			append(system("1.3.6.1.4.1.25506.1.1500", "H3C Comware Platform Software, Software Version 7.1.070, Release 6322\nH3C S6520X-54QC-EI"),
				octets(".1.3.6.1.4.1.25506.2.6.1.2.1.1.2.2", "219801A000000001")),
			snmp.Record{OS: "comware", Vendor: "H3C", Kind: "switch", Model: "S6520X-54QC-EI", Version: "7.1.070", Serial: "219801A000000001"},
		},
	} {
		for _, version := range []string{"1", "2c"} {
			t.Run(name+" v"+version, func(t *testing.T) {
				a := startAgent(t, c.mib, nil)
				o, _ := look(t, config(snmp.Target{Name: "dev", Address: a.address, Community: "test", Version: version}))
				got := snmp.NewRecord(o)
				have := snmp.Record{OS: got.OS, Vendor: got.Vendor, Kind: got.Kind, Model: got.Model, Version: got.Version, Serial: got.Serial}
				if have.OS != c.want.OS || have.Vendor != c.want.Vendor || have.Kind != c.want.Kind ||
					have.Model != c.want.Model || have.Version != c.want.Version || have.Serial != c.want.Serial {
					t.Errorf("got %+v\nwant %+v (status %s: %s)", have, c.want, got.Status, got.Error)
				}
				for _, field := range []string{"vendor", "platform", "version", "serial"} {
					if got.Evidence[field] == "" {
						t.Errorf("no evidence for the %s in %v", field, got.Evidence)
					}
				}
			})
		}
	}
}

// An agent that only speaks SNMPv1 refuses a request for one missing value; asking for dozens of
// values that most devices lack must not cost dozens of requests.
func TestIdentifyAsksLittleOfSNMPv1(t *testing.T) {
	mib := []gosnmp.SnmpPDU{
		octets(".1.3.6.1.2.1.1.1.0", "Linux web1 6.1.0-18-amd64 #1 SMP Debian 6.1.76-1 x86_64"),
		{Name: ".1.3.6.1.2.1.1.2.0", Type: gosnmp.ObjectIdentifier, Value: ".1.3.6.1.4.1.8072.3.2.10"},
		{Name: ".1.3.6.1.2.1.1.3.0", Type: gosnmp.TimeTicks, Value: uint32(1)},
		octets(".1.3.6.1.2.1.1.5.0", "web1"),
		integer(".1.3.6.1.6.3.10.2.1.2.0", 1),
	}
	asked := map[string]int64{}
	for _, version := range []string{"1", "2c"} {
		a := startAgent(t, mib, nil)
		o, _ := look(t, config(snmp.Target{Name: "web1", Address: a.address, Community: "test", Version: version}))
		if r := snmp.NewRecord(o); r.OS != "linux" {
			t.Errorf("v%s: os %q, want linux", version, r.OS)
		}
		asked[version] = a.asked.Load()
	}
	if asked["1"] > asked["2c"]+20 {
		t.Errorf("SNMPv1 took %d requests, SNMPv2c %d", asked["1"], asked["2c"])
	}
}

// What was read keeps its place on the way into the inventory, whatever the fields are called there.
func TestEvidenceReachesTheAsset(t *testing.T) {
	a := startAgent(t, []gosnmp.SnmpPDU{
		octets(".1.3.6.1.2.1.1.1.0", "H3C Comware Platform Software, Software Version 7.1.070, Release 6322\nH3C S6520X-54QC-EI"),
		{Name: ".1.3.6.1.2.1.1.2.0", Type: gosnmp.ObjectIdentifier, Value: ".1.3.6.1.4.1.25506.1.1500"},
		octets(".1.3.6.1.2.1.1.5.0", "sw1"),
	}, nil)
	o, _ := look(t, config(snmp.Target{Name: "dev", Address: a.address, Community: "test", Municipality: "479"}))
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	s, _ := inventory.Merge(inventory.NewSnapshot([]inventory.Municipality{{Code: "479", Name: "Svendborg"}}, false, at), []inventory.Observation{o}, at)
	if len(s.Assets) != 1 {
		t.Fatalf("%d assets, want the one", len(s.Assets))
	}
	for _, field := range []string{"vendor", "platform", "kind", "model", "firmware", "os"} {
		if from, told := s.Assets[0].Provenance.Of(field); !told || from.Evidence == "" {
			t.Errorf("%s comes from %+v: nobody can see where in the device", field, from)
		}
	}
}
