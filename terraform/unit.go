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
)

// TerraformData is the platform of units that carry facts and move nothing.
const TerraformData = "terraform_data"

// Unit is the Terraform side of one move group: its own folder, state and saved plan.
type Unit struct {
	ID        string         `json:"id"` // the planner's group id
	Name      string         `json:"name"`
	Agreement string         `json:"agreement"` // id of the agreement, or of the proposed one
	Decided   bool           `json:"decided"`   // the parties have bound themselves: may be applied
	Wave      string         `json:"wave"`
	Cutover   inventory.Date `json:"cutover,omitzero"`
	Platform  string         `json:"platform"` // terraform_data
	Servers   int            `json:"servers"`

	Files map[string][]byte `json:"-"` // by name within the unit's folder
}

// Dir is the unit's folder below the work folder: <agreement>/<unit>.
func (u Unit) Dir() string { return filepath.Join(slug(u.Agreement), slug(u.ID)) }

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
