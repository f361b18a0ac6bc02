package nis2_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

// oldServers gives an estate with n servers of which some run an unsupported system.
func oldServers(n, old int, edits ...func(i int, a *inventory.Asset)) *estate {
	return newEstate("901").fleet(n, func(i int) inventory.Asset {
		a := servers{oldOS: old}.vm("901")(i)
		for _, edit := range edits {
			edit(i, &a)
		}
		return a
	})
}

// seenDaysAgo makes the first n assets be last seen some days ago.
func seenDaysAgo(n, days int) func(int, *inventory.Asset) {
	return func(i int, a *inventory.Asset) {
		if i < n {
			a.LastSeen = daysAgo(days)
		}
	}
}

// undated forgets when the assets were seen.
func undated(e *estate) *estate {
	for i := range e.Assets {
		e.Assets[i].LastSeen = time.Time{}
	}
	return e
}

func exceptedUntil(n int, until inventory.Date) func(int, *inventory.Asset) {
	return func(i int, a *inventory.Asset) {
		if i < n {
			a.Exception = inventory.Exception{Until: until, Reason: "Udvidet support er købt", By: "Direktør"}
		}
	}
}

// How answer and data become a level, its confidence and a state: method 6.1 to 6.3 on 21e-01, a
// full rule, whose data are fresh for 7 days.
func TestLevelOfFullRule(t *testing.T) {
	cat := load(t)
	none := func() []nis2.Answer { return nil }
	with := func(level int, edits ...func(*nis2.Answer)) func() []nis2.Answer {
		return func() []nis2.Answer { return []nis2.Answer{answer("21e-01", level, edits...)} }
	}
	for _, c := range []struct {
		name       string
		estate     *estate
		answers    func() []nis2.Answer
		automatic  int // -1: none
		level      int
		confidence float64
		state      nis2.State
		note       string
	}{
		{"no data and no answer", newEstate("901"), none, -1, 0, 0, nis2.Unanswered, nis2.NoteNoMembers},
		{"empty population never passes", newEstate("901"), with(4), -1, 4, .4, nis2.Declared, nis2.NoteNoMembers},
		{"data alone give at most 3", oldServers(10, 0), none, 5, 3, 1, nis2.Measured, nis2.NoteDataOnly},
		{"data alone below 3", oldServers(100, 5), none, 2, 2, 1, nis2.Measured, nis2.NoteDataOnly},
		{"claim and data agree", oldServers(100, 2), with(3), 3, 3, 1, nis2.Measured, ""},
		{"data better than the claim", oldServers(10, 0), with(2), 5, 2, 1, nis2.BetterThan, nis2.NoteBetter},
		{"data one level less", oldServers(100, 2), with(4), 3, 3, 1, nis2.Lowered, nis2.NoteLowered},
		{"data two levels less", oldServers(100, 5), with(4), 2, 2, 1, nis2.Contradicted, nis2.NoteContradicted},
		{"overridden", oldServers(100, 5), with(4, overridden(today)), 2, 4, .5, nis2.Overridden, nis2.NoteOverridden},
		{"override lapsed", oldServers(100, 5), with(4, overridden(today.AddDays(-1))), 2, 2, 1, nis2.Contradicted, nis2.NoteOverrideLapsed},
		{"override not needed", oldServers(10, 0), with(4, overridden(today)), 5, 4, 1, nis2.BetterThan, nis2.NoteBetter},
		{"few members make shares jump", oldServers(8, 1), with(1), 1, 1, 1, nis2.Measured, ""},
		{"half known is enough", oldServers(10, 0, func(i int, a *inventory.Asset) {
			if i < 5 {
				a.OS = inventory.OS{}
			}
		}), with(3), 5, 3, .5, nis2.BetterThan, nis2.NoteBetter},
		{"less than half known", oldServers(10, 0, func(i int, a *inventory.Asset) {
			if i < 6 {
				a.OS = inventory.OS{Name: "BeOS", Version: "5"}
			}
		}), with(3), -1, 3, .4, nis2.Declared, nis2.NoteLowCoverage},
		{"data on their last fresh day", oldServers(10, 0, seenDaysAgo(10, 7)), with(5), 5, 5, 1, nis2.Measured, ""},
		{"ageing data prove half", oldServers(10, 0, seenDaysAgo(10, 8)), with(5), 5, 5, .5, nis2.Measured, nis2.NoteAgeing},
		{"ageing data on their last day", oldServers(10, 0, seenDaysAgo(10, 28)), with(5), 5, 5, .5, nis2.Measured, nis2.NoteAgeing},
		{"stale data do not count", oldServers(10, 9, seenDaysAgo(10, 29)), with(5), -1, 5, .4, nis2.Declared, nis2.NoteStale},
		{"few silent devices do not spoil the rest", oldServers(10, 0, seenDaysAgo(2, 29)), with(5), 5, 5, .8, nis2.Measured, ""},
		{"data of unknown age", undated(oldServers(4, 0)), with(5), -1, 5, .4, nis2.Declared, nis2.NoteLowCoverage},
		{"a failed look is no reading", oldServers(4, 0, func(_ int, a *inventory.Asset) {
			a.LastSeen, a.Sources = noon, []inventory.Source{{Collector: "snmp", Status: inventory.StatusUnreachable, At: noon}}
		}), with(5), 5, 5, 1, nis2.Measured, ""}, // it stands on the day it was last seen
		{"the newest good look counts", oldServers(4, 0, func(_ int, a *inventory.Asset) {
			a.LastSeen, a.Sources = noon, []inventory.Source{
				{Collector: "snmp", Status: inventory.StatusPartial, At: daysAgo(9)},
				{Collector: "agent", Status: inventory.StatusFailed, At: noon},
			}
		}), with(5), 5, 5, .5, nis2.Measured, nis2.NoteAgeing},
		{"an exception is no failure but caps", oldServers(10, 1, exceptedUntil(1, today)), with(5), 4, 4, 1, nis2.Lowered, nis2.NoteExceptions},
		{"an exception lapses on its date", oldServers(10, 1, exceptedUntil(1, today.AddDays(-1))), with(5), 1, 1, 1, nis2.Contradicted, nis2.NoteContradicted},
		{"not applicable is refused by members", oldServers(10, 0), with(0, notApplicable(today)), 5, 3, 1, nis2.Measured, nis2.NoteRefused},
		{"not applicable", newEstate("901"), with(0, notApplicable(today)), -1, 0, 0, nis2.NotInScope, ""},
		{"not applicable lapsed", newEstate("901"), with(0, notApplicable(today.AddDays(-1))), -1, 0, 0, nis2.Unanswered, nis2.NoteLapsed},
		{"retired and vanished assets do not count", newEstate("901").
			asset(inventory.Asset{ID: "a", Kind: inventory.KindServer, Status: inventory.Retired, OS: inventory.OS{Name: "Debian", Version: "7"}}).
			asset(inventory.Asset{ID: "b", Kind: inventory.KindServer, Status: inventory.Spare, OS: inventory.OS{Name: "Debian", Version: "7"}}).
			asset(inventory.Asset{ID: "c", Kind: inventory.KindServer, Presence: inventory.Gone, OS: inventory.OS{Name: "Debian", Version: "7"}}),
			with(3), -1, 3, .4, nis2.Declared, nis2.NoteNoMembers},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := result(t, assess(t, cat, c.estate.build(), c.answers()...)[0], "21e-01")
			automatic := -1
			if r.Automatic != nil {
				automatic = *r.Automatic
			}
			if automatic != c.automatic || r.Effective != c.level || math.Abs(r.Confidence-c.confidence) > 1e-9 || r.State != c.state || r.Note != c.note {
				t.Errorf("automatic %d, level %d, c %.3f, %s, note %q; want %d, %d, %.3f, %s, %q",
					automatic, r.Effective, r.Confidence, r.State, r.Note, c.automatic, c.level, c.confidence, c.state, c.note)
			}
			if r.Applicable != (c.state != nis2.NotInScope) {
				t.Errorf("applicable %t in state %s", r.Applicable, r.State)
			}
		})
	}
}

