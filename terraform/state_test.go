package terraform_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/samdrift/samdrift/terraform"
)

// shelf keeps states in memory, for the tests of the handler and of engines. The hub's own keeps them in
// its database.
type shelf struct {
	mu       sync.Mutex
	versions map[string][][]byte
	locks    map[string]terraform.StateLock
}

func newShelf() *shelf {
	return &shelf{versions: map[string][][]byte{}, locks: map[string]terraform.StateLock{}}
}

func (s *shelf) State(_ context.Context, unit string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.versions[unit]
	if len(v) == 0 {
		return nil, terraform.ErrNoState
	}
	return v[len(v)-1], nil
}

func (s *shelf) held(unit, lock string) error {
	if held := s.locks[unit]; held.ID != lock {
		return &terraform.LockedError{Holder: held}
	}
	return nil
}

func (s *shelf) SaveState(_ context.Context, unit, lock string, data []byte, _ time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.held(unit, lock); err != nil {
		return err
	}
	s.versions[unit] = append(s.versions[unit], data)
	return nil
}

func (s *shelf) LockState(_ context.Context, unit string, lock terraform.StateLock) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if held, ok := s.locks[unit]; ok {
		return &terraform.LockedError{Holder: held}
	}
	s.locks[unit] = lock
	return nil
}

func (s *shelf) UnlockState(_ context.Context, unit, lock string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.held(unit, lock); err != nil || lock == "" {
		return err
	}
	delete(s.locks, unit)
	return nil
}

func (s *shelf) StateHolder(_ context.Context, unit string) (terraform.StateLock, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	held, ok := s.locks[unit]
	return held, ok, nil
}

// call sends one request to a state server and gives the status and the body.
func call(t *testing.T, s http.Handler, method, path, token, body string) (int, string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	r.SetBasicAuth("samdrift", token)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func TestStateServer(t *testing.T) {
	states := newShelf()
	s := &terraform.StateServer{States: states, Token: "h3mmelig", Now: time.Now}
	const lock = `{"ID":"l1","Operation":"OperationTypeApply","Who":"anna@odense","Created":"2027-02-03T22:00:00Z"}`
	steps := []struct {
		name, method, path, token, body string
		want                            int
	}{
		{"without the token", "GET", "/450-a1", "", "", 401},
		{"with another token", "GET", "/450-a1", "h3mmelih", "", 401},
		{"no state yet", "GET", "/450-a1", "h3mmelig", "", 404},
		{"a lock without an id", "LOCK", "/450-a1", "h3mmelig", `{}`, 400},
		{"the lock", "LOCK", "/450-a1", "h3mmelig", lock, 200},
		{"a second one", "LOCK", "/450-a1", "h3mmelig", strings.Replace(lock, "l1", "l2", 1), 423},
		{"another unit's", "LOCK", "/450-b1", "h3mmelig", lock, 200},
		{"a state without the lock", "POST", "/450-a1", "h3mmelig", `{"serial":1}`, 423},
		{"a state that is none", "POST", "/450-a1?ID=l1", "h3mmelig", `{"serial":`, 400},
		{"a state", "POST", "/450-a1?ID=l1", "h3mmelig", `{"serial":1}`, 200},
		{"the state", "GET", "/450-a1", "h3mmelig", "", 200},
		{"somebody else's key", "UNLOCK", "/450-a1", "h3mmelig", `{"ID":"l2"}`, 423},
		{"the key", "UNLOCK", "/450-a1", "h3mmelig", lock, 200},
		{"something else", "DELETE", "/450-a1", "h3mmelig", "", 405},
		{"no unit", "GET", "/", "h3mmelig", "", 404},
	}
	for _, tt := range steps {
		code, body := call(t, s, tt.method, tt.path, tt.token, tt.body)
		if code != tt.want {
			t.Errorf("%s: %d %s, want %d", tt.name, code, body, tt.want)
		}
		if code == 423 {
			var holder terraform.StateLock
			if err := json.Unmarshal([]byte(body), &holder); err != nil || tt.name == "a second one" && holder.Who != "anna@odense" {
				t.Errorf("%s: the answer %q does not say who holds it (%v)", tt.name, body, err)
			}
		}
	}
	if code, _ := call(t, &terraform.StateServer{States: states, Now: time.Now}, "GET", "/450-a1", "", ""); code != 401 {
		t.Errorf("a server without a token lets everybody in: %d", code)
	}
}

// A real engine keeps a unit's state at the server: no state file lies on disk, no token stands in HCL,
// and a lock that somebody else holds is told.
func TestEngineKeepsItsStateAtTheServer(t *testing.T) {
	p, snap := estate("nyb-esdh-01")
	r := runner(t)
	states := newShelf()
	server := httptest.NewServer(&terraform.StateServer{States: states, Token: "h3mmelig", Now: time.Now})
	t.Cleanup(server.Close)
	r.States = &terraform.StateAddress{URL: server.URL, Token: "h3mmelig"}
	units, err := terraform.Render(p, snap, terraform.Grounds{State: terraform.StateHub})
	if err != nil {
		t.Fatal(err)
	}
	dir := written(t, units)
	if done := apply(t, r, dir, units[0]); done.Add != 2 {
		t.Errorf("applied %+v", done)
	}
	if _, err := states.State(t.Context(), units[0].ID); err != nil {
		t.Errorf("the server's state: %v", err)
	}
	mustHoldNo(t, dir, "h3mmelig")
	mustHoldNo(t, dir, `"instances"`) // of resources; what OpenTofu notes about the backend has a serial too

	if err := states.LockState(t.Context(), units[0].ID, terraform.StateLock{ID: "x", Who: "carla@nyborg"}); err != nil {
		t.Fatal(err)
	}
	result, err := r.Plan(t.Context(), dir, units[:1], terraform.PlanOptions{By: "Anna"})
	if err != nil {
		t.Fatal(err)
	}
	if said := result.Plans[0].Error; !strings.Contains(said, "nothing tells by whom (lock x)") {
		t.Errorf("a locked unit says %q, not which lock", said)
	}
	if held, ok, err := states.StateHolder(t.Context(), units[0].ID); err != nil || !ok || held.Who != "carla@nyborg" {
		t.Errorf("the lock is held by %+v, %t, %v", held, ok, err)
	}
	var locked *terraform.LockedError
	if err := states.UnlockState(t.Context(), units[0].ID, "y"); !errors.As(err, &locked) {
		t.Errorf("a foreign key opened the lock: %v", err)
	}
}

// mustHoldNo wants no file below dir to hold the text.
func mustHoldNo(t *testing.T, dir, text string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Type()&fs.ModeSymlink != 0 {
			return err
		}
		data, err := os.ReadFile(path)
		if err == nil && bytes.Contains(data, []byte(text)) {
			t.Errorf("%s holds %q", path, text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
