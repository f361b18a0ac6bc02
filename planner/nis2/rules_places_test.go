package nis2_test

import (
	"strings"
	"testing"
	"time"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

// placed puts a piece of equipment.
func placed(site string) func(*inventory.Asset) { return func(a *inventory.Asset) { a.Site = site } }

func TestRoomsPowered(t *testing.T) {
	ups := func(id, site string, tests ...int) inventory.Asset {
		return device(id, inventory.KindUPS, func(a *inventory.Asset) {
			a.Site = site
			for _, ago := range tests {
				a.Sensors = append(a.Sensors, inventory.Sensor{Class: "date", Name: "Battery test", Value: float64(today.AddDays(-ago))})
			}
		})
	}
	sound, warm := func(c float64) nis2.Reading {
		return nis2.Reading{Critical: ptr(false), Coldest: ptr(c), Warmest: ptr(c)}
	}, nis2.Reading{Critical: ptr(false), Coldest: ptr(22.0), Warmest: ptr(35.1)}
	places := strings.Fields("good old-test edge faulty warm cold two untested no-state no-thermometer bare")
	e := newEstate("901")
	for _, site := range places {
		e.asset(device("fw-"+site, inventory.KindFirewall, placed(site)))
	}
	e.asset(ups("u-good", "good", 30, 400)).asset(ups("u-old", "old-test", 366)).asset(ups("u-edge", "edge", 365)).
		asset(ups("u-faulty", "faulty", 10)).asset(ups("u-warm", "warm", 10)).asset(ups("u-cold", "cold", 10)).
		asset(ups("u-two-old", "two", 700)).asset(ups("u-two", "two", 5)).asset(ups("u-untested", "untested")).
		asset(ups("u-no-state", "no-state", 5)).asset(ups("u-nothermo", "no-thermometer", 5)).
		asset(device("sw-school", inventory.KindSwitch, placed("school"))). // no core network
		asset(server("vm", func(a *inventory.Asset) { a.Kind, a.Site = inventory.KindVM, "cloud" })).
		asset(server("nowhere", nil))
	counted{name: "as monitored", control: "21c-07", estate: e, readings: map[string]nis2.Reading{
		"u-good": sound(22), "u-old": sound(22), "u-edge": sound(10), "u-faulty": {Critical: ptr(true), Coldest: ptr(22.0), Warmest: ptr(22.0)},
		"u-warm": warm, "u-cold": sound(9.9), "u-two-old": sound(35), "u-two": sound(22), "u-untested": sound(22),
		"u-no-state": {Coldest: ptr(22.0), Warmest: ptr(22.0)}, "u-nothermo": {Critical: ptr(false)},
	}, failing: "room:cold room:faulty room:old-test room:warm", unknown: "room:? room:bare room:no-state room:no-thermometer room:untested", known: 7}.run(t)

	climate := func(taken inventory.Date, rows string) []nis2.Facts {
		f, err := nis2.ParseFacts("901", "room_climate", "csv", taken, []byte("site,room,ups_ok,battery_test_at,temperature,temperature_at\n"+rows))
		if err != nil {
			t.Fatal(err)
		}
		return []nis2.Facts{f}
	}
	build := func() *estate {
		e := newEstate("901")
		e.Sites = []inventory.Site{{ID: "901-hall", Municipality: "901", Name: "Rådhus"}, {ID: "901-school", Municipality: "901", Name: "Skolen"}}
		return e.asset(server("a", placed("901-hall"))).asset(ups("u", "901-school")).asset(device("r", inventory.KindRouter, placed("901-school")))
	}
	const noon, elevenOne, eleven = "2026-11-21T12:00:00Z", "2026-11-21T11:00:00Z", "2026-11-21T10:59:59Z"
	counted{name: "as imported", control: "21c-07", estate: build(), facts: climate(today, `rådhus,kælder,ja,2026-01-01,21,`+noon+`
901-hall,loft,nej,2026-01-01,21,`+noon+`
Rådhus,never,ja,ingen,21,`+noon+`
Rådhus,silent,ja,2026-01-01,21,`+eleven+`
Rådhus,just,ja,2026-01-01,21,`+elevenOne+`
Rådhus,untold,ja,,21,`+noon+`
Rådhus,cold,,,-4,`+noon+`
depot,,ja,2025-11-21,35,`+noon+`
`), failing: "room:901-hall/cold room:901-hall/loft room:901-hall/never room:901-hall/silent",
		unknown: "room:901-hall/untold room:901-school", known: 7}.run(t)

	// The monitoring sees the UPS, the file knows of its test: what was passed stays passed.
	both := map[string]nis2.Reading{"u": sound(20)}
	tested := "Skolen,,,2026-01-01,,\nRådhus,,ja,2026-01-01,21," + noon + "\n"
	counted{name: "the file knows of the test", control: "21c-07", estate: build(), readings: both, facts: climate(today, tested), known: 2}.run(t)
	late := strings.ReplaceAll(tested, "2026-11-21", "2026-11-16")
	counted{name: "an old file still knows of the test", control: "21c-07", estate: build(), readings: both, facts: climate(today.AddDays(-5), late), unknown: "room:901-hall", known: 1}.run(t)
	counted{name: "that there was no test is as old as the file", control: "21c-07", estate: build(), readings: both,
		facts: climate(today.AddDays(-5), "Skolen,,,ingen,,\n"), unknown: "room:901-hall room:901-school"}.run(t)
	counted{name: "no test", control: "21c-07", estate: build(), readings: both, facts: climate(today, "Skolen,,,ingen,,\n"), failing: "room:901-school", unknown: "room:901-hall", known: 1}.run(t)
	counted{name: "two rooms of a site are not told apart by the monitoring", control: "21c-07", estate: build(), readings: both,
		facts: climate(today, "Skolen,a,,2026-01-01,,\nSkolen,b,,2026-01-01,,\n"), unknown: "room:901-hall room:901-school/a room:901-school/b"}.run(t)

	// Nothing is connected, or only part of it is known: never a pass.
	cat := load(t)
	if r := result(t, assessInput(t, cat, nis2.Input{Snapshot: build().build(), AsOf: today})[0], "21c-07"); r.Note != nis2.NoteNotConnected {
		t.Errorf("without monitoring and file: %q", r.Note)
	}
	in := nis2.Input{Snapshot: build().build(), AsOf: today, Readings: map[string]nis2.Reading{}, Answers: []nis2.Answer{answer("21c-07", 4)}}
	if r := result(t, assessInput(t, cat, in)[0], "21c-07"); r.Automatic != nil || r.Note != nis2.NoteLowCoverage || r.Effective != 4 {
		t.Errorf("monitored, and nothing is seen: automatic %v, note %q, level %d", r.Automatic, r.Note, r.Effective)
	}
	in.Readings, in.Facts = both, climate(today, "Skolen,,,ingen,,\n")
	if r := result(t, assessInput(t, cat, in)[0], "21c-07"); r.State != nis2.Contradicted || r.Effective != 1 || r.Coverage != 0.5 {
		t.Errorf("half is known, and fails: %s, level %d, coverage %g; want contradicted, 1, 0.5", r.State, r.Effective, r.Coverage)
	}
}

func TestRoomsGuarded(t *testing.T) {
	e := newEstate("901").asset(server("a", placed("901-hall"))).asset(device("sw", inventory.KindSwitch, placed("901-school"))).
		asset(device("ap", inventory.KindWLAN, placed("901-library"))).asset(device("esx", inventory.KindHypervisor, placed("901-depot")))
	e.Sites = []inventory.Site{{ID: "901-hall", Municipality: "901", Name: "Rådhus"}, {ID: "901-school", Municipality: "901", Name: "Skole"},
		{ID: "901-school-2", Municipality: "901", Name: "Skole"}}
	read := func(taken inventory.Date) []nis2.Facts {
		f, err := nis2.ParseFacts("901", "room_access", "csv", taken, []byte(`site;room;access_log;door_alarm
RÅDHUS;kælder;ja;ja
901-hall;loft;ja;nej
901-hall;arkiv;nej;
901-hall;skab;;ja
Skole;;ja;ja
`))
		if err != nil {
			t.Fatal(err)
		}
		return []nis2.Facts{f}
	}
	f := read(today)
	if got := strings.Join(f[0].Unmatched(e.build()), " "); got != "Skole" { // two sites have that name
		t.Errorf("unmatched %q", got)
	}
	counted{name: "logs and alarms", control: "21i-09", estate: e, facts: f, failing: "room:901-hall/arkiv room:901-hall/loft",
		unknown: "room:901-depot room:901-hall/skab room:901-school", known: 4}.run(t)
	counted{name: "stale", control: "21i-09", estate: e, facts: read(today.AddDays(-121)),
		unknown: "room:901-depot room:901-hall/arkiv room:901-hall/kælder room:901-hall/loft room:901-hall/skab room:901-school room:Skole"}.run(t)
}

func TestRangesRegistered(t *testing.T) {
	host := func(id string, first time.Time, addresses ...string) inventory.Asset {
		return device(id, inventory.KindFirewall, func(a *inventory.Asset) {
			a.FirstSeen = first
			for _, x := range addresses {
				a.Addresses = append(a.Addresses, inventory.Address{IP: x, Prefix: map[bool]int{true: 64, false: 28}[strings.Contains(x, ":")]})
			}
		})
	}
	e := newEstate("901").
		asset(host("fw", daysAgo(100), "10.0.0.1", "100.64.1.1", "203.0.113.5", "198.51.100.17", "2001:db8:1::1", "::ffff:192.0.2.200", "no address")).
		asset(host("old", daysAgo(100), "198.51.100.200", "198.51.100.201")).
		asset(host("new", daysAgo(14), "198.51.100.225")).
		asset(host("undated", time.Time{}, "198.51.100.241"))
	read := func(rows string) []nis2.Facts {
		return []nis2.Facts{facts(t, "address_ranges", "range,in_use,in_use_since,registered_at\n"+rows)}
	}
	counted{name: "registered, late and untold", control: "23-06", estate: e, facts: read(`203.0.113.0/25,ja,2020-01-01,2025-10-01
192.0.2.0/24,,,ingen
198.51.100.0-198.51.100.31,ja,2026-11-08,ingen
198.51.100.64/27,ja,2026-11-06,ingen
198.51.100.96/27,ja,,ingen
198.51.100.128/27,ja,2020-01-01,
198.51.100.160/28,,,2025-10-01
198.51.100.176/28,nej,,ingen
2001:db8::/33,nej,,2025-10-01
203.0.113.128/26,nej,,2025-10-01
203.0.113.64-203.0.113.191,ja,2020-01-01,
`), failing: "range:192.0.2.0/24 range:198.51.100.192/28 range:198.51.100.64/27",
		unknown: "range:198.51.100.128/27 range:198.51.100.160/28 range:198.51.100.240/28 range:198.51.100.96/27", known: 8}.run(t)

	for text, want := range map[string]string{
		"10.0.0.0/8": "not public", "203.0.113.5/24": "want 203.0.113.0/24", "203.0.113.9-203.0.113.1": "ends before", "vores": "want a network",
		"203.0.113.1-2001:db8::1": "ends before", "fe80::1%eth0": "want a network",
	} {
		_, err := nis2.ParseFacts("901", "address_ranges", "csv", today, []byte("range\n192.0.2.0/24\n"+text+"\n"))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "row 3") {
			t.Errorf("%s: %v, want row 3 and %q", text, err, want)
		}
	}
	if _, err := nis2.ParseFacts("901", "address_ranges", "csv", today, []byte("range\n192.0.2.0/24\n192.0.2.0-192.0.2.255\n")); err == nil || !strings.Contains(err.Error(), "the same as row 2") {
		t.Errorf("the same range twice: %v", err)
	}
}

// Rows about rooms are strict too.
func TestPlacesRows(t *testing.T) {
	for _, c := range []struct{ dataset, csv, want string }{
		{"room_climate", "room\nkælder\n", `column "site" is missing`},
		{"room_climate", "site,temperature\nhal,21\n", "go together"},
		{"room_climate", "site,battery_test_at\nhal,2026-11-22\n", "after 2026-11-21"},
		{"room_climate", "site,temperature,temperature_at\nhal,warm,2026-11-21T10:00:00Z\n", "want a number"},
		{"room_access", "site,access_log,person\nhal,ja,Anna\n", `column "person" is unknown`},
		{"room_access", "site,door_alarm\nhal,måske\n", "want yes or no"},
		{"room_access", "site,room\nhal,a\nHAL,b\nhal,a\n", "the same as row 2"},
	} {
		if _, err := nis2.ParseFacts("901", c.dataset, "csv", today, []byte(c.csv)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %q: %v, want %q", c.dataset, c.csv, err, c.want)
		}
	}
}
