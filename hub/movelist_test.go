package hub_test

import (
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/hub/hubtest"
	"github.com/samdrift/samdrift/terraform"
)

// The list of moves of a made-up country: page by page it holds every unit once, its sums are those of the
// units, it shows nobody more than they may see, and a change is in it at once.
func TestMoveList(t *testing.T) {
	country, dir := hubtest.Country{Servers: 300}, t.TempDir()
	if err := country.Build(t.Context(), dir, quiet); err != nil {
		t.Fatal(err)
	}
	h, err := country.Open(t.Context(), dir, quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	}()
	ask := func(p hub.Person, q hub.MoveQuery) hub.MoveList {
		t.Helper()
		v, err := h.MoveList(t.Context(), p, q)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}

	t.Run("pages", func(t *testing.T) {
		units, waves := map[string]bool{}, map[string]int{}
		first := ask(admin, hub.MoveQuery{PerPage: 70})
		if first.Total != country.Servers || first.Pages != 5 {
			t.Fatalf("%d units on %d pages, want %d on 5", first.Total, first.Pages, country.Servers)
		}
		for page := 1; page <= first.Pages; page++ {
			v := ask(admin, hub.MoveQuery{PerPage: 70, Page: page})
			for _, m := range v.Moves {
				units[m.Unit] = true
				if !slices.ContainsFunc(v.Waves, func(w hub.MoveWave) bool { return w.ID == m.Wave.ID }) {
					t.Errorf("%s is on page %d, and its wave is not", m.Unit, page)
				}
				if m.Output != "" || m.Memory != nil || len(m.Checks) > 0 || m.Plan != nil && len(m.Plan.Changes) > 0 {
					t.Errorf("%s is not in brief", m.Unit)
				}
			}
			for _, w := range v.Waves {
				waves[w.ID] = w.Units
			}
		}
		sum := 0
		for _, n := range waves {
			sum += n
		}
		if len(units) != country.Servers || sum != country.Servers {
			t.Errorf("the pages hold %d different units, their waves %d, want %d", len(units), sum, country.Servers)
		}
		if beyond := ask(admin, hub.MoveQuery{Page: 99}); beyond.Query.Page != beyond.Pages || len(beyond.Moves) == 0 {
			t.Errorf("beyond the last page is page %d with %d units", beyond.Query.Page, len(beyond.Moves))
		}
	})

	t.Run("sums", func(t *testing.T) {
		all := ask(admin, hub.MoveQuery{})
		byState, byOwner := 0, 0
		for _, state := range hub.MoveStates {
			n := all.States[state]
			byState += n
			if v := ask(admin, hub.MoveQuery{State: state}); v.Total != n || !maps.Equal(v.States, all.States) {
				t.Errorf("%d units are %s, and the list of these has %d", n, state, v.Total)
			}
		}
		for _, s := range all.Sums {
			byOwner += s.Units
		}
		if byState != all.Total || byOwner != all.Total || len(all.Sums) != 93 {
			t.Errorf("%d by state and %d by %d municipalities, want %d", byState, byOwner, len(all.Sums), all.Total)
		}
		for _, state := range []hub.MoveState{hub.MoveAttention, hub.MoveReturning, hub.MoveApproved, hub.MoveUnderWay, hub.MoveVerified, hub.MoveDone} {
			if all.States[state] == 0 {
				t.Errorf("no unit is %s", state)
			}
		}
		whole, err := h.Moves(t.Context(), admin)
		if err != nil || len(whole.Moves) != all.Total {
			t.Errorf("all of them are %d, %v, want %d", len(whole.Moves), err, all.Total)
		}
	})

	approved := ask(admin, hub.MoveQuery{State: hub.MoveApproved}).Moves[0]
	t.Run("scope", func(t *testing.T) {
		own := hub.Person{Name: "Bo", Role: hub.RoleMunicipality, Organisation: approved.Municipality}
		v := ask(own, hub.MoveQuery{})
		if len(v.Sums) != 1 || v.Total != v.Sums[0].Units || v.Total < 3 || v.Total > 4 {
			t.Errorf("a municipality of 3 or 4 servers sees %d units of %d municipalities", v.Total, len(v.Sums))
		}
		for _, m := range v.Moves {
			if m.Municipality != own.Organisation {
				t.Errorf("it sees %s of %s", m.Unit, m.Municipality)
			}
		}
		other := ask(admin, hub.MoveQuery{}).Sums[0].Municipality
		if other == own.Organisation {
			other = ask(admin, hub.MoveQuery{}).Sums[1].Municipality
		}
		if _, err := h.MoveList(t.Context(), own, hub.MoveQuery{Municipality: other}); !errors.Is(err, hub.ErrForbidden) {
			t.Errorf("it asks for another's moves: %v", err)
		}
		foreign := ask(admin, hub.MoveQuery{Municipality: other}).Moves[0]
		for _, q := range []hub.MoveQuery{{Text: foreign.Unit}, {Wave: foreign.Wave.ID}} {
			if v := ask(own, q); v.Total != 0 || len(v.Waves) != 0 {
				t.Errorf("%+v finds %d of another's units and %d waves", q, v.Total, len(v.Waves))
			}
		}
		if v := ask(steering, hub.MoveQuery{}); v.Total != 0 || len(v.Sums) != 0 {
			t.Errorf("the steering group sees %d units", v.Total)
		}
	})

	t.Run("a change is seen at once", func(t *testing.T) {
		sent := ask(admin, hub.MoveQuery{State: hub.MoveVerified}).Moves[0]
		if _, err := h.ReturnMove(t.Context(), admin, sent.Unit, "a test"); err != nil {
			t.Fatal(err)
		}
		if v := ask(admin, hub.MoveQuery{Text: sent.Unit, State: hub.MoveReturning}); v.Total != 1 {
			t.Errorf("%s was sent back, and %d units of that name are on their way back", sent.Unit, v.Total)
		}
		if m, err := h.Move(t.Context(), admin, approved.Unit); err != nil || m.Move.Output == "" || len(m.Move.Plan.Changes) == 0 {
			t.Errorf("a unit's own answer is in brief: %v", err)
		}
		if _, err := h.AcceptMove(t.Context(), admin, approved.Unit, terraform.Acceptance{Key: terraform.ConcernBackup, Reason: "a test", Until: time.Now().Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		if m, err := h.Move(t.Context(), admin, approved.Unit); err != nil || m.Move.Output == "" || len(m.Move.Accepted) != 1 {
			t.Errorf("after a change something of it is gone: %v", err)
		}
	})
}
