package web

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/samdrift/samdrift/dashboards/chart"
	"github.com/samdrift/samdrift/dashboards/locale"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/nis2"
	"github.com/samdrift/samdrift/planner/track"
	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed static
var staticFiles embed.FS

// templates are the pages of one language, by name.
type templates map[string]*template.Template

// parseTemplates reads every page once per language, so that words are bound at start.
func parseTemplates() map[string]templates {
	names, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	all := map[string]templates{}
	for _, lang := range locale.Languages {
		all[lang] = templates{}
		for _, name := range names {
			base := strings.TrimSuffix(strings.TrimPrefix(name, "templates/"), ".html")
			if base == "layout" || base == "parts" || base == "planparts" || base == "runparts" {
				continue
			}
			t := template.New("layout").Funcs(functions(locale.Get(lang)))
			all[lang][base] = template.Must(t.ParseFS(templateFiles, "templates/layout.html", "templates/parts.html", "templates/planparts.html", "templates/runparts.html", name))
		}
	}
	return all
}

// functions are what templates may call.
func functions(l *locale.Locale) template.FuncMap {
	return template.FuncMap{
		"t": l.T, "int": func(n int) string { return l.Int(int64(n)) }, "num": l.Number, "pct": l.Percent, "pct0": l.Percent0,
		"money": l.Money, "moneyRange": l.MoneyRange, "bytes": l.Bytes, "bps": l.BitsPerSecond,
		"date": l.Date, "dateLong": l.DateLong, "time": l.Time, "week": l.Week, "period": l.Period, "half": l.Half,
		"heat":      chart.HeatClass,
		"word":      func(prefix string, key any) string { return l.Or(prefix, text(key)) },
		"yes":       func(b *bool) string { return yesNo(l, b) },
		"wavestate": func(w track.WaveStatus) template.HTML { return badge(waveBadges[w.State], l.WaveState(w)) },
		"sources":   func(list []string) string { return sources(l, list) },
		"operation": l.Operation,
		"reassess":  func(r *nis2.Reassess) string { return reassessWords(l, r) },
		"begun":     begunOnly,
		"status":    func(s inventory.Status) template.HTML { return badge(statusBadge[s], l.Or("status.", string(s))) },
		"badge":     badge,
		"alert": func(severity string) template.HTML {
			return badge(severityBadge[severity], l.Or("severity.", severity))
		},
		"int64":  func(n int) int64 { return int64(n) },
		"inc":    func(n int) int { return n + 1 },
		"short":  func(hash string) string { return hash[:min(12, len(hash))] },
		"gb":     func(n int) string { return unknownZero(l, n) },
		"int64s": l.Int,
		"stepstate": func(state terraform.StepState) template.HTML {
			return badge(stepBadge[state], l.Or("stepstate.", string(state)))
		},
		"runstate": func(state hub.RunState) template.HTML {
			return badge(runBadge[state], l.Or("runstate.", string(state)))
		},
		"doing":    func(stage platform.Stage, action string) string { return doing(l, stage, action) },
		"happened": func(stage platform.Stage, x hub.Happening) stageHappening { return stageHappening{stage, x} },
		"lasted":   func(seconds int) string { return lasted(l, seconds) },
		"hours":    func(t time.Time) string { return t.In(copenhagen).Format(l.T("clock")) },
		"clip":     clip,
		"member":   memberOf,
		"reading":  func(x inventory.Sensor) string { return reading(l, x) },
		"totalBytes": func(volumes []inventory.Volume) int64 {
			total, _ := (&inventory.Asset{Volumes: volumes}).StorageBytes()
			return total
		},
	}
}

// text gives the text of any string type.
func text(v any) string {
	if value := reflect.ValueOf(v); value.Kind() == reflect.String {
		return value.String()
	}
	return fmt.Sprint(v)
}

// reading writes a sensor's value with its unit, or what its number means.
func reading(l *locale.Locale, x inventory.Sensor) string {
	if x.State != "" {
		return l.Or("state.", x.State)
	}
	decimals := 1
	if x.Value == float64(int64(x.Value)) {
		decimals = 0
	}
	return strings.TrimSpace(l.Number(x.Value, decimals) + " " + l.Or("unit.", x.Unit))
}

