package platform

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// value makes a setting a value of HCL. Strings come out as literals, whatever they contain.
func value(v any) (cty.Value, error) {
	switch v := v.(type) {
	case string:
		return cty.StringVal(v), nil
	case bool:
		return cty.BoolVal(v), nil
	case int:
		return cty.NumberIntVal(int64(v)), nil
	case int64:
		return cty.NumberIntVal(v), nil
	case []string: // never empty
		var list []cty.Value
		for _, s := range v {
			list = append(list, cty.StringVal(s))
		}
		return cty.ListVal(list), nil
	case float64: // a whole number that went through JSON
		return cty.NumberFloatVal(v), nil
	default:
		return cty.NilVal, fmt.Errorf("a %T cannot be written as HCL", v)
	}
}

// Tokens writes a value for a file that Layout lays out: as hclwrite does, which lays out every object
// by itself besides.
func Tokens(v cty.Value) hclwrite.Tokens {
	object := v.Type().IsObjectType()
	if v.IsNull() || !object && !v.Type().IsTupleType() || v.LengthInt() == 0 {
		return hclwrite.TokensForValue(v)
	}
	if !object {
		tokens := hclwrite.Tokens{{Type: hclsyntax.TokenOBrack, Bytes: []byte("[")}}
		for i, element := range v.AsValueSlice() {
			if i > 0 {
				tokens = append(tokens, &hclwrite.Token{Type: hclsyntax.TokenComma, Bytes: []byte(",")})
			}
			tokens = append(tokens, Tokens(element)...)
		}
		return append(tokens, &hclwrite.Token{Type: hclsyntax.TokenCBrack, Bytes: []byte("]")})
	}
	newline := &hclwrite.Token{Type: hclsyntax.TokenNewline, Bytes: []byte("\n")}
	tokens := hclwrite.Tokens{{Type: hclsyntax.TokenOBrace, Bytes: []byte("{")}, newline}
	for name, value := range v.Elements() { // in the order of their names
		key := hclwrite.TokensForValue(name)
		if hclsyntax.ValidIdentifier(name.AsString()) {
			key = hclwrite.TokensForIdentifier(name.AsString())
		}
		tokens = append(append(tokens, key...), &hclwrite.Token{Type: hclsyntax.TokenEqual, Bytes: []byte("=")})
		tokens = append(append(tokens, Tokens(value)...), newline)
	}
	return append(tokens, &hclwrite.Token{Type: hclsyntax.TokenCBrace, Bytes: []byte("}")})
}

// Reference makes a reference such as data.vsphere_network.n1.id.
func Reference(parts ...string) hcl.Traversal {
	t := hcl.Traversal{hcl.TraverseRoot{Name: parts[0]}}
	for _, p := range parts[1:] {
		t = append(t, hcl.TraverseAttr{Name: p})
	}
	return t
}

// attribute is one line of a block. ref goes before value.
type attribute struct {
	name  string
	value any
	ref   hcl.Traversal
}

// write appends attributes in the given order.
func write(body *hclwrite.Body, attributes ...attribute) error {
	for _, a := range attributes {
		if a.ref != nil {
			body.SetAttributeTraversal(a.name, a.ref)
			continue
		}
		v, err := value(a.value)
		if err != nil {
			return fmt.Errorf("attribute %s: %w", a.name, err)
		}
		body.SetAttributeValue(a.name, v)
	}
	return nil
}

// settings are the machine's further attributes in a fixed order.
func settings(m Machine) []attribute {
	var list []attribute
	for _, name := range slices.Sorted(maps.Keys(m.Settings)) {
		list = append(list, attribute{name: name, value: m.Settings[name]})
	}
	return list
}

// requires appends the terraform block's provider requirement and the provider itself, which takes all
// it needs from the environment, and gives the provider's body.
func requires(body *hclwrite.Body, p Provider) *hclwrite.Body {
	terraform := body.AppendNewBlock("terraform", nil).Body()
	terraform.AppendNewBlock("required_providers", nil).Body().SetAttributeValue(p.Name, cty.ObjectVal(map[string]cty.Value{
		"source":  cty.StringVal(p.Source),
		"version": cty.StringVal(p.Version),
	}))
	body.AppendNewline()
	return body.AppendNewBlock("provider", []string{p.Name}).Body()
}

// server appends a server's resource, after the import block when it exists and is to be taken over.
func server(body *hclwrite.Body, kind, label, importID string, imports bool) (*hclwrite.Body, error) {
	if imports {
		body.AppendNewline()
		block := body.AppendNewBlock("import", nil).Body()
		if err := write(block, attribute{name: "to", ref: Reference(kind, label)}, attribute{name: "id", value: importID}); err != nil {
			return nil, err
		}
	}
	body.AppendNewline()
	return body.AppendNewBlock("resource", []string{kind, label}).Body(), nil
}

// block appends a block of attributes, after an empty line.
func block(body *hclwrite.Body, name string, attributes ...attribute) error {
	body.AppendNewline()
	return write(body.AppendNewBlock(name, nil).Body(), attributes...)
}

// ignoreChanges tells the engine to leave differences of some attributes alone.
func ignoreChanges(body *hclwrite.Body, names ...string) {
	var list []hclwrite.Tokens
	for _, name := range names {
		list = append(list, hclwrite.TokensForIdentifier(name))
	}
	body.AppendNewline()
	body.AppendNewBlock("lifecycle", nil).Body().SetAttributeRaw("ignore_changes", hclwrite.TokensForTuple(list))
}

// eachServer writes servers one by one, and names the one that cannot be written.
func eachServer(machines []Machine, write func(Machine) error) error {
	for _, m := range machines {
		if err := write(m); err != nil {
			return fmt.Errorf("server %s (%s): %w", m.Name, m.Asset, err)
		}
	}
	return nil
}

// numbered gives each distinct name a number in the order of first use, to name blocks by.
type numbered struct {
	prefix string
	names  []string
}

func (n *numbered) label(name string) string {
	i := slices.Index(n.names, name)
	if i < 0 {
		n.names = append(n.names, name)
		i = len(n.names) - 1
	}
	return fmt.Sprintf("%s%d", n.prefix, i)
}
