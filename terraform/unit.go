package terraform

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/terraform/platform"
)

// TerraformData is the platform of units that carry facts and move nothing.
const TerraformData = "terraform_data"

// Unit is the Terraform side of one move group: its own folder, state and saved plan.
type Unit struct {
	ID           string         `json:"id"` // the planner's group id
	Name         string         `json:"name"`
	Agreement    string         `json:"agreement"`              // id of the agreement, or of the proposed one
	Decided      bool           `json:"decided"`                // the parties have bound themselves: may be applied
	Municipality string         `json:"municipality"`           // whose servers they are
	NeedsConsent bool           `json:"needs_consent,omitzero"` // the agreement asks for the municipality's consent to each move
	Wave         string         `json:"wave"`
	Cutover      inventory.Date `json:"cutover,omitzero"`
	Platform     string         `json:"platform"`         // a name of package platform, or terraform_data
	Stage        platform.Stage `json:"stage,omitempty"`  // of a unit on a platform
	Source       string         `json:"source,omitempty"` // what it works on in this stage, by its name in the configuration
	Servers      int            `json:"servers"`
	Refusals     []Refusal      `json:"refusals,omitempty"` // why it cannot be written, or must not be carried out as it is
	Accepted     []Acceptance   `json:"accepted,omitempty"` // what stands in place of refusals that a person set aside

	Shared   []platform.Shared  `json:"shared,omitempty"` // of a shared unit: what its servers share, made by it or there before
	Files    map[string][]byte  `json:"-"`                // by name within the folder of Dir; empty: it cannot be written
	Machines []platform.Machine `json:"-"`                // its servers on a platform, as its HCL describes them
	Meant    []platform.Machine `json:"-"`                // where they arrive: as they should be there, which another tool has made; else Machines
}

// Dir is the unit's folder below the work folder: <agreement>/<unit>, and below that the stage where
// there are several. The stages of one side share a state, which lies beside their folders.
func (u Unit) Dir() string {
	if u.Stage == platform.Share {
		return filepath.Join(slug(u.Agreement), "_shared")
	}
	return filepath.Join(slug(u.Agreement), slug(u.ID), string(u.Stage))
}

// state is the path of the unit's state file from its folder.
func (u Unit) state() string {
	switch u.Stage {
	case "", platform.Share:
		return "terraform.tfstate"
	case platform.Arrive:
		return filepath.Join("..", "destination.tfstate")
	default:
		return filepath.Join("..", "source.tfstate")
	}
}

// stateName is what the unit's state is called at a state server.
func (u Unit) stateName() string {
	if strings.HasPrefix(filepath.Base(u.state()), "destination") {
		return u.ID + "-destination"
	}
	return u.ID
}

// StateNames are what the states of a unit are called at a state server: that of the side it starts on,
// and that of the side it arrives at when it moves between two platforms.
func StateNames(unit string) []string {
	return []string{slug(unit), slug(unit + "-destination")}
}

// slug makes an id safe as a folder and resource name. An id that had to be altered gets a piece of
// its hash, so that two ids never share a name and none can climb out of its folder.
func slug(id string) string {
	const longest = 80
	safe := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}, id)
	if safe == id && safe != "" && len(safe) <= longest {
		return safe
	}
	sum := sha256.Sum256([]byte(id))
	return strings.Trim(safe[:min(len(safe), longest)], "-") + "-x" + hex.EncodeToString(sum[:6])
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	return slices.Sorted(maps.Keys(m))
}
