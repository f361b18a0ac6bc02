package azure

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/samdrift/samdrift/terraform/platform"
)

// noUnit is the number of a disk that has none on its controller: the one with the operating system.
const noUnit = -1

// machine translates one server. What Azure did not tell stays empty, and what is not whole cannot be
// written; an id of a form that nobody knows is an error.
func (s *subscription) machine(vm server) (platform.Machine, error) {
	p := vm.Properties
	id, parts, err := canonical(vm.ID, virtualMachines)
	if err != nil {
		return platform.Machine{}, err
	}
	told := s.statuses[key(vm.ID)]
	m := platform.Machine{
		ImportID: id, UUID: strings.ToLower(p.VMID), Name: vm.Name, Guest: strings.ToLower(p.StorageProfile.OSDisk.OSType),
		Firmware: map[string]string{"V1": "bios", "V2": "efi"}[cmp.Or(told.HyperVGeneration, s.generation(vm))], On: told.power() == "running",
		Location: platform.Location{Cluster: region(vm.Location), Folder: parts.ResourceGroupName},
		Settings: map[string]any{},
	}
	has := s.sizes[[2]string{m.Location.Cluster, strings.ToLower(p.HardwareProfile.VMSize)}]
	m.CPUs, m.MemoryMB = has.cpus, has.memoryMB
	if own := p.HardwareProfile.VMSizeProperties.VCPUsAvailable; own > 0 {
		m.CPUs = own
	}
	if p.HardwareProfile.VMSize != "" {
		m.Settings["size"] = p.HardwareProfile.VMSize
	}
	if len(vm.Zones) > 0 {
		m.Settings["zone"] = vm.Zones[0]
	}
	if set := p.AvailabilitySet; set != nil {
		if m.Settings["availability_set_id"], _, err = canonical(set.ID, availabilitySets); err != nil {
			return platform.Machine{}, err
		}
	}
	if m.Disks, err = s.machineDisks(vm); err != nil {
		return platform.Machine{}, err
	}
	if m.NICs, err = s.machineCards(vm); err != nil {
		return platform.Machine{}, err
	}
	m.Concerns = s.concerns(vm)
	return m, nil
}

// generation is the kind of machine that the disk with the operating system was made for, V1 or V2.
func (s *subscription) generation(vm server) string {
	if d := vm.Properties.StorageProfile.OSDisk.ManagedDisk; d != nil {
		return s.disks[key(d.ID)].Properties.HyperVGeneration
	}
	return ""
}

// power is what a server does: running, stopped, deallocated, starting …; empty when Azure does not tell.
func (t status) power() string {
	for _, s := range t.Statuses {
		if state, ok := strings.CutPrefix(strings.ToLower(s.Code), "powerstate/"); ok {
			return state
		}
	}
	return ""
}

// machineDisks gives the disk with the operating system first, then the others as Azure lists them.
func (s *subscription) machineDisks(vm server) ([]platform.Disk, error) {
	storage := vm.Properties.StorageProfile
	first, err := s.machineDisk(storage.OSDisk.attached, noUnit)
	if err != nil {
		return nil, err
	}
	disks := []platform.Disk{first}
	for _, d := range storage.DataDisks {
		one, err := s.machineDisk(d.attached, d.LUN)
		if err != nil {
			return nil, err
		}
		disks = append(disks, one)
	}
	return disks, nil
}

// machineDisk leaves the label of a disk that is not managed empty: it is a file in a storage account.
func (s *subscription) machineDisk(a attached, unit int) (platform.Disk, error) {
	out := platform.Disk{Unit: unit, GB: a.DiskSizeGB, Mode: a.Caching}
	if a.ManagedDisk == nil {
		return out, nil
	}
	var err error
	if out.Label, _, err = canonical(a.ManagedDisk.ID, managedDisks); err != nil {
		return out, err
	}
	if d, read := s.disks[key(a.ManagedDisk.ID)]; read {
		out.Datastore = d.SKU.Name
		if d.Properties.DiskSizeGB > 0 { // of a server that is deallocated only the disk itself tells
			out.GB = d.Properties.DiskSizeGB
		}
	}
	return out, nil
}

// machineCards gives the network cards in the server's own order, in which the provider compares them.
func (s *subscription) machineCards(vm server) ([]platform.NIC, error) {
	var nics []platform.NIC
	for _, ref := range vm.Properties.NetworkProfile.NetworkInterfaces {
		id, _, err := canonical(ref.ID, networkCards)
		if err != nil {
			return nil, err
		}
		nic := platform.NIC{Adapter: id}
		if c, read := s.cards[key(ref.ID)]; read {
			nic.MAC = strings.ToLower(strings.ReplaceAll(c.Properties.MACAddress, "-", ":"))
			for i, ip := range c.Properties.IPConfigurations {
				if i == 0 && ip.Properties.Subnet != nil { // all configurations of a card lie in one virtual network
					nic.Network = network(ip.Properties.Subnet.ID)
				}
				nic.Static = nic.Static || strings.EqualFold(ip.Properties.PrivateIPAllocationMethod, "Static")
			}
		}
		nics = append(nics, nic)
	}
	return nics, nil
}

// network writes a subnet's id as people do: virtual network/subnet. Empty when it is no such id.
func network(subnet string) string {
	parts := strings.Split(strings.Trim(subnet, "/"), "/")
	if n := len(parts); n >= 4 && strings.EqualFold(parts[n-4], "virtualNetworks") && strings.EqualFold(parts[n-2], "subnets") {
		return fmt.Sprintf("%s/%s", parts[n-3], parts[n-1])
	}
	return ""
}
