package terraform_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	tfjson "github.com/hashicorp/terraform-json"

	"github.com/samdrift/samdrift/terraform"
)

// What a plan would do is told attribute by attribute, and no secret is told with it.
func TestDifference(t *testing.T) {
	const changes = `[
		{"address":"a.moved","mode":"managed","change":{"actions":["update"],
			"before":{"pool":"old","disk":[{"size":10,"store":"s1"}],"password":"p1","note":null,"tags":["x"],"guest":"ip1"},
			"after":{"pool":"new","disk":[{"size":10,"store":"s2"}],"password":"p2","note":"","tags":["x","y"]},
			"after_unknown":{"guest":true},"before_sensitive":{"password":true},"after_sensitive":{"password":true}}},
		{"address":"a.adopted","mode":"managed","change":{"actions":["no-op"],"before":{"x":1},"after":{"x":1},"importing":{"id":"/DC0/vm/a"}}},
		{"address":"a.made","mode":"managed","change":{"actions":["create"],"before":null,
			"after":{"name":"n","unset":null,"login":{"user":"u","key":"k"}},"after_unknown":{"id":true},"after_sensitive":{"login":{"key":true}}}},
		{"address":"a.gone","mode":"managed","change":{"actions":["delete"],"before":{"password":"p3"},"after":null}},
		{"address":"a.again","mode":"managed","change":{"actions":["delete","create"],"before":{"name":"n"},"after":{"name":"m"}}},
		{"address":"data.read","mode":"data","change":{"actions":["read"],"before":null,"after":{"x":1}}}]`
	plan := &tfjson.Plan{}
	if err := json.Unmarshal([]byte(changes), &plan.ResourceChanges); err != nil {
		t.Fatal(err)
	}
	got, more := terraform.Difference(plan)
	want := []terraform.AttributeChange{
		{Resource: "a.moved", Action: "change", Attribute: "disk.0.store", Before: "s1", After: "s2"},
		{Resource: "a.moved", Action: "change", Attribute: "guest", Before: "ip1", Unknown: true},
		{Resource: "a.moved", Action: "change", Attribute: "password", Sensitive: true},
		{Resource: "a.moved", Action: "change", Attribute: "pool", Before: "old", After: "new"},
		{Resource: "a.moved", Action: "change", Attribute: "tags", Before: `["x"]`, After: `["x","y"]`},
		{Resource: "a.adopted", Action: "import", After: "/DC0/vm/a"},
		{Resource: "a.made", Action: "add", Attribute: "id", Unknown: true},
		{Resource: "a.made", Action: "add", Attribute: "login", Sensitive: true},
		{Resource: "a.made", Action: "add", Attribute: "name", After: "n"},
		{Resource: "a.gone", Action: "destroy"},
		{Resource: "a.again", Action: "[delete create]", Attribute: "name", Before: "n", After: "m"},
	}
	if d := cmp.Diff(want, got); d != "" || more != 0 {
		t.Errorf("%d more, difference (-want +got):\n%s", more, d)
	}
}

// A plan of any size is told in few enough lines, and it is told how many are missing.
func TestDifferenceIsCapped(t *testing.T) {
	after := map[string]any{}
	for i := range 1007 {
		after[strings.Repeat("k", i+1)] = strings.Repeat("v", 350)
	}
	plan := &tfjson.Plan{ResourceChanges: []*tfjson.ResourceChange{{Address: "a.b", Change: &tfjson.Change{Actions: tfjson.Actions{tfjson.ActionCreate}, After: after}}}}
	got, more := terraform.Difference(plan)
	if len(got) != 1000 || more != 7 || len([]rune(got[0].After)) != 300 {
		t.Errorf("%d lines and %d more, the first with %d characters", len(got), more, len([]rune(got[0].After)))
	}
}
