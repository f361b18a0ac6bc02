package web

import (
	"cmp"
	"html/template"
	"net/http"
	"slices"
	"time"

	"github.com/samdrift/samdrift/dashboards/chart"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
)

type assetPage struct {
	frame
	V        hub.AssetView
	A        hub.AssetRow
	Facts    []factRow
	Total    int64 // bytes of storage
	Used     int64
	Charts   []template.HTML
	Together []string
	Why      []string
	Risk     []string
	Stays    []string
	Tables   []tableRow
	Changes  []inventory.Change
}

// factRow is a value with where it comes from.
type factRow struct {
	Name, Value, From string
	Where             string // in the device, in its own technical words
	At                time.Time
}

type tableRow struct {
	Collector, Table, State, Reason string
	Rows                            int
}

// factsShown are the single values of an asset that its page lists, in order.
var factsShown = []string{
	"kind", "vendor", "model", "serial", "uuid", "platform", "firmware", "os", "hardware_end_of_support", "vcpus", "memory_bytes", "runs_on",
	"criticality", "class", "owner", "status", "site", "operated_by", "management.protocols", "management.default_community", "management.zone",
	"management.sys_descr", "management.sys_object_id",
}

func (s *server) asset(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	v, err := s.hub.Asset(r.Context(), p, r.PathValue("id"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	a := v.Row
	l := language(r)
	page := assetPage{
		frame: s.frame(r, "nav.assets", v.Meta, crumb{l.T("nav.overview"), "/"}, crumb{"", "/municipalities/" + a.Municipality}, crumb{l.T("nav.assets"), "/assets?municipality=" + a.Municipality}),
		V:     v, A: a, Changes: v.Changes,
	}
	page.Crumbs[1].Text = page.Names[a.Municipality]
	page.Title = cmp.Or(a.Name, a.ID)
	page.Total, page.Used = a.StorageBytes()
	page.facts(&a.Asset)
	if v.Group != nil {
		page.Together, page.Why, page.Risk = page.reasons(v.Group.Ties), page.reasons(v.Group.Binding), page.reasons(v.Group.Risk.Reasons)
	}
	page.Stays = page.reasons(v.Refused)
	for _, c := range v.Collections {
		for table, status := range c.Tables {
			page.Tables = append(page.Tables, tableRow{c.Collector, table, status.State, status.Reason, status.Rows})
		}
	}
	slices.SortFunc(page.Tables, func(a, b tableRow) int {
		return cmp.Or(cmp.Compare(a.Collector, b.Collector), cmp.Compare(a.Table, b.Table))
	})
	if page.Charts, err = s.charts(r, a.ID); err != nil {
		s.fail(w, r, err)
		return
	}
	s.render(w, r, http.StatusOK, "asset", page)
}

// facts lists the asset's single values in words.
func (p *assetPage) facts(a *inventory.Asset) {
	l := p.locale
	fields := map[string]inventory.Field{}
	for _, f := range inventory.Fields(a) {
		fields[f.Name] = f
	}
	for _, name := range factsShown {
		f := fields[name]
		value := f.Value
		switch name {
		case "kind", "class":
			value = l.Or(name+".", value)
		case "criticality":
			value = l.T("criticality." + cmp.Or(value, "0"))
		case "status":
			value = l.Or("status.", value)
		case "management.zone":
			value = l.Or("zone.", value)
		case "memory_bytes":
			value = l.Bytes(a.MemoryBytes)
		case "os":
			value = a.OS.String()
			if a.OS.EndOfSupport.Known() {
				value += ", " + l.T("asset.support", "date", l.Date(a.OS.EndOfSupport))
			} else if value != "" {
				value += ", " + l.T("asset.support.unknown")
			}
		case "hardware_end_of_support":
			value = l.Date(a.HardwareEndOfSupport)
		case "management.default_community":
			value = yesNo(l, a.Management.DefaultCommunity)
		case "management.protocols":
			value = joined(a.Management.Protocols)
		case "operated_by", "site":
			value = cmp.Or(p.Names[value], value)
		}
		from := ""
		if f.Origin.Collector != "" {
			from = l.Or("collector.", f.Origin.Collector) + ": " + f.Origin.Source
		}
		p.Facts = append(p.Facts, factRow{l.T("field." + name), cmp.Or(value, l.T("unknown")), from, f.Origin.Evidence, f.Origin.At})
	}
}

func joined(list []string) string {
	text := ""
	for i, x := range list {
		if i > 0 {
			text += ", "
		}
		text += x
	}
	return text
}

// charts draws the asset's measurements of the last hour.
func (s *server) charts(r *http.Request, id string) ([]template.HTML, error) {
	p, _ := hub.PersonFrom(r.Context())
	l := language(r)
	to := time.Now()
	from := to.Add(-time.Hour)
	series, err := s.hub.AssetSeries(r.Context(), p, id, from, to)
	if err != nil {
		return nil, err
	}
	// A hub that has just begun has a short story: the charts begin where it does.
	first := to.Add(-5 * time.Minute)
	for _, x := range series {
		if len(x.Points) > 0 && x.Points[0].At.Before(first) {
			first = x.Points[0].At
		}
	}
	from = first
	var drawn []template.HTML
	for _, x := range series {
		o := chart.LineOptions{Title: l.T("series." + x.Name), From: from, To: to, Moment: func(t time.Time) string { return t.In(copenhagen).Format("15.04") }}
		switch x.Unit {
		case "percent":
			o.Max, o.Value = 100, func(v float64) string { return l.Number(v, 0) + " %" }
		case "ratio":
			o.Max, o.Value = 1, l.Percent0
		case "bool":
			o.Max, o.Value = 1, func(v float64) string {
				return map[bool]string{true: l.T("series.yes"), false: l.T("series.no")}[v >= 0.5]
			}
		default:
			o.Value = func(v float64) string { return l.BitsPerSecond(int64(v) + 1) }
		}
		if volume := x.Labels["volume"]; volume != "" {
			o.Title += ": " + volume
		}
		last := ""
		if n := len(x.Points); n > 0 {
			last = o.Value(x.Points[n-1].Value)
		}
		title := template.HTMLEscapeString(o.Title + ", " + l.T("series.now", "value", last))
		drawn = append(drawn, template.HTML("<figure><figcaption>"+title+"</figcaption>")+chart.Line(chartPoints(x.Points), o)+"</figure>") // escaped above
	}
	return drawn, nil
}

// liveAsset gives the charts anew, for the script that keeps them fresh.
func (s *server) liveAsset(w http.ResponseWriter, r *http.Request) {
	drawn, err := s.charts(r, r.PathValue("id"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.fragment(w, r, "asset", "charts", struct{ Charts []template.HTML }{drawn})
}

// copenhagen is the users' time zone.
var copenhagen = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Copenhagen")
	if err != nil {
		panic("embedded time zones lack Europe/Copenhagen: " + err.Error())
	}
	return zone
}()
