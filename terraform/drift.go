package terraform

import (
	"context"
	"os"
	"path/filepath"
	"slices"
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
	Sensitive bool   `json:"sensitive,omitzero"` // the values are secret and stand nowhere
	Phantom   string `json:"phantom,omitempty"`  // why it counts for nothing; empty: a person should look
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
	var list []Drift
	for _, c := range attributeChanges(rc, "change") {
		d := Drift{Unit: u.ID, Resource: c.Resource, Attribute: c.Attribute, Was: c.Before, Is: c.After, Sensitive: c.Sensitive}
		if top, _, _ := strings.Cut(c.Attribute, "."); slices.Contains(volatile, top) {
			d.Phantom = top + " changes by itself on " + u.Platform
		}
		list = append(list, d)
	}
	return list
}
