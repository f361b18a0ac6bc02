package terraform

import (
	"fmt"
	"reflect"
	"slices"

	tfjson "github.com/hashicorp/terraform-json"
)

// Refusal is one reason why a plan must not be carried out.
type Refusal struct {
	Gate      string `json:"gate"` // stable key, see the Gate constants
	Resource  string `json:"resource,omitempty"`
	Attribute string `json:"attribute,omitempty"`
	Reason    string `json:"reason"`
}

// The gates. Each names what stood in the way.
const (
	GateDestroy     = "destroy"      // something would be deleted, replaced or forgotten
	GateCreate      = "create"       // a new machine would be built where one is to be moved
	GateAttribute   = "attribute"    // an attribute outside the platform's allow-list would change
	GateType        = "type"         // a resource type or provider that the unit should not hold
	GateIncomplete  = "incomplete"   // the plan does not tell the whole truth
	GateBlastRadius = "blast_radius" // one run would touch too much
	GateApproval    = "approval"     // no valid approval
	GatePlanFile    = "plan_file"    // not the file that was approved
	GateChanged     = "changed"      // the world or the engine is no longer as it was when approved
	GateUndecided   = "undecided"    // the agreement is only a proposal
)

// String gives "gate: resource.attribute: reason".
func (r Refusal) String() string {
	text := r.Gate + ": "
	if r.Resource != "" {
		text += r.Resource
		if r.Attribute != "" {
			text += "." + r.Attribute
		}
		text += ": "
	}
	return text + r.Reason
}

// Rule is what a plan may do with one type of resource.
type Rule struct {
	Provider string   // full address of the only provider that may own it
	Create   bool     // may come into being
	Change   []string // top-level attributes that may change in place
	Volatile []string // computed attributes that come and go by themselves; left out of the digest
}

// Rules are a platform's rules by resource type. A type that is not named is refused.
type Rules map[string]Rule

// RulesFor gives the rules of a platform. An unknown platform has none, so everything is refused.
func RulesFor(platform string) Rules {
	if platform == TerraformData {
		return Rules{TerraformData: {
			Provider: "terraform.io/builtin/terraform",
			Create:   true, // a record may be made; it is not a machine
			Change:   []string{"input", "output"},
		}}
	}
	return nil
}

// Gates reads a plan and gives every reason to refuse it, in the plan's order. What is not
// expressly allowed is refused: a later engine's new kind of action must not slip through.
// prevent_destroy in HCL is no guard (it goes with the block it stands in); this is.
func Gates(plan *tfjson.Plan, rules Rules) []Refusal {
	if plan == nil {
		return []Refusal{{Gate: GateIncomplete, Reason: "there is no plan to read: plan the unit again"}}
	}
	var refusals []Refusal
	for _, rc := range plan.ResourceChanges {
		refusals = append(refusals, gateResource(rc, rules)...)
	}
	if plan.Complete != nil && !*plan.Complete || len(plan.DeferredChanges) > 0 {
		refusals = append(refusals, Refusal{Gate: GateIncomplete, Reason: "the plan leaves changes for later, so nobody can see them all now"})
	}
	refusals = append(refusals, gateConfig(plan)...)
	for _, check := range plan.Checks {
		if check.Status != tfjson.CheckStatusPass {
			refusals = append(refusals, Refusal{Gate: GateIncomplete, Resource: check.Address.ToDisplay,
				Reason: fmt.Sprintf("a check in the configuration is %q; the engine itself would only warn", check.Status)})
		}
	}
	return refusals
}

