package hub

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/samdrift/samdrift/hub/monitor"
	"github.com/samdrift/samdrift/hub/store"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/track"
)

const (
	topRisks     = 10
	topSuppliers = 10
)

// ReportFacts answers with what the half-year report of today stands on. It holds no asset, host
// name or single gap figure, so every member may see it.
func (h *Hub) ReportFacts(ctx context.Context, p Person) (ReportFacts, error) {
	e, sc, err := h.ask(p)
	if err != nil {
		return ReportFacts{}, err
	}
	all := scopeOf(Person{Name: sc.person.Name, Role: RoleSteering}, e.snapshot)
	f := ReportFacts{
		Meta: e.meta(all), CutOff: e.asOf, Deadline: e.plan.Deadline,
		Waves: e.waves(all), Feasible: e.plan.Feasible, LastWaveEnd: e.plan.LastWaveEnd,
		Gap: e.joint(), Articles: map[string]planner.Text{}, Cost: e.plan.Cost, Capacity: e.plan.Capacity,
		Assumptions: e.assumptions(all), Centres: map[string]string{},
	}
	followed, err := h.follow(ctx, e, all)
	if err != nil {
		return ReportFacts{}, err
	}
	f.Progress, f.Operations = only(followed.Waves, func(w track.WaveStatus) bool { return w.State != track.Planned }), followed.Operations
	f.Person = Person{} // the report is the same whoever asks
	f.Period, f.From, f.To = halfYear(e.asOf)
	for _, a := range h.Catalogue().Articles {
		f.Articles[a.ID] = planner.Text{DA: a.Title.DA, EN: a.Title.EN}
	}
	for _, c := range e.snapshot.Centres {
		f.Centres[c.ID] = c.Name
	}
	for _, a := range e.snapshot.Agreements {
		a.CommittedLevels = nil
		f.Agreements = append(f.Agreements, a)
	}
	availability, since, err := h.availability(ctx)
	if err != nil {
		return ReportFacts{}, err
	}
	for _, m := range e.snapshot.Municipalities {
		row := e.reportRow(m)
		if up, ok := availability[m.Code]; ok {
			row.Availability, row.MeasuredSince = &up, since[m.Code]
		}
		f.Municipalities = append(f.Municipalities, row)
	}
	f.Refusals, f.Risks, f.Contracts = e.reportRefusals(), e.reportRisks(), e.reportContracts()
	f.Previous, err = h.previousReport(ctx, f.Period)
	return f, err
}

// halfYear gives the half year that a day lies in: "2026-2", with its first and last day.
func halfYear(d inventory.Date) (period string, from, to inventory.Date) {
	t := d.Time()
	if t.Month() <= time.June {
		return fmt.Sprintf("%d-1", t.Year()), inventory.NewDate(t.Year(), time.January, 1), inventory.NewDate(t.Year(), time.June, 30)
	}
	return fmt.Sprintf("%d-2", t.Year()), inventory.NewDate(t.Year(), time.July, 1), inventory.NewDate(t.Year(), time.December, 31)
}

func (e *estate) reportRow(m inventory.Municipality) ReportMunicipality {
	row := ReportMunicipality{Code: m.Code, Name: m.Name}
	row.Servers, row.ServersMoved = e.servers(m.Code)
	for _, a := range e.plan.Assignments {
		row.Host = row.Host || a.Municipality == m.Code && a.Host
	}
	if a, ok := e.snapshot.AgreementOf(m.Code); ok {
		row.State, row.Window = a.State, a.Window
		if a.SecuritySignedBy != "" {
			row.SecurityShared = true
			if gap := e.gap(m.Code); gap != nil {
				row.SecurityLight = gap.Light
			}
		}
	}
	for _, w := range e.plan.Waves {
		if w.Municipality == m.Code {
			row.LastWaveEnd = max(row.LastWaveEnd, w.End)
		}
	}
	for _, g := range e.plan.Groups {
		if g.Municipality == m.Code && g.Wave == "" {
			row.Unplaced++
		}
	}
	for _, c := range e.plan.Cost.ByMunicipality {
		if c.Municipality == m.Code {
			row.Cost = c.Total
		}
	}
	for _, c := range e.snapshot.Collections {
		if c.Municipality == m.Code {
			row.Targets.add(c.Status)
		}
	}
	return row
}

// availability gives, per municipality, the share of time that the service checks made from the
// municipality itself were up in the last 30 days, and when they began. What was not measured is
// missing, not up.
func (h *Hub) availability(ctx context.Context) (share map[string]float64, since map[string]time.Time, err error) {
	share, since = map[string]float64{}, map[string]time.Time{}
	if h.monitor == nil {
		return share, since, nil
	}
	ctx = monitor.WithScope(ctx, monitor.Scope{All: true})
	const (
		checks = `samdrift_service_up{perspective="municipality"}`
		month  = 30 * 24 * time.Hour
	)
	now := h.now()
	found, err := h.monitor.Instant(ctx, "avg by (municipality) (avg_over_time("+checks+"[30d]))", now)
	if err != nil {
		return nil, nil, fmt.Errorf("availability: %w", err)
	}
	for _, s := range found {
		if len(s.Points) > 0 {
			share[s.Labels["municipality"]] = s.Points[len(s.Points)-1].Value
		}
	}
	found, err = h.monitor.Range(ctx, "count by (municipality) ("+checks+")", now.Add(-month), now, time.Hour)
	if err != nil {
		return nil, nil, fmt.Errorf("availability: %w", err)
	}
	for _, s := range found {
		if len(s.Points) > 0 {
			since[s.Labels["municipality"]] = s.Points[0].At
		}
	}
	return share, since, nil
}

