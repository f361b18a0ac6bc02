package monitor_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/hub/monitor"
)

// estate stores one device for each pair of municipality and centre, and one series that belongs
// to nobody. The instance's name is "municipality/centre".
func estate(t *testing.T, m *monitor.Monitor) {
	t.Helper()
	for _, municipality := range []string{"461", "450", "440", "46"} {
		for _, centre := range []string{"", "odense", "nyborg"} {
			store(t, m, sample("samdrift_device_up", municipality, centre, municipality+"/"+centre, 1, time.Minute))
		}
	}
	store(t, m, sample("samdrift_device_up", "", "", "nobody's", 1, time.Minute))
}

var scopeCases = []struct {
	name  string
	scope monitor.Scope
	want  []string
}{
	{"all", everything, []string{"440/", "440/nyborg", "440/odense", "450/", "450/nyborg", "450/odense", "46/", "46/nyborg", "46/odense", "461/", "461/nyborg", "461/odense", "nobody's"}},
	{"one municipality", monitor.Scope{Municipalities: []string{"461"}}, []string{"461/", "461/nyborg", "461/odense"}},
	{"two municipalities", monitor.Scope{Municipalities: []string{"461", "450"}}, []string{"450/", "450/nyborg", "450/odense", "461/", "461/nyborg", "461/odense"}},
	{"a centre", monitor.Scope{Centres: []string{"nyborg"}}, []string{"440/nyborg", "450/nyborg", "46/nyborg", "461/nyborg"}},
	{"a municipality and a centre", monitor.Scope{Municipalities: []string{"461"}, Centres: []string{"nyborg"}},
		[]string{"440/nyborg", "450/nyborg", "46/nyborg", "461/", "461/nyborg", "461/odense"}},
	{"a name is no pattern", monitor.Scope{Municipalities: []string{".*"}, Centres: []string{"o|nyborg"}}, nil},
	{"an empty name beside a real one", monitor.Scope{Municipalities: []string{"", "440"}}, []string{"440/", "440/nyborg", "440/odense"}},
}

func TestScopeBoundsEveryQuery(t *testing.T) {
	m := open(t, t.TempDir())
	estate(t, m)
	for _, c := range scopeCases {
		t.Run(c.name, func(t *testing.T) {
			for _, query := range []string{
				`samdrift_device_up`, `{__name__=~".+"}`, `samdrift_device_up{municipality=~".*"}`,
				`samdrift_device_up{municipality!="461"} or samdrift_device_up{municipality="461"}`,
				`last_over_time(samdrift_device_up[10m])`, `max_over_time(samdrift_device_up[10m:1m])`,
				`samdrift_device_up @ end()`, `samdrift_device_up offset -1m`, `samdrift_device_up unless samdrift_device_up{municipality="none"}`,
			} {
				if diff := cmp.Diff(c.want, instances(t, m, c.scope, query)); diff != "" {
					t.Errorf("%s sees (-want +got):\n%s", query, diff)
				}
			}
			found, err := m.Range(monitor.WithScope(t.Context(), c.scope), `samdrift_device_up`, now, now, time.Second)
			if diff := cmp.Diff(c.want, sortedInstances(found)); err != nil || diff != "" {
				t.Errorf("range sees: %v (-want +got):\n%s", err, diff)
			}
			seen, err := m.LastSeen(monitor.WithScope(t.Context(), c.scope))
			if err != nil {
				t.Fatal(err)
			}
			if len(seen) != len(c.want) {
				t.Errorf("last seen gives %d targets, want %d", len(seen), len(c.want))
			}
		})
	}
}

func TestWithoutScopeNothingIsSeen(t *testing.T) {
	m := open(t, t.TempDir())
	estate(t, m)
	for _, s := range []monitor.Scope{{}, {Municipalities: []string{""}}, {Centres: []string{"", ""}}, {Municipalities: []string{}, Centres: nil}} {
		ctx := monitor.WithScope(t.Context(), s)
		if got, err := m.Instant(ctx, "samdrift_device_up", now); !errors.Is(err, monitor.ErrNoScope) {
			t.Errorf("instant within %+v: %v, %v", s, got, err)
		}
		if got, err := m.Range(ctx, "samdrift_device_up", now, now, time.Second); !errors.Is(err, monitor.ErrNoScope) {
			t.Errorf("range within %+v: %v, %v", s, got, err)
		}
		if got, err := m.LastSeen(ctx); !errors.Is(err, monitor.ErrNoScope) {
			t.Errorf("last seen within %+v: %v, %v", s, got, err)
		}
		if got := m.Alerts(ctx); got != nil {
			t.Errorf("alerts within %+v: %v", s, got)
		}
	}
	if got, err := m.Instant(t.Context(), "1", now); !errors.Is(err, monitor.ErrNoScope) {
		t.Errorf("a context without any scope: %v, %v", got, err)
	}
}

// Whatever matchers a query carries, the answer is what the matchers select out of the scope.
func TestScopeLaw(t *testing.T) {
	m := open(t, t.TempDir())
	estate(t, m)
	codes := rapid.SliceOf(rapid.SampledFrom([]string{"461", "450", "440", "46", "", "4.*"}))
	slugs := rapid.SliceOf(rapid.SampledFrom([]string{"odense", "nyborg", "", "n.*"}))
	rapid.Check(t, func(r *rapid.T) {
		s := monitor.Scope{Municipalities: codes.Draw(r, "municipalities"), Centres: slugs.Draw(r, "centres")}
		query := fmt.Sprintf(`samdrift_device_up{%s%s%q}`, rapid.SampledFrom([]string{"municipality", "centre"}).Draw(r, "label"),
			rapid.SampledFrom([]string{"=", "!=", "=~", "!~"}).Draw(r, "operator"), rapid.SampledFrom([]string{"461", "nyborg", "", ".*", "4.+"}).Draw(r, "value"))
		all, err := m.Instant(monitor.WithScope(t.Context(), everything), query, now)
		if err != nil {
			r.Fatal(err)
		}
		var want []string
		for _, series := range all {
			in := func(values []string, label string) bool {
				return series.Labels[label] != "" && slices.Contains(values, series.Labels[label])
			}
			if in(s.Municipalities, "municipality") || in(s.Centres, "centre") {
				want = append(want, series.Labels["instance"])
			}
		}
		slices.Sort(want)
		got, err := m.Instant(monitor.WithScope(t.Context(), s), query, now)
		if err != nil && !errors.Is(err, monitor.ErrNoScope) {
			r.Fatal(err)
		}
		if diff := cmp.Diff(want, sortedInstances(got)); diff != "" {
			r.Fatalf("%s within %+v (-want +got):\n%s", query, s, diff)
		}
	})
}
