package monitor

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"

	"github.com/prometheus/common/route"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/promql/parser"
	v1 "github.com/prometheus/prometheus/web/api/v1"
)

// Prefix is the path under which Handler answers. Clients of Prometheus are given the part before
// /api/v1 as their address.
const Prefix = "/prometheus/api/v1"

// maxBody limits the body of a request: a query of a megabyte is no honest one.
const maxBody = 1 << 20

// Handler answers the Prometheus query API under Prefix, within the scope that the caller has put
// into the request's context. Without a scope, and on every path that is not listed here, it
// answers 403: what is not known to be scoped is closed.
func (m *Monitor) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := alternatives(r.Context()); err != nil {
			respondError(w, http.StatusForbidden, "forbidden", err.Error())
			return
		}
		path, under := strings.CutPrefix(r.URL.Path, Prefix)
		reads := r.Method == http.MethodGet || r.Method == http.MethodPost
		switch {
		case under && reads && queryPath(path):
			r = r.Clone(r.Context())
			r.Header.Del("Origin") // no page of another site may ask
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
			http.StripPrefix(Prefix, m.api).ServeHTTP(w, r)
		case under && r.Method == http.MethodGet && path == "/rules":
			m.serveRules(w, r)
		case under && r.Method == http.MethodGet && path == "/alerts":
			m.serveAlerts(w, r)
		case under && r.Method == http.MethodGet && path == "/metadata":
			serveMetadata(w)
		default:
			respondError(w, http.StatusForbidden, "forbidden", "not served here: this address answers queries, series, labels, rules and alerts")
		}
	})
}

// queryPath tells whether a path reads series through the scoped storage, or none at all.
func queryPath(path string) bool {
	switch path {
	case "/query", "/query_range", "/series", "/labels", "/format_query", "/parse_query", "/read":
		return true
	}
	name, ok := strings.CutPrefix(path, "/label/")
	name, values := strings.CutSuffix(name, "/values")
	return ok && values && name != "" && !strings.Contains(name, "/")
}

// newAPI builds the upstream query API over the scoped storage. Everything that would show another
// tenant's data (targets, status, exemplars, search) or change something gets nothing to work on,
// and Handler does not let requests through to it.
func (m *Monitor) newAPI(logger *slog.Logger) http.Handler {
	api := v1.NewAPI(
		m.engine, scoped{m.db},
		nil, nil, nil, // no writing, no exemplars
		func(context.Context) v1.ScrapePoolsRetriever { return nil },
		func(context.Context) v1.TargetRetriever { return nil },
		func(context.Context) v1.AlertmanagerRetriever { return nil },
		func() config.Config { return config.DefaultConfig },
		nil, v1.GlobalURLOptions{},
		func(h http.HandlerFunc) http.HandlerFunc { return h },
		nil, "", false, false, 0, // no administration, no search
		logger,
		func(context.Context) v1.RulesRetriever { return nil },
		m.cfg.MaxQuerySamples, m.cfg.MaxConcurrentQueries, 1<<20,
		false, nil,
		nil, nil, nil, nil, nil, nil, nil,
		false, nil, false, false, false, false, // no remote write, no OTLP
		lookback, false, false, nil, nil, v1.OpenAPIOptions{},
		parser.NewParser(parser.Options{}),
	)
	router := route.New()
	api.Register(router)
	return router
}

// serveMetadata tells what the metrics mean. It is the same for everyone.
func serveMetadata(w http.ResponseWriter) {
	type entry struct {
		Type string `json:"type"`
		Help string `json:"help"`
		Unit string `json:"unit"`
	}
	all := map[string][]entry{}
	for _, metric := range Metrics {
		all[metric.Name] = []entry{{metric.Type, metric.Help, metric.Unit}}
	}
	respond(w, all)
}

// serveAlerts answers /alerts within the scope.
func (m *Monitor) serveAlerts(w http.ResponseWriter, r *http.Request) {
	found := v1.AlertDiscovery{Alerts: []*v1.Alert{}}
	for _, rule := range m.rules.AlertingRules() {
		found.Alerts = append(found.Alerts, visibleAlerts(r.Context(), rule)...)
	}
	respond(w, found)
}

func respond(w http.ResponseWriter, data any) {
	respondJSON(w, http.StatusOK, map[string]any{"status": "success", "data": data})
}

func respondError(w http.ResponseWriter, status int, kind, text string) {
	respondJSON(w, status, map[string]any{"status": "error", "errorType": kind, "error": text})
}

func respondJSON(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		http.Error(w, `{"status":"error","errorType":"internal","error":"answer cannot be encoded"}`, http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(text)
}
