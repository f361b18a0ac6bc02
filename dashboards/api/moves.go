package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
)

// reasonBody says why something is done.
type reasonBody struct {
	Reason string `json:"reason"`
}

// termsBody is under what conditions a plan is approved.
type termsBody struct {
	From      time.Time `json:"from"`                // the window opens; zero: at once
	Hours     int       `json:"hours"`               // how long it stays open
	Emergency string    `json:"emergency,omitempty"` // why one person's word is enough and freezes do not hold
}

// moveStepBody is what people and other tools say of a step.
type moveStepBody struct {
	Stage   platform.Stage `json:"stage"`
	Action  string         `json:"action"` // start, copied, finish, fail
	Tool    string         `json:"tool,omitempty"`
	Amount  int64          `json:"amount,omitempty"`
	Total   int64          `json:"total,omitempty"`
	Measure string         `json:"measure,omitempty"`
	Proof   string         `json:"proof,omitempty"`
	Note    string         `json:"note,omitempty"`
}

// unlockBody names the lock to take off, and how it is known that its holder is gone.
type unlockBody struct {
	Lock   string `json:"lock"`
	Reason string `json:"reason"`
}

// acceptBody names what may stand, why and until when.
type acceptBody struct {
	Key    string    `json:"key"`              // of the concern or the check
	Server string    `json:"server,omitempty"` // empty: every server of the unit
	Reason string    `json:"reason"`
	Until  time.Time `json:"until"` // at most 31 days ahead
}

// tickBody names a line of a runbook, and whether it is done.
type tickBody struct {
	hub.RunbookTick
	Done bool `json:"done"`
}

// applyBody names what is applied in one run.
type applyBody struct {
	Units []string `json:"units,omitempty"` // in this order
	Wave  string   `json:"wave,omitempty"`  // every unit of it whose plan is approved, by cutover
}

type runsAnswer struct {
	Runs []hub.MoveRun `json:"runs"`
}

type driftAnswer struct {
	Drift []terraform.Drift `json:"drift"` // with a phantom: it comes and goes by itself
}

type findingsAnswer struct {
	Findings []terraform.Finding `json:"findings"` // of units whose apply was cut short
}

