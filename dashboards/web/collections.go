package web

import (
	"net/http"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
)

type collectionsPage struct {
	frame
	Trouble []inventory.Collection // everything that did not end ok
	Sums    []collectorSum
}

// collectorSum counts how the latest looks of one collector ended.
type collectorSum struct {
	Collector string
	Ended     map[inventory.Status]int
	Total     int
	Oldest    inventory.Collection
}

// Count gives how many looks ended in a status.
func (c collectorSum) Count(status string) int { return c.Ended[inventory.Status(status)] }

func (s *server) collections(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	rows, meta, err := s.hub.Collections(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	page := collectionsPage{frame: s.frame(r, "nav.collections", meta, crumb{language(r).T("nav.overview"), "/"})}
	at := map[string]int{}
	for _, c := range rows {
		if c.Status != inventory.StatusOK {
			page.Trouble = append(page.Trouble, c)
		}
		i, ok := at[c.Collector]
		if !ok {
			i = len(page.Sums)
			at[c.Collector] = i
			page.Sums = append(page.Sums, collectorSum{Collector: c.Collector, Ended: map[inventory.Status]int{}, Oldest: c})
		}
		sum := &page.Sums[i]
		sum.Total++
		sum.Ended[c.Status]++
		if c.At.Before(sum.Oldest.At) {
			sum.Oldest = c
		}
	}
	s.render(w, r, http.StatusOK, "collections", page)
}

// accessibility tells how accessible the pages are, as the law asks of public sites.
func (s *server) accessibility(w http.ResponseWriter, r *http.Request) {
	s.render(w, r, http.StatusOK, "accessibility", s.frame(r, "nav.accessibility", hub.Meta{}))
}
