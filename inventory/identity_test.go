package inventory_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/inventory"
)

func ports(macs ...string) []inventory.Interface {
	var all []inventory.Interface
	for i, mac := range macs {
		all = append(all, inventory.Interface{Index: i + 1, Name: fmt.Sprintf("Gi1/0/%d", i+1), MAC: mac})
	}
	return all
}

// Each case is a few looks, an hour apart, and how many assets they are of.
func TestWhoIsWho(t *testing.T) {
	const (
		uuid = "4c4c4544-0042-3510-8052-b4c04f4e3132"
		mac1 = "00:16:00:00:00:01"
		mac2 = "00:16:00:00:00:02"
	)
	in := func(code string, o inventory.Observation) inventory.Observation {
		o.Municipality = code
		return o
	}
	look := func(collector, source string, a inventory.Asset) inventory.Observation {
		return seen(collector, source, monday, a)
	}
	chassis := func(serials ...string) []inventory.Component {
		var all []inventory.Component
		for i, s := range serials {
			all = append(all, inventory.Component{Index: i + 1, Class: "chassis", Name: fmt.Sprintf("Member %d", i+1), Serial: s})
		}
		return all
	}
	for name, c := range map[string]struct {
		looks []inventory.Observation
		want  int
	}{
		"re-addressed": {[]inventory.Observation{
			look("snmp", "10.0.0.1:161", inventory.Asset{Name: "sw-1", Interfaces: ports(mac1)}),
			look("snmp", "10.0.9.9:161", inventory.Asset{Name: "sw-1", Interfaces: ports(mac1)})}, 1},
		"re-addressed and renamed": {[]inventory.Observation{
			look("snmp", "10.0.0.1:161", inventory.Asset{Name: "sw-1", Serial: "FOC1", Interfaces: ports(mac1)}),
			look("snmp", "10.0.9.9:161", inventory.Asset{Name: "core", Serial: "FOC1", Interfaces: ports(mac1)})}, 1},
		"renamed, with nothing but its address": {[]inventory.Observation{
			look("snmp", "10.0.0.1:161", inventory.Asset{Name: "sw-1"}),
			look("snmp", "10.0.0.1:161", inventory.Asset{Name: "sw-2"})}, 1},
		"replaced by the same model at the same address": {[]inventory.Observation{
			look("snmp", "10.0.0.1:161", inventory.Asset{Name: "sw-1", Serial: "FOC1", Interfaces: ports(mac1)}),
			look("snmp", "10.0.0.1:161", inventory.Asset{Name: "sw-1", Serial: "FOC2", Interfaces: ports(mac2)})}, 2},
		"a stack whose master changed": {[]inventory.Observation{
			look("snmp", "10.0.0.1:161", inventory.Asset{Name: "stack", Serial: "FOC1", Components: chassis("FOC1", "FOC2", "FOC3")}),
			look("snmp", "10.0.0.1:161", inventory.Asset{Name: "stack", Serial: "FOC2", Components: chassis("FOC2", "FOC1", "FOC3")})}, 1},
		"a high-available pair of one name": {[]inventory.Observation{
			look("snmp", "10.0.0.1:161", inventory.Asset{Name: "fw", Vendor: "Fortinet", Model: "FG-100F", Serial: "FG1", Interfaces: ports("00:09:0f:09:00:01")}),
			look("snmp", "10.0.0.2:161", inventory.Asset{Name: "fw", Vendor: "Fortinet", Model: "FG-100F", Serial: "FG2", Interfaces: ports("00:09:0f:09:00:01")})}, 2},
		"a cloned machine": {[]inventory.Observation{
			look("agent", "a", inventory.Asset{Name: "app-1", Kind: inventory.KindVM, UUID: uuid, Serial: "VMware-1", Interfaces: ports(mac1)}),
			look("agent", "b", inventory.Asset{Name: "app-2", Kind: inventory.KindVM, UUID: uuid, Serial: "VMware-1", Interfaces: ports(mac2)})}, 2},
		"a clone that nobody renamed": {[]inventory.Observation{
			look("agent", "a", inventory.Asset{Name: "app-1", Kind: inventory.KindVM, UUID: uuid, Interfaces: ports(mac1)}),
			look("agent", "b", inventory.Asset{Name: "app-1", Kind: inventory.KindVM, UUID: uuid, Interfaces: ports(mac2)})}, 2},
		"one UUID in two byte orders": {[]inventory.Observation{
			look("agent", "a", inventory.Asset{Name: "srv", UUID: uuid}),
			look("vsphere", "v", inventory.Asset{Name: "srv (old name)", UUID: "44454c4c-4200-1035-8052-b4c04f4e3132"})}, 1},
		"a server and its management processor": {[]inventory.Observation{
			look("agent", "a", inventory.Asset{Name: "srv", Kind: inventory.KindServer, Serial: "CZJ1", Interfaces: ports(mac1)}),
			look("snmp", "10.0.0.2:161", inventory.Asset{Name: "ilo-srv", Kind: inventory.KindBMC, Serial: "CZJ1", Interfaces: ports(mac2)})}, 2},
		"routers that share a virtual address": {[]inventory.Observation{
			look("snmp", "10.0.0.1:161", inventory.Asset{Name: "r1", Interfaces: ports("00:00:5e:00:01:0a", mac1)}),
			look("snmp", "10.0.0.2:161", inventory.Asset{Name: "r2", Interfaces: ports("00:00:5e:00:01:0a", mac2)})}, 2},
		"a serial that every device of a batch has": {[]inventory.Observation{
			look("snmp", "10.0.0.1:161", inventory.Asset{Name: "ap-1", Serial: "B123", Interfaces: ports(mac1)}),
			look("snmp", "10.0.0.2:161", inventory.Asset{Name: "ap-2", Serial: "B123", Interfaces: ports(mac2)}),
			look("snmp", "10.0.0.3:161", inventory.Asset{Name: "ap-3", Serial: "B123", Interfaces: ports("00:16:00:00:00:03")})}, 3},
		"factory names": {[]inventory.Observation{
			look("snmp", "10.0.0.1:161", inventory.Asset{Name: "Switch"}),
			look("snmp", "10.0.0.2:161", inventory.Asset{Name: "switch"})}, 2},
		"moved to another municipality": {[]inventory.Observation{
			in("461", look("snmp", "10.0.0.1:161", inventory.Asset{Name: "sw-1", Vendor: "Cisco", Model: "C9300", Serial: "FOC1", Interfaces: ports(mac1)})),
			in("479", look("snmp", "10.1.0.1:161", inventory.Asset{Name: "sve-sw-7", Vendor: "Cisco", Model: "C9300", Serial: "FOC1", Interfaces: ports(mac1)}))}, 1},
		"a serial that stands in two municipalities' sheets": {[]inventory.Observation{
			in("461", look("sheet", "a.csv", inventory.Asset{Name: "srv-1", Serial: "77"})),
			in("479", look("sheet", "b.csv", inventory.Asset{Name: "srv-1", Serial: "77"}))}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			for i := range c.looks {
				c.looks[i].At = monday.Add(time.Duration(i) * time.Hour)
			}
			s, _ := inventory.Merge(empty(), c.looks, monday.Add(24*time.Hour))
			if len(s.Assets) != c.want {
				t.Errorf("want %d assets, got %d: %+v", c.want, len(s.Assets), inventory.Duplicates(s))
			}
			// Seen anew one by one, each look finds the asset that it was of.
			for _, o := range c.looks[len(c.looks)-1:] {
				o.At = o.At.Add(24 * time.Hour)
				again, _ := inventory.Merge(s, []inventory.Observation{o}, o.At)
				if len(again.Assets) != c.want {
					t.Errorf("looking again makes %d assets of %d", len(again.Assets), c.want)
				}
			}
		})
	}
}

