package terraform

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// StateLock is who works on a unit's state, as engines write it.
type StateLock struct {
	ID        string    `json:"ID"`
	Operation string    `json:"Operation"`
	Info      string    `json:"Info,omitempty"`
	Who       string    `json:"Who"`
	Version   string    `json:"Version,omitempty"`
	Created   time.Time `json:"Created"`
	Path      string    `json:"Path,omitempty"`
}

// ErrNoState means that a unit has no state yet.
var ErrNoState = errors.New("the unit has no state yet")

// LockedError means that somebody else holds a unit's state.
type LockedError struct {
	Holder StateLock     // zero: nothing tells who it is
	Waited time.Duration // for the lock, in vain; zero: not at all
}

func (e *LockedError) Error() string {
	text := "the state is locked, and nothing tells by whom"
	if e.Holder.ID != "" {
		text += " (lock " + e.Holder.ID + ")"
	}
	if e.Holder.Who != "" {
		text = fmt.Sprintf("the state is locked by %s since %s (%s, lock %s)", e.Holder.Who, e.Holder.Created.UTC().Format(time.RFC3339), e.Holder.Operation, e.Holder.ID)
	}
	if e.Waited > 0 {
		text += fmt.Sprintf("; waited for %s", e.Waited)
	}
	return text
}

// States keeps the states of units. Each method is one transaction: two hubs on one database never both
// hold a lock. Every write is a new version; none is ever changed.
type States interface {
	// State gives the latest version, or ErrNoState.
	State(ctx context.Context, unit string) ([]byte, error)
	// SaveState adds a version. It fails with a LockedError unless lock is the id of the lock that is held.
	SaveState(ctx context.Context, unit, lock string, data []byte, at time.Time) error
	// LockState takes the lock, or fails with a LockedError.
	LockState(ctx context.Context, unit string, lock StateLock) error
	// UnlockState gives the lock back. It fails with a LockedError when the id is not that of the lock
	// that is held; an empty id is never that of a lock.
	UnlockState(ctx context.Context, unit, lock string) error
	// StateHolder tells who holds the lock; false when nobody does. Engines themselves say only its id.
	StateHolder(ctx context.Context, unit string) (StateLock, bool, error)
}

// StateAddress is where a state server is, and its token. Both reach the engine by environment: neither
// stands in HCL or on disk.
type StateAddress struct {
	URL   string
	Token string
}

// environment tells an engine where a unit's state is.
func (a StateAddress) environment(u Unit) map[string]string {
	address := strings.TrimSuffix(a.URL, "/") + "/" + slug(u.stateName())
	return map[string]string{
		"TF_HTTP_ADDRESS": address, "TF_HTTP_LOCK_ADDRESS": address, "TF_HTTP_UNLOCK_ADDRESS": address,
		"TF_HTTP_LOCK_METHOD": "LOCK", "TF_HTTP_UNLOCK_METHOD": "UNLOCK",
		"TF_HTTP_USERNAME": "samdrift", "TF_HTTP_PASSWORD": a.Token,
		"TF_HTTP_RETRY_MAX": "4",
	}
}

// mostState is how large a state may be: that of a unit of sixty servers is below 1 MB.
const mostState = 64 << 20

// StateServer serves states to engines by their http backend, one path per unit: GET and POST of the
// state, LOCK and UNLOCK. Who calls must know the token, which engines are given by environment.
type StateServer struct {
	States States
	Token  string // never empty: a server without one refuses everybody
	Now    func() time.Time
}

// ServeHTTP answers engines. The unit is the path without slashes around it.
func (s *StateServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, password, _ := r.BasicAuth()
	if s.Token == "" || subtle.ConstantTimeCompare([]byte(password), []byte(s.Token)) != 1 {
		w.Header().Set("WWW-Authenticate", `Basic realm="states"`)
		http.Error(w, "the state server asks for its token", http.StatusUnauthorized)
		return
	}
	unit := strings.Trim(r.URL.Path, "/")
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostState))
	switch {
	case unit == "":
		http.Error(w, "the path names no unit", http.StatusNotFound)
	case err != nil:
		http.Error(w, fmt.Sprintf("the state could not be read: %v", err), http.StatusRequestEntityTooLarge)
	case r.Method == http.MethodGet:
		s.get(w, r, unit)
	case r.Method == http.MethodPost:
		s.post(w, r, unit, body)
	case r.Method == "LOCK", r.Method == "UNLOCK":
		s.lock(w, r, unit, body)
	default:
		http.Error(w, "want GET, POST, LOCK or UNLOCK", http.StatusMethodNotAllowed)
	}
}

func (s *StateServer) get(w http.ResponseWriter, r *http.Request, unit string) {
	data, err := s.States.State(r.Context(), unit)
	if errors.Is(err, ErrNoState) {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	if refuse(w, err) {
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(data) // the engine notices a broken connection itself
}

func (s *StateServer) post(w http.ResponseWriter, r *http.Request, unit string, body []byte) {
	if !json.Valid(body) {
		http.Error(w, "a state is JSON; this is not, so the one before stays", http.StatusBadRequest)
		return
	}
	refuse(w, s.States.SaveState(r.Context(), unit, r.URL.Query().Get("ID"), body, s.Now()))
}

func (s *StateServer) lock(w http.ResponseWriter, r *http.Request, unit string, body []byte) {
	var lock StateLock
	if err := json.Unmarshal(body, &lock); err != nil && (r.Method == "LOCK" || len(body) > 0) || r.Method == "LOCK" && lock.ID == "" {
		http.Error(w, "a lock needs its description with an ID", http.StatusBadRequest)
		return
	}
	if r.Method == "LOCK" {
		refuse(w, s.States.LockState(r.Context(), unit, lock))
		return
	}
	refuse(w, s.States.UnlockState(r.Context(), unit, lock.ID))
}

// refuse answers an error and tells whether there was one. An engine tells its user the id of the lock.
func refuse(w http.ResponseWriter, err error) bool {
	var locked *LockedError
	switch {
	case err == nil:
		return false
	case errors.As(err, &locked):
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusLocked)
		_ = json.NewEncoder(w).Encode(locked.Holder)
	default:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
	return true
}
