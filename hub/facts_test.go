package hub_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner/nis2"
)

// A dataset is shown first and kept then, in place of the one before; it counts for its own municipality only,
// is brought by that municipality or the admin, and stands in the audit trail.
func TestImportFacts(t *testing.T) {
	ctx := t.Context()
	h := collected(t)
	file := func(rows string) hub.FactsFile {
		return hub.FactsFile{Municipality: "450", Dataset: "dns_check", Format: "csv", Data: []byte("domain,spf,dmarc_policy,dnssec\n" + rows)}
	}
	control := func(municipality string) nis2.ControlResult {
		t.Helper()
		a, _, err := h.GapOf(ctx, admin, municipality)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range a.Controls {
			if r.ID == "21g-05" {
				return r
			}
		}
		t.Fatal("no control 21g-05")
		return nis2.ControlResult{}
	}
	good := file("nyborg.dk,ja,reject,ja\n")
	for _, p := range []hub.Person{assens, centre, steering} {
		if _, err := h.ImportFacts(ctx, p, good, false); !errors.Is(err, hub.ErrForbidden) {
			t.Errorf("%s %s brings Nyborg's facts: %v", p.Role, p.Organisation, err)
		}
	}
	v, err := h.ImportFacts(ctx, nyborg, good, true)
	if err != nil {
		t.Fatal(err)
	}
	if v.Rows != 1 || len(v.Levels) != 1 || v.Levels[0].Before.Automatic != nil || *v.Levels[0].After.Automatic != 5 {
		t.Errorf("the dry run tells %+v", v)
	}
	if r := control("450"); r.Members != nil || r.Note != nis2.NoteNotConnected {
		t.Errorf("the dry run was kept: %+v", r)
	}
	if _, err := h.ImportFacts(ctx, nyborg, good, false); err != nil {
		t.Fatal(err)
	}
	if r := control("450"); r.Automatic == nil || *r.Automatic != 5 {
		t.Errorf("imported, the control is %+v", r)
	}
	if r := control("420"); r.Members != nil {
		t.Errorf("another municipality got Nyborg's facts: %+v", r)
	}
	if v, err = h.ImportFacts(ctx, admin, file("nyborg.dk,nej,none,nej\n"), false); err != nil || v.Before != 1 {
		t.Errorf("in place of %d rows: %v", v.Before, err)
	}
	if r := control("450"); *r.Automatic != 0 || r.Members.Population != 1 {
		t.Errorf("the second import did not take the place of the first: %+v", r)
	}
	if _, err := h.ImportFacts(ctx, nyborg, file("nyborg.dk,måske,none,nej\n"), false); !errors.Is(err, hub.ErrInvalid) || !strings.Contains(err.Error(), "row 2") {
		t.Errorf("a file with a fault: %v", err)
	}
	if r := control("450"); *r.Automatic != 0 {
		t.Errorf("a refused file changed the control: %+v", r)
	}
	if held, err := h.Facts(ctx, nyborg); err != nil || len(held) != 1 || held[0] != (hub.FactsHeld{Municipality: "450", Dataset: "dns_check", TakenAt: today, Rows: 1}) {
		t.Errorf("kept are %+v: %v", held, err)
	}
	if held, err := h.Facts(ctx, assens); err != nil || len(held) != 0 {
		t.Errorf("another municipality sees %+v: %v", held, err)
	}
	if err := h.ForgetFacts(ctx, assens, "450", "dns_check"); !errors.Is(err, hub.ErrForbidden) {
		t.Errorf("another municipality removes them: %v", err)
	}
	if err := h.ForgetFacts(ctx, nyborg, "450", "edr"); !errors.Is(err, hub.ErrNotFound) {
		t.Errorf("what is not there is removed: %v", err)
	}
	if err := h.ForgetFacts(ctx, nyborg, "450", "dns_check"); err != nil {
		t.Fatal(err)
	}
	if r := control("450"); r.Members != nil || r.Note != nis2.NoteNotConnected {
		t.Errorf("removed, the control is still %+v", r)
	}
	trail, err := h.AuditTrail(ctx, admin)
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, line := range trail {
		if line.Action == "gap.facts" && line.Subject == "450" && line.Detail == "dns_check: 1 rows" {
			count++
		}
	}
	if count != 2 {
		t.Errorf("%d imports in the audit trail, want 2", count)
	}
}

// The action plan and the register of incidents feed their rules without any import.
func TestOwnRegistersFeedRules(t *testing.T) {
	ctx := t.Context()
	h := collected(t)
	if _, err := h.SaveAction(ctx, nyborg, nis2.Action{Municipality: "450", Title: "Øv genskabelse", Controls: []string{"21c-05"}, Owner: "Driftschef", Due: today.AddDays(-1), State: nis2.ActionOpen}); err != nil {
		t.Fatal(err)
	}
	// Anything that makes the hub assess anew shows it.
	if err := h.SaveAnswers(ctx, nyborg, []nis2.Answer{{Municipality: "450", Control: "20-01", Level: 3}}); err != nil {
		t.Fatal(err)
	}
	a, _, err := h.GapOf(ctx, nyborg, "450")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range a.Controls {
		switch r.ID {
		case "21f-05":
			if r.Members == nil || r.Members.Failing != 1 {
				t.Errorf("the overdue action counts as %+v", r.Members)
			}
		case "23-02":
			if r.Members == nil || r.Members.Population != 0 || r.Automatic != nil {
				t.Errorf("a register without incidents counts as %+v, level %v", r.Members, r.Automatic)
			}
		}
	}
}

// What is imported before the first collection counts from the first collection on.
func TestFactsBeforeTheFirstCollection(t *testing.T) {
	ctx := t.Context()
	h := open(t, t.TempDir(), nil)
	file := hub.FactsFile{Municipality: "450", Dataset: "dns_check", Format: "csv", Data: []byte("domain,spf,dmarc_policy,dnssec\nnyborg.dk,ja,reject,ja\n")}
	if _, err := h.ImportFacts(ctx, nyborg, file, true); !errors.Is(err, hub.ErrNotReady) {
		t.Errorf("what it would change is told of nothing: %v", err)
	}
	if _, err := h.ImportFacts(ctx, nyborg, file, false); err != nil {
		t.Fatal(err)
	}
	if err := h.Collect(ctx, estate{}); err != nil {
		t.Fatal(err)
	}
	a, _, err := h.GapOf(ctx, nyborg, "450")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range a.Controls {
		if r.ID == "21g-05" && (r.Automatic == nil || *r.Automatic != 5) {
			t.Errorf("the control is %+v", r)
		}
	}
}
