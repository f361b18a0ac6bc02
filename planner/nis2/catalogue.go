package nis2

import (
	"slices"

	"github.com/samdrift/samdrift/inventory"
)

// Catalogue is the list of controls with its scale, bands and articles. It is data: weights,
// targets and centre shares are the cooperation's own choices, not law. Read it with Load.
type Catalogue struct {
	ID        string         `yaml:"id" json:"id"`
	Version   string         `yaml:"version" json:"version"`
	Date      inventory.Date `yaml:"date" json:"date"`
	Languages []string       `yaml:"languages" json:"languages"`
	Basis     []Basis        `yaml:"basis" json:"basis"`
	Notices   []string       `yaml:"notices" json:"notices"`

	Scale      Scale               `yaml:"-" json:"scale"`
	Bands      map[string][]Step   `yaml:"-" json:"bands"`
	Automation Automation          `yaml:"-" json:"automation"`
	Confidence Confidence          `yaml:"-" json:"confidence"`
	Articles   []Article           `yaml:"-" json:"articles"` // the order of every result
	Datasets   map[string][]string `yaml:"-" json:"datasets"` // facts that rules need, by source
	Controls   []Control           `yaml:"-" json:"controls"` // the order of every result
}

// String names the catalogue as assessments carry it: id and version.
func (c *Catalogue) String() string { return c.ID + " " + c.Version }

// Control finds a control by id.
func (c *Catalogue) Control(id string) (*Control, bool) {
	i := slices.IndexFunc(c.Controls, func(k Control) bool { return k.ID == id })
	if i < 0 {
		return nil, false
	}
	return &c.Controls[i], true
}

// Article finds an article by id.
func (c *Catalogue) Article(id string) (*Article, bool) {
	i := slices.IndexFunc(c.Articles, func(a Article) bool { return a.ID == id })
	if i < 0 {
		return nil, false
	}
	return &c.Articles[i], true
}

// Text is a text in both languages.
type Text struct {
	EN string `yaml:"en" json:"en"`
	DA string `yaml:"da" json:"da"`
}

// In gives the text in a language; anything but "da" gives English.
func (t Text) In(language string) string {
	if language == "da" {
		return t.DA
	}
	return t.EN
}

// Basis is a law or standard that the catalogue refers to by number.
type Basis struct {
	Ref      string         `yaml:"ref" json:"ref"`
	Short    string         `yaml:"short" json:"short"`
	Articles []string       `yaml:"articles" json:"articles,omitempty"`
	InForce  inventory.Date `yaml:"in_force" json:"in_force,omitzero"`
}

// Scale is the levels that people answer with.
type Scale struct {
	Min    int          `yaml:"min" json:"min"`
	Max    int          `yaml:"max" json:"max"`
	Levels []ScaleLevel `yaml:"levels" json:"levels"`
	Note   string       `yaml:"note" json:"note,omitempty"`
}

// ScaleLevel is one level in words.
type ScaleLevel struct {
	Level int `yaml:"level" json:"level"`
	Text  `yaml:",inline"`
}

// Step is one step of a band: the level for values up to Max (or, for ages, up to MaxRatio times
// the rule's limit). The last step has neither and takes the rest.
type Step struct {
	Level    int      `yaml:"level" json:"level"`
	Max      *float64 `yaml:"max" json:"max,omitempty"`
	MaxRatio *float64 `yaml:"max_ratio" json:"max_ratio,omitempty"`
}

// Automation holds the limits of what data alone may decide (method 6.1 and 6.2).
type Automation struct {
	Full            string  `yaml:"full" json:"full"`
	Partial         string  `yaml:"partial" json:"partial"`
	None            string  `yaml:"none" json:"none"`
	AutoOnlyMax     int     `yaml:"auto_only_max" json:"auto_only_max"` // data prove practice, not a decided process
	ExceptionMax    int     `yaml:"exception_max" json:"exception_max"` // accepted exceptions cap the level
	MinCoverage     float64 `yaml:"min_coverage" json:"min_coverage"`   // share of members that must be known, 0-1
	EmptyPopulation string  `yaml:"empty_population" json:"empty_population"`
}

// Confidence holds how much each kind of evidence is worth, 0-1 (method 6.3).
type Confidence struct {
	Automatic            float64 `yaml:"automatic" json:"automatic"` // times the share of known members
	Reviewed             float64 `yaml:"reviewed" json:"reviewed"`
	DeclaredWithEvidence float64 `yaml:"declared_with_evidence" json:"declared_with_evidence"`
	Declared             float64 `yaml:"declared" json:"declared"`
	Overridden           float64 `yaml:"overridden" json:"overridden"`
	Missing              float64 `yaml:"missing" json:"missing"`
	ExpiredGraceDays     int     `yaml:"expired_grace_days" json:"expired_grace_days"`
}

