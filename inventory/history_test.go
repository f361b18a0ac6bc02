package inventory_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/inventory"
)

// differences gives what Diff says of one asset seen twice, as "field part: from → to".
func differences(t *testing.T, first, second inventory.Asset, tables map[string]inventory.TableStatus) []string {
	t.Helper()
	before, _ := inventory.Merge(empty(), []inventory.Observation{seen("snmp", "10.0.0.1:161", monday, first)}, monday)
	look := seen("snmp", "10.0.0.1:161", monday.Add(time.Hour), second)
	look.Tables = tables
	_, changes := inventory.Merge(before, []inventory.Observation{look}, look.At)
	var all []string
	for _, c := range changes {
		if c.Collector != "snmp" || c.Source != "10.0.0.1:161" || !c.At.Equal(look.At) {
			t.Errorf("%s %s: who saw it and when is lost: %+v", c.Field, c.Part, c)
		}
		all = append(all, c.Field+" "+c.Part+": "+c.From+" → "+c.To)
	}
	return all
}

func TestReadingsAndRenumberingAreNoChange(t *testing.T) {
	level, lower := 80.0, 20.0
	first := inventory.Asset{
		Name: "sw-1", Serial: "FOC1", Interfaces: ports("00:16:00:00:00:01", "00:16:00:00:00:02"),
		Addresses: []inventory.Address{{IP: "10.0.0.1", Interface: 1}},
		Volumes:   []inventory.Volume{{Name: "flash", TotalBytes: 100, UsedBytes: 10}},
		Sensors:   []inventory.Sensor{{OID: "1.3", Value: 20}}, Supplies: []inventory.Supply{{Name: "black", LevelPercent: &level}},
		Stations: []inventory.Station{{MAC: "00:16:00:00:00:09"}}, Backup: &inventory.Backup{LastSuccess: monday},
	}
	second := first
	second.Interfaces = []inventory.Interface{first.Interfaces[1], first.Interfaces[0]}
	second.Interfaces[0].Index, second.Interfaces[1].Index = 501, 502
	second.Addresses = []inventory.Address{{IP: "10.0.0.1", Interface: 502}}
	second.Volumes = []inventory.Volume{{Name: "flash", TotalBytes: 100, UsedBytes: 90}}
	second.Sensors = []inventory.Sensor{{OID: "1.3", Value: 70}}
	second.Supplies = []inventory.Supply{{Name: "black", LevelPercent: &lower}}
	second.Stations, second.Backup = nil, &inventory.Backup{LastSuccess: monday.Add(time.Hour)}
	if got := differences(t, first, second, nil); got != nil {
		t.Errorf("nothing of the inventory changed, got %v", got)
	}
}

func TestTablesAreComparedRowByRow(t *testing.T) {
	first := inventory.Asset{Name: "sw-1", Serial: "FOC1", Interfaces: ports("00:16:00:00:00:01", "00:16:00:00:00:02"),
		VLANs: []inventory.VLAN{{ID: 10, Name: "admin"}, {ID: 20, Name: "school"}}}
	second := first
	second.Interfaces = ports("00:16:00:00:00:01", "00:16:00:00:00:03")
	second.Interfaces[0].Alias = `uplink "north"`
	second.VLANs = []inventory.VLAN{{ID: 10, Name: "admin"}, {ID: 30, Name: "care"}}
	want := []string{
		`interfaces Gi1/0/1 alias:  → uplink "north"`,
		"interfaces Gi1/0/2 mac: 00:16:00:00:00:02 → 00:16:00:00:00:03",
		"vlans 20: name school → ",
		"vlans 30:  → name care",
	}
	if d := cmp.Diff(want, differences(t, first, second, nil)); d != "" {
		t.Error(d)
	}
	// A table that was cut short takes nothing away; one that was read to its end and is empty does.
	second = first
	second.VLANs = []inventory.VLAN{{ID: 30, Name: "care"}}
	if d := cmp.Diff([]string{"vlans 30:  → name care"}, differences(t, first, second, map[string]inventory.TableStatus{"vlans": {State: inventory.TablePartial}})); d != "" {
		t.Error(d)
	}
	second.VLANs = nil
	if got := differences(t, first, second, map[string]inventory.TableStatus{"vlans": {State: inventory.TableComplete}}); len(got) != 2 {
		t.Errorf("want both VLANs gone, got %v", got)
	}
	if got := differences(t, first, second, map[string]inventory.TableStatus{"vlans": {State: inventory.TableAbsent}}); got != nil {
		t.Errorf("a table that is not there says nothing of what is known, got %v", got)
	}
}

