package nis2_test

import (
	"testing"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

func TestAssetRules(t *testing.T) {
	owned := func(a *inventory.Asset) { a.Owner = "It-drift" }
	e := newEstate("901").
		asset(server("owned", owned)).
		asset(server("ownerless", nil)).
		asset(server("unseen", func(a *inventory.Asset) { a.LastSeen = daysAgo(31) })).
		asset(server("ageing", func(a *inventory.Asset) { owned(a); a.LastSeen = daysAgo(29) })).
		asset(device("switch", inventory.KindSwitch, func(a *inventory.Asset) {
			owned(a)
			a.Neighbours = []inventory.Neighbour{
				{LocalPort: "1", RemoteName: "OWNED.nordby.dk"}, {LocalPort: "2", RemoteName: "Stranger.nordby.dk"},
				{LocalPort: "3", RemoteName: "stranger"}, {LocalPort: "4"},
			}
		})).
		asset(device("vm", inventory.KindVM, func(a *inventory.Asset) { owned(a); a.RunsOn = "esx-unlisted" }))
	e.Collections = []inventory.Collection{
		{Collector: "snmp", Source: "10.0.0.9:161", Municipality: "901", Status: inventory.StatusUnreachable},
		{Collector: "snmp", Source: "10.0.0.8:161", Municipality: "901", Status: inventory.StatusUnreachable, Asset: "owned"},
		{Collector: "snmp", Source: "10.0.0.7:161", Municipality: "901", Status: inventory.StatusFailed, LastOK: noon},
		{Collector: "kitos", Source: "register", Municipality: "901", Status: inventory.StatusOK},
	}
	counted{name: "the net against the list", control: "21i-01", estate: e,
		failing: "name:esx-unlisted name:stranger ownerless", unknown: "ageing target:snmp 10.0.0.9:161", known: 6}.run(t)

	classed := func(a *inventory.Asset) { a.Owner, a.Class = "It-drift", "internal" }
	counted{name: "class and owner", control: "21i-02", estate: newEstate("901").
		asset(server("whole", classed)).asset(server("no-class", owned)).asset(server("none", nil)).
		system(inventory.System{ID: "sys-whole", Owner: "Børn", Class: "sensitive"}).
		system(inventory.System{ID: "sys-ownerless", Class: "sensitive"}),
		failing: "no-class none sys-ownerless", known: 5}.run(t)
	counted{name: "a register nobody keeps", control: "21i-02", estate: newEstate("901").
		asset(server("a", nil)).system(inventory.System{ID: "s"}), unknown: "a s"}.run(t)

	sees := func(names ...string) func(*inventory.Asset) {
		return func(a *inventory.Asset) {
			for i, name := range names {
				a.Neighbours = append(a.Neighbours, inventory.Neighbour{LocalPort: itoa(i), RemoteName: name})
			}
		}
	}
	e = newEstate("901").
		asset(device("core", inventory.KindSwitch, sees("edge", "elsewhere"))).
		asset(device("edge", inventory.KindSwitch, sees("core"))).
		asset(device("mute", inventory.KindFirewall, nil)).
		asset(server("critical", func(a *inventory.Asset) { a.Criticality = inventory.CriticalityBusiness })).
		asset(server("minor", nil))
	e.Flows = []inventory.Flow{
		{Municipality: "901", FromIP: "10.0.0.1", ToIP: "10.0.0.2", Protocol: "tcp", Port: 1433, From: "minor", To: "critical"},
		{Municipality: "901", FromIP: "10.9.9.9", ToIP: "10.0.0.2", Protocol: "tcp", Port: 443, To: "critical"},
		{Municipality: "901", FromIP: "10.9.9.9", ToIP: "10.0.0.1", Protocol: "tcp", Port: 443, To: "minor"},
	}
	counted{name: "links and flows", control: "21i-03", estate: e,
		failing: "10.9.9.9 → 10.0.0.2 tcp/443 core 1", unknown: "mute", known: 5}.run(t)
}

func TestServiceRules(t *testing.T) {
	system := func(id string, edit func(*inventory.System)) inventory.System {
		s := inventory.System{
			ID: id, Criticality: inventory.CriticalityBusiness, Owner: "Sundhed", RTOHours: 8, RPOHours: 24,
			ReviewedAt: today.AddDays(-700), RiskAssessedAt: today.AddDays(-300),
		}
		if edit != nil {
			edit(&s)
		}
		return s
	}
	e := func() *estate {
		return newEstate("901").
			system(system("whole", nil)).
			system(system("no-time", func(s *inventory.System) { s.RTOHours = 0 })).
			system(system("no-loss", func(s *inventory.System) { s.RPOHours = 0 })).
			system(system("no-owner", func(s *inventory.System) { s.Owner = "" })).
			system(system("old", func(s *inventory.System) {
				s.ReviewedAt, s.RiskAssessedAt = today.AddDays(-731), today.AddDays(-366)
			})).
			system(system("blank", func(s *inventory.System) { s.ReviewedAt, s.RiskAssessedAt = 0, 0 })).
			system(system("minor", func(s *inventory.System) {
				*s = inventory.System{ID: "minor", Criticality: inventory.CriticalityMedium}
			}))
	}
	counted{name: "goals", control: "21c-01", estate: e(), failing: "blank no-loss no-owner no-time old", known: 6}.run(t)
	counted{name: "risk", control: "21a-04", estate: e(), failing: "blank old", known: 6}.run(t)

	empty := newEstate("901").system(inventory.System{ID: "s", Criticality: inventory.CriticalitySociety, Owner: "Sundhed"})
	counted{name: "goals that nobody keeps", control: "21c-01", estate: empty, unknown: "s"}.run(t)
	counted{name: "risks that nobody keeps", control: "21a-04", estate: empty, unknown: "s"}.run(t)

	stale := e()
	stale.Collections = []inventory.Collection{
		{Collector: "kitos", Source: "x", Municipality: "901", LastOK: daysAgo(29)},
		{Collector: "snmp", Source: "y", Municipality: "901", LastOK: noon},
	}
	counted{name: "a register that was last read a month ago", control: "21a-04", estate: stale,
		unknown: "blank no-loss no-owner no-time old whole"}.run(t)
}

func TestSupplierRules(t *testing.T) {
	contract := func(id, supplier string, edit func(*inventory.Contract)) inventory.Contract {
		c := inventory.Contract{
			ID: id, Supplier: supplier, Subject: "Drift", Contact: "service@example.dk", Importance: 3,
			Until: today.AddDays(200), Clauses: []bool{true, true, true, true, true},
			LastReview: today.AddDays(-100), ExitPlan: ptr(true),
		}
		if edit != nil {
			edit(&c)
		}
		return c
	}
	e := func() *estate {
		return newEstate("901").
			contract(contract("c1", "Alfa", nil)).
			contract(contract("c2", "Beta", func(c *inventory.Contract) {
				c.Contact, c.Clauses[2], c.ExitPlan, c.LastReview = "", false, ptr(false), today.AddDays(-366)
			})).
			contract(contract("c3", " beta ", func(c *inventory.Contract) {
				c.Until, c.Clauses, c.ExitPlan, c.LastReview = today.AddDays(366), nil, nil, today.AddDays(-400)
			})).
			contract(contract("c4", "Gamma", func(c *inventory.Contract) {
				c.Importance, c.Clauses, c.ExitPlan, c.LastReview = 2, nil, nil, 0
			})).
			contract(contract("c5", "Delta", func(c *inventory.Contract) {
				c.Until, c.Clauses, c.ExitPlan, c.LastReview = today.AddDays(-5), []bool{true}, nil, 0
			})).
			contract(contract("c6", "Alfa", func(c *inventory.Contract) { c.Until, c.LastReview = 0, 0 })).
			system(inventory.System{ID: "s1", Supplier: "Epsilon"}).
			system(inventory.System{ID: "s2", Supplier: "ALFA"})
	}
	counted{name: "the register", control: "21d-01", estate: e(), failing: "supplier:epsilon", known: 5}.run(t)
	counted{name: "no register", control: "21d-01", estate: newEstate("901").system(inventory.System{ID: "s1", Supplier: "Epsilon"}), unknown: "supplier:epsilon"}.run(t)
	counted{name: "no single contract is whole", control: "21d-01", estate: newEstate("901").
		contract(contract("c1", "Alfa", func(c *inventory.Contract) { c.Contact = "" })).
		contract(contract("c2", "Alfa", func(c *inventory.Contract) { c.Subject = "" })),
		failing: "supplier:alfa", known: 1}.run(t)
	counted{name: "clauses", control: "21d-02", estate: e(), failing: "c2", unknown: "c3 c5", known: 3}.run(t)
	counted{name: "reviews", control: "21d-03", estate: e(), failing: "supplier:beta supplier:delta", known: 3}.run(t)
	counted{name: "reviews that nobody keeps", control: "21d-03", estate: newEstate("901").
		contract(contract("c1", "Alfa", func(c *inventory.Contract) { c.LastReview = 0 })), unknown: "supplier:alfa"}.run(t)
	counted{name: "exits", control: "21d-06", estate: e(), failing: "c2", unknown: "c5", known: 2}.run(t)
}

func TestCentreAgreementRule(t *testing.T) {
	agreement := func(edit func(*inventory.Agreement)) inventory.Agreement {
		a := inventory.Agreement{ID: "a", Customer: "901", Host: "902", Centre: "fyn", State: inventory.StateMoving,
			SecurityAnnex: ptr(true), DataProcessing: ptr(true)}
		if edit != nil {
			edit(&a)
		}
		return a
	}
	moved := func(agreements ...inventory.Agreement) *estate {
		e := newEstate("901", "902").
			asset(server("moved", func(a *inventory.Asset) { a.OperatedBy = "fyn" })).
			asset(server("loose", func(a *inventory.Asset) { a.OperatedBy = "fyn" })).
			asset(server("home", nil)).
			system(inventory.System{ID: "half-moved", Assets: []string{"moved", "home"}}).
			system(inventory.System{ID: "at-centre", Hosting: inventory.HostingCentre}).
			system(inventory.System{ID: "at-home", Assets: []string{"home"}})
		e.Centres = []inventory.Centre{{ID: "fyn", Host: "902"}}
		e.Agreements = agreements
		return e
	}
	counted{name: "no agreement", control: "21d-04", estate: moved(), failing: "at-centre half-moved loose", known: 3}.run(t)
	counted{name: "whole", control: "21d-04", estate: moved(agreement(nil)), known: 3}.run(t)
	counted{name: "only talked about", control: "21d-04", estate: moved(agreement(func(a *inventory.Agreement) { a.State = inventory.StateDialogue })),
		failing: "at-centre half-moved loose", known: 3}.run(t)
	counted{name: "no annex", control: "21d-04", estate: moved(agreement(func(a *inventory.Agreement) { a.SecurityAnnex = ptr(false) })),
		failing: "at-centre half-moved loose", known: 3}.run(t)
	counted{name: "annex not known", control: "21d-04", estate: moved(agreement(func(a *inventory.Agreement) { a.SecurityAnnex = nil })),
		unknown: "at-centre half-moved loose"}.run(t)

	// Before anything has moved, and for the host itself, the control does not apply.
	cat := load(t)
	host := newEstate("902").asset(server("own", func(a *inventory.Asset) { a.OperatedBy = "fyn" }))
	host.Centres = []inventory.Centre{{ID: "fyn", Host: "902"}}
	for name, e := range map[string]*estate{"nothing moved": newEstate("901").asset(server("home", nil)), "the host": host} {
		r := result(t, assess(t, cat, e.build(), answer("21d-04", 4, of(e.Municipalities[0].Code)))[0], "21d-04")
		if r.Applicable || r.State != nis2.NotInScope || r.Note != nis2.NoteNotMoved {
			t.Errorf("%s: applicable %t, %s, note %q; want out of scope, %s", name, r.Applicable, r.State, r.Note, nis2.NoteNotMoved)
		}
	}
}

func TestRoundRules(t *testing.T) {
	cat := load(t)
	byChef := func(a *nis2.Answer) { a.Owner = "It-chef" }
	var answers []nis2.Answer
	for _, k := range cat.Controls {
		switch k.ID {
		case "20-01": // unanswered
		case "20-02":
			answers = append(answers, answer(k.ID, 3, byChef)) // no evidence, not reviewed
		case "20-04":
			answers = append(answers, answer(k.ID, 3, reviewed)) // no owner
		case "20-05":
			answers = append(answers, answer(k.ID, 3, expired(1), byChef, func(a *nis2.Answer) { a.ReviewedBy = "Chef" }))
		case "23-01":
			answers = append(answers, answer(k.ID, 3, reviewed, byChef, func(a *nis2.Answer) { a.AnsweredAt = today.AddDays(-366) }))
		case "23-05":
			answers = append(answers, answer(k.ID, 0, notApplicable(today)))
		default:
			answers = append(answers, answer(k.ID, 3, reviewed, byChef))
		}
	}
	counted{name: "who is accountable", control: "21a-02", estate: newEstate("901"), answers: answers, failing: "20-01 20-04", known: 79}.run(t)
	counted{name: "valid evidence", control: "21f-01", estate: newEstate("901"), answers: answers, failing: "20-01 20-02 20-05", known: 79}.run(t)
	counted{name: "answered and reviewed", control: "21f-02", estate: newEstate("901"), answers: answers, failing: "20-01 20-02 23-01", known: 79}.run(t)
	for _, control := range []string{"21a-02", "21f-01", "21f-02"} {
		r := result(t, assess(t, cat, newEstate("901").build())[0], control)
		if r.Automatic != nil || r.State != nis2.Unanswered || r.Members.Known != 0 || r.Members.Population != 80 {
			t.Errorf("%s without a round: automatic %v, %s, %+v; want nothing known of 80", control, r.Automatic, r.State, r.Members)
		}
	}
}

func TestWeakLinkRule(t *testing.T) {
	wired := func(names ...string) func(*inventory.Asset) {
		return func(a *inventory.Asset) {
			for i, name := range names {
				a.Neighbours = append(a.Neighbours, inventory.Neighbour{LocalPort: itoa(i), RemoteName: name})
			}
		}
	}
	on := func(host string, volumes ...string) func(*inventory.Asset) {
		return func(a *inventory.Asset) {
			a.RunsOn = host
			for _, v := range volumes {
				a.Volumes = append(a.Volumes, inventory.Volume{SharedID: v})
			}
		}
	}
	vital := func(id string, assets ...string) inventory.System {
		return inventory.System{ID: id, Criticality: inventory.CriticalitySociety, Assets: assets}
	}
	at := func(centre string, edit func(*inventory.Asset)) func(*inventory.Asset) {
		return func(a *inventory.Asset) { edit(a); a.OperatedBy = centre }
	}
	build := func() *estate {
		e := newEstate("901").
			asset(device("esx1", inventory.KindHypervisor, wired("sw-a", "sw-b"))).
			asset(device("esx2", inventory.KindHypervisor, nil)). // the switches tell of it
			asset(device("esx3", inventory.KindHypervisor, wired("sw-a"))).
			asset(device("esx4", inventory.KindHypervisor, wired("sw-a"))).
			asset(device("esx5", inventory.KindHypervisor, nil)). // nobody tells of it
			asset(device("sw-a", inventory.KindSwitch, wired("esx1", "esx2", "esx3"))).
			asset(device("sw-b", inventory.KindSwitch, wired("esx1", "ESX2.nordby.dk")))
		for host := 1; host <= 5; host++ {
			for _, vm := range []string{"a", "b"} {
				e.asset(device("vm"+itoa(host)+vm, inventory.KindVM, on("esx"+itoa(host))))
			}
		}
		return e.
			asset(device("lun1", inventory.KindVM, on("esx1", "lun-7"))).
			asset(device("lun2", inventory.KindVM, on("esx2", "lun-7"))).
			asset(device("lost", inventory.KindVM, on("esx9")))
	}
	counted{name: "hosts, storage and switches", control: "21c-06", estate: build().
		system(vital("doubled", "vm1a", "vm2a")).
		system(vital("one-host", "vm1a", "vm1b")).
		system(vital("one-machine", "vm2b")).
		system(vital("one-switch", "vm3a", "vm4a")).
		system(vital("one-lun", "lun1", "lun2")).
		system(vital("host-unknown", "vm1a", "lost")).
		system(vital("wiring-unknown", "vm1a", "vm5a")).
		system(vital("known-in-spite", "vm5a", "vm5b")).
		system(vital("missing", "vm1a", "not-in-inventory")).
		system(vital("unmapped")).
		system(inventory.System{ID: "lesser", Criticality: inventory.CriticalityBusiness, Assets: []string{"vm1a"}}),
		failing: "known-in-spite one-host one-lun one-machine one-switch", unknown: "host-unknown missing unmapped wiring-unknown", known: 6}.run(t)

	for _, c := range []struct {
		name             string
		links            []inventory.Link
		failing, unknown string
	}{
		{"no line known", nil, "", "moved"},
		{"one single line", []inventory.Link{{ID: "l1", Redundant: ptr(false)}}, "moved", ""},
		{"one doubled line", []inventory.Link{{ID: "l1", Redundant: ptr(true)}}, "", ""},
		{"one line of unknown build", []inventory.Link{{ID: "l1"}}, "", "moved"},
		{"two lines", []inventory.Link{{ID: "l1"}, {ID: "l2"}}, "", ""},
	} {
		e := build().
			asset(device("m1", inventory.KindVM, at("fyn", on("esx1")))).
			asset(device("m2", inventory.KindVM, at("fyn", on("esx2")))).
			system(vital("moved", "m1", "m2"))
		for _, l := range c.links {
			l.Municipality, l.Centre = "901", "fyn"
			e.Links = append(e.Links, l)
		}
		known := 1
		if c.unknown != "" {
			known = 0
		}
		counted{name: c.name, control: "21c-06", estate: e, failing: c.failing, unknown: c.unknown, known: known}.run(t)
	}
}

// The moment of rules that count hours is the snapshot's, or the assessment's when that is later.
func TestOldSnapshotAgesItsData(t *testing.T) {
	e := newEstate("901").asset(server("a", func(a *inventory.Asset) {
		a.Backup = &inventory.Backup{LastSuccess: noon, ReportedAt: noon}
	}))
	s := e.build()
	for day, want := range map[inventory.Date]int{today: 0, today.AddDays(1): 0, today.AddDays(3): 1} {
		list := assessInput(t, load(t), nis2.Input{Snapshot: s, AsOf: day})
		if got := result(t, list[0], "21c-03").Members.Failing; got != want {
			t.Errorf("assessed on %s: %d failing, want %d", day, got, want)
		}
	}
}