// unknownZero writes a number where zero means not known.
func unknownZero(l *locale.Locale, n int) string {
	if n == 0 {
		return l.T("unknown")
	}
	return l.Int(int64(n))
}

func yesNo(l *locale.Locale, b *bool) string {
	switch {
	case b == nil:
		return l.T("unknown")
	case *b:
		return l.T("yes")
	}
	return l.T("no")
}

// assetID is how the ids look that inventory gives assets.
var assetID = regexp.MustCompile(`^a[0-9a-f]{12}$`)

// member is something a rule counted: an asset has a page, a system or contract only a name.
type member struct{ Name, Href string }

func memberOf(id string, names map[string]string) member {
	m := member{Name: cmp.Or(names[id], id)}
	if assetID.MatchString(id) {
		m.Href = "/assets/" + id
	}
	return m
}

// clip shortens a long value; the API has it whole.
func clip(value string) string {
	const longest = 60
	if r := []rune(value); len(r) > longest {
		return string(r[:longest-1]) + "…"
	}
	return value
}

// The look of states; each has its own sign in the stylesheet, so that colour says nothing alone.
var (
	statusBadge = map[inventory.Status]string{
		inventory.StatusOK: "ok", inventory.StatusPartial: "warn", inventory.StatusFailed: "err", inventory.StatusUnreachable: "err", inventory.StatusRefused: "err",
	}
	severityBadge = map[string]string{"critical": "err", "warning": "warn", "info": "info"}
)

func badge(class, words string) template.HTML {
	if class == "" {
		class = "none"
	}
	return template.HTML(`<span class="badge ` + class + `">` + template.HTMLEscapeString(words) + `</span>`) // class is one of ours, words are escaped
}

// frame is what every page has around its content.
type frame struct {
	Lang, Other string // languages: this one, and the one to switch to
	Title       string
	Person      hub.Person
	Known       bool
	Meta        hub.Meta
	Path        string
	OtherLink   string
	Version     string
	Crumbs      []crumb
	Nav         []navGroup
	Search      string
	Names       map[string]string // words for codes and ids, within the person's scope
	InForce     *inForceLine      // on pages of the plan: the scenario in force; nil: none is

	locale *locale.Locale
}

type crumb struct{ Text, Href string }

type navGroup struct {
	Title string
	Items []navItem
}

type navItem struct {
	Text, Href string
	Current    bool
}

// navigation is the menu: title key, then words and path of each item.
var navigation = []struct {
	title string
	items [][2]string
}{
	{"", [][2]string{{"nav.overview", "/"}, {"nav.alerts", "/alerts"}}},
	{"nav.operation", [][2]string{{"nav.assets", "/assets"}, {"nav.systems", "/systems"}, {"nav.topology", "/topology"}, {"nav.collections", "/collections"}}},
	{"nav.move", [][2]string{{"nav.plan", "/plan"}, {"nav.capacity", "/plan/capacity"}, {"nav.money", "/plan/money"}, {"nav.risk", "/plan/risk"}, {"nav.centres", "/plan/centres"}, {"nav.scenarios", "/plan/scenarios"}, {"nav.replan", "/plan/replan"}, {"nav.track", "/plan/track"}, {"nav.moves", "/moves"}}},
	{"nav.security", [][2]string{{"nav.gap", "/gap"}}},
	{"nav.steering", [][2]string{{"nav.reports", "/reports"}}},
}

// frame builds the frame of a page with the given title key.
func (s *server) frame(r *http.Request, title string, meta hub.Meta, crumbs ...crumb) frame {
	l := language(r)
	p, known := hub.PersonFrom(r.Context())
	f := frame{Lang: l.Lang, Other: "en", Title: l.T(title), Person: p, Known: known, Meta: meta, Path: r.URL.Path, Version: s.version, Crumbs: crumbs, locale: l}
	if l.Lang == "en" {
		f.Other = "da"
	}
	query := r.URL.Query()
	query.Set("lang", f.Other)
	query.Del("token")
	f.OtherLink = "?" + query.Encode()
	if !known {
		return f
	}
	// Before anything is collected there are no names, and no page either that would show them.
	f.Names, _ = s.hub.Names(r.Context(), p)
	f.InForce = s.inForce(r, p)
	here := menuItem(r.URL.Path)
	for _, g := range navigation {
		group := navGroup{}
		if g.title != "" {
			group.Title = l.T(g.title)
		}
		for _, item := range g.items {
			if slices.Contains([]string{"/assets", "/systems", "/topology", "/collections"}, item[1]) {
				if p.Role == hub.RoleSteering {
					continue // nothing behind these is shared with the steering group
				}
			}
			group.Items = append(group.Items, navItem{l.T(item[0]), item[1], item[1] == here})
		}
		if len(group.Items) > 0 {
			f.Nav = append(f.Nav, group)
		}
	}
	return f
}

