package terraform

import (
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/terraform/platform"
)

// tagged gives a machine that moves the agreement's tag besides those that it has, or a refusal when it
// cannot have it: the provider puts tags on in the middle of a move, which would then end half way. While
// the tag is not there the unit waits for that, and the machine stays as it is.
func (m Mapping) tagged(machine platform.Machine, tagging platform.Tagging) (platform.Machine, []Refusal) {
	if m.Shared.Tag == nil || tagging.ID == "" {
		return machine, nil
	}
	name := m.Shared.Tag.Category + "/" + m.Shared.Tag.Name
	refuse := func(format string, args ...any) (platform.Machine, []Refusal) {
		return machine, []Refusal{{Gate: GateShared, Resource: machine.Name, Attribute: string(platform.SharedTag),
			Reason: fmt.Sprintf("tag %q cannot be put on it: ", name) + fmt.Sprintf(format, args...)}}
	}
	has, told := tagging.On[inventory.ComparableUUID(machine.UUID)]
	other := slices.IndexFunc(has, func(id string) bool { return slices.Contains(tagging.Alone, id) })
	switch on := slices.Contains(has, tagging.ID); {
	case tagging.Fault != "":
		return refuse("%s", tagging.Fault)
	case !told:
		return refuse("nobody has told what tags it has")
	case !on && other >= 0:
		return refuse("it has another of category %q, of which it may have one: take that off, or leave the tag out of the mapping", m.Shared.Tag.Category)
	default:
		ids := append(slices.Clone(has), tagging.ID)
		slices.Sort(ids)
		machine.Tags = &platform.Tags{IDs: slices.Compact(ids), Name: name, On: on}
		return machine, nil
	}
}
