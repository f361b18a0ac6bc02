package hubtest_test

import (
	"log/slog"
	"testing"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/hub/hubtest"
)

// Every server is in a unit, and moves stand at every stage.
func TestBuild(t *testing.T) {
	c, dir, quiet := hubtest.Country{Servers: 300}, t.TempDir(), slog.New(slog.DiscardHandler)
	if err := c.Build(t.Context(), dir, quiet); err != nil {
		t.Fatal(err)
	}
	h, err := c.Open(t.Context(), dir, quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	}()
	v, err := h.Moves(t.Context(), hub.Person{Name: "Anna", Role: hub.RoleAdmin})
	if err != nil {
		t.Fatal(err)
	}
	stages := map[string]int{}
	for _, m := range v.Moves {
		next, _ := m.Progress.Next()
		stages[string(next.Stage)+" "+string(next.State)]++
	}
	t.Log(len(v.Moves), stages)
	if len(v.Moves) != c.Servers {
		t.Errorf("%d units, want %d", len(v.Moves), c.Servers)
	}
}