// menuItem gives the menu's path that a page lies under: the longest that fits.
func menuItem(path string) string {
	best := ""
	for _, g := range navigation {
		for _, item := range g.items {
			if (path == item[1] || item[1] != "/" && strings.HasPrefix(path, item[1]+"/")) && len(item[1]) > len(best) {
				best = item[1]
			}
		}
	}
	return best
}

// message is a page that only says something.
func (f frame) message(key string) any {
	return struct {
		frame
		Text string
	}{f, f.locale.T(key)}
}

// render writes a page, or nothing of it: it is made whole before the first byte is sent.
func (s *server) render(w http.ResponseWriter, r *http.Request, status int, name string, view any) {
	var b bytes.Buffer
	if err := s.templates[language(r).Lang][name].ExecuteTemplate(&b, "layout", view); err != nil {
		s.log.Error("page cannot be made", "page", name, "error", err)
		http.Error(w, language(r).T("error.500"), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "private, no-store") // what a page shows is for one person only
	h.Set("Vary", "Cookie, Authorization")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the client may have gone
}

// fragment writes one part of a page, for the script that keeps it fresh.
func (s *server) fragment(w http.ResponseWriter, r *http.Request, name, part string, view any) {
	var b bytes.Buffer
	if err := s.templates[language(r).Lang][name].ExecuteTemplate(&b, part, view); err != nil {
		s.log.Error("part cannot be made", "page", name, "part", part, "error", err)
		http.Error(w, language(r).T("error.500"), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "private, no-store")
	_, _ = w.Write(b.Bytes())
}

// fail answers an error as a page that says what to do, or as a problem to a program.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	status, key := http.StatusInternalServerError, "error.500"
	switch {
	case errors.Is(err, hub.ErrForbidden):
		status, key = http.StatusForbidden, "error.403"
	case errors.Is(err, hub.ErrNotFound):
		status, key = http.StatusNotFound, "error.404"
	case errors.Is(err, hub.ErrInvalid):
		status, key = http.StatusUnprocessableEntity, "error.422"
	case errors.Is(err, hub.ErrNotReady):
		status, key = http.StatusServiceUnavailable, "error.503"
		w.Header().Set("Retry-After", "3")
	default:
		s.log.Error("request failed", "path", r.URL.Path, "error", err)
	}
	if program(r) {
		problem(w, status, language(r).T(key))
		return
	}
	f := s.frame(r, key+".title", hub.Meta{})
	s.render(w, r, status, "message", f.message(key))
}

// static serves stylesheet and script.
func (s *server) static(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/static/")
	data, err := staticFiles.ReadFile("static/" + name)
	if err != nil {
		s.fail(w, r, hub.ErrNotFound)
		return
	}
	if name == "app.css" {
		data = slices.Concat(data, []byte(chart.CSS), []byte(chart.HeatCSS()))
	}
	w.Header().Set("Cache-Control", "public, max-age=300")
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(data))
}

func (s *server) healthy(w http.ResponseWriter, _ *http.Request) {
	_, _ = w.Write([]byte("ok\n"))
}

func (s *server) ready(w http.ResponseWriter, _ *http.Request) {
	if !s.hub.Ready() {
		http.Error(w, "nothing collected yet", http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("ready\n"))
}

// reasons gives reasons as sentences.
func (f frame) reasons(list []planner.Reason) []string {
	words := make([]string, len(list))
	for i, r := range list {
		words[i] = f.locale.Reason(r, f.Names)
	}
	return words
}
