package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
)

// What an agreement's servers share stands before its waves and goes its way over the pages; nobody outside
// sees any of it.
func TestSharedThingsOnThePages(t *testing.T) {
	m := newMoving(t, func(mapping *terraform.Mapping) {
		mapping.Destination.Folder = "Kommuner/Svendborg"
		mapping.Shared = platform.Sharing{Folder: true, Tag: &platform.Tag{Category: "Kommune", Name: "Nyborg"}}
	})
	const unit, path = "450-461-shared", "/moves/450-461-shared"
	const title = "Fælles for serverne fra Nyborg"
	list := words(m.page("carl", "/moves", title, "Lav det fælles"))
	if shared, wave := strings.Index(list, title), strings.Index(list, "Drejebog"); wave < shared {
		t.Error("what is shared does not stand before the first wave")
	}
	if text := words(m.page("finn", "/moves")); strings.Contains(text, title) {
		t.Error("the steering group sees what a municipality's servers share")
	}
	if status, _ := m.send("eva", http.MethodGet, path, ""); status != 404 {
		t.Errorf("another municipality reads it: %d", status)
	}
	m.page("carl", path, title, "450-461", "Der er endnu ikke lavet en plan")
	m.does("bo", unit, "plan", 403)
	m.does("carl", unit, "plan", 303)
	m.page("bo", path, "3 nye", "0 slettes", "Ingen spærringer afviser planen", "Mærkekategori Kommune", "DC0/Kommuner Fandtes i forvejen og ændres ikke", "DC0/Kommuner/Svendborg Laves af samdrift")
	m.does("carl", unit, "step", 422, "stage", "share", "action", "start")
	m.does("bo", unit, "consent", 303)
	m.does("carl", unit, "approve", 422, "hours", "8")
	m.does("dorte", unit, "approve", 303, "hours", "8")
	m.does("bo", unit, "apply", 403)
	m.does("carl", unit, "apply", 303)
	m.awaitRun(unit)
	m.page("carl", path, "Kørslen er gennemført", "Planen er udført", "Læs tilbage fra platformen")
	m.does("carl", unit, "verify", 303)
	m.page("carl", path, "Alle trin er gjort", "Mappe DC0/Kommuner/Svendborg", "Som ventet", "Lav planen igen")
	m.does("carl", unit, "return", 422, "reason", "Prøve")
	m.does("carl", unit, "plan", 303) // of what is there already: nothing is to be made again
	m.page("carl", path, "0 nye", "Alle trin er gjort")
	m.page("carl", "/moves", title, "Alle trin er gjort")
}
