package api

import (
	"cmp"
	"context"
	"net/http"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/scenario"
	"github.com/samdrift/samdrift/planner/track"
)

// changesBody asks what some changes would make of the plan.
type changesBody struct {
	Changes   []scenario.Change `json:"changes"`
	KeepDates bool              `json:"keep_dates"` // the present dates and centres stay where the changes say nothing else
}

// replanBody asks for a mended plan.
type replanBody struct {
	Name       string            `json:"name,omitempty"` // of the draft, where it is saved
	Changes    []scenario.Change `json:"changes"`
	CommitDays int               `json:"commit_days"` // default 21
	PenaltyDKK int64             `json:"penalty_dkk"` // what one changed date counts for; default 10,000
	Most       int               `json:"most"`        // percent of the later groups that are to change at most; default 20, 0: as many as pays
}

// replan reads what is asked of a re-planning, with defaults for what it does not.
func (q query) replan() (b replanBody, o planner.ReplanOptions, err error) {
	o = planner.DefaultReplanOptions()
	b.CommitDays, b.PenaltyDKK, b.Most = o.CommitDays, o.Penalty, o.Most
	err = q.into(&b)
	o.CommitDays, o.Penalty, o.Most = b.CommitDays, b.PenaltyDKK, b.Most
	return b, o, err
}

// choiceBody is where people want each municipality to go.
type choiceBody struct {
	Choice map[string]string `json:"choice"` // municipality code → centre; null: today's agreements
}

// stepBody takes a scenario one step on, as it was read.
type stepBody struct {
	Revision int `json:"revision"`
}

// versionBody names a version of the plan to freeze.
type versionBody struct {
	Version string `json:"version"`
}

type brokenAnswer struct {
	Broken []planner.Violation `json:"broken"` // empty: the plan keeps every rule
}