func TestMovesAreFollowedAndRecorded(t *testing.T) {
	device := inventory.Asset{Name: "sw-1", Vendor: "Cisco", Model: "C9300", Serial: "FOC1"}
	before := seen("snmp", "10.0.0.1:161", monday, device)
	before.Site = "town-hall"
	first, _ := inventory.Merge(empty(), []inventory.Observation{before}, monday)
	after := seen("snmp", "10.1.0.1:161", monday.Add(48*time.Hour), device)
	after.Site, after.Municipality = "school", "479"
	second, changes := inventory.Merge(first, []inventory.Observation{after}, after.At)
	if len(second.Assets) != 1 || second.Assets[0].ID != first.Assets[0].ID || second.Assets[0].Municipality != "479" {
		t.Fatalf("the switch was not followed: %+v", second.Assets)
	}
	got := map[string]string{}
	for _, c := range changes {
		got[c.Field] = c.From + " → " + c.To + " by " + c.Collector
	}
	if got["site"] != "town-hall → school by snmp" || got["municipality"] != "461 → 479 by snmp" {
		t.Errorf("the move is not in the history: %v", got)
	}
}

func TestClonesAreSuspectedWithReasons(t *testing.T) {
	const uuid = "4c4c4544-0042-3510-8052-b4c04f4e3132"
	s, _ := inventory.Merge(empty(), []inventory.Observation{
		seen("agent", "a", monday, inventory.Asset{Name: "app-1", Kind: inventory.KindVM, UUID: uuid, Interfaces: ports("00:16:00:00:00:01")}),
		seen("agent", "b", monday, inventory.Asset{Name: "app-2", Kind: inventory.KindVM, UUID: uuid, Interfaces: ports("00:16:00:00:00:02")}),
		seen("snmp", "10.0.0.1:161", monday, inventory.Asset{Name: "fw", Serial: "FG1"}),
		seen("snmp", "10.0.0.2:161", monday, inventory.Asset{Name: "fw", Serial: "FG2"}),
	}, monday)
	found := inventory.Duplicates(s)
	if len(found) != 1 || found[0].One() || len(found[0].Settle) == 0 {
		t.Fatalf("want the two clones and not the two firewalls, got %+v", found)
	}
	agrees := map[string]bool{}
	sum := 0
	for _, f := range found[0].Facts {
		agrees[f.On] = f.Agrees
		sum += f.Weight
		if f.Because == "" {
			t.Errorf("%s has no reason", f.On)
		}
	}
	if !agrees["uuid"] || agrees["mac"] || sum != found[0].Score {
		t.Errorf("facts do not explain the score: %+v", found[0])
	}
	decided, d, _, err := inventory.DefaultAgeing().Decide(s, inventory.Decision{Kind: inventory.DecideApart, A: found[0].A.ID, B: found[0].B.ID, By: "Anna", At: monday})
	if err != nil || len(inventory.Duplicates(decided)) != 0 {
		t.Errorf("two that were decided to be two are still suspected: %v", err)
	}
	undone, _, _, err := inventory.DefaultAgeing().Undo(decided, d.ID, "Anna", "", monday.Add(time.Hour))
	if err != nil || len(inventory.Duplicates(undone)) != 1 {
		t.Errorf("taking it back does not bring the suspicion back: %v", err)
	}
}

