package terraform

import (
	"fmt"
	"slices"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/samdrift/samdrift/terraform/platform"
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
	GateImport      = "import"       // a machine would be taken under management outside adoption and arrival
	GateUnmapped    = "unmapped"     // a network or datastore without a counterpart at the destination
	GateUnread      = "unread"       // a server that its platform has not told about
	GateConcern     = "concern"      // something about a server that must be put right before it moves
	GateAttribute   = "attribute"    // an attribute outside the platform's allow-list would change
	GateType        = "type"         // a resource type or provider that the unit should not hold
	GateIncomplete  = "incomplete"   // the plan does not tell the whole truth
	GateBlastRadius = "blast_radius" // one run would touch too much
	GateApproval    = "approval"     // no valid approval
	GatePlanFile    = "plan_file"    // not the file that was approved
	GateChanged     = "changed"      // the world or the engine is no longer as it was when approved
	GateUndecided   = "undecided"    // the agreement is only a proposal
	GateWindow      = "window"       // outside the time that was approved
	GateFreeze      = "freeze"       // on a day when nothing is moved
	GateStop        = "stop"         // somebody has stopped all moves
	GateShared      = "shared"       // what the servers share at the destination is not there yet
)

// AllGates lists every gate; each language has words for them.
var AllGates = []string{
	GateDestroy, GateCreate, GateImport, GateUnmapped, GateUnread, GateConcern, GateAttribute, GateType, GateIncomplete,
	GateBlastRadius, GateApproval, GatePlanFile, GateChanged, GateUndecided, GateWindow, GateFreeze, GateStop, GateShared,
}

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

// RulesFor gives the rules of a platform in a stage. An unknown platform has none, so everything is
// refused.
func RulesFor(name string, stage platform.Stage) platform.Rules {
	if name == TerraformData {
		return platform.Rules{TerraformData: {
			Provider: "terraform.io/builtin/terraform",
			Create:   true, // a record may be made; it is not a machine
			Change:   []string{"input", "output"},
		}}
	}
	p, err := platform.Find(name)
	if err != nil {
		return nil
	}
	if stage == platform.Share {
		return sharedRules(p)
	}
	return p.Rules(stage)
}

// Gates reads a plan and gives every reason to refuse it, in the plan's order. What is not
// expressly allowed is refused: a later engine's new kind of action must not slip through.
// prevent_destroy in HCL is no guard (it goes with the block it stands in); this is.
func Gates(plan *tfjson.Plan, rules platform.Rules) []Refusal {
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

func gateResource(rc *tfjson.ResourceChange, rules platform.Rules) []Refusal {
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
	if rc.Change.Importing != nil && !rule.Import {
		return refuse(GateImport, "", "would take it under management, which this stage does not")
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
		for _, path := range changedPaths(rc.Change, rule.Change) {
			switch {
			case allowed(rule.Change, path), slices.Contains(rule.Grow, path) && grows(rc.Change, path):
			case slices.Contains(rule.Grow, path):
				refusals = append(refusals, refuse(GateAttribute, path, "something would be taken off it, or is not known yet: it may only get more")...)
			default:
				refusals = append(refusals, refuse(GateAttribute, path, "may not change in this stage")...)
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
