// Package oscal writes what samdrift knows of goals and their fulfilment in the form that NIST's OSCAL
// 1.1.3 lays down, for programs that exchange such documents: the catalogue, a municipality's assessment,
// and what a centre has taken on under an agreement.
//
// OSCAL has words of its own for outcomes ("satisfied"). Here they tell whether the cooperation's own goal
// is reached, and each document says that this is no statement about the law. Unknown is no finding at all.
//
// It is pure: the same input gives the same bytes, ids included.
package oscal

import (
	"encoding/json"
	"io"
	"strconv"
	"strings"

	types "github.com/defenseunicorns/go-oscal/src/types/oscal-1-1-3"
	"github.com/google/uuid"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

const (
	version   = "1.1.3" // of OSCAL
	namespace = "urn:samdrift:oscal"
	notice    = "Goals that a cooperation of municipalities has set itself in the areas of the Danish NIS 2 act, and how far they are reached. No statement about the law: the duty stays with the municipality."
)

// Document is one OSCAL document. It holds exactly one of OSCAL's models.
type Document struct{ model types.OscalModels }

// Write writes the document as JSON.
func (d Document) Write(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(d.model)
}

// Catalog is the catalogue with its articles as groups and its controls with what reaches their goals.
func Catalog(cat *nis2.Catalogue) Document {
	var groups []types.Group
	for _, a := range cat.Articles {
		var controls []types.Control
		for i := range cat.Controls {
			if cat.Controls[i].Article == a.ID {
				controls = append(controls, control(cat, &cat.Controls[i]))
			}
		}
		groups = append(groups, types.Group{
			ID: id(a.ID), Class: "article", Title: a.Title.EN, Controls: some(controls),
			Props: some(props("label", a.ID, "title-da", a.Title.DA, "directive", a.Ref, "danish-act", a.DKRef, "weight", strconv.Itoa(a.Weight))),
		})
	}
	return Document{types.OscalModels{Catalog: &types.Catalog{
		UUID: uid("catalog", cat.String()), Metadata: metadata("NIS 2 for Danish municipalities", cat, cat.Date, ""), Groups: &groups,
	}}}
}

func control(cat *nis2.Catalogue, k *nis2.Control) types.Control {
	described := props("label", k.ID, "title-da", k.Title.DA, "directive", k.ArticleRef, "danish-act", k.DKRef,
		"weight", strconv.Itoa(k.Weight), "target-level", strconv.Itoa(k.Target), "key", strconv.FormatBool(k.Key),
		"delivered-by", string(k.DeliveredBy), "centre-share", share(k.CentreShare))
	for _, refs := range []struct {
		name    string
		numbers []string
	}{{"cir-2024-2690", k.Refs.CIR}, {"iso-27001", k.Refs.ISO}, {"iso-27001-clause", k.Refs.ISOClauses}, {"cis-8.1", k.Refs.CIS}, {"csf-2.0", k.Refs.CSF}} {
		for _, number := range refs.numbers {
			described = append(described, props(refs.name, number)...)
		}
	}
	goal := "Level " + strconv.Itoa(k.Target) + " of " + strconv.Itoa(cat.Scale.Max) + " is reached"
	for _, l := range cat.Scale.Levels {
		if l.Level == k.Target {
			goal += ": " + l.EN
		}
	}
	return types.Control{ID: id(k.ID), Class: "control", Title: k.Title.EN, Props: &described, Parts: &[]types.Part{
		{ID: id(k.ID) + "_smt", Name: "statement", Prose: k.Title.EN + "."},
		{ID: objective(k.ID), Name: "assessment-objective", Prose: goal + "."},
	}}
}

// Component is the centre of an agreement as a component, with the controls that it carries or shares, the
// level that it has committed itself to where the agreement names one, and what stays with the
// municipality. The names are those of the centre and of the municipality.
func Component(cat *nis2.Catalogue, a inventory.Agreement, centre, municipality string) Document {
	var carried []types.ImplementedRequirementControlImplementation
	for _, k := range cat.Controls {
		if k.DeliveredBy == nis2.ByMunicipality {
			continue
		}
		described := props("delivered-by", string(k.DeliveredBy), "centre-share", share(k.CentreShare), "target-level", strconv.Itoa(k.Target))
		if level, ok := a.CommittedLevels[k.ID]; ok {
			described = append(described, props("committed-level", strconv.Itoa(level))...)
		}
		carried = append(carried, types.ImplementedRequirementControlImplementation{
			UUID: uid("requirement", a.ID, cat.String(), k.ID), ControlId: id(k.ID), Props: &described,
			Description: "The centre: " + k.Split.Centre.EN, Remarks: "The municipality: " + k.Split.Municipality.EN,
		})
	}
	source := resource("catalog of "+cat.String(), "The catalogue "+cat.String()+" that the controls belong to, as its OSCAL catalog holds it.")
	return Document{types.OscalModels{ComponentDefinition: &types.ComponentDefinition{
		UUID:     uid("component-definition", a.ID, cat.String()),
		Metadata: metadata("Operation by "+centre+" for "+municipality, cat, cat.Date, ""),
		Components: &[]types.DefinedComponent{{
			UUID: uid("component", a.ID), Type: "service", Title: centre,
			Description: "Operation of servers and network by " + centre + " for " + municipality + " under agreement " + a.ID + " (" + string(a.State) + ").",
			ControlImplementations: &[]types.ControlImplementationSet{{
				UUID: uid("implementations", a.ID, cat.String()), Source: "#" + source.UUID, ImplementedRequirements: carried,
				Description: "What the centre carries or shares. A control without a committed level is one that the agreement says nothing of.",
			}},
		}},
		BackMatter: &types.BackMatter{Resources: &[]types.Resource{source}},
	}}}
}

func metadata(title string, cat *nis2.Catalogue, at inventory.Date, more string) types.Metadata {
	return types.Metadata{Title: title, Version: cat.Version, OscalVersion: version, LastModified: at.Time(),
		Remarks: strings.TrimSpace(notice + " " + more), Props: some(props("catalogue", cat.String()))}
}

func resource(title, description string) types.Resource {
	return types.Resource{UUID: uid("resource", title), Title: title, Description: description}
}

// id is a control's or article's id as OSCAL's tokens allow: they begin with a letter.
func id(id string) string { return "nis2-" + id }

func objective(control string) string { return id(control) + "_obj" }

// uid is a UUID that is the same for the same thing, so that two exports can be compared.
func uid(parts ...string) string {
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte(namespace+":"+strings.Join(parts, ":"))).String()
}

// props are properties of ours by name and value in turn. Values are one line; what is empty is left out.
func props(pairs ...string) []types.Property {
	var all []types.Property
	for i := 0; i+1 < len(pairs); i += 2 {
		if value := strings.Join(strings.Fields(pairs[i+1]), " "); value != "" {
			all = append(all, types.Property{Name: pairs[i], Ns: namespace, Value: value})
		}
	}
	return all
}

func share(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// some is a list as OSCAL's types want it: absent when it is empty.
func some[T any](list []T) *[]T {
	if len(list) == 0 {
		return nil
	}
	return &list
}
