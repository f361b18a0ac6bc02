package look_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/look"
)

var moved = time.Date(2027, 2, 3, 23, 0, 0, 0, time.UTC)

// before is a server that an agent sees, that takes the web's port and speaks to a database.
func before() *inventory.Snapshot {
	s := &inventory.Snapshot{
		Assets: []inventory.Asset{
			{ID: "a1", Name: "esdh-01", UUID: "4223a9d1-7a49-4d5e-9d7b-52d2d1d0a001",
				Addresses: []inventory.Address{{IP: "10.1.2.3"}, {IP: "127.0.0.1"}, {IP: "fe80::1"}},
				Listeners: []inventory.Listener{{Protocol: "tcp", Port: 443}, {Protocol: "udp", Port: 161}, {Protocol: "tcp", Port: 443}},
				Sources:   []inventory.Source{{Collector: "agent", Status: inventory.StatusOK, At: moved.Add(-time.Hour)}}},
			{ID: "b1", Name: "sql-01"},
		},
		Flows: []inventory.Flow{
			{From: "a1", FromIP: "10.1.2.3", To: "b1", ToIP: "10.1.2.9", Protocol: "tcp", Port: 1433},
			{From: "b1", FromIP: "10.1.2.9", To: "a1", ToIP: "10.1.2.3", Protocol: "tcp", Port: 443},
			{From: "b1", FromIP: "10.1.2.9", ToIP: "10.9.9.9", Protocol: "tcp", Port: 22},
		},
	}
	s.Sort()
	return s
}

// after is the same estate once all is well again, with the server readdressed.
func after() *inventory.Snapshot {
	s := before()
	a := &s.Assets[0]
	a.Addresses[0].IP, a.Sources[0].At = "10.8.2.3", moved.Add(time.Hour)
	a.Backup = &inventory.Backup{LastSuccess: moved.Add(2 * time.Hour)}
	s.Flows[0].FromIP, s.Flows[1].ToIP = "10.8.2.3", "10.8.2.3"
	for i := range s.Flows {
		s.Flows[i].LastSeen = moved.Add(time.Hour)
	}
	for _, id := range []string{"a1", "b1"} {
		s.Collections = append(s.Collections, inventory.Collection{Asset: id, Collector: "agent", Source: id, At: moved.Add(time.Hour),
			Tables: map[string]inventory.TableStatus{"flows": {State: inventory.TableComplete, Rows: 1}}})
	}
	return s
}

// answered gives each question its state, as a network on which all is well would.
func answered(questions []look.Question) []look.Answer {
	var list []look.Answer
	for _, q := range questions {
		a := look.Answer{Question: q, State: look.Yes}
		switch q.Kind {
		case look.Silent:
			a.State = look.Nothing
		case look.Name:
			a.Values = []string{"10.1.2.3"}
		case look.Reverse:
			a.Values = []string{"esdh-01.nyborg.dk."}
		}
		list = append(list, a)
	}
	return list
}

