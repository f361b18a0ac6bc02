package terraform

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-exec/tfexec"
	tfjson "github.com/hashicorp/terraform-json"
)

// Drift is an attribute that is no longer as the engine left it: somebody changed the server elsewhere.
type Drift struct {
	Unit      string `json:"unit"`
	Resource  string `json:"resource"`
	Attribute string `json:"attribute"` // empty: the whole resource is gone
	Was       string `json:"was"`
	Is        string `json:"is"`
	Phantom   string `json:"phantom,omitempty"` // why it counts for nothing; empty: a person should look
}

// Drift compares a unit's state below dir with its platform and changes neither. What comes and goes by
// itself is listed as a phantom, with the rule that says so.
func (r *Runner) Drift(ctx context.Context, dir string, u Unit) ([]Drift, error) {
	if r.Engine.Path == "" {
		return nil, ErrNoEngine
	}
	if err := r.prepare(dir); err != nil {
		return nil, err
	}
	s, err := r.open(dir, u)
	if err != nil {
		return nil, err
	}
	if err := s.init(ctx, r); err != nil {
		return nil, err
	}
	name, err := s.scratch()
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.Remove(filepath.Join(s.dir, name)) }()
	plan, err := s.plan(ctx, name, tfexec.RefreshOnly(true))
	if err != nil {
		return nil, err
	}
	var list []Drift
	for _, rc := range plan.ResourceDrift {
		list = append(list, drifted(u, rc, RulesFor(u.Platform, u.Stage)[rc.Type].Volatile)...)
	}
	return list, nil
}

// drifted lists what is different about one resource.
func drifted(u Unit, rc *tfjson.ResourceChange, volatile []string) []Drift {
	if rc.Change == nil {
		return nil
	}
	if rc.Change.Actions.Delete() {
		return []Drift{{Unit: u.ID, Resource: rc.Address, Was: "there", Is: "gone"}}
	}
	every := []string{}
	if before, ok := rc.Change.Before.(map[string]any); ok {
		for _, key := range sortedKeys(before) {
			every = append(every, key+".*") // to the innermost attribute
		}
	}
	var list []Drift
	for _, path := range changedPaths(rc.Change, every) {
		d := Drift{Unit: u.ID, Resource: rc.Address, Attribute: path, Was: textAt(rc.Change.Before, path), Is: textAt(rc.Change.After, path)}
		if top, _, _ := strings.Cut(path, "."); slices.Contains(volatile, top) {
			d.Phantom = top + " changes by itself on " + u.Platform
		}
		list = append(list, d)
	}
	return list
}

// textAt writes the value at a path, for people.
func textAt(v any, path string) string {
	for part := range strings.SplitSeq(path, ".") {
		switch inner := v.(type) {
		case map[string]any:
			v = inner[part]
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i >= len(inner) {
				return ""
			}
			v = inner[i]
		}
	}
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}
