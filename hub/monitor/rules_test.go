package monitor

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/rules"
)

// ruleCase loads series (one value a minute) and tells which alerts fire at a moment.
type ruleCase struct {
	name   string
	load   string
	after  time.Duration
	firing []string // "Alert severity subject"
}

const device = `{municipality="461",centre="odense",criticality="2",job="snmp",instance="sw1"}`

// others are devices of the same municipality that answer, so that it counts as reachable.
var others = func() string {
	var b strings.Builder
	for _, i := range []string{"a", "b", "c", "d", "e"} {
		b.WriteString(`samdrift_device_up{municipality="461",centre="odense",criticality="1",job="snmp",instance="` + i + `"} 1x400` + "\n")
	}
	return b.String()
}()

var ruleCases = []ruleCase{
	{"a device is down", others + `samdrift_device_up` + device + ` 1x10 0x20`, 17 * time.Minute, []string{"DeviceDown warning sw1"}},
	{"a critical device is down", others + strings.Replace(`samdrift_device_up`+device+` 0x20`, `"2"`, `"4"`, 1), 7 * time.Minute, []string{"DeviceDown critical sw1"}},
	{"a device is down for too short", others + `samdrift_device_up` + device + ` 1x10 0x20`, 15 * time.Minute, nil},
	{"a device came back, the alert stays five minutes", others + `samdrift_device_up` + device + ` 0x10 1x20`, 14 * time.Minute, []string{"DeviceDown warning sw1"}},
	{"a device came back", others + `samdrift_device_up` + device + ` 0x10 1x20`, 17 * time.Minute, nil},
	{"a municipality is unreachable, told once", strings.ReplaceAll(others, "1x400", "0x400") + `samdrift_device_up` + device + ` 1x20`, 8 * time.Minute,
		[]string{"MunicipalityUnreachable critical 461"}},
	{"another municipality is unreachable", strings.ReplaceAll(strings.ReplaceAll(others, "1x400", "0x400"), "461", "450") + others +
		`samdrift_device_up` + device + ` 0x20`, 8 * time.Minute, []string{"DeviceDown warning sw1", "MunicipalityUnreachable critical 450"}},
	{"a device comes and goes", others + `samdrift_device_up` + device + ` 1 0 1 0 1 0 1 0 1x60`, 20 * time.Minute, []string{"DeviceFlapping warning sw1"}},
	{"a device came and went twice", others + `samdrift_device_up` + device + ` 1 0 1 0 1x60`, 20 * time.Minute, nil},
	{"a device restarted", `samdrift_uptime_seconds` + device + ` 90000+60x20 0+60x20`, 25 * time.Minute, []string{"DeviceRestarted info sw1"}},
	{"a device restarted long ago", `samdrift_uptime_seconds` + device + ` 90000+60x10 0+60x60`, 50 * time.Minute, nil},
	{"a device was met right after its start", `samdrift_uptime_seconds` + device + ` 60+60x20`, 10 * time.Minute, nil},
	{"a device answers slowly", `samdrift_snmp_scrape_duration_seconds` + device + ` 25x40`, 20 * time.Minute, []string{"DeviceAnswersSlowly info sw1"}},
	{"a device answers in time", `samdrift_snmp_scrape_duration_seconds` + device + ` 5x40`, 20 * time.Minute, nil},
	{"a processor is overloaded", `samdrift_cpu_load_percent` + device + ` 97x60`, 20 * time.Minute, []string{"ProcessorOverloaded warning sw1"}},
	{"a processor peaks", `samdrift_cpu_load_percent` + device + ` 40x20 99x3 40x40`, 40 * time.Minute, nil},
	{"memory is nearly full", `samdrift_memory_used_percent` + device + ` 98x60`, 20 * time.Minute, []string{"MemoryNearlyFull warning sw1"}},
	{"memory is well used", `samdrift_memory_used_percent` + device + ` 90x60`, 20 * time.Minute, nil},
	{"a volume is nearly full", volume("1000x60", "930x60"), 20 * time.Minute, []string{"StorageNearlyFull warning sw1"}},
	{"a volume is full", volume("1000x60", "990x60"), 20 * time.Minute, []string{"StorageNearlyFull critical sw1"}},
	{"a volume has room", volume("1000x60", "500x60"), 20 * time.Minute, nil},
	{"a volume without size is not known to be full", volume("0x60", "0x60"), 20 * time.Minute, nil},
	{"a volume fills up", volume("100000x400", "80000+5x400"), 130 * time.Minute, []string{"StorageFullWithinWeek warning sw1"}},
	{"a volume grows slowly", volume("100000x400", "80000+1x400"), 130 * time.Minute, nil},
	{"a link is saturated", `samdrift_link_utilisation_ratio{municipality="461",centre="odense",link="l1"} 0.95x40`, 20 * time.Minute, []string{"LinkSaturated warning 461"}},
	{"a link has room", `samdrift_link_utilisation_ratio{municipality="461",centre="odense",link="l1"} 0.5x40`, 20 * time.Minute, nil},
	{"a link is slow", `samdrift_link_latency_seconds{municipality="461",centre="odense",link="l1"} 0.12x40`, 20 * time.Minute, []string{"LinkLatencyHigh warning 461"}},
	{"a link is quick", `samdrift_link_latency_seconds{municipality="461",centre="odense",link="l1"} 0.004x40`, 20 * time.Minute, nil},
	{"a collector fell silent", strings.ReplaceAll(others, "1x400", "1x30"), 50 * time.Minute, []string{"CollectorSilent critical 461"}},
	{"a collector works", others, 50 * time.Minute, nil},
	{"a service is down", service("municipality", "0x40") + service("operator", "0x40"), 20 * time.Minute, []string{"ServiceDown critical Opus"}},
	{"only the municipality sees the outage", service("municipality", "0x40") + service("operator", "1x40"), 20 * time.Minute, []string{"ServiceUndetectedOutage critical Opus"}},
	{"only the operator sees the outage", service("municipality", "1x40") + service("operator", "0x40"), 20 * time.Minute, nil},
	{"the municipality does not measure", service("operator", "1x40"), 20 * time.Minute, []string{"ServicePerspectiveMissing warning Opus"}},
	{"a service works", service("municipality", "1x40") + service("operator", "1x40"), 20 * time.Minute, nil},
}

