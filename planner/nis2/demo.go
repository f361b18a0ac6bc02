package nis2

import (
	"hash/fnv"
	"math/rand/v2"

	"github.com/samdrift/samdrift/inventory"
)

// Roles that answer, approve and own in the demo. They are roles, never persons.
const (
	demoAnswerer = "Informationssikkerhedskoordinator"
	demoReviewer = "Digitaliseringschef"
	demoLead     = "Direktør"
)

var demoOwners = []string{"It-chef", "Sekretariatschef", "Økonomichef", "Beredskabsleder", "Personalechef"}

// DemoAnswers invents answers for municipalities: DEMODATA ONLY. They say nothing about any real
// municipality, and whoever shows them must say so. Each cell is drawn from the seed, the
// municipality and the control alone, so that the same arguments give the same answers and another
// municipality more changes none of them.
//
// The mix is that of real life: some controls are unanswered, some evidence has expired, some
// answers claim more than any data will show, a few controls are declared not applicable by two
// persons, and now and then a second person has set the data aside.
func DemoAnswers(cat *Catalogue, municipalities []string, seed uint64, asOf inventory.Date) []Answer {
	answers := []Answer{}
	for _, code := range municipalities {
		habits := demoDraw(seed, code, "")
		ripeness := 1.6 + 1.9*habits.Float64()   // mean level of the municipality
		diligence := 0.75 + 0.2*habits.Float64() // share of controls it has answered
		for i := range cat.Controls {
			k := &cat.Controls[i]
			if a, ok := demoAnswer(k, code, demoDraw(seed, code, k.ID), ripeness, diligence, asOf); ok {
				answers = append(answers, a)
			}
		}
	}
	return answers
}

// demoDraw gives the numbers of one cell.
func demoDraw(seed uint64, code, control string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(code + "\x00" + control)) // a hash never refuses a write
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// demoAnswer invents one answer, or none.
func demoAnswer(k *Control, code string, r *rand.Rand, ripeness, diligence float64, asOf inventory.Date) (Answer, bool) {
	if r.Float64() > diligence {
		return Answer{}, false
	}
	level := int(ripeness + 1.1*r.NormFloat64() + 0.5)
	a := Answer{
		Municipality: code, Control: k.ID, Level: max(0, min(5, level)),
		Owner: demoOwners[r.IntN(len(demoOwners))], AnsweredBy: demoAnswerer, AnsweredAt: asOf.AddDays(-20 - r.IntN(280)),
	}
	if k.Automation == Full && r.Float64() < 0.35 {
		a.Level = 4 // people often believe that what is technical is in order
	}
	if a.Level >= 2 && r.Float64() < 0.75 {
		a.Evidence = "Demodata: dokumentation til " + k.ID
		a.EvidenceUntil = asOf.AddDays(20 + r.IntN(300))
		if r.Float64() < 0.15 {
			a.EvidenceUntil = asOf.AddDays(-1 - r.IntN(120))
		}
		if r.Float64() < 0.55 {
			a.ReviewedBy = demoReviewer
		}
	}
	switch dice := r.Float64(); {
	case dice < 0.03 && !k.Key:
		a.Level, a.Evidence, a.EvidenceUntil, a.ReviewedBy = 0, "", 0, ""
		a.NotApplicable = &NotApplicable{
			Reason: "Demodata: opgaven løses ikke i kommunen", ApprovedBy: demoLead, Until: asOf.AddDays(60 + r.IntN(300)),
		}
	case dice > 0.97 && k.Automation == Full && a.Level >= 3:
		a.Override = &Override{
			Reason: "Demodata: udskiftning er bestilt, data er ikke retvisende", By: demoLead, Until: asOf.AddDays(30 + r.IntN(90)),
		}
	}
	return a, true
}
