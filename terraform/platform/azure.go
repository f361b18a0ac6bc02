package platform

import (
	"errors"
	"fmt"

	"github.com/hashicorp/hcl/v2/hclwrite"
)

// Azure is Microsoft Azure as a destination: servers that another tool has copied there are taken over.
// There is no move within it, since place and size replace a server. What is written follows the
// provider's documentation; it was not run against Azure.
//
// Only servers that were made from a disk of their own can be written, as migration tools make them: for
// any other the provider asks for the administrator's password, and no secret is ever written. The first
// Disk is the one with the operating system: its Label is the disk's resource id, its Mode the caching. A
// NIC's Network is the card's resource id. A Location's Cluster is the region, its Folder the resource
// group. Guest is windows or linux; the size stands in Settings.
type Azure struct{}

// Name is "azure".
func (Azure) Name() string { return "azure" }

// Provider is Microsoft's and HashiCorp's.
func (Azure) Provider() Provider {
	return Provider{Name: "azurerm", Source: "registry.terraform.io/hashicorp/azurerm", Version: "4.50.0"}
}

// azureVM gives the type of resource for a guest.
var azureVM = map[string]string{"windows": "azurerm_windows_virtual_machine", "linux": "azurerm_linux_virtual_machine"}

// Rules lets servers be taken over, and nothing about them be changed.
func (Azure) Rules(stage Stage) Rules {
	rules := Rules{}
	for _, kind := range azureVM {
		rules[kind] = Rule{Provider: "registry.terraform.io/hashicorp/azurerm", Import: stage.Imports(),
			Volatile: []string{"private_ip_address", "private_ip_addresses", "public_ip_address", "public_ip_addresses", "vm_agent_platform_updates_enabled"}}
	}
	return rules
}

// Write appends the servers.
func (a Azure) Write(body *hclwrite.Body, machines []Machine, label func(string) string, imports bool) error {
	requires(body, a.Provider()).AppendNewBlock("features", nil)
	return eachServer(machines, func(m Machine) error {
		kind, known := azureVM[m.Guest]
		switch {
		case !known:
			return fmt.Errorf("its guest is %q, want windows or linux", m.Guest)
		case len(m.Disks) == 0 || m.Disks[0].Label == "" || m.Disks[0].Mode == "":
			return errors.New("its disk with the operating system was not read")
		case len(m.NICs) == 0:
			return errors.New("it has no network card")
		}
		vm, err := server(body, kind, label(m.Asset), m.ImportID, imports)
		if err != nil {
			return err
		}
		var cards []string
		for _, n := range m.NICs {
			cards = append(cards, n.Network)
		}
		attributes := []attribute{{name: "name", value: m.Name}, {name: "resource_group_name", value: m.Location.Folder},
			{name: "location", value: m.Location.Cluster}, {name: "network_interface_ids", value: cards}, {name: "os_managed_disk_id", value: m.Disks[0].Label}}
		if err := write(vm, append(attributes, settings(m)...)...); err != nil {
			return err
		}
		return block(vm, "os_disk", attribute{name: "caching", value: m.Disks[0].Mode})
	})
}

// Lacks wants nothing: servers are taken over where they arrived.
func (Azure) Lacks(Location) []string { return nil }
