package monitor

import (
	"context"
	"net/http"
	"strconv"

	"github.com/prometheus/prometheus/rules"
	v1 "github.com/prometheus/prometheus/web/api/v1"
)

// serveRules answers /rules. The rules are the same for everyone; their alerts and states are told
// within the scope, and errors of evaluation, which quote label sets of anyone, not at all.
func (m *Monitor) serveRules(w http.ResponseWriter, r *http.Request) {
	kind := r.URL.Query().Get("type")
	if kind != "" && kind != "alert" && kind != "record" {
		respondError(w, http.StatusBadRequest, "bad_data", "type is "+strconv.Quote(kind)+", want alert or record")
		return
	}
	found := v1.RuleDiscovery{RuleGroups: []*v1.RuleGroup{}}
	for _, g := range m.rules.RuleGroups() {
		group := &v1.RuleGroup{
			Name: g.Name(), File: g.File(), Rules: []v1.Rule{}, Interval: g.Interval().Seconds(), Limit: g.Limit(),
			EvaluationTime: g.GetEvaluationTime().Seconds(), LastEvaluation: g.GetLastEvaluation(),
		}
		for _, rule := range g.Rules() {
			switch rule := rule.(type) {
			case *rules.AlertingRule:
				if kind != "record" {
					group.Rules = append(group.Rules, alertingRule(r.Context(), rule))
				}
			case *rules.RecordingRule:
				if kind != "alert" {
					group.Rules = append(group.Rules, recordingRule(rule))
				}
			}
		}
		if len(group.Rules) > 0 {
			found.RuleGroups = append(found.RuleGroups, group)
		}
	}
	respond(w, found)
}

// alertingRule gives a rule whose state is that of the visible alerts: the true state would tell
// that someone else has a problem.
func alertingRule(ctx context.Context, r *rules.AlertingRule) v1.AlertingRule {
	alerts := visibleAlerts(ctx, r)
	state := rules.StateInactive.String()
	for _, a := range alerts {
		if state != rules.StateFiring.String() {
			state = a.State
		}
	}
	return v1.AlertingRule{
		State: state, Name: r.Name(), Query: r.Query().String(),
		Duration: r.HoldDuration().Seconds(), KeepFiringFor: r.KeepFiringFor().Seconds(),
		Labels: r.Labels(), Annotations: r.Annotations(), Alerts: alerts, Health: r.Health(),
		EvaluationTime: r.GetEvaluationDuration().Seconds(), LastEvaluation: r.GetEvaluationTimestamp(),
		Type: "alerting",
	}
}

func recordingRule(r *rules.RecordingRule) v1.RecordingRule {
	return v1.RecordingRule{
		Name: r.Name(), Query: r.Query().String(), Labels: r.Labels(), Health: r.Health(),
		EvaluationTime: r.GetEvaluationDuration().Seconds(), LastEvaluation: r.GetEvaluationTimestamp(),
		Type: "recording",
	}
}

// visibleAlerts gives the active alerts of a rule within the scope.
func visibleAlerts(ctx context.Context, r *rules.AlertingRule) []*v1.Alert {
	visible := []*v1.Alert{}
	for _, a := range r.ActiveAlerts() {
		if !sees(ctx, a.Labels) {
			continue
		}
		shown := &v1.Alert{
			Labels: a.Labels, Annotations: a.Annotations, State: a.State.String(), ActiveAt: &a.ActiveAt,
			Value: strconv.FormatFloat(a.Value, 'e', -1, 64),
		}
		if !a.KeepFiringSince.IsZero() {
			shown.KeepFiringSince = &a.KeepFiringSince
		}
		visible = append(visible, shown)
	}
	return visible
}
