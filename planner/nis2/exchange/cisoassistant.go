package exchange

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/samdrift/samdrift/planner/nis2"
)

// library is a CISO Assistant library with one framework, as that program imports it from YAML.
type library struct {
	URN          string                 `yaml:"urn"`
	Locale       string                 `yaml:"locale"`
	RefID        string                 `yaml:"ref_id"`
	Name         string                 `yaml:"name"`
	Description  string                 `yaml:"description"`
	Copyright    string                 `yaml:"copyright"`
	Version      int                    `yaml:"version"`
	Published    string                 `yaml:"publication_date"`
	Provider     string                 `yaml:"provider"`
	Packager     string                 `yaml:"packager"`
	Translations map[string]translation `yaml:"translations,omitempty"`
	Objects      struct {
		Framework framework `yaml:"framework"`
	} `yaml:"objects"`
}

type translation struct {
	Name        string `yaml:"name,omitempty"`
	Description string `yaml:"description,omitempty"`
}

type framework struct {
	URN         string        `yaml:"urn"`
	RefID       string        `yaml:"ref_id"`
	Name        string        `yaml:"name"`
	Description string        `yaml:"description"`
	MinScore    int           `yaml:"min_score"`
	MaxScore    int           `yaml:"max_score"`
	Scores      []scoreLevel  `yaml:"scores_definition"`
	Nodes       []requirement `yaml:"requirement_nodes"`
}

type scoreLevel struct {
	Score        int                    `yaml:"score"`
	Name         string                 `yaml:"name"`
	Translations map[string]translation `yaml:"translations,omitempty"`
}

type requirement struct {
	URN          string                 `yaml:"urn"`
	Assessable   bool                   `yaml:"assessable"`
	Depth        int                    `yaml:"depth"`
	Parent       string                 `yaml:"parent_urn,omitempty"`
	RefID        string                 `yaml:"ref_id"`
	Name         string                 `yaml:"name"`
	Description  string                 `yaml:"description,omitempty"`
	Weight       int                    `yaml:"weight,omitempty"`
	Translations map[string]translation `yaml:"translations,omitempty"`
}

// WriteCISOLibrary writes the catalogue as a library that CISO Assistant imports, so that a municipality
// can go on working there: articles as headings, controls as assessable requirements scored 0-5 with
// their weights, in English with Danish beside it.
func WriteCISOLibrary(w io.Writer, cat *nis2.Catalogue) error {
	slug := strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(cat.ID), "-"), "-")
	urn := func(kind, id string) string { return "urn:samdrift:risk:" + kind + ":" + slug + id }
	l := library{
		URN: urn("library", ""), Locale: "en", RefID: cat.ID, Name: "NIS2 for Danish municipalities (" + cat.String() + ")",
		Description: "Goals that a cooperation of municipalities has set itself in the areas of the NIS 2 act. Fulfilment of goals; no statement about the law.",
		Copyright:   "samdrift contributors, MPL-2.0. References to standards are numbers only.",
		Version:     1, Published: cat.Date.String(), Provider: "samdrift", Packager: "samdrift",
		Translations: map[string]translation{"da": {Name: "NIS 2 for danske kommuner (" + cat.String() + ")", Description: "Mål, som et samarbejde mellem kommuner har sat sig på NIS 2-lovens områder. Opfyldelse af mål; intet udsagn om loven."}},
	}
	f := framework{URN: urn("framework", ""), RefID: cat.ID, Name: l.Name, Description: l.Description, MinScore: cat.Scale.Min, MaxScore: cat.Scale.Max}
	for _, level := range cat.Scale.Levels {
		f.Scores = append(f.Scores, scoreLevel{level.Level, level.EN, map[string]translation{"da": {Name: level.DA}}})
	}
	for _, a := range cat.Articles {
		parent := urn("req_node", ":"+strings.ToLower(a.ID))
		f.Nodes = append(f.Nodes, requirement{URN: parent, Depth: 1, RefID: a.ID, Name: a.Title.EN, Description: a.Ref, Translations: map[string]translation{"da": {Name: a.Title.DA, Description: a.DKRef}}})
		for _, k := range cat.Controls {
			if k.Article != a.ID {
				continue
			}
			f.Nodes = append(f.Nodes, requirement{
				URN: urn("req_node", ":"+strings.ToLower(k.ID)), Assessable: true, Depth: 2, Parent: parent, RefID: k.ID, Name: k.Title.EN,
				Description: fmt.Sprintf("Target: level %d. %s", k.Target, k.ArticleRef), Weight: k.Weight,
				Translations: map[string]translation{"da": {Name: k.Title.DA, Description: fmt.Sprintf("Mål: niveau %d. %s", k.Target, k.DKRef)}},
			})
		}
	}
	l.Objects.Framework = f
	e := yaml.NewEncoder(w)
	e.SetIndent(2)
	return errors.Join(e.Encode(l), e.Close())
}

