package nis2_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

// servers are virtual machines of which some have an unknown operating system, some an old one,
// some no word from the backup system, and some an old backup.
type servers struct{ unknownOS, oldOS, noBackup, oldBackup int }

func (s servers) vm(code string) func(int) inventory.Asset {
	return func(i int) inventory.Asset {
		a := inventory.Asset{
			Municipality: code, Kind: inventory.KindVM, OS: inventory.OS{Name: "Debian", Version: "12"},
			Backup: &inventory.Backup{LastSuccess: noon.Add(-10 * 3600e9), ReportedAt: noon},
		}
		switch {
		case i < s.unknownOS:
			a.OS = inventory.OS{}
		case i < s.unknownOS+s.oldOS:
			a.OS = inventory.OS{Name: "Windows Server", Version: "2008 R2"}
		}
		switch {
		case i < s.noBackup:
			a.Backup = nil
		case i < s.noBackup+s.oldBackup:
			a.Backup.LastSuccess = daysAgo(3)
		}
		return a
	}
}

// switches are network devices of which some are unreachable and some polled over SNMPv2c.
func switches(code string, silent, insecure int) func(int) inventory.Asset {
	return func(i int) inventory.Asset {
		a := inventory.Asset{Municipality: code, Kind: inventory.KindSwitch}
		switch {
		case i < silent:
		case i < silent+insecure:
			a.Management.Protocols = []string{"ssh", "snmpv2c"}
		default:
			a.Management.Protocols = []string{"ssh", "snmpv3-authpriv"}
		}
		return a
	}
}

