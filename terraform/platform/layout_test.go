package platform_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/terraform/platform"
)

// Whatever blocks, assignments, objects, lists and references a file is made of, its text is the one that
// hclwrite's own formatting gives.
func TestLayoutIsHCLWritesOwn(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		file := hclwrite.NewEmptyFile()
		for range rapid.IntRange(0, 3).Draw(rt, "blocks") {
			fill(rt, file.Body().AppendNewBlock(identifier.Draw(rt, "type"), rapid.SliceOfN(rapid.String(), 0, 2).Draw(rt, "labels")).Body(), 3)
			if rapid.Bool().Draw(rt, "gap") {
				file.Body().AppendNewline()
			}
		}
		got := platform.Layout(file)
		if diff := cmp.Diff(string(hclwrite.Format(file.Bytes())), string(got)); diff != "" {
			rt.Errorf("(-hclwrite +layout):\n%s", diff)
		}
	})
}

// A value comes out as hclwrite writes it.
func TestTokensAreHCLWritesOwn(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		v := anyValue(rt, 3)
		theirs, ours := hclwrite.NewEmptyFile(), hclwrite.NewEmptyFile()
		theirs.Body().SetAttributeValue("value", v)
		ours.Body().SetAttributeRaw("value", platform.Tokens(v))
		if diff := cmp.Diff(string(hclwrite.Format(theirs.Bytes())), string(platform.Layout(ours))); diff != "" {
			rt.Errorf("(-hclwrite +ours):\n%s", diff)
		}
	})
}

var identifier = rapid.StringMatching(`[a-z][a-z_0-9]{0,9}`)

// fill puts attributes and blocks into a body.
func fill(rt *rapid.T, body *hclwrite.Body, depth int) {
	for range rapid.IntRange(0, 4).Draw(rt, "items") {
		name := identifier.Draw(rt, "name")
		switch rapid.IntRange(0, 5).Draw(rt, "item") {
		case 0:
			body.AppendNewline()
		case 1:
			if depth > 0 {
				fill(rt, body.AppendNewBlock(name, nil).Body(), depth-1)
			}
		case 2:
			reference := append(platform.Reference("data", name, "id"), hcl.TraverseIndex{Key: cty.StringVal("a")}, hcl.TraverseIndex{Key: cty.NumberIntVal(0)})
			body.SetAttributeTraversal(name, reference[:rapid.IntRange(1, len(reference)).Draw(rt, "steps")])
		case 3:
			body.SetAttributeRaw(name, hclwrite.TokensForTuple([]hclwrite.Tokens{hclwrite.TokensForIdentifier(name), hclwrite.TokensForIdentifier(name)}))
		default:
			body.SetAttributeValue(name, anyValue(rt, depth))
		}
	}
}

func anyValue(rt *rapid.T, depth int) cty.Value {
	kinds := 3
	if depth > 0 {
		kinds = 5
	}
	switch rapid.IntRange(0, kinds).Draw(rt, "kind") {
	case 0:
		return cty.StringVal(rapid.String().Draw(rt, "text"))
	case 1:
		return cty.NumberIntVal(rapid.Int64().Draw(rt, "number"))
	case 2:
		return cty.BoolVal(rapid.Bool().Draw(rt, "truth"))
	case 3:
		return cty.NullVal(cty.String)
	case 4:
		var list []cty.Value
		for range rapid.IntRange(0, 3).Draw(rt, "elements") {
			list = append(list, anyValue(rt, depth-1))
		}
		return cty.TupleVal(list)
	default:
		fields := map[string]cty.Value{}
		for range rapid.IntRange(0, 3).Draw(rt, "fields") {
			fields[rapid.OneOf(identifier, rapid.StringMatching(`[a-z ]{1,5}`)).Draw(rt, "field")] = anyValue(rt, depth-1)
		}
		return cty.ObjectVal(fields)
	}
}
