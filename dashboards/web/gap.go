package web

import (
	"cmp"
	"errors"
	"html/template"
	"net/http"
	"slices"
	"time"

	"github.com/samdrift/samdrift/dashboards/chart"
	"github.com/samdrift/samdrift/dashboards/locale"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

type gapPage struct {
	frame
	V        hub.GapView
	Articles []articleRow
	Heat     []heatRow // the admin's: every municipality against every article
	Own      *nis2.Assessment
	Lights   map[string]string
	Rounds   []hub.RoundView
	Centres  []inventory.Centre // whose profile the person may see
	Form     form               // what was typed to open a round
	Fault    *fault
}

// articleRow is one article with its mean over the cooperation, and the person's own.
type articleRow struct {
	ID, Ref, Title string
	Joint          *nis2.Scores
	Own            *nis2.ArticleResult
}

type heatRow struct {
	Code, Name string
	Light      nis2.Light
	Cells      []heatCell // the whole, then the articles
}

// heatCell is one field of the heat map; what is proven and answered stands small in it, as whole per
// cent, so that all articles fit on a screen.
type heatCell struct {
	Applies  bool
	Headline float64
	Small    string
}

func heatRowOf(l *locale.Locale, name string, a nis2.Assessment) heatRow {
	row := heatRow{Code: a.Municipality, Name: name, Light: a.Light}
	add := func(s nis2.Scores, applies bool) {
		row.Cells = append(row.Cells, heatCell{applies, s.Headline, l.Number(100*s.Proven, 0) + " · " + l.Number(100*s.Coverage, 0)})
	}
	add(a.Overall, true)
	for _, x := range a.Articles {
		add(x.Scores, x.Applicable > 0)
	}
	return row
}

func (s *server) gap(w http.ResponseWriter, r *http.Request) {
	s.showGap(w, r, http.StatusOK, form{}, nil)
}

func (s *server) showGap(w http.ResponseWriter, r *http.Request, status int, typed form, wrong *fault) {
	p, _ := hub.PersonFrom(r.Context())
	v, err := s.hub.Gap(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	page := gapPage{frame: s.frame(r, "nav.gap", v.Meta, crumb{language(r).T("nav.overview"), "/"}), V: v, Form: typed, Fault: wrong}
	l := page.locale
	if page.Rounds, err = s.hub.Rounds(r.Context(), p); err != nil {
		s.fail(w, r, err)
		return
	}
	if page.Centres, err = s.hub.GapCentres(r.Context(), p); err != nil {
		s.fail(w, r, err)
		return
	}
	if p.Role == hub.RoleMunicipality && len(v.Own) == 1 {
		page.Own = &v.Own[0]
	}
	for _, a := range v.Catalogue.Articles {
		row := articleRow{ID: a.ID, Ref: a.DKRef, Title: a.Title.In(l.Lang)}
		if v.Joint != nil {
			for i, x := range v.Joint.Articles {
				if x.ID == a.ID {
					row.Joint = &v.Joint.Articles[i].Scores
				}
			}
		}
		if page.Own != nil {
			for i, x := range page.Own.Articles {
				if x.ID == a.ID {
					row.Own = &page.Own.Articles[i]
				}
			}
		}
		page.Articles = append(page.Articles, row)
	}
	if len(v.Own) > 1 {
		for _, a := range v.Own {
			page.Heat = append(page.Heat, heatRowOf(l, page.Names[a.Municipality], a))
		}
		slices.SortFunc(page.Heat, func(a, b heatRow) int { return l.Compare(a.Name, b.Name) })
	}
	s.render(w, r, status, "gap", page)
}

type gapOfPage struct {
	frame
	A         nis2.Assessment
	Name      string
	Articles  []gapArticle
	Trend     []nis2.TrendPoint // over the closed rounds; empty where the person sees only what is shared
	Line      template.HTML
	Centre    bool // a centre's profile: by the sections of 2024/2690
	Lapsed    int  // controls that are to be reassessed after a move
	MayAnswer bool
}

type gapArticle struct {
	nis2.ArticleResult
	Ref, Title string
	Controls   []gapControl
}

type gapControl struct {
	nis2.ControlResult
	Title     string
	Delivered nis2.DeliveredBy
}

func (s *server) gapOf(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	code := r.PathValue("municipality")
	a, meta, err := s.hub.GapOf(r.Context(), p, code)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	l := language(r)
	page := gapOfPage{frame: s.frame(r, "nav.gap", meta, crumb{l.T("nav.overview"), "/"}, crumb{l.T("nav.gap"), "/gap"}), A: a}
	page.Name = page.Names[code]
	page.Title = l.T("gap.of", "name", page.Name)
	if page.Trend, err = s.hub.Trend(r.Context(), p, code); err != nil && !errors.Is(err, hub.ErrForbidden) {
		s.fail(w, r, err)
		return
	}
	page.Line = trendLine(l, page.Trend)
	page.MayAnswer = p.Role == hub.RoleAdmin || p.Role == hub.RoleMunicipality && p.Organisation == code
	for _, r := range a.Controls {
		if r.Reassess != nil {
			page.Lapsed++
		}
	}
	page.Articles = articlesOf(s.hub.Catalogue(), a, l.Lang)
	s.render(w, r, http.StatusOK, "gapof", page)
}

// articlesOf gathers an assessment's controls by article, with their titles.
func articlesOf(cat *nis2.Catalogue, a nis2.Assessment, lang string) []gapArticle {
	var articles []gapArticle
	for _, x := range a.Articles {
		article := gapArticle{ArticleResult: x}
		if c, ok := cat.Article(x.ID); ok {
			article.Ref, article.Title = cmp.Or(c.DKRef, c.Ref), c.Title.In(lang)
		}
		for _, result := range a.Controls {
			if result.Article != x.ID {
				continue
			}
			control := gapControl{ControlResult: result}
			if c, ok := cat.Control(result.ID); ok {
				control.Title, control.Delivered = c.Title.In(lang), c.DeliveredBy
			}
			article.Controls = append(article.Controls, control)
		}
		articles = append(articles, article)
	}
	return articles
}

// trendLine draws the share of target over the closed rounds. One round alone is no line.
func trendLine(l *locale.Locale, trend []nis2.TrendPoint) template.HTML {
	if len(trend) < 2 {
		return ""
	}
	points := make([]chart.Point, len(trend))
	for i, x := range trend {
		points[i] = chart.Point{At: x.AsOf.Time(), Value: x.Headline}
	}
	return chart.Line(points, chart.LineOptions{
		Title: l.T("trend.title"), From: points[0].At, To: points[len(points)-1].At, Max: 1, Value: l.Percent0,
		Moment: func(t time.Time) string { return l.Date(inventory.DateOf(t)) },
	})
}
