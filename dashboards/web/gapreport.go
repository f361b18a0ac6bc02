package web

import (
	"net/http"

	"github.com/samdrift/samdrift/dashboards/report"
	"github.com/samdrift/samdrift/hub"
)

// jointReport gives the joint report as a page to print; jointBook as a workbook.
func (s *server) jointReport(w http.ResponseWriter, r *http.Request) {
	if paper, _, ok := s.jointPaper(w, r); ok {
		s.sendPaper(w, r, paper)
	}
}

func (s *server) jointBook(w http.ResponseWriter, r *http.Request) {
	if paper, demo, ok := s.jointPaper(w, r); ok {
		s.sendBook(w, r, paper, "gap-joint", demo)
	}
}

// gapReport gives the report of one municipality as a page to print; gapBook as a workbook.
func (s *server) gapReport(w http.ResponseWriter, r *http.Request) {
	if paper, _, ok := s.gapPaper(w, r); ok {
		s.sendPaper(w, r, paper)
	}
}

func (s *server) gapBook(w http.ResponseWriter, r *http.Request) {
	if paper, demo, ok := s.gapPaper(w, r); ok {
		s.sendBook(w, r, paper, "gap-"+r.PathValue("municipality"), demo)
	}
}

func (s *server) jointPaper(w http.ResponseWriter, r *http.Request) (paper report.Paper, demo, ok bool) {
	p, _ := hub.PersonFrom(r.Context())
	facts, err := s.hub.JointReport(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return paper, false, false
	}
	return report.JointPaper(facts, language(r).Lang), facts.Data.Demo, true
}

func (s *server) gapPaper(w http.ResponseWriter, r *http.Request) (paper report.Paper, demo, ok bool) {
	p, _ := hub.PersonFrom(r.Context())
	facts, err := s.hub.GapReport(r.Context(), p, r.PathValue("municipality"))
	if err != nil {
		s.fail(w, r, err)
		return paper, false, false
	}
	return report.GapPaper(facts, language(r).Lang), facts.Data.Demo, true
}

func (s *server) sendPaper(w http.ResponseWriter, r *http.Request, paper report.Paper) {
	page, err := paper.HTML()
	if err != nil {
		s.fail(w, r, err)
		return
	}
	sendPage(w, page)
}

func (s *server) sendBook(w http.ResponseWriter, r *http.Request, paper report.Paper, name string, demo bool) {
	book, err := paper.XLSX()
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if demo {
		name = "demodata-" + name
	}
	sendFile(w, workbook, name+".xlsx", book)
}
