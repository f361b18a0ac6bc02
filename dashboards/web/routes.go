package web

import (
	"net/http"
	"strings"

	"github.com/samdrift/samdrift/dashboards"
)

// routes is everything that is served: pages, then the API, then the query API.
func (s *server) routes(o Options) []dashboards.Route {
	page := func(pattern string, handler http.HandlerFunc, probe func(municipality, asset string) string) dashboards.Route {
		return dashboards.Route{Pattern: "GET " + pattern, Access: dashboards.Members, Handler: handler, Probe: probe}
	}
	admin := func(r dashboards.Route) dashboards.Route {
		r.Access = dashboards.Admin
		return r
	}
	public := func(pattern string, handler http.HandlerFunc) dashboards.Route {
		return dashboards.Route{Pattern: pattern, Access: dashboards.Public, Handler: handler}
	}
	of := func(pattern string) func(string, string) string {
		return func(m, _ string) string { return strings.ReplaceAll(pattern, "{municipality}", m) }
	}
	post := func(pattern string, handler http.HandlerFunc) dashboards.Route {
		return dashboards.Route{Pattern: "POST " + pattern, Access: dashboards.Members, Handler: handler, Probe: of(pattern)}
	}
	at := func(path string) func(string, string) string { return func(string, string) string { return path } }
	routes := []dashboards.Route{
		page("/{$}", s.overview, at("/")),
		page("/municipalities/{code}", s.municipality, func(m, _ string) string { return "/municipalities/" + m }),
		page("/assets", s.assets, func(m, _ string) string { return "/assets?per_page=500&municipality=" + m }),
		page("/assets.csv", s.assetsCSV, at("/assets.csv")),
		page("/assets/{id}", s.asset, func(_, a string) string { return "/assets/" + a }),
		page("/systems", s.systems, func(m, _ string) string { return "/systems?municipality=" + m }),
		page("/topology", s.topology, func(m, _ string) string { return "/topology?municipality=" + m }),
		page("/plan", s.plan, at("/plan")),
		page("/plan/groups/{id}", s.moveGroup, func(m, _ string) string { return "/plan/groups/" + s.anyGroup(m) }),
		page("/plan/waves/{id}", s.wave, func(m, _ string) string { return "/plan/waves/" + s.anyWave(m) }),
		page("/plan/capacity", s.capacity, at("/plan/capacity")),
		page("/plan/money", s.money, func(m, _ string) string { return "/plan/money?joint=1000000&out=" + m }),
		page("/plan/risk", s.risk, at("/plan/risk")),
		page("/plan/track", s.track, at("/plan/track")),
		post("/plan/track/baseline", s.freezePlan),
		post("/plan/track/events", s.recordEvent),
		page("/plan/centres", s.centres, func(m, _ string) string { return "/plan/centres?" + m + "=" + s.probe(m).Centre }),
		page("/plan/scenarios", s.scenarios, func(string, string) string { return "/plan/scenarios?a=present&b=" + s.anyScenario() }),
		page("/plan/scenarios/{ref}", s.scenario, func(string, string) string { return "/plan/scenarios/" + s.anyScenario() }),
		post("/plan/scenarios", s.addScenario),
		page("/plan/replan", s.replan, at("/plan/replan")),
		post("/plan/replan", s.saveReplan),
		post("/plan/scenarios/{ref}/change", s.changeScenario),
		post("/plan/scenarios/{ref}/step/{step}", s.stepScenario),
		page("/moves", s.moves, at("/moves")),
		page("/moves/{unit}", s.move, func(m, _ string) string { return "/moves/" + s.anyGroup(m) }),
		page("/moves/wave/{id}/runbook", s.runbook, func(m, _ string) string { return "/moves/wave/" + s.anyWave(m) + "/runbook" }),
		page("/live/moves", s.liveMoves, at("/live/moves")),
		page("/live/moves/{unit}", s.liveMove, func(m, _ string) string { return "/live/moves/" + s.anyGroup(m) }),
		post("/moves/stop", s.stopMoves),
		post("/moves/resume", s.resumeMoves),
		post("/moves/all/{what}", s.watchMoves),
		post("/moves/wave/{id}/apply", s.applyWave),
		post("/moves/wave/{id}/tick", s.tickRunbook),
		post("/moves/wave/{id}/contact", s.changeContact),
		post("/moves/unit/{unit}/{do}", s.doMove),
		page("/gap", s.gap, at("/gap")),
		page("/gap/joint", s.gapJoint, at("/gap/joint")),
		page("/gap/joint/report.html", s.jointReport, at("/gap/joint/report.html")),
		page("/gap/joint/report.xlsx", s.jointBook, at("/gap/joint/report.xlsx")),
		page("/centres/{id}/gap", s.gapCentre, func(string, string) string { return "/centres/" + s.anyCentre() + "/gap" }),
		page("/gap/{municipality}", s.gapOf, of("/gap/{municipality}")),
		page("/gap/{municipality}/report.html", s.gapReport, of("/gap/{municipality}/report.html")),
		page("/gap/{municipality}/report.xlsx", s.gapBook, of("/gap/{municipality}/report.xlsx")),
		page("/gap/{municipality}/answers", s.answers, of("/gap/{municipality}/answers?control=20-01")),
		page("/gap/{municipality}/answers.xlsx", s.answersXLSX, of("/gap/{municipality}/answers.xlsx")),
		page("/gap/{municipality}/answers.csv", s.answersCSV, of("/gap/{municipality}/answers.csv")),
		page("/gap/{municipality}/oscal/{document}", s.oscal, of("/gap/{municipality}/oscal/assessment-results")),
		page("/gap/{municipality}/evidence/{id}", s.evidenceFile, func(m, _ string) string { return "/gap/" + m + "/evidence/" + s.anyEvidence(m) }),
		page("/gap/{municipality}/sharing", s.sharing, of("/gap/{municipality}/sharing")),
		page("/gap/actions", s.actions, at("/gap/actions")),
		page("/gap/incidents", s.incidents, at("/gap/incidents")),
		admin(post("/gap/rounds", s.openRound)),
		admin(post("/gap/rounds/close", s.closeRound)),
		post("/gap/actions", s.saveAction),
		post("/gap/incidents", s.saveIncident),
		post("/gap/incidents/sent", s.noteSent),
		post("/gap/{municipality}/sharing", s.share),
		post("/gap/{municipality}/answers", s.saveAnswer),
		post("/gap/{municipality}/answers/review", s.reviewAnswer),
		post("/gap/{municipality}/answers/confirm", s.confirmAnswer),
		post("/gap/{municipality}/answers/import", s.importAnswers),
		post("/gap/{municipality}/answers/apply", s.applyAnswers),
		page("/gap/{municipality}/register", s.register, of("/gap/{municipality}/register")),
		post("/gap/{municipality}/register", s.saveEntry),
		post("/gap/{municipality}/register/remove", s.removeEntry),
		post("/gap/{municipality}/evidence", s.addEvidence),
		post("/gap/{municipality}/evidence/remove", s.removeEvidence),
		page("/reports", s.reports, at("/reports")),
		page("/reports/{id}", s.report, func(string, string) string { return "/reports/" + s.anyReport() }),
		page("/alerts", s.alerts, at("/alerts")),
		page("/collections", s.collections, at("/collections")),
		page("/live/alerts", s.liveAlerts, at("/live/alerts")),
		page("/live/assets/{id}", s.liveAsset, func(_, a string) string { return "/live/assets/" + a }),

		public("GET /accessibility", s.accessibility),
		public("GET /enter", s.enter),
		public("POST /leave", s.leave),
		public("GET /static/", s.static),
		public("GET /healthz", s.healthy),
		public("GET /readyz", s.ready),
	}
	routes = append(routes, o.API...)
	if o.Prometheus != nil {
		const query = "/prometheus/api/v1/query?query=%7B__name__%3D~%22samdrift_.%2B%22%7D"
		for _, method := range []string{"GET", "POST"} {
			routes = append(routes, dashboards.Route{
				Pattern: method + " /prometheus/api/v1/", Access: dashboards.Members,
				Handler: o.Prometheus, Probe: at(query),
			})
		}
	}
	return routes
}
