package web

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner"
)

// groupPage tells all about one move group: its date and what holds it, what ties it together, what
// will cross the link, what is risky.
type groupPage struct {
	frame
	X                                planner.Explanation
	Chain                            []chainStep
	Centre, Together, Notes, Assumed []string
	Risks, Refused                   []string
	Cuts                             []cutRow
}

// chainStep is one group on the way from a date to what holds it in the end, with what kept it from
// an earlier night.
type chainStep struct {
	planner.Group
	Why []string
}

// cutRow is traffic that will cross the link while one end has moved and the other has not.
type cutRow struct {
	planner.CutEdge
	Name string
}

func (s *server) moveGroup(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	v, err := s.hub.Plan(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	x, ok := planner.Explain(v.Plan, r.PathValue("id"))
	if !ok {
		s.fail(w, r, hub.ErrNotFound)
		return
	}
	page := groupPage{frame: s.planFrame(r, "nav.plan", v, crumb{language(r).T("nav.plan"), "/plan"}), X: x}
	if x.Wave != nil {
		page.Crumbs = append(page.Crumbs, crumb{x.Wave.Name, "/plan/waves/" + x.Wave.ID})
	}
	page.Title = x.Group.Name
	page.Centre, page.Together, page.Notes, page.Assumed = page.reasons(x.Centre), page.reasons(x.Together), page.reasons(x.WaveNotes), page.reasons(x.Assumed)
	page.Refused = page.reasons(x.Date)
	page.Risks = page.reasons(x.Group.Risk.Reasons)
	for _, c := range x.OtherParts {
		page.Cuts = append(page.Cuts, cutRow{c, cmp.Or(page.Names[c.Group], c.Group)})
	}
	page.Chain = page.chain(v.Plan, x)
	s.render(w, r, http.StatusOK, "plangroup", page)
}

// chain follows a date to the group that stood in its way, and that one's date to the group before it.
// It ends with what nothing held, or with a group that is not the person's to see.
func (p *groupPage) chain(plan planner.Plan, x planner.Explanation) []chainStep {
	steps := []chainStep{{x.Group, p.reasons(x.Group.Binding)}}
	at := map[string]planner.Group{}
	for _, g := range plan.Groups {
		at[g.ID] = g
	}
	for _, id := range x.Chain {
		steps = append(steps, chainStep{at[id], p.reasons(at[id].Binding)})
	}
	return steps
}

// Latest tells the last night the cutover could slip to.
func (p groupPage) Latest() string {
	if !p.X.Group.Cutover.Known() {
		return p.locale.T("unknown")
	}
	return p.locale.DateLong(p.X.Group.Cutover.AddDays(p.X.SlackDays))
}

// Protocol names the service of a cut edge's port where it is a common one.
func (c cutRow) Protocol() string { return strings.ToUpper(services[c.Port]) }

// services names the ports that people know by name.
var services = map[int]string{22: "ssh", 25: "smtp", 53: "dns", 80: "http", 88: "kerberos", 389: "ldap", 443: "https", 445: "smb", 636: "ldaps", 1433: "sql server", 1521: "oracle", 3306: "mysql", 3389: "rdp", 5432: "postgresql"}
