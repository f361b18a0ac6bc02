package hub_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/samdrift/samdrift/hub"
)

// Whom to reach on a night stands in the runbook, and nowhere where it is nobody's business.
func TestContacts(t *testing.T) {
	h := byHand(t)
	bo := hub.Contact{Agreement: "450-461", Role: "municipality", Name: "Bo Vagt", Phone: "+45 12 34 56 78", Email: "vagt@nyborg.example.dk"}
	kept, err := h.SaveContact(t.Context(), nyborg, bo)
	if err != nil || kept.By != nyborg.Name || kept.At.IsZero() {
		t.Fatalf("%+v, %v", kept, err)
	}
	supplier, err := h.SaveContact(t.Context(), centre, hub.Contact{Agreement: "450-461", Role: "supplier", Name: "Ada", Email: "ada@leverandor.example.dk"})
	if err != nil {
		t.Fatal(err)
	}
	stranger := hub.Person{Name: "Eva", Role: hub.RoleMunicipality, Organisation: "420"}
	for _, p := range []hub.Person{stranger, steering} {
		if list, err := h.Contacts(t.Context(), p, "450-461"); !errors.Is(err, hub.ErrNotFound) || len(list) > 0 {
			t.Errorf("%s reads %v, %v", p.Role, list, err)
		}
		if _, err := h.SaveContact(t.Context(), p, bo); !errors.Is(err, hub.ErrNotFound) {
			t.Errorf("%s writes: %v", p.Role, err)
		}
		if err := h.RemoveContact(t.Context(), p, "450-461", kept.ID); !errors.Is(err, hub.ErrNotFound) {
			t.Errorf("%s removes: %v", p.Role, err)
		}
	}
	for name, c := range map[string]hub.Contact{
		"no role":             {Agreement: "450-461", Name: "Bo", Phone: "12345678"},
		"no name":             {Agreement: "450-461", Role: "centre", Phone: "12345678"},
		"nowhere to be found": {Agreement: "450-461", Role: "centre", Name: "Bo"},
		"no number":           {Agreement: "450-461", Role: "centre", Name: "Bo", Phone: "ring til mig"},
		"no address":          {Agreement: "450-461", Role: "centre", Name: "Bo", Email: "Bo <bo@example.dk>"},
	} {
		if _, err := h.SaveContact(t.Context(), nyborg, c); !errors.Is(err, hub.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	moves, err := h.Moves(t.Context(), centre)
	if err != nil {
		t.Fatal(err)
	}
	v, err := h.Runbooks(t.Context(), centre, moves.Moves[0].Wave.ID)
	if err != nil || len(v.Contacts) != 2 || v.Contacts[0].ID != kept.ID || v.Contacts[0].Phone != kept.Phone || v.Contacts[1].ID != supplier.ID {
		t.Errorf("the runbook has %+v, %v", v.Contacts, err)
	}
	if err := h.RemoveContact(t.Context(), nyborg, "450-461", supplier.ID); err != nil {
		t.Fatal(err)
	}
	if list, err := h.Contacts(t.Context(), nyborg, "450-461"); err != nil || len(list) != 1 {
		t.Errorf("after one was removed: %v, %v", list, err)
	}
	lines, err := h.AuditTrail(t.Context(), admin)
	if err != nil {
		t.Fatal(err)
	}
	noted := 0
	for _, l := range lines {
		if strings.HasPrefix(l.Action, "contact.") {
			noted++
		}
		for _, personal := range []string{"Vagt", "12 34", "vagt@", "Ada", "ada@"} {
			if strings.Contains(l.Subject+l.Detail, personal) {
				t.Errorf("the audit trail says %q", l.Detail)
			}
		}
	}
	if noted != 3 {
		t.Errorf("%d of three changes are in the audit trail", noted)
	}
}
