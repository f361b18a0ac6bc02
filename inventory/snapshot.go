package inventory

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
	slices.SortFunc(s.Collections, func(a, b Collection) int {
		return cmp.Or(cmp.Compare(a.Collector, b.Collector), cmp.Compare(a.Source, b.Source))
	})
}

// CompareFlows orders flows by who talks to whom.
func CompareFlows(a, b Flow) int {
	return cmp.Or(cmp.Compare(a.Municipality, b.Municipality), cmp.Compare(a.FromIP, b.FromIP),
		cmp.Compare(a.ToIP, b.ToIP), cmp.Compare(a.Protocol, b.Protocol), cmp.Compare(a.Port, b.Port))
}

// Encode writes the snapshot as JSON, one canonical text for one estate.
func (s *Snapshot) Encode(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(s)
}

// Hash gives the SHA-256 of the canonical JSON, in hex. Reports and plans carry it to show which
// data they stand on.
func (s *Snapshot) Hash() string {
	h := sha256.New()
	if err := s.Encode(h); err != nil {
		// Every field is plain data, and a hash never refuses a write.
		panic(fmt.Sprintf("snapshot cannot be encoded: %v", err))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// DecodeSnapshot reads a snapshot written by Encode. Unknown fields and other schema versions are
// errors: a file that is read half would be taken for a whole one.
func DecodeSnapshot(r io.Reader) (*Snapshot, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read snapshot: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var s Snapshot
	if err := d.Decode(&s); err != nil {
		offset := d.InputOffset()
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			offset = syntax.Offset
		} else if errors.Is(err, io.ErrUnexpectedEOF) {
			offset = int64(len(data))
		}
		line, column := position(data, offset)
		return nil, fmt.Errorf("snapshot line %d column %d: %w", line, column, err)
	}
	if s.Schema != SchemaVersion {
		return nil, fmt.Errorf("snapshot has schema %d, this samdrift reads %d: export it again with a matching version", s.Schema, SchemaVersion)
	}
	return &s, s.Validate()
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

// position gives the 1-based line and column of a byte offset.
func position(data []byte, offset int64) (line, column int) {
	before := data[:min(int(offset), len(data))]
	return bytes.Count(before, []byte("\n")) + 1, len(before) - bytes.LastIndexByte(before, '\n')
}
