package hub

import (
	"context"
	"fmt"

	"github.com/samdrift/samdrift/planner/nis2/oscal"
)

// The OSCAL documents that can be had of a municipality.
const (
	OSCALCatalog   = "catalog"              // the catalogue itself
	OSCALResults   = "assessment-results"   // its assessment
	OSCALComponent = "component-definition" // what the centre of its agreement carries
)

// OSCALDocuments lists them.
var OSCALDocuments = []string{OSCALCatalog, OSCALResults, OSCALComponent}

// OSCAL gives one of the OSCAL documents, to be written to a file. Who may export a municipality's answers
// may have them.
func (h *Hub) OSCAL(ctx context.Context, p Person, municipality, document string) (oscal.Document, error) {
	e, _, err := h.ask(p)
	if err != nil {
		return oscal.Document{}, err
	}
	sheet, err := h.ExportAnswers(ctx, p, municipality)
	if err != nil {
		return oscal.Document{}, err
	}
	switch document {
	case OSCALCatalog:
		return oscal.Catalog(h.Catalogue()), nil
	case OSCALResults:
		a := e.gap(municipality)
		if a == nil {
			return oscal.Document{}, fmt.Errorf("gap analysis of %q: %w", municipality, ErrNotFound)
		}
		return oscal.Results(h.Catalogue(), *a, sheet.Answers), nil
	case OSCALComponent:
		a, ok := e.snapshot.AgreementOf(municipality)
		if !ok {
			return oscal.Document{}, fmt.Errorf("what a centre carries for %s: it has no agreement with any: %w", municipality, ErrNotFound)
		}
		centre, customer := a.Centre, municipality
		if c, ok := e.snapshot.Centre(a.Centre); ok {
			centre = c.Name
		}
		if m, ok := e.snapshot.Municipality(municipality); ok {
			customer = m.Name
		}
		return oscal.Component(h.Catalogue(), *a, centre, customer), nil
	}
	return oscal.Document{}, fmt.Errorf("OSCAL document %q: %w", document, ErrNotFound)
}
