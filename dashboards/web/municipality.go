package web

import (
	"net/http"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
)

// contractDays is how far ahead the page looks for contracts that end.
const contractDays = 365

type municipalityPage struct {
	frame
	V         hub.MunicipalityView
	Assigned  []string             // why this centre
	Contracts []inventory.Contract // ending within a year, or with unknown end
	Critical  int                  // systems that are business-critical or more
	Hosted    map[inventory.Hosting]int
	Assets    int
	Refusals  []refusalRow
}

type refusalRow struct {
	Name    string
	Reasons []string
}

func (s *server) municipality(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	v, err := s.hub.Municipality(r.Context(), p, r.PathValue("code"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	page := municipalityPage{frame: s.frame(r, "nav.overview", v.Meta, crumb{language(r).T("nav.overview"), "/"}), V: v, Hosted: map[inventory.Hosting]int{}}
	page.Title = v.Municipality.Name
	if v.Assignment != nil {
		page.Assigned = page.reasons(v.Assignment.Reasons)
	}
	for _, c := range v.Contracts {
		if c.Until <= v.AsOf.AddDays(contractDays) {
			page.Contracts = append(page.Contracts, c)
		}
	}
	for _, x := range v.Systems {
		if x.Criticality >= inventory.CriticalityBusiness {
			page.Critical++
		}
		page.Hosted[x.Hosting]++
	}
	for _, k := range v.Kinds {
		page.Assets += k.Count
	}
	for _, x := range v.Refusals {
		name := page.Names[x.Subject]
		if name == "" {
			name = x.Subject
		}
		page.Refusals = append(page.Refusals, refusalRow{name, page.reasons(x.Reasons)})
	}
	s.render(w, r, http.StatusOK, "municipality", page)
}
