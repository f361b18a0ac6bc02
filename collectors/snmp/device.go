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

	uptime      time.Duration // of the device, as it tells
	odometers   odometers     // 32-bit counters of earlier looks
	asset       *inventory.Asset
	entities    []entity
	observation inventory.Observation
	samples     []collectors.Sample
	stack       []byte  // where the program panicked, if it did
	before      *look   // what was known when this part of a look began
	bridge      *bridge // the numbering of its bridge ports, shared by all parts
}

// table is one part of a device that is read and reported on its own. read puts what it finds into
// the look's asset and tells how complete it is.
type table struct {
	name string
	read func(*session, *look) inventory.TableStatus
	when when
}

// tables are read after the system group. To add one, write its file and add it here: as it stands
// in its stage, so are its findings ordered in the asset.
var tables = []table{
	{"interfaces", readInterfaces, inventoryOnly | independent},
	{"addresses", readAddresses, inventoryOnly | independent},
	{"entity", readEntities, inventoryOnly | independent},
	{"vlans", readVLANs, inventoryOnly | independent},
	{"lldp", readLLDP, inventoryOnly | additive},
	{"cdp", readCDP, inventoryOnly | additive},
	{"fdp", readFDP, inventoryOnly | additive},
	{"edp", readEDP, inventoryOnly | additive},
	{"mndp", readMNDP, inventoryOnly | additive},
	{"optics", readOptics, inventoryOnly | additive},
	{"fdb", readStations, inventoryOnly | additive},
	{"arp", readResolved, inventoryOnly | additive},
	{"memory", readMemory, alsoPolled | independent},
	{"processors", readProcessors, alsoPolled | independent},
	{"storage", readStorage, alsoPolled | independent},
	{tableSoftware, readSoftware, inventoryOnly | independent},
	{"counters", readCounters, alsoPolled | independent},
	{"sensors", readSensors, alsoPolled | additive},
	{"supplies", readSupplies, alsoPolled | independent},
	{"guests", readGuests, inventoryOnly | independent},
	{"lag", readLAGs, inventoryOnly},
	{"untagged", readUntagged, inventoryOnly},
}

// tableSoftware can be switched off.
const tableSoftware = "software"

// when tells in which looks a table is read, and in which stage of one.
type when int

const (
	inventoryOnly when = 0         // in full looks
	alsoPolled    when = 1 << iota // in polls too

	// The stages. Independent tables use nothing that other tables find: they come first, side by
	// side. Then come the additive ones, side by side too: they may use what the independent ones
	// found, and change nothing of it. The others come last, one after the other.
	independent
	additive
)

// stage gives the tables of one stage that this look reads.
func (l *look) stage(stage when, config Config) []table {
	var chosen []table
	for _, t := range tables {
		switch {
		case t.when&(independent|additive) != stage:
		case t.name == tableSoftware && !config.Software:
		case len(config.Tables) > 0 && !slices.Contains(config.Tables, t.name):
		case l.full || t.when&alsoPolled != 0:
			chosen = append(chosen, t)
		}
	}
	return chosen
}

// run looks at the device. It always leaves an observation and at least the sample that says whether
// the device is up.
func (l *look) run(ctx context.Context, config Config) {
	l.bridge = &bridge{}
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
			if c, ok := cause.(*crashed); ok {
				cause, l.stack = c.cause, c.stack
			}
			err = &trouble{inventory.StatusFailed, fmt.Sprintf("reading the device made samdrift panic: %v: please report it with the device's make and the log", cause)}
		}
	}()
	s, err := l.greet(ctx, config)
	if err != nil {
		return err
	}
	team := &team{sessions: []*session{s}}
	defer team.close()
	for _, stage := range []when{independent, additive} {
		team.read(l, l.stage(stage, config))
	}
	for _, t := range l.stage(0, config) {
		l.note(t.name, t.read(s, l))
	}
	if l.full {
		identify(s, l)
		l.asset.Municipality, l.asset.Site = l.target.Municipality, l.target.Site
		l.observation.Asset = l.asset
	}
	return nil
}

// greet opens the conversation and reads the system group. A device that keeps silent on SNMPv2c is
// asked once with SNMPv1 and the same community: some old ones speak nothing else. Where the target
// leaves the version open that will do; where it names one, the answer tells what to correct.
func (l *look) greet(ctx context.Context, config Config) (*session, error) {
	s, err := dial(ctx, config, l.target)
	if err != nil {
		return nil, err
	}
	if err = readSystem(s, l); err == nil {
		return s, nil
	}
	s.close()
	if t := (*trouble)(nil); !errors.As(err, &t) || t.status != inventory.StatusUnreachable || !s.waited || s.target.version() != Version2c {
		return nil, err
	}
	older := l.target
	older.Version = Version1
	once := config
	once.Retries = 0
	if s, dialErr := dial(ctx, once, older); dialErr == nil {
		if !s.alive() {
			s.close()
			return nil, err
		}
		if l.target.Version != "" {
			s.close()
			return nil, &trouble{inventory.StatusRefused, "the device answers SNMPv1 but not SNMPv2c: set version to 1, or switch on SNMPv2c or better SNMPv3 on the device"}
		}
		s.config, s.client.Retries = config, config.Retries
		l.target = older
		if err := readSystem(s, l); err != nil {
			s.close()
			return nil, err
		}
		return s, nil
	}
	return nil, err
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
	l.sample(name, l.labels(own), value)
}

// sample adds a sample with the labels that labels gave; several samples may share them.
func (l *look) sample(name string, labels map[string]string, value float64) {
	l.samples = append(l.samples, collectors.Sample{Name: name, Labels: labels, Value: value, At: l.start})
}

// labels gives the target's labels and some more. Empty ones are left out.
func (l *look) labels(own map[string]string) map[string]string {
	labels := make(map[string]string, len(own)+4)
	add := func(name, value string) {
		if value != "" {
			labels[name] = value
		}
	}
	add("job", Name)
	add("instance", l.label())
	add("municipality", l.target.Municipality)
	add("site", l.target.Site)
	for k, v := range own {
		add(k, v)
	}
	return labels
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
