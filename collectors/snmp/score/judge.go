package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"

	"github.com/samdrift/samdrift/collectors/snmp"
)

// judge compares one record with its facts.
func (s *score) judge(c testcase, got snmp.Record) {
	set := "thin"
	if c.rich {
		set = "rich"
	}
	answered := ""
	if got.Status == "ok" || got.Status == "partial" {
		answered = "yes"
	}
	s.equal(set+" answered", c.id, answered, "yes")
	s.equal(set+" os", c.id, got.OS, c.want.OS)
	s.vendor(set, c, got)
	if !c.rich {
		return
	}
	s.device(c, got)
	s.ports(c, got)
	s.addresses(c, got)
	s.names(c, got)
	s.readings(c, got)
}

// vendor judges the maker by what the facts call the system or its group; makers that go by other
// names there are in makers.go.
func (s *score) vendor(set string, c testcase, got snmp.Record) {
	v := squeeze(got.Vendor)
	known := append([]string{c.want.OSText, c.want.Vendor}, makers[c.want.OS]...)
	if _, unjudged := anyMaker[c.want.OS]; unjudged {
		return
	}
	points := 0.0
	for _, name := range known {
		if v != "" && strings.Contains(squeeze(name), v) {
			points = 1
		}
	}
	s.count(set+" vendor", c.id, points, got.Vendor, strings.Join(known, " or "))
}

// device judges model, version and serial: strictly those that stand in the recording, apart those
// that another tool derives from its own tables.
func (s *score) device(c testcase, got snmp.Record) {
	d := c.want.Device
	for _, fact := range []struct {
		name, basis, got string
		want             []string
	}{
		{"model", "hardware", got.Model, append([]string{d.Hardware}, d.ChassisModels...)},
		{"version", "version", got.Version, []string{d.Version}},
		{"serial", "serial", got.Serial, []string{d.Serial}},
	} {
		name := fact.name
		switch c.want.Basis[fact.basis] {
		case "literal", "words":
		case "derived":
			name += " (derived)"
		default:
			continue
		}
		points := 0.0
		g := squeeze(fact.got)
		if fact.name == "serial" {
			g = trim(fact.got)
		}
		for _, want := range fact.want {
			w := squeeze(want)
			if fact.name == "serial" {
				w = trim(want)
			}
			switch {
			case g == "" || w == "":
			case g == w:
				points = 1
			case fact.name == "model" && (strings.Contains(g, w) || strings.Contains(w, g)):
				points = max(points, 0.5)
			}
		}
		s.count(name, c.id, points, fact.got, fact.want[0])
	}
}

func (s *score) ports(c testcase, got snmp.Record) {
	if c.want.Ports == nil {
		return
	}
	wanted := map[int]bool{}
	for _, i := range c.want.Filtered {
		wanted[i] = true
	}
	have := map[int]int{}
	for i, p := range got.Interfaces {
		have[p.Index] = i
	}
	for _, w := range c.want.Ports {
		wanted[w.Index] = true
		id := fmt.Sprintf("%s port %d", c.id, w.Index)
		i, ok := have[w.Index]
		s.equal("port recall", id, yes(ok), "yes")
		if !ok {
			continue
		}
		p := got.Interfaces[i]
		for _, f := range []struct{ name, got, want string }{
			{"port name", p.Name, w.Name}, {"port descr", p.Descr, w.Descr}, {"port alias", p.Alias, w.Alias},
			{"port type", p.Type, w.Type}, {"port admin", p.Admin, w.Admin}, {"port oper", p.Oper, w.Oper},
			{"port mac", strings.ReplaceAll(p.MAC, ":", ""), w.MAC},
			{"port speed", positive(float64(p.SpeedBPS)), positive(w.Speed)}, {"port mtu", positive(float64(p.MTU)), positive(float64(w.MTU))},
		} {
			if want := trim(f.want); want != "" {
				s.equal(f.name, id, trim(f.got), want)
			}
		}
	}
	for _, p := range got.Interfaces {
		s.equal("port precision", fmt.Sprintf("%s port %d", c.id, p.Index), yes(wanted[p.Index]), "yes")
	}
}

