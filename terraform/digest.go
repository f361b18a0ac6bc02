package terraform

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/samdrift/samdrift/terraform/platform"
)

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// change is what the digest sees of a resource change.
type change struct {
	Address   string         `json:"address"`
	Previous  string         `json:"previous,omitempty"`
	Deposed   string         `json:"deposed,omitempty"`
	Type      string         `json:"type"`
	Provider  string         `json:"provider"`
	Actions   tfjson.Actions `json:"actions"`
	Before    any            `json:"before"`
	After     any            `json:"after"`
	Unknown   any            `json:"unknown"`
	Importing string         `json:"importing,omitempty"`
	Added     map[string]any `json:"added,omitempty"` // to lists that may only get more
}

// Digest gives a hash of what a plan would do. Two plans of an unchanged world have the same
// digest although their files differ; a saved plan file alone says nothing about whether the world
// is still as it was when it was made. Attributes that come and go by themselves (the rules'
// Volatile) are left out, but for what the plan adds to them (Grow); identity and everything a person
// may have set stay in, also for resources that the plan leaves alone.
func Digest(plan *tfjson.Plan, rules platform.Rules) (string, error) {
	var changes []change
	for _, rc := range plan.ResourceChanges {
		c := change{Address: rc.Address, Previous: rc.PreviousAddress, Deposed: rc.DeposedKey, Type: rc.Type, Provider: rc.ProviderName}
		if rc.Change != nil {
			volatile := rules[rc.Type].Volatile
			c.Actions = rc.Change.Actions
			c.Before = without(rc.Change.Before, volatile)
			c.After = without(rc.Change.After, volatile)
			c.Unknown = without(rc.Change.AfterUnknown, volatile)
			c.Added = added(rc.Change, rules[rc.Type].Grow)
			if rc.Change.Importing != nil {
				c.Importing = rc.Change.Importing.ID
			}
		}
		changes = append(changes, c)
	}
	slices.SortFunc(changes, func(a, b change) int {
		return cmp.Or(cmp.Compare(a.Address, b.Address), cmp.Compare(a.Deposed, b.Deposed))
	})
	data, err := json.Marshal(changes) // sorts the keys of every object
	if err != nil {
		return "", fmt.Errorf("digest of the plan: %w", err)
	}
	return hash(data), nil
}

// added gives what comes to the named lists; what stood in them before is others' business.
func added(c *tfjson.Change, names []string) map[string]any {
	before, _ := c.Before.(map[string]any)
	after, _ := c.After.(map[string]any)
	more := map[string]any{}
	for _, name := range names {
		if list := beyond(after[name], before[name]); len(list) > 0 {
			more[name] = list
		}
	}
	return more
}

// without gives the object less the named attributes; anything else comes back as it is.
func without(v any, names []string) any {
	object, ok := v.(map[string]any)
	if !ok || len(names) == 0 {
		return v
	}
	object = maps.Clone(object)
	for _, name := range names {
		delete(object, name)
	}
	return object
}
