package web

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/evaluate"
)

// riskPage is how likely the moves are to go wrong, whom that would hit, and what they do to security.
type riskPage struct {
	frame
	E        evaluate.Evaluation
	Matrix   []matrixRow // impact 5 first
	Waves    []waveRiskRow
	Groups   []groupRiskRow
	Security []securityRow
	Hidden   int // groups beyond those listed
	Sure     *planner.Confidence
	Assumed  []string // that the chance rests on
}

type matrixRow struct {
	Impact int
	Cells  []matrixCell // likelihood 1 to 5
}

type matrixCell struct {
	Groups int
	Class  string
}

type waveRiskRow struct {
	evaluate.WaveRisk
	Name string
}

type groupRiskRow struct {
	evaluate.GroupRisk
	Name, Whose string
	Why         []string
}

// securityRow is what a wave closes and opens, in levels summed over the controls.
type securityRow struct {
	Name           string
	Closed, Opened float64
}

// mostRisks is how many groups the page lists, worst first; each group's own page has the rest.
const mostRisks = 20

// runs of the plan with delays: enough for a chance in whole percent, few enough for a page.
const runs = 200

func (s *server) risk(w http.ResponseWriter, r *http.Request) {
	p, _ := hub.PersonFrom(r.Context())
	plan, err := s.hub.Plan(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v, err := s.hub.Evaluation(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	page := riskPage{frame: s.planFrame(r, "nav.risk", plan, crumb{language(r).T("nav.plan"), "/plan"}), E: v.Evaluation}
	waves, err := s.hub.Waves(r.Context(), p, runs)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	page.Sure, page.Assumed = waves.Confidence, page.reasons(waves.Assumed)
	page.Matrix = matrixOf(v.Evaluation.Risk.Matrix)
	for _, x := range v.Evaluation.Risk.Waves {
		page.Waves = append(page.Waves, waveRiskRow{x, page.nameOf(x.Wave)})
	}
	slices.SortStableFunc(page.Waves, func(a, b waveRiskRow) int { return cmp.Compare(b.P.Likely, a.P.Likely) })
	whose := map[string]string{}
	for _, g := range plan.Plan.Groups {
		whose[g.ID] = page.nameOf(g.Municipality)
	}
	groups := slices.Clone(v.Evaluation.Risk.Groups)
	slices.SortStableFunc(groups, func(a, b evaluate.GroupRisk) int {
		return cmp.Or(cmp.Compare(b.Likelihood*b.Impact, a.Likelihood*a.Impact), cmp.Compare(b.P.Likely, a.P.Likely))
	})
	page.Hidden = max(0, len(groups)-mostRisks)
	for _, g := range groups[:len(groups)-page.Hidden] {
		page.Groups = append(page.Groups, groupRiskRow{g, page.nameOf(g.Group), whose[g.Group], page.factors(g)})
	}
	for _, x := range v.Evaluation.Security.Waves {
		page.Security = append(page.Security, securityRow{page.nameOf(x.Wave), x.Closed, x.Opened})
	}
	s.render(w, r, http.StatusOK, "planrisk", page)
}

// mostFactors is how many factors of a group are told here.
const mostFactors = 3

// factors tells what makes a group risky, what adds most first.
func (f frame) factors(g evaluate.GroupRisk) []string {
	list := slices.Clone(g.Factors)
	slices.SortStableFunc(list, func(a, b evaluate.FactorValue) int { return cmp.Compare(b.Adds, a.Adds) })
	var words []string
	for _, x := range list {
		if x.Adds > 0 && len(words) < mostFactors {
			words = append(words, f.locale.Reason(x.Reason, f.Names))
		}
	}
	return words
}

// matrixOf turns counts by likelihood and impact into rows with a colour and, for those who see none,
// the same told by place.
func matrixOf(counts [5][5]int) []matrixRow {
	var rows []matrixRow
	for impact := 5; impact >= 1; impact-- {
		row := matrixRow{Impact: impact}
		for likelihood := 1; likelihood <= 5; likelihood++ {
			class := "risk-low"
			switch score := likelihood * impact; {
			case score >= 15:
				class = "risk-high"
			case score >= 6:
				class = "risk-middle"
			}
			row.Cells = append(row.Cells, matrixCell{counts[likelihood-1][impact-1], class})
		}
		rows = append(rows, row)
	}
	return rows
}
