package hub

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/samdrift/samdrift/terraform"
)

// statePath is where the state server lies below its address; the unit's name follows.
const statePath = "/terraform/state/"

// States serves units' states to engines under /terraform/state/{unit}, to whoever knows the token. Every
// write is a new version and a line of audit.
func (h *Hub) States(token string) http.Handler {
	mux := http.NewServeMux()
	mux.Handle(statePath, http.StripPrefix(statePath, &terraform.StateServer{States: auditedStates{h.store, h}, Token: token, Now: h.now}))
	return mux
}

// auditedStates are the store's states, whose writes are noted with who held the lock.
type auditedStates struct {
	terraform.States
	hub *Hub
}

// SaveState adds a version and notes it.
func (s auditedStates) SaveState(ctx context.Context, unit, lock string, data []byte, at time.Time) error {
	holder, _, err := s.StateHolder(ctx, unit)
	if err != nil {
		return err
	}
	if err := s.States.SaveState(ctx, unit, lock, data, at); err != nil {
		return err
	}
	version, err := s.hub.store.StateVersion(ctx, unit)
	if err != nil {
		return err
	}
	return s.hub.record(ctx, holder.Who, "state.write", unit, fmt.Sprintf("version %d, lock %s (%s)", version, lock, holder.Operation))
}

// stateService is the state server for the engines that this hub runs: on the loopback address only, with
// a token that nobody else is told and that ends with the hub.
type stateService struct {
	once    sync.Once
	address terraform.StateAddress
	server  *http.Server
	served  sync.WaitGroup
	fault   error
}

// stateAddress starts the state server when it is first asked for; nil when states are kept on disk.
func (h *Hub) stateAddress(ctx context.Context) (*terraform.StateAddress, error) {
	if h.config.Terraform.State != terraform.StateHub {
		return nil, nil
	}
	s := &h.states
	s.once.Do(func() {
		ln, err := new(net.ListenConfig).Listen(context.WithoutCancel(ctx), "tcp", "127.0.0.1:0")
		if err != nil {
			s.fault = fmt.Errorf("serve states to the engine: %w", err)
			return
		}
		token := rand.Text()
		s.address = terraform.StateAddress{URL: "http://" + ln.Addr().String() + statePath, Token: token}
		s.server = &http.Server{Handler: h.States(token), ReadHeaderTimeout: 10 * time.Second}
		s.served.Go(func() {
			if err := s.server.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
				h.log.Error("states are no longer served to engines", "error", err)
			}
		})
	})
	return &s.address, s.fault
}

// close ends the state server, if it was started, when no engine needs it any more.
func (s *stateService) close() error {
	s.once.Do(func() { s.fault = errors.New("the hub is closed") })
	if s.server == nil {
		return nil
	}
	err := s.server.Close()
	s.served.Wait()
	return err
}

// holder tells who works on a unit's state now, and which of its states that is: a unit that moves between
// two platforms has one on each side.
func (h *Hub) holder(ctx context.Context, unit string) (state string, lock terraform.StateLock, held bool, err error) {
	for _, state = range terraform.StateNames(unit) {
		if lock, held, err = h.store.StateHolder(ctx, state); held || err != nil {
			return state, lock, held, err
		}
	}
	return unit, lock, false, nil
}