// gateConfig refuses what runs programs or hides resources: neither is ever rendered, and neither
// shows as a change of a resource.
func gateConfig(plan *tfjson.Plan) []Refusal {
	var refusals []Refusal
	if n := len(plan.ActionInvocations); n > 0 {
		refusals = append(refusals, Refusal{Gate: GateType, Reason: fmt.Sprintf("the plan invokes %d provider actions, which no approval covers", n)})
	}
	if plan.Config == nil || plan.Config.RootModule == nil {
		return append(refusals, Refusal{Gate: GateIncomplete, Reason: "the plan does not carry the configuration it was made from"})
	}
	for _, r := range plan.Config.RootModule.Resources {
		for _, p := range r.Provisioners {
			refusals = append(refusals, Refusal{Gate: GateType, Resource: r.Address, Reason: fmt.Sprintf("provisioner %q runs a program", p.Type)})
		}
	}
	for _, name := range sortedKeys(plan.Config.RootModule.ModuleCalls) {
		refusals = append(refusals, Refusal{Gate: GateType, Resource: "module." + name, Reason: "a unit holds no modules"})
	}
	return refusals
}

func gateResource(rc *tfjson.ResourceChange, rules Rules) []Refusal {
	refuse := func(gate, attribute, reason string) []Refusal {
		return []Refusal{{Gate: gate, Resource: rc.Address, Attribute: attribute, Reason: reason}}
	}
	if rc.Change == nil {
		return refuse(GateIncomplete, "", "the plan does not say what happens to it")
	}
	rule, known := rules[rc.Type]
	if !known {
		return refuse(GateType, "", fmt.Sprintf("%s is not a type that this unit may hold", rc.Type))
	}
	if rc.ProviderName != rule.Provider {
		return refuse(GateType, "", fmt.Sprintf("provider %s is not %s", rc.ProviderName, rule.Provider))
	}
	if rc.PreviousAddress != "" && rc.PreviousAddress != rc.Address {
		return refuse(GateChanged, "", "it was "+rc.PreviousAddress+" before: a renamed resource hides what else changes")
	}
	switch actions := rc.Change.Actions; {
	case actions.NoOp(), actions.Read():
		return nil
	case actions.Create():
		if !rule.Create {
			return refuse(GateCreate, "", "would build a new machine, not move one")
		}
		return nil
	case actions.Update():
		var refusals []Refusal
		for _, key := range changedKeys(rc.Change) {
			if !slices.Contains(rule.Change, key) {
				refusals = append(refusals, refuse(GateAttribute, key, "may not change in this stage")...)
			}
		}
		return refusals
	default:
		return refuse(GateDestroy, "", fmt.Sprintf("would %s it (%s); that needs a decommission, not a move", actions, reasonOr(rc.ActionReason)))
	}
}

func reasonOr(r tfjson.ActionReason) string {
	if r == tfjson.ActionReasonNone {
		return "the engine gives no reason"
	}
	return string(r)
}

// changedKeys gives the top-level attributes that differ or will only be known afterwards, sorted.
// Something other than two objects counts as one change of everything, under the empty key.
func changedKeys(c *tfjson.Change) []string {
	before, ok1 := c.Before.(map[string]any)
	after, ok2 := c.After.(map[string]any)
	if !ok1 || !ok2 {
		return []string{""}
	}
	unknown, _ := c.AfterUnknown.(map[string]any)
	changed := map[string]bool{}
	for key := range before {
		changed[key] = !reflect.DeepEqual(before[key], after[key])
	}
	for key := range after {
		changed[key] = changed[key] || !reflect.DeepEqual(before[key], after[key])
	}
	for key, u := range unknown {
		changed[key] = changed[key] || holdsTrue(u)
	}
	var keys []string
	for _, key := range sortedKeys(changed) {
		if changed[key] {
			keys = append(keys, key)
		}
	}
	return keys
}

// holdsTrue tells whether a tree of after_unknown marks anything.
func holdsTrue(v any) bool {
	switch v := v.(type) {
	case bool:
		return v
	case []any:
		return slices.ContainsFunc(v, holdsTrue)
	case map[string]any:
		for _, inner := range v {
			if holdsTrue(inner) {
				return true
			}
		}
	}
	return false
}
