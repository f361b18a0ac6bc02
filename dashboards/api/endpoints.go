package api

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/hub/monitor"
	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

// list is an answer with many rows.
type list[T any] struct {
	hub.Meta
	Rows []T `json:"rows"`
}

// gapAnswer is one municipality's gap analysis, beside what it stands on: both have an as_of of their own.
type gapAnswer struct {
	Data       hub.Meta        `json:"data"`
	Assessment nis2.Assessment `json:"assessment"`
}

type seriesAnswer struct {
	Series []hub.Series `json:"series"`
}

var municipalityParam = param{name: "municipality", about: "three-digit code, within your scope"}

// endpoints is the whole API.
var endpoints = slices.Concat(estateEndpoints, planEndpoints, answerEndpoints, uploadEndpoints, moveEndpoints, contactEndpoints)

// estateEndpoints ask for what was collected, planned and reported.
var estateEndpoints = []endpoint{
	{
		path: "/overview", summary: "Totals, map, centres, alerts and the next waves", answer: hub.Overview{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, _ query) (any, error) { return h.Overview(ctx, p) },
	},
	{
		path: "/municipalities/{code}", summary: "One municipality", answer: hub.MunicipalityView{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			return h.Municipality(ctx, p, q.path("code"))
		},
		probe: func(municipality, _ string) string { return "/municipalities/" + municipality },
	},
	{
		path: "/assets", summary: "Servers and network devices, filtered and paged", answer: hub.AssetList{},
		params: []param{
			{name: "q", about: "part of name, address, serial, model, operating system or system"}, municipalityParam,
			{name: "kind", about: "kind of asset", allowed: texts(inventory.Kinds)}, {name: "site", about: "slug of a site"},
			{name: "status", about: "of the latest look", allowed: lookStatuses}, {name: "os", about: "operating system, as listed"},
			{name: "wave", about: "id of a wave"}, {name: "finding", about: "what deserves a look", allowed: hub.Findings},
			{name: "sort", about: "order", allowed: bothWays(hub.AssetSorts)},
			{name: "page", about: "from 1", whole: true}, {name: "per_page", about: "at most 500; default 60", whole: true},
		},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			return h.Assets(ctx, p, hub.AssetQuery{
				Text: q.text("q"), Municipality: q.text("municipality"), Kind: inventory.Kind(q.text("kind")), Site: q.text("site"),
				Status: inventory.Status(q.text("status")), OS: q.text("os"), Wave: q.text("wave"), Finding: q.text("finding"),
				Sort: q.text("sort"), Page: q.number("page"), PerPage: q.number("per_page"),
			})
		},
		csv:   assetRows,
		probe: func(municipality, _ string) string { return "/assets?per_page=500&municipality=" + municipality },
	},
	{
		path: "/assets/{id}", summary: "Everything about one asset, with where each value comes from", answer: hub.AssetView{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			return h.Asset(ctx, p, q.path("id"))
		},
		probe: func(_, asset string) string { return "/assets/" + asset },
	},
	{
		path: "/assets/{id}/series", summary: "Measurements of one asset: load, memory, storage, traffic", answer: seriesAnswer{},
		params: []param{{name: "from", about: "RFC 3339; default one hour before to"}, {name: "to", about: "RFC 3339; default now"}},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			to, err := moment(q.text("to"), time.Now())
			if err != nil {
				return nil, err
			}
			from, err := moment(q.text("from"), to.Add(-time.Hour))
			if err != nil {
				return nil, err
			}
			if !from.Before(to) {
				return nil, badRequest{fmt.Errorf("from %s is not before to %s", from.Format(time.RFC3339), to.Format(time.RFC3339))}
			}
			series, err := h.AssetSeries(ctx, p, q.path("id"), from, to)
			return seriesAnswer{series}, err
		},
		probe: func(_, asset string) string { return "/assets/" + asset + "/series" },
	},
	{
		path: "/systems", summary: "Line-of-business systems (fagsystemer)", answer: list[inventory.System]{},
		params: []param{municipalityParam},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			rows, meta, err := h.Systems(ctx, p, q.text("municipality"))
			return list[inventory.System]{meta, rows}, err
		},
		probe: func(municipality, _ string) string { return "/systems?municipality=" + municipality },
	},
	{
		path: "/topology", summary: "How the equipment of a municipality or site is cabled, and what is seen but not collected", answer: hub.TopologyView{},
		params: []param{municipalityParam, {name: "site", about: "slug of a site; default all"}},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			return h.Topology(ctx, p, q.text("municipality"), q.text("site"))
		},
		probe: func(municipality, _ string) string { return "/topology?municipality=" + municipality },
	},
	{
		path: "/gap", summary: "NIS2 gap analysis: your own, and the mean of the cooperation", answer: hub.GapView{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, _ query) (any, error) { return h.Gap(ctx, p) },
	},
	{
		path: "/gap/joint", summary: "Joint gap report: patterns, groups, and what moving closes and opens", answer: hub.JointView{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, _ query) (any, error) { return h.GapJoint(ctx, p) },
	},
	{
		path: "/gap/{municipality}", summary: "NIS2 gap analysis of one municipality", answer: gapAnswer{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, q query) (any, error) {
			a, meta, err := h.GapOf(ctx, p, q.path("municipality"))
			return gapAnswer{meta, a}, err
		},
		probe: func(municipality, _ string) string { return "/gap/" + municipality },
	},
	{
		path: "/alerts", summary: "What is wrong or about to be, worst first", answer: list[monitor.Alert]{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, _ query) (any, error) {
			rows, meta, err := h.Alerts(ctx, p)
			return list[monitor.Alert]{meta, rows}, err
		},
	},
	{
		path: "/collections", summary: "How the latest look at each target ended", answer: list[inventory.Collection]{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, _ query) (any, error) {
			rows, meta, err := h.Collections(ctx, p)
			return list[inventory.Collection]{meta, rows}, err
		},
	},
	{
		path: "/reports", summary: "Frozen half-year reports", answer: []store.Report{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, _ query) (any, error) {
			reports, err := h.Reports(ctx, p)
			if reports == nil {
				reports = []store.Report{}
			}
			return reports, err
		},
	},
	{
		path: "/report-facts", summary: "What the half-year report of today would stand on", answer: hub.ReportFacts{},
		ask: func(ctx context.Context, h *hub.Hub, p hub.Person, _ query) (any, error) {
			return h.ReportFacts(ctx, p)
		},
	},
}

// bothWays adds the descending form of each order.
func bothWays(sorts []string) []string {
	var all []string
	for _, s := range sorts {
		all = append(all, s, "-"+s)
	}
	return all
}

// assetRows gives a list of assets as rows of a sheet.
func assetRows(answer any) [][]string {
	l := answer.(hub.AssetList) // the endpoint's own answer
	rows := [][]string{{"id", "municipality", "site", "kind", "name", "vendor", "model", "serial", "os", "end_of_support", "vcpus", "memory_bytes", "address", "status", "wave", "systems", "findings", "last_seen"}}
	for _, r := range l.Rows {
		var addresses []string
		for _, a := range r.Addresses {
			addresses = append(addresses, a.IP)
		}
		rows = append(rows, []string{
			r.ID, r.Municipality, r.Site, string(r.Kind), r.Name, r.Vendor, r.Model, r.Serial, r.OS.String(), r.OS.EndOfSupport.String(),
			number(int64(r.VCPUs)), number(r.MemoryBytes), strings.Join(addresses, " "), string(r.Status), r.WaveName,
			strings.Join(r.Systems, ", "), strings.Join(r.Findings, " "), r.LastSeen.Format(time.RFC3339),
		})
	}
	return rows
}
