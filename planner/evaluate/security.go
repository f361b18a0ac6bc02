package evaluate

import (
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/nis2"
)

// Security is what each wave closes and opens of the municipality's NIS2 gap.
type Security struct {
	Waves   []nis2.WaveLever `json:"waves"`   // by municipality, in the order in which they happen
	Unknown []string         `json:"unknown"` // municipalities that move and have no assessment
	Basis   Basis            `json:"basis"`
}

// security spreads each municipality's move over its waves by their servers.
func (x *estate) security() Security {
	s := Security{Waves: []nis2.WaveLever{}, Unknown: []string{}, Basis: Basis{Kind: FromInventory, Source: "gap assessments and agreements"}}
	moves := map[string]nis2.Move{}
	if x.in.Catalogue != nil {
		for _, m := range nis2.Moves(x.in.Catalogue, x.in.Assessments, x.in.Snapshot.Agreements) {
			moves[m.Municipality] = m
		}
	}
	waves := x.wavesInOrder()
	for _, m := range x.municipalities {
		if len(waves[m.Code]) == 0 {
			continue
		}
		move, ok := moves[m.Code]
		if !ok {
			s.Unknown = append(s.Unknown, m.Code)
			continue
		}
		s.Waves = append(s.Waves, move.Waves(x.in.Catalogue, steps(waves[m.Code]))...)
	}
	if len(s.Unknown) > 0 {
		x.missing("security_unknown", "count", len(s.Unknown))
	}
	return s
}

func steps(waves []*planner.Wave) []nis2.WaveStep {
	out := make([]nis2.WaveStep, len(waves))
	for i, w := range waves {
		out[i] = nis2.WaveStep{Wave: w.ID, Weight: float64(w.Servers)}
	}
	return out
}
