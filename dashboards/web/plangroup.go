package web

import (
	"net/http"
	"strconv"

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
	Server                           *placementView // the server that was asked about; nil: none
	Limits                           limitsView
}

// placementView is why one server is in its group.
type placementView struct {
	hub.PlacementView
	Ties  []string
	Pulls []pullRow
}

// pullRow is what draws a server to another group, and why it does not go there.
type pullRow struct {
	planner.Pull
	Name string
	Why  []string
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
	Warn []string
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
		page.Cuts = append(page.Cuts, cutRow{c, page.nameOf(c.Group), page.reasons(c.Reasons)})
	}
	page.Chain = page.chain(v.Plan, x)
	if page.Limits, err = s.limits(r, p, page.frame); err != nil {
		s.fail(w, r, err)
		return
	}
	if server := r.URL.Query().Get("server"); server != "" {
		if page.Server, err = s.placement(r, p, page.frame, server); err != nil {
			s.fail(w, r, err)
			return
		}
	}
	s.render(w, r, http.StatusOK, "plangroup", page)
}

// placement tells why a server is in its group.
func (s *server) placement(r *http.Request, p hub.Person, f frame, server string) (*placementView, error) {
	v, err := s.hub.WhyGrouped(r.Context(), p, server)
	if err != nil {
		return nil, err
	}
	view := placementView{PlacementView: v, Ties: f.reasons(v.Ties)}
	for _, x := range v.Pulls {
		view.Pulls = append(view.Pulls, pullRow{x, f.nameOf(x.Group), f.reasons(x.Reasons)})
	}
	return &view, nil
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

// Service names a port, with what people call it where it is a common one.
func (p groupPage) Service(port int) string {
	number := strconv.Itoa(port)
	if name := services[port]; name != "" {
		return number + " (" + name + ")"
	}
	return number
}

// services names the ports that people know by name.
var services = map[int]string{22: "SSH", 25: "SMTP", 53: "DNS", 80: "HTTP", 88: "Kerberos", 389: "LDAP", 443: "HTTPS", 445: "SMB", 636: "LDAPS", 1433: "SQL Server", 1521: "Oracle", 3306: "MySQL", 3389: "RDP", 5432: "PostgreSQL"}
