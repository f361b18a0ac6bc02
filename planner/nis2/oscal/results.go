package oscal

import (
	"fmt"
	"strconv"
	"time"

	types "github.com/defenseunicorns/go-oscal/src/types/oscal-1-1-3"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

// Results is one municipality's assessment: what was declared and what was measured as observations, and
// for each control of which something is known a finding on whether its goal is reached. It names no
// machines, and people only where a text of evidence does.
func Results(cat *nis2.Catalogue, a nis2.Assessment, answers []nis2.Answer) Document {
	declared := map[string]*nis2.Answer{}
	for i := range answers {
		declared[answers[i].Control] = &answers[i]
	}
	var (
		observations     []types.Observation
		findings         []types.Finding
		inScope, outside []types.AssessedControlsSelectControlById
		unknown          int
	)
	for _, c := range a.Controls {
		selected := types.AssessedControlsSelectControlById{ControlId: id(c.ID)}
		if !c.Applicable {
			outside = append(outside, selected)
			continue
		}
		inScope = append(inScope, selected)
		seen := observed(a, c, declared[c.ID])
		observations = append(observations, seen...)
		if c.State == nis2.Unanswered || c.State == nis2.NotConfirmed || len(seen) == 0 {
			unknown++ // what nobody has confirmed is a claim, not an answer
			continue
		}
		findings = append(findings, finding(cat, a, c, seen))
	}
	plan := resource("how "+cat.String()+" is assessed", "Answers of people and data of the inventory, by the rules of the catalogue "+cat.String()+". There is no assessment plan in OSCAL.")
	at := a.AsOf.Time()
	return Document{types.OscalModels{AssessmentResults: &types.AssessmentResults{
		UUID:     uid("results", a.Municipality, a.AsOf.String(), cat.String()),
		Metadata: metadata("Fulfilment of NIS 2 goals, municipality "+a.Municipality, cat, a.AsOf, a.Notice),
		ImportAp: types.ImportAp{Href: "#" + plan.UUID},
		Results: []types.Result{{
			UUID: uid("result", a.Municipality, a.AsOf.String(), cat.String()), Title: "As of " + a.AsOf.String(), Start: at, End: &at,
			Description: fmt.Sprintf("Fulfilment of goals in municipality %s: %d controls in scope, of %d of which nothing is known or confirmed. These have no finding.", a.Municipality, len(inScope), unknown),
			Props: some(props("municipality", a.Municipality, "headline", share(a.Overall.Headline), "proven", share(a.Overall.Proven),
				"coverage", share(a.Overall.Coverage), "gap", share(a.Overall.Gap), "unknown-controls", strconv.Itoa(unknown))),
			ReviewedControls: types.ReviewedControls{ControlSelections: []types.AssessedControls{{
				Description: "Excluded is what a second person has found not to apply, for a time.", IncludeControls: some(inScope), ExcludeControls: some(outside),
			}}},
			Observations: some(observations), Findings: some(findings),
		}},
		BackMatter: &types.BackMatter{Resources: &[]types.Resource{plan}},
	}}}
}

// observed is what a control's level stands on: the answer that people gave, and what data show.
func observed(a nis2.Assessment, c nis2.ControlResult, answer *nis2.Answer) []types.Observation {
	var seen []types.Observation
	if answer != nil && c.Declared != nil {
		o := types.Observation{
			UUID: uid("declared", a.Municipality, a.AsOf.String(), c.ID), Collected: at(answer.AnsweredAt, a.AsOf), Methods: []string{"INTERVIEW"},
			Description: fmt.Sprintf("Declared level %d.", *c.Declared),
			Props:       some(props("reviewed", strconv.FormatBool(answer.ReviewedBy != ""), "confirmed", strconv.FormatBool(!answer.Unconfirmed))),
		}
		if answer.Evidence != "" {
			o.RelevantEvidence = &[]types.RelevantEvidence{{Description: answer.Evidence}}
		}
		if answer.EvidenceUntil.Known() {
			until := answer.EvidenceUntil.Time()
			o.Expires = &until
		}
		seen = append(seen, o)
	}
	if m := c.Members; m != nil {
		level := "no level: too little is known"
		if c.Automatic != nil {
			level = fmt.Sprintf("level %d", *c.Automatic)
		}
		seen = append(seen, types.Observation{
			UUID: uid("measured", a.Municipality, a.AsOf.String(), c.ID), Collected: at(m.DataFrom, a.AsOf), Methods: []string{"TEST"},
			Description: fmt.Sprintf("Measured from %s: %s. %d of %d known, %d failing, %d excepted.", m.Source, level, m.Known, m.Population, m.Failing, m.Excepted),
			Props: some(props("source", m.Source, "population", strconv.Itoa(m.Population), "known", strconv.Itoa(m.Known),
				"failing", strconv.Itoa(m.Failing), "excepted", strconv.Itoa(m.Excepted))),
		})
	}
	return seen
}

// at is when something was seen: on its own date, or at the assessment's when that is not known.
func at(seen, assessed inventory.Date) time.Time {
	if seen.Known() {
		return seen.Time()
	}
	return assessed.Time()
}

func finding(cat *nis2.Catalogue, a nis2.Assessment, c nis2.ControlResult, seen []types.Observation) types.Finding {
	title := c.ID
	if k, ok := cat.Control(c.ID); ok {
		title = k.Title.EN
	}
	status := types.ObjectiveStatus{State: "not-satisfied", Reason: "fail", Remarks: "The goal is not reached."}
	if c.Effective >= c.Target {
		status = types.ObjectiveStatus{State: "satisfied", Reason: "pass", Remarks: "The cooperation's own goal is reached. No statement about the law."}
	}
	related := make([]types.RelatedObservation, len(seen))
	for i, o := range seen {
		related[i] = types.RelatedObservation{ObservationUuid: o.UUID}
	}
	return types.Finding{
		UUID: uid("finding", a.Municipality, a.AsOf.String(), c.ID), Title: title, RelatedObservations: &related,
		Description: fmt.Sprintf("Level %d of a goal of %d.", c.Effective, c.Target),
		Target:      types.FindingTarget{Type: "objective-id", TargetId: objective(c.ID), Status: status},
		Props:       some(props("effective-level", strconv.Itoa(c.Effective), "target-level", strconv.Itoa(c.Target), "confidence", share(c.Confidence), "state", string(c.State))),
	}
}