// A partial rule is a ceiling one level above what it measures, and alone answers nothing.
// 21a-04 has 100 critical systems, of which some lack a risk assessment.
func TestLevelOfPartialRule(t *testing.T) {
	cat := load(t)
	for _, c := range []struct {
		name       string
		lacking    int
		answers    []nis2.Answer
		level      int
		confidence float64
		state      nis2.State
		note       string
	}{
		{"data alone answer nothing", 3, nil, 0, 0, nis2.Unanswered, nis2.NotePartNeedsAnswer},
		{"one above the data is allowed", 20, []nis2.Answer{answer("21a-04", 3)}, 3, .5, nis2.Measured, ""},
		{"evidence proves more than half the data", 20, []nis2.Answer{answer("21a-04", 3, reviewed)}, 3, .9, nis2.Measured, ""},
		{"two above the data is lowered", 20, []nis2.Answer{answer("21a-04", 4)}, 3, 1, nis2.Lowered, nis2.NoteLowered},
		{"three above is contradicted", 20, []nis2.Answer{answer("21a-04", 5, reviewed)}, 3, 1, nis2.Contradicted, nis2.NoteContradicted},
		{"data show more", 0, []nis2.Answer{answer("21a-04", 3)}, 3, .5, nis2.BetterThan, nis2.NoteBetter},
		{"the ceiling is never above the scale", 0, []nis2.Answer{answer("21a-04", 5)}, 5, .5, nis2.Measured, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := newEstate("901")
			for i := range 100 {
				s := inventory.System{ID: "s" + itoa(i), Criticality: inventory.CriticalityBusiness, RiskAssessedAt: today.AddDays(-30)}
				if i < c.lacking {
					s.RiskAssessedAt = today.AddDays(-366)
				}
				e.system(s)
			}
			r := result(t, assess(t, cat, e.build(), c.answers...)[0], "21a-04")
			if r.Effective != c.level || math.Abs(r.Confidence-c.confidence) > 1e-9 || r.State != c.state || r.Note != c.note {
				t.Errorf("level %d, c %.3f, %s, note %q; want %d, %.3f, %s, %q", r.Effective, r.Confidence, r.State, r.Note, c.level, c.confidence, c.state, c.note)
			}
		})
	}
}

