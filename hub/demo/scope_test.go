package demo_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/hub/demo"
	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

// secrets lists, per municipality, texts that only those with its detail may ever be shown: ids and
// names of its assets and the ids of its systems.
func secrets(s *inventory.Snapshot) map[string][]string {
	found := map[string][]string{}
	for _, a := range s.Assets {
		found[a.Municipality] = append(found[a.Municipality], a.ID)
		if len(a.Name) > 5 {
			found[a.Municipality] = append(found[a.Municipality], `"`+a.Name+`"`)
		}
	}
	for _, x := range s.Systems {
		found[x.Municipality] = append(found[x.Municipality], `"`+x.ID+`"`)
	}
	return found
}

// Everything that each role can get out of the hub holds nothing of municipalities outside its scope.
func TestNothingLeavesTheScope(t *testing.T) {
	d := collected(t)
	ctx := t.Context()
	estate, err := d.Hub.Export(ctx, demo.People()[3])
	if err != nil {
		t.Fatal(err)
	}
	hidden := secrets(estate)
	for _, p := range append(demo.People()[:3], hub.Person{}, hub.Person{Name: "x", Role: "auditor"},
		hub.Person{Name: "x", Role: hub.RoleMunicipality}, hub.Person{Name: "x", Role: hub.RoleMunicipality, Organisation: "999"},
		hub.Person{Name: "x", Role: hub.RoleCentre, Organisation: "nowhere"}) {
		t.Run(string(p.Role)+" "+p.Organisation, func(t *testing.T) {
			allowed := map[string]bool{}
			switch {
			case p.Role == hub.RoleMunicipality && p.Organisation == "479":
				allowed["479"] = true
			case p.Role == hub.RoleCentre && p.Organisation == "kit-fyn":
				allowed["461"] = true
				for _, a := range estate.Agreements {
					allowed[a.Customer] = allowed[a.Customer] || a.Decided()
				}
			}
			text := everything(t, d.Hub, p, estate)
			for code, texts := range hidden {
				if allowed[code] {
					continue
				}
				for _, secret := range texts {
					if strings.Contains(text, secret) {
						t.Fatalf("%s of municipality %s reached a person outside its scope", secret, code)
					}
				}
			}
			if p.Name == "" && text != "" {
				t.Errorf("an unknown person got: %.200s", text)
			}
		})
	}
}

// everything asks the hub all that can be asked, also for things out of scope, and gives the answers as text.
func everything(t *testing.T, h *hub.Hub, p hub.Person, estate *inventory.Snapshot) string {
	t.Helper()
	var b strings.Builder
	take := func(v any, err error) {
		if err != nil {
			if !errors.Is(err, hub.ErrForbidden) && !errors.Is(err, hub.ErrNotFound) {
				t.Errorf("want forbidden or not found, got %v", err)
			}
			return
		}
		if err := json.NewEncoder(&b).Encode(v); err != nil {
			t.Fatal(err)
		}
	}
	ctx := t.Context()
	ask := func(v any, err error) { take(v, err) }
	ask(h.Overview(ctx, p))
	ask(h.Plan(ctx, p))
	ask(h.Names(ctx, p))
	ask(h.Gap(ctx, p))
	ask(h.ReportFacts(ctx, p))
	ask(h.Reports(ctx, p))
	ask(h.Assets(ctx, p, hub.AssetQuery{PerPage: 500}))
	alerts, _, err := h.Alerts(ctx, p)
	ask(alerts, err)
	collections, _, err := h.Collections(ctx, p)
	ask(collections, err)
	systems, _, err := h.Systems(ctx, p, "")
	ask(systems, err)
	duplicates, _, err := h.Duplicates(ctx, p)
	ask(duplicates, err)
	decisions, _, err := h.Decisions(ctx, p)
	ask(decisions, err)
	now := time.Now()
	differences, _, err := h.Differences(ctx, p, now.Add(-time.Hour), now.Add(time.Hour), "")
	ask(differences, err)
	for _, m := range estate.Municipalities {
		ask(h.Municipality(ctx, p, m.Code))
		ask(h.Assets(ctx, p, hub.AssetQuery{Municipality: m.Code, PerPage: 500}))
		systems, _, err := h.Systems(ctx, p, m.Code)
		ask(systems, err)
		gap, _, err := h.GapOf(ctx, p, m.Code)
		ask(gap, err)
		for i, a := range estate.Assets {
			if a.Municipality == m.Code && i%50 == 0 {
				ask(h.Asset(ctx, p, a.ID))
				history, _, err := h.History(ctx, p, a.ID, 100)
				ask(history, err)
				ask(h.AssetSeries(ctx, p, a.ID, now.Add(-time.Minute), now))
			}
		}
	}
	var ids []string
	for _, a := range estate.Assets {
		ids = append(ids, a.ID)
	}
	ask(h.Sparklines(ctx, p, ids))
	if p.Role != hub.RoleCentre {
		_, err := h.RenderTerraform(ctx, p)
		if err == nil {
			t.Errorf("%s may render moves", p.Role)
		}
	}
	if _, err := h.Export(ctx, p); err == nil {
		t.Errorf("%s may export the whole estate", p.Role)
	}
	return b.String()
}

