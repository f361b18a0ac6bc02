package web

import (
	"encoding/csv"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/samdrift/samdrift/dashboards/chart"
	"github.com/samdrift/samdrift/dashboards/locale"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
)

type assetsPage struct {
	frame
	V        hub.AssetList
	Waves    []option
	Findings []option
	Kinds    []option
	Owners   []option // municipalities
	Sparks   map[string]template.HTML
	Columns  map[string]column // by what they sort on
	Pages    []pageLink
	CSV      string
	From, To int
	Chips    []chip
}

type option struct {
	Value, Words string
	Chosen       bool
}

// column is a heading that sorts the list.
type column struct {
	Words, Href, Sorted string // Sorted: ascending, descending or none
}

type pageLink struct {
	Words, Href string
	Current     bool
}

// chip is a filter that is set, with the link that lifts it.
type chip struct{ Words, Href string }

// assetQuery reads the filters from the address. Values that make no sense filter nothing away that
// the form could not show; they are passed on and find nothing.
func assetQuery(values url.Values) hub.AssetQuery {
	page, _ := strconv.Atoi(values.Get("page"))        // not a number: the first page
	perPage, _ := strconv.Atoi(values.Get("per_page")) // not a number: the default
	return hub.AssetQuery{
		Text: values.Get("q"), Municipality: values.Get("municipality"), Kind: inventory.Kind(values.Get("kind")), Site: values.Get("site"),
		Status: inventory.Status(values.Get("status")), OS: values.Get("os"), Wave: values.Get("wave"), Finding: values.Get("finding"),
		Sort: values.Get("sort"), Page: page, PerPage: perPage,
	}
}

func (s *server) assets(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	values := r.URL.Query()
	v, err := s.hub.Assets(r.Context(), p, assetQuery(values))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	page := assetsPage{frame: s.frame(r, "nav.assets", v.Meta, crumb{language(r).T("nav.overview"), "/"}), V: v, Sparks: map[string]template.HTML{}}
	page.Search = v.Query.Text
	l := page.locale
	page.options(l, values)
	page.Columns = map[string]column{}
	for _, c := range hub.AssetSorts {
		page.Columns[c] = sortable(l, values, v.Query.Sort, c)
	}
	page.From = min((v.Query.Page-1)*v.Query.PerPage+1, v.Total)
	page.To = min(page.From+v.Query.PerPage-1, v.Total)
	for _, n := range nearby(v.Query.Page, v.Pages) {
		page.Pages = append(page.Pages, pageLink{strconv.Itoa(n), with(values, "page", strconv.Itoa(n)), n == v.Query.Page})
	}
	page.CSV = "/assets.csv" + with(values, "page", "")
	ids := make([]string, len(v.Rows))
	for i, row := range v.Rows {
		ids[i] = row.ID
	}
	lines, err := s.hub.Sparklines(r.Context(), p, ids)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	for id, points := range lines {
		if len(points) == 0 {
			continue
		}
		page.Sparks[id] = chart.Sparkline(chartPoints(points), 100, l.T("asset.cpu.last", "value", l.Number(points[len(points)-1].Value, 0)))
	}
	s.render(w, r, http.StatusOK, "assets", page)
}

// options fills the filter form and the chips of filters that are set.
func (p *assetsPage) options(l *locale.Locale, values url.Values) {
	for _, code := range p.V.Facets.Municipalities {
		p.Owners = append(p.Owners, option{code, p.Names[code], values.Get("municipality") == code})
	}
	slices.SortFunc(p.Owners, func(a, b option) int { return l.Compare(a.Words, b.Words) })
	for _, k := range p.V.Facets.Kinds {
		p.Kinds = append(p.Kinds, option{string(k), l.Or("kind.", string(k)), values.Get("kind") == string(k)})
	}
	for _, f := range hub.Findings {
		p.Findings = append(p.Findings, option{f, l.Or("finding.", f), values.Get("finding") == f})
	}
	for _, id := range p.V.Facets.Waves {
		p.Waves = append(p.Waves, option{id, waveName(p.V.Rows, id), values.Get("wave") == id})
	}
	for _, key := range []string{"os", "site", "status"} {
		if value := values.Get(key); value != "" {
			p.Chips = append(p.Chips, chip{l.T("filter."+key) + ": " + l.Or("status.", value), with(values, key, "")})
		}
	}
}

