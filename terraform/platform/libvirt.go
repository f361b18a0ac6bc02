package platform

import (
	"github.com/hashicorp/hcl/v2/hclwrite"
)

// Libvirt is QEMU/KVM under libvirt, for labs. Its provider can take domains over and nothing more: nearly
// every attribute of a domain replaces it, so there is no move within it.
//
// A Disk's Label is the key of its volume, which must lie in a pool of libvirt's. A NIC's Network is the
// name of a network, or of a bridge when its Adapter is "bridge".
type Libvirt struct{}

// Name is "libvirt".
func (Libvirt) Name() string { return "libvirt" }

// Provider is the last version of the line that is written in the first plug-in kit; later ones have other
// attributes.
func (Libvirt) Provider() Provider {
	return Provider{Name: "libvirt", Source: "registry.terraform.io/dmacvicar/libvirt", Version: "0.8.3"}
}

const libvirtDomain = "libvirt_domain"

// Rules lets adoption and arrival touch what the provider only keeps for itself: it reads qemu_agent when
// it waits for addresses, and sends no change of it.
func (Libvirt) Rules(stage Stage) Rules {
	rule := Rule{Provider: "registry.terraform.io/dmacvicar/libvirt", Import: stage.Imports()}
	if stage.Imports() {
		rule.Change = []string{"qemu_agent"}
	}
	return Rules{libvirtDomain: rule}
}

// Write appends the domains. The provider does not read two attributes back that replace a domain when
// they differ from their defaults, so changes of them are left alone.
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
			if err := block(vm, "disk", attribute{name: "volume_id", value: d.Label}); err != nil {
				return err
			}
		}
		for _, n := range m.NICs {
			network := attribute{name: "network_name", value: n.Network}
			if n.Adapter == "bridge" {
				network.name = "bridge"
			}
			if err := block(vm, "network_interface", network, attribute{name: "mac", value: n.MAC}); err != nil {
				return err
			}
		}
		ignoreChanges(vm, "fw_cfg_name", "type")
		return nil
	})
}

// Lacks wants nothing: servers are taken over where they arrived.
func (Libvirt) Lacks(Location) []string { return nil }
