package nis2_test

import (
	"strings"
	"testing"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

// line gives a line of municipality 901's register, done some days ago.
func line(id string, kind nis2.EntryKind, days int, edits ...func(*nis2.Entry)) nis2.Entry {
	x := nis2.Entry{ID: id, Municipality: "901", Kind: kind, Date: today.AddDays(-days)}
	for _, edit := range edits {
		edit(&x)
	}
	return x
}

func about(subject string) func(*nis2.Entry) { return func(x *nis2.Entry) { x.Subject = subject } }

func grave(yes bool) func(*nis2.Entry) { return func(x *nis2.Entry) { x.Grave = &yes } }

// What is done at fixed times is measured by how long ago it was done: on the limit it is in time, and the
// level falls with the age by the catalogue's steps.
func TestRulesThatMeasureAnAge(t *testing.T) {
	cat := load(t)
	for control, kind := range map[string]nis2.EntryKind{"20-02": nis2.EntryStatusReport, "23-04": nis2.EntryContactCheck,
		"21b-07": nis2.EntryIncidentExercise, "21c-09": nis2.EntryCrisisExercise, "21j-05": nis2.EntryChannelTest} {
		k, _ := cat.Control(control)
		limit := k.Rule.LimitDays
		for _, c := range []struct{ age, level, failing int }{
			{0, 4, 0}, {limit, 4, 0}, {limit + 1, 3, 1}, {limit * 5 / 4, 3, 1}, {limit * 3 / 2, 2, 1}, {2 * limit, 1, 1}, {2*limit + 1, 0, 1},
		} {
			in := nis2.Input{Snapshot: newEstate("901", "902").build(), AsOf: today, Entries: []nis2.Entry{
				line("last", kind, c.age), line("before", kind, c.age+300), line("planned", kind, -10),
				line("others", kind, 0, func(x *nis2.Entry) { x.Municipality = "902" }), line("another", nis2.EntryRisk, 0),
			}}
			r := result(t, assessInput(t, cat, in)[0], control)
			if r.Automatic == nil || *r.Automatic != c.level || r.Members.Failing != c.failing || r.Members.Population != 1 {
				t.Errorf("%s after %d days: %+v %+v, want level %d with %d failing", control, c.age, r.Automatic, r.Members, c.level, c.failing)
			}
		}
		// Nothing is recorded: nobody knows. No register at all: not connected.
		in := nis2.Input{Snapshot: newEstate("901").build(), AsOf: today, Entries: []nis2.Entry{}}
		if r := result(t, assessInput(t, cat, in)[0], control); r.Automatic != nil || r.Members == nil || r.Note != nis2.NoteNoMembers {
			t.Errorf("%s without a line: %+v", control, r)
		}
		in.Entries = nil
		if r := result(t, assessInput(t, cat, in)[0], control); r.Members != nil || r.Note != nis2.NoteNotConnected {
			t.Errorf("%s without a register: %+v", control, r)
		}
	}
}

// The channel that has gone longest without a test decides, whatever the others.
func TestChannelsAreTestedEachForItself(t *testing.T) {
	lines := []nis2.Entry{line("a", nis2.EntryChannelTest, 5, about("Radio")), line("b", nis2.EntryChannelTest, 400, about("radio")), line("c", nis2.EntryChannelTest, 300, about("Satellit"))}
	counted{name: "two channels", control: "21j-05", estate: newEstate("901"), entries: lines, failing: "channel:satellit", known: 2}.run(t)
	in := nis2.Input{Snapshot: newEstate("901").build(), AsOf: today, Entries: lines}
	if r := result(t, assessInput(t, load(t), in)[0], "21j-05"); *r.Automatic != 1 {
		t.Errorf("level %d, want the 1 of 300 days against 180", *r.Automatic)
	}
}

func TestServiceReports(t *testing.T) {
	e := newEstate("901", "902")
	e.Centres = []inventory.Centre{{ID: "fyn", Host: "902"}}
	for _, id := range []string{"esdh", "løn"} {
		e.system(inventory.System{ID: id, OperatedBy: "fyn"})
	}
	e.system(inventory.System{ID: "own"})
	counted{name: "nothing recorded", control: "20-06", estate: e, entries: []nis2.Entry{line("x", nis2.EntryRisk, 1, about("y"))}, unknown: "esdh løn"}.run(t)
	counted{name: "one reported", control: "20-06", estate: e, entries: []nis2.Entry{line("a", nis2.EntryServiceReport, 90, about("ESDH")), line("b", nis2.EntryServiceReport, 91)},
		failing: "løn", known: 2}.run(t)
	counted{name: "one for all", control: "20-06", estate: e, entries: []nis2.Entry{line("b", nis2.EntryServiceReport, 90)}, known: 2}.run(t)
}

func TestRisksAndFindings(t *testing.T) {
	treated := func(x *nis2.Entry) {
		x.Owner, x.Due, x.Decision = "Driftschef", today.AddDays(30), "accepteret rest: lav"
	}
	closed := func(x *nis2.Entry) { x.Closed = today }
	without := func(clear func(*nis2.Entry)) func(*nis2.Entry) { return func(x *nis2.Entry) { treated(x); clear(x) } }
	counted{name: "risks", control: "21a-05", estate: newEstate("901"), entries: []nis2.Entry{
		line("fine", nis2.EntryRisk, 9, grave(true), treated), line("gone", nis2.EntryRisk, 9, grave(true), closed),
		line("low", nis2.EntryRisk, 9, grave(false)), line("no-day", nis2.EntryRisk, 9, grave(true), without(func(x *nis2.Entry) { x.Due = 0 })),
		line("no-owner", nis2.EntryRisk, 9, grave(true), without(func(x *nis2.Entry) { x.Owner = "" })),
		line("no-word", nis2.EntryRisk, 9, grave(true), without(func(x *nis2.Entry) { x.Decision = "" })), line("unjudged", nis2.EntryRisk, 9, treated),
	}, failing: "no-day no-owner no-word", unknown: "unjudged", known: 4}.run(t)
	until := func(days int) func(*nis2.Entry) { return func(x *nis2.Entry) { x.Exception = today.AddDays(days) } }
	counted{name: "findings", control: "21f-04", estate: newEstate("901"), entries: []nis2.Entry{
		line("accepted", nis2.EntryTestFinding, 91, grave(true), until(0)), line("closed", nis2.EntryTestFinding, 400, grave(true), closed),
		line("lapsed", nis2.EntryTestFinding, 91, grave(true), until(-1)), line("late", nis2.EntryTestFinding, 91, grave(true)),
		line("minor", nis2.EntryTestFinding, 400, grave(false)), line("new", nis2.EntryTestFinding, 90, grave(true)), line("unjudged", nis2.EntryTestFinding, 9),
	}, failing: "lapsed late", unknown: "unjudged", excepted: "accepted", known: 5}.run(t)
}

func TestAccessReviews(t *testing.T) {
	e := newEstate("901")
	for _, id := range []string{"by-id", "by-name", "late", "never"} {
		e.system(inventory.System{ID: id, Name: "System " + id, Criticality: inventory.CriticalityBusiness})
	}
	e.system(inventory.System{ID: "minor"})
	group := func(x *nis2.Entry) { x.Privileged = true }
	counted{name: "systems and groups", control: "21i-05", estate: e, entries: []nis2.Entry{
		line("1", nis2.EntryAccessReview, 365, about("by-id")), line("2", nis2.EntryAccessReview, 1, about("system BY-NAME")), line("3", nis2.EntryAccessReview, 366, about("late")),
		line("4", nis2.EntryAccessReview, 180, about("Domain Admins"), group), line("5", nis2.EntryAccessReview, 181, about("Backup Operators"), group),
	}, failing: "group:backup operators late never", known: 6}.run(t)
	counted{name: "no review at all", control: "21i-05", estate: e, entries: []nis2.Entry{}, unknown: "by-id by-name late never"}.run(t)
}

func TestRegisterLinesAreChecked(t *testing.T) {
	good := line("a", nis2.EntryRisk, 1, about("Ransomware"))
	if err := good.Validate(today); err != nil {
		t.Errorf("a good line: %v", err)
	}
	for want, edit := range map[string]func(*nis2.Entry){
		"none of":         func(x *nis2.Entry) { x.Kind = "party" },
		"municipality":    func(x *nis2.Entry) { x.Municipality = "" },
		"subject":         func(x *nis2.Entry) { x.Subject = "" },
		"not after today": func(x *nis2.Entry) { x.Date = today.AddDays(1) },
		"the day":         func(x *nis2.Entry) { x.Date = 0 },
		"closed":          func(x *nis2.Entry) { x.Closed = x.Date.AddDays(-1) },
	} {
		bad := good
		edit(&bad)
		if err := bad.Validate(today); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want a fault with %q, got %v", want, err)
		}
	}
}
