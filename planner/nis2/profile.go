package nis2

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// The profiles: whose duty is looked at.
const (
	ProfileMunicipality = "municipality" // § 6 of the act, by article
	ProfileCentre       = "centre"       // the annex of 2024/2690, by its 13 sections
)

// Profiles lists every profile.
var Profiles = []string{ProfileMunicipality, ProfileCentre}

// sections names the 13 sections of the annex to 2024/2690 in our own words.
var sections = []Text{
	{"Security policy", "Sikkerhedspolitik"},
	{"Risk management", "Risikostyring"},
	{"Incident handling", "Håndtering af hændelser"},
	{"Continuity and crisis", "Driftskontinuitet og krise"},
	{"Supply chain", "Forsyningskæde"},
	{"Acquisition, development and maintenance", "Anskaffelse, udvikling og vedligeholdelse"},
	{"Effectiveness", "Effektivitet"},
	{"Hygiene and training", "Cyberhygiejne og uddannelse"},
	{"Cryptography", "Kryptografi"},
	{"Human resources", "Personale"},
	{"Access", "Adgang"},
	{"Assets", "Aktiver"},
	{"Physical security", "Fysisk sikkerhed"},
}

// Profile gives the catalogue as one profile sees it. The municipality's is the catalogue itself. The
// centre's holds the controls that a centre takes part in, by the section of 2024/2690 that each
// refers to first, and a section weighs what its controls weigh. A control without such a reference
// is no duty of a centre and is left out.
func (c *Catalogue) Profile(name string) *Catalogue {
	if name != ProfileCentre {
		return c
	}
	out := *c
	out.ID += "-" + ProfileCentre
	out.Articles, out.Controls = nil, nil
	weights := map[int]float64{}
	omega, whole := c.points(), 0.0
	for _, k := range c.Controls {
		n := k.section()
		if n == 0 || k.DeliveredBy == ByMunicipality {
			continue
		}
		weights[n] += omega[k.ID]
		whole += omega[k.ID]
		k.Article, k.ArticleRef = strconv.Itoa(n), "2024/2690 "+k.Refs.CIR[0]
		out.Controls = append(out.Controls, k)
	}
	slices.SortStableFunc(out.Controls, func(a, b Control) int {
		return cmp.Compare(a.section(), b.section())
	})
	rest := 100
	for i, title := range sections {
		n := i + 1
		if weights[n] == 0 {
			continue
		}
		w := int(100*weights[n]/whole + 0.5)
		rest -= w
		out.Articles = append(out.Articles, Article{ID: strconv.Itoa(n), Ref: "2024/2690 " + strconv.Itoa(n), Title: title, Weight: w})
	}
	// Rounding may leave a point over or short: the heaviest section takes it.
	heaviest := 0
	for i, a := range out.Articles {
		if a.Weight > out.Articles[heaviest].Weight {
			heaviest = i
		}
	}
	if len(out.Articles) > 0 {
		out.Articles[heaviest].Weight += rest
	}
	return &out
}

// section is the section of 2024/2690 that a control refers to first, 1-13; 0 without one.
func (k *Control) section() int {
	if len(k.Refs.CIR) == 0 {
		return 0
	}
	first, _, _ := strings.Cut(k.Refs.CIR[0], ".")
	n, err := strconv.Atoi(first)
	if err != nil || n < 1 || n > len(sections) {
		return 0
	}
	return n
}

// Under gives the same results as a profile sees them: its controls alone, by its articles and weights.
func (a Assessment) Under(profile *Catalogue) Assessment {
	of := map[string]ControlResult{}
	for _, r := range a.Controls {
		of[r.ID] = r
	}
	a.Catalogue, a.Controls, a.Articles, a.KeyFailed = profile.String(), nil, nil, nil
	for _, k := range profile.Controls {
		if r, ok := of[k.ID]; ok {
			r.Article = k.Article
			a.Controls = append(a.Controls, r)
		}
	}
	profile.score(&a)
	return a
}
