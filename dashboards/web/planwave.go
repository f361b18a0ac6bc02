package web

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/track"
)

type wavePage struct {
	frame
	W      planner.Wave
	Notes  []string
	Groups []planner.Group
	Hidden bool // the person may see dates only
	// Progress is how far it is after its recorded moves; nil: the person may not see it.
	Progress *track.WaveStatus
}

func (s *server) wave(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	v, err := s.hub.Plan(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	i := slices.IndexFunc(v.Plan.Waves, func(x planner.Wave) bool { return x.ID == r.PathValue("id") })
	if i < 0 {
		s.fail(w, r, hub.ErrNotFound)
		return
	}
	page := wavePage{frame: s.planFrame(r, "nav.plan", v, crumb{language(r).T("nav.plan"), "/plan"}), W: v.Plan.Waves[i]}
	page.Title = page.W.Name
	if w, ok := waveOf(v.Progress, page.W.ID); ok {
		page.Progress = &w
	}
	page.Notes = page.reasons(page.W.Reasons)
	page.Hidden = len(page.W.Groups) == 0
	for _, g := range v.Plan.Groups {
		if g.Wave == page.W.ID {
			page.Groups = append(page.Groups, g)
		}
	}
	slices.SortStableFunc(page.Groups, func(a, b planner.Group) int { return cmp.Compare(a.Cutover, b.Cutover) })
	s.render(w, r, http.StatusOK, "wave", page)
}
