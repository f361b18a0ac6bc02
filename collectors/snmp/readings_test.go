package snmp

import (
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/gosnmp/gosnmp"

	"github.com/samdrift/samdrift/inventory"
)

// Every file of readings can be read, says what it is for, and reads no value twice.
func TestReadingsAreSound(t *testing.T) {
	tables, err := readReadings(readingFiles)
	if err != nil {
		t.Fatal(err)
	}
	names, err := fs.Glob(readingFiles, "readings/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(readingFiles, name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(text), "# ") {
			t.Errorf("%s does not start with a line that says what it is about", name)
		}
	}
	seen := map[string]string{}
	for _, table := range tables {
		key := table.Root + " " + strings.Join(table.Devices, ",") + table.purpose
		if at, twice := seen[key]; twice {
			t.Errorf("table %s is there twice for the same devices: %s", table.Root, at)
		}
		seen[key] = table.Root
		for i, r := range table.Readings {
			if !strings.HasPrefix(r.Value, table.Root) {
				t.Errorf("value %s is not in its table %s", r.Value, table.Root)
			}
			for _, other := range table.Readings[:i] {
				if other.Value == r.Value && other.Class == r.Class && other.Index.Regexp == nil && r.Index.Regexp == nil && len(other.When)+len(other.Unless) == 0 {
					t.Errorf("%s is read twice as %s", r.Value, r.Class)
				}
			}
		}
	}
}

// The faults of a file are told together, each with what is wrong.
func TestReadingsTellTheirFaults(t *testing.T) {
	files := fstest.MapFS{"readings/bad.yaml": {Data: []byte(`
tables:
  - root: 1.3.6.1.4.1.99999.1
    readings:
      - {class: heat, value: .1, name: One}
      - {class: state, value: .2, name: Two}
      - {class: state, value: .3, name: Three, states: {1: fine}}
      - {class: voltage, value: .4, name: Four, range: [1]}
      - {class: voltage, value: .5}
      - {class: voltage, value: .6, name: Six, convert: stones}
`)}, "readings/worse.yaml": {Data: []byte("tables:\n  - {root: 1.3, colour: red}\n")}}
	_, err := readReadings(files)
	if err == nil {
		t.Fatal("no fault was found")
	}
	for _, want := range []string{
		"no device is asked", `class "heat"`, "states belong to class state", `state 1 is "fine"`, "range has 1 numbers",
		"no name", `conversion "stones"`, "colour",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\ndoes not tell %q", err, want)
		}
	}
}

