package monitor

import (
	"cmp"
	"context"
	"embed"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/rules"
)

//go:embed rules/*.yaml
var ruleFiles embed.FS

// ruleNames are the embedded rule files, recordings first: alerts stand on them.
var ruleNames = []string{"rules/recordings.yaml", "rules/alerts.yaml"}

// Alert is a rule that is, or is about to be, broken for one thing.
type Alert struct {
	Name         string            `json:"name"`     // DeviceDown
	State        string            `json:"state"`    // pending: not long enough yet; firing
	Severity     string            `json:"severity"` // critical, warning, info
	Municipality string            `json:"municipality,omitempty"`
	Centre       string            `json:"centre,omitempty"`
	Instance     string            `json:"instance,omitempty"`
	SummaryDA    string            `json:"summary_da"`
	SummaryEN    string            `json:"summary_en"`
	Description  string            `json:"description"`
	RunbookURL   string            `json:"runbook_url"`
	Since        time.Time         `json:"since"` // when the condition began
	Labels       map[string]string `json:"labels"`
}

// severities in the order in which people should look.
var severities = []string{"critical", "warning", "info"}

// Alerts gives the pending and firing alerts within the scope of ctx, worst and oldest first.
// A context without scope gives none.
func (m *Monitor) Alerts(ctx context.Context) []Alert {
	var all []Alert
	for _, rule := range m.rules.AlertingRules() {
		for _, a := range rule.ActiveAlerts() {
			if sees(ctx, a.Labels) {
				all = append(all, alertOf(a))
			}
		}
	}
	slices.SortFunc(all, func(a, b Alert) int {
		return cmp.Or(
			cmp.Compare(a.State, b.State), // firing before pending
			cmp.Compare(slices.Index(severities, a.Severity), slices.Index(severities, b.Severity)),
			a.Since.Compare(b.Since), cmp.Compare(a.Name, b.Name),
			cmp.Compare(a.Municipality, b.Municipality), cmp.Compare(a.Instance, b.Instance))
	})
	return all
}

func alertOf(a *rules.Alert) Alert {
	return Alert{
		Name:         a.Labels.Get(model.AlertNameLabel),
		State:        a.State.String(),
		Severity:     a.Labels.Get("severity"),
		Municipality: a.Labels.Get(labelMunicipality),
		Centre:       a.Labels.Get(labelCentre),
		Instance:     a.Labels.Get(labelInstance),
		SummaryDA:    a.Annotations.Get("summary_da"),
		SummaryEN:    a.Annotations.Get("summary_en"),
		Description:  a.Annotations.Get("description"),
		RunbookURL:   a.Annotations.Get("runbook_url"),
		Since:        a.ActiveAt.UTC(),
		Labels:       a.Labels.Map(),
	}
}

// startRules loads the embedded rules and evaluates them until Close. Rules see every series:
// what they find is scoped when it is asked for.
func (m *Monitor) startRules(logger *slog.Logger) error {
	ctx, stop := context.WithCancel(context.Background())
	m.stop = stop
	m.rules = rules.NewManager(&rules.ManagerOptions{
		NameValidationScheme: model.LegacyValidation,
		QueryFunc:            rules.EngineQueryFunc(m.engine, m.db),
		NotifyFunc:           func(context.Context, string, ...*rules.Alert) {}, // pages ask for alerts
		Context:              ctx,
		Appendable:           m.append,
		Queryable:            m.db,
		Logger:               logger,
		OutageTolerance:      time.Hour,
		ForGracePeriod:       2 * time.Minute,
		ResendDelay:          time.Minute,
		GroupLoader:          embedded{},
	})
	if err := m.rules.Update(m.cfg.EvaluationInterval, ruleNames, labels.EmptyLabels(), "", nil); err != nil {
		stop()
		return fmt.Errorf("embedded rules: %w", err)
	}
	m.wait.Go(m.rules.Run)
	return nil
}

// embedded loads rule files from the binary.
type embedded struct{}

// Load reads one embedded file, strictly.
func (embedded) Load(name string, _ bool, scheme model.ValidationScheme) (*rulefmt.RuleGroups, []error) {
	text, err := ruleFiles.ReadFile(name)
	if err != nil {
		return nil, []error{err}
	}
	return rulefmt.Parse(text, false, scheme, promqlParser, slog.New(slog.DiscardHandler))
}

// Parse reads one expression.
func (embedded) Parse(query string) (parser.Expr, error) { return promqlParser.ParseExpr(query) }
