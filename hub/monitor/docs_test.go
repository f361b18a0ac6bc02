package monitor_test

import (
	"os"
	"strings"
	"testing"

	"github.com/samdrift/samdrift/hub/monitor"
)

func TestDocumentationListsEveryMetric(t *testing.T) {
	text, err := os.ReadFile("../../docs/monitoring.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range monitor.Metrics {
		line := ""
		for l := range strings.Lines(string(text)) {
			if strings.HasPrefix(l, "| `") && strings.Contains(l, "`"+m.Name+"`") {
				line = l
			}
		}
		if !strings.Contains(line, "| "+m.Type+" |") {
			t.Errorf("docs/monitoring.md lacks the %s %s in its table: %q", m.Type, m.Name, line)
		}
	}
}
