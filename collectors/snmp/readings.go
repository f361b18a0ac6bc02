package snmp

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"
)

// What devices measure: one file per vendor family (and one per standard MIB), each a list of tables
// with the readings in them.
//
//go:embed readings/*.yaml
var readingFiles embed.FS

// readingFamily is one file.
type readingFamily struct {
	Devices []string                  `yaml:"devices"` // sysObjectIDs or prefixes whose devices are asked, unless a table says otherwise
	Hosted  bool                      `yaml:"hosted"`  // see readingTable
	States  map[string]map[int]string `yaml:"states"`  // numbers' meanings that several readings share, by name
	Tables  []readingTable            `yaml:"tables"`
}

// readingTable is a table or a group of scalars that a device either has or has not: one value
// beneath Root tells.
type readingTable struct {
	Root     string    `yaml:"root"`
	Devices  []string  `yaml:"devices"` // overrides the family's
	Any      bool      `yaml:"any"`     // asked of every device: a standard MIB
	Hosted   bool      `yaml:"hosted"`  // also asked of general agents (net-snmp, Windows), below which vendors put their own MIBs
	Readings []reading `yaml:"readings"`

	purpose string   // what its readings are used for
	columns []string // every column that the readings want, values first
}

// reading is one column of values. OIDs that start with a dot are relative to the table's root, and
// none ends with the .0 of scalars.
type reading struct {
	Class string `yaml:"class"`
	Value string `yaml:"value"`
	Name  string `yaml:"name"` // template, see nameOf

	// value = (raw * multiply / divide / 10^decimals * scale) + add, then convert
	Multiply float64 `yaml:"multiply"`
	Divide   float64 `yaml:"divide"`
	Add      float64 `yaml:"add"`
	Decimals string  `yaml:"decimals"` // column with the number of decimals
	Scale    string  `yaml:"scale"`    // column with a factor; a negative one divides
	Convert  string  `yaml:"convert"`  // fahrenheit, milliwatts, microwatts (to celsius and dbm), hours, seconds (to minutes)
	Pattern  pattern `yaml:"pattern"`  // picks the number out of a text
	Bits     bool    `yaml:"bits"`     // a set of bits: the first one set counts, from 1, none is 0
	Dated    string  `yaml:"dated"`    // of class date: american (a text as 08/28/2026) or uptime (sysUpTime as it was then)
	Room     bool    `yaml:"room"`     // of class temperature: of the room or rack that the device stands in, not of the device

	Index  pattern            `yaml:"index"`  // only rows whose index matches
	When   map[string]pattern `yaml:"when"`   // only rows whose other columns match
	Unless map[string]pattern `yaml:"unless"` // not rows whose other columns match
	Skip   []string           `yaml:"skip"`   // raw values that stand for no reading
	Range  []float64          `yaml:"range"`  // lowest and highest believable value

	States stateMap       `yaml:"states"` // of class state
	Texts  map[string]int `yaml:"texts"`  // numbers of states that the device tells as words, in lower case
}

// stateMap is what the numbers of a state mean, or the name of such a list in the same file. Each
// meaning starts with ok, warning, critical or unknown; what follows is the device's own word for it.
type stateMap struct {
	name    string
	numbers map[int]string
}

// UnmarshalYAML takes the list or its name.
func (m *stateMap) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		m.name = n.Value
		return nil
	}
	return n.Decode(&m.numbers)
}

// units names the unit of each class of readings.
var units = map[string]string{
	"temperature": "celsius", "voltage": "volts", "current": "amperes", "power": "watts", "frequency": "hertz",
	"fanspeed": "rpm", "humidity": "percent", "percent": "percent", "load": "percent", "charge": "percent",
	"runtime": "minutes", "dbm": "dbm", "signal": "dbm", "snr": "decibels", "loss": "percent", "delay": "seconds",
	"power_consumed": "kilowatthours", "power_factor": "", "state": "", "count": "", "airflow": "cfm",
	"pressure": "kilopascals", "cooling": "watts", "waterflow": "litres per minute", "quality_factor": "decibels",
	"chromatic_dispersion": "picoseconds per nanometre", "ber": "", "distance": "kilometres",
	"date": "days since 1970-01-01",

	// These are no sensors: they become the load and memory of the device.
	"cpu": "percent", "memory_total": "bytes", "memory_used": "bytes", "memory_free": "bytes", "memory_percent": "percent",
}

// What a table's readings are used for.
const (
	sensorReadings = "sensors"
	loadReadings   = "processors"
	memoryReadings = "memory"
)

// purpose tells what a class of readings is used for.
func purpose(class string) string {
	switch {
	case class == "cpu":
		return loadReadings
	case strings.HasPrefix(class, "memory_"):
		return memoryReadings
	}
	return sensorReadings
}

// measured gives the embedded readings, parsed once. They are part of the program and tested with it.
var measured = sync.OnceValue(func() []*readingTable {
	tables, err := readReadings(readingFiles)
	if err != nil {
		panic(fmt.Sprintf("embedded readings: %v", err))
	}
	return tables
})