// What an answer by itself is worth: method 6.3 on 20-01, which has no rule and whose evidence is
// valid for 365 days.
func TestConfidence(t *testing.T) {
	cat := load(t)
	for _, c := range []struct {
		name string
		edit func(*nis2.Answer)
		want float64
	}{
		{"a bare claim", func(*nis2.Answer) {}, .4},
		{"with evidence", evidence, .7},
		{"reviewed", reviewed, .9},
		{"reviewed without evidence", func(a *nis2.Answer) { a.ReviewedBy = "Chef" }, .4},
		{"on its last day", expired(0), .7},
		{"expired 45 days", expired(45), .55},
		{"expired 90 days", expired(90), .4},
		{"expired long ago", expired(900), .4},
		{"reviewed and expired 45 days", func(a *nis2.Answer) { expired(45)(a); a.ReviewedBy = "Chef" }, .65},
		{"valid by the catalogue", func(a *nis2.Answer) { a.Evidence, a.AnsweredAt = "Referat", today.AddDays(-365) }, .7},
		{"expired by the catalogue", func(a *nis2.Answer) { a.Evidence, a.AnsweredAt = "Referat", today.AddDays(-365-45) }, .55},
	} {
		r := result(t, assess(t, cat, newEstate("901").build(), answer("20-01", 4, c.edit))[0], "20-01")
		if math.Abs(r.Confidence-c.want) > 1e-9 || r.Effective != 4 {
			t.Errorf("%s: level %d, c %.3f; want 4, %.3f", c.name, r.Effective, r.Confidence, c.want)
		}
	}
}

