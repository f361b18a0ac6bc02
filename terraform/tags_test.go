package terraform_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	tfjson "github.com/hashicorp/terraform-json"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
)

// municipal is the tag that the agreement puts on its servers.
var municipal = platform.Tag{Category: "Kommune", Name: "Nyborg"}

// tagging lets the world's agreement put its tag on servers, as the vCenter now tells of it.
func (w *world) tagging(t *testing.T) {
	t.Helper()
	m := w.ground.Mappings["nyborg-odense"]
	m.Shared.Tag = &municipal
	w.ground.Mappings["nyborg-odense"] = m
	told, err := w.Login.ReadTags(t.Context(), []platform.Tag{municipal})
	if err != nil {
		t.Fatal(err)
	}
	w.ground.Tagging = map[string]platform.Tagging{"nyborg-odense": told[0]}
	key := platform.Shared{Kind: platform.SharedTag, Name: "Kommune/Nyborg"}.Key()
	category := platform.Shared{Kind: platform.SharedCategory, Name: "Kommune"}.Key()
	w.ground.Shared = map[string]terraform.SharedGround{"nyborg-odense": {Present: map[string]platform.Shared{key: {}, category: {}}}}
}

// ours leaves out the agreement's shared unit.
func ours(units []terraform.Unit) []terraform.Unit {
	return slices.DeleteFunc(units, func(u terraform.Unit) bool { return u.Stage == platform.Share })
}

// A server gets the agreement's tag where it is placed, beside all tags that it has by then, and never loses
// one, not on its way back either.
func TestTagsOnServers(t *testing.T) {
	t.Parallel() // it mostly waits for the provider
	w := newWorld(t, 2)
	first, second := w.snap.Assets[0].Name, w.snap.Assets[1].Name
	w.Mark(t, first)
	w.MakeTag(t, municipal.Category, municipal.Name)
	w.MakeTag(t, municipal.Category, "Odense")
	w.MakeTag(t, "Owner", "IT")
	w.tagging(t)
	wantTags := func(server string, want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, w.Tags(t, server)); diff != "" {
			t.Errorf("tags of %s (-want +got):\n%s", server, diff)
		}
	}

	w.carry(t, ours(w.to(t, platform.Adopt, "")))
	wantTags(first, "Nightly")

	// A tag that somebody puts on it between the approval and the apply is not lost, and the approval stands.
	units := ours(w.to(t, platform.Place, ""))
	of := func(server string) terraform.Unit {
		return units[slices.IndexFunc(units, func(u terraform.Unit) bool { return u.Machines[0].Name == server })]
	}
	a := approve(t, w.runner, plan(t, w.runner, w.dir, []terraform.Unit{of(first)})[0])
	w.PutTag(t, first, "IT")
	if _, err := w.runner.Apply(t.Context(), w.dir, of(first), a); err == nil || !strings.Contains(err.Error(), "tags") {
		t.Fatalf("a plan that would take the new tag off: %v", err)
	}
	wantTags(first, "IT", "Nightly")
	w.tagging(t)
	units = ours(w.to(t, platform.Place, ""))
	if _, err := w.runner.Apply(t.Context(), w.dir, of(first), a); err != nil {
		t.Fatal(err)
	}
	wantTags(first, "IT", "Nightly", "Nyborg")
	wantTags(second)

	w.tagging(t)
	units = ours(w.to(t, platform.Place, ""))
	w.verify(t, []terraform.Unit{of(first)})
	if c := terraform.ReadBack(of(second), w.ground.Machines); !slices.ContainsFunc(c, func(c terraform.Check) bool { return c.What == "tag" && !c.OK }) {
		t.Errorf("the second has no tag, and its checks say: %+v", c)
	}

	w.PutTag(t, second, "Odense") // the category is for one tag a server
	w.tagging(t)
	units = ours(w.to(t, platform.Place, ""))
	if r := of(second).Refusals; len(r) != 1 || r[0].Gate != terraform.GateShared || r[0].Attribute != "tag" {
		t.Errorf("a server with another municipality's tag: %v", r)
	}

	units = ours(w.to(t, platform.Rollback, ""))
	w.carry(t, []terraform.Unit{of(first)})
	wantTags(first, "IT", "Nightly", "Nyborg")
	if n := w.PowerCalls(); n != 0 {
		t.Errorf("%d calls changed a server's power", n)
	}
}

