package hub_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

var (
	second   = hub.Person{Name: "Dorte", Role: hub.RoleMunicipality, Organisation: "450"}
	assens   = hub.Person{Name: "Emil", Role: hub.RoleMunicipality, Organisation: "420"}
	steering = hub.Person{Name: "Freja", Role: hub.RoleSteering}
)

// A round from its opening to the trend: copied answers must be confirmed, a review needs a second person,
// a changed answer loses its review, and every version stays.
func TestRound(t *testing.T) {
	ctx := t.Context()
	h := collected(t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(h.SaveAnswers(ctx, nyborg, []nis2.Answer{{Municipality: "450", Control: "20-01", Level: 3}}))
	if err := h.OpenRound(ctx, nyborg, "2027-1", "Forår", today.AddDays(60)); !errors.Is(err, hub.ErrForbidden) {
		t.Errorf("a municipality opens a round: %v", err)
	}
	must(h.OpenRound(ctx, admin, "2027-1", "Forår", today.AddDays(60)))
	if err := h.OpenRound(ctx, admin, "2027-2", "Efterår", today.AddDays(60)); !errors.Is(err, hub.ErrInvalid) {
		t.Errorf("a second round opens beside the first: %v", err)
	}
	row := func() hub.AnswerRow {
		t.Helper()
		v, err := h.Answers(ctx, nyborg, "450")
		must(err)
		return v.Rows[0]
	}
	if r := row(); !r.Answer.Unconfirmed || r.Result.State != nis2.NotConfirmed || r.Answer.AnsweredBy != "Bo" || r.Answer.Round != "2027-1" {
		t.Errorf("the copied answer is %+v, counting as %s", r.Answer, r.Result.State)
	}
	if err := h.ReviewAnswer(ctx, second, "450", "20-01", nil); !errors.Is(err, hub.ErrInvalid) {
		t.Errorf("what nobody confirmed is reviewed: %v", err)
	}
	must(h.ConfirmAnswer(ctx, nyborg, "450", "20-01", nil))
	if err := h.ReviewAnswer(ctx, nyborg, "450", "20-01", nil); !errors.Is(err, hub.ErrInvalid) {
		t.Errorf("the one who answered reviews: %v", err)
	}
	must(h.ReviewAnswer(ctx, second, "450", "20-01", nil))
	if r := row(); r.Answer.ReviewedBy != "Dorte" || r.Result.State != nis2.Declared {
		t.Errorf("reviewed: %+v %s", r.Answer, r.Result.State)
	}
	changed := *row().Answer
	changed.Level = 4
	must(h.SaveAnswers(ctx, nyborg, []nis2.Answer{changed}))
	if r := row(); r.Answer.ReviewedBy != "" || r.Answer.Level != 4 {
		t.Errorf("a changed answer keeps its review: %+v", r.Answer)
	}
	claimed := *row().Answer
	claimed.ReviewedBy = "Dorte"
	must(h.SaveAnswers(ctx, nyborg, []nis2.Answer{claimed}))
	if changes, err := h.ImportAnswers(ctx, nyborg, "450", []nis2.Answer{claimed}, true); err != nil || len(changes) > 0 {
		t.Errorf("a file that names a reviewer would change %v, %v", changes, err)
	}
	if r := row(); r.Answer.ReviewedBy != "" {
		t.Errorf("Bo wrote Dorte's name under his own answer: %+v", r.Answer)
	}
	versions, err := h.AnswerHistory(ctx, nyborg, "450", "20-01")
	must(err)
	if len(versions) != 6 || versions[5].Answer.Level != 3 || versions[0].Answer.Level != 4 || versions[2].Actor != "Dorte" {
		t.Errorf("%d versions: %+v", len(versions), versions)
	}
	rounds, err := h.Rounds(ctx, nyborg)
	must(err)
	if len(rounds) != 1 || len(rounds[0].Progress) != 1 || rounds[0].Progress[0].Answered != 1 {
		t.Errorf("rounds %+v", rounds)
	}
	must(h.CloseRound(ctx, admin, "2027-1"))
	line, err := h.Trend(ctx, nyborg, "450")
	must(err)
	if len(line) != 1 || line[0].Round != "2027-1" || line[0].Headline <= 0 {
		t.Errorf("trend %+v", line)
	}
	if _, err := h.Trend(ctx, assens, "450"); !errors.Is(err, hub.ErrForbidden) {
		t.Errorf("Assens reads Nyborg's trend: %v", err)
	}
}

// Nothing of a municipality's answers reaches others before it says so, and then only the articles it named.
func TestSharing(t *testing.T) {
	ctx := t.Context()
	h := collected(t)
	if err := h.SaveAnswers(ctx, nyborg, []nis2.Answer{{Municipality: "450", Control: "20-01", Level: 3}}); err != nil {
		t.Fatal(err)
	}
	for _, p := range []hub.Person{centre, assens, steering, {}} {
		if _, err := h.Answers(ctx, p, "450"); !errors.Is(err, hub.ErrForbidden) {
			t.Errorf("%s reads Nyborg's answers: %v", p.Role, err)
		}
		if err := h.Share(ctx, p, hub.Sharing{Municipality: "450", Articles: []string{"20"}}); !errors.Is(err, hub.ErrForbidden) {
			t.Errorf("%s shares on Nyborg's behalf: %v", p.Role, err)
		}
	}
	if err := h.Share(ctx, nyborg, hub.Sharing{Municipality: "450", Articles: []string{"20"}, Named: true}); err != nil {
		t.Fatal(err)
	}
	v, err := h.Answers(ctx, centre, "450")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range v.Rows {
		if r.Result.Article != "20" {
			t.Errorf("the centre sees %s", r.Control)
		}
	}
	a, _, err := h.GapOf(ctx, centre, "450")
	if err != nil || len(a.Articles) != 1 || a.Overall != (nis2.Scores{}) || v.MayAnswer {
		t.Errorf("the centre gets %d articles, overall %+v, may answer %t, %v", len(a.Articles), a.Overall, v.MayAnswer, err)
	}
	if _, err := h.Answers(ctx, assens, "450"); !errors.Is(err, hub.ErrForbidden) {
		t.Errorf("Assens reads what is shared with the centre: %v", err)
	}
	trail, err := h.AuditTrail(ctx, admin)
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, line := range trail {
		if line.Action == "gap.read" && line.Actor == centre.Name && line.Subject == "450" {
			read++
		}
		if line.Action == "gap.read" && line.Actor == nyborg.Name {
			t.Error("a municipality's reading of its own answers is logged as another's")
		}
	}
	if read < 2 {
		t.Errorf("the centre's readings are noted %d times", read)
	}
}

// Evidence counts in the score, comes back as it was given, and lies sealed on the disk.
func TestEvidence(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	h := open(t, dir, nil)
	if err := h.Collect(ctx, estate{}); err != nil {
		t.Fatal(err)
	}
	if err := h.SaveAnswers(ctx, nyborg, []nis2.Answer{{Municipality: "450", Control: "20-01", Level: 3}}); err != nil {
		t.Fatal(err)
	}
	content := []byte("Referat: byrådet godkendte informationssikkerhedspolitikken. " + strings.Repeat("hemmeligt ", 50))
	given := hub.Evidence{Municipality: "450", Control: "20-01", Title: "Referat", Until: today.AddDays(100)}
	e, err := h.AddEvidence(ctx, nyborg, given, "referat.txt", content)
	if err != nil {
		t.Fatal(err)
	}
	v, err := h.Answers(ctx, nyborg, "450")
	if err != nil || len(v.Rows[0].Evidence) != 1 || v.Rows[0].Result.Confidence != 0.7 {
		t.Errorf("evidence %+v, confidence %v, %v", v.Rows[0].Evidence, v.Rows[0].Result.Confidence, err)
	}
	if _, got, err := h.EvidenceFile(ctx, nyborg, "450", e.ID); err != nil || !bytes.Equal(got, content) {
		t.Errorf("the file comes back as %d bytes, %v", len(got), err)
	}
	for _, p := range []hub.Person{centre, assens, steering, {}} {
		if _, _, err := h.EvidenceFile(ctx, p, "450", e.ID); !errors.Is(err, hub.ErrForbidden) && !errors.Is(err, hub.ErrNotReady) {
			t.Errorf("%s reads the file: %v", p.Role, err)
		}
		if _, err := h.AddEvidence(ctx, p, given, "x.txt", content); !errors.Is(err, hub.ErrForbidden) {
			t.Errorf("%s adds evidence: %v", p.Role, err)
		}
	}
	for _, bad := range []struct{ name, content, want string }{
		{"virus.exe", "MZ\x90\x00", "kept are PDF"}, {"photo.png", "plain text", "kept are PDF"}, {"x.txt", strings.Repeat("a", hub.MaxEvidenceBytes+1), "at most"},
	} {
		if _, err := h.AddEvidence(ctx, nyborg, given, bad.name, []byte(bad.content)); !errors.Is(err, hub.ErrInvalid) || !strings.Contains(err.Error(), bad.want) {
			t.Errorf("%s: %v", bad.name, err)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "samdrift.db*"))
	if err != nil || len(files) == 0 {
		t.Fatal("no database", err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte("hemmeligt")) {
			t.Errorf("%s holds the evidence in clear", f)
		}
	}
	if info, err := os.Stat(filepath.Join(dir, "evidence.key")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key: %v %v", info, err)
	}
	// A review does not copy the evidence into the answer: once it is removed, it no longer counts.
	if err := h.ReviewAnswer(ctx, second, "450", "20-01", nil); err != nil {
		t.Fatal(err)
	}
	if err := h.RemoveEvidence(ctx, nyborg, "450", e.ID); err != nil {
		t.Fatal(err)
	}
	if v, err := h.Answers(ctx, nyborg, "450"); err != nil || v.Rows[0].Answer.Evidence != "" || v.Rows[0].Result.Confidence != 0.4 {
		t.Errorf("after the evidence is gone: %+v, confidence %v, %v", v.Rows[0].Answer, v.Rows[0].Result.Confidence, err)
	}
	if _, _, err := h.EvidenceFile(ctx, nyborg, "450", e.ID); !errors.Is(err, hub.ErrNotFound) {
		t.Errorf("removed evidence: %v", err)
	}
}

func TestActionsAndIncidentsKeepTheScope(t *testing.T) {
	ctx := t.Context()
	h := collected(t)
	action := nis2.Action{Municipality: "450", Title: "Øv genskabelse", Controls: []string{"21c-05"}, Owner: "Driftschef", Due: today.AddDays(-1), State: nis2.ActionOpen}
	own, err := h.SaveAction(ctx, nyborg, action)
	if err != nil {
		t.Fatal(err)
	}
	joint := action
	joint.Municipality, joint.Title = "", "Fælles kursus"
	if _, err := h.SaveAction(ctx, nyborg, joint); !errors.Is(err, hub.ErrForbidden) {
		t.Errorf("a municipality decides for all: %v", err)
	}
	if _, err := h.SaveAction(ctx, admin, joint); err != nil {
		t.Fatal(err)
	}
	for p, want := range map[*hub.Person]int{&nyborg: 2, &assens: 1, &steering: 1, &centre: 1} {
		v, err := h.Actions(ctx, *p)
		if err != nil || len(v.Actions) != want {
			t.Errorf("%s sees %d actions, want %d, %v", p.Name, len(v.Actions), want, err)
		}
	}
	v, err := h.Actions(ctx, nyborg)
	if err != nil || !v.Actions[0].Overdue || len(v.Effects) != 1 || v.Effects[0].Done.Headline <= v.Effects[0].Today.Headline {
		t.Errorf("Nyborg's plan %+v %v", v, err)
	}
	own.State = "later"
	if _, err := h.SaveAction(ctx, nyborg, own); !errors.Is(err, hub.ErrInvalid) {
		t.Errorf("an unknown state is kept: %v", err)
	}

	yes := true
	incident := nis2.Incident{
		Municipality: "450", Centre: "fyn", Title: "Ransomware", Significant: &yes, Why: "alvorlig driftsforstyrrelse", DecidedBy: "Bo",
		Aware: map[nis2.Party]nis2.Awareness{nis2.PartyMunicipality: {At: time.Now().Add(-time.Hour), By: "vagt"}},
	}
	kept, err := h.SaveIncident(ctx, centre, incident)
	if err != nil {
		t.Fatal(err)
	}
	for p, want := range map[*hub.Person]int{&nyborg: 1, &centre: 1, &admin: 1, &assens: 0, &steering: 0} {
		list, err := h.Incidents(ctx, *p)
		if err != nil || len(list) != want {
			t.Errorf("%s sees %d incidents, want %d, %v", p.Name, len(list), want, err)
		}
	}
	if _, err := h.SaveIncident(ctx, assens, kept); !errors.Is(err, hub.ErrForbidden) {
		t.Errorf("Assens changes Nyborg's incident: %v", err)
	}
	list, err := h.Incidents(ctx, nyborg)
	if err != nil || len(list[0].Clock) != 3 || list[0].Clock[0].Late {
		t.Errorf("clock %+v %v", list, err)
	}
}

// The cooperation's own weights count at once and after a restart, and each version is kept.
func TestChoices(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	h := open(t, dir, nil)
	if err := h.Collect(ctx, estate{}); err != nil {
		t.Fatal(err)
	}
	weight := 1
	o := nis2.Overlay{Base: h.Catalogue().String(), Version: "fyn.1", Author: "Programmet", Date: inventory.NewDate(2026, time.October, 1), Reason: "prøve",
		Controls: map[string]nis2.ControlChoice{"20-01": {Weight: &weight}}}
	if err := h.Choose(ctx, nyborg, o); !errors.Is(err, hub.ErrForbidden) {
		t.Errorf("a municipality chooses the weights: %v", err)
	}
	if err := h.Choose(ctx, admin, o); err != nil {
		t.Fatal(err)
	}
	if err := h.Choose(ctx, admin, o); !errors.Is(err, hub.ErrInvalid) {
		t.Errorf("the same version twice: %v", err)
	}
	a, _, err := h.GapOf(ctx, nyborg, "450")
	if err != nil || !strings.HasSuffix(a.Catalogue, "+fyn.1") || a.Controls[0].Weight != 1 {
		t.Errorf("assessed by %s, weight %d, %v", a.Catalogue, a.Controls[0].Weight, err)
	}
	reader := open(t, dir, func(c *hub.Config) { c.ReadOnly = true })
	if got := reader.Catalogue().String(); !strings.HasSuffix(got, "+fyn.1") {
		t.Errorf("after a restart the catalogue is %s", got)
	}
}
