package terraform

import (
	"cmp"
	"slices"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/terraform/platform"
)

// record writes a server as terraform_data: every engine has it built in, so it can be planned
// anywhere, and it touches nothing but its own state.
func record(body *hclwrite.Body, m move) {
	body.AppendNewline()
	a := m.asset
	resource := body.AppendNewBlock("resource", []string{TerraformData, label(m.asset.ID)}).Body()
	resource.SetAttributeRaw("input", platform.Tokens(cty.ObjectVal(map[string]cty.Value{
		"asset":             text(a.ID),
		"name":              text(a.Name),
		"kind":              text(string(a.Kind)),
		"os":                text(a.OS.String()),
		"from_municipality": text(m.municipality),
		"from_site":         text(a.Site),
		"to_centre":         text(m.group.Centre),
		"vcpus":             number(a.VCPUs),
		"memory_bytes":      number(a.MemoryBytes),
		"disks":             disks(a),
		"group":             text(m.group.ID),
		"wave":              text(m.wave.Name),
		"cutover":           text(m.group.Cutover.String()),
	})))
}

// disks lists the volumes by name; null when none has been seen.
func disks(a *inventory.Asset) cty.Value {
	volumes := slices.SortedFunc(slices.Values(a.Volumes), func(x, y inventory.Volume) int {
		return cmp.Or(cmp.Compare(x.Name, y.Name), cmp.Compare(x.SharedID, y.SharedID), cmp.Compare(x.TotalBytes, y.TotalBytes))
	})
	var list []cty.Value
	for _, v := range volumes {
		list = append(list, cty.ObjectVal(map[string]cty.Value{
			"name":   text(v.Name),
			"bytes":  number(v.TotalBytes),
			"shared": text(v.SharedID),
		}))
	}
	if list == nil {
		return cty.NullVal(cty.DynamicPseudoType)
	}
	return cty.TupleVal(list)
}