// Only where a server is placed does its HCL name tags: elsewhere they are left alone.
func TestTagsWhereAServerIsPlaced(t *testing.T) {
	plan, snap := crowd(1)
	snap.Assets[0].UUID = "4223a9d1-7a49-4d5e-9d7b-52d2d1d0a001"
	machine := platform.Machine{UUID: snap.Assets[0].UUID, Name: "nyb-1", On: true, Location: platform.Location{Datacenter: "DC", Cluster: "C", Datastore: "ds"}}
	uuid := inventory.ComparableUUID(machine.UUID)
	mapping := terraform.Mapping{Platform: "vsphere", Source: "nyborg", Destination: machine.Location, Shared: platform.Sharing{Tag: &municipal}}
	for name, tt := range map[string]struct {
		stage   platform.Stage
		tagging platform.Tagging
		want    string // in the HCL
		refused string
	}{
		"placed":               {platform.Place, platform.Tagging{ID: "t1", On: map[string][]string{uuid: {"t0"}}}, `tags                       = ["t0", "t1"]`, ""},
		"placed with it":       {platform.Place, platform.Tagging{ID: "t1", On: map[string][]string{uuid: {"t1"}}, Alone: []string{"t2"}}, `tags                       = ["t1"]`, ""},
		"the tag is not there": {platform.Place, platform.Tagging{}, "ignore_changes = [tags, custom_attributes]", ""},
		"no tags were told":    {platform.Place, platform.Tagging{ID: "t1"}, "ignore_changes = [tags, custom_attributes]", "nobody has told"},
		"not for servers":      {platform.Place, platform.Tagging{ID: "t1", Fault: "no", On: map[string][]string{uuid: {}}}, "ignore_changes = [tags, custom_attributes]", "no"},
		"another one of it":    {platform.Place, platform.Tagging{ID: "t1", On: map[string][]string{uuid: {"t2"}}, Alone: []string{"t2"}}, "ignore_changes = [tags, custom_attributes]", "may have one"},
		"adopted":              {platform.Adopt, platform.Tagging{ID: "t1", On: map[string][]string{uuid: {}}}, "ignore_changes = [tags, custom_attributes]", ""},
		"taken back":           {platform.Rollback, platform.Tagging{ID: "t1", On: map[string][]string{uuid: {}}}, "ignore_changes = [tags, custom_attributes]", ""},
		"arrived":              {platform.Arrive, platform.Tagging{ID: "t1", On: map[string][]string{uuid: {}}}, "ignore_changes = [tags, custom_attributes]", ""},
	} {
		units, err := terraform.Render(plan, snap, terraform.Grounds{Mappings: map[string]terraform.Mapping{"nyborg-odense": mapping},
			Machines: terraform.Attach(snap, []platform.Machine{machine}), Tagging: map[string]platform.Tagging{"nyborg-odense": tt.tagging},
			Shared: map[string]terraform.SharedGround{"nyborg-odense": {Present: map[string]platform.Shared{"tag_category Kommune": {}, "tag Kommune/Nyborg": {}}}},
			Stages: map[string]platform.Stage{plan.Groups[0].ID: tt.stage}})
		if err != nil {
			t.Fatal(err)
		}
		u := ours(units)[0]
		if !strings.Contains(string(u.Files["main.tf"]), tt.want) {
			t.Errorf("%s: no %q in\n%s", name, tt.want, u.Files["main.tf"])
		}
		i := slices.IndexFunc(u.Refusals, func(r terraform.Refusal) bool { return r.Gate == terraform.GateShared })
		if i < 0 != (tt.refused == "") || i >= 0 && !strings.Contains(u.Refusals[i].Reason, tt.refused) {
			t.Errorf("%s: %v", name, u.Refusals)
		}
	}
}

// A plan may put tags on and take none off; what others put on meanwhile is not what was approved.
func TestTagsGate(t *testing.T) {
	const vsphere = "registry.terraform.io/hashicorp/vsphere"
	rules := terraform.RulesFor("vsphere", platform.Place)
	change := func(before, after, unknown any) *tfjson.Plan {
		return &tfjson.Plan{Config: &tfjson.Config{RootModule: &tfjson.ConfigModule{}}, ResourceChanges: []*tfjson.ResourceChange{{Address: "vm.a", Type: "vsphere_virtual_machine", ProviderName: vsphere,
			Change: &tfjson.Change{Actions: tfjson.Actions{tfjson.ActionUpdate}, Before: map[string]any{"tags": before}, After: map[string]any{"tags": after}, AfterUnknown: map[string]any{"tags": unknown}}}}}
	}
	a, b, c := "t1", "t2", "t3"
	for name, tt := range map[string]struct {
		plan *tfjson.Plan
		ok   bool
	}{
		"the first":       {change(nil, []any{a}, nil), true},
		"one more":        {change([]any{a, b}, []any{c, b, a}, nil), true},
		"another instead": {change([]any{a}, []any{b}, nil), false},
		"one less":        {change([]any{a, b}, []any{a}, nil), false},
		"none left":       {change([]any{a}, nil, nil), false},
		"not known yet":   {change([]any{a}, []any{a, nil}, []any{false, true}), false},
		"no list":         {change("x", []any{a}, nil), false},
	} {
		if r := terraform.Gates(tt.plan, rules); (len(r) == 0) != tt.ok {
			t.Errorf("%s: %v", name, r)
		}
	}
	if r := terraform.Gates(change(nil, []any{a}, nil), terraform.RulesFor("vsphere", platform.Arrive)); len(r) != 1 || r[0].Attribute != "tags" {
		t.Errorf("where a server arrives: %v", r)
	}
	digest := func(p *tfjson.Plan) string {
		t.Helper()
		d, err := terraform.Digest(p, rules)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	approved := digest(change([]any{a}, []any{a, c}, nil))
	if digest(change([]any{a, b}, []any{a, b, c}, nil)) != approved {
		t.Error("a tag of others changes the digest")
	}
	if digest(change([]any{a}, []any{a, b}, nil)) == approved {
		t.Error("another new tag has the same digest")
	}
}
