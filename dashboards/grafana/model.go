package grafana

// The types of this file are the part of Grafana's dashboard model (schema version 39) that
// samdrift uses, under Grafana's own field names.

type model struct {
	UID           string           `json:"uid"`
	Title         string           `json:"title"`
	Description   string           `json:"description"`
	Tags          []string         `json:"tags"`
	Timezone      string           `json:"timezone"`
	WeekStart     string           `json:"weekStart"`
	Editable      bool             `json:"editable"`
	GraphTooltip  int              `json:"graphTooltip"` // 1: one crosshair for all panels
	Time          timeRange        `json:"time"`
	Refresh       string           `json:"refresh"`
	SchemaVersion int              `json:"schemaVersion"`
	Templating    list[variable]   `json:"templating"`
	Annotations   list[annotation] `json:"annotations"`
	Links         []link           `json:"links"`
	Panels        []panel          `json:"panels"`
}

type list[T any] struct {
	List []T `json:"list"`
}

type annotation struct{}

type timeRange struct {
	From string `json:"from"`
	To   string `json:"to"`
}

type link struct {
	Title       string   `json:"title"`
	Type        string   `json:"type"` // link, dashboards
	Icon        string   `json:"icon"`
	Tooltip     string   `json:"tooltip"`
	URL         string   `json:"url,omitempty"`
	Tags        []string `json:"tags"`
	AsDropdown  bool     `json:"asDropdown"`
	TargetBlank bool     `json:"targetBlank"`
	IncludeVars bool     `json:"includeVars"`
	KeepTime    bool     `json:"keepTime"`
}

type source struct {
	Type string `json:"type"`
	UID  string `json:"uid"`
}

type variable struct {
	Name       string    `json:"name"`
	Label      string    `json:"label"`
	Type       string    `json:"type"` // datasource, query, custom
	Source     *source   `json:"datasource,omitempty"`
	Query      any       `json:"query"`
	Definition string    `json:"definition,omitempty"`
	Current    *selected `json:"current,omitempty"`
	Refresh    int       `json:"refresh,omitempty"` // 2: when the time range changes
	Sort       int       `json:"sort,omitempty"`    // 1: alphabetical
	Hide       int       `json:"hide"`
}

type selected struct {
	Text  string `json:"text"`
	Value string `json:"value"`
}

type panel struct {
	ID          int            `json:"id"`
	Type        string         `json:"type"`
	Title       string         `json:"title"`
	Description string         `json:"description"`
	Source      *source        `json:"datasource,omitempty"`
	GridPos     gridPos        `json:"gridPos"`
	Targets     []target       `json:"targets,omitempty"`
	FieldConfig *fieldConfig   `json:"fieldConfig,omitempty"`
	Options     map[string]any `json:"options"`
	Transforms  []transform    `json:"transformations,omitempty"`

	columns []string // headings of a table
}

type gridPos struct {
	H int `json:"h"`
	W int `json:"w"`
	X int `json:"x"`
	Y int `json:"y"`
}

type target struct {
	RefID   string  `json:"refId"`
	Source  *source `json:"datasource"`
	Expr    string  `json:"expr"`
	Legend  string  `json:"legendFormat"`
	Instant bool    `json:"instant"`
	Range   bool    `json:"range"`
	Format  string  `json:"format"` // time_series, table
}

type transform struct {
	ID      string         `json:"id"`
	Options map[string]any `json:"options"`
}

type fieldConfig struct {
	Defaults  fieldDefaults `json:"defaults"`
	Overrides []override    `json:"overrides"`
}

type fieldDefaults struct {
	Unit       string         `json:"unit"`
	Decimals   *int           `json:"decimals,omitempty"`
	Min        *float64       `json:"min,omitempty"`
	Max        *float64       `json:"max,omitempty"`
	NoValue    string         `json:"noValue"`
	Color      map[string]any `json:"color"`
	Thresholds thresholds     `json:"thresholds"`
	Mappings   []mapping      `json:"mappings"`
	Custom     map[string]any `json:"custom,omitempty"`
}

type thresholds struct {
	Mode  string `json:"mode"`
	Steps []step `json:"steps"`
}

type step struct {
	Color string   `json:"color"`
	Value *float64 `json:"value"`
}

type mapping struct {
	Type    string            `json:"type"`
	Options map[string]result `json:"options"`
}

type result struct {
	Text  string `json:"text"`
	Color string `json:"color,omitempty"`
	Index int    `json:"index"`
}

type override struct {
	Matcher    property   `json:"matcher"`
	Properties []property `json:"properties"`
}

// property is an id with its value; matchers call the value options.
type property struct {
	ID      string `json:"id"`
	Value   any    `json:"value,omitempty"`
	Options any    `json:"options,omitempty"`
}