// One table with a reading of each form, and what becomes of its rows.
func TestReadingsOfATable(t *testing.T) {
	files := fstest.MapFS{"readings/test.yaml": {Data: []byte(`
states:
  fan: {1: ok running, 2: critical stopped, 3: unknown}
tables:
  - root: 1.3.6.1.4.1.99999.1
    any: true
    readings:
      - {class: temperature, value: .1, name: "{.9} of slot {#1}", divide: 10, skip: ["-999"], range: [-50, 100]}
      - {class: temperature, value: .2, name: "{.9}", convert: fahrenheit, when: {.8: '^F$'}}
      - {class: temperature, value: .2, name: "{.9}", unless: {.8: '^F$'}}
      - {class: current, value: .3, name: "{.10@0:1} outlet {#-1}", decimals: .7}
      - {class: power, value: .4, name: Power, scale: .6}
      - {class: dbm, value: .5, name: Light, convert: milliwatts, index: '\.2$'}
      - {class: state, value: .11, name: Fan, states: fan}
      - {class: state, value: .12, name: Mode, states: {0: ok active, 1: warning passive}, texts: {active: 0, passive: 1}}
      - {class: state, value: .15, name: Errors, bits: true, states: {0: ok none, 3: warning lowToner, 9: warning noTray}}
      - {class: voltage, value: .13, name: "", pattern: '([\d.]+) ?V'}
`)}}
	if _, err := readReadings(files); err == nil || !strings.Contains(err.Error(), "no name") {
		t.Fatalf("an empty name must be told, got %v", err)
	}
	files["readings/test.yaml"].Data = []byte(strings.Replace(string(files["readings/test.yaml"].Data), `name: "",`, `name: "{.14}",`, 1))
	tables, err := readReadings(files)
	if err != nil {
		t.Fatal(err)
	}
	table := tables[0]
	g := newGrid(len(table.columns))
	put := func(column, index string, value any) {
		i := slices.Index(table.columns, ".1.3.6.1.4.1.99999.1"+column)
		if i < 0 {
			t.Fatalf("column %s is not walked", column)
		}
		kind := gosnmp.Integer
		if text, ok := value.(string); ok {
			kind, value = gosnmp.OctetString, []byte(text)
		}
		g.cells[i][index] = gosnmp.SnmpPDU{Type: kind, Value: value}
	}
	put(".1", "1.2", 235)
	put(".1", "1.3", -999)
	put(".1", "1.4", 5000)
	put(".9", "1.2", "Inlet\x00")
	put(".2", "1", 212)
	put(".8", "1", "F")
	put(".2", "2", 21)
	put(".3", "4.7", 1234)
	put(".7", "4.7", 2)
	put(".10", "4", "Bank")
	put(".3", "4.8", 99) // decimals not told
	put(".4", "1", 50)
	put(".6", "1", -10)
	put(".4", "2", 50)
	put(".6", "2", 10)
	put(".5", "1.1", 1)
	put(".5", "1.2", 10)
	put(".5", "2.2", 0) // no light has no dBm
	put(".11", "1", 2)
	put(".11", "2", 9)
	put(".12", "0", "Passive")
	put(".12", "1", "asleep")
	put(".15", "1", "\x00\x00")
	put(".15", "2", "\x20\x00")
	put(".15", "3", "\x00\x80")
	put(".15", "4", 7)
	put(".13", "0", "rail at 12.1 V")
	put(".13", "1", "n/a")
	var got []string
	for _, s := range table.evaluate(g, clock{}) {
		got = append(got, strings.Join([]string{strings.TrimPrefix(s.OID, "1.3.6.1.4.1.99999.1"), s.Class, s.Name, shortest(s.Value), s.Unit, s.State}, "|"))
	}
	want := []string{
		".1.1.2|temperature|Inlet of slot 1|23.5|celsius|",
		".2.1|temperature|temperature 1|100|celsius|",
		".2.2|temperature|temperature 2|21|celsius|",
		".3.4.7|current|Bank outlet 7|12.34|amperes|",
		".4.1|power|Power|5|watts|",
		".4.2|power|Power|500|watts|",
		".5.1.2|dbm|Light|10|dbm|",
		".11.1|state|Fan|2||stopped",
		".11.2|state|Fan|9||",
		".12.0|state|Mode|1||passive",
		".15.1|state|Errors|0||none",
		".15.2|state|Errors|3||lowToner",
		".15.3|state|Errors|9||noTray",
		".13.0|voltage|voltage 0|12.1|volts|",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Scales of entity sensors are exact, whatever the device's idea of precision.
func TestEntityValue(t *testing.T) {
	for _, c := range []struct {
		raw              float64
		scale, precision int64
		want             float64
	}{
		{27375, 9, 3, 27.375},
		{27375, 8, 0, 27.375},
		{418, 9, 1, 41.8},
		{7, 10, 0, 7000},
		{7, 0, 0, 7},            // scale not told
		{33, 9, -2, 33},         // two reliable digits
		{33, 9, 1615384784, 33}, // Cisco's nonsense
		{12, 6, 0, 1.2e-8},
	} {
		if got, ok := entityValue(c.raw, c.scale, c.precision); !ok || got != c.want {
			t.Errorf("entityValue(%v, %d, %d) = %v, %v, want %v", c.raw, c.scale, c.precision, got, ok, c.want)
		}
	}
}

// Levels that are no amounts are told as what they stand for, or not at all.
func TestLevelPercent(t *testing.T) {
	for _, c := range []struct {
		level, capacity int64
		want            string
	}{
		{50, 100, "50"}, {22050, 45000, "49"}, {40, -2, "40"}, {40, 0, "40"}, {0, 100, "0"},
		{supplySomeLeft, 100, "50"}, {supplyOut, 100, "0"}, {supplyUnknown, 100, ""}, {supplyOther, 100, ""},
		{-5, 100, ""}, {300, 100, ""},
	} {
		got := ""
		if p := levelPercent(c.level, c.capacity); p != nil {
			got = shortest(*p)
		}
		if got != c.want {
			t.Errorf("level %d of %d is %q, want %q", c.level, c.capacity, got, c.want)
		}
	}
}

// Memory is what its parts add up to; a share that they do not give is not known.
func TestMemoryOf(t *testing.T) {
	reading := func(class string, value float64) measurement {
		return measurement{Sensor: inventory.Sensor{Class: class, Value: value}}
	}
	for name, c := range map[string]struct {
		readings    []measurement
		total, used float64
	}{
		"total and free": {[]measurement{reading("memory_total", 100), reading("memory_free", 30)}, 100, 70},
		"used and free":  {[]measurement{reading("memory_used", 60), reading("memory_free", 40)}, 100, 60},
		"two pools":      {[]measurement{reading("memory_used", 10), reading("memory_free", 20), reading("memory_used", 30), reading("memory_free", 40)}, 100, 40},
		"total only":     {[]measurement{reading("memory_total", 100)}, 100, -1},
		"nothing":        {nil, 0, -1},
	} {
		total, used, percent := memoryOf(c.readings)
		if total != c.total || used != c.used || percent != nil {
			t.Errorf("%s: total %v, used %v, share %v; want %v, %v, none", name, total, used, percent, c.total, c.used)
		}
	}
}

func shortest(n float64) string { return strconv.FormatFloat(n, 'g', -1, 64) }
