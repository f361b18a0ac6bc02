package inventory_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/inventory"
)

func networkOf(ids ...string) []inventory.Asset {
	var assets []inventory.Asset
	for _, id := range ids {
		assets = append(assets, inventory.Asset{ID: id, Municipality: "479", Name: id + ".svendborg.example"})
	}
	return assets
}

func TestCableBothEndsOnce(t *testing.T) {
	assets := networkOf("core", "access")
	assets[0].Interfaces = []inventory.Interface{{Index: 1, Name: "Te1/1", Descr: "TenGigabitEthernet1/1"}}
	assets[0].Neighbours = []inventory.Neighbour{{Protocol: "lldp", LocalPort: "Te1/1", RemoteName: "ACCESS", RemotePort: "49"}}
	assets[1].Neighbours = []inventory.Neighbour{
		{Protocol: "cdp", LocalPort: "49", RemoteName: "core.svendborg.example", RemotePort: "TenGigabitEthernet1/1"},
		{Protocol: "lldp", LocalPort: "3", RemoteName: "phone-17", RemoteID: "00:11:22:33:44:55", RemotePlatform: "desk phone"},
	}
	got := inventory.Cable(assets)
	want := inventory.Topology{
		Connections: []inventory.Connection{{
			Municipality: "479", A: inventory.End{Asset: "access", Port: "49"}, B: inventory.End{Asset: "core", Port: "Te1/1"},
			Protocols: []string{"cdp", "lldp"}, Mutual: true,
		}},
		Unknown: []inventory.Sighting{{
			Municipality: "479", Name: "phone-17", ID: "00:11:22:33:44:55", Platform: "desk phone", Protocols: []string{"lldp"},
			SeenBy: []inventory.End{{Asset: "access", Port: "3"}},
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Two cables between the same two switches are two, even though each end only knows its own ports.
func TestCableParallel(t *testing.T) {
	assets := networkOf("a", "b")
	assets[0].Neighbours = []inventory.Neighbour{{Protocol: "lldp", LocalPort: "1", RemoteName: "b", RemotePort: "11"}, {Protocol: "lldp", LocalPort: "2", RemoteName: "b", RemotePort: "12"}}
	assets[1].Neighbours = []inventory.Neighbour{{Protocol: "lldp", LocalPort: "11", RemoteName: "a", RemotePort: "1"}, {Protocol: "lldp", LocalPort: "12", RemoteName: "a", RemotePort: "2"}}
	got := inventory.Cable(assets).Connections
	if len(got) != 2 || !got[0].Mutual || !got[1].Mutual {
		t.Errorf("connections %+v, want two that both ends confirm", got)
	}
}

// A server says nothing itself: the switch port that has learned the fewest addresses is where it is.
func TestCableByBridgeTable(t *testing.T) {
	assets := networkOf("core", "access", "server")
	mac := "aa:bb:cc:00:00:01"
	assets[2].Interfaces = []inventory.Interface{{Index: 2, Name: "eth0", MAC: mac}}
	for i := range 40 {
		assets[0].Stations = append(assets[0].Stations, inventory.Station{MAC: fmt.Sprintf("aa:bb:cc:00:01:%02x", i), Interface: 1})
	}
	assets[0].Stations = append(assets[0].Stations, inventory.Station{MAC: mac, Interface: 1})
	assets[1].Interfaces = []inventory.Interface{{Index: 7, Name: "Gi0/7"}}
	assets[1].Stations = []inventory.Station{{MAC: mac, VLAN: 10, Interface: 7}, {MAC: mac, VLAN: 20, Interface: 7}}
	got := inventory.Cable(assets).Connections
	want := []inventory.Connection{{
		Municipality: "479", A: inventory.End{Asset: "access", Port: "Gi0/7"}, B: inventory.End{Asset: "server"}, Protocols: []string{"fdb"},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A name that two assets share, and a device of another municipality, are not guessed at.
func TestCableGuessesNothing(t *testing.T) {
	assets := networkOf("a", "b", "c")
	assets[1].Name, assets[2].Name = "switch", "switch"
	assets = append(assets, inventory.Asset{ID: "d", Municipality: "461", Name: "d"})
	assets[0].Neighbours = []inventory.Neighbour{{Protocol: "lldp", LocalPort: "1", RemoteName: "switch"}, {Protocol: "lldp", LocalPort: "2", RemoteName: "d"}}
	got := inventory.Cable(assets)
	if len(got.Connections) != 0 || len(got.Unknown) != 2 {
		t.Errorf("topology %+v, want two unknown neighbours", got)
	}
}

func TestCableOrderIrrelevant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := []string{"a", "b", "c", "d", "e"}
		assets := networkOf(names...)
		port := rapid.SampledFrom([]string{"1", "2", "3", ""})
		for i := range assets {
			for range rapid.IntRange(0, 4).Draw(t, "neighbours") {
				assets[i].Neighbours = append(assets[i].Neighbours, inventory.Neighbour{
					Protocol: "lldp", LocalPort: port.Draw(t, "local"),
					RemoteName: rapid.SampledFrom(append(names, "x", "y")).Draw(t, "name"), RemotePort: port.Draw(t, "remote"),
				})
			}
		}
		want := inventory.Cable(assets)
		shuffled := rapid.Permutation(assets).Draw(t, "order")
		if diff := cmp.Diff(want, inventory.Cable(slices.Clone(shuffled))); diff != "" {
			t.Fatalf("another order, another topology:\n%s", diff)
		}
		for _, c := range want.Connections {
			if c.A.Asset >= c.B.Asset {
				t.Fatalf("ends out of order: %+v", c)
			}
		}
	})
}
