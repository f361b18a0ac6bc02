// Package web serves samdrift's pages: HTML made on the server, in Danish with English as a switch,
// that works without JavaScript.
//
// All routes stand in one list (routes.go). Each page has one file with its handler and typed view,
// and one template of the same name in templates/. What a person may see is decided by the hub's
// queries; pages render what they get. Words come from package locale, charts from package chart.
package web

import (
	"errors"
	"log/slog"
	"net/http"

	"github.com/samdrift/samdrift/dashboards"
	"github.com/samdrift/samdrift/dashboards/locale"
	"github.com/samdrift/samdrift/hub"
)

// Options are what the pages are served with.
type Options struct {
	Logger     *slog.Logger
	API        []dashboards.Route // served beside the pages
	Prometheus http.Handler       // the query API, served under /prometheus/api/v1/
	Version    string
}

// server holds what handlers share.
type server struct {
	hub       *hub.Hub
	log       *slog.Logger
	version   string
	templates map[string]templates // by language
}

// New gives the handler of everything the hub serves over HTTP.
func New(h *hub.Hub, o Options) http.Handler {
	s := &server{hub: h, log: o.Logger.With("component", "web"), version: o.Version, templates: parseTemplates()}
	mux := http.NewServeMux()
	for _, r := range s.routes(o) {
		mux.Handle(r.Pattern, s.guarded(r))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, hub.ErrNotFound)
	})
	protected := http.NewCrossOriginProtection()
	return s.recovered(secured(s.known(protected.Handler(mux))))
}

// guarded lets only those in that the route is for.
func (s *server) guarded(route dashboards.Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, known := hub.PersonFrom(r.Context())
		switch {
		case route.Access == dashboards.Public:
		case !known:
			s.signIn(w, r)
			return
		case route.Access == dashboards.Admin && p.Role != hub.RoleAdmin:
			s.fail(w, r, hub.ErrForbidden)
			return
		}
		route.Handler.ServeHTTP(w, r)
	})
}

// secured sets the headers that keep pages from doing what they were not made for.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

// recovered answers a fault of our own as a page, and logs it.
func (s *server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if cause := recover(); cause != nil {
				if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
					panic(cause) // the server's own way to drop a connection
				}
				s.log.Error("request failed", "path", r.URL.Path, "cause", cause)
				http.Error(w, locale.Get("da").T("error.500"), http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// Routes lists every route that New serves, for the tests that ask each of them as each role.
func Routes(h *hub.Hub, o Options) []dashboards.Route {
	return (&server{hub: h, log: o.Logger}).routes(o)
}