func volume(size, used string) string {
	l := strings.Replace(device, "}", `,volume="/var"}`, 1)
	return "samdrift_storage_size_bytes" + l + " " + size + "\nsamdrift_storage_used_bytes" + l + " " + used
}

func service(perspective, values string) string {
	return `samdrift_service_up{municipality="461",centre="odense",service="Opus",perspective="` + perspective + `"} ` + values + "\n"
}

func TestRules(t *testing.T) {
	told := map[string]bool{}
	for _, c := range ruleCases {
		for _, f := range c.firing {
			told[strings.Fields(f)[0]+" "+strings.Fields(f)[1]] = true
		}
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.firing, firing(t, c.load, c.after)); diff != "" {
				t.Errorf("firing after %s (-want +got):\n%s", c.after, diff)
			}
		})
	}
	for _, r := range alertRules(t) {
		if name := r.Name() + " " + r.Labels().Get("severity"); !told[name] {
			t.Errorf("no case lets %s fire", name)
		}
	}
}

// firing evaluates the embedded rules every minute over the loaded series and names what fires.
func firing(t *testing.T, load string, after time.Duration) []string {
	t.Helper()
	var b strings.Builder
	for line := range strings.Lines(load) {
		b.WriteString("  " + line)
	}
	db := promqltest.LoadedStorage(t, "load 1m\n"+b.String())
	engine := promqltest.NewTestEngine(t, false, lookback, 1_000_000)
	manager := rules.NewManager(&rules.ManagerOptions{
		NameValidationScheme: model.LegacyValidation,
		QueryFunc:            rules.EngineQueryFunc(engine, db),
		NotifyFunc:           func(context.Context, string, ...*rules.Alert) {},
		Context:              t.Context(), Appendable: db, Queryable: db,
		Logger: slog.New(slog.NewTextHandler(t.Output(), nil)), GroupLoader: embedded{},
	})
	groups, faults := manager.LoadGroups(time.Minute, labels.EmptyLabels(), "", nil, false, ruleNames...)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	order := make([]*rules.Group, 0, len(groups))
	for _, file := range ruleNames {
		for _, g := range groups {
			if g.File() == file {
				order = append(order, g)
			}
		}
	}
	start := time.Unix(0, 0)
	for at := start; !at.After(start.Add(after)); at = at.Add(time.Minute) {
		for _, g := range order {
			g.Eval(t.Context(), at)
		}
	}
	var names []string
	for _, g := range order {
		for _, r := range g.Rules() {
			if r.Health() != rules.HealthGood {
				t.Errorf("%s: %v", r.Name(), r.LastError())
			}
		}
		for _, r := range g.AlertingRules() {
			for _, a := range r.ActiveAlerts() {
				if a.State != rules.StateFiring {
					continue
				}
				subject := a.Labels.Get("instance") + a.Labels.Get("service")
				if subject == "" {
					subject = a.Labels.Get("municipality")
				}
				names = append(names, r.Name()+" "+a.Labels.Get("severity")+" "+subject)
				for _, text := range []string{"summary_da", "summary_en", "description", "runbook_url"} {
					if v := a.Annotations.Get(text); v == "" || strings.Contains(v, "<error") || strings.Contains(v, "<no value>") {
						t.Errorf("%s: %s is %q", r.Name(), text, v)
					}
				}
			}
		}
	}
	slices.Sort(names)
	return names
}

