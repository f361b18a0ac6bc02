package web

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/samdrift/samdrift/dashboards/locale"
	"github.com/samdrift/samdrift/hub"
)

const (
	sessionCookie  = "samdrift_session"
	languageCookie = "samdrift_language"
)

// known finds out who asks and in which language, and answers the language switch.
func (s *server) known(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if query := r.URL.Query(); r.Method == http.MethodGet && slices.Contains(locale.Languages, query.Get("lang")) {
			http.SetCookie(w, &http.Cookie{Name: languageCookie, Value: query.Get("lang"), Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode})
			query.Del("lang")
			// A path of our own: a second slash would make it another host's address.
			to := "/" + strings.TrimLeft(r.URL.EscapedPath(), "/")
			if encoded := query.Encode(); encoded != "" {
				to += "?" + encoded
			}
			http.Redirect(w, r, to, http.StatusSeeOther)
			return
		}
		if p, ok := s.hub.Authenticate(token(r)); ok {
			r = r.WithContext(hub.WithPerson(r.Context(), p))
		}
		next.ServeHTTP(w, r)
	})
}

// token is what the request was sent with: a header from programs, a cookie from browsers.
func token(r *http.Request) string {
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return bearer
	}
	if c, err := r.Cookie(sessionCookie); err == nil {
		return c.Value
	}
	return ""
}

// enter turns a link with a token into a session and takes the token out of the address bar.
func (s *server) enter(w http.ResponseWriter, r *http.Request) {
	t := r.URL.Query().Get("token")
	if _, ok := s.hub.Authenticate(t); !ok {
		s.signIn(w, r)
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: sessionCookie, Value: t, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https", MaxAge: int((30 * 24 * time.Hour).Seconds()),
	})
	w.Header().Set("Referrer-Policy", "no-referrer")
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (s *server) leave(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// language is the one that was chosen, else Danish.
func language(r *http.Request) *locale.Locale {
	if c, err := r.Cookie(languageCookie); err == nil {
		return locale.Get(c.Value)
	}
	return locale.Get("da")
}

// program tells whether the request wants data rather than a page.
func program(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/api/") || strings.HasPrefix(r.URL.Path, "/prometheus/")
}

// problem answers a program as RFC 9457 writes it.
func problem(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"title": http.StatusText(status), "status": status, "detail": detail}) // the client may have gone
}

// signIn tells an unknown person how to get in.
func (s *server) signIn(w http.ResponseWriter, r *http.Request) {
	if program(r) {
		w.Header().Set("WWW-Authenticate", `Bearer realm="samdrift"`)
		problem(w, http.StatusUnauthorized, "send an access token as Authorization: Bearer TOKEN; the administrator grants one")
		return
	}
	s.render(w, r, http.StatusUnauthorized, "message", s.frame(r, "signin.title", hub.Meta{}).message("signin.text"))
}
