// Package grafana makes samdrift's dashboards for Grafana and pushes them through Grafana's HTTP API.
//
// Dashboards builds them: plain values in, JSON models out, the same bytes for the same options.
// Push puts them into one or many Grafana organisations together with a folder and a data source
// that asks the hub's Prometheus query API. Grafana does not bound what people may query within an
// organisation, so each municipality has an organisation and a data source token of its own; the
// hub maps the token to a scope.
//
// A new dashboard is a function in a file of its own that is listed in Dashboards. A test parses
// every query and refuses metrics that nobody writes.
package grafana

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// Options are what dashboards depend on.
type Options struct {
	// Demo marks dashboards over invented data in words.
	Demo bool
	// Names gives each municipality's name by code. Dashboards show names instead of codes and
	// offer these municipalities to choose from.
	Names map[string]string
	// HubURL is the address of samdrift's own pages, for links back. Empty: no links.
	HubURL string
	// Interval is how often collectors measure. Zero: a minute.
	Interval time.Duration
}

// Dashboard is one dashboard, ready to be pushed or written to a file.
type Dashboard struct {
	UID   string
	Title string
	model model
}

// Dashboards gives every dashboard, in the order in which they should be read.
func Dashboards(o Options) []Dashboard {
	o.Interval = cmp.Or(o.Interval, time.Minute)
	var all []Dashboard
	for _, build := range []func(Options) model{overview, municipality, device, service} {
		m := build(o)
		finish(&m, o)
		all = append(all, Dashboard{UID: m.UID, Title: m.Title, model: m})
	}
	return all
}

// JSON gives the dashboard's model, indented, as Grafana imports it.
func (d Dashboard) JSON() ([]byte, error) {
	text, err := json.MarshalIndent(d.model, "", "  ")
	if err != nil {
		return nil, err
	}
	return append(text, '\n'), nil
}

// hashTag begins the tag that carries the hash of what was pushed.
const hashTag = "samdrift-"

// hash gives a short hash of everything in the dashboard.
func (d Dashboard) hash() (string, error) {
	text, err := json.Marshal(d.model)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hashTag + hex.EncodeToString(sum[:6]), nil
}

// Queries gives every query of the dashboard in which it is asked of the data source, with
// Grafana's variables still in it.
func (d Dashboard) Queries() []string {
	var all []string
	for _, v := range d.model.Templating.List {
		if v.Type == "query" {
			all = append(all, v.Definition)
		}
	}
	for _, p := range d.model.Panels {
		for _, t := range p.Targets {
			all = append(all, t.Expr)
		}
	}
	return all
}

// finish adds what every dashboard has: identity, the mark of invented data, links, and the
// municipalities' names.
func finish(m *model, o Options) {
	m.Tags = []string{"samdrift"}
	m.Timezone, m.WeekStart, m.Refresh = "browser", "monday", "1m"
	m.SchemaVersion = 39
	m.GraphTooltip = 1
	m.Time = timeRange{From: cmp.Or(m.Time.From, "now-6h"), To: "now"}
	m.Annotations = list[annotation]{List: []annotation{}}
	m.Links = []link{{Title: "Samdrift", Type: "dashboards", Icon: "external link", Tags: []string{"samdrift"}, AsDropdown: true, KeepTime: true, IncludeVars: true}}
	if o.HubURL != "" {
		m.Links = append(m.Links, link{Title: "Åbn samdrift", Type: "link", Icon: "external link", URL: o.HubURL, Tags: []string{}, TargetBlank: true})
	}
	if o.Demo {
		m.Title += " (Demodata)"
		mark := text("Demodata", "**Demodata.** Kommunerne findes, men alle tal om servere, sikkerhed og økonomi er opdigtede.")
		m.Panels = append([]panel{mark.at(0, 0, 24, 2)}, shift(m.Panels, 2)...)
	}
	m.Templating.List = append([]variable{dataSourceVariable()}, m.Templating.List...)
	for i := range m.Panels {
		m.Panels[i].ID = i + 1
		for _, code := range slices.Sorted(maps.Keys(o.Names)) {
			m.Panels[i].rename(code, o.Names[code])
		}
	}
}

// shift moves panels down.
func shift(panels []panel, rows int) []panel {
	for i := range panels {
		panels[i].GridPos.Y += rows
	}
	return panels
}

// choices gives the municipalities as "name : code, ..." in Danish order of names.
func choices(names map[string]string) string {
	danish := collate.New(language.Danish)
	codes := slices.SortedFunc(maps.Keys(names), func(a, b string) int {
		return cmp.Or(danish.CompareString(names[a], names[b]), cmp.Compare(a, b))
	})
	var all []string
	for _, code := range codes {
		all = append(all, strings.NewReplacer(",", " ", ":", " ").Replace(names[code])+" : "+code)
	}
	return strings.Join(all, ", ")
}

// withTag gives the model as plain JSON values, with a tag added.
func (d Dashboard) withTag(tag string) (map[string]any, error) {
	m := d.model
	m.Tags = append(slices.Clone(m.Tags), tag)
	text, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	var plain map[string]any
	return plain, json.Unmarshal(text, &plain)
}
