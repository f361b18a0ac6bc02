package grafana

import (
	"fmt"
	"slices"
	"strings"
)

// unknown is what a panel shows when there is no data. Nothing measured is never shown as zero.
const unknown = "Ikke målt"

// sourceUID is the data source that Push makes in each organisation.
const sourceUID = "samdrift"

// chosen refers to the data source that is chosen at the top of the dashboard.
func chosen() *source { return &source{Type: "prometheus", UID: "${datasource}"} }

func dataSourceVariable() variable {
	return variable{Name: "datasource", Label: "Datakilde", Type: "datasource", Query: "prometheus", Current: &selected{sourceUID, sourceUID}}
}

// municipalityVariable lets one municipality be chosen: by name where names are known.
func municipalityVariable(o Options) variable {
	if len(o.Names) > 0 {
		return variable{Name: "municipality", Label: "Kommune", Type: "custom", Query: choices(o.Names)}
	}
	return queryVariable("municipality", "Kommune", `label_values(samdrift_device_up, municipality)`)
}

func queryVariable(name, label, query string) variable {
	return variable{
		Name: name, Label: label, Type: "query", Source: chosen(), Definition: query,
		Query: map[string]any{"query": query, "refId": "Variable-" + name}, Refresh: 2, Sort: 1,
	}
}

// text is a panel of words.
func text(title, markdown string) panel {
	return panel{Type: "text", Title: title, Description: title, Options: map[string]any{"mode": "markdown", "content": markdown}}
}

// measured makes a panel that asks the data source.
func measured(kind, title, description, unit string, targets ...target) panel {
	for i := range targets {
		targets[i].RefID = string(rune('A' + i))
		targets[i].Source = chosen()
	}
	return panel{
		Type: kind, Title: title, Description: description, Source: chosen(), Targets: targets,
		Options: map[string]any{},
		FieldConfig: &fieldConfig{
			Defaults: fieldDefaults{
				Unit: unit, NoValue: unknown, Color: map[string]any{"mode": "palette-classic"},
				Thresholds: thresholds{Mode: "absolute", Steps: []step{{Color: "green"}}},
				Mappings:   []mapping{},
			},
			Overrides: []override{},
		},
	}
}

// over asks for values over time, each line named by the legend ("{{instance}}").
func over(expr, legend string) target {
	return target{Expr: expr, Legend: legend, Range: true, Format: "time_series"}
}

// latest asks for the latest value only.
func latest(expr, legend string) target {
	return target{Expr: expr, Legend: legend, Instant: true, Format: "time_series"}
}

// stat shows one figure.
func stat(title, description, unit, expr string) panel {
	p := measured("stat", title, description, unit, latest(expr, title))
	p.Options = map[string]any{
		"colorMode": "value", "graphMode": "none", "justifyMode": "auto", "textMode": "auto", "orientation": "auto",
		"reduceOptions": map[string]any{"calcs": []string{"lastNotNull"}, "fields": "", "values": false},
	}
	return p
}

// bars shows the latest value of several things beside each other.
func bars(title, description, unit, expr, legend string) panel {
	p := measured("bargauge", title, description, unit, latest(expr, legend))
	p.Options = map[string]any{
		"displayMode": "basic", "orientation": "horizontal", "showUnfilled": true, "minVizHeight": 14, "minVizWidth": 8, "valueMode": "color",
		"reduceOptions": map[string]any{"calcs": []string{"lastNotNull"}, "fields": "", "values": false},
	}
	return p
}

// lines shows values over time. Gaps stay gaps: what was not measured is not known.
func lines(title, description, unit string, targets ...target) panel {
	p := measured("timeseries", title, description, unit, targets...)
	p.FieldConfig.Defaults.Custom = map[string]any{
		"drawStyle": "line", "lineWidth": 1, "fillOpacity": 8, "showPoints": "never", "spanNulls": false,
		"axisPlacement": "auto", "thresholdsStyle": map[string]any{"mode": "off"},
	}
	p.Options = map[string]any{
		"legend":  map[string]any{"displayMode": "list", "placement": "bottom", "showLegend": true, "calcs": []string{}},
		"tooltip": map[string]any{"mode": "multi", "sort": "desc"},
	}
	return p
}

// states shows a state over time as coloured stretches.
func states(title, description string, targets ...target) panel {
	p := measured("state-timeline", title, description, "none", targets...)
	p.FieldConfig.Defaults.Custom = map[string]any{"fillOpacity": 80, "lineWidth": 0, "spanNulls": false}
	p.Options = map[string]any{
		"mergeValues": true, "showValue": "auto", "rowHeight": 0.85, "alignValue": "left",
		"legend":  map[string]any{"displayMode": "list", "placement": "bottom", "showLegend": false},
		"tooltip": map[string]any{"mode": "single", "sort": "none"},
	}
	return p
}

