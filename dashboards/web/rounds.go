package web

import (
	"net/http"

	"github.com/samdrift/samdrift/hub"
)

// openRound and closeRound are the administrator's; everybody sees the rounds on the page of the gap
// analysis.
func (s *server) openRound(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	typed, err := readForm(w, r, largestForm)
	if err == nil {
		l := language(r)
		var faults refused
		id := typed.need(l, "id", "round.id", &faults)
		title := typed.need(l, "title", "round.title", &faults)
		typed.need(l, "due", "round.due", &faults)
		due := typed.day(l, "due", "round.due", &faults)
		if err = faults.orNil(); err == nil {
			err = s.hub.OpenRound(r.Context(), p, id, title, due)
		}
	}
	s.roundDone(w, r, typed, err)
}

func (s *server) closeRound(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	typed, err := readForm(w, r, largestForm)
	if err == nil {
		err = s.hub.CloseRound(r.Context(), p, typed["id"])
	}
	s.roundDone(w, r, form{}, err)
}

func (s *server) roundDone(w http.ResponseWriter, r *http.Request, typed form, err error) {
	switch wrong := faultOf(err); {
	case wrong != nil:
		s.showGap(w, r, http.StatusUnprocessableEntity, typed, wrong)
	case err != nil:
		s.fail(w, r, err)
	default:
		done(w, r, "/gap")
	}
}
