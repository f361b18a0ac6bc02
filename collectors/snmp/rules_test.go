package snmp

import (
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

func TestRuleFilesAreStrict(t *testing.T) {
	for text, want := range map[string]string{
		"rules: [{platform: x, colour: red}]":                "colour",
		"rules: [{platform: x, kind: switch}]":               "recognises nothing",
		"rules: [{platform: x, descr: '(', kind: switch}]":   "missing closing",
		"vendor: a\nrules:\n  - {platform: x, descr: [a, b]": "did not find",
	} {
		_, err := readRules(fstest.MapFS{"rules/bad.yaml": {Data: []byte(text)}})
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
