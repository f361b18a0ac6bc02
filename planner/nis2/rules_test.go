package nis2_test

import (
	"strings"
	"testing"
	"time"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

// counted is one case of a rule: what it counts on an estate.
type counted struct {
	name      string
	control   string
	estate    *estate
	answers   []nis2.Answer
	monitored map[string]time.Time
	fills     map[string]nis2.Fill
	loads     map[string]float64
	readings  map[string]nis2.Reading
	facts     []nis2.Facts
	incidents []nis2.Incident
	actions   []nis2.Action
	entries   []nis2.Entry
	failing   string // ids
	unknown   string // ids
	known     int
	excepted  string // ids
}

func (c counted) run(t *testing.T) {
	t.Run(c.control+" "+c.name, func(t *testing.T) {
		list := assessInput(t, load(t), nis2.Input{Snapshot: c.estate.build(), AsOf: today, Answers: c.answers, Monitored: c.monitored, Fills: c.fills, Loads: c.loads, Readings: c.readings, Facts: c.facts, Incidents: c.incidents, Actions: c.actions, Entries: c.entries})
		m := result(t, list[0], c.control).Members
		if m == nil {
			t.Fatal("the rule was not run")
		}
		if got := strings.Join(m.FailingIDs, " "); got != c.failing || m.Failing != len(m.FailingIDs) {
			t.Errorf("failing %q (%d), want %q", got, m.Failing, c.failing)
		}
		if got := strings.Join(m.UnknownIDs, " "); got != c.unknown {
			t.Errorf("unknown %q, want %q", got, c.unknown)
		}
		if got := strings.Join(m.ExceptedIDs, " "); got != c.excepted || m.Excepted != len(m.ExceptedIDs) {
			t.Errorf("excepted %q (%d), want %q", got, m.Excepted, c.excepted)
		}
		if m.Known != c.known || m.Population != m.Known+len(m.UnknownIDs) {
			t.Errorf("known %d of %d, want %d", m.Known, m.Population, c.known)
		}
	})
}

func server(id string, edit func(*inventory.Asset)) inventory.Asset {
	a := inventory.Asset{ID: id, Kind: inventory.KindServer, Name: id}
	if edit != nil {
		edit(&a)
	}
	return a
}

func device(id string, kind inventory.Kind, edit func(*inventory.Asset)) inventory.Asset {
	a := server(id, edit)
	a.Kind = kind
	return a
}

func TestLifecycleRules(t *testing.T) {
	runs := func(name, version string) func(*inventory.Asset) {
		return func(a *inventory.Asset) { a.OS = inventory.OS{Name: name, Version: version} }
	}
	counted{name: "by table, by record, unknown and excepted", control: "21e-01", estate: newEstate("901").
		asset(server("new", runs("Debian", "12"))).
		asset(server("old", runs("Windows Server", "2012 R2"))).
		asset(server("recorded", func(a *inventory.Asset) { a.OS = inventory.OS{Name: "Appliance OS", EndOfSupport: today.AddDays(-1)} })).
		asset(server("last-day", func(a *inventory.Asset) { a.OS = inventory.OS{Name: "Appliance OS", EndOfSupport: today} })).
		asset(server("odd", runs("Appliance OS", "1"))).
		asset(server("nameless", nil)).
		asset(server("paid", func(a *inventory.Asset) { runs("RHEL", "7.9")(a); a.Exception.Until = today.AddDays(30) })).
		asset(device("esx", inventory.KindHypervisor, runs("VMware ESXi", "6.7"))).
		asset(device("switch", inventory.KindSwitch, runs("Debian", "7"))),
		failing: "esx old recorded", unknown: "nameless odd", known: 6, excepted: "paid"}.run(t)

	hardware := func(end int, model, firmware string) func(*inventory.Asset) {
		return func(a *inventory.Asset) {
			a.HardwareEndOfSupport, a.Model, a.Firmware = today.AddDays(end), model, firmware
		}
	}
	counted{name: "passed, described and undescribed", control: "21e-02", estate: newEstate("901").
		asset(device("good", inventory.KindSwitch, hardware(100, "C9300", "17.9"))).
		asset(device("ended", inventory.KindRouter, hardware(-1, "C2900", "15.1"))).
		asset(device("ended-undescribed", inventory.KindFirewall, hardware(-1, "", ""))).
		asset(device("no-firmware", inventory.KindWLAN, hardware(100, "AP", ""))).
		asset(device("no-end", inventory.KindStorage, func(a *inventory.Asset) { a.Model, a.Firmware = "FAS", "9" })).
		asset(device("ended-excepted", inventory.KindStorage, func(a *inventory.Asset) { hardware(-1, "FAS", "9")(a); a.Exception.Until = today })).
		asset(server("server", hardware(-1, "R640", "1"))),
		failing: "ended ended-undescribed", unknown: "no-end no-firmware", known: 4, excepted: "ended-excepted"}.run(t)
}

func TestManagementRules(t *testing.T) {
	speaks := func(protocols ...string) func(*inventory.Asset) {
		return func(a *inventory.Asset) { a.Management.Protocols = protocols }
	}
	counted{name: "protocols", control: "21e-06", estate: newEstate("901").
		asset(device("v3", inventory.KindSwitch, speaks("ssh", "snmpv3-authpriv", "https"))).
		asset(device("v2c", inventory.KindSwitch, speaks("ssh", "snmpv2c"))).
		asset(device("v1", inventory.KindUPS, speaks("snmpv1"))).
		asset(device("telnet", inventory.KindRouter, speaks("telnet"))).
		asset(device("http", inventory.KindHypervisor, speaks("http"))).
		asset(device("silent", inventory.KindFirewall, nil)).
		asset(device("printer", inventory.KindPrinter, speaks("snmpv1"))).
		asset(server("server", speaks("snmpv1"))),
		failing: "http telnet v1 v2c", unknown: "silent", known: 5}.run(t)

	byDefault := func(a *inventory.Asset) {
		a.Management.Protocols, a.Management.DefaultCommunity = []string{"snmpv2c"}, ptr(true)
	}
	e := newEstate("901").fleet(30, func(i int) inventory.Asset {
		return inventory.Asset{Municipality: "901", Kind: inventory.KindSwitch, Management: inventory.Management{Protocols: []string{"snmpv3-authpriv"}, DefaultCommunity: ptr(false)}}
	}).asset(device("printer", inventory.KindPrinter, byDefault))
	counted{name: "a default community counts anywhere", control: "21e-06", estate: e, failing: "printer", known: 31}.run(t)
	r := result(t, assess(t, load(t), e.build(), answer("21e-06", 4))[0], "21e-06")
	if r.Automatic == nil || *r.Automatic != 0 || r.Effective != 0 || r.State != nis2.Contradicted {
		t.Errorf("with a default community in use: automatic %v, level %d, %s; want 0, 0, contradicted", r.Automatic, r.Effective, r.State)
	}
	if r := result(t, assess(t, load(t), e.build())[0], "21e-06"); r.Note != nis2.NoteDefaultSecret {
		t.Errorf("note %q, want %q", r.Note, nis2.NoteDefaultSecret)
	}

	zone := func(z string) func(*inventory.Asset) { return func(a *inventory.Asset) { a.Management.Zone = z } }
	counted{name: "zones", control: "21e-07", estate: newEstate("901").
		asset(device("in", inventory.KindSwitch, zone("mgmt"))).
		asset(device("out", inventory.KindBMC, zone("client"))).
		asset(device("unzoned", inventory.KindPDU, nil)).
		asset(server("server", zone("server"))),
		failing: "out", unknown: "unzoned", known: 2}.run(t)
}

func TestBackupRules(t *testing.T) {
	backup := func(edit func(*inventory.Backup)) func(*inventory.Asset) {
		return func(a *inventory.Asset) {
			a.Site, a.Criticality = "raadhus", inventory.CriticalityBusiness
			a.Backup = &inventory.Backup{LastSuccess: daysAgo(1), ReportedAt: noon}
			if edit != nil {
				edit(a.Backup)
			}
		}
	}
	hoursAgo := func(h int) func(*inventory.Backup) {
		return func(b *inventory.Backup) { b.LastSuccess = noon.Add(-time.Duration(h) * time.Hour) }
	}
	counted{name: "age against the goal", control: "21c-03", estate: newEstate("901").
		asset(server("day-old", backup(hoursAgo(24)))).
		asset(server("older", backup(hoursAgo(25)))).
		asset(server("within-goal", backup(hoursAgo(47)))).
		asset(server("strictest-goal", backup(hoursAgo(47)))).
		asset(server("never", backup(func(b *inventory.Backup) { b.LastSuccess = time.Time{} }))).
		asset(server("exempt", backup(func(b *inventory.Backup) { b.Exempt = true; b.LastSuccess = time.Time{} }))).
		asset(server("unconnected", nil)).
		asset(server("silent-system", backup(func(b *inventory.Backup) { b.ReportedAt = daysAgo(9) }))).
		asset(device("switch", inventory.KindSwitch, nil)).
		system(inventory.System{ID: "s1", RPOHours: 48, Assets: []string{"within-goal", "strictest-goal"}}).
		system(inventory.System{ID: "s2", RPOHours: 30, Assets: []string{"strictest-goal"}}).
		system(inventory.System{ID: "s3", RPOHours: 1, Assets: []string{"day-old"}}),
		failing: "never older strictest-goal", unknown: "silent-system unconnected", known: 5}.run(t)

	isolated := func(offline, immutable *bool, site string) func(*inventory.Asset) {
		return backup(func(b *inventory.Backup) { b.Offline, b.Immutable, b.CopySite = offline, immutable, site })
	}
	counted{name: "isolated and elsewhere", control: "21c-04", estate: newEstate("901").
		asset(server("offline", isolated(ptr(true), nil, "brandstation"))).
		asset(server("immutable", isolated(ptr(false), ptr(true), "brandstation"))).
		asset(server("same-site", isolated(ptr(true), nil, "raadhus"))).
		asset(server("neither", isolated(ptr(false), ptr(false), "brandstation"))).
		asset(server("half-told", isolated(ptr(false), nil, "brandstation"))).
		asset(server("nowhere", isolated(ptr(true), nil, ""))).
		asset(server("unconnected", func(a *inventory.Asset) { a.Criticality = inventory.CriticalitySociety })).
		asset(server("minor", func(a *inventory.Asset) { backup(nil)(a); a.Criticality = inventory.CriticalityMedium })).
		asset(server("by-system", func(a *inventory.Asset) { isolated(ptr(false), ptr(false), "x")(a); a.Criticality = 0 })).
		system(inventory.System{ID: "s1", Criticality: inventory.CriticalityBusiness, Assets: []string{"by-system"}}),
		failing: "by-system neither same-site", unknown: "half-told nowhere unconnected", known: 5}.run(t)

	restored := func(daysAgo int, ok bool, minutes int) func(*inventory.Asset) {
		return backup(func(b *inventory.Backup) {
			b.RestoreTestAt, b.RestoreOK, b.RestoreMinutes = today.AddDays(-daysAgo), ptr(ok), minutes
		})
	}
	critical := func(id string, rto float64, assets ...string) inventory.System {
		return inventory.System{ID: id, Criticality: inventory.CriticalityBusiness, RTOHours: rto, Assets: assets}
	}
	counted{name: "restored in time", control: "21c-05", estate: newEstate("901").
		asset(server("good", restored(10, true, 120))).
		asset(server("failed", restored(10, false, 120))).
		asset(server("long-ago", restored(366, true, 120))).
		asset(server("slow", restored(10, true, 300))).
		asset(server("untimed", restored(10, true, 0))).
		asset(server("untested", backup(nil))).
		asset(server("exempt", backup(func(b *inventory.Backup) { b.Exempt = true }))).
		asset(server("unconnected", nil)).
		system(critical("ok", 4, "good", "exempt")).
		system(critical("one-failed", 4, "good", "failed", "unconnected")).
		system(critical("one-old", 4, "long-ago")).
		system(critical("too-slow", 4, "slow")).
		system(critical("slow-enough", 5, "slow")).
		system(critical("no-goal", 0, "good")).
		system(critical("not-timed", 4, "untimed")).
		system(critical("not-tested", 4, "untested")).
		system(critical("not-connected", 4, "good", "unconnected")).
		system(critical("all-exempt", 4, "exempt")).
		system(critical("not-mapped", 4)).
		system(inventory.System{ID: "minor", Criticality: inventory.CriticalityMedium}),
		failing: "not-tested one-failed one-old too-slow", unknown: "all-exempt no-goal not-connected not-mapped not-timed", known: 6}.run(t)
}

func TestMonitoringRule(t *testing.T) {
	important := func(a *inventory.Asset) { a.Criticality = inventory.CriticalityBusiness }
	build := func() *estate {
		return newEstate("901").
			asset(server("watched", important)).
			asset(server("silent", important)).
			asset(device("forgotten", inventory.KindSwitch, important)).
			asset(device("printer", inventory.KindPrinter, important)).
			asset(server("minor", nil))
	}
	counted{name: "watched, silent and forgotten", control: "21b-02", estate: build(),
		monitored: map[string]time.Time{"watched": daysAgo(1), "silent": noon.Add(-25 * time.Hour), "minor": noon},
		failing:   "forgotten silent", known: 3}.run(t)
	counted{name: "not asked", control: "21b-02", estate: build(), unknown: "forgotten silent watched"}.run(t)
	counted{name: "watches nothing", control: "21b-02", estate: build(), monitored: map[string]time.Time{},
		failing: "forgotten silent watched", known: 3}.run(t)
	counted{name: "stopped a week ago", control: "21b-02", estate: build(), monitored: map[string]time.Time{"watched": daysAgo(7)},
		unknown: "forgotten silent watched"}.run(t)
}

func TestCapacityRule(t *testing.T) {
	important := func(a *inventory.Asset) { a.Criticality = inventory.CriticalityBusiness }
	build := func() *estate {
		return newEstate("901").
			asset(server("roomy", important)).
			asset(server("full", important)).
			asset(server("filling", important)).
			asset(server("new", important)).
			asset(server("new-and-full", important)).
			asset(device("no-volumes", inventory.KindSwitch, important)).
			asset(server("minor", nil))
	}
	counted{name: "roomy, full and filling", control: "21c-08", estate: build(), fills: map[string]nis2.Fill{
		"roomy": {Now: 0.9, Soon: ptr(0.89)}, "full": {Now: 0.91, Soon: ptr(0.5)}, "filling": {Now: 0.4, Soon: ptr(0.9)},
		"new": {Now: 0.1}, "new-and-full": {Now: 0.95}, "minor": {Now: 1},
	}, failing: "filling full new-and-full", unknown: "new", known: 4}.run(t)
	counted{name: "not asked", control: "21c-08", estate: build(), unknown: "filling full new new-and-full no-volumes roomy"}.run(t)
}

// Links and uplinks: of a router and a firewall every port that is up, of a switch those towards other network
// devices. What is not measured, or not for a day, leaves its device unknown.
func TestCapacityOfLinks(t *testing.T) {
	port := func(index int, name string) inventory.Interface {
		return inventory.Interface{Index: index, Name: name, Type: "ethernetCsmacd", Oper: "up", SpeedBPS: 1e9}
	}
	with := func(ports ...inventory.Interface) func(*inventory.Asset) {
		return func(a *inventory.Asset) { a.Criticality, a.Interfaces = inventory.CriticalityBusiness, ports }
	}
	down, view, slow := port(2, "wan2"), port(3, "vlan10"), port(4, "wan4")
	down.Oper, view.Type, slow.SpeedBPS = "down", "l3ipvlan", 0
	wired := func(neighbours ...string) func(*inventory.Asset) {
		return func(a *inventory.Asset) {
			with(port(1, "gi1"), port(2, "gi2"), port(3, "gi3"))(a)
			for i, name := range neighbours {
				a.Neighbours = append(a.Neighbours, inventory.Neighbour{LocalPort: "gi" + itoa(i+1), RemoteName: name})
			}
		}
	}
	build := func() *estate {
		e := newEstate("901").
			asset(device("router", inventory.KindRouter, with(port(1, "wan"), down, view, slow))).
			asset(device("firewall", inventory.KindFirewall, with(port(1, "wan"), port(2, "lan")))).
			asset(device("unmeasured", inventory.KindFirewall, with(port(1, "wan")))).
			asset(device("access", inventory.KindSwitch, wired("ROUTER.nordby.dk", "phone-7", "server"))).
			asset(device("island", inventory.KindSwitch, wired("phone-7", "server"))).
			asset(device("minor", inventory.KindRouter, func(a *inventory.Asset) { a.Interfaces = []inventory.Interface{port(1, "wan")} })).
			asset(server("server", with(port(1, "eth0"))))
		e.Links = append(e.Links, inventory.Link{ID: "fibre", Municipality: "901"}, inventory.Link{ID: "spare", Municipality: "901"},
			inventory.Link{ID: "theirs", Municipality: "902"}, inventory.Link{ID: "radio", Municipality: "901"})
		return e
	}
	keys := []string{}
	for _, u := range nis2.Uplinks(build().build()) {
		keys = append(keys, u.Key())
	}
	if got := strings.Join(keys, ", "); got != "access 1, firewall 1, firewall 2, router 1, unmeasured 1" {
		t.Errorf("the uplinks are %s", got)
	}
	counted{name: "links", control: "21c-08", estate: build(), fills: map[string]nis2.Fill{"access": {Now: 0.2, Soon: ptr(0.2)}, "server": {Now: 0.95}},
		loads:   map[string]float64{"router 1": 0.9, "router 2": 1, "firewall 1": 0.1, "firewall 2": 0.91, "access 1": 0.3, "minor 1": 1, "fibre": 0.89, "radio": 0.97},
		failing: "firewall link:radio server", unknown: "link:spare unmeasured", known: 6}.run(t)
	counted{name: "a full disk counts although the uplink is not measured", control: "21c-08", estate: build(), fills: map[string]nis2.Fill{"access": {Now: 0.95, Soon: ptr(1.0)}},
		failing: "access", unknown: "firewall link:fibre link:radio link:spare router unmeasured", known: 1}.run(t)
}