// Unanswered controls lower headline and coverage; controls out of scope leave every sum, and an
// article without any control leaves the whole.
func TestScores(t *testing.T) {
	cat := only(load(t), "20-01", "20-04", "23-01") // weights 5, 4 and 4; targets 4; articles 8 and 4
	na := notApplicable(today)
	for _, c := range []struct {
		name    string
		answers []nis2.Answer
		h, v, g float64
		equal   float64
		light   nis2.Light
		failed  string
		answerd int
	}{
		{"nothing", nil, 0, 0, 4, 0, nis2.Grey, "20-01 23-01", 0},
		{"half", []nis2.Answer{answer("20-01", 4)}, 8. * 5 / 9 / 12, 8. * 5 / 9 / 12, (8*4*4./9 + 4*4) / 12, .25, nis2.Grey, "23-01", 1},
		{"all at target", []nis2.Answer{answer("20-01", 4), answer("20-04", 4), answer("23-01", 4)}, 1, 1, 0, 1, nis2.Green, "", 3},
		{"above target counts as target", []nis2.Answer{answer("20-01", 5), answer("20-04", 5), answer("23-01", 5)}, 1, 1, 0, 1, nis2.Green, "", 3},
		{"one out of scope", []nis2.Answer{answer("20-01", 4), answer("20-04", 0, na), answer("23-01", 4)}, 1, 1, 0, 1, nis2.Green, "", 2},
		{"an article out of scope", []nis2.Answer{answer("20-01", 4), answer("20-04", 2), answer("23-01", 0, na)}, 7. / 9, 1, 8. / 9, .75, nis2.Amber, "", 2},
		{"all out of scope", []nis2.Answer{answer("20-01", 0, na), answer("20-04", 0, na), answer("23-01", 0, na)}, 0, 0, 0, 0, nis2.Grey, "", 0},
		{"a mean hides no failed key control", []nis2.Answer{answer("20-01", 1), answer("20-04", 5), answer("23-01", 5)}, (8*(5*.25+4)/9 + 4) / 12, 1, 8 * 15. / 9 / 12, (.625 + 1) / 2, nis2.Red, "20-01", 3},
		{"two below target is amber", []nis2.Answer{answer("20-01", 2), answer("20-04", 4), answer("23-01", 4)}, (8*6.5/9 + 4) / 12, 1, 8 * 10. / 9 / 12, .875, nis2.Amber, "20-01", 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := assess(t, cat, newEstate("901").build(), c.answers...)[0]
			s := a.Overall
			for _, f := range []struct {
				name      string
				got, want float64
			}{{"H", s.Headline, c.h}, {"V", s.Coverage, c.v}, {"G", s.Gap, c.g}, {"P", s.Proven, .4 * c.h}, {"H with equal weights", a.EqualWeights.Headline, c.equal}} {
				if math.Abs(f.got-f.want) > 1e-9 {
					t.Errorf("%s is %.4f, want %.4f", f.name, f.got, f.want)
				}
			}
			if got := strings.Join(a.KeyFailed, " "); a.Light != c.light || got != c.failed {
				t.Errorf("light %s, failed keys %q; want %s, %q", a.Light, got, c.light, c.failed)
			}
			answered := 0
			for _, article := range a.Articles {
				answered += article.Answered
			}
			if answered != c.answerd {
				t.Errorf("%d controls answered, want %d", answered, c.answerd)
			}
		})
	}
}

func TestAssessShape(t *testing.T) {
	cat := load(t)
	s := newEstate("902", "901").build()
	s.Demo = true
	list := assessInput(t, cat, nis2.Input{Snapshot: s, AsOf: today, Answers: []nis2.Answer{answer("20-01", 3), answer("20-01", 5, of("999"))},
		Actions: []nis2.Action{}, Entries: []nis2.Entry{}})
	if len(list) != 2 || list[0].Municipality != "901" || list[1].Municipality != "902" {
		t.Fatalf("%d assessments, want those of 901 and 902", len(list))
	}
	for _, a := range list {
		if !a.Demo || a.AsOf != today || a.Catalogue != "nis2-dk-kommune 0.1.0" {
			t.Errorf("%s: demo %t, as of %s, catalogue %q", a.Municipality, a.Demo, a.AsOf, a.Catalogue)
		}
		if len(a.Controls) != 80 || len(a.Articles) != 12 {
			t.Errorf("%s: %d controls and %d articles, want 80 and 12", a.Municipality, len(a.Controls), len(a.Articles))
		}
		for i, r := range a.Controls {
			if r.ID != cat.Controls[i].ID {
				t.Fatalf("control %d is %s, want %s: catalogue order", i, r.ID, cat.Controls[i].ID)
			}
			fed := slices.Contains(nis2.MeasuredControls(), r.ID) && !slices.Contains(nis2.ControlsOf(cat.Controls[i].Rule.Source), r.ID)
			if (r.Members != nil) != fed {
				t.Errorf("%s: members %v, but data for its rule are there: %t", r.ID, r.Members, fed)
			}
		}
	}
	for name, in := range map[string]nis2.Input{
		"no snapshot": {AsOf: today}, "no date": {Snapshot: s},
	} {
		if _, err := nis2.Assess(cat, in); err == nil {
			t.Errorf("assessed with %s", name)
		}
	}
}

// Every note that a result can carry is listed once, with words.
func TestNotes(t *testing.T) {
	seen := map[string]bool{}
	for _, n := range nis2.Notes() {
		if n.Key == "" || n.EN == "" || seen[n.Key] {
			t.Errorf("note %q is empty, lacks words or stands twice", n.Key)
		}
		seen[n.Key] = true
	}
	snapshot, answers := crowd(t, 3)
	for _, a := range assess(t, load(t), snapshot, answers...) {
		for _, r := range a.Controls {
			if r.Note != "" && !seen[r.Note] {
				t.Errorf("%s carries note %q, which is not listed", r.ID, r.Note)
			}
		}
	}
}
