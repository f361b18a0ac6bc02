package web

import (
	"cmp"
	"html/template"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/samdrift/samdrift/dashboards/chart"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/evaluate"
)

// moneyPage is what the plan costs and is worth, who pays, and what each figure stands on.
type moneyPage struct {
	frame
	E        evaluate.Evaluation
	Weeks    template.HTML
	Spreads  []spreadRow // the parts of the cost by how unsure they are
	Outcomes []outcomeRow
	Unknown  []string
	Most     []sensitivityRow // nil: not asked for
	Share    *shareView
	Members  []option // who may leave in the participation form
	Form     form
	Fault    *fault
}

// spreadRow is a part of the cost whose end points are far apart: knowing more of it changes most.
type spreadRow struct {
	Part  planner.Part
	Range planner.Range
	Width float64
}

// sensitivityRow is what the plan becomes when one thing turns out otherwise.
type sensitivityRow struct {
	planner.Sensitivity
	Words string
}

type outcomeRow struct {
	evaluate.Outcome
	Name    string
	Missing []string
}

// shareView is a joint cost shared by every key, with everyone and without those who leave.
type shareView struct {
	Keys []evaluate.Key
	Rows []shareRow
	Left bool // somebody leaves
}

type shareRow struct {
	Name  string
	Cells []shareCell // one for each key
}

type shareCell struct {
	Known         bool
	Before, After float64 // DKK
	Out           bool    // it leaves
}

