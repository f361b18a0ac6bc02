package platform

import (
	"fmt"

	"github.com/hashicorp/hcl/v2/hclwrite"
)

// Proxmox is a cluster of Proxmox VE. A move within it takes a server to another node and its disks to
// other storages. What is written follows the provider's documentation; it was not run against a cluster.
//
// A Location's Cluster is the node, its Pool the resource pool. A machine's ImportID is "node/number", a
// Disk's Label its interface (scsi0), a NIC's Network its bridge. What a machine has besides (bios,
// machine, scsi_hardware, on_boot …) stands in its Settings.
type Proxmox struct{}

// Name is "proxmox".
func (Proxmox) Name() string { return "proxmox" }

// Provider is the community's provider.
func (Proxmox) Provider() Provider {
	return Provider{Name: "proxmox", Source: "registry.terraform.io/bpg/proxmox", Version: "0.66.3"}
}

const proxmoxVM = "proxmox_virtual_environment_vm"

// proxmoxEngine are attributes that only tell the provider how to behave.
var proxmoxEngine = []string{
	"migrate", "reboot", "stop_on_destroy", "timeout_clone", "timeout_create", "timeout_migrate", "timeout_move_disk",
	"timeout_reboot", "timeout_shutdown_vm", "timeout_start_vm", "timeout_stop_vm",
}

// Rules lets adoption touch what is the engine's own, and a move the node, the storages and the bridges
// besides.
func (Proxmox) Rules(stage Stage) Rules {
	rule := Rule{Provider: "registry.terraform.io/bpg/proxmox", Import: stage.Imports(),
		Volatile: []string{"ipv4_addresses", "ipv6_addresses", "mac_addresses", "network_interface_names"}}
	switch {
	case stage.Imports():
		rule.Change = proxmoxEngine
	case stage.Moves():
		rule.Change = append(append([]string{}, proxmoxEngine...), "node_name", "disk.*.datastore_id", "network_device.*.bridge", "network_device.*.vlan_id")
	}
	return Rules{proxmoxVM: rule}
}

// Write appends the servers. migrate always: without it another node means that the server is destroyed
// and built anew.
func (p Proxmox) Write(body *hclwrite.Body, machines []Machine, label func(string) string, imports bool) error {
	requires(body, p.Provider())
	return eachServer(machines, func(m Machine) error {
		if m.Location.Cluster == "" || m.CPUs == 0 || m.Cores == 0 || m.CPUs%m.Cores != 0 {
			return fmt.Errorf("it was not read whole (node %q, %d CPUs, %d cores per socket)", m.Location.Cluster, m.CPUs, m.Cores)
		}
		vm, err := server(body, proxmoxVM, label(m.Asset), m.ImportID, imports)
		if err != nil {
			return err
		}
		attributes := []attribute{{name: "name", value: m.Name}, {name: "node_name", value: m.Location.Cluster},
			{name: "migrate", value: true}, {name: "reboot", value: false}, {name: "started", value: m.On}}
		if m.Location.Pool != "" {
			attributes = append(attributes, attribute{name: "pool_id", value: m.Location.Pool})
		}
		if err := write(vm, append(attributes, settings(m)...)...); err != nil {
			return err
		}
		if err := block(vm, "cpu", attribute{name: "cores", value: m.Cores}, attribute{name: "sockets", value: m.CPUs / m.Cores}); err != nil {
			return err
		}
		if err := block(vm, "memory", attribute{name: "dedicated", value: m.MemoryMB}); err != nil {
			return err
		}
		return proxmoxDevices(vm, m)
	})
}

// proxmoxDevices appends what hangs on a server.
func proxmoxDevices(vm *hclwrite.Body, m Machine) error {
	if m.Guest != "" {
		if err := block(vm, "operating_system", attribute{name: "type", value: m.Guest}); err != nil {
			return err
		}
	}
	for _, d := range m.Disks {
		if err := block(vm, "disk", attribute{name: "interface", value: d.Label}, attribute{name: "datastore_id", value: d.Datastore}, attribute{name: "size", value: d.GB}); err != nil {
			return err
		}
	}
	for _, n := range m.NICs {
		attributes := []attribute{{name: "bridge", value: n.Network}, {name: "model", value: n.Adapter}, {name: "mac_address", value: n.MAC}}
		if err := block(vm, "network_device", attributes...); err != nil {
			return err
		}
	}
	return nil
}

// Lacks wants the node and the storage.
func (Proxmox) Lacks(l Location) []string {
	return lacks("cluster", l.Cluster, "datastore", l.Datastore)
}
