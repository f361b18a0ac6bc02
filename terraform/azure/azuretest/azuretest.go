// Package azuretest stands in for Microsoft Azure in tests: a login service and a resource manager in the
// test's own process, which answer in the form that Microsoft documents, page by page, and are busy, forbid
// or break off as a test wants them to. No test of this project has spoken to Azure itself.
package azuretest

import (
	"crypto/x509"
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/samdrift/samdrift/terraform/azure"
)

//go:embed answers
var answers embed.FS

// The lists by the last part of their address. Statuses are the servers again, with what they do now.
const (
	Servers   = "virtualMachines"
	Statuses  = "statuses"
	Disks     = "disks"
	Cards     = "networkInterfaces"
	Addresses = "publicIPAddresses"
	Locks     = "locks"
	Sizes     = "skus"
)

// Resource is one resource as JSON has it.
type Resource = map[string]any

// World is an Azure with one subscription: a Windows server made from a disk of its own, a Linux server
// made from an image, and an old one on an unmanaged disk that is switched off.
type World struct {
	Login azure.Login

	mu       sync.Mutex
	lists    map[string][]Resource
	faults   map[string][]Fault
	requests map[string]int
	url      string
	valid    azure.Login // what the login service takes
}

// Fault is what a list answers instead, once: a status with a reason, or half a page.
type Fault struct {
	Status  int
	Code    string
	Message string
	Next    string // of an answer that is well otherwise: where its next page is said to be
	Cut     bool   // the answer breaks off
}

const token = "a-token"

// New starts an Azure that ends with the test.
func New(t testing.TB) *World {
	t.Helper()
	w := &World{lists: map[string][]Resource{}, faults: map[string][]Fault{}, requests: map[string]int{}}
	for _, name := range []string{Servers, Statuses, Disks, Cards, Addresses, Locks, Sizes} {
		text, err := answers.ReadFile("answers/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var list []Resource
		if err := json.Unmarshal(text, &list); err != nil {
			t.Fatal(err)
		}
		w.lists[name] = list
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{tenant}/v2.0/.well-known/openid-configuration", w.discover)
	mux.HandleFunc("POST /{tenant}/oauth2/v2.0/token", w.login)
	mux.HandleFunc("GET /subscriptions/{subscription}/providers/{space}/{list}", w.list)
	server := httptest.NewTLSServer(mux)
	t.Cleanup(server.Close)
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	w.url = server.URL
	w.Login = azure.Login{Tenant: "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee", Subscription: "11111111-2222-4333-8444-555555555555",
		ClientID: "99999999-8888-4777-8666-555555555555", ClientSecret: "h3mmelig~secret", Endpoint: server.URL, Authority: server.URL, CAs: pool}
	w.valid = w.Login
	return w
}

// Change lets a test alter the resource of a list that has the name.
func (w *World) Change(t testing.TB, list, name string, change func(Resource)) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range w.lists[list] {
		if r["name"] == name {
			change(r)
			return
		}
	}
	t.Fatalf("%s has no %q", list, name)
}

// Remove takes a resource out of a list.
func (w *World) Remove(list, name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var kept []Resource
	for _, r := range w.lists[list] {
		if r["name"] != name {
			kept = append(kept, r)
		}
	}
	w.lists[list] = kept
}

// Add puts a resource into a list.
func (w *World) Add(list string, r Resource) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lists[list] = append(w.lists[list], r)
}

// Fail lets the next requests of a list meet the faults, in order.
func (w *World) Fail(list string, faults ...Fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults[list] = append(w.faults[list], faults...)
}

// Requests tells how often a list was asked for.
func (w *World) Requests(list string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.requests[list]
}

func (w *World) discover(rw http.ResponseWriter, r *http.Request) {
	base := w.url + "/" + r.PathValue("tenant")
	answer(rw, http.StatusOK, map[string]string{"issuer": base + "/v2.0", "authorization_endpoint": base + "/oauth2/v2.0/authorize",
		"token_endpoint": base + "/oauth2/v2.0/token"})
}

func (w *World) login(rw http.ResponseWriter, r *http.Request) {
	if r.FormValue("client_id") != w.valid.ClientID || r.FormValue("client_secret") != w.valid.ClientSecret || r.FormValue("grant_type") != "client_credentials" {
		answer(rw, http.StatusUnauthorized, map[string]any{"error": "invalid_client", "error_codes": []int{7000215},
			"error_description": "AADSTS7000215: Invalid client secret provided: " + r.FormValue("client_secret") + ".\r\nTrace ID: 1\r\nTimestamp: 2026-11-22 05:00:00Z"})
		return
	}
	answer(rw, http.StatusOK, map[string]any{"token_type": "Bearer", "expires_in": 3599, "access_token": token})
}

// pageSize is small, so that every list has several pages.
const pageSize = 2

func (w *World) list(rw http.ResponseWriter, r *http.Request) {
	name := r.PathValue("list")
	if r.URL.Query().Get("statusOnly") == "true" {
		name = Statuses
	}
	w.mu.Lock()
	w.requests[name]++
	var fault Fault
	if faults := w.faults[name]; len(faults) > 0 {
		fault, w.faults[name] = faults[0], faults[1:]
	}
	body, err := w.page(name, r, fault)
	w.mu.Unlock()
	switch {
	case r.Header.Get("Authorization") != "Bearer "+token:
		refuse(rw, http.StatusUnauthorized, "InvalidAuthenticationToken", "The access token is invalid.")
	case r.URL.Query().Get("api-version") == "":
		refuse(rw, http.StatusBadRequest, "MissingApiVersionParameter", "The api-version query parameter (?api-version=) is required for all requests.")
	case fault.Status != 0:
		rw.Header().Set("Retry-After-Ms", "1")
		refuse(rw, fault.Status, fault.Code, fault.Message)
	case err != nil:
		refuse(rw, http.StatusNotFound, "InvalidResourceType", err.Error())
	case fault.Cut:
		_, _ = rw.Write(body[:len(body)/2])
	default:
		rw.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = rw.Write(body)
	}
}

// page writes one page of a list, with the address of the next.
func (w *World) page(name string, r *http.Request, fault Fault) ([]byte, error) {
	list, known := w.lists[name]
	if !known {
		return nil, fmt.Errorf("there is no list %q", name)
	}
	from, _ := strconv.Atoi(r.URL.Query().Get("$skiptoken"))
	from = min(from, len(list))
	to := min(from+pageSize, len(list))
	out := map[string]any{"value": list[from:to]}
	if to < len(list) {
		query := r.URL.Query()
		query.Set("$skiptoken", strconv.Itoa(to))
		out["nextLink"] = w.url + r.URL.Path + "?" + query.Encode()
	}
	if fault.Next != "" {
		out["nextLink"] = strings.ReplaceAll(fault.Next, "SELF", w.url+r.URL.RequestURI())
	}
	return json.Marshal(out)
}

// refuse answers in the resource manager's form of errors.
func refuse(rw http.ResponseWriter, status int, code, message string) {
	answer(rw, status, map[string]any{"error": map[string]string{"code": code, "message": message}})
}

func answer(rw http.ResponseWriter, status int, body any) {
	rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	rw.WriteHeader(status)
	_ = json.NewEncoder(rw).Encode(body) // a test that went away reads nothing
}