// The columns of a CISO Assistant audit that are read and written.
const (
	cisoRef         = "ref_id"
	cisoResult      = "compliance_result"
	cisoProgress    = "requirement_progress"
	cisoScore       = "score"
	cisoObservation = "observation"
)

// WriteCISOAudit writes answers as the rows that CISO Assistant's audit import reads. The result says
// whether the cooperation's goal is reached, in that program's words.
func WriteCISOAudit(w io.Writer, cat *nis2.Catalogue, s Sheet) error {
	rows := [][]string{{cisoRef, cisoResult, cisoProgress, cisoScore, cisoObservation}}
	answers := byControl(s)
	for i := range cat.Controls {
		k := &cat.Controls[i]
		a := answers[k.ID]
		switch {
		case a == nil:
			rows = append(rows, []string{k.ID, "not_assessed", "to_do", "", ""})
		case a.NotApplicable != nil:
			rows = append(rows, []string{k.ID, "not_applicable", "done", "", a.NotApplicable.Reason})
		default:
			result := "partially_compliant"
			if a.Level >= k.Target {
				result = "compliant"
			} else if a.Level == 0 {
				result = "non_compliant"
			}
			progress := "in_review"
			if a.ReviewedBy != "" {
				progress = "done"
			}
			rows = append(rows, []string{k.ID, result, progress, strconv.Itoa(a.Level), a.Evidence})
		}
	}
	return writeRows(w, "audit", rows)
}

// ReadCISOAudit reads an audit workbook of CISO Assistant into proposals: levels from the scores, the
// observation as evidence. What is marked not applicable is named and not taken over, since that needs a
// reason, a second person and an end date here.
func ReadCISOAudit(r io.Reader, cat *nis2.Catalogue, municipality string) (proposals []nis2.Answer, notes []string, err error) {
	rows, err := readRows(r)
	if err != nil {
		return nil, nil, err
	}
	at, body, err := heading(rows, cisoRef, cisoScore)
	if err != nil {
		return nil, nil, err
	}
	var faults []error
	for i, row := range body {
		cell := func(name string) string { return cellOf(row, at, name) }
		id := cell(cisoRef)
		k, ok := cat.Control(id)
		switch {
		case id == "":
		case !ok:
			notes = append(notes, fmt.Sprintf("%s: no such control in %s, left out", id, cat))
		case cell(cisoResult) == "not_applicable":
			notes = append(notes, id+": marked not applicable there; decide it here with a reason, a second person and an end date")
		case cell(cisoScore) == "":
		default:
			a := nis2.Answer{Municipality: municipality, Control: k.ID, Evidence: cell(cisoObservation), Unconfirmed: true}
			if err := readLevel(&a, cell(cisoScore)); err != nil {
				faults = append(faults, fmt.Errorf("row %d (%s): %w", i+2, id, err))
				continue
			}
			proposals = append(proposals, a)
		}
	}
	return proposals, notes, errors.Join(faults...)
}
