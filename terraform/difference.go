package terraform

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// AttributeChange is one line of what a plan would do, for people to read before they agree to it.
type AttributeChange struct {
	Resource  string `json:"resource"`
	Action    string `json:"action"`              // add, change, destroy, import, or the engine's own words for anything else
	Attribute string `json:"attribute,omitempty"` // empty: the resource as a whole
	Before    string `json:"before,omitempty"`
	After     string `json:"after,omitempty"`
	Sensitive bool   `json:"sensitive,omitzero"` // the values are secret and stand nowhere
	Unknown   bool   `json:"unknown,omitzero"`   // the value is known only afterwards
}

// The most lines that a unit's difference keeps, and the most characters of a value. The saved plan has all.
const (
	mostChanges   = 1000
	longestChange = 300
)

// Difference lists what a plan would do, resource by resource in the plan's order, at most mostChanges
// lines, and how many more there are.
func Difference(plan *tfjson.Plan) (lines []AttributeChange, more int) {
	for _, rc := range plan.ResourceChanges {
		if rc.Change == nil || rc.Mode == tfjson.DataResourceMode {
			continue
		}
		lines = append(lines, resourceDifference(rc)...)
	}
	if len(lines) > mostChanges {
		more = len(lines) - mostChanges
		lines = slices.Clip(lines[:mostChanges])
	}
	return lines, more
}

// resourceDifference lists what would happen to one resource: a line for being imported or destroyed, and
// one for each attribute that gets another value.
func resourceDifference(rc *tfjson.ResourceChange) []AttributeChange {
	var lines []AttributeChange
	if rc.Change.Importing != nil {
		lines = append(lines, AttributeChange{Resource: rc.Address, Action: "import", After: rc.Change.Importing.ID})
	}
	switch actions := rc.Change.Actions; {
	case actions.NoOp(), actions.Read():
		return lines
	case actions.Create():
		return append(lines, attributeChanges(rc, "add")...)
	case actions.Update():
		return append(lines, attributeChanges(rc, "change")...)
	case actions.Delete():
		return append(lines, AttributeChange{Resource: rc.Address, Action: "destroy"})
	default:
		return append(lines, attributeChanges(rc, fmt.Sprint(actions))...)
	}
}

// attributeChanges gives the attributes of a resource that differ, to the innermost, with their values
// unless these are secret.
func attributeChanges(rc *tfjson.ResourceChange, action string) []AttributeChange {
	c := *rc.Change
	if c.Before == nil {
		c.Before = map[string]any{}
	}
	var every []string
	for _, side := range []any{c.Before, c.After} {
		if object, ok := side.(map[string]any); ok {
			for _, key := range sortedKeys(object) {
				every = append(every, key+".*") // to the innermost attribute
			}
		}
	}
	var lines []AttributeChange
	for _, path := range changedPaths(&c, every) {
		line := AttributeChange{Resource: rc.Address, Action: action, Attribute: path}
		before, after := at(c.Before, path), at(c.After, path)
		switch {
		case secret(c.BeforeSensitive, path) || secret(c.AfterSensitive, path):
			line.Sensitive = true
		case holdsTrue(at(c.AfterUnknown, path)):
			line.Before, line.Unknown = shown(before), true
		case shown(before) == shown(after):
			continue // nothing becomes nothing, such as an attribute of a new resource that is not set
		default:
			line.Before, line.After = shown(before), shown(after)
		}
		lines = append(lines, line)
	}
	return lines
}

// at gives the value at a path, nil where there is none.
func at(v any, path string) any {
	for part := range strings.SplitSeq(path, ".") {
		switch inner := v.(type) {
		case map[string]any:
			v = inner[part]
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i < 0 || i >= len(inner) {
				return nil
			}
			v = inner[i]
		default:
			return v // a mark that stands for all below it, or a value
		}
	}
	return v
}

// secret tells whether a tree of marks holds one at the path, above it or below it.
func secret(marks any, path string) bool { return holdsTrue(at(marks, path)) }

// shown writes a value for people: texts as they are, the rest as JSON, nothing for null and empty lists.
func shown(v any) string {
	var text string
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		text = v
	default:
		data, err := json.Marshal(v)
		if err != nil || slices.Contains([]string{"[]", "{}", "null"}, string(data)) {
			return ""
		}
		text = string(data)
	}
	if r := []rune(text); len(r) > longestChange {
		return string(r[:longestChange-1]) + "…"
	}
	return text
}