// waveName finds a wave's name among the rows shown, and else shows its id.
func waveName(rows []hub.AssetRow, id string) string {
	for _, r := range rows {
		if r.Wave == id {
			return r.WaveName
		}
	}
	return id
}

// sortable makes a heading: a click orders by it, a second click turns the order round.
func sortable(l *locale.Locale, values url.Values, now, by string) column {
	c := column{Words: l.T("assets." + by), Sorted: "none"}
	next := by
	switch now {
	case by:
		c.Sorted, next = "ascending", "-"+by
	case "-" + by:
		c.Sorted = "descending"
	}
	c.Href = with(values, "sort", next)
	return c
}

// with gives the query with one value changed, and the page back at the first unless it is the page.
func with(values url.Values, key, value string) string {
	q := url.Values{}
	for k, v := range values {
		if len(v) > 0 && v[0] != "" && k != "lang" && (k != "page" || key == "page") {
			q[k] = v[:1]
		}
	}
	q.Del(key)
	if value != "" {
		q.Set(key, value)
	}
	return "?" + q.Encode()
}

// nearby gives the pages to link to: the first, the last, and those around the present one.
func nearby(page, pages int) []int {
	var list []int
	for n := 1; n <= pages; n++ {
		if n == 1 || n == pages || n >= page-2 && n <= page+2 {
			list = append(list, n)
		}
	}
	return list
}

func chartPoints(points []hub.Point) []chart.Point {
	list := make([]chart.Point, len(points))
	for i, p := range points {
		list[i] = chart.Point(p)
	}
	return list
}

// assetsCSV writes every asset that the filters find as a sheet for Danish Excel.
func (s *server) assetsCSV(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	q := assetQuery(r.URL.Query())
	q.PerPage = 500
	var rows []hub.AssetRow
	var meta hub.Meta
	for q.Page = 1; ; q.Page++ {
		list, err := s.hub.Assets(r.Context(), p, q)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		rows, meta = append(rows, list.Rows...), list.Meta
		if q.Page >= list.Pages {
			break
		}
	}
	l := language(r)
	name := "servere-og-netvaerk"
	if meta.Demo {
		name = "demodata-" + name
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`.csv"`)
	w.Header().Set("Cache-Control", "private, no-store")
	_, _ = w.Write([]byte("\ufeff")) // so that Excel reads æ, ø and å; the client may have gone
	c := csv.NewWriter(w)
	c.Comma, c.UseCRLF = ';', true
	write := func(cells ...string) {
		for i, cell := range cells {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				cells[i] = "'" + cell // a sheet would run it as a formula
			}
		}
		_ = c.Write(cells)
	}
	if meta.Demo {
		write(l.T("demo.notice"))
	}
	var head []string
	for _, key := range []string{"name", "municipality", "kind", "vendor", "model", "serial", "os", "support", "vcpus", "memory", "storage", "address", "status", "systems", "wave", "findings", "last_seen"} {
		head = append(head, l.T("assets."+key))
	}
	write(head...)
	for _, a := range rows {
		total, _ := a.StorageBytes()
		write(a.Name, a.Municipality, l.Or("kind.", string(a.Kind)), a.Vendor, a.Model, a.Serial, a.OS.String(), a.OS.EndOfSupport.String(),
			known(l, int64(a.VCPUs), 1, 0), known(l, a.MemoryBytes, 1<<30, 1), known(l, total, 1<<30, 1), address(a), l.Or("status.", string(a.Status)),
			strings.Join(a.Systems, ", "), a.WaveName, findings(l, a.Findings), l.Time(a.LastSeen))
	}
	c.Flush()
}

// known writes a number in a unit, and nothing when it is not known.
func known(l *locale.Locale, n, unit int64, decimals int) string {
	if n == 0 {
		return ""
	}
	return l.Number(float64(n)/float64(unit), decimals)
}

func address(a hub.AssetRow) string {
	if len(a.Addresses) == 0 {
		return ""
	}
	return a.Addresses[0].IP
}

func findings(l *locale.Locale, list []string) string {
	words := make([]string, len(list))
	for i, f := range list {
		words[i] = l.Or("finding.", f)
	}
	return strings.Join(words, ", ")
}