// The steering group's gap figures stand for at least three municipalities, and no sum or difference
// of any set of them gives one municipality's own figure.
func TestNoGapFigureCanBeSolvedForOneMunicipality(t *testing.T) {
	d := collected(t)
	admin, steering := demo.People()[3], demo.People()[2]
	all, err := d.Hub.Gap(t.Context(), admin)
	if err != nil {
		t.Fatal(err)
	}
	v, err := d.Hub.Gap(t.Context(), steering)
	if err != nil {
		t.Fatal(err)
	}
	if len(v.Own) != 0 || v.Joint == nil || v.Joint.N < 3 {
		t.Fatalf("steering sees %d single results and the joint figure %+v", len(v.Own), v.Joint)
	}
	// Every figure that steering gets about one quantity, over all answers that carry it.
	o, err := d.Hub.Overview(t.Context(), steering)
	if err != nil {
		t.Fatal(err)
	}
	f, err := d.Hub.ReportFacts(t.Context(), steering)
	if err != nil {
		t.Fatal(err)
	}
	quantities := map[string][]float64{}
	single := map[string][]float64{}
	add := func(into map[string][]float64, key string, s nis2.Scores) {
		into[key+" H"] = append(into[key+" H"], s.Headline)
		into[key+" P"] = append(into[key+" P"], s.Proven)
		into[key+" V"] = append(into[key+" V"], s.Coverage)
	}
	for _, j := range []*hub.JointGap{v.Joint, o.Gap, f.Gap} {
		add(quantities, "all", j.Overall)
		for _, a := range j.Articles {
			add(quantities, a.ID, a.Scores)
		}
	}
	for _, a := range all.Own {
		add(single, "all", a.Overall)
		for _, x := range a.Articles {
			add(single, x.ID, x.Scores)
		}
	}
	n := float64(v.Joint.N)
	for key, figures := range quantities {
		slices.Sort(figures)
		figures = slices.Compact(figures)
		// One distinct mean over one fixed set of municipalities can be solved for nobody; a second
		// distinct figure of the same quantity could be a mean over all but one.
		if len(figures) > 1 {
			t.Errorf("%s: steering gets %d different figures %v of one quantity", key, len(figures), figures)
		}
		for i, x := range figures {
			for _, y := range figures[i+1:] {
				for _, own := range single[key] {
					if solved := n*x - (n-1)*y; solved == own {
						t.Errorf("%s: %v can be solved from %v and %v", key, own, x, y)
					}
				}
			}
		}
	}
	for _, m := range f.Municipalities {
		if !m.SecurityShared && m.SecurityLight != "" {
			t.Errorf("%s has not released its security light, and the report shows %q", m.Name, m.SecurityLight)
		}
	}
}
