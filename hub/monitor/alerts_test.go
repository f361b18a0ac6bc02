package monitor_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/samdrift/samdrift/hub/monitor"
)

// flapping opens a monitor on the real clock in which one device of each municipality keeps coming
// and going, and waits until the rule has found both.
func flapping(t *testing.T, municipalities []string, change ...func(*monitor.Config)) *monitor.Monitor {
	t.Helper()
	m := open(t, t.TempDir(), append(change, func(c *monitor.Config) { c.Now, c.EvaluationInterval = time.Now, time.Second })...)
	for _, code := range municipalities {
		for i := 20; i >= 0; i-- {
			s := sample("samdrift_device_up", code, "odense", "sw-"+code, float64(i%2), 0)
			s.At = time.Now().Add(-time.Duration(i) * 15 * time.Second)
			store(t, m, s)
		}
	}
	until(t, "the rules find the devices", func() bool {
		return firing(m.Alerts(monitor.WithScope(t.Context(), everything))) == len(municipalities)
	})
	return m
}

func firing(alerts []monitor.Alert) int {
	n := 0
	for _, a := range alerts {
		if a.State == "firing" {
			n++
		}
	}
	return n
}

func TestAlertsAreScoped(t *testing.T) {
	m := flapping(t, []string{"461", "450"})
	ctx := monitor.WithScope(t.Context(), monitor.Scope{Municipalities: []string{"450"}})
	alerts := m.Alerts(ctx)
	if firing(alerts) != 1 {
		t.Fatalf("450 sees %+v, want its own firing alert", alerts)
	}
	a := alerts[0]
	if a.Name != "DeviceFlapping" || a.Severity != "warning" || a.Municipality != "450" || a.Centre != "odense" || a.Instance != "sw-450" ||
		!strings.Contains(a.SummaryDA, "sw-450 (450) er faldet ud") || !strings.Contains(a.SummaryEN, "went up and down") ||
		a.Description == "" || !strings.HasSuffix(a.RunbookURL, "/DeviceFlapping.md") || a.Since.IsZero() {
		t.Errorf("alert is %+v", a)
	}

	t.Run("API", func(t *testing.T) {
		address := serve(t, m, monitor.Scope{Municipalities: []string{"450"}})
		until(t, "the alert is stored as a series", func() bool {
			_, body := ask(t, http.MethodGet, address+monitor.Prefix+"/query?query=ALERTS")
			return strings.Contains(body, "sw-450")
		})
		for _, path := range []string{"/alerts", "/rules", "/rules?type=alert", "/query?query=ALERTS"} {
			status, body := ask(t, http.MethodGet, address+monitor.Prefix+path)
			if status != http.StatusOK || !strings.Contains(body, "sw-450") {
				t.Errorf("%s: %d %s, want the own alert", path, status, body)
			}
			if strings.Contains(body, `"461"`) || strings.Contains(body, "sw-461") {
				t.Errorf("%s within 450 tells of 461: %s", path, body)
			}
		}
		if _, body := ask(t, http.MethodGet, address+monitor.Prefix+"/rules?type=record"); strings.Contains(body, "sw-450") || !strings.Contains(body, "service:undetected_outage:bool") {
			t.Errorf("recording rules: %s", body)
		}
	})
	t.Run("state", func(t *testing.T) {
		for code, want := range map[string]string{"450": "firing", "740": "inactive"} {
			_, body := ask(t, http.MethodGet, serve(t, m, monitor.Scope{Municipalities: []string{code}})+monitor.Prefix+"/rules")
			if got := stateOf(t, body, "DeviceFlapping"); got != want {
				t.Errorf("%s sees state %q, want %q", code, got, want)
			}
		}
	})
}

// stateOf reads the state of a rule out of an answer of /rules.
func stateOf(t *testing.T, body, rule string) string {
	t.Helper()
	var answer struct {
		Data struct {
			Groups []struct {
				Rules []struct{ Name, State string }
			}
		}
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatal(err)
	}
	for _, g := range answer.Data.Groups {
		for _, r := range g.Rules {
			if r.Name == rule {
				return r.State
			}
		}
	}
	t.Fatalf("no rule %s in %s", rule, body)
	return ""
}