// The worked example of the method, section 6.8, through real assets: today's columns.
func TestWorkedExample(t *testing.T) {
	cat := only(load(t), "20-01", "21c-03", "21c-05", "21d-04", "21e-01", "21e-06", "21g-01")
	const nordby, midtby, sydby = "901", "902", "903"
	e := newEstate(nordby, midtby, sydby)
	e.fleet(100, servers{unknownOS: 10, oldOS: 9, noBackup: 5, oldBackup: 1}.vm(nordby))
	e.fleet(50, switches(nordby, 10, 12))
	e.fleet(100, servers{unknownOS: 5, oldOS: 3, noBackup: 60}.vm(midtby))
	e.fleet(20, switches(midtby, 0, 9))
	e.fleet(100, servers{unknownOS: 3}.vm(sydby))
	e.fleet(40, switches(sydby, 4, 1))
	list := assess(t, cat, e.build(),
		answer("20-01", 4, of(nordby), reviewed),
		answer("20-01", 3, of(midtby), expired(45)),
		answer("21c-03", 4, of(nordby)),
		answer("21c-03", 5, of(sydby), reviewed),
		answer("21c-05", 3, of(nordby), evidence),
		answer("21c-05", 1, of(midtby)),
		answer("21c-05", 4, of(sydby), reviewed),
		answer("21e-01", 4, of(nordby)),
		answer("21e-01", 2, of(midtby)),
		answer("21e-01", 4, of(sydby)),
		answer("21e-06", 2, of(midtby)),
		answer("21e-06", 0, of(sydby), notApplicable(today.AddDays(100))),
		answer("21g-01", 4, of(nordby), evidence),
		answer("21g-01", 2, of(midtby)),
		answer("21g-01", 3, of(sydby)),
	)

	wantScores := []string{"72.0/59.9/100.0/1.12", "34.8/21.0/81.9/2.61", "73.7/63.3/81.4/1.05"}
	for i, a := range list {
		s := a.Overall
		got := fmt.Sprintf("%.1f/%.1f/%.1f/%.2f", 100*s.Headline, 100*s.Proven, 100*s.Coverage, s.Gap)
		if got != wantScores[i] {
			t.Errorf("%s: H/P/V/G %s, want %s", a.Municipality, got, wantScores[i])
		}
		if a.Light != nis2.Red {
			t.Errorf("%s: light %s, want red: a key control is more than two levels short", a.Municipality, a.Light)
		}
	}

	for _, c := range []struct {
		municipality, control string
		level                 int
		confidence            float64
		state                 nis2.State
		note                  string
	}{
		{nordby, "20-01", 4, .90, nis2.Declared, ""},
		{nordby, "21c-03", 4, .95, nis2.Measured, ""},
		{nordby, "21c-05", 3, .70, nis2.Declared, nis2.NoteNoMembers},
		{nordby, "21d-04", 0, 0, nis2.NotInScope, nis2.NoteNotMoved},
		{nordby, "21e-01", 1, .90, nis2.Contradicted, nis2.NoteContradicted},
		{nordby, "21e-06", 1, .80, nis2.Measured, nis2.NoteDataOnly},
		{nordby, "21g-01", 4, .70, nis2.Declared, nis2.NoteNotConnected},
		{midtby, "20-01", 3, .55, nis2.Declared, nis2.NoteExpired},
		{midtby, "21c-03", 0, 0, nis2.Unanswered, nis2.NoteLowCoverage},
		{midtby, "21c-05", 1, .40, nis2.Declared, nis2.NoteNoMembers},
		{midtby, "21e-01", 2, .95, nis2.Measured, ""},
		{midtby, "21e-06", 0, 1, nis2.Contradicted, nis2.NoteContradicted},
		{midtby, "21g-01", 2, .40, nis2.Declared, nis2.NoteNotConnected},
		{sydby, "20-01", 0, 0, nis2.Unanswered, ""},
		{sydby, "21c-03", 5, 1, nis2.Measured, ""},
		{sydby, "21c-05", 4, .90, nis2.Declared, nis2.NoteNoMembers},
		{sydby, "21e-01", 4, .97, nis2.BetterThan, nis2.NoteBetter},
		{sydby, "21e-06", 3, .90, nis2.Measured, nis2.NoteRefused},
		{sydby, "21g-01", 3, .40, nis2.Declared, nis2.NoteNotConnected},
	} {
		i := map[string]int{nordby: 0, midtby: 1, sydby: 2}[c.municipality]
		r := result(t, list[i], c.control)
		if r.Effective != c.level || math.Abs(r.Confidence-c.confidence) > 1e-9 || r.State != c.state || r.Note != c.note {
			t.Errorf("%s %s: level %d, c %.3f, %s, note %q; want %d, %.3f, %s, %q",
				c.municipality, c.control, r.Effective, r.Confidence, r.State, r.Note, c.level, c.confidence, c.state, c.note)
		}
	}
	if m := result(t, list[2], "21e-06").Members; m.Population != 40 || m.Known != 36 || m.Failing != 1 {
		t.Errorf("Sydby 21e-06 counts %d devices, %d known, %d failing; want 40, 36, 1", m.Population, m.Known, m.Failing)
	}

	// The text below the table: Nordby's parts, the known gap on average and the unknown part.
	if h := list[0].Articles[1].Headline; math.Abs(h-0.889) > 0.0005 {
		t.Errorf("Nordby 21c headline %.4f, want 0.889", h)
	}
	var known, unknown float64
	for _, a := range list {
		for _, p := range nis2.GapPointsOf(cat, a) {
			known += p.Known / 3
			unknown += p.Unknown / 3
		}
	}
	if got := fmt.Sprintf("%.1f %.1f", known, unknown); got != "23.3 10.3" {
		t.Errorf("mean gap points known and unknown %s, want 23.3 10.3", got)
	}

	// What the move closes and opens.
	moves := nis2.Moves(cat, list, nil)
	lever := nis2.LeverOf(cat, list, moves)
	if got := fmt.Sprintf("%.1f of %.1f, %.0f %%", lever.Closed, lever.Gap, 100*lever.ShareClosed); got != "17.6 of 23.3, 76 %" {
		t.Errorf("closed %s, want 17.6 of 23.3, 76 %%", got)
	}
	var ranked []string
	left := map[string]string{}
	for _, c := range lever.Controls {
		if c.Closed > 0 {
			ranked = append(ranked, fmt.Sprintf("%s %.1f", c.Control, c.Closed))
		}
		left[c.Control] = fmt.Sprintf("%.1f", c.Left)
	}
	if got, want := fmt.Sprint(ranked), "[21e-06 7.7 21e-01 5.4 21c-05 3.5 21g-01 1.0]"; got != want {
		t.Errorf("levers %s, want %s", got, want)
	}
	if left["21g-01"] != "2.4" || left["20-01"] != "1.3" {
		t.Errorf("left: awareness %s, management approval %s; want 2.4 and 1.3", left["21g-01"], left["20-01"])
	}
	for i, want := range []string{"81.7 97.4", "71.7 87.4", "66.1 81.8"} {
		m := moves[i]
		if got := fmt.Sprintf("%.1f %.1f", 100*m.AfterWithout.Headline, 100*m.After.Headline); got != want {
			t.Errorf("%s after the move without and with an agreement %s, want %s", m.Municipality, got, want)
		}
		if m.DayOne.Headline >= m.After.Headline {
			t.Errorf("%s: day one %.3f is not below after re-assessment %.3f, although 21d-04 counts at most 2 on day one", m.Municipality, m.DayOne.Headline, m.After.Headline)
		}
	}
}
