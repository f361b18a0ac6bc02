package platform

import (
	"errors"
	"fmt"

	"github.com/hashicorp/hcl/v2/hclwrite"
)

// Azure is Microsoft Azure as a destination: servers that another tool has copied there are taken over.
// There is no move within it: another place replaces a server, another network card or size shuts it down.
//
// What is written follows the source of the provider, internal/services/compute: *_virtual_machine_resource.go
// and virtual_machine_import.go; it was not run against Azure. An import reads, and changes nothing. But most
// of what a server was born with (administrator, keys, image, time zone) replaces it when HCL states it
// differently or not at all, and some of that is secret. So HCL states what identifies a server, and the
// engine is told to leave every difference alone.
//
// The first Disk is the one with the operating system: its Label is the disk's resource id, its Mode the
// caching. A NIC's Network is virtual network/subnet, its Adapter the card's resource id. A Location's
// Cluster is the region, its Folder the resource group. Guest is windows or linux; the size and, if it has
// them, zone and availability set stand in Settings.
type Azure struct{}

// Name is "azure".
func (Azure) Name() string { return "azure" }

// Provider is Microsoft's and HashiCorp's. Its source was read as it was four days after this version.
func (Azure) Provider() Provider {
	return Provider{Name: "azurerm", Source: "registry.terraform.io/hashicorp/azurerm", Version: "5.2.0"}
}

// azureVM gives the type of resource for a guest.
var azureVM = map[string]string{"windows": "azurerm_windows_virtual_machine", "linux": "azurerm_linux_virtual_machine"}

// Rules lets servers be taken over, and nothing about them be changed: the provider shuts a server down,
// without saying so in a plan, for another size, network card, caching, host or placement.
func (Azure) Rules(stage Stage) Rules {
	rules := Rules{}
	for _, kind := range azureVM {
		rules[kind] = Rule{Provider: "registry.terraform.io/hashicorp/azurerm", Import: stage.Imports(),
			Volatile: []string{"private_ip_address", "private_ip_addresses", "public_ip_address", "public_ip_addresses", "vm_agent_platform_updates_enabled"}}
	}
	return rules
}

// Write appends the servers. Servers on disks that are files in a storage account are another type of
// resource, which the provider keeps as it was and no longer develops: they are not written.
func (a Azure) Write(body *hclwrite.Body, machines []Machine, label func(string) string, imports bool) error {
	requires(body, a.Provider()).AppendNewBlock("features", nil)
	return eachServer(machines, func(m Machine) error {
		kind, known := azureVM[m.Guest]
		switch {
		case !known:
			return fmt.Errorf("its guest is %q, want windows or linux", m.Guest)
		case len(m.Disks) == 0 || m.Disks[0].Label == "" || m.Disks[0].Mode == "":
			return errors.New("its disk with the operating system is not a managed disk, or was not read")
		case len(m.NICs) == 0:
			return errors.New("it has no network card")
		case m.Settings["size"] == nil:
			return errors.New("its size was not read")
		}
		vm, err := server(body, kind, label(m.Asset), m.ImportID, imports)
		if err != nil {
			return err
		}
		var cards []string
		for _, n := range m.NICs {
			cards = append(cards, n.Adapter)
		}
		attributes := []attribute{{name: "name", value: m.Name}, {name: "resource_group_name", value: m.Location.Folder},
			{name: "location", value: m.Location.Cluster}, {name: "network_interface_ids", value: cards}, {name: "os_managed_disk_id", value: m.Disks[0].Label}}
		if err := write(vm, append(attributes, settings(m)...)...); err != nil {
			return err
		}
		if err := block(vm, "os_disk", attribute{name: "caching", value: m.Disks[0].Mode}); err != nil {
			return err
		}
		return block(vm, "lifecycle", attribute{name: "ignore_changes", ref: Reference("all")})
	})
}

// Lacks wants nothing: servers are taken over where they arrived.
func (Azure) Lacks(Location) []string { return nil }
