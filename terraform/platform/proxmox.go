package platform

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"
)

// Proxmox is a cluster of Proxmox VE. A move within it takes running servers to another node, other
// bridges and VLANs and another pool, without a power cycle (measured against an API server of the tests
// by counting calls). Disks stay on their storages: the provider powers a running server off to move one,
// and deletes the original.
//
// A Location's Cluster is the node, its Pool the resource pool, its Datastore the storage of the first disk.
// A machine's ImportID is "node/number", a Disk's Label its interface (scsi0), a NIC's Network its bridge,
// with "/" and the VLAN when it is tagged (vmbr0/20). Settings whose names begin with "disk.scsi0." or
// "network_device.0." belong to that disk or card.
type Proxmox struct{}

// Name is "proxmox".
func (Proxmox) Name() string { return "proxmox" }

// Provider is the community's provider, in the version that the tests run.
func (Proxmox) Provider() Provider {
	return Provider{Name: "proxmox", Source: "registry.terraform.io/bpg/proxmox", Version: "0.106.0"}
}

const proxmoxVM = "proxmox_virtual_environment_vm"

// proxmoxEngine are attributes that only tell the provider how to behave.
var proxmoxEngine = []string{"delete_unreferenced_disks_on_destroy", "migrate", "purge_on_destroy", "reboot_after_update"}

// proxmoxGuest is what the guest's agent tells. It comes and goes, and is unknown while cards change.
var proxmoxGuest = []string{"ipv4_addresses", "ipv6_addresses", "network_interface_names"}

// proxmoxIgnored are attributes that no stage may change. The provider fills those that are not written
// with defaults of its own, which differ from what an imported server has, and then restarts or stops the
// server without saying so in the plan; some values that a server can have it does not even let be written
// (an unset keyboard or SCSI controller). So the engine is told to keep what it read.
var proxmoxIgnored = []string{
	"acpi", "agent", "amd_sev", "audio_device", "bios", "boot_order", "cdrom", "cpu", "description", "efi_disk",
	"hook_script_file_id", "hostpci", "hotplug", "initialization", "keyboard_layout", "kvm_arguments", "machine",
	"memory", "name", "numa", "on_boot", "operating_system", "protection", "rng", "scsi_hardware", "serial_device",
	"smbios", "started", "startup", "tablet_device", "tags", "template", "tpm_state", "usb", "vga", "virtiofs", "watchdog",
}

// Rules lets adoption change nothing at all, since the provider sends the server's configuration for any
// change, and a move the node, the pool and the networks. A disk's storage is not among them, see Proxmox.
func (Proxmox) Rules(stage Stage) Rules {
	rule := Rule{Provider: "registry.terraform.io/bpg/proxmox", Import: stage.Imports(), Volatile: append([]string{"mac_addresses"}, proxmoxGuest...)}
	if stage.Moves() {
		rule.Change = slices.Concat(proxmoxEngine, proxmoxGuest, []string{"node_name", "pool_id", "network_device.*.bridge", "network_device.*.vlan_id"})
	}
	return Rules{proxmoxVM: rule}
}

// Write appends the servers: where each is, its disks and its network cards as they stand.
func (p Proxmox) Write(body *hclwrite.Body, machines []Machine, label func(string) string, imports bool) error {
	requires(body, p.Provider())
	return eachServer(machines, func(m Machine) error {
		if m.Location.Cluster == "" || m.ImportID == "" {
			return fmt.Errorf("it was not read whole (node %q, import id %q)", m.Location.Cluster, m.ImportID)
		}
		vm, err := server(body, proxmoxVM, label(m.Asset), m.ImportID, imports)
		if err != nil {
			return err
		}
		var attributes []attribute
		if !strings.Contains(m.Name, " ") { // a server without a name is shown as "VM 100"
			attributes = append(attributes, attribute{name: "name", value: m.Name})
		}
		attributes = append(attributes, attribute{name: "node_name", value: m.Location.Cluster})
		if m.Location.Pool != "" {
			attributes = append(attributes, attribute{name: "pool_id", value: m.Location.Pool})
		}
		// Taking a server over shall change nothing. Afterwards another node means migration, where it would
		// else mean building anew; nothing may restart the server; and no disk goes with its configuration.
		if !imports {
			attributes = append(attributes, attribute{name: "migrate", value: true}, attribute{name: "reboot_after_update", value: false},
				attribute{name: "purge_on_destroy", value: false}, attribute{name: "delete_unreferenced_disks_on_destroy", value: false})
		}
		if err := write(vm, attributes...); err != nil {
			return err
		}
		if err := proxmoxDevices(vm, m); err != nil {
			return err
		}
		ignoreChanges(vm, proxmoxIgnored...)
		return nil
	})
}

// proxmoxDevices appends a server's disks and network cards. The provider sends all cards again when one
// changes, so all that is known of each is written.
func proxmoxDevices(vm *hclwrite.Body, m Machine) error {
	for _, d := range m.Disks {
		attributes := []attribute{{name: "interface", value: d.Label}, {name: "datastore_id", value: d.Datastore}, {name: "size", value: d.GB}}
		if err := proxmoxDevice(vm, "disk", attributes, m, "disk."+d.Label+"."); err != nil {
			return err
		}
	}
	for i, n := range m.NICs {
		bridge, tag, tagged := strings.Cut(n.Network, "/")
		attributes := []attribute{{name: "bridge", value: bridge}, {name: "model", value: n.Adapter}, {name: "mac_address", value: n.MAC}}
		if tagged {
			vlan, err := strconv.Atoi(tag)
			if err != nil || vlan < 1 || vlan > 4094 {
				return fmt.Errorf("network %q: want a bridge, or bridge/VLAN as in vmbr0/20", n.Network)
			}
			attributes = append(attributes, attribute{name: "vlan_id", value: vlan})
		}
		if err := proxmoxDevice(vm, "network_device", attributes, m, fmt.Sprintf("network_device.%d.", i)); err != nil {
			return err
		}
	}
	return nil
}

// proxmoxDevice appends a device with the settings under its prefix; those of one level further down are a
// block within it (disk.scsi0.speed.read).
func proxmoxDevice(vm *hclwrite.Body, name string, attributes []attribute, m Machine, prefix string) error {
	var inner []attribute
	var kind string
	for _, a := range settings(m) {
		rest, own := strings.CutPrefix(a.name, prefix)
		if !own {
			continue
		}
		if below, key, nested := strings.Cut(rest, "."); nested {
			kind, inner = below, append(inner, attribute{name: key, value: a.value})
			continue
		}
		attributes = append(attributes, attribute{name: rest, value: a.value})
	}
	vm.AppendNewline()
	body := vm.AppendNewBlock(name, nil).Body()
	if err := write(body, attributes...); err != nil || inner == nil {
		return err
	}
	return block(body, kind, inner...)
}

// Lacks wants the node and the storage.
func (Proxmox) Lacks(l Location) []string {
	return lacks("cluster", l.Cluster, "datastore", l.Datastore)
}