// alertRules gives the embedded alerting rules.
func alertRules(t *testing.T) []*rules.AlertingRule {
	t.Helper()
	manager := rules.NewManager(&rules.ManagerOptions{NameValidationScheme: model.LegacyValidation, GroupLoader: embedded{}})
	groups, faults := manager.LoadGroups(time.Minute, labels.EmptyLabels(), "", nil, false, ruleNames...)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	var all []*rules.AlertingRule
	for _, g := range groups {
		all = append(all, g.AlertingRules()...)
	}
	return all
}

func TestEveryAlertHasARunbook(t *testing.T) {
	folder := filepath.Join("..", "..", "docs", "runbooks")
	pages := map[string]bool{}
	for _, r := range alertRules(t) {
		pages[r.Name()+".md"] = true
		text, err := os.ReadFile(filepath.Join(folder, r.Name()+".md"))
		if err != nil {
			t.Errorf("alert %s: write its page: %v", r.Name(), err)
			continue
		}
		for _, want := range []string{"# " + r.Name() + "\n", "## Meaning", "## Look", "## Mend"} {
			if !strings.Contains(string(text), want) {
				t.Errorf("docs/runbooks/%s.md lacks %q", r.Name(), want)
			}
		}
		if want := "/docs/runbooks/" + r.Name() + ".md"; !strings.HasSuffix(r.Annotations().Get("runbook_url"), want) {
			t.Errorf("alert %s: runbook_url is %q, want it to end in %s", r.Name(), r.Annotations().Get("runbook_url"), want)
		}
		if !slices.Contains(severities, r.Labels().Get("severity")) {
			t.Errorf("alert %s: severity %q is none of %v", r.Name(), r.Labels().Get("severity"), severities)
		}
	}
	found, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if !pages[f.Name()] && f.Name() != "README.md" {
			t.Errorf("docs/runbooks/%s belongs to no alert", f.Name())
		}
	}
}

func TestRulesUseKnownMetricsOnly(t *testing.T) {
	for _, file := range ruleNames {
		groups, faults := embedded{}.Load(file, false, model.LegacyValidation)
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		for _, g := range groups.Groups {
			for _, r := range g.Rules {
				if _, err := CheckQuery(r.Expr); err != nil {
					t.Errorf("%s: %v", r.Record+r.Alert, err)
				}
				if r.Record != "" && strings.Count(r.Record, ":") != 2 {
					t.Errorf("recording %q is not level:metric:operation", r.Record)
				}
			}
		}
	}
}
