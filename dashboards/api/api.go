// Package api is the JSON API under /api/v1: the hub's scoped answers, as they are, for programs.
//
// Every endpoint is one entry in endpoints.go; routes, parameter checks and the OpenAPI document are
// all made from that list, so they cannot drift apart. Field names are snake_case and stable. Errors
// are problem documents (RFC 9457) that say what was wrong and how to mend it.
package api

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/samdrift/samdrift/dashboards"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/terraform"
)

// prefix is where the API lies.
const prefix = "/api/v1"

// endpoint is one thing that can be asked for.
type endpoint struct {
	method  string // empty: GET
	path    string // below prefix, as http.ServeMux reads it
	summary string
	status  int  // of the answer; 0: 200
	takes   any  // a zero value of what a POST carries as JSON, for the schema; nil: nothing
	file    bool // what a POST carries is a file as it is

	params []param // of the query; what stands in the path is described by pathParams
	answer any     // a zero value of what is answered, for the schema
	ask    func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error)
	csv    func(answer any) [][]string // rows with their heading; nil: JSON only
	probe  func(municipality, asset string) string
	sample func(municipality, asset string) any // what the scope test sends, of a file its text; nil: the zero value of takes
}

// param is a query parameter.
type param struct {
	name    string
	about   string
	allowed []string // empty: any text
	whole   bool     // a whole number from 1
}

// query holds the checked parameters of one request.
type query struct {
	path   func(name string) string
	values map[string]string
	body   []byte
}

// into reads what the request carries. Unknown fields are errors, as unknown parameters are.
func (q query) into(value any) error {
	d := json.NewDecoder(bytes.NewReader(q.body))
	d.DisallowUnknownFields()
	if err := d.Decode(value); err != nil {
		return badRequest{fmt.Errorf("the body is not what this takes: %w; see %s/openapi.json", err, prefix)}
	}
	return nil
}

func (q query) text(name string) string { return q.values[name] }

// textOr gives a parameter, or what stands for it when it was not given.
func (q query) textOr(name, otherwise string) string { return cmp.Or(q.values[name], otherwise) }

// number gives a whole number, or 0 when it was not given.
func (q query) number(name string) int {
	n, _ := strconv.Atoi(q.values[name]) // checked by read
	return n
}

// Routes gives every route of the API.
func Routes(h *hub.Hub) []dashboards.Route {
	var routes []dashboards.Route
	for _, e := range endpoints {
		probe := e.probe
		if probe == nil {
			path := e.path
			probe = func(string, string) string { return path }
		}
		route := dashboards.Route{
			Pattern: cmp.Or(e.method, http.MethodGet) + " " + prefix + e.path,
			Access:  dashboards.Members,
			Handler: handler{h, e},
			Probe:   func(municipality, asset string) string { return prefix + probe(municipality, asset) },
		}
		if e.takes != nil || e.file {
			route.Body = func(municipality, asset string) string { return sampleBody(e, municipality, asset) }
		}
		routes = append(routes, route)
	}
	return append(routes, dashboards.Route{
		Pattern: "GET " + prefix + "/openapi.json",
		Access:  dashboards.Public,
		Handler: http.HandlerFunc(serveDocument),
	})
}

// sampleBody is what the scope test sends to an endpoint.
func sampleBody(e endpoint, municipality, asset string) string {
	value := e.takes
	if e.sample != nil {
		value = e.sample(municipality, asset)
	}
	if e.file {
		return fmt.Sprint(value)
	}
	body, err := json.Marshal(value)
	if err != nil {
		panic(e.path + ": the sample cannot be encoded: " + err.Error()) // plain data of our own
	}
	return string(body)
}

type handler struct {
	hub *hub.Hub
	endpoint
}

// The most that is taken: more than a plan of the whole country as JSON, and more than a dataset or a
// questionnaire of one municipality.
const (
	maxBody = 32 << 20
	maxFile = 10 << 20
)

func (e handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q, err := e.read(r)
	if err != nil {
		writeProblem(w, http.StatusBadRequest, err.Error())
		return
	}
	if e.takes != nil || e.file {
		most := int64(maxBody)
		if e.file {
			most = maxFile
		}
		if q.body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, most)); err != nil {
			writeProblem(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("the body cannot be read: %v; at most %d bytes are taken", err, most))
			return
		}
	}
	p, _ := hub.PersonFrom(r.Context())
	answer, err := e.ask(r.Context(), e.hub, p, q)
	if err != nil {
		writeError(w, err)
		return
	}
	if q.text("format") == "csv" {
		writeCSV(w, strings.Trim(strings.ReplaceAll(e.path, "/", "-"), "-"), demoOf(answer), e.csv(answer))
		return
	}
	body, err := json.Marshal(answer)
	if err != nil {
		writeError(w, fmt.Errorf("encode the answer: %w", err))
		return
	}
	sum := sha256.Sum256(body)
	tag := `"` + hex.EncodeToString(sum[:12]) + `"`
	header := w.Header()
	header.Set("Content-Type", "application/json; charset=utf-8")
	header.Set("Cache-Control", "private, no-cache") // ask again, and be told when nothing has changed
	header.Set("ETag", tag)
	header.Set("Vary", "Authorization, Cookie")
	if e.method == "" && r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.WriteHeader(cmp.Or(e.status, http.StatusOK))
	_, _ = w.Write(append(body, '\n')) // the client may have gone
}

