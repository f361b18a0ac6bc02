package web

import (
	"net/http"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner/nis2"
)

type gapJointPage struct {
	frame
	V      hub.JointView
	Fields []fieldOfAction
	Strong []patternRow
	Begins []patternRow // controls that begin to apply with the move, or whose evidence lapses
	Groups []alikeRow
	Moves  []moveRow
}

// fieldOfAction is one of the four fields with its patterns.
type fieldOfAction struct {
	Key  nis2.Field
	Rows []patternRow
}

// patternRow is a pattern with the control's title and what the move closes of it.
type patternRow struct {
	nis2.Pattern
	Title    string
	Told     bool // what the move closes is told
	Closed   float64
	Opened   float64
	Centre   float64  // the share that the centre can lift
	Rest     float64  // the municipality's share of the work; the duty is all its
	Teachers []string // names
}

type alikeRow struct {
	N     int
	Names []string
	Lacks []string // titles
}

type moveRow struct {
	nis2.Move
	Name string
}

func (s *server) gapJoint(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	v, err := s.hub.GapJoint(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	l := language(r)
	page := gapJointPage{frame: s.frame(r, "joint.title", v.Data, crumb{l.T("nav.overview"), "/"}, crumb{l.T("nav.gap"), "/gap"}), V: v}
	levers := map[string]nis2.ControlLever{}
	for _, c := range v.Lever.Controls {
		levers[c.Control] = c
	}
	row := func(p nis2.Pattern) patternRow {
		lever, told := levers[p.Control]
		x := patternRow{Pattern: p, Title: page.title(p.Control), Told: told, Closed: lever.Closed, Opened: lever.Opened}
		if k, ok := v.Catalogue.Control(p.Control); ok {
			x.Centre, x.Rest = k.CentreShare, 1-k.CentreShare
		}
		for _, code := range p.Teachers {
			x.Teachers = append(x.Teachers, page.Names[code])
		}
		return x
	}
	for _, key := range []nis2.Field{nis2.MoveEarly, nis2.JointEffort, nis2.WithTheMove, nis2.NeighbourHelp} {
		field := fieldOfAction{Key: key}
		for _, p := range v.Patterns {
			if p.Field == key {
				field.Rows = append(field.Rows, row(p))
			}
		}
		page.Fields = append(page.Fields, field)
	}
	for _, p := range v.Patterns {
		if p.Field == "" {
			page.Strong = append(page.Strong, row(p))
		}
	}
	for _, c := range v.Lever.Controls {
		if c.Opened > 0 {
			page.Begins = append(page.Begins, patternRow{Pattern: nis2.Pattern{Control: c.Control}, Title: page.title(c.Control), Opened: c.Opened})
		}
	}
	for _, g := range v.Groups.Groups {
		x := alikeRow{N: g.N}
		for _, code := range g.Municipalities {
			x.Names = append(x.Names, page.Names[code])
		}
		for _, lack := range g.Lacks {
			x.Lacks = append(x.Lacks, page.title(lack.Control))
		}
		page.Groups = append(page.Groups, x)
	}
	for _, m := range v.Moves {
		page.Moves = append(page.Moves, moveRow{m, page.Names[m.Municipality]})
	}
	s.render(w, r, http.StatusOK, "gapjoint", page)
}

// title gives a control's title in the page's language.
func (p *gapJointPage) title(control string) string {
	k, ok := p.V.Catalogue.Control(control)
	if !ok {
		return control
	}
	return k.Title.In(p.Lang)
}