func TestChecks(t *testing.T) {
	type world struct {
		memory look.Memory
		now    look.Now
	}
	find := func(list []look.Answer, kind look.Kind) *look.Answer {
		for i := range list {
			if list[i].Question.Kind == kind {
				return &list[i]
			}
		}
		t.Fatalf("no question of kind %s", kind)
		return nil
	}
	tests := []struct {
		name  string
		spoil func(*world)
		want  []string // of what is not well
	}{
		{"all is well", nil, nil},
		{"the port does not answer", func(w *world) { find(w.now.Answers, look.Port).State = look.Nothing }, []string{"bad port"}},
		{"the port could not be tried", func(w *world) { find(w.now.Answers, look.Port).State = look.Failed }, []string{"unknown port"}},
		{"the port never answered from here, so neither must the old address be silent",
			func(w *world) {
				find(w.memory.Answers, look.Port).State = look.No
				find(w.now.Answers, look.Port).State = look.No
				find(w.now.Answers, look.Silent).State = look.Yes
			}, nil},
		{"nobody asked before: the port must answer, and silence proves nothing",
			func(w *world) { w.memory.Answers = nil }, []string{"unknown silent"}},
		{"somebody still answers at the old address", func(w *world) { find(w.now.Answers, look.Silent).State = look.Yes }, []string{"bad silent"}},
		{"somebody refuses at the old address", func(w *world) { find(w.now.Answers, look.Silent).State = look.No }, []string{"bad silent"}},
		{"the name leads to the old address too", func(w *world) { find(w.now.Answers, look.Name).Values = []string{"10.8.2.3", "10.1.2.3"} }, []string{"bad name"}},
		{"the name server is away", func(w *world) {
			find(w.now.Answers, look.Name).State = look.Failed
			find(w.now.Answers, look.Reverse).State = look.Failed
		}, []string{"unknown name", "unknown reverse"}},
		{"the new address is called something else", func(w *world) { find(w.now.Answers, look.Reverse).Values = []string{"old-01.nyborg.dk."} }, []string{"bad reverse"}},
		{"the agent has not reported", func(w *world) { w.now.Estate.Assets[0].Sources[0].At = moved }, []string{"unknown seen"}},
		{"the agent fails", func(w *world) { w.now.Estate.Assets[0].Sources[0].Status = inventory.StatusFailed }, []string{"bad seen"}},
		{"another machine answers", func(w *world) { w.now.Estate.Assets[0].UUID = "4223a9d1-0000-4d5e-9d7b-52d2d1d0a001" }, []string{"bad seen"}},
		{"the database gets no traffic", func(w *world) { w.now.Estate.Flows = w.now.Estate.Flows[1:] }, []string{"bad flow"}},
		{"the estate remembers traffic that the latest look did not tell of", func(w *world) {
			w.now.Estate.Flows[0].LastSeen = moved.Add(-time.Hour)
		}, []string{"bad flow"}},
		{"nobody has looked at traffic since", func(w *world) { w.now.Estate.Collections = nil }, []string{"unknown flow", "unknown flow"}},
		{"no backup system", func(w *world) { w.now.Estate.Assets[0].Backup = nil }, []string{"unknown backup_after"}},
		{"the backup is not due yet", func(w *world) { w.now.Estate.Assets[0].Backup.LastSuccess = moved }, []string{"unknown backup_after"}},
		{"the backup is overdue", func(w *world) {
			w.now.Estate.Assets[0].Backup.LastSuccess, w.now.At = moved, moved.Add(24*time.Hour)
		}, []string{"bad backup_after"}},
		{"no backup needed", func(w *world) { w.now.Estate.Assets[0].Backup = &inventory.Backup{Exempt: true} }, nil},
		{"never monitored", func(w *world) { w.now.Monitored = nil }, []string{"unknown monitoring"}},
		{"no longer monitored", func(w *world) { w.now.Monitored["a1"] = moved }, []string{"bad monitoring"}},
		{"monitoring has had no time yet", func(w *world) {
			w.now.Monitored["a1"], w.now.At = moved, moved.Add(time.Minute)
		}, []string{"unknown monitoring"}},
		{"the server is gone from the inventory", func(w *world) { w.now.Estate.Assets = w.now.Estate.Assets[1:] },
			[]string{"unknown seen", "unknown backup_after"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := world{memory: look.Remember(before(), []string{"a1"}, "nyborg.dk")}
			w.memory.Answers = answered(w.memory.Questions(nil))
			w.now = look.Now{At: moved.Add(3 * time.Hour), Moved: moved, Addresses: map[string]string{"10.1.2.3": "10.8.2.3"}, Estate: after(),
				Monitored: map[string]time.Time{"a1": moved.Add(time.Minute)}, BackupWithin: 24 * time.Hour}
			w.now.Answers = answered(w.memory.Questions(w.now.Addresses))
			find(w.now.Answers, look.Name).Values = []string{"10.8.2.3"}
			if tt.spoil != nil {
				tt.spoil(&w)
			}
			checks := look.Checks(w.memory, w.now)
			var got []string
			for _, c := range checks {
				if c.OK && c.Unknown {
					t.Errorf("%+v is unknown and well", c)
				}
				if !c.OK {
					got = append(got, fmt.Sprintf("%s %s", map[bool]string{true: "unknown", false: "bad"}[c.Unknown], c.What))
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("not well (-want +got):\n%s\n%+v", diff, checks)
			}
			if bad, unknown := terraform.Tally(checks); bad+unknown != len(tt.want) {
				t.Errorf("the tally is %d bad and %d unknown, want %d in all", bad, unknown, len(tt.want))
			}
		})
	}
}

// What is asked after the move: names, addresses and TCP ports, each once, and nothing that only the
// machine itself can reach.
func TestQuestions(t *testing.T) {
	m := look.Remember(before(), []string{"a1", "unheard-of"}, "nyborg.dk")
	want := []look.Question{
		{Server: "esdh-01", Kind: look.Name, Name: "esdh-01.nyborg.dk"},
		{Server: "esdh-01", Kind: look.Reverse, Address: "10.8.2.3"},
		{Server: "esdh-01", Kind: look.Port, Address: "10.8.2.3", Port: 443},
		{Server: "esdh-01", Kind: look.Silent, Address: "10.1.2.3", Port: 443},
	}
	if diff := cmp.Diff(want, m.Questions(map[string]string{"10.1.2.3": "10.8.2.3"})); diff != "" {
		t.Errorf("questions (-want +got):\n%s", diff)
	}
}