func (s *server) money(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	v, err := s.hub.Evaluation(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	l := language(r)
	page := moneyPage{frame: s.frame(r, "nav.money", v.Meta, crumb{l.T("nav.overview"), "/"}, crumb{l.T("nav.plan"), "/plan"}), E: v.Evaluation, Form: form{}}
	page.Unknown = page.reasons(v.Evaluation.Unknown)
	for _, x := range v.Evaluation.Cost.Parts {
		if x.Total != nil && x.Total.High > x.Total.Low {
			page.Spreads = append(page.Spreads, spreadRow{x.Part, *x.Total, x.Total.High - x.Total.Low})
		}
	}
	slices.SortStableFunc(page.Spreads, func(a, b spreadRow) int { return cmp.Compare(b.Width, a.Width) })
	for _, o := range v.Evaluation.Outcomes {
		page.Outcomes = append(page.Outcomes, outcomeRow{o, page.nameOf(o.Municipality), page.reasons(o.Unknown)})
	}
	slices.SortFunc(page.Outcomes, func(a, b outcomeRow) int { return cmp.Compare(a.NPV.Likely, b.NPV.Likely) })
	page.Weeks = page.weeks()
	if r.URL.Query().Has("most") {
		if err := s.sensitivities(r, p, &page); err != nil {
			s.fail(w, r, err)
			return
		}
	}
	if err := s.shareJoint(r, p, &page); err != nil {
		s.fail(w, r, err)
		return
	}
	s.render(w, r, http.StatusOK, "planmoney", page)
}

// sensitivities plans anew with each assumption changed in turn.
func (s *server) sensitivities(r *http.Request, p hub.Person, page *moneyPage) error {
	list, err := s.hub.Sensitivities(r.Context(), p)
	if err != nil {
		return err
	}
	l := page.locale
	for _, x := range list {
		q := x.Changed.Params
		page.Most = append(page.Most, sensitivityRow{x, l.T("money.changed", "setting", l.Or("setting.", q["setting"]), "from", l.Plain(q["from"]), "to", l.Plain(q["to"]))})
	}
	return nil
}

// weeks draws what running in two places costs, week by week.
func (p *moneyPage) weeks() template.HTML {
	weeks := p.E.Cost.Weeks
	if len(weeks) == 0 {
		return ""
	}
	l := p.locale
	line := func(class, words string, of func(planner.Range) float64) chart.StepsLine {
		x := chart.StepsLine{Class: class, Words: words}
		for _, week := range weeks {
			x.Steps = append(x.Steps, chart.Step{Day: week.Monday, Value: of(week.Total)})
		}
		x.Steps = append(x.Steps, chart.Step{Day: weeks[len(weeks)-1].Monday.AddDays(7)})
		return x
	}
	return chart.Steps([]chart.StepsLine{
		line("used", l.T("money.likely"), func(r planner.Range) float64 { return r.Likely }),
		line("edge", l.T("money.low"), func(r planner.Range) float64 { return r.Low }),
		line("edge", l.T("money.high"), func(r planner.Range) float64 { return r.High }),
	}, chart.StepsOptions{Title: l.T("money.weeks"), From: weeks[0].Monday, To: weeks[len(weeks)-1].Monday.AddDays(13), Value: l.Money, Months: l.Month, Filled: true})
}

// mostJoint is more money than any cooperation shares; in DKK.
const mostJoint = 1e11

// shareJoint works out the form about a joint cost, when it was filled in.
func (s *server) shareJoint(r *http.Request, p hub.Person, page *moneyPage) error {
	l, query := page.locale, r.URL.Query()
	out := query["out"]
	for _, c := range page.municipalities() {
		page.Members = append(page.Members, option{c.Value, c.Text, slices.Contains(out, c.Value)})
	}
	typed := query.Get("joint")
	page.Form["joint"] = typed
	if typed == "" {
		return nil
	}
	dkk, ok := amount(typed)
	if !ok {
		page.Fault = &fault{Words: []string{l.T("form.notanumber", "field", l.T("money.joint"), "value", typed)}}
		return nil
	}
	list, err := s.hub.Participation(r.Context(), p, planner.Range{Low: dkk, Likely: dkk, High: dkk}, out)
	if page.Fault = faultOf(err); err != nil {
		if page.Fault != nil {
			return nil
		}
		return err
	}
	page.Share = page.shares(list, out)
	return nil
}

// shares puts the shares of all keys beside each other, one line a municipality.
func (p *moneyPage) shares(list []evaluate.Participation, out []string) *shareView {
	v := &shareView{Left: len(out) > 0}
	rows := map[string]*shareRow{}
	var codes []string
	dkk := func(o evaluate.Ore) float64 { return math.Round(float64(o.Likely) / 100) }
	for k, x := range list {
		v.Keys = append(v.Keys, x.Before.Key)
		for _, share := range x.Before.Shares {
			row := rows[share.Municipality]
			if row == nil {
				row = &shareRow{Name: p.nameOf(share.Municipality), Cells: make([]shareCell, len(list))}
				rows[share.Municipality] = row
				codes = append(codes, share.Municipality)
			}
			row.Cells[k] = shareCell{Known: true, Before: dkk(share.Amount), Out: slices.Contains(out, share.Municipality)}
		}
		for _, share := range x.After.Shares {
			if row := rows[share.Municipality]; row != nil {
				row.Cells[k].After = dkk(share.Amount)
			}
		}
	}
	slices.SortFunc(codes, func(a, b string) int { return p.locale.Compare(p.nameOf(a), p.nameOf(b)) })
	for _, code := range codes {
		v.Rows = append(v.Rows, *rows[code])
	}
	return v
}

// Basis tells what a figure stands on.
func (f frame) Basis(b evaluate.Basis) string {
	words := f.locale.Or("basis.", string(b.Kind))
	if b.Source != "" {
		words += ": " + f.locale.Or("source.", b.Source)
	}
	if b.Date.Known() {
		words += " (" + f.locale.Date(b.Date) + ")"
	}
	return words
}

// Figure writes a number that a result rests on: rates as percentages, money as money.
func (p moneyPage) Figure(b evaluate.NamedBasis) string {
	switch b.Name {
	case "rate_first", "rate_later", "distortion", "price_adjustment":
		return p.locale.Percent(b.Value)
	case "tax_factor":
		return p.locale.Number(b.Value, 2)
	}
	return p.locale.Money(b.Value)
}

// Verdict is the look of whether a municipality gains.
func (p moneyPage) Verdict(v evaluate.Verdict) template.HTML {
	return badge(map[evaluate.Verdict]string{evaluate.Gains: "ok", evaluate.Loses: "err"}[v], p.locale.Or("verdict.", string(v)))
}

// National tells the national grant in the language.
func (p moneyPage) National() string {
	n := p.E.Funding.National
	words := n.DA
	if p.Lang == "en" {
		words = n.EN
	}
	return p.locale.T("money.national", "dkk", p.locale.Money(float64(n.DKK)), "what", words, "from", strconv.Itoa(n.From), "to", strconv.Itoa(n.To))
}

// amount reads a sum as Danes write it: points between thousands, a comma before the øre.
func amount(typed string) (dkk float64, ok bool) {
	dkk, err := strconv.ParseFloat(strings.NewReplacer(".", "", " ", "", ",", ".").Replace(typed), 64)
	return dkk, err == nil && dkk >= 0 && dkk <= mostJoint
}
