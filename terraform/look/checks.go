package look

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/terraform"
)

// Now is what is seen of the servers after their move.
type Now struct {
	At        time.Time           // now
	Moved     time.Time           // when the platform's part of the move ended
	Addresses map[string]string   // new addresses by those that were left
	Answers   []Answer            // to Memory.Questions(Addresses)
	Estate    *inventory.Snapshot // after
	// Monitored tells per asset when its time series last had data; nil: nobody keeps any.
	Monitored map[string]time.Time
	// BackupWithin is how long after the move the first backup may come.
	BackupWithin time.Duration
}

// Checks compares what others see of the servers with what was so before, server by server.
func Checks(m Memory, now Now) []terraform.Check {
	before := map[Question]Answer{}
	for _, a := range m.Answers {
		before[a.Question] = a
	}
	answers := map[string][]Answer{}
	for _, a := range now.Answers {
		answers[a.Question.Server] = append(answers[a.Question.Server], a)
	}
	looks := looksAtFlows(now.Estate)
	var checks []terraform.Check
	for _, a := range m.Assets {
		j := judge{memory: m, now: now, before: before, looks: looks, old: a}
		if seen, ok := now.Estate.Asset(a.ID); ok {
			j.seen = *seen
		}
		for _, answer := range answers[a.Name] {
			j.answer(answer)
		}
		j.sources()
		j.flows()
		j.backup()
		j.monitoring()
		checks = append(checks, j.checks...)
	}
	return checks
}

// judge looks at one server.
type judge struct {
	memory    Memory
	now       Now
	before    map[Question]Answer
	looks     map[string]inventory.Collection // see looksAtFlows
	old, seen inventory.Asset
	checks    []terraform.Check
}

func (j *judge) add(what, want, got string, ok, unknown bool) {
	j.checks = append(j.checks, terraform.Check{Server: j.old.Name, What: what, Want: want, Got: got, OK: ok && !unknown, Unknown: unknown})
}

// answer judges what came of one question. What was not so before the move is not asked for after it.
func (j *judge) answer(a Answer) {
	q := a.Question
	earlier, asked := j.before[j.earlier(q)]
	if asked && earlier.State != Yes && earlier.State != Failed {
		return
	}
	got := cmp.Or(strings.Join(a.Values, ", "), a.Detail, string(a.State))
	switch q.Kind {
	case Port:
		j.add(string(Port), endpoint(q)+" answers", got, a.State == Yes, a.State == Failed)
	case Silent:
		j.add(string(Silent), endpoint(q)+" is silent", got, a.State == Nothing, a.State == Failed || !asked)
	case Name:
		want := j.addresses()
		inside := len(a.Values) > 0 && !slices.ContainsFunc(a.Values, func(v string) bool { return !slices.Contains(want, v) })
		j.add(string(Name), q.Name+" → "+strings.Join(want, ", "), got, a.State == Yes && inside, a.State == Failed || len(want) == 0)
	case Reverse:
		name := j.memory.full(j.old.Name)
		same := slices.ContainsFunc(a.Values, func(v string) bool { return sameHost(v, name) })
		j.add(string(Reverse), q.Address+" → "+name, got, a.State == Yes && same, a.State == Failed)
	}
}

// earlier is the question that stood for this one before the move.
func (j *judge) earlier(q Question) Question {
	if q.Kind == Silent {
		q.Kind = Port
		return q
	}
	for old, moved := range j.now.Addresses {
		if moved == q.Address && slices.Contains(reachable(j.old), old) {
			q.Address = old
			break
		}
	}
	return q
}

// addresses are where the server is to be reached now.
func (j *judge) addresses() []string {
	var list []string
	for _, old := range reachable(j.old) {
		list = append(list, cmp.Or(j.now.Addresses[old], old))
	}
	return list
}

// sameHost compares names of hosts; a name without a domain stands for itself in any.
func sameHost(a, b string) bool {
	a, b = strings.ToLower(strings.TrimSuffix(a, ".")), strings.ToLower(strings.TrimSuffix(b, "."))
	short, _, whole := strings.Cut(a, ".")
	return a == b || whole && !strings.Contains(b, ".") && short == b
}

// sources wants every collector that saw the server well before to see it again, as the same machine.
func (j *judge) sources() {
	for _, s := range j.old.Sources {
		if s.Status != inventory.StatusOK || s.Collector != "snmp" && s.Collector != "agent" {
			continue
		}
		want := s.Collector + " sees the same machine"
		i := slices.IndexFunc(j.seen.Sources, func(n inventory.Source) bool { return n.Collector == s.Collector && n.At.After(j.now.Moved) })
		if i < 0 {
			j.add("seen", want, "not looked since the move", false, true)
			continue
		}
		n := j.seen.Sources[i]
		identity := j.identity()
		j.add("seen", want, cmp.Or(identity, string(n.Status)), n.Status == inventory.StatusOK && identity == "", false)
	}
}

// identity says in which way it is another machine; empty: in none that is known.
func (j *judge) identity() string {
	for _, pair := range [][3]string{
		{"UUID", inventory.ComparableUUID(j.old.UUID), inventory.ComparableUUID(j.seen.UUID)},
		{"serial number", j.old.Serial, j.seen.Serial},
		{"SNMP engine", j.old.Management.EngineID, j.seen.Management.EngineID},
	} {
		if pair[1] != "" && pair[2] != "" && !strings.EqualFold(pair[1], pair[2]) {
			return fmt.Sprintf("its %s was %s and is %s", pair[0], pair[1], pair[2])
		}
	}
	return ""
}

// backup wants one that was made after the move. Its key is not that of the concern about the backup
// before it: who accepted the one has not accepted the other.
func (j *judge) backup() {
	within, b := j.now.BackupWithin, j.seen.Backup
	want := fmt.Sprintf("backed up within %d hours of the move", int(within.Hours()))
	switch {
	case b == nil:
		j.add("backup_after", want, "no backup system tells of it", false, true)
	case b.Exempt:
		j.add("backup_after", want, "decided: needs none", true, false)
	case b.LastSuccess.After(j.now.Moved):
		j.add("backup_after", want, b.LastSuccess.UTC().Format(time.RFC3339), true, false)
	default:
		// Until the first one is due nothing is wrong, and nothing is known.
		due := j.now.Moved.Add(within)
		j.add("backup_after", want, "none since the move", false, j.now.At.Before(due))
	}
}

// settling is how long after a move a silence of monitoring says nothing yet.
const settling = time.Hour

// monitoring wants data from after the move.
func (j *judge) monitoring() {
	const want = "monitored since the move"
	last, ever := j.now.Monitored[j.old.ID]
	if !ever {
		j.add("monitoring", want, "no data at all", false, true)
		return
	}
	j.add("monitoring", want, last.UTC().Format(time.RFC3339), last.After(j.now.Moved), !last.After(j.now.Moved) && j.now.At.Before(j.now.Moved.Add(settling)))
}
