package platform

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

// Shares lists the levels of the folder, the pool, the category and the tag. Networks are not among them:
// whether a port group is right for servers shows in the switches around it, so people make it, and a
// mapping that does not name it is refused.
func (VSphere) Shares(at Location, want Sharing) []Shared {
	var list []Shared
	if want.Folder {
		folder := at.Datacenter
		for level := range strings.SplitSeq(at.Folder, "/") {
			folder = path.Join(folder, level)
			list = append(list, Shared{Kind: SharedFolder, Name: folder})
		}
	}
	if want.Pool != nil {
		list = append(list, Shared{Kind: SharedPool, Name: path.Join(at.Datacenter, at.Cluster, at.Pool), Pool: *want.Pool})
	}
	if want.Tag != nil {
		list = append(list, Shared{Kind: SharedCategory, Name: want.Tag.Category}, Shared{Kind: SharedTag, Name: want.Tag.Category + "/" + want.Tag.Name})
	}
	return list
}

// SharedRules lets the four kinds come into being, and a pool's figures change.
func (VSphere) SharedRules() Rules {
	rule := Rule{Provider: "registry.terraform.io/hashicorp/vsphere", Create: true}
	pool, category := rule, rule
	pool.Change = []string{"cpu_limit", "cpu_reservation", "memory_limit", "memory_reservation"}
	category.Volatile = []string{"associable_types"} // vCenter tells it back in other words
	return Rules{"vsphere_folder": rule, "vsphere_resource_pool": pool, "vsphere_tag_category": category, "vsphere_tag": rule}
}

// WriteShared appends the things that are made. Of those that are there only what a made one lies in is
// referred to.
func (v VSphere) WriteShared(body *hclwrite.Body, at Location, list []Shared) error {
	requires(body, v.Provider())
	w := sharedWriter{body: body}
	made := func(kinds ...SharedKind) bool {
		return slices.ContainsFunc(list, func(s Shared) bool { return s.Made && slices.Contains(kinds, s.Kind) })
	}
	if made(SharedFolder, SharedPool) {
		w.block("data", "vsphere_datacenter", "dc", attribute{name: "name", value: at.Datacenter})
	}
	above := "" // label of the folder that the next one lies in, when it is made too
	for i, s := range list {
		switch {
		case s.Kind == SharedFolder && s.Made:
			label := fmt.Sprintf("folder_%d", i+1)
			folder := w.block("resource", "vsphere_folder", label, attribute{name: "path", value: strings.TrimPrefix(s.Name, at.Datacenter+"/")},
				attribute{name: "type", value: "vm"}, datacenter)
			if above != "" {
				dependsOn(folder, "vsphere_folder", above)
			}
			above = label
		case s.Kind == SharedPool && s.Made:
			w.pool(at, s)
		case s.Kind == SharedCategory:
			w.category(s, made(SharedTag))
		case s.Kind == SharedTag && s.Made:
			w.block("resource", "vsphere_tag", "tag", attribute{name: "name", value: path.Base(s.Name)}, attribute{name: "category_id", ref: w.categoryID})
		}
	}
	return w.fault
}

// datacenter is the datacenter that a folder or the data source of a pool lies in.
var datacenter = attribute{name: "datacenter_id", ref: Reference("data", "vsphere_datacenter", "dc", "id")}

// sharedWriter keeps the first error.
type sharedWriter struct {
	body       *hclwrite.Body
	categoryID hcl.Traversal
	fault      error
}

// block appends a block with a type, a label and attributes.
func (w *sharedWriter) block(what, kind, label string, attributes ...attribute) *hclwrite.Body {
	w.body.AppendNewline()
	block := w.body.AppendNewBlock(what, []string{kind, label}).Body()
	if err := write(block, attributes...); err != nil && w.fault == nil {
		w.fault = fmt.Errorf("%s %s: %w", kind, label, err)
	}
	return block
}

// pool appends the pool, below the cluster's own or the pool that it lies in.
func (w *sharedWriter) pool(at Location, s Shared) {
	above, name := path.Split(at.Pool)
	in := Location{Cluster: at.Cluster, Pool: strings.TrimSuffix(above, "/")}
	w.block("data", "vsphere_resource_pool", "above", attribute{name: "name", value: in.pool()}, datacenter)
	attributes := []attribute{{name: "name", value: name}, {name: "parent_resource_pool_id", ref: Reference("data", "vsphere_resource_pool", "above", "id")}}
	for _, figure := range []struct {
		name  string
		value int64
	}{{"cpu_limit", s.Pool.CPULimitMHz}, {"cpu_reservation", s.Pool.CPUReservedMHz},
		{"memory_limit", s.Pool.MemoryLimitMB}, {"memory_reservation", s.Pool.MemoryReservedMB}} {
		if figure.value > 0 {
			attributes = append(attributes, attribute{name: figure.name, value: figure.value})
		}
	}
	w.block("resource", "vsphere_resource_pool", "pool", attributes...)
}

// category appends the category, or refers to the one that is there when the tag is made in it.
func (w *sharedWriter) category(s Shared, tagged bool) {
	if !s.Made {
		w.categoryID = Reference("data", "vsphere_tag_category", "category", "id")
		if tagged {
			w.block("data", "vsphere_tag_category", "category", attribute{name: "name", value: s.Name})
		}
		return
	}
	w.categoryID = Reference("vsphere_tag_category", "category", "id")
	category := w.block("resource", "vsphere_tag_category", "category", attribute{name: "name", value: s.Name},
		attribute{name: "cardinality", value: "SINGLE"}, attribute{name: "associable_types", value: []string{"VirtualMachine"}})
	ignoreChanges(category, "associable_types")
}

// dependsOn has a block wait for another resource.
func dependsOn(body *hclwrite.Body, kind, label string) {
	body.SetAttributeRaw("depends_on", hclwrite.TokensForTuple([]hclwrite.Tokens{hclwrite.TokensForTraversal(Reference(kind, label))}))
}

var _ Sharer = VSphere{}