// device is one of a few machines, some of them clones of each other, as it can be seen.
type device struct {
	serial, uuid string
	macs         []string
	name         string
}

// Whatever the order of looks, at however many addresses, by whichever collectors: as many assets as
// machines, clones apart, and looking again changes nothing.
func TestIdentityProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var machines []device
		for i := range rapid.IntRange(1, 6).Draw(t, "machines") {
			d := device{
				serial: fmt.Sprintf("SN%04d", 1000+i), uuid: fmt.Sprintf("4c4c4544-0042-3510-8052-%012x", 0xabc00+i),
				macs: []string{fmt.Sprintf("00:16:00:00:00:%02x", 2*i), fmt.Sprintf("00:16:00:00:00:%02x", 2*i+1)},
				name: fmt.Sprintf("srv-%d", i),
			}
			if i > 0 && rapid.Bool().Draw(t, "clone") {
				d.serial, d.uuid = machines[i-1].serial, machines[i-1].uuid
			}
			if rapid.Bool().Draw(t, "placeholder") {
				d.serial = rapid.SampledFrom([]string{"None", "0", "To be filled by O.E.M.", "Default string"}).Draw(t, "serial")
			}
			machines = append(machines, d)
		}
		var looks []inventory.Observation
		for i, d := range machines {
			for n := range rapid.IntRange(1, 4).Draw(t, "looks") {
				collector := rapid.SampledFrom([]string{"snmp", "agent", "vsphere"}).Draw(t, "collector")
				looks = append(looks, seen(collector, fmt.Sprintf("10.0.%d.%d", i, n), monday.Add(time.Duration(rapid.IntRange(0, 300).Draw(t, "minute"))*time.Minute),
					inventory.Asset{Name: d.name, Kind: inventory.KindVM, Serial: d.serial, UUID: d.uuid, Interfaces: ports(d.macs...)}))
			}
		}
		at := monday.Add(6 * time.Hour)
		s, _ := inventory.Merge(empty(), looks, at)
		if len(s.Assets) != len(machines) {
			t.Fatalf("%d machines are %d assets", len(machines), len(s.Assets))
		}
		shuffled := append([]inventory.Observation(nil), looks...)
		seed := rapid.Uint64().Draw(t, "seed")
		rand.New(rand.NewPCG(seed, seed)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if other, _ := inventory.Merge(empty(), shuffled, at); other.Hash() != s.Hash() {
			t.Fatal("the order of looks matters")
		}
		again, changes := inventory.Merge(s, shuffled, at)
		if again.Hash() != s.Hash() || len(changes) > 0 {
			t.Fatalf("seeing the same again changes the estate: %v", changes)
		}
	})
}