// readReadings reads every file below readings/ strictly and reports every fault.
func readReadings(files fs.FS) ([]*readingTable, error) {
	names, err := fs.Glob(files, "readings/*.yaml")
	if err != nil {
		return nil, err
	}
	var all []*readingTable
	var faults []error
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		strict := yaml.NewDecoder(bytes.NewReader(data))
		strict.KnownFields(true)
		var family readingFamily
		if err := strict.Decode(&family); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", name, err))
			continue
		}
		for i := range family.Tables {
			t := &family.Tables[i]
			if err := t.prepare(&family); err != nil {
				faults = append(faults, fmt.Errorf("%s: table %s: %w", path.Base(name), t.Root, err))
			}
			all = append(all, t)
		}
	}
	return all, errors.Join(faults...)
}

// prepare makes the table's OIDs absolute, looks up its named states and reports its faults.
func (t *readingTable) prepare(family *readingFamily) error {
	var faults []error
	wrong := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if len(t.Devices) == 0 {
		t.Devices = family.Devices
	}
	t.Hosted = t.Hosted || family.Hosted
	if len(t.Devices) == 0 && !t.Any && !t.Hosted {
		wrong("no device is asked: give devices, hosted or any")
	}
	if _, ok := oidNumbers(t.Root); !ok || len(t.Readings) == 0 {
		wrong("want a root and readings")
	}
	t.Root = "." + strings.TrimPrefix(t.Root, ".")
	for i := range t.Readings {
		r := &t.Readings[i]
		r.Value, r.Decimals, r.Scale = t.absolute(r.Value), t.absolute(r.Decimals), t.absolute(r.Scale)
		r.When, r.Unless = t.absolutes(r.When), t.absolutes(r.Unless)
		r.Name = placeholder.ReplaceAllStringFunc(r.Name, func(p string) string {
			if strings.HasPrefix(p, "{#") {
				return p
			}
			return "{" + t.absolute(p[1:len(p)-1]) + "}"
		})
		if _, known := units[r.Class]; !known {
			wrong("%s: class %q is unknown", r.Value, r.Class)
		}
		if r.States.name != "" {
			r.States.numbers = family.States[r.States.name]
		}
		if (r.Class == "state") != (len(r.States.numbers) > 0) {
			wrong("%s: states belong to class state, and each of that class needs them", r.Value)
		}
		for n, meaning := range r.States.numbers {
			if verdict, word := splitState(meaning); !slices.Contains(verdicts, verdict) || strings.ContainsAny(word, "\"'") {
				wrong("%s: state %d is %q: start with one of %s, and quote nothing", r.Value, n, meaning, strings.Join(verdicts, ", "))
			}
		}
		if len(r.Range) != 0 && len(r.Range) != 2 {
			wrong("%s: range has %d numbers, want 2", r.Value, len(r.Range))
		}
		if _, known := conversions[r.Convert]; !known && r.Convert != "" {
			wrong("%s: conversion %q is unknown", r.Value, r.Convert)
		}
		if _, known := dates[r.Dated]; (r.Class == "date") != known {
			wrong("%s: class date needs dated american or uptime, and the others none", r.Value)
		}
		if r.Room && r.Class != "temperature" {
			wrong("%s: only a temperature can be of the room", r.Value)
		}
		if t.purpose = purpose(t.Readings[0].Class); purpose(r.Class) != t.purpose {
			wrong("%s: a table is read for its sensors, its processors or its memory: part it", r.Value)
		}
		if r.Name == "" && t.purpose == sensorReadings {
			wrong("%s: no name", r.Value)
		}
		t.want(r.Value)
	}
	for i := range t.Readings {
		for _, c := range t.Readings[i].helpers() {
			t.want(c)
		}
	}
	for _, c := range t.columns {
		if _, ok := oidNumbers(c); !ok {
			wrong("%q is no OID", c)
		}
	}
	return errors.Join(faults...)
}

// want adds a column to those that are walked.
func (t *readingTable) want(column string) {
	if !slices.Contains(t.columns, column) {
		t.columns = append(t.columns, column)
	}
}

// absolute completes an OID that is relative to the root; what follows an @ stays.
func (t *readingTable) absolute(oid string) string {
	switch {
	case oid == "":
		return ""
	case strings.HasPrefix(oid, "."):
		return t.Root + oid
	}
	return "." + oid
}

func (t *readingTable) absolutes(patterns map[string]pattern) map[string]pattern {
	all := map[string]pattern{}
	for oid, p := range patterns {
		all[t.absolute(oid)] = p
	}
	return all
}

// helpers lists the columns that the reading needs besides its value.
func (r *reading) helpers() []string {
	var all []string
	add := func(reference string) {
		if column, _, _ := strings.Cut(reference, "@"); column != "" {
			all = append(all, column)
		}
	}
	add(r.Decimals)
	add(r.Scale)
	if r.Dated == datedUptime {
		add(engineTime)
	}
	for oid := range r.When {
		add(oid)
	}
	for oid := range r.Unless {
		add(oid)
	}
	for _, p := range placeholder.FindAllString(r.Name, -1) {
		if !strings.HasPrefix(p, "{#") {
			add(p[1 : len(p)-1])
		}
	}
	slices.Sort(all)
	return all
}
