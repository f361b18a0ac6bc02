package planner

import (
	"github.com/samdrift/samdrift/inventory"
)

// selectMovers parts the assets into those the plan may move and those that stay, each with why.
func (e *estate) selectMovers(p *Plan) {
	kinds := map[inventory.Kind][]Reason{} // most assets stay for what they are: one reason for all of a kind
	for _, m := range e.municipalities {
		a, agreed := e.agreements[m.Code]
		host, isHost := e.hosted(m.Code)
		unknown := 0
		for _, asset := range e.assets[m.Code] {
			var why Reason
			switch {
			case asset.Kind == inventory.KindUnknown:
				unknown++
				why = reason("kind_unknown")
			case !asset.Kind.Moves():
				if kinds[asset.Kind] == nil {
					kinds[asset.Kind] = []Reason{reason("kind_stays", "kind", asset.Kind)}
				}
				p.Stays = append(p.Stays, Stay{Asset: asset.ID, Municipality: m.Code, Reasons: kinds[asset.Kind]})
				continue
			case asset.Status == inventory.Spare || asset.Status == inventory.Retired:
				why = reason("out_of_service", "status", asset.Status)
			case asset.Presence == inventory.Gone:
				why = reason("gone", "last_seen", inventory.DateOf(asset.LastSeen))
			case asset.OperatedBy != "":
				why = reason("already_operated", "centre", asset.OperatedBy)
			case agreed && a.Moved():
				why = reason("already_moved", "agreement", a.ID, "state", a.State)
			case isHost && (!agreed || !a.Decided()):
				why = reason("host_stays", "centre", host.ID)
			default:
				e.movers[m.Code] = append(e.movers[m.Code], asset)
				continue
			}
			p.Stays = append(p.Stays, Stay{Asset: asset.ID, Municipality: m.Code, Reasons: []Reason{why}})
		}
		if unknown > 0 {
			p.Assumptions = append(p.Assumptions, reason("kinds_unknown", "municipality", m.Code, "count", unknown))
		}
	}
}
