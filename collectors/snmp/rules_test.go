package snmp

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/samdrift/samdrift/inventory"
)

// withoutReasons compares what a device is, not how that is known.
var withoutReasons = cmpopts.IgnoreFields(identity{}, "OSApart", "Evidence")

// Every rule carries devices that it must recognise, among all the other rules.
func TestRulesRecogniseTheirExamples(t *testing.T) {
	b, err := readRules(ruleFiles)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.check(); err != nil {
		t.Fatal(err)
	}
	for _, r := range b.rules {
		if len(r.Examples) == 0 {
			t.Errorf("rule %s of %s has no example", r.Platform, r.Vendor)
		}
		if !slices.Contains(inventory.Kinds, r.Kind) {
			t.Errorf("rule %s of %s: kind %q is none of %v", r.Platform, r.Vendor, r.Kind, inventory.Kinds)
		}
		for _, e := range r.Examples {
			f := facts{objectID: e.ObjectID, descr: e.Descr, values: e.Values, software: e.Software}
			if e.Chassis != nil {
				f.entities = []entity{{
					Component: inventory.Component{Class: "chassis", Model: e.Chassis["model"], Serial: e.Chassis["serial"], Name: e.Chassis["name"]},
					descr:     e.Chassis["descr"], software: e.Chassis["software"], firmware: e.Chassis["firmware"], hardware: e.Chassis["hardware"],
				}}
			}
			if diff := cmp.Diff(e.Want, b.decide(f), withoutReasons); diff != "" {
				t.Errorf("rule %s, %s %.60s (-want +got):\n%s", r.Platform, e.ObjectID, e.Descr, diff)
			}
		}
	}
}

func TestUnknownDeviceHasVendorByEnterpriseNumber(t *testing.T) {
	got := knowledge().decide(facts{objectID: "1.3.6.1.4.1.4000999.99.1", descr: "Box 7"})
	if diff := cmp.Diff(identity{Kind: inventory.KindUnknown}, got, withoutReasons); diff != "" {
		t.Errorf("an enterprise nobody knows (-want +got):\n%s", diff)
	}
	got = knowledge().decide(facts{objectID: "1.3.6.1.4.1.3224.99.1.5", descr: "Box 7"})
	if got.Vendor != "Juniper" || got.Model != "" || got.Version != "" {
		t.Errorf("got %+v, want the vendor and nothing made up", got)
	}
}

// What a device says of itself counts more than net-snmp's own sysObjectID, which says nothing.
func TestNetSNMPsObjectIDComesLast(t *testing.T) {
	f := facts{objectID: "1.3.6.1.4.1.8072.3.2.10", descr: "ExtremeXOS (VM) version 31.7.1.4 31.7.1.4 by release-manager"}
	if id := knowledge().decide(f); id.Platform != "xos" || id.Vendor != "Extreme" {
		t.Errorf("got %+v, want xos", id)
	}
	f.descr = "Own text of the owner"
	if id := knowledge().decide(f); id.Platform != "linux" || id.Vendor != "" {
		t.Errorf("got %+v, want linux of no maker", id)
	}
}

// Every value tells where it came from.
func TestEvidence(t *testing.T) {
	f := facts{
		objectID: "1.3.6.1.4.1.12356.101.1.1005",
		values:   map[string]string{"1.3.6.1.4.1.12356.101.4.1.1.0": "v7.2.5,build1517,230606 (GA)"},
		entities: []entity{{Component: inventory.Component{Index: 1, Class: "chassis", Model: "FGT_100F", Serial: "FG100F0000000001"}}},
	}
	want := map[string]string{
		"vendor":     "sysObjectID 1.3.6.1.4.1.12356.101.1.1005",
		"platform":   "sysObjectID 1.3.6.1.4.1.12356.101.1.1005",
		"kind":       "sysObjectID 1.3.6.1.4.1.12356.101.1.1005",
		"model":      "ENTITY-MIB model of part 1 (chassis)",
		"version":    "OID 1.3.6.1.4.1.12356.101.4.1.1.0",
		"os_version": "OID 1.3.6.1.4.1.12356.101.4.1.1.0",
		"serial":     "ENTITY-MIB serial of part 1 (chassis)",
	}
	if diff := cmp.Diff(want, knowledge().decide(f).Evidence); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	unknown := knowledge().decide(facts{objectID: "1.3.6.1.4.1.99999.1", entities: []entity{{maker: "Acme", software: "1.2"}}})
	want = map[string]string{"vendor": "ENTITY-MIB maker of part 0 (no class)", "version": "ENTITY-MIB software of part 0 (no class)"}
	if diff := cmp.Diff(want, unknown.Evidence); diff != "" || unknown.Vendor != "Acme" || unknown.Version != "1.2" {
		t.Errorf("got %+v (-want +got):\n%s", unknown, diff)
	}
}

