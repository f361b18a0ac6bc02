package snmp

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/samdrift/samdrift/collectors"
	"github.com/samdrift/samdrift/inventory"
)

// look is one look at one device: what is known so far, and what comes of it.
type look struct {
	target   Target
	instance string
	start    time.Time
	now      func() time.Time
	full     bool

	asset       *inventory.Asset
	entities    []entity
	observation inventory.Observation
	samples     []collectors.Sample
	stack       []byte // where the program panicked, if it did
}

// table is one part of a device that is read and reported on its own. read puts what it finds into
// the look's asset and tells how complete it is.
type table struct {
	name   string
	read   func(*session, *look) inventory.TableStatus
	polled bool
}

// tables are read in this order, after the system group. To add one, write its file and add it here.
var tables = []table{
	{"interfaces", readInterfaces, inventoryOnly},
	{"addresses", readAddresses, inventoryOnly},
	{"entity", readEntities, inventoryOnly},
	{"lldp", readLLDP, inventoryOnly},
	{"memory", readMemory, inventoryOnly},
	{"processors", readProcessors, alsoPolled},
	{"storage", readStorage, alsoPolled},
	{tableSoftware, readSoftware, inventoryOnly},
	{"counters", readCounters, alsoPolled},
}

// tableSoftware can be switched off.
const tableSoftware = "software"

// Which looks a table is read in.
const (
	inventoryOnly = false
	alsoPolled    = true
)

// run looks at the device. It always leaves an observation and at least the sample that says whether
// the device is up.
func (l *look) run(ctx context.Context, config Config) {
	l.observation = inventory.Observation{
		Collector: Name, Source: l.target.Address, Instance: l.instance,
		Municipality: l.target.Municipality, Site: l.target.Site,
		At: l.start, Status: inventory.StatusOK,
	}
	err := l.talk(ctx, config)
	l.observation.Duration = l.now().Sub(l.start)
	if err != nil {
		l.fail(ctx, err)
	}
	l.measure("samdrift_device_up", nil, up(l.observation.Status))
	l.measure("samdrift_snmp_scrape_duration_seconds", nil, l.observation.Duration.Seconds())
}

// talk reads the device. The error is nil once the device has answered, however little of it. A
// device that finds a bug in this program is a failed device, not the end of the others.
func (l *look) talk(ctx context.Context, config Config) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			l.stack = debug.Stack()
			err = &trouble{inventory.StatusFailed, fmt.Sprintf("reading the device made samdrift panic: %v: please report it with the device's make and the log", cause)}
		}
	}()
	s, err := dial(ctx, config, l.target)
	if err != nil {
		return err
	}
	defer s.close()
	if err := readSystem(s, l); err != nil {
		return err
	}
	for _, t := range tables {
		if t.name == tableSoftware && !config.Software {
			continue
		}
		if l.full || t.polled {
			l.note(t.name, t.read(s, l))
		}
	}
	if l.full {
		identify(s, l)
		l.asset.Municipality, l.asset.Site = l.target.Municipality, l.target.Site
		l.observation.Asset = l.asset
	}
	return nil
}

// note files how a table ended, and lowers the status of the whole look when it is not whole.
func (l *look) note(name string, status inventory.TableStatus) {
	if !l.full {
		return
	}
	if l.observation.Tables == nil {
		l.observation.Tables = map[string]inventory.TableStatus{}
	}
	l.observation.Tables[name] = status
	if status.State != inventory.TablePartial && status.State != inventory.TableRefused {
		return
	}
	l.observation.Status = inventory.StatusPartial
	why := fmt.Sprintf("%s: %s", name, status.Reason)
	l.observation.Error = strings.Join(slices.DeleteFunc([]string{l.observation.Error, why}, func(s string) bool { return s == "" }), "; ")
}

// fail makes the observation one of a device that gave nothing.
func (l *look) fail(ctx context.Context, err error) {
	var t *trouble
	if !errors.As(err, &t) && !errors.As(context.Cause(ctx), &t) {
		t = &trouble{inventory.StatusFailed, err.Error()}
	}
	l.observation.Status, l.observation.Error = t.status, t.text
}

// measure adds a sample with the target's labels and some of its own.
func (l *look) measure(name string, own map[string]string, value float64) {
	labels := map[string]string{
		"job": Name, "instance": l.label(), "municipality": l.target.Municipality, "site": l.target.Site,
	}
	for k, v := range own {
		labels[k] = v
	}
	for k, v := range labels {
		if v == "" {
			delete(labels, k)
		}
	}
	l.samples = append(l.samples, collectors.Sample{Name: name, Labels: labels, Value: value, At: l.start})
}

// label is the instance label of samples, unique among the targets of one collector.
func (l *look) label() string {
	if strings.HasPrefix(l.instance, "#") {
		return l.target.Address + l.instance
	}
	return l.target.Label()
}

// up tells whether a device with this status counts as reachable: it answered.
func up(status inventory.Status) float64 {
	if status == inventory.StatusOK || status == inventory.StatusPartial {
		return 1
	}
	return 0
}