// Article is one of the areas of the act. The weights of all articles sum to 100.
type Article struct {
	ID     string `yaml:"id" json:"id"`
	Ref    string `yaml:"ref" json:"ref"`       // in the directive
	DKRef  string `yaml:"dk_ref" json:"dk_ref"` // in the Danish act
	Title  Text   `yaml:",inline" json:"title"`
	Weight int    `yaml:"weight" json:"weight"`
}

// DeliveredBy tells who can do what a control asks for once servers and networks have moved.
type DeliveredBy string

// The deliverers.
const (
	ByMunicipality DeliveredBy = "municipality"
	ByCentre       DeliveredBy = "centre"
	ByBoth         DeliveredBy = "shared"
)

// Automated tells how much of a control a rule measures.
type Automated string

// The degrees of automation.
const (
	Full    Automated = "full"    // the rule's level is a ceiling for the declared level
	Partial Automated = "partial" // the rule's level plus one is a ceiling
	None    Automated = "none"    // people only
)

// Control is one thing that is asked of a municipality.
type Control struct {
	ID                 string      `yaml:"id" json:"id"`
	Article            string      `yaml:"article" json:"article"`
	ArticleRef         string      `yaml:"article_ref" json:"article_ref"`
	DKRef              string      `yaml:"dk_ref" json:"dk_ref"`
	Title              Text        `yaml:"title" json:"title"`
	Refs               Refs        `yaml:"refs" json:"refs"`
	DKAnchor           string      `yaml:"dk_anchor" json:"dk_anchor,omitempty"`
	Evidence           []string    `yaml:"evidence" json:"evidence"`
	EvidenceValidDays  int         `yaml:"evidence_valid_days" json:"evidence_valid_days"`
	Automation         Automated   `yaml:"automation" json:"automation"`
	Rule               *Rule       `yaml:"rule" json:"rule,omitempty"` // nil when Automation is None
	Weight             int         `yaml:"weight" json:"weight"`       // 1-5
	Target             int         `yaml:"target" json:"target"`       // level
	Key                bool        `yaml:"key" json:"key"`             // no mean may hide that it fails
	DeliveredBy        DeliveredBy `yaml:"delivered_by" json:"delivered_by"`
	CentreShare        float64     `yaml:"centre_share" json:"centre_share"` // share the centre can lift, 0-1
	Split              Split       `yaml:"split" json:"split"`
	ReassessOnTransfer bool        `yaml:"reassess_on_transfer" json:"reassess_on_transfer"`
	Note               string      `yaml:"note" json:"note,omitempty"`
}

// Refs are numbers in other frameworks; no text of theirs is copied.
type Refs struct {
	CIR        []string `yaml:"cir" json:"cir"`
	ISO        []string `yaml:"iso27001" json:"iso27001"`
	ISOClauses []string `yaml:"iso27001_clauses" json:"iso27001_clauses,omitempty"`
	CIS        []string `yaml:"cis" json:"cis"`
	CSF        []string `yaml:"csf" json:"csf"`
}

// Split tells what each side does. The duty stays with the municipality.
type Split struct {
	Municipality Text `yaml:"municipality" json:"municipality"`
	Centre       Text `yaml:"centre" json:"centre"`
}

// Rule describes, for people, what is measured. The function of the same control carries it out;
// Bands, LimitDays and FreshDays are what the formulas read.
type Rule struct {
	Source      string `yaml:"source" json:"source"`
	Population  string `yaml:"population" json:"population"`
	FailWhen    string `yaml:"fail_when" json:"fail_when"`
	UnknownWhen string `yaml:"unknown_when" json:"unknown_when,omitempty"`
	Measure     string `yaml:"measure" json:"measure"` // share_bad, count_bad or age_days
	Bands       string `yaml:"bands" json:"bands"`
	LimitDays   int    `yaml:"limit_days" json:"limit_days,omitzero"` // for age_days
	PassWhen    string `yaml:"pass_when" json:"pass_when"`            // derived from bands and target
	FreshDays   int    `yaml:"fresh_days" json:"fresh_days"`
}

// Level gives the level of a measured value: a share 0-1, a count, or an age in days, as the
// rule's Measure says. The first step that holds the value wins.
func (c *Catalogue) Level(r *Rule, value float64) int {
	for _, s := range c.Bands[r.Bands] {
		switch {
		case s.Max != nil && value <= *s.Max,
			s.MaxRatio != nil && value <= *s.MaxRatio*float64(r.LimitDays),
			s.Max == nil && s.MaxRatio == nil:
			return s.Level
		}
	}
	return 0
}