// reportRefusals counts what could not be placed, by municipality and first rule. Parameters are left
// out: they may name servers.
func (e *estate) reportRefusals() []ReportRefusal {
	counts := map[[2]string]int{}
	for _, r := range e.plan.Refusals {
		if len(r.Reasons) > 0 {
			counts[[2]string{e.ownerOf(r), r.Reasons[0].Rule}]++
		}
	}
	var list []ReportRefusal
	for key, n := range counts {
		list = append(list, ReportRefusal{Municipality: key[0], Reason: planner.Reason{Rule: key[1]}, Count: n})
	}
	slices.SortFunc(list, func(a, b ReportRefusal) int {
		return cmp.Or(cmp.Compare(a.Municipality, b.Municipality), cmp.Compare(a.Reason.Rule, b.Reason.Rule))
	})
	return list
}

// reportRisks counts what raises the risk of groups, worst first, without naming any.
func (e *estate) reportRisks() []ReportRisk {
	risks := map[string]*ReportRisk{}
	for _, g := range e.plan.Groups {
		counted := map[string]bool{}
		for _, reason := range g.Risk.Reasons {
			r := risks[reason.Rule]
			if r == nil {
				r = &ReportRisk{Reason: planner.Reason{Rule: reason.Rule}}
				risks[reason.Rule] = r
			}
			r.Likelihood, r.Impact = max(r.Likelihood, g.Risk.Likelihood), max(r.Impact, g.Risk.Impact)
			if !counted[reason.Rule] {
				r.Groups++
				counted[reason.Rule] = true
			}
		}
	}
	var list []ReportRisk
	for _, r := range risks {
		list = append(list, *r)
	}
	slices.SortFunc(list, func(a, b ReportRisk) int {
		return cmp.Or(cmp.Compare(b.Likelihood*b.Impact, a.Likelihood*a.Impact), cmp.Compare(b.Groups, a.Groups), cmp.Compare(a.Reason.Rule, b.Reason.Rule))
	})
	return list[:min(len(list), topRisks)]
}

func (e *estate) reportContracts() ReportContracts {
	var c ReportContracts
	suppliers := map[string]*SupplierShare{}
	var sum int64
	for _, x := range e.snapshot.Contracts {
		c.Total++
		switch {
		case !x.Until.Known():
			c.UnknownEnd++
		case x.Until < e.asOf:
			c.Expired++
		case x.Until <= e.asOf.AddDays(365):
			c.EndingIn12++
		}
		s := suppliers[x.Supplier]
		if s == nil {
			s = &SupplierShare{Supplier: x.Supplier}
			suppliers[x.Supplier] = s
		}
		s.Contracts++
		s.AnnualDKK += x.AnnualDKK
		sum += x.AnnualDKK
	}
	for _, s := range suppliers {
		if sum > 0 {
			s.Share = float64(s.AnnualDKK) / float64(sum)
		}
		c.TopSuppliers = append(c.TopSuppliers, *s)
	}
	slices.SortFunc(c.TopSuppliers, func(a, b SupplierShare) int {
		return cmp.Or(cmp.Compare(b.AnnualDKK, a.AnnualDKK), cmp.Compare(a.Supplier, b.Supplier))
	})
	c.TopSuppliers = c.TopSuppliers[:min(len(c.TopSuppliers), topSuppliers)]
	return c
}

// previousReport reads what the last frozen report of an earlier period said.
func (h *Hub) previousReport(ctx context.Context, period string) (*ReportPrevious, error) {
	reports, err := h.store.Reports(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range reports {
		if r.Period >= period {
			continue
		}
		var f ReportFacts
		if err := json.Unmarshal(r.Facts, &f); err != nil {
			return nil, fmt.Errorf("frozen report %s: %w", r.ID, err)
		}
		p := &ReportPrevious{Period: f.Period, CutOff: f.CutOff, LastWaveEnd: f.LastWaveEnd}
		for _, m := range f.Municipalities {
			p.Servers += m.Servers
			p.ServersMoved += m.ServersMoved
		}
		if f.Gap != nil {
			p.Headline = f.Gap.Overall.Headline
		}
		return p, nil
	}
	return nil, nil
}

// KeepReport stores a frozen report. The admin and the steering group may.
func (h *Hub) KeepReport(ctx context.Context, p Person, r store.Report) error {
	if p.Role != RoleAdmin && p.Role != RoleSteering {
		return fmt.Errorf("freezing a report as %s: %w", p.Role, ErrForbidden)
	}
	r.CreatedAt = h.now()
	if err := h.store.SaveReport(ctx, r); err != nil {
		return err
	}
	return h.record(ctx, p.Name, "report.freeze", r.ID, "sha256:"+r.Hash)
}

// Reports lists the frozen reports, newest first. Every member may read them.
func (h *Hub) Reports(ctx context.Context, p Person) ([]store.Report, error) {
	if _, _, err := h.ask(p); err != nil && !errors.Is(err, ErrNotReady) {
		return nil, err
	}
	return h.store.Reports(ctx)
}