// planEndpoints ask for the plan, and for what it would be.
var planEndpoints = []endpoint{
	{
		path: "/plan", summary: "The whole plan within your scope, with reasons and refusals", answer: hub.PlanView{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, _ query) (any, error) { return h.Plan(ctx, p) },
	},
	{
		path: "/plan/assign", summary: "Which centre each municipality goes to, and how good that is as a whole", answer: hub.AssignView{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, _ query) (any, error) { return h.Assign(ctx, p) },
	},
	{
		path: "/plan/validate", summary: "Today's choice of centres judged: broken limits, regret, who may have to move twice", answer: hub.VerdictView{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, _ query) (any, error) {
			return h.JudgeChoice(ctx, p, nil)
		},
	},
	{
		method: http.MethodPost, path: "/plan/validate", summary: "A choice of centres judged", takes: choiceBody{}, answer: hub.VerdictView{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			var b choiceBody
			if err := q.into(&b); err != nil {
				return nil, err
			}
			return h.JudgeChoice(ctx, p, b.Choice)
		},
	},
	{
		path: "/plan/groups", summary: "Which servers move together, shared services, cut connections, and servers that nobody seems to need", answer: hub.GroupsView{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, _ query) (any, error) { return h.Groups(ctx, p) },
	},
	{
		path: "/plan/groups/{group}", summary: "Why a group has its centre, its servers and its date", answer: hub.ExplainView{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			return h.Explain(ctx, p, q.path("group"))
		},
		probe: func(municipality, asset string) string { return "/plan/groups/" + municipality + "-" + asset },
	},
	{
		path: "/plan/assets/{id}", summary: "Why a server is in its group", answer: hub.PlacementView{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			return h.WhyGrouped(ctx, p, q.path("id"))
		},
		probe: func(_, asset string) string { return "/plan/assets/" + asset },
	},
	{
		path: "/plan/waves", summary: "The dates, with what binds them and how far from the best possible they are", answer: hub.WavesView{},
		params: []param{{name: "runs", about: "runs with delays and roll-backs behind the probability; default none, at most 1000", whole: true}},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			return h.Waves(ctx, p, min(q.number("runs"), 1000))
		},
		probe: func(string, string) string { return "/plan/waves?runs=5" },
	},
	{
		method: http.MethodPost, path: "/plan/what-if", summary: "What changes would make of the plan, and what they come into conflict with; nothing is kept",
		takes: changesBody{}, answer: hub.WhatIfView{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			var b changesBody
			if err := q.into(&b); err != nil {
				return nil, err
			}
			return h.WhatIf(ctx, p, b.Changes, b.KeepDates)
		},
		sample: func(municipality, _ string) any {
			return changesBody{Changes: []scenario.Change{
				{Kind: scenario.Setting, Setting: "lead_days", Value: []byte("60")}, {Kind: scenario.Setting, Setting: "hypercare_days", Value: []byte("20")},
			}}
		},
	},
	{
		method: http.MethodPost, path: "/plan/replan", summary: "The dates that people know, mended after changes with as few others as can be, with why and who must be told; nothing is kept",
		takes: replanBody{}, answer: hub.ReplanView{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			b, o, err := q.replan()
			if err != nil {
				return nil, err
			}
			return h.Replan(ctx, p, b.Changes, o)
		},
	},
	{
		method: http.MethodPost, path: "/plan/replan/save", summary: "Keep a mended plan as a draft scenario", takes: replanBody{}, answer: hub.Scenario{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			b, o, err := q.replan()
			if err != nil {
				return nil, err
			}
			return h.SaveReplan(ctx, p, b.Name, b.Changes, o)
		},
		sample: func(municipality, asset string) any {
			return replanBody{Name: "Probe", Changes: []scenario.Change{{Kind: scenario.Pin, Group: municipality + "-" + asset, Date: inventory.NewDate(2027, 6, 1)}}}
		},
	},
	{
		path: "/plan/relief", summary: "What one more crew, a wider link, a freeze lifted or a week more would give", answer: hub.ReliefsView{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, _ query) (any, error) { return h.Reliefs(ctx, p) },
	},
	{
		path: "/plan/clash", summary: "Whether all groups can have a date, and the smallest set of rules that forbids it", answer: hub.ClashesView{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, _ query) (any, error) { return h.Clashes(ctx, p) },
	},
	{
		path: "/plan/in-force", summary: "Which scenario is in force, by whom, since when, and what has changed under it", answer: hub.InForceView{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, _ query) (any, error) { return h.InForce(ctx, p) },
	},
	{
		path: "/plan/compare", summary: "Two scenarios side by side, with why they differ", answer: hub.CompareView{},
		params: []param{{name: "a", about: "id, id@version or present (default)"}, {name: "b", about: "id, id@version or present (default)"}},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			return h.ComparePlans(ctx, p, cmp.Or(q.text("a"), hub.PresentPlan), cmp.Or(q.text("b"), hub.PresentPlan))
		},
	},
	{
		method: http.MethodPost, path: "/plan/check", summary: "A plan verified against the estate (admin)", takes: planner.Plan{}, answer: brokenAnswer{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			var plan planner.Plan
			if err := q.into(&plan); err != nil {
				return nil, err
			}
			broken, err := h.CheckPlan(ctx, p, plan)
			return brokenAnswer{append([]planner.Violation{}, broken...)}, err
		},
	},
	{
		path: "/plan/track", summary: "The plan against what happened: state, slips, pace, forecast", answer: hub.TrackView{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, _ query) (any, error) { return h.Track(ctx, p) },
	},
	{
		method: http.MethodPost, path: "/plan/track/events", summary: "Tell what happened to a group or wave", takes: track.Event{}, answer: track.Event{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			var x track.Event
			if err := q.into(&x); err != nil {
				return nil, err
			}
			return h.RecordEvent(ctx, p, x)
		},
		sample: func(municipality, asset string) any {
			return track.Event{Kind: track.Started, Group: municipality + "-" + asset, On: inventory.NewDate(2026, 1, 1)}
		},
	},
	{
		method: http.MethodPost, path: "/plan/baselines", summary: "Freeze the present plan as a baseline (steering group and admin)", takes: versionBody{}, answer: hub.BaselineRow{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			var b versionBody
			if err := q.into(&b); err != nil {
				return nil, err
			}
			return h.SetBaseline(ctx, p, b.Version)
		},
	},
	{
		path: "/plan/scenarios", summary: "Scenarios: your own drafts, and all that are reviewed or approved", answer: hub.ScenariosView{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, _ query) (any, error) { return h.Scenarios(ctx, p) },
	},
	{
		method: http.MethodPost, path: "/plan/scenarios", summary: "Keep a scenario: a new one, or in place of the version and revision that were read",
		takes: hub.Scenario{}, answer: hub.Scenario{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			var s hub.Scenario
			if err := q.into(&s); err != nil {
				return nil, err
			}
			return h.SaveScenario(ctx, p, s)
		},
		sample: func(municipality, asset string) any {
			return hub.Scenario{Name: "Probe", Changes: []scenario.Change{{Kind: scenario.Pin, Group: municipality + "-" + asset, Date: inventory.NewDate(2027, 6, 1)}}}
		},
	},
	{
		path: "/plan/scenarios/{ref}", summary: "A scenario and what it would make of the present plan", answer: hub.ScenarioView{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			return h.Scenario(ctx, p, q.path("ref"))
		},
		probe: func(string, string) string { return "/plan/scenarios/" + hub.PresentPlan },
	},
	scenarioStep("review", "Put a second person's name under a draft", (*hub.Hub).ReviewScenario),
	scenarioStep("approve", "Approve a reviewed scenario, which then never changes and is in force (steering group and admin)", (*hub.Hub).ApproveScenario),
	scenarioStep("adopt", "Put an approved scenario in force again; present: nothing is, the planner proposes (steering group and admin)", (*hub.Hub).AdoptScenario),
	scenarioStep("delete", "Remove a version that is not approved", func(h *hub.Hub, ctx context.Context, p hub.Person, ref string, revision int) (hub.Scenario, error) {
		v, err := h.Scenario(ctx, p, ref)
		if err != nil {
			return hub.Scenario{}, err
		}
		return v.Scenario, h.DeleteScenario(ctx, p, ref, revision)
	}),
}

// scenarioStep is an endpoint that takes one version a step on, unless somebody was faster.
func scenarioStep(name, summary string, step func(*hub.Hub, context.Context, hub.Person, string, int) (hub.Scenario, error)) endpoint {
	return endpoint{
		method: http.MethodPost, path: "/plan/scenarios/{ref}/" + name, summary: summary, takes: stepBody{}, answer: hub.Scenario{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			var b stepBody
			if err := q.into(&b); err != nil {
				return nil, err
			}
			return step(h, ctx, p, q.path("ref"), b.Revision)
		},
		probe: func(string, string) string { return "/plan/scenarios/" + hub.PresentPlan + "/" + name },
	}
}