func TestFoldGivesFirstAndLast(t *testing.T) {
	step := func(field, from, to string) inventory.Change {
		return inventory.Change{Noun: "asset", ID: "a1", Field: field, From: from, To: to}
	}
	got := inventory.Fold([]inventory.Change{
		step("name", "a", "b"), step("firmware", "1", "2"), step("name", "b", "c"), step("firmware", "2", "1"), step("", "", "switch"),
	})
	if d := cmp.Diff([]inventory.Change{step("", "", "switch"), step("name", "a", "c")}, got); d != "" {
		t.Error(d)
	}
}

func TestEvidenceIsCarried(t *testing.T) {
	o := seen("snmp", "10.0.0.1:161", monday, inventory.Asset{Name: "sw-1", Serial: "FOC1", Vendor: "Cisco"})
	o.Evidence = map[string]string{"serial": "ENTITY-MIB chassis", "vendor": "sysObjectID 1.3.6.1.4.1.9"}
	s, _ := inventory.Merge(empty(), []inventory.Observation{o}, monday)
	later := seen("snmp", "10.0.0.1:161", monday.Add(time.Hour), inventory.Asset{Vendor: "Cisco Systems"})
	later.Evidence = map[string]string{"vendor": "sysDescr"}
	s, _ = inventory.Merge(s, []inventory.Observation{later}, later.At)
	got := map[string]string{}
	for _, f := range inventory.Fields(&s.Assets[0]) {
		got[f.Name] = f.Origin.Evidence
	}
	if got["serial"] != "ENTITY-MIB chassis" || got["vendor"] != "sysDescr" || got["name"] != "" {
		t.Errorf("evidence is %v", got)
	}
}

// Who has not been seen ages; who could not be looked at is never called gone.
func TestAgeing(t *testing.T) {
	const day = 24 * time.Hour
	failed := func(o inventory.Observation, status inventory.Status) inventory.Observation {
		o.Asset, o.Status = nil, status
		return o
	}
	device := seen("snmp", "10.0.0.1:161", monday, inventory.Asset{Name: "sw-1", Serial: "FOC1"})
	neighbour := seen("snmp", "10.0.0.2:161", monday, inventory.Asset{Name: "sw-2", Serial: "FOC2"})
	at := func(o inventory.Observation, days int) inventory.Observation {
		o.At = monday.Add(time.Duration(days) * day)
		return o
	}
	for name, c := range map[string]struct {
		looks []inventory.Observation
		days  int
		want  inventory.Presence
		note  string
	}{
		"seen lately":                        {nil, 10, inventory.Present, ""},
		"no answer, others answer":           {[]inventory.Observation{at(failed(device, inventory.StatusUnreachable), 20), at(neighbour, 20)}, 20, inventory.Stale, inventory.NoAnswer},
		"no answer for long, others answer":  {[]inventory.Observation{at(failed(device, inventory.StatusUnreachable), 100), at(neighbour, 100)}, 100, inventory.Gone, inventory.NoAnswer},
		"nobody answers for long":            {[]inventory.Observation{at(failed(device, inventory.StatusUnreachable), 100), at(failed(neighbour, inventory.StatusUnreachable), 100)}, 100, inventory.Stale, inventory.CollectorSilent},
		"the collector stopped":              {nil, 100, inventory.Stale, inventory.CollectorSilent},
		"credentials refused, others answer": {[]inventory.Observation{at(failed(device, inventory.StatusRefused), 100), at(neighbour, 100)}, 100, inventory.Stale, inventory.LookFailed},
		"no longer listed, others are":       {[]inventory.Observation{at(neighbour, 100)}, 100, inventory.Gone, inventory.NotReported},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := inventory.Merge(empty(), []inventory.Observation{device, neighbour}, monday)
			s, changes := inventory.Merge(s, c.looks, monday.Add(time.Duration(c.days)*day))
			for _, a := range s.Assets {
				if a.Serial == "FOC1" && (a.Presence != c.want || a.PresenceNote != c.note) {
					t.Errorf("%s %q, want %s %q", a.Presence, a.PresenceNote, c.want, c.note)
				}
			}
			if c.want != inventory.Present && len(changes) == 0 {
				t.Error("ageing is not in the history")
			}
		})
	}
	short := inventory.Ageing{StaleAfter: day, GoneAfter: 2 * day}
	s, _ := short.Merge(empty(), []inventory.Observation{device, neighbour}, monday)
	s, _ = short.Merge(s, []inventory.Observation{at(neighbour, 3)}, monday.Add(3*day))
	if len(s.Assets) != 2 || s.Assets[0].Presence == s.Assets[1].Presence {
		t.Errorf("with periods of a day and two, one of the two is gone and kept: %+v", s.Assets)
	}
	if (inventory.Ageing{StaleAfter: day, GoneAfter: day}).Validate() == nil {
		t.Error("gone no later than stale is accepted")
	}
}
