package snmp_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/samdrift/samdrift/collectors/snmp"
)

func TestSampleTargets(t *testing.T) {
	t.Setenv("SAMDRIFT_SNMP_COMMUNITY", "hemmelig")
	t.Setenv("SAMDRIFT_SNMP_AUTH", "auth-password")
	t.Setenv("SAMDRIFT_SNMP_PRIV", "priv-password")
	sw := snmp.Target{Name: "sw-raadhus-1", Address: "10.46.1.2:161", Municipality: "461", Site: "odense-raadhus", Community: "hemmelig"}
	user := snmp.Credentials{User: "samdrift", AuthPassword: "auth-password", PrivPassword: "priv-password"}
	fw := snmp.Target{Name: "fw-raadhus-1", Address: "10.46.1.1:161", Municipality: "461", Credentials: user}
	named := fw
	named.Credentials.SecurityLevel, named.Credentials.AuthProtocol, named.Credentials.PrivProtocol = "authPriv", "sha256", "aes256"
	guest := fw
	guest.Name, guest.Context = "fw-raadhus-1 guest", "guest"
	ups := snmp.Target{Address: "10.46.9.20", Municipality: "461", Version: "1", Community: "hemmelig"}
	swCSV, fwCSV := sw, fw
	swCSV.Version, fwCSV.Version, fwCSV.Site = "2c", "3", "odense-raadhus"
	for name, want := range map[string][]snmp.Target{
		"snmp-targets.yaml": {sw, named, guest, ups},
		"snmp-targets.csv":  {swCSV, fwCSV},
	} {
		file, err := os.Open(filepath.Join("../../docs/samples", name))
		if err != nil {
			t.Fatal(err)
		}
		got, err := snmp.ReadTargets(file, name)
		if closeErr := file.Close(); err != nil || closeErr != nil {
			t.Fatal(err, closeErr)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestReadTargetsForms(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("fra fil\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	one := []snmp.Target{{Address: "h:161", Community: "c"}}
	for name, c := range map[string]struct {
		file, text string
		want       []snmp.Target
	}{
		"list":            {"t.yaml", "- {address: 'h:161', community: c}", one},
		"mapping":         {"t.yaml", "targets:\n  - {address: 'h:161', community: c}", one},
		"JSON is YAML":    {"t.json", `[{"address": "h:161", "community": "c"}]`, one},
		"anchors":         {"t.yaml", "- {address: 'h:161', community: &x c}\n- {address: 'h:162', community: *x}", []snmp.Target{one[0], {Address: "h:162", Community: "c"}}},
		"semicolons":      {"t.csv", "address;community\nh:161;c\n", one},
		"byte order mark": {"t.csv", "\ufeffaddress,community\r\nh:161,c\r\n", one},
		"quoted":          {"t.CSV", "address,community\n\"h:161\",\"c\"\n", one},
		"secret file":     {"t.yaml", "- {address: 'h:161', community: {file: " + secret + "}}", []snmp.Target{{Address: "h:161", Community: "fra fil"}}},
		"number":          {"t.yaml", "- {address: 'h:161', community: 1234, municipality: 461}", []snmp.Target{{Address: "h:161", Community: "1234", Municipality: "461"}}},
		"IPv6":            {"t.yaml", "- {address: '[fd00::1]:161', community: c}", []snmp.Target{{Address: "[fd00::1]:161", Community: "c"}}},
		"IPv6, no port":   {"t.yaml", "- {address: 'fd00::1', community: c}", []snmp.Target{{Address: "fd00::1", Community: "c"}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := snmp.ReadTargets(strings.NewReader(c.text), c.file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestBadTargets(t *testing.T) {
	for name, c := range map[string]struct {
		file, text string
		want       []string
	}{
		"empty":               {"t.yaml", "", []string{"t.yaml:1:1: no target"}},
		"empty list":          {"t.yaml", "targets: []", []string{"no target"}},
		"no YAML":             {"t.yaml", "- {address: x\n- y: [", []string{"t.yaml:"}},
		"scalar":              {"t.yaml", "hello", []string{"t.yaml:1:1: want a list"}},
		"unknown top key":     {"t.yaml", "hosts: []", []string{`t.yaml:1:1: unknown key "hosts"`}},
		"unknown key":         {"t.yaml", "- address: h:161\n  comunity: c", []string{`t.yaml:2:3: unknown key "comunity"`}},
		"key twice":           {"t.yaml", "- address: h:161\n  address: i:161\n  community: c", []string{`t.yaml:2:3: key "address" stands twice`}},
		"all faults at once":  {"t.yaml", "- {adress: h}\n- {address: h, comunity: c}", []string{"t.yaml:1:4", "t.yaml:2:16"}},
		"no community":        {"t.yaml", "- address: h:161", []string{"t.yaml:1:3: community is missing"}},
		"no address":          {"t.yaml", "- community: c", []string{"address is missing"}},
		"bad port":            {"t.yaml", "- {address: 'h:70000', community: c}", []string{`port "70000"`}},
		"bad version":         {"t.yaml", "- {address: h, community: c, version: 2}", []string{`version "2" is none of 1, 2c, 3`}},
		"community with v3":   {"t.yaml", "- {address: h, community: c, version: 3, credentials: {user: u}}", []string{"community is for versions 1 and 2c"}},
		"context with v2c":    {"t.yaml", "- {address: h, community: c, context: x}", []string{`context "x" is for version 3`}},
		"short password":      {"t.yaml", "- {address: h, credentials: {user: u, auth_password: short}}", []string{"auth_password has 5 characters"}},
		"bad protocol":        {"t.yaml", "- {address: h, credentials: {user: u, auth_password: longenough, auth_protocol: rot13}}", []string{`auth_protocol "rot13"`}},
		"bad level":           {"t.yaml", "- {address: h, credentials: {user: u, security_level: some}}", []string{`security_level "some"`}},
		"nested unknown key":  {"t.yaml", "- address: h\n  credentials:\n    usr: u", []string{`t.yaml:3:5: unknown key "usr"`}},
		"credentials a text":  {"t.yaml", "- {address: h, credentials: lib}", []string{"t.yaml:1:29: want keys and values"}},
		"variable missing":    {"t.yaml", "- {address: h, community: {env: SAMDRIFT_NOT_SET}}", []string{"t.yaml:1:33: environment variable SAMDRIFT_NOT_SET is not set"}},
		"secret file missing": {"t.yaml", "- {address: h, community: {file: /no/such/file}}", []string{"/no/such/file"}},
		"secret of three":     {"t.yaml", "- {address: h, community: {vault: x}}", []string{`unknown key "vault" in a secret`}},
		"bad municipality":    {"t.yaml", "- {address: h, community: c, municipality: Odense}", []string{`municipality "Odense"`}},
		"name with hash":      {"t.yaml", "- {address: h, community: c, name: '#1'}", []string{"begins with #"}},
		"CSV empty":           {"t.csv", "", []string{"t.csv:1:1: no target"}},
		"CSV unknown column":  {"t.csv", "address,kommune\nh,461\n", []string{`t.csv:1:9: unknown column "kommune"`}},
		"CSV too few cells":   {"t.csv", "address,community\nh\n", []string{"t.csv:2:"}},
		"CSV open quote":      {"t.csv", "address,community\n\"h,c\n", []string{"t.csv:"}},
		"CSV bad row":         {"t.csv", "address,community\nh:161,c\nh:x,c\n", []string{"t.csv:3:1", `port "x"`}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := snmp.ReadTargets(strings.NewReader(c.text), c.file)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q does not say %q", err, want)
				}
			}
		})
	}
}

func TestConfigValidate(t *testing.T) {
	if err := snmp.DefaultConfig().Validate(); err != nil {
		t.Errorf("the default configuration: %v", err)
	}
	bad := snmp.Config{Targets: []snmp.Target{{Name: "a", Address: "h", Community: "c"}, {Name: "a", Address: "h", Community: "d"}, {Name: "b"}}}
	err := bad.Validate()
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"concurrency", "timeout", "device_budget", "max_repetitions", "targets 1 and 2", "target 3 (b)"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error does not say %q:\n%v", want, err)
		}
	}
}

// The settings nest in a configuration file. Targets do not: they hold communities, and have a file
// of their own.
func TestSettingsInAnotherFile(t *testing.T) {
	var file struct {
		SNMP snmp.Config `yaml:"snmp"`
	}
	read := func(text string) error {
		file.SNMP = snmp.DefaultConfig()
		d := yaml.NewDecoder(strings.NewReader(text))
		d.KnownFields(true)
		return d.Decode(&file)
	}
	if err := read("snmp:\n  timeout: 5s\n"); err != nil || file.SNMP.Timeout.Seconds() != 5 || file.SNMP.Concurrency == 0 {
		t.Errorf("got %+v, %v", file.SNMP, err)
	}
	if err := read("snmp:\n  targets:\n    - {address: h, community: c}\n"); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("targets with communities were taken from a configuration file: %v", err)
	}
}

func TestSecretsNeverShow(t *testing.T) {
	target := snmp.Target{Address: "h", Community: "hemmelig", Credentials: snmp.Credentials{User: "u", AuthPassword: "hemmelig", PrivPassword: "hemmelig"}}
	asJSON, err := json.Marshal(target)
	if err != nil {
		t.Fatal(err)
	}
	asYAML, err := yaml.Marshal(target)
	if err != nil {
		t.Fatal(err)
	}
	var logged strings.Builder
	slog.New(slog.NewTextHandler(&logged, nil)).Info("x", "target", target, "community", target.Community)
	for how, text := range map[string]string{
		"%v": fmt.Sprintf("%v", target), "%+v": fmt.Sprintf("%+v", target), "%#v": fmt.Sprintf("%#v", target), "%q": fmt.Sprintf("%q", target),
		"JSON": string(asJSON), "YAML": string(asYAML), "log": logged.String(), "String": target.Community.String(),
	} {
		if strings.Contains(text, "hemmelig") || !strings.Contains(text, "hidden") {
			t.Errorf("%s: %s", how, text)
		}
	}
	if target.Community.Reveal() != "hemmelig" {
		t.Error("Reveal does not give the secret")
	}
}

func FuzzReadTargets(f *testing.F) {
	f.Add("t.yaml", "- {address: 'h:161', community: c}")
	f.Add("t.yaml", "targets:\n  - address: h\n    credentials: {user: u, auth_password: {env: HOME}}")
	f.Add("t.yaml", "&a [*a]")
	f.Add("t.csv", "address,community\nh,{env: HOME}\n")
	f.Add("t.csv", "\ufeffaddress;user\n\"h\"\"\";\n")
	f.Fuzz(func(t *testing.T, name, text string) {
		if strings.Contains(text, "file") {
			t.Skip("no files are read while fuzzing")
		}
		targets, err := snmp.ReadTargets(strings.NewReader(text), name)
		if (err == nil) == (len(targets) == 0) {
			t.Fatalf("%d targets with error %v", len(targets), err)
		}
		for _, target := range targets {
			if err := target.Validate(); err != nil {
				t.Errorf("read a target that is not valid: %v", err)
			}
		}
	})
}
