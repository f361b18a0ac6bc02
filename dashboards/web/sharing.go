package web

import (
	"net/http"
	"slices"

	"github.com/samdrift/samdrift/hub"
)

type sharingPage struct {
	frame
	Municipality string
	Articles     []sharedArticle
	Named        bool
	Fault        *fault
}

type sharedArticle struct {
	ID, Title, Ref string
	Shared         bool
}

// sharing shows what a municipality shares, to its own people: it is theirs to decide.
func (s *server) sharing(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	municipality := r.PathValue("municipality")
	if p.Role != hub.RoleMunicipality || p.Organisation != municipality {
		s.fail(w, r, hub.ErrForbidden)
		return
	}
	shared, err := s.hub.SharingOf(r.Context(), p, municipality)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.showSharing(w, r, http.StatusOK, shared, nil)
}

func (s *server) showSharing(w http.ResponseWriter, r *http.Request, status int, shared hub.Sharing, wrong *fault) {
	p, _ := hub.PersonFrom(r.Context())
	standing, err := s.hub.Standing(p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	l := language(r)
	page := sharingPage{frame: s.frame(r, "sharing.title", standing, crumb{l.T("nav.overview"), "/"}, crumb{l.T("nav.gap"), "/gap"}),
		Municipality: shared.Municipality, Named: shared.Named, Fault: wrong}
	for _, a := range s.hub.Catalogue().Articles {
		page.Articles = append(page.Articles, sharedArticle{a.ID, a.Title.In(l.Lang), a.DKRef, slices.Contains(shared.Articles, a.ID)})
	}
	s.render(w, r, status, "sharing", page)
}

// share sets what a municipality shares.
func (s *server) share(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	typed, err := readForm(w, r, largestForm)
	chosen := hub.Sharing{Municipality: r.PathValue("municipality"), Articles: slices.Clone(r.PostForm["article"]), Named: typed["named"] != ""}
	if err == nil {
		err = s.hub.Share(r.Context(), p, chosen)
	}
	switch wrong := faultOf(err); {
	case wrong != nil:
		s.showSharing(w, r, http.StatusUnprocessableEntity, chosen, wrong)
	case err != nil:
		s.fail(w, r, err)
	default:
		done(w, r, "/gap/"+chosen.Municipality+"/sharing")
	}
}
