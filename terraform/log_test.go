package terraform_test

import (
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/terraform"
)

// listen keeps what a runner tells.
func listen(r *terraform.Runner) func() []terraform.Event {
	var mu sync.Mutex
	var heard []terraform.Event
	r.Told = func(e terraform.Event) {
		mu.Lock()
		defer mu.Unlock()
		heard = append(heard, e)
	}
	return func() []terraform.Event {
		mu.Lock()
		defer mu.Unlock()
		return heard
	}
}

func TestReadEvent(t *testing.T) {
	at := time.Date(2026, time.November, 22, 4, 26, 58, 0, time.UTC)
	const head = `{"@level":"info","@module":"terraform.ui","@timestamp":"2026-11-22T05:26:58+01:00",`
	tests := []struct {
		name, line string
		want       terraform.Event
	}{
		{"progress", head + `"@message":"vm.a: Still modifying... [10s elapsed]","type":"apply_progress","hook":{"resource":{"addr":"vm.a"},"action":"update","elapsed_seconds":10}}`,
			terraform.Event{At: at, Kind: terraform.EventProgress, Resource: "vm.a", Action: "update", Elapsed: 10, Message: "vm.a: Still modifying... [10s elapsed]"}},
		{"a diagnostic", head + `"@message":"Error: no host","type":"diagnostic","diagnostic":{"severity":"error","summary":"no host","detail":"none has room","address":"vm.a"}}`,
			terraform.Event{At: at, Kind: terraform.EventFault, Resource: "vm.a", Severity: "error", Message: "Error: no host\n  with vm.a\nnone has room"}},
		{"a type that nobody knows", head + `"@message":"something","type":"ephemeral_start"}`,
			terraform.Event{At: at, Kind: terraform.EventOther, Message: "something"}},
		{"no JSON", "panic: oh no\r\n", terraform.Event{Kind: terraform.EventOther, Message: "panic: oh no"}},
		{"JSON that is no log", `{"a":1}`, terraform.Event{Kind: terraform.EventOther, Message: `{"a":1}`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, terraform.ReadEvent([]byte(tt.line))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzReadEvent(f *testing.F) {
	f.Add([]byte(`{"@message":"x","type":"apply_start","hook":{"resource":{"addr":"a.b"}}}`))
	f.Add([]byte(`{"@message":"x","type":"diagnostic","diagnostic":null}`))
	f.Add([]byte("Error: x"))
	f.Fuzz(func(t *testing.T, line []byte) {
		if e := terraform.ReadEvent(line); e.Kind == "" || e.Message == "" && strings.TrimSpace(string(line)) != "" {
			t.Errorf("%+v of %q", e, line)
		}
	})
}

// A real engine's log: what begins, goes on and ends, with which server it is about.
func TestApplyTellsWhatHappens(t *testing.T) {
	p, snap := band(2)
	r, dir, units := rendered(t, p, snap)
	heard := listen(r)
	done := apply(t, r, dir, units[0])
	counts := map[terraform.EventKind]int{}
	servers := map[string]bool{}
	for _, e := range heard() {
		counts[e.Kind]++
		if e.Unit != units[0].ID || e.At.IsZero() {
			t.Errorf("event without unit or time: %+v", e)
		}
		switch e.Kind {
		case terraform.EventBegun:
			if e.Total != 2 {
				t.Errorf("%d to do, want 2", e.Total)
			}
		case terraform.EventStart, terraform.EventComplete:
			servers[terraform.AssetOf(e.Resource, []string{"s00000", "s00001"})] = true
			if e.Action != "create" {
				t.Errorf("action %q of %+v", e.Action, e)
			}
		}
	}
	want := map[terraform.EventKind]int{terraform.EventBegun: 1, terraform.EventStart: 2, terraform.EventComplete: 2, terraform.EventSummary: 1}
	for kind, n := range want {
		if counts[kind] != n {
			t.Errorf("%d of %s, want %d", counts[kind], kind, n)
		}
	}
	if diff := cmp.Diff(map[string]bool{"s00000": true, "s00001": true}, servers); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(done.Output, "2 added") || strings.Contains(done.Output, "@message") {
		t.Errorf("output is not for people to read: %s", done.Output)
	}
}

// Lines that are no JSON, of a type that nobody knew, or longer than a scanner takes, are all kept.
func TestApplyKeepsEveryLine(t *testing.T) {
	p, snap := band(1)
	r, dir, units := rendered(t, p, snap)
	heard := listen(r)
	wrap(t, r, `if [ "$1" = apply ]; then
echo 'a plugin talks'
echo '{"@message":"nobody knows me","type":"later"}'
head -c 200000 /dev/zero | tr '\0' x; echo
echo 'and complains' >&2
fi`)
	done := apply(t, r, dir, units[0])
	for _, want := range []string{"a plugin talks\n", "nobody knows me\n", strings.Repeat("x", 200_000) + "\n", "and complains\n"} {
		if !strings.Contains(done.Output, want) {
			t.Errorf("the output lacks %.40q", want)
		}
		found := false
		for _, e := range heard() {
			found = found || e.Kind == terraform.EventOther && e.Message == strings.TrimSpace(want)
		}
		if !found {
			t.Errorf("nobody was told %.40q", want)
		}
	}
	if n, err := filepath.Glob(filepath.Join(dir, units[0].Dir(), "done-*.json")); err != nil || len(n) != 1 {
		t.Errorf("it did not end: %v %v", n, err)
	}
}
