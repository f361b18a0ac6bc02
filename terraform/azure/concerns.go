package azure

import (
	"fmt"
	"strings"

	"github.com/samdrift/samdrift/terraform/platform"
)

// raise adds a concern.
type raise func(blocking bool, key, format string, args ...any)

// concerns lists what Azure itself shows that a move must not meet unprepared.
func (s *subscription) concerns(vm server) []platform.Concern {
	var list []platform.Concern
	add := func(blocking bool, key, format string, args ...any) {
		list = append(list, platform.Concern{Key: key, Blocking: blocking, Detail: fmt.Sprintf(format, args...)})
	}
	p := vm.Properties
	switch state := s.statuses[key(vm.ID)].power(); state {
	case "running":
	case "":
		add(true, "power", "Azure does not tell whether it runs")
	default:
		add(false, "power", "it is %s", state)
	}
	if p.VirtualMachineScaleSet != nil {
		add(true, "scale_set", "it is part of the scale set %s, which starts and removes servers by itself", last(p.VirtualMachineScaleSet.ID))
	}
	if strings.EqualFold(p.Priority, "Spot") || strings.EqualFold(p.Priority, "Low") {
		add(true, "spot", "it is a spot server: Azure may take it away at any moment")
	}
	if p.SecurityProfile.UEFISettings.VTPMEnabled {
		add(true, "tpm", "it has a virtual TPM, whose keys stay in Azure")
	}
	if strings.EqualFold(p.SecurityProfile.SecurityType, "ConfidentialVM") {
		add(true, "encrypted", "it is a confidential server: its state is sealed to Azure's hardware")
	}
	s.diskConcerns(vm, add)
	s.lockConcerns(vm, add)
	if p.AvailabilitySet != nil {
		add(false, "availability_set", "it is part of the availability set %s: it and the others there are kept apart", last(p.AvailabilitySet.ID))
	}
	if len(vm.Zones) > 0 {
		add(false, "zone", "it is bound to zone %s", strings.Join(vm.Zones, ", "))
	}
	if p.Host != nil {
		add(false, "dedicated_host", "it runs on the dedicated host %s", last(p.Host.ID))
	}
	if vm.Plan != nil {
		add(false, "marketplace", "it was bought in the marketplace: %s of %s, whose licence stays with the subscription", vm.Plan.Product, vm.Plan.Publisher)
	}
	var extensions []string
	for _, e := range vm.Resources {
		extensions = append(extensions, last(e.ID))
	}
	if len(extensions) > 0 {
		add(false, "extensions", "Azure's extensions run in it: %s", strings.Join(extensions, ", "))
	}
	s.cardConcerns(vm, add)
	return list
}

// diskConcerns raises what its disks give cause for.
func (s *subscription) diskConcerns(vm server, add raise) {
	storage := vm.Properties.StorageProfile
	if storage.OSDisk.DiffDiskSettings != nil {
		add(true, "ephemeral_disk", "its disk with the operating system is lost when it is switched off")
	}
	if e := storage.OSDisk.EncryptionSettings; e != nil && e.Enabled {
		add(true, "encrypted", "its disks are encrypted from within, with a key of a key vault")
	}
	disks := []attached{storage.OSDisk.attached}
	for _, d := range storage.DataDisks {
		disks = append(disks, d.attached)
	}
	for _, a := range disks {
		if a.ManagedDisk == nil {
			if a.VHD != nil {
				add(true, "unmanaged_disk", "disk %s is a file in a storage account, not a managed disk", a.Name)
			}
			continue
		}
		d, read := s.disks[key(a.ManagedDisk.ID)]
		ephemeral := storage.OSDisk.DiffDiskSettings != nil && a.Name == storage.OSDisk.Name // Azure lists no such disk
		if !read && !ephemeral {
			add(true, "unread", "disk %s could not be read: may the login read its resource group?", a.Name)
		}
		p := d.Properties
		if p.MaxShares > 1 {
			add(true, "shared_disk", "disk %s can be shared by %d servers", a.Name, p.MaxShares)
		}
		if e := p.EncryptionSettingsCollection; e != nil && e.Enabled {
			add(true, "encrypted", "disk %s is encrypted from within, with a key of a key vault", a.Name)
		}
		if set := p.Encryption.DiskEncryptionSetID; set != "" {
			add(false, "encrypted", "disk %s is encrypted with a key of one's own (%s)", a.Name, last(set))
		}
	}
}

// cardConcerns raises what its network cards give cause for.
func (s *subscription) cardConcerns(vm server, add raise) {
	for _, ref := range vm.Properties.NetworkProfile.NetworkInterfaces {
		c, read := s.cards[key(ref.ID)]
		if !read {
			add(true, "unread", "network card %s could not be read: may the login read its resource group?", last(ref.ID))
		}
		for _, ip := range c.Properties.IPConfigurations {
			if public := ip.Properties.PublicIPAddress; public != nil {
				add(false, "public_address", "it has a public address that stays in Azure: %s %s", last(public.ID), s.addresses[key(public.ID)])
			}
		}
	}
}

// lockConcerns raises locks of the server, of its disks and cards, and of what they are in.
func (s *subscription) lockConcerns(vm server, add raise) {
	if s.locksUnread != nil {
		add(false, "lock", "nobody knows whether it is locked: %v", s.locksUnread)
		return
	}
	scopes := []string{vm.ID}
	for _, ref := range vm.Properties.NetworkProfile.NetworkInterfaces {
		scopes = append(scopes, ref.ID)
	}
	if d := vm.Properties.StorageProfile.OSDisk.ManagedDisk; d != nil {
		scopes = append(scopes, d.ID)
	}
	for _, d := range vm.Properties.StorageProfile.DataDisks {
		if d.ManagedDisk != nil {
			scopes = append(scopes, d.ManagedDisk.ID)
		}
	}
	said := map[string]bool{}
	for _, id := range scopes {
		for scope := key(id); scope != ""; scope = scope[:strings.LastIndex(scope, "/")] { // the resource, its group, the subscription
			for _, l := range s.locks[scope] {
				if !said[l.ID] {
					said[l.ID] = true
					add(strings.EqualFold(l.Properties.Level, "ReadOnly"), "lock", "it is under the lock %q (%s) of %s", l.Name, l.Properties.Level, last(scope))
				}
			}
		}
	}
}

// last is the name at the end of an id.
func last(id string) string {
	id = strings.TrimRight(id, "/")
	return id[strings.LastIndex(id, "/")+1:]
}