// moveEndpoints ask for the units that move, and take them on.
var moveEndpoints = []endpoint{
	{
		path: "/moves", summary: "Units in brief, wave by wave, filtered and paged: stage, state, who holds the lock, refusals; sums by state, wave and municipality; and whether all moves are stopped", answer: hub.MoveList{},
		params: []param{
			{name: "q", about: "part of a unit's name or id, or of its wave's name"}, municipalityParam, {name: "wave", about: "id of a wave"},
			{name: "state", about: "how a unit stands", allowed: texts(hub.MoveStates)},
			{name: "page", about: "from 1", whole: true}, {name: "per_page", about: "at most 500; default 100", whole: true},
		},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			return h.MoveList(ctx, p, hub.MoveQuery{Text: q.text("q"), Municipality: q.text("municipality"), Wave: q.text("wave"),
				State: hub.MoveState(q.text("state")), Page: q.number("page"), PerPage: q.number("per_page")})
		},
		probe: func(municipality, _ string) string { return "/moves?municipality=" + municipality },
	},
	{
		path: "/moves/{unit}", summary: "One unit: its way with who, when and proof, its plan as a difference, refusals, approval, read-back, drift, the run", answer: hub.MoveView{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			return h.Move(ctx, p, q.path("unit"))
		},
		probe: unitPath(""),
	},
	doMove("plan", "Plan the unit; nothing is applied, and an earlier approval is void (centre and admin)", func(ctx context.Context, h *hub.Hub, p hub.Person, unit string, _ struct{}) error {
		_, err := h.PlanMove(ctx, p, unit)
		return err
	}),
	doMove("consent", "The municipality's yes to the present plan (municipality and admin)", func(ctx context.Context, h *hub.Hub, p hub.Person, unit string, _ struct{}) error {
		_, err := h.ConsentMove(ctx, p, unit)
		return err
	}),
	doMove("approve", "Approve the present plan, by somebody other than who made it (centre and admin)", func(ctx context.Context, h *hub.Hub, p hub.Person, unit string, b termsBody) error {
		_, err := h.ApproveMove(ctx, p, unit, terraform.Terms{From: b.From, Valid: time.Duration(b.Hours) * time.Hour, Emergency: b.Emergency})
		return err
	}),
	{
		method: http.MethodPost, path: "/moves/{unit}/apply", status: http.StatusAccepted, takes: struct{}{}, answer: hub.MoveRun{},
		summary: "Carry out the approved plan: it goes on in the hub, and the unit tells how far it has come; a second call changes nothing (centre and admin)",
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			runs, err := h.BeginApply(ctx, p, q.path("unit"))
			if err != nil {
				return nil, err
			}
			return runs[0], nil
		},
		probe: unitPath("/apply"),
	},
	{
		method: http.MethodPost, path: "/moves/apply", status: http.StatusAccepted, takes: applyBody{}, answer: runsAnswer{},
		summary: "Carry out approved plans of several units, or all of a wave, as one run: its limits hold over all that is under way (centre and admin)",
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			var b applyBody
			if err := q.into(&b); err != nil {
				return nil, err
			}
			if len(b.Units) > 0 == (b.Wave != "") {
				return nil, fmt.Errorf("units or a wave: %w: want one of them", hub.ErrInvalid)
			}
			if b.Wave != "" {
				runs, err := h.BeginWave(ctx, p, b.Wave)
				return runsAnswer{runs}, err
			}
			runs, err := h.BeginApply(ctx, p, b.Units...)
			return runsAnswer{runs}, err
		},
		sample: func(municipality, _ string) any { return applyBody{Wave: municipality + "-1"} },
	},
	doMove("verify", "Read the unit's servers back from their platform (centre and admin)", func(ctx context.Context, h *hub.Hub, p hub.Person, unit string, _ struct{}) error {
		_, err := h.VerifyMove(ctx, p, unit)
		return err
	}),
	doMove("step", "What people and other tools do: a step begins, goes on, ends or fails (centre and admin)", func(ctx context.Context, h *hub.Hub, p hub.Person, unit string, b moveStepBody) error {
		_, err := h.StepMove(ctx, p, unit, hub.StepMove(b))
		return err
	}),
	doMove("return", "Set the unit on its way back, which is then planned, approved and applied (centre and admin)", func(ctx context.Context, h *hub.Hub, p hub.Person, unit string, b reasonBody) error {
		_, err := h.ReturnMove(ctx, p, unit, b.Reason)
		return err
	}),
	doMove("accept", "Let a concern, or a check that could not be told, stand until a time, with a reason (centre and admin)", func(ctx context.Context, h *hub.Hub, p hub.Person, unit string, b acceptBody) error {
		_, err := h.AcceptMove(ctx, p, unit, terraform.Acceptance{Key: b.Key, Server: b.Server, Reason: b.Reason, Until: b.Until})
		return err
	}),
	doMove("drift", "Look for what somebody changed on the unit's platform; nothing is changed (centre and admin)", func(ctx context.Context, h *hub.Hub, p hub.Person, unit string, _ struct{}) error {
		_, err := h.DriftMoves(ctx, p, unit)
		return err
	}),
	doMove("unlock", "Take a lock off the unit's state, when its holder is known to be gone (centre and admin)", func(ctx context.Context, h *hub.Hub, p hub.Person, unit string, b unlockBody) error {
		_, err := h.UnlockMove(ctx, p, unit, b.Lock, b.Reason)
		return err
	}),
	{
		method: http.MethodPost, path: "/moves/drift", summary: "Look at every adopted unit for what somebody changed on its platform (centre and admin)", takes: struct{}{}, answer: driftAnswer{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, _ query) (any, error) {
			found, err := h.DriftMoves(ctx, p)
			return driftAnswer{found}, err
		},
	},
	{
		method: http.MethodPost, path: "/moves/reconcile", summary: "Say of each unit whose apply was cut short how it stands (centre and admin)", takes: struct{}{}, answer: findingsAnswer{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, _ query) (any, error) {
			found, err := h.ReconcileMoves(ctx, p)
			return findingsAnswer{found}, err
		},
	},
	switchMoves("stop", "Let no apply begin until moves are resumed (everybody who sees moves)", (*hub.Hub).StopMoves),
	switchMoves("resume", "Let applies begin again (centre and admin)", (*hub.Hub).ResumeMoves),
	{
		path: "/waves/{wave}/runbook", summary: "The scripts (drejebog) of a wave's nights, with what is ticked off", answer: hub.RunbookView{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			return h.Runbooks(ctx, p, q.path("wave"))
		},
		probe: func(municipality, _ string) string { return "/waves/" + municipality + "-w1/runbook" },
	},
	{
		method: http.MethodPost, path: "/waves/{wave}/runbook", summary: "Tick a line of a runbook off, or take the tick away", takes: tickBody{}, answer: hub.RunbookView{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			var b tickBody
			if err := q.into(&b); err != nil {
				return nil, err
			}
			return h.TickRunbook(ctx, p, q.path("wave"), b.RunbookTick, b.Done)
		},
		probe: func(municipality, _ string) string { return "/waves/" + municipality + "-w1/runbook" },
	},
}

// unitPath gives the path that the scope test asks for below a unit: the group of a municipality that is
// named after the asset.
func unitPath(below string) func(municipality, asset string) string {
	return func(municipality, asset string) string { return "/moves/" + municipality + "-" + asset + below }
}

// doMove is an endpoint that takes a unit on and answers with how it then stands.
func doMove[B any](name, summary string, do func(ctx context.Context, h *hub.Hub, p hub.Person, unit string, b B) error) endpoint {
	var body B
	return endpoint{
		method: http.MethodPost, path: "/moves/{unit}/" + name, summary: summary, takes: body, answer: hub.MoveView{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			var b B
			if err := q.into(&b); err != nil {
				return nil, err
			}
			if err := do(ctx, h, p, q.path("unit"), b); err != nil {
				return nil, err
			}
			return h.Move(ctx, p, q.path("unit"))
		},
		probe: unitPath("/" + name),
	}
}

// switchMoves is an endpoint that stops all moves or lets them go on.
func switchMoves(name, summary string, do func(*hub.Hub, context.Context, hub.Person, string) error) endpoint {
	return endpoint{
		method: http.MethodPost, path: "/moves/" + name, summary: summary, takes: reasonBody{}, answer: hub.MoveList{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			var b reasonBody
			if err := q.into(&b); err != nil {
				return nil, err
			}
			if err := do(h, ctx, p, b.Reason); err != nil {
				return nil, err
			}
			return h.MoveList(ctx, p, hub.MoveQuery{})
		},
	}
}