// read checks the request's parameters: unknown ones are errors, since a filter that is silently
// ignored gives an answer to another question.
func (e endpoint) read(r *http.Request) (query, error) {
	q := query{path: r.PathValue, values: map[string]string{}}
	params := e.queryParams()
	var faults []error
	for name, values := range r.URL.Query() {
		i := slices.IndexFunc(params, func(p param) bool { return p.name == name })
		switch {
		case i < 0:
			faults = append(faults, fmt.Errorf("parameter %q is not known here: use %s", name, names(params)))
		case len(values) > 1:
			faults = append(faults, fmt.Errorf("parameter %q stands %d times", name, len(values)))
		default:
			if err := params[i].check(values[0]); err != nil {
				faults = append(faults, err)
			}
			q.values[name] = values[0]
		}
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return q, errors.Join(faults...)
}

func (e endpoint) queryParams() []param {
	if e.csv == nil {
		return e.params
	}
	return append(slices.Clone(e.params), param{name: "format", about: "csv for sheets", allowed: []string{"json", "csv"}})
}

func (p param) check(value string) error {
	switch {
	case value == "":
		return nil
	case p.whole:
		if n, err := strconv.Atoi(value); err != nil || n < 1 {
			return fmt.Errorf("parameter %q is %q, want a whole number from 1", p.name, value)
		}
	case len(p.allowed) > 0 && !slices.Contains(p.allowed, value):
		return fmt.Errorf("parameter %q is %q, want one of %s", p.name, value, strings.Join(p.allowed, ", "))
	}
	return nil
}

func names(params []param) string {
	if len(params) == 0 {
		return "no parameters"
	}
	var list []string
	for _, p := range params {
		list = append(list, p.name)
	}
	return strings.Join(list, ", ")
}

// problem is an error as RFC 9457 writes it.
type problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
}

func writeProblem(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(problem{http.StatusText(status), status, detail}) // the client may have gone
}

// conflictProblem is a problem that shows both answers, so that whoever asked can decide which holds.
type conflictProblem struct {
	problem
	*store.ConflictError
}

func writeConflict(w http.ResponseWriter, conflict hub.ConflictError) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(http.StatusConflict)
	_ = json.NewEncoder(w).Encode(conflictProblem{problem{http.StatusText(http.StatusConflict), http.StatusConflict, conflict.Error()}, conflict.ConflictError}) // the client may have gone
}

// writeError maps the hub's errors to statuses. Faults of the hub itself are not told to clients;
// the web package's log has them.
func writeError(w http.ResponseWriter, err error) {
	var bad badRequest
	var conflict hub.ConflictError
	var refused *terraform.RefusedError
	var locked *terraform.LockedError
	var unit *terraform.UnitError
	switch {
	case errors.As(err, &conflict):
		writeConflict(w, conflict)
	case errors.As(err, &bad):
		writeProblem(w, http.StatusBadRequest, err.Error())
	case errors.Is(err, hub.ErrForbidden):
		writeProblem(w, http.StatusForbidden, err.Error())
	case errors.Is(err, hub.ErrNotFound):
		writeProblem(w, http.StatusNotFound, err.Error())
	case errors.Is(err, store.ErrConflict):
		writeProblem(w, http.StatusConflict, err.Error())
	case errors.As(err, &locked):
		writeProblem(w, http.StatusConflict, err.Error())
	case errors.Is(err, hub.ErrInvalid), errors.As(err, &refused):
		writeProblem(w, http.StatusUnprocessableEntity, err.Error())
	case errors.As(err, &unit):
		writeProblem(w, http.StatusBadGateway, err.Error())
	case errors.Is(err, terraform.ErrNoEngine):
		writeProblem(w, http.StatusServiceUnavailable, err.Error())
	case errors.Is(err, hub.ErrNotReady):
		w.Header().Set("Retry-After", "5")
		writeProblem(w, http.StatusServiceUnavailable, err.Error())
	default:
		writeProblem(w, http.StatusInternalServerError, "the hub failed; its log says why")
	}
}

// demoOf tells whether an answer stands on invented data.
func demoOf(answer any) bool {
	m, ok := answer.(interface{ IsDemo() bool })
	return ok && m.IsDemo()
}

// moment reads an RFC 3339 time, or gives the default.
func moment(text string, otherwise time.Time) (time.Time, error) {
	if text == "" {
		return otherwise, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, badRequest{fmt.Errorf("time %q: want RFC 3339, such as 2026-11-21T14:30:00Z", text)}
	}
	return t, nil
}

// badRequest is a fault of the request that only the endpoint could see.
type badRequest struct{ error }

// texts gives the texts of any string type.
func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = string(x)
	}
	return out
}

var lookStatuses = texts([]inventory.Status{
	inventory.StatusOK, inventory.StatusPartial, inventory.StatusFailed, inventory.StatusUnreachable, inventory.StatusRefused,
})
