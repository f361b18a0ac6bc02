package api

import (
	"context"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner/nis2"
)

// answerEndpoints ask for what people answered, decided and planned in the gap analysis.
var answerEndpoints = []endpoint{
	{
		path: "/gap/{municipality}/answers", summary: "What a municipality has answered, control by control, with evidence and what counts", answer: hub.AnswersView{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			return h.Answers(ctx, p, q.path("municipality"))
		},
		probe: func(municipality, _ string) string { return "/gap/" + municipality + "/answers" },
	},
	{
		path: "/gap/{municipality}/trend", summary: "A municipality's result in each closed round, oldest first", answer: list[nis2.TrendPoint]{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			rows, err := h.Trend(ctx, p, q.path("municipality"))
			return standing(h, p, rows, err)
		},
		probe: func(municipality, _ string) string { return "/gap/" + municipality + "/trend" },
	},
	{
		path: "/gap/joint/report", summary: "What the joint gap report stands on; the report itself is /gap/joint/report.html and .xlsx among the pages", answer: hub.JointReport{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, _ query) (any, error) {
			return h.JointReport(ctx, p)
		},
	},
	{
		path: "/gap/{municipality}/report", summary: "What a municipality's gap report stands on; the report itself is /gap/{municipality}/report.html and .xlsx among the pages", answer: hub.GapReport{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			return h.GapReport(ctx, p, q.path("municipality"))
		},
		probe: func(municipality, _ string) string { return "/gap/" + municipality + "/report" },
	},
	{
		path: "/gap/rounds", summary: "Assessment rounds, newest first, with how far those within your scope have come", answer: list[hub.RoundView]{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, _ query) (any, error) {
			rows, err := h.Rounds(ctx, p)
			return standing(h, p, rows, err)
		},
	},
	{
		path: "/gap/actions", summary: "The action plan by due day, and what doing it all would give", answer: hub.ActionsView{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, _ query) (any, error) { return h.Actions(ctx, p) },
	},
	{
		path: "/gap/incidents", summary: "Register of incidents with the time limits of their notices; left is in nanoseconds", answer: list[hub.IncidentView]{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, _ query) (any, error) {
			rows, err := h.Incidents(ctx, p)
			return standing(h, p, rows, err)
		},
	},
}

// standing puts beside rows what the answer stands on.
func standing[T any](h *hub.Hub, p hub.Person, rows []T, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	meta, err := h.Standing(p)
	if rows == nil {
		rows = []T{}
	}
	return list[T]{meta, rows}, err
}