// columnWords are the Danish words for the values of some columns.
var columnWords = map[string][][2]string{
	"Alvor":        {{"critical", "Kritisk"}, {"warning", "Advarsel"}, {"info", "Til orientering"}},
	"Set fra":      {{"municipality", "Kommunen"}, {"operator", "Driften"}},
	"Kritikalitet": {{"0", "Ukendt"}, {"1", "Lav"}, {"2", "Middel"}, {"3", "Forretningskritisk"}, {"4", "Samfundskritisk"}},
}

// table shows one row per series: the named labels under Danish headings, then the value.
// An empty value heading leaves the value out.
func table(title, description, unit, expr, value string, columns ...[2]string) panel {
	p := measured("table", title, description, unit, target{Expr: expr, Instant: true, Format: "table"})
	p.Options = map[string]any{"showHeader": true, "cellHeight": "sm", "footer": map[string]any{"show": false, "reducer": []string{"sum"}, "countRows": false}}
	p.FieldConfig.Defaults.Custom = map[string]any{"align": "auto", "cellOptions": map[string]any{"type": "auto"}, "filterable": true}
	order, names := map[string]any{}, map[string]any{}
	var keep []string
	for i, c := range columns {
		order[c[0]], names[c[0]] = i, c[1]
		keep = append(keep, c[0])
		p.columns = append(p.columns, c[1])
	}
	if value != "" {
		order["Value"], names["Value"] = len(columns), value
		keep = append(keep, "Value")
		p.FieldConfig.Defaults.Custom["cellOptions"] = map[string]any{"type": "color-text"}
	}
	for _, c := range p.columns {
		for _, word := range columnWords[c] {
			p.cell(c, word[0], word[1])
		}
	}
	p.Transforms = []transform{
		{ID: "filterFieldsByName", Options: map[string]any{"include": map[string]any{"names": keep}}},
		{ID: "organize", Options: map[string]any{"indexByName": order, "renameByName": names, "excludeByName": map[string]any{}}},
	}
	return p
}

// at places a panel; the page is 24 columns wide.
func (p panel) at(x, y, w, h int) panel {
	p.GridPos = gridPos{X: x, Y: y, W: w, H: h}
	return p
}

// between bounds the axis or the bar.
func (p panel) between(low, high float64) panel {
	p.FieldConfig.Defaults.Min, p.FieldConfig.Defaults.Max = &low, &high
	return p
}

// decimals sets the number of decimals.
func (p panel) decimals(n int) panel {
	p.FieldConfig.Defaults.Decimals = &n
	return p
}

// rising colours values green, then amber from the first bound and red from the second.
func (p panel) rising(amber, red float64) panel {
	return p.coloured("green", "orange", amber, "red", red)
}

// falling colours values red, then amber from the first bound and green from the second.
func (p panel) falling(amber, green float64) panel {
	return p.coloured("red", "orange", amber, "green", green)
}

func (p panel) coloured(base, second string, from float64, third string, fromThird float64) panel {
	d := &p.FieldConfig.Defaults
	d.Color = map[string]any{"mode": "thresholds"}
	d.Thresholds.Steps = []step{{Color: base}, {Color: second, Value: &from}, {Color: third, Value: &fromThird}}
	return p
}

// words shows words for values: "1" → "Svarer". The colour never stands alone.
func (p panel) words(value, word, colour string) panel {
	d := &p.FieldConfig.Defaults
	if len(d.Mappings) == 0 {
		d.Mappings = []mapping{{Type: "value", Options: map[string]result{}}}
	}
	d.Mappings[0].Options[value] = result{Text: word, Color: colour, Index: len(d.Mappings[0].Options)}
	return p
}

// rename shows a municipality's name where its code would stand.
func (p *panel) rename(code, name string) {
	if slices.Contains(p.columns, "Kommune") {
		p.cell("Kommune", code, name)
	}
	for _, t := range p.Targets {
		legend := strings.ReplaceAll(t.Legend, "{{municipality}}", "%s")
		if legend == t.Legend || strings.Contains(legend, "{{") {
			continue
		}
		p.FieldConfig.Overrides = append(p.FieldConfig.Overrides, override{
			Matcher:    property{ID: "byName", Options: fmt.Sprintf(legend, code)},
			Properties: []property{{ID: "displayName", Value: fmt.Sprintf(legend, name)}},
		})
	}
}

// cell shows a word for a value within one column of a table.
func (p *panel) cell(column, value, word string) {
	overrides := p.FieldConfig.Overrides
	for i := range overrides {
		if overrides[i].Matcher.Options == column {
			m := overrides[i].Properties[0].Value.([]mapping)
			m[0].Options[value] = result{Text: word, Index: len(m[0].Options)}
			return
		}
	}
	p.FieldConfig.Overrides = append(overrides, override{
		Matcher:    property{ID: "byName", Options: column},
		Properties: []property{{ID: "mappings", Value: []mapping{{Type: "value", Options: map[string]result{value: {Text: word}}}}}},
	})
}
