package monitor

import (
	"fmt"
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

// Metric describes what collectors measure under one name.
type Metric struct {
	Name string `json:"name"`
	Type string `json:"type"` // gauge or counter
	Unit string `json:"unit"` // seconds, bytes, ratio, percent, or empty for plain numbers
	Help string `json:"help"`
	// About tells that the series is about the look itself and comes also when the device does not
	// answer. It is no sign of life.
	About bool `json:"-"`
}

// Up is the metric that tells whether a device answered. It is a sign of life when it is 1.
const Up = "samdrift_device_up"

// Metrics are the names that collectors write and that dashboards and rules may use. Names of the
// IF-MIB are kept as they are; our own begin with samdrift_.
var Metrics = []Metric{
	{Up, "gauge", "", "1 when the device answered the latest poll, 0 when it did not", true},
	{"samdrift_snmp_scrape_duration_seconds", "gauge", "seconds", "How long the latest poll of the device took", true},
	{"samdrift_uptime_seconds", "gauge", "seconds", "Time since the device started (wraps after 497 days on SNMP)", false},
	{"samdrift_cpu_load_percent", "gauge", "percent", "Mean load of all processors, 0-100", false},
	{"samdrift_memory_used_percent", "gauge", "percent", "Share of physical memory in use, 0-100", false},
	{"samdrift_storage_size_bytes", "gauge", "bytes", "Size of a volume (label volume)", false},
	{"samdrift_storage_used_bytes", "gauge", "bytes", "Used bytes of a volume (label volume)", false},
	{"samdrift_sensor_value", "gauge", "", "A reading of a device, in the unit of its class: celsius, volts, watts, ... (labels class, name, oid)", false},
	{"samdrift_sensor_state", "gauge", "", "What a state of a device means: 0 ok, 1 warning, 2 critical, 3 unknown (labels name, oid)", false},
	{"samdrift_supply_level_percent", "gauge", "percent", "What a printer has left of a supply, 0-100 (label name)", false},
	{"ifHCInOctets", "counter", "bytes", "Bytes received on a port (labels ifIndex, ifName)", false},
	{"ifHCOutOctets", "counter", "bytes", "Bytes sent on a port (labels ifIndex, ifName)", false},
	{"ifOperStatus", "gauge", "", "State of a port: 1 up, 2 down (labels ifIndex, ifName)", false},
	{"samdrift_link_latency_seconds", "gauge", "seconds", "Round trip over the link to the centre", false},
	{"samdrift_link_utilisation_ratio", "gauge", "ratio", "Share of the link's speed in use, 0-1", false},
	{"samdrift_service_up", "gauge", "", "1 when a service works as seen from perspective municipality or operator (labels service, perspective)", false},
}

var promqlParser = parser.NewParser(parser.Options{})

// CheckQuery parses a PromQL expression and gives the metric names it selects, sorted. It is an
// error when the expression does not parse, or selects a name that is neither in Metrics nor
// recorded by a rule, or selects series without naming a metric.
func CheckQuery(expr string) ([]string, error) {
	names, err := selected(expr)
	if err != nil {
		return nil, fmt.Errorf("query %q: %w", expr, err)
	}
	recorded, err := Recorded()
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		known := slices.ContainsFunc(Metrics, func(m Metric) bool { return m.Name == name }) ||
			slices.Contains(recorded, name) || name == "ALERTS"
		if !known {
			return nil, fmt.Errorf("query %q: no collector writes and no rule records %q: see monitor.Metrics and hub/monitor/rules", expr, name)
		}
	}
	return names, nil
}

// Recorded gives the names that the embedded rules record, sorted.
func Recorded() ([]string, error) {
	var names []string
	for _, file := range ruleNames {
		groups, faults := embedded{}.Load(file, false, model.LegacyValidation)
		if len(faults) > 0 {
			return nil, fmt.Errorf("embedded rules: %w", faults[0])
		}
		for _, g := range groups.Groups {
			names = append(names, recordedBy(g)...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

func recordedBy(g rulefmt.RuleGroup) []string {
	var names []string
	for _, r := range g.Rules {
		if r.Record != "" {
			names = append(names, r.Record)
		}
	}
	return names
}

// selected gives the metric names that an expression selects.
func selected(expr string) ([]string, error) {
	parsed, err := promqlParser.ParseExpr(expr)
	if err != nil {
		return nil, err
	}
	var names []string
	var nameless error
	parser.Inspect(parsed, func(node parser.Node, _ []parser.Node) error {
		v, ok := node.(*parser.VectorSelector)
		if !ok {
			return nil
		}
		i := slices.IndexFunc(v.LabelMatchers, func(m *labels.Matcher) bool {
			return m.Name == model.MetricNameLabel && m.Type == labels.MatchEqual
		})
		if i < 0 {
			nameless = fmt.Errorf("%s names no metric", v)
			return nil
		}
		names = append(names, v.LabelMatchers[i].Value)
		return nil
	})
	slices.Sort(names)
	return slices.Compact(names), nameless
}
