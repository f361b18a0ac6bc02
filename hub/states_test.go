package hub_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/terraform"
)

// A real engine keeps its state in the hub: locked while it works, every version kept, each write noted, and
// nothing of it on disk. A lock that somebody left is seen, stands in the way, and can be taken off.
func TestStatesInTheHub(t *testing.T) {
	h, _ := moving(t, 1, func(c *hub.Config) { c.Terraform.State = terraform.StateHub })
	if _, err := h.PlanTerraform(t.Context(), centre, terraform.PlanOptions{}); err != nil {
		t.Fatal(err)
	}
	unit := func() hub.MoveRow {
		v, err := h.Moves(t.Context(), centre)
		if err != nil || len(v.Moves) == 0 {
			t.Fatalf("%d moves, %v", len(v.Moves), err)
		}
		for _, m := range v.Moves {
			if len(m.Origin) > 0 {
				return m
			}
		}
		t.Fatal("no unit has a server on the vCenter")
		return hub.MoveRow{}
	}
	id := unit().Unit
	carry(t, h, id)
	if local, err := filepath.Glob(filepath.Join(h.TerraformDir(), "*", "*", "*.tfstate")); err != nil || len(local) > 0 {
		t.Errorf("states on disk: %v, %v", local, err)
	}

	t.Run("the hub looks at moves by itself", func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- h.Run(ctx, nil, nil) }()
		await(t, "the hub looks", func() bool {
			trail, err := h.AuditTrail(t.Context(), admin)
			return err == nil && slices.ContainsFunc(trail, func(a store.Audit) bool { return a.Action == "move.drift" && a.Subject == id && a.Actor == "samdrift" })
		})
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})

	ask := func(method, token, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), method, "/terraform/state/"+id, strings.NewReader(body))
		r.SetBasicAuth("samdrift", token)
		w := httptest.NewRecorder()
		h.States("secret").ServeHTTP(w, r)
		return w
	}
	if w := ask(http.MethodGet, "secret", ""); w.Code != 200 || !strings.Contains(w.Body.String(), "vsphere_virtual_machine") {
		t.Errorf("the state: %d %.100s", w.Code, w.Body)
	}
	if w := ask(http.MethodGet, "wrong", ""); w.Code != http.StatusUnauthorized {
		t.Errorf("the state without the token: %d", w.Code)
	}
	trail, err := h.AuditTrail(t.Context(), admin)
	if err != nil || !slices.ContainsFunc(trail, func(a store.Audit) bool {
		return a.Action == "state.write" && a.Subject == id && a.Actor != "" && strings.Contains(a.Detail, "version 1")
	}) {
		t.Errorf("the first write is not noted: %v", err)
	}

	if w := ask("LOCK", "secret", `{"ID":"left-1","Operation":"OperationTypeApply","Who":"anders@gone"}`); w.Code != 200 {
		t.Fatalf("lock: %d %s", w.Code, w.Body)
	}
	if lock := unit().Lock; lock == nil || lock.Who != "anders@gone" {
		t.Errorf("the lock that is shown: %+v", lock)
	}
	if _, err := h.PlanTerraform(t.Context(), centre, terraform.PlanOptions{Units: []string{id}}); err != nil {
		t.Fatal(err)
	}
	if p := unit().Plan; !strings.Contains(p.Error, "locked by anders@gone") || !strings.Contains(p.Error, "lock left-1") {
		t.Errorf("planned in spite of the lock: %+v", p)
	}
	if _, err := h.UnlockMove(t.Context(), centre, id, "left-1", "anders' machine is switched off"); err != nil {
		t.Fatal(err)
	}
	if lock := unit().Lock; lock != nil {
		t.Errorf("still locked: %+v", lock)
	}
}
