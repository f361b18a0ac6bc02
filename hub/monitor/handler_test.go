package monitor_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/golang/snappy"
	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/prometheus/prompb"

	"github.com/samdrift/samdrift/hub/monitor"
)

// serve serves the query API within a scope, as the hub does once it knows who asks.
func serve(t *testing.T, m *monitor.Monitor, s monitor.Scope) string {
	t.Helper()
	h := m.Handler()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(monitor.WithScope(r.Context(), s)))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func ask(t *testing.T, method, address string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Origin", "https://elsewhere.example")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if allowed := resp.Header.Get("Access-Control-Allow-Origin"); allowed != "" {
		t.Errorf("%s: pages of %q may read the answer", address, allowed)
	}
	return resp.StatusCode, string(body)
}

var at = "time=" + strconv.FormatInt(now.Unix(), 10)

var within = "start=" + strconv.FormatInt(now.Unix()-600, 10) + "&end=" + strconv.FormatInt(now.Unix()+60, 10)

// openRoutes are the routes that read series, each asked in a way that tries to see everything.
var openRoutes = []string{
	"/query?query=samdrift_device_up&" + at,
	"/query?query=" + url.QueryEscape(`{__name__=~".+"}`) + "&" + at,
	"/query?query=" + url.QueryEscape(`count by (instance) (samdrift_device_up{municipality=~".*"})`) + "&" + at,
	"/query_range?query=samdrift_device_up&step=60&" + within,
	"/series?match[]=" + url.QueryEscape(`{instance!=""}`) + "&" + within,
	"/series?match[]=samdrift_device_up&match[]=" + url.QueryEscape(`{municipality=~".+"}`) + "&" + within,
	"/label/instance/values?" + within,
	"/label/instance/values?match[]=" + url.QueryEscape(`{municipality="450"}`) + "&match[]=samdrift_device_up&" + within,
	"/label/municipality/values?" + within,
	"/labels?" + within,
}

func TestAPISeesTheScopeOnly(t *testing.T) {
	m := open(t, t.TempDir())
	estate(t, m)
	all := serve(t, m, everything)
	one := serve(t, m, monitor.Scope{Municipalities: []string{"461"}})
	for _, route := range openRoutes {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if method == http.MethodPost && strings.HasPrefix(route, "/label/") {
				continue // upstream serves it by GET only
			}
			status, body := ask(t, method, all+monitor.Prefix+route)
			if status != http.StatusOK || !strings.Contains(body, `"success"`) {
				t.Errorf("%s %s: %d %s", method, route, status, body)
			}
			if strings.HasPrefix(route, "/labels") == strings.Contains(body, "450") {
				t.Errorf("%s %s: everything is asked for and Nyborg is missing: %s", method, route, body)
			}
			status, body = ask(t, method, one+monitor.Prefix+route)
			if status != http.StatusOK || !strings.Contains(body, `"success"`) {
				t.Errorf("%s %s: %d %s", method, route, status, body)
			}
			for _, foreign := range []string{`"450"`, `"450/`, `"440"`, `"440/`, `"46"`, `"46/`, `nobody`} {
				if strings.Contains(body, foreign) {
					t.Errorf("%s %s within 461 tells of %s: %s", method, route, foreign, body)
				}
			}
		}
	}
}

// closedRoutes are what the upstream API would serve beside the open routes, and some mischief.
var closedRoutes = []string{
	"GET /query_exemplars?query=samdrift_device_up", "GET /scrape_pools", "GET /scrape_pools/config", "GET /targets",
	"GET /targets/metadata", "GET /targets/relabel_steps", "GET /alertmanagers", "GET /status/config", "GET /status/runtimeinfo",
	"GET /status/buildinfo", "GET /status/flags", "GET /status/tsdb", "GET /status/tsdb/blocks", "GET /status/self_metrics",
	"GET /features", "GET /status/walreplay", "GET /notifications", "GET /notifications/live", "POST /write", "POST /otlp/v1/metrics",
	"GET /search/metric_names", "POST /search/label_names", "GET /search/label_values", "POST /admin/tsdb/delete_series",
	"POST /admin/tsdb/clean_tombstones", "PUT /admin/tsdb/snapshot", "GET /openapi.yaml", "OPTIONS /query", "PUT /query", "DELETE /series",
	"GET /nothing", "GET /", "GET ", "GET /label/a/b/values", "GET /label//values", "POST /rules", "POST /alerts", "GET /../../secret",
}

