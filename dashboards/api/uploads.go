package api

import (
	"context"
	"fmt"
	"net/http"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
	"github.com/samdrift/samdrift/planner/nis2/exchange"
)

// importAnswer is what a file of answers changes.
type importAnswer struct {
	Applied bool              `json:"applied"` // false: nothing was changed yet
	Changes []exchange.Change `json:"changes"`
	Notes   []string          `json:"notes"` // what a foreign format held that is not taken over
}

// savedAnswer is an answer as it is kept, with the version to base the next change on.
type savedAnswer struct {
	Answer  nis2.Answer `json:"answer"`
	Version int64       `json:"version"`
}

type doneAnswer struct {
	Done bool `json:"done"`
}

var dryRunParam = param{name: "dry_run", about: "true (the default) only tells what would change; false changes it", allowed: []string{"true", "false"}}

// uploadEndpoints take what people and other systems give to the gap analysis.
var uploadEndpoints = []endpoint{
	{
		path: "/gap/facts", summary: "The imported datasets within your scope, with how old they are", answer: list[hub.FactsHeld]{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, _ query) (any, error) {
			rows, err := h.Facts(ctx, p)
			return standing(h, p, rows, err)
		},
	},
	{
		method: http.MethodPost, path: "/gap/{municipality}/facts/{dataset}", file: true, answer: hub.FactsView{},
		summary: "Import a dataset of another system in place of the one before: what that changes, control by control",
		params: []param{dryRunParam, {name: "content", about: "what the file is; default csv", allowed: []string{"csv", "json"}},
			{name: "taken", about: "day on which the other system said so; default today"}},
		ask:    importFacts,
		probe:  func(municipality, _ string) string { return "/gap/" + municipality + "/facts/dns_check" },
		sample: func(string, string) any { return "domain,spf,dmarc_policy,dnssec\nexample.dk,ja,reject,ja\n" },
	},
	{
		method: http.MethodPost, path: "/gap/{municipality}/answers", file: true, answer: importAnswer{},
		summary: "Import a file of answers: the differences. Files add and alter, they never delete",
		params:  []param{dryRunParam, {name: "content", about: "what the file is; default csv", allowed: exchange.Formats}},
		ask:     importAnswers,
		probe:   func(municipality, _ string) string { return "/gap/" + municipality + "/answers" },
		sample: func(municipality, _ string) any {
			return "#samdrift;" + municipality + ";;;\nid;level\n20-03;1\n"
		},
	},
	{
		method: http.MethodPost, path: "/gap/{municipality}/answers/{control}", takes: hub.AnswerEdit{}, answer: savedAnswer{},
		summary: "Answer one control. With base_version, a change that somebody made meanwhile is answered with 409 and both answers",
		ask:     saveAnswer,
		probe:   func(municipality, _ string) string { return "/gap/" + municipality + "/answers/20-01" },
		sample:  func(string, string) any { return map[string]any{"level": 99} }, // refused, so that the test changes nothing
	},
	{
		path: "/gap/{municipality}/register", summary: "A municipality's own register, newest line first: reports, exercises, reviews, risks, findings", answer: list[nis2.Entry]{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			rows, err := h.Register(ctx, p, q.path("municipality"))
			return standing(h, p, rows, err)
		},
		probe: func(municipality, _ string) string { return "/gap/" + municipality + "/register" },
	},
	{
		method: http.MethodPost, path: "/gap/{municipality}/register", takes: nis2.Entry{}, answer: nis2.Entry{},
		summary: "Keep a line of the register; one without an id is new",
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			var x nis2.Entry
			if err := q.into(&x); err != nil {
				return nil, err
			}
			x.Municipality = q.path("municipality")
			return h.SaveEntry(ctx, p, x)
		},
		probe: func(municipality, _ string) string { return "/gap/" + municipality + "/register" },
	},
	{
		method: http.MethodPost, path: "/gap/{municipality}/register/{id}/remove", summary: "Remove a line of the register", answer: doneAnswer{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			err := h.RemoveEntry(ctx, p, q.path("municipality"), q.path("id"))
			return doneAnswer{err == nil}, err
		},
		probe: func(municipality, _ string) string { return "/gap/" + municipality + "/register/none/remove" },
	},
}

func importFacts(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
	file := hub.FactsFile{Municipality: q.path("municipality"), Dataset: q.path("dataset"), Format: q.textOr("content", "csv"), Data: q.body}
	if taken := q.text("taken"); taken != "" {
		var err error
		if file.Taken, err = inventory.ParseDate(taken); err != nil {
			return nil, badRequest{fmt.Errorf("parameter \"taken\": %w", err)}
		}
	}
	return h.ImportFacts(ctx, p, file, q.text("dry_run") != "false")
}

func importAnswers(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
	municipality, dryRun := q.path("municipality"), q.text("dry_run") != "false"
	answers, notes, err := exchange.Read(q.textOr("content", "csv"), q.body, h.Catalogue(), municipality)
	if err != nil {
		return nil, fmt.Errorf("%w: nothing was taken over: %w", hub.ErrInvalid, err)
	}
	changes, err := h.ImportAnswers(ctx, p, municipality, answers, dryRun)
	return importAnswer{!dryRun, changes, notes}, err
}

func saveAnswer(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
	var edit hub.AnswerEdit
	if err := q.into(&edit); err != nil {
		return nil, err
	}
	edit.Municipality, edit.Control = q.path("municipality"), q.path("control")
	if err := h.EditAnswers(ctx, p, []hub.AnswerEdit{edit}); err != nil {
		return nil, err
	}
	versions, err := h.AnswerHistory(ctx, p, edit.Municipality, edit.Control)
	if err != nil {
		return nil, err
	}
	return savedAnswer{versions[0].Answer, versions[0].Number}, nil // there is one: it was just kept
}
