package inventory

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"
)

// SchemaVersion is the version of the snapshot's JSON form.
const SchemaVersion = 1

// DemoNotice is what every export of an invented estate says.
const DemoNotice = "Demodata: all figures about servers, security and money are invented; the municipalities appear with their public facts only"

// Snapshot is the whole estate at one moment. Slices are sorted by their key, so that the same
// estate always gives the same bytes and the same hash.
type Snapshot struct {
	Schema  int       `json:"schema"`
	TakenAt time.Time `json:"taken_at"`
	// Demo marks an invented estate: every page, export and report must say so. Notice says it in words.
	Demo   bool   `json:"demo"`
	Notice string `json:"notice,omitempty"`

	Municipalities []Municipality `json:"municipalities"` // the members of this cooperation
	Centres        []Centre       `json:"centres"`
	Sites          []Site         `json:"sites"`
	Assets         []Asset        `json:"assets"`
	Systems        []System       `json:"systems"`
	Flows          []Flow         `json:"flows"`
	Links          []Link         `json:"links"`
	Contracts      []Contract     `json:"contracts"`
	Agreements     []Agreement    `json:"agreements"`
	Collections    []Collection   `json:"collections"`

	// Decisions are what people decided about identity; Parts are the assets that a merge joined, each
	// as it is by itself, so that the merge can be undone without loss.
	Decisions []Decision `json:"decisions,omitempty"`
	Parts     []Asset    `json:"parts,omitempty"`
}

// Asset finds an asset by id.
func (s *Snapshot) Asset(id string) (*Asset, bool) {
	i, ok := slices.BinarySearchFunc(s.Assets, id, func(a Asset, id string) int { return cmp.Compare(a.ID, id) })
	if !ok {
		return nil, false
	}
	return &s.Assets[i], true
}

// Municipality finds a member by code.
func (s *Snapshot) Municipality(code string) (*Municipality, bool) {
	for i := range s.Municipalities {
		if s.Municipalities[i].Code == code {
			return &s.Municipalities[i], true
		}
	}
	return nil, false
}

// Centre finds a centre by slug.
func (s *Snapshot) Centre(id string) (*Centre, bool) {
	for i := range s.Centres {
		if s.Centres[i].ID == id {
			return &s.Centres[i], true
		}
	}
	return nil, false
}

// AgreementOf finds the agreement in which the municipality is the customer.
func (s *Snapshot) AgreementOf(customer string) (*Agreement, bool) {
	for i := range s.Agreements {
		if s.Agreements[i].Customer == customer {
			return &s.Agreements[i], true
		}
	}
	return nil, false
}

// Sort puts every slice in key order. Builders of snapshots call it once at the end.
func (s *Snapshot) Sort() {
	slices.SortFunc(s.Municipalities, func(a, b Municipality) int { return cmp.Compare(a.Code, b.Code) })
	slices.SortFunc(s.Centres, func(a, b Centre) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(s.Sites, func(a, b Site) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(s.Assets, func(a, b Asset) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(s.Systems, func(a, b System) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(s.Flows, CompareFlows)
	slices.SortFunc(s.Links, func(a, b Link) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(s.Contracts, func(a, b Contract) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(s.Agreements, func(a, b Agreement) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(s.Parts, func(a, b Asset) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(s.Decisions, func(a, b Decision) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	slices.SortFunc(s.Collections, func(a, b Collection) int {
		return cmp.Or(cmp.Compare(a.Collector, b.Collector), cmp.Compare(a.Source, b.Source))
	})
}

// CompareFlows orders flows by who talks to whom.
func CompareFlows(a, b Flow) int {
	return cmp.Or(cmp.Compare(a.Municipality, b.Municipality), cmp.Compare(a.FromIP, b.FromIP),
		cmp.Compare(a.ToIP, b.ToIP), cmp.Compare(a.Protocol, b.Protocol), cmp.Compare(a.Port, b.Port))
}

// Validate reports every row that breaks the shape of the estate.
func (s *Snapshot) Validate() error {
	var faults []error
	members := map[string]bool{}
	for _, m := range s.Municipalities {
		members[m.Code] = true
	}
	seen := map[string]bool{}
	for _, a := range s.Assets {
		if a.ID == "" {
			faults = append(faults, fmt.Errorf("asset %q has no id", a.Name))
		} else if seen[a.ID] {
			faults = append(faults, fmt.Errorf("asset id %q stands twice", a.ID))
		}
		seen[a.ID] = true
		if !members[a.Municipality] {
			faults = append(faults, fmt.Errorf("asset %q (%s): municipality %q is no member", a.Name, a.ID, a.Municipality))
		}
		if !slices.Contains(Kinds, a.Kind) {
			faults = append(faults, fmt.Errorf("asset %q (%s): kind %q is none of %v", a.Name, a.ID, a.Kind, Kinds))
		}
	}
	customers := map[string]string{}
	for _, a := range s.Agreements {
		if err := a.Validate(); err != nil {
			faults = append(faults, err)
		}
		if other, twice := customers[a.Customer]; twice {
			faults = append(faults, fmt.Errorf("agreements %q and %q have the same customer %q", other, a.ID, a.Customer))
		}
		customers[a.Customer] = a.ID
	}
	return errors.Join(faults...)
}
