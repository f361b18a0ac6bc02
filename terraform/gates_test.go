package terraform_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	tfjson "github.com/hashicorp/terraform-json"

	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
)

// stored reads a plan that a real Terraform 1.11.4 printed with show -json.
func stored(t *testing.T, name string) *tfjson.Plan {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "plans", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var plan tfjson.Plan
	if err := json.Unmarshal(data, &plan); err != nil {
		t.Fatal(err)
	}
	return &plan
}

// machine are rules as a platform of real machines has them: nothing is built, only placement changes.
var machine = platform.Rules{terraform.TerraformData: {Provider: "terraform.io/builtin/terraform", Change: []string{"triggers_replace"}}}

func TestGates(t *testing.T) {
	record := terraform.RulesFor(terraform.TerraformData, platform.Adopt)
	no := false
	tests := []struct {
		name  string
		plan  string
		rules platform.Rules
		spoil func(*tfjson.Plan)
		want  []string
	}{
		{name: "a record may be made", plan: "create", rules: record},
		{name: "a machine may not be built", plan: "create", rules: machine, want: []string{
			"create: terraform_data.server_a1: would build a new machine, not move one",
			"create: terraform_data.server_a2: would build a new machine, not move one"}},
		{name: "nothing to do", plan: "noop", rules: machine},
		{name: "a record may change", plan: "update", rules: record},
		{name: "an attribute outside the list", plan: "update", rules: machine, want: []string{
			"attribute: terraform_data.server_a1.input: may not change in this stage",
			"attribute: terraform_data.server_a1.output: may not change in this stage"}},
		{name: "a block that was removed", plan: "destroy", rules: record, want: []string{
			"destroy: terraform_data.server_a2: would [delete] it (delete_because_no_resource_config); that needs a decommission, not a move"}},
		{name: "forgotten", plan: "forget", rules: record, want: []string{
			"destroy: terraform_data.server_a2: would [forget] it (delete_because_no_resource_config); that needs a decommission, not a move"}},
		{name: "tainted by an interrupted run", plan: "replace_tainted", rules: record, want: []string{
			"destroy: terraform_data.server_a1: would [delete create] it (replace_because_tainted); that needs a decommission, not a move"}},
		{name: "renamed", plan: "moved", rules: record, want: []string{
			"changed: terraform_data.server_b1: it was terraform_data.server_a1 before: a renamed resource hides what else changes"}},
		{name: "a check that the engine only warns about", plan: "check_failed", rules: record, want: []string{
			`incomplete: check.x: a check in the configuration is "fail"; the engine itself would only warn`}},
		{name: "a program", plan: "provisioner", rules: record, want: []string{
			`type: terraform_data.server_a3: provisioner "local-exec" runs a program`}},
		{name: "a module", plan: "module", rules: record, want: []string{"type: module.m: a unit holds no modules"}},
		{name: "a platform nobody wrote rules for", plan: "noop", rules: terraform.RulesFor("cloud9", platform.Adopt), want: []string{
			"type: terraform_data.server_a1: terraform_data is not a type that this unit may hold",
			"type: terraform_data.server_a2: terraform_data is not a type that this unit may hold"}},
		{name: "another provider under the same type", plan: "noop", rules: record,
			spoil: func(p *tfjson.Plan) { p.ResourceChanges[0].ProviderName = "registry.example/x/y" },
			want:  []string{"type: terraform_data.server_a1: provider registry.example/x/y is not terraform.io/builtin/terraform"}},
		{name: "an action that nobody knew", plan: "noop", rules: record,
			spoil: func(p *tfjson.Plan) { p.ResourceChanges[0].Change.Actions = tfjson.Actions{"hibernate"} },
			want:  []string{"destroy: terraform_data.server_a1: would [hibernate] it (the engine gives no reason); that needs a decommission, not a move"}},
		{name: "a change that is not told", plan: "noop", rules: record,
			spoil: func(p *tfjson.Plan) { p.ResourceChanges[0].Change = nil },
			want:  []string{"incomplete: terraform_data.server_a1: the plan does not say what happens to it"}},
		{name: "known only afterwards, somewhere inside", plan: "update", rules: record,
			spoil: func(p *tfjson.Plan) {
				p.ResourceChanges[0].Change.AfterUnknown = map[string]any{"id": false, "triggers_replace": []any{map[string]any{"disk": true}}}
			},
			want: []string{"attribute: terraform_data.server_a1.triggers_replace: may not change in this stage"}},
		{name: "a change that cannot be compared", plan: "update", rules: record,
			spoil: func(p *tfjson.Plan) { p.ResourceChanges[0].Change.Before = "all of it" },
			want:  []string{"attribute: terraform_data.server_a1: may not change in this stage"}},
		{name: "put off for later", plan: "noop", rules: record,
			spoil: func(p *tfjson.Plan) { p.Complete = &no },
			want:  []string{"incomplete: the plan leaves changes for later, so nobody can see them all now"}},
		{name: "without its configuration", plan: "noop", rules: record,
			spoil: func(p *tfjson.Plan) { p.Config = nil },
			want:  []string{"incomplete: the plan does not carry the configuration it was made from"}},
		{name: "a provider's own action", plan: "noop", rules: record,
			spoil: func(p *tfjson.Plan) { p.ActionInvocations = make([]*tfjson.ActionInvocation, 1) },
			want:  []string{"type: the plan invokes 1 provider actions, which no approval covers"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			plan := stored(t, tt.plan)
			if tt.spoil != nil {
				tt.spoil(plan)
			}
			var got []string
			for _, r := range terraform.Gates(plan, tt.rules) {
				got = append(got, r.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("refusals (- want, + got):\n%s", diff)
			}
		})
	}
	if got := terraform.Gates(nil, record); len(got) != 1 {
		t.Errorf("no plan at all gives %v, want one refusal", got)
	}
}

func TestBlastRadius(t *testing.T) {
	limits := terraform.Limits{UnitsPerRun: 3, UnitsPerWave: 2}
	plans := func(spec ...string) (list []terraform.UnitPlan) {
		for i, wave := range spec {
			list = append(list, terraform.UnitPlan{Unit: fmt.Sprint("u", i), Wave: wave, Change: 1})
		}
		return list
	}
	idle := append(plans("a", "a", "b"), terraform.UnitPlan{Unit: "idle", Wave: "a"})
	tests := []struct {
		name  string
		plans []terraform.UnitPlan
		want  []string
	}{
		{"within every limit; a unit without changes does not count", idle, nil},
		{"a wave too full", plans("a", "a", "a"), []string{"blast_radius: a: changes 3 units, the limit is 2 in one wave"}},
		{"a run too full", plans("a", "a", "b", "c"), []string{"blast_radius: changes 4 units, the limit is 3 in one run: choose fewer waves or agreements"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, r := range terraform.BlastRadius(tt.plans, limits) {
				got = append(got, r.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("refusals (- want, + got):\n%s", diff)
			}
		})
	}
}

func digest(t *testing.T, plan *tfjson.Plan, rules platform.Rules) string {
	t.Helper()
	d, err := terraform.Digest(plan, rules)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDigest(t *testing.T) {
	rules := terraform.RulesFor(terraform.TerraformData, platform.Adopt)
	base := digest(t, stored(t, "create"), rules)
	if digest(t, stored(t, "create_again"), rules) != base {
		t.Error("two plans of an unchanged world differ")
	}
	turned := stored(t, "create")
	turned.ResourceChanges[0], turned.ResourceChanges[1] = turned.ResourceChanges[1], turned.ResourceChanges[0]
	if digest(t, turned, rules) != base {
		t.Error("the order of resources counts")
	}
	seen := map[string]string{base: "create"}
	for _, name := range []string{"noop", "update", "destroy", "forget", "replace_tainted", "moved", "module"} {
		d := digest(t, stored(t, name), rules)
		if other, same := seen[d]; same {
			t.Errorf("plans %s and %s have the same digest", name, other)
		}
		seen[d] = name
	}

	// Somebody gave the machine other CPUs after the approval: the plan leads to the same end, but
	// would now take them away again.
	raised := stored(t, "update")
	raised.ResourceChanges[0].Change.Before.(map[string]any)["input"].(map[string]any)["vcpus"] = 6.0
	if digest(t, raised, rules) == digest(t, stored(t, "update"), rules) {
		t.Error("what was there before does not count")
	}

	// Somebody changed the machine behind our back; the plan still says "no-op" to us.
	base = digest(t, stored(t, "noop"), rules)
	behind := stored(t, "noop")
	for _, side := range []any{behind.ResourceChanges[0].Change.Before, behind.ResourceChanges[0].Change.After} {
		side.(map[string]any)["id"] = "another"
	}
	if digest(t, behind, rules) == base {
		t.Error("a change of identity does not show")
	}
	volatile := platform.Rules{terraform.TerraformData: {Volatile: []string{"id"}}}
	if digest(t, behind, volatile) != digest(t, stored(t, "noop"), volatile) {
		t.Error("a volatile attribute counts")
	}
}
