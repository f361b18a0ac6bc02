package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/samdrift/samdrift/collectors"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/hub/demo"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/terraform"
)

const demoNotice = inventory.DemoNotice

func newDemo(a *app) *cobra.Command {
	var once bool
	var seed uint64
	var listen string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Run the whole way on an invented estate: collect, plan, render moves, watch, report",
		Long: `Run the whole way on an invented estate: nine municipalities whose devices answer real SNMP on
loopback. It is collected, merged, assessed and planned, Terraform units are rendered and planned
where tofu or terraform is found, the half-year report is written, and the pages are served.

Without --dir everything lies in a temporary folder that is removed at the end.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir := a.dir
			if dir == "" {
				var err error
				if dir, err = os.MkdirTemp("", "samdrift-demo-"); err != nil {
					return err
				}
				if !once {
					defer func() { _ = os.RemoveAll(dir) }()
				}
			}
			options := demo.DefaultOptions(dir)
			options.Seed = seed
			options.AsOf, _ = inventory.ParseDate(a.asOf) // checked by the root command
			return a.runDemo(cmd.Context(), options, once, listen)
		},
	}
	cmd.Flags().BoolVar(&once, "once", false, "go the whole way once, print the result and exit; the folder is kept")
	cmd.Flags().Uint64Var(&seed, "seed", 1, "throws the dice of the invented estate")
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:8098", "host:port of the pages")
	return cmd
}

func (a *app) runDemo(ctx context.Context, o demo.Options, once bool, listen string) (err error) {
	log, err := a.logger()
	if err != nil {
		return err
	}
	a.say("%s.", demoNotice)
	d, err := demo.Open(ctx, o, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if once {
		if err := d.Collect(ctx); err != nil {
			return err
		}
		r, err := a.demoWay(ctx, d)
		if err != nil {
			return err
		}
		return a.print(r, r.table())
	}
	ln, err := openPort(ctx, listen)
	if err != nil {
		return err
	}
	a.say("Open one of these (data lies in %s):", o.Dir)
	for _, p := range demo.People() {
		token, err := d.Hub.Grant(ctx, operator.Name, p, tokenValid)
		if err != nil {
			return errors.Join(err, ln.Close())
		}
		a.say("  %-14s %-30s %s", demoRoles[p.Role], p.Name, enterLink(ln.Addr(), token))
	}
	stopped := ctx
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return serveHTTP(ctx, ln, pages(d.Hub, log)) })
	snmpDone := make(chan struct{}, 1)
	group.Go(func() error {
		return d.Run(ctx, func(r collectors.Round) {
			if r.Collector == "snmp" && !r.Poll {
				select {
				case snmpDone <- struct{}{}:
				default:
				}
			}
		})
	})
	group.Go(func() error {
		select {
		case <-snmpDone:
		case <-ctx.Done():
			return nil
		}
		r, err := a.demoWay(ctx, d)
		if err != nil {
			return err
		}
		a.say("%s\nSamples keep arriving; Ctrl-C stops the demo.", r.summary())
		return nil
	})
	return stoppedByUser(stopped, group.Wait())
}

// stoppedByUser takes the error of work that was told to stop for what it is: an orderly end.
func stoppedByUser(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// demoRoles are the roles as their people call them.
var demoRoles = map[hub.Role]string{
	hub.RoleMunicipality: "kommune", hub.RoleCentre: "center", hub.RoleSteering: "styregruppe", hub.RoleAdmin: "administrator",
}

// demoWay goes from the collected estate to the report.
func (a *app) demoWay(ctx context.Context, d *demo.Demo) (demoResult, error) {
	admin := demo.People()[3]
	o, err := d.Hub.Overview(ctx, admin)
	if err != nil {
		return demoResult{}, err
	}
	r := demoResult{Demo: o.Demo, Notice: demoNotice, Municipalities: o.Totals.Municipalities, Assets: o.Totals.Assets, Systems: o.Totals.Systems, Dir: d.Hub.Dir()}
	if err := r.count(ctx, d.Hub, admin); err != nil {
		return demoResult{}, err
	}
	a.say("Collected %d assets; %d of %d SNMP devices answered.", r.Assets, r.SNMPDevices.Answered, r.SNMPDevices.Asked)
	bar := a.progress("planning Terraform units")
	started := time.Now()
	result, err := d.Hub.PlanTerraform(ctx, admin, terraform.PlanOptions{Progress: func(done, total int, _ terraform.UnitPlan) { bar(done, total) }})
	switch {
	case errors.Is(err, terraform.ErrNoEngine):
		r.TerraformNote = err.Error()
		a.say("Terraform units are rendered, not planned: %v.", err)
	case err != nil:
		return demoResult{}, err
	default:
		r.TerraformNote = fmt.Sprintf("planned with %s %s as terraform_data units: they carry the facts of the moves and move nothing", result.Engine.Name, result.Engine.Version)
		a.say("Terraform: %d units planned in %v with %s %s; they carry the facts and move nothing.",
			len(result.Plans), time.Since(started).Round(time.Second), result.Engine.Name, result.Engine.Version)
	}
	r.Terraform = result.ByAgreement()
	r.Report, err = writeReport(ctx, d.Hub, admin, filepath.Join(d.Hub.Dir(), "reports"), "da")
	return r, err
}

// demoResult is what `demo --once --output json` prints. Its field names are a contract.
type demoResult struct {
	Demo           bool                `json:"demo"`
	Notice         string              `json:"notice"`
	Municipalities int                 `json:"municipalities"`
	Assets         int                 `json:"assets"`
	SNMPDevices    snmpCounts          `json:"snmp_devices"`
	Systems        int                 `json:"systems"`
	NIS2           []demoGap           `json:"nis2"`
	Plan           demoPlan            `json:"plan"`
	Terraform      []terraform.Summary `json:"terraform"`
	TerraformNote  string              `json:"terraform_note"`
	Report         writtenReport       `json:"report"`
	Dir            string              `json:"dir"`
}

// snmpCounts tells how the looks at the SNMP devices ended. Answered counts full and partial answers.
type snmpCounts struct {
	Asked    int `json:"asked"`
	Answered int `json:"answered"`
	Partial  int `json:"partial"`
	Failed   int `json:"failed"`
}

type demoGap struct {
	Municipality string  `json:"municipality"`
	Headline     float64 `json:"headline"`
	Proven       float64 `json:"proven"`
	Coverage     float64 `json:"coverage"`
}

type demoPlan struct {
	Agreements  int            `json:"agreements"`
	Waves       int            `json:"waves"`
	Feasible    bool           `json:"feasible"`
	LastWaveEnd inventory.Date `json:"last_wave_end"`
}

// count fills in what was collected, scored and planned.
func (r *demoResult) count(ctx context.Context, h *hub.Hub, p hub.Person) error {
	looks, _, err := h.Collections(ctx, p)
	if err != nil {
		return err
	}
	for _, c := range looks {
		if c.Collector != "snmp" {
			continue
		}
		r.SNMPDevices.Asked++
		switch c.Status {
		case inventory.StatusOK:
			r.SNMPDevices.Answered++
		case inventory.StatusPartial:
			r.SNMPDevices.Answered++
			r.SNMPDevices.Partial++
		default:
			r.SNMPDevices.Failed++
		}
	}
	gap, err := h.Gap(ctx, p)
	if err != nil {
		return err
	}
	for _, a := range gap.Own {
		r.NIS2 = append(r.NIS2, demoGap{a.Municipality, a.Overall.Headline, a.Overall.Proven, a.Overall.Coverage})
	}
	plan, err := h.Plan(ctx, p)
	if err != nil {
		return err
	}
	agreements := map[string]bool{}
	for _, w := range plan.Plan.Waves {
		agreements[w.Municipality] = true // one agreement, made or proposed, per customer
	}
	r.Plan = demoPlan{len(agreements), len(plan.Plan.Waves), plan.Plan.Feasible, plan.Plan.LastWaveEnd}
	return nil
}

func (r demoResult) summary() string {
	return fmt.Sprintf("Planned %d waves under %d agreements, the last ends %s. Report: %s", r.Plan.Waves, r.Plan.Agreements, r.Plan.LastWaveEnd, r.Report.HTML)
}

func (r demoResult) table() table {
	t := table{head: []string{"what", "result"}, note: r.Notice + "."}
	add := func(what, format string, args ...any) {
		t.rows = append(t.rows, []string{what, fmt.Sprintf(format, args...)})
	}
	add("municipalities", "%d", r.Municipalities)
	add("assets", "%d", r.Assets)
	add("SNMP devices", "%d asked, %d answered (%d partial), %d failed", r.SNMPDevices.Asked, r.SNMPDevices.Answered, r.SNMPDevices.Partial, r.SNMPDevices.Failed)
	add("systems", "%d", r.Systems)
	for _, g := range r.NIS2 {
		add("NIS2 "+g.Municipality, "%s of target, %s proven, %s answered", percent(g.Headline), percent(g.Proven), percent(g.Coverage))
	}
	add("plan", "%d waves under %d agreements, last wave ends %s, feasible: %t", r.Plan.Waves, r.Plan.Agreements, r.Plan.LastWaveEnd, r.Plan.Feasible)
	for _, s := range r.Terraform {
		add("Terraform "+s.Agreement, "%d rendered, %d planned: %d to add, %d to change, %d to destroy", s.Rendered, s.Planned, s.Add, s.Change, s.Destroy)
	}
	add("Terraform", "%s", r.TerraformNote)
	add("report", "%s", r.Report.HTML)
	add("data", "%s", r.Dir)
	return t
}
