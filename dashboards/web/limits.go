package web

import (
	"net/http"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner"
)

// limitsView is what holds the plan, worked out when somebody asks: it searches for as long as a plan takes.
type limitsView struct {
	Reliefs []reliefRow
	Hidden  int
	Clash   *clashView // nil: not asked
	Asked   bool       // about reliefs
}

// reliefRow is what loosening one thing would give.
type reliefRow struct {
	planner.Relief
	Words, By string
}

// clashView is whether everything can have a date, and the rules that forbid it.
type clashView struct {
	Verdict string
	Rules   []string
	Minimal bool
}

// limits answers what the address asks about what holds the plan: relief, clash, or both.
func (s *server) limits(r *http.Request, p hub.Person, f frame) (limitsView, error) {
	var view limitsView
	words := func(x planner.Reason, names map[string]string) string { return f.locale.Reason(x, names) }
	if view.Asked = r.URL.Query().Has("relief"); view.Asked {
		v, err := s.hub.Reliefs(r.Context(), p)
		if err != nil {
			return view, err
		}
		for _, x := range v.Reliefs {
			view.Reliefs = append(view.Reliefs, reliefRow{x, words(x.What.Reason, v.Names), words(x.More, v.Names)})
		}
		view.Hidden = v.Hidden
	}
	if r.URL.Query().Has("clash") {
		v, err := s.hub.Clashes(r.Context(), p)
		if err != nil {
			return view, err
		}
		view.Clash = &clashView{Verdict: string(v.Verdict), Minimal: v.Minimal}
		for _, x := range v.Rules {
			view.Clash.Rules = append(view.Clash.Rules, words(x.Reason, v.Names))
		}
	}
	return view, nil
}