func TestAPIClosesTheRest(t *testing.T) {
	m := open(t, t.TempDir())
	estate(t, m)
	address := serve(t, m, everything)
	for _, route := range closedRoutes {
		method, path, _ := strings.Cut(route, " ")
		if status, body := ask(t, method, address+monitor.Prefix+path); status != http.StatusForbidden || !strings.Contains(body, `"forbidden"`) {
			t.Errorf("%s: %d %s, want 403", route, status, body)
		}
	}
	if status, _ := ask(t, http.MethodGet, address+"/api/v1/query?query=1"); status != http.StatusForbidden {
		t.Errorf("a path outside the prefix: %d, want 403", status)
	}
	for _, s := range []monitor.Scope{{}, {Municipalities: []string{""}}} {
		address := serve(t, m, s)
		for _, route := range append(slices.Clone(openRoutes), "/rules", "/alerts", "/metadata", "/query?query=1") {
			if status, body := ask(t, http.MethodGet, address+monitor.Prefix+route); status != http.StatusForbidden {
				t.Errorf("without scope %s: %d %s, want 403", route, status, body)
			}
		}
	}
}

func TestAPITellsBadQueries(t *testing.T) {
	m := open(t, t.TempDir())
	address := serve(t, m, everything)
	if status, body := ask(t, http.MethodGet, address+monitor.Prefix+"/query?query="+url.QueryEscape("sum(")); status != http.StatusBadRequest || !strings.Contains(body, "bad_data") {
		t.Errorf("a query that does not parse: %d %s", status, body)
	}
	if status, body := ask(t, http.MethodGet, address+monitor.Prefix+"/rules?type=all"); status != http.StatusBadRequest || !strings.Contains(body, "alert or record") {
		t.Errorf("a type of rule that does not exist: %d %s", status, body)
	}
	huge := strings.NewReader("query=" + strings.Repeat("1%2B", 1<<20) + "1")
	resp, err := http.Post(address+monitor.Prefix+"/query", "application/x-www-form-urlencoded", huge)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode < 400 {
		t.Errorf("a query of megabytes is answered with %d", resp.StatusCode)
	}
}

func TestMetadataNamesEveryMetric(t *testing.T) {
	m := open(t, t.TempDir())
	_, body := ask(t, http.MethodGet, serve(t, m, everything)+monitor.Prefix+"/metadata")
	var got struct {
		Data map[string][]monitor.Metric `json:"data"`
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	for _, want := range monitor.Metrics {
		if entry := got.Data[want.Name]; len(entry) != 1 || entry[0].Type != want.Type || entry[0].Help != want.Help {
			t.Errorf("%s: %+v, want %+v", want.Name, entry, want)
		}
	}
}

// Another Prometheus may read series out of the hub, within the scope too.
func TestRemoteReadIsScoped(t *testing.T) {
	m := open(t, t.TempDir())
	estate(t, m)
	for _, kind := range []prompb.ReadRequest_ResponseType{prompb.ReadRequest_SAMPLES, prompb.ReadRequest_STREAMED_XOR_CHUNKS} {
		body := remoteRead(t, serve(t, m, monitor.Scope{Municipalities: []string{"461"}, Centres: []string{"odense"}}), kind)
		for _, want := range []string{"461/nyborg", "440/odense"} {
			if !bytes.Contains(body, []byte(want)) {
				t.Errorf("%s: %s is missing", kind, want)
			}
		}
		for _, foreign := range []string{"450/nyborg", "450/\x12", "nobody"} {
			if bytes.Contains(body, []byte(foreign)) {
				t.Errorf("%s: tells of %q", kind, foreign)
			}
		}
	}
}

// remoteRead asks for all series and gives the answer's uncompressed bytes.
func remoteRead(t *testing.T, address string, kind prompb.ReadRequest_ResponseType) []byte {
	t.Helper()
	request, err := (&prompb.ReadRequest{
		AcceptedResponseTypes: []prompb.ReadRequest_ResponseType{kind},
		Queries: []*prompb.Query{{
			StartTimestampMs: now.UnixMilli() - 600_000, EndTimestampMs: now.UnixMilli(),
			Matchers: []*prompb.LabelMatcher{{Type: prompb.LabelMatcher_RE, Name: "instance", Value: ".*"}},
		}},
	}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(address+monitor.Prefix+"/read", "application/x-protobuf", bytes.NewReader(snappy.Encode(nil, request)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %s", kind, resp.StatusCode, body)
	}
	if kind == prompb.ReadRequest_SAMPLES {
		if body, err = snappy.Decode(nil, body); err != nil {
			t.Fatal(err)
		}
	}
	return body
}

func TestSameAnswerForOneAndMany(t *testing.T) {
	m := open(t, t.TempDir())
	estate(t, m)
	_, both := ask(t, http.MethodGet, serve(t, m, monitor.Scope{Municipalities: []string{"461"}, Centres: []string{"odense", "nyborg"}})+monitor.Prefix+"/label/instance/values?"+within)
	var got struct {
		Data []string `json:"data"`
	}
	if err := json.Unmarshal([]byte(both), &got); err != nil {
		t.Fatal(err)
	}
	want := []string{"440/nyborg", "440/odense", "450/nyborg", "450/odense", "46/nyborg", "46/odense", "461/", "461/nyborg", "461/odense"}
	if diff := cmp.Diff(want, got.Data); diff != "" {
		t.Errorf("label values of overlapping scopes (-want +got):\n%s", diff)
	}
}