// addresses judges which addresses a device has and, apart, their prefixes: where a device tells no mask,
// the facts hold one guessed from the old address classes.
func (s *score) addresses(c testcase, got snmp.Record) {
	prefixes := map[string]int{}
	for _, a := range got.Addresses {
		prefixes[a.IP] = a.Prefix
	}
	judge := func(family string, want []address) {
		for _, a := range want {
			prefix, ok := prefixes[a.IP]
			s.equal(family, c.id+" "+a.IP, yes(ok), "yes")
			if ok {
				s.equal(family+" prefix", c.id+" "+a.IP, positive(float64(prefix)), positive(float64(a.Prefix)))
			}
		}
	}
	judge("ipv4", c.want.IPv4)
	judge("ipv6", c.want.IPv6)
}

// names judges VLANs, neighbours, entities and storage.
func (s *score) names(c testcase, got snmp.Record) {
	vlans := map[int]bool{}
	for _, v := range got.VLANs {
		vlans[v.ID] = true
	}
	for _, v := range c.want.VLANs {
		s.equal("vlan", fmt.Sprintf("%s vlan %d", c.id, v.ID), yes(vlans[v.ID]), "yes")
	}
	neighbours := map[[2]string]bool{}
	for _, n := range got.Neighbours {
		neighbours[[2]string{trim(n.LocalPort), trim(n.RemoteName)}] = true
	}
	for _, n := range c.want.Neighbours {
		local := n.LocalName
		if local == "" {
			local = n.LocalDescr
		}
		key := [2]string{trim(local), trim(n.RemoteName)}
		s.equal("neighbour", fmt.Sprintf("%s %q", c.id, key), yes(neighbours[key]), "yes")
	}
	parts := map[int]int{}
	for i, p := range got.Components {
		parts[p.Index] = i
	}
	for _, e := range c.want.Entities {
		i, ok := parts[e.Index]
		id := fmt.Sprintf("%s entity %d", c.id, e.Index)
		if !ok {
			s.equal("entity", id, "", "there")
			continue
		}
		p := got.Components[i]
		s.equal("entity", id, trim(p.Model)+"|"+trim(p.Serial), trim(e.Model)+"|"+trim(e.Serial))
	}
	for _, want := range c.want.Storage {
		found, closest := "", ""
		for _, v := range got.Volumes {
			if trim(v.Name) == trim(want.Descr) {
				closest = fmt.Sprintf("%d bytes", v.TotalBytes)
				if near(float64(v.TotalBytes), want.Size) {
					found = "there"
				}
			}
		}
		if found == "" {
			found = closest
		}
		s.equal("storage", fmt.Sprintf("%s %q %.0f", c.id, want.Descr, want.Size), found, "there")
	}
}

// readings judges sensors by OID and supplies by name.
func (s *score) readings(c testcase, got snmp.Record) {
	sensors := map[string]float64{}
	for _, x := range got.Sensors {
		sensors[strings.TrimPrefix(x.OID, ".")] = x.Value
	}
	for _, w := range c.want.Sensors {
		if w.Value == nil {
			continue
		}
		text, want := "", strconv.FormatFloat(*w.Value, 'g', 6, 64)
		if v, ok := sensors[strings.TrimPrefix(w.OID, ".")]; ok {
			text = strconv.FormatFloat(v, 'g', 6, 64)
			if near(v, *w.Value) {
				text = want
			}
		}
		s.equal("sensor", fmt.Sprintf("%s %s %s", c.id, w.Class, w.OID), text, want)
	}
	levels := map[string]string{}
	for _, x := range got.Supplies {
		levels[trim(x.Name)] = "unknown"
		if x.LevelPercent != nil {
			levels[trim(x.Name)] = strconv.FormatFloat(math.Round(*x.LevelPercent), 'f', 0, 64)
		}
	}
	for _, w := range c.want.Supplies {
		want := "unknown"
		if w.Percent != nil {
			want = strconv.FormatFloat(math.Round(*w.Percent), 'f', 0, 64)
		}
		s.equal("supply", fmt.Sprintf("%s %q", c.id, w.Descr), levels[trim(w.Descr)], want)
	}
}

// squeeze keeps letters and digits, in lower case.
func squeeze(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}

func trim(text string) string { return strings.Trim(text, " \x00\t\r\n") }

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

// positive gives a number that is known, and nothing for zero.
func positive(n float64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatFloat(n, 'f', 0, 64)
}

// near tells whether two values are within one percent of each other.
func near(a, b float64) bool { return math.Abs(a-b) <= 0.01*math.Abs(b)+1e-9 }