// A device that fits many rules is still decided in much less than a millisecond, by an index.
func BenchmarkDecide(b *testing.B) {
	f := facts{objectID: "1.3.6.1.4.1.8072.3.2.10", descr: "Linux web1 6.1.0-18-amd64 #1 SMP Debian 6.1.76-1 x86_64"}
	k := knowledge()
	for b.Loop() {
		k.decide(f)
	}
}

func BenchmarkReadRules(b *testing.B) {
	for b.Loop() {
		if _, err := readRules(ruleFiles); err != nil {
			b.Fatal(err)
		}
	}
}

func TestRuleFilesAreStrict(t *testing.T) {
	for text, want := range map[string]string{
		"rules: [{platform: x, colour: red}]":                "colour",
		"rules: [{platform: x, kind: switch}]":               "recognises nothing",
		"rules: [{platform: x, descr: '(', kind: switch}]":   "missing closing",
		"vendor: a\nrules:\n  - {platform: x, descr: [a, b]": "did not find",
		"rules: [{platform: x, descr: a, has_value: b}]":     "has_value",
	} {
		b, err := readRules(fstest.MapFS{"rules/bad.yaml": {Data: []byte(text)}})
		if err == nil {
			err = b.check()
		}
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "rules/bad.yaml") {
			t.Errorf("%q: got %v, want an error with %q and the file's name", text, err, want)
		}
	}
}

func TestVirtual(t *testing.T) {
	for _, c := range []struct {
		macs []string
		want bool
	}{
		{nil, false},
		{[]string{"00:15:5d:01:02:03"}, true},
		{[]string{"00:50:56:01:02:03", "02:42:01:02:03:04"}, true},  // and a container bridge
		{[]string{"52:54:00:01:02:03", "3c:ec:ef:01:02:03"}, false}, // a host with a virtual bridge
		{[]string{"02:42:01:02:03:04"}, false},
	} {
		if got := virtual(c.macs); got != c.want {
			t.Errorf("%v: %v, want %v", c.macs, got, c.want)
		}
	}
}

// A kernel's version is not its distribution's: where the latter cannot be read it is unknown.
func TestKernelVersionIsNotTheSystems(t *testing.T) {
	f := facts{objectID: "1.3.6.1.4.1.8072.3.2.10", descr: "Linux web1 6.1.0-18-amd64 #1 SMP Debian 6.1.76-1 x86_64"}
	id := knowledge().decide(f)
	if os := id.system(); os.Name != "Debian" || os.Version != "" || id.Version != "6.1.0-18-amd64" {
		t.Errorf("got %+v of %+v", os, id)
	}
	f.software = map[string]string{"base-files": "12.4+deb12u5"}
	if os := knowledge().decide(f).system(); os.Version != "12" {
		t.Errorf("got %+v, want Debian 12", os)
	}
}

// check tells which patterns are no regular expressions.
func (b *rulebook) check() error {
	var faults []error
	for _, r := range b.rules {
		for _, p := range r.patterns() {
			if !p.given() {
				continue
			}
			if _, err := regexp.Compile(p.text); err != nil {
				faults = append(faults, fmt.Errorf("%s: rule %q: %w", r.file, r.Platform, err))
			}
		}
	}
	return errors.Join(faults...)
}

// patterns lists all patterns of the rule.
func (r *rule) patterns() []lazyPattern {
	var all []lazyPattern
	for _, by := range append([]recognition{r.recognition}, r.Or...) {
		all = append(all, by.Descr, by.Unless, by.HasValue)
	}
	for _, k := range r.Kinds {
		all = append(all, k.Model, k.Descr)
	}
	r.visit(func(s source) { all = append(all, s.Descr, s.Pattern) })
	return all
}
