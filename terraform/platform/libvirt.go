package platform

import (
	"fmt"

	"github.com/hashicorp/hcl/v2/hclwrite"
)

// Libvirt is QEMU/KVM under libvirt. Its provider can take domains over and nothing more: nearly every
// attribute of a domain replaces it, so there is no move within it. What is written was tried against
// provider 0.8.3 and real domains under libvirt 9.0: taking one over makes no call that changes it.
//
// A Disk's Label is the key of its volume, which must lie in a pool of libvirt's; its Mode is empty, or
// what else it is: "cdrom" (Label is the file that is inserted, or empty), "block" (Label is the host's own
// device) or "cloudinit". A NIC's Network is what it is attached to, its Adapter how: empty is a network of
// libvirt's, the others are the keys of libvirtCards.
type Libvirt struct{}

// Name is "libvirt".
func (Libvirt) Name() string { return "libvirt" }

// Provider is the last version of the line that is written in the first plug-in kit; later ones have other
// attributes.
func (Libvirt) Provider() Provider {
	return Provider{Name: "libvirt", Source: "registry.terraform.io/dmacvicar/libvirt", Version: "0.8.3"}
}

const libvirtDomain = "libvirt_domain"

// libvirtCards gives the attribute that names what a network card is attached to, by how it is attached.
// LibvirtUser is attached to nothing that has a name.
var libvirtCards = map[string]string{"": "network_name", "bridge": "bridge", "macvtap": "macvtap", "vepa": "vepa",
	"private": "private", "passthrough": "passthrough", LibvirtUser: ""}

// LibvirtUser is how a card is attached that reaches the network as a program of its host.
const LibvirtUser = "user"

// libvirtUnread are attributes that the provider does not read back. Differences of the first two would
// replace a domain. The third would not, but any change at all makes this provider start a domain that is
// off: taking a server over would switch it on.
var libvirtUnread = []string{"fw_cfg_name", "type", "qemu_agent"}

// Rules lets domains be taken over, and nothing about them be changed: any change starts a domain that is
// off.
func (Libvirt) Rules(stage Stage) Rules {
	return Rules{libvirtDomain: {Provider: "registry.terraform.io/dmacvicar/libvirt", Import: stage.Imports()}}
}

// Lacks wants nothing: servers are taken over where they arrived.
func (Libvirt) Lacks(Location) []string { return nil }

// Write appends the domains.
func (l Libvirt) Write(body *hclwrite.Body, machines []Machine, label func(string) string, imports bool) error {
	requires(body, l.Provider())
	return eachServer(machines, func(m Machine) error {
		vm, err := server(body, libvirtDomain, label(m.Asset), m.UUID, imports)
		if err != nil {
			return err
		}
		attributes := []attribute{{name: "name", value: m.Name}, {name: "vcpu", value: m.CPUs}, {name: "memory", value: m.MemoryMB}, {name: "running", value: m.On}}
		if m.Firmware != "" {
			attributes = append(attributes, attribute{name: "firmware", value: m.Firmware})
		}
		if err := write(vm, append(attributes, settings(m)...)...); err != nil {
			return err
		}
		for _, d := range m.Disks {
			if err := libvirtDisk(vm, d); err != nil {
				return err
			}
		}
		for _, n := range m.NICs {
			if err := libvirtCard(vm, n); err != nil {
				return err
			}
		}
		ignoreChanges(vm, libvirtUnread...)
		return nil
	})
}

// libvirtDisk appends a disk. One that the provider cannot read back is refused here, by name: its import
// would fail, or end in a crash.
func libvirtDisk(vm *hclwrite.Body, d Disk) error {
	var attributes []attribute
	switch {
	case d.Mode == "cloudinit": // the provider counts it as something else
		return nil
	case d.Mode == "cdrom" && d.Label == "": // empty, and a disk all the same
	case d.Mode == "cdrom":
		attributes = append(attributes, attribute{name: "file", value: d.Label})
	case d.Mode == "block":
		attributes = append(attributes, attribute{name: "block_device", value: d.Label})
	case d.Mode != "":
		return fmt.Errorf("its disk %d is a %s, which the provider cannot take over", d.Unit, d.Mode)
	case d.Label == "":
		return fmt.Errorf("its disk %d lies in no pool of libvirt's: make its folder a pool, or refresh the pool that it lies in", d.Unit)
	default:
		attributes = append(attributes, attribute{name: "volume_id", value: d.Label})
	}
	if d.Bus == "scsi" {
		attributes = append(attributes, attribute{name: "scsi", value: true})
	}
	return block(vm, "disk", attributes...)
}

func libvirtCard(vm *hclwrite.Body, n NIC) error {
	name, known := libvirtCards[n.Adapter]
	if !known {
		return fmt.Errorf("its network card %s is attached as %q, which the provider cannot take over", n.MAC, n.Adapter)
	}
	var attributes []attribute
	if name != "" {
		attributes = append(attributes, attribute{name: name, value: n.Network})
	}
	return block(vm, "network_interface", append(attributes, attribute{name: "mac", value: n.MAC})...)
}
