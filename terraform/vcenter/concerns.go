package vcenter

import (
	"fmt"

	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/samdrift/samdrift/terraform/platform"
)

// concerns lists what vCenter itself shows that a move must not meet unprepared, blocking ones first as
// far as they are known: a property that was not read raises none, so a login must be able to read all.
func concerns(vm mo.VirtualMachine) []platform.Concern {
	var list []platform.Concern
	add := func(blocking bool, key, format string, args ...any) {
		list = append(list, platform.Concern{Key: key, Blocking: blocking, Detail: fmt.Sprintf(format, args...)})
	}
	if vm.Config.Template {
		add(true, "template", "it is a template, not a server")
	}
	if vm.ParentVApp != nil {
		add(true, "vapp", "it is part of a vApp, which must be moved whole")
	}
	if s := vm.Snapshot; s != nil && len(s.RootSnapshotList) > 0 {
		first := s.RootSnapshotList[0]
		add(true, "snapshot", "it has snapshots, the oldest %q of %s", first.Name, first.CreateTime.UTC().Format("2006-01-02"))
	}
	if state := vm.Runtime.FaultToleranceState; state != "" && state != types.VirtualMachineFaultToleranceStateNotConfigured {
		add(true, "fault_tolerance", "fault tolerance is %s", state)
	}
	if vm.Config.KeyId != nil {
		add(true, "encrypted", "its files are encrypted with a key of this vCenter")
	}
	for _, d := range vm.Config.Hardware.Device {
		device(d, add)
	}
	if vm.Guest != nil {
		switch vm.Guest.ToolsStatus {
		case types.VirtualMachineToolsStatusToolsNotInstalled:
			add(false, "tools", "VMware Tools are not installed: it cannot be shut down in an orderly way from outside")
		case types.VirtualMachineToolsStatusToolsOld:
			add(false, "tools", "VMware Tools are out of date")
		}
	}
	return list
}

// device raises the concerns of one device.
func device(d types.BaseVirtualDevice, add func(blocking bool, key, format string, args ...any)) {
	switch d := d.(type) {
	case *types.VirtualDisk:
		switch b := d.Backing.(type) {
		case *types.VirtualDiskFlatVer2BackingInfo:
			if b.Sharing == string(types.VirtualDiskSharingSharingMultiWriter) {
				add(true, "shared_disk", "%s is shared with other servers", b.FileName)
			}
			if b.DiskMode != "" && b.DiskMode != string(types.VirtualDiskModePersistent) {
				add(false, "disk_mode", "%s is %s: snapshots and backups leave it out", b.FileName, b.DiskMode)
			}
		case *types.VirtualDiskRawDiskMappingVer1BackingInfo:
			add(true, "rdm", "%s is a raw disk of the storage (%s)", b.FileName, b.LunUuid)
		default:
			add(true, "disk_kind", "a disk has a backing that cannot be taken over (%T)", b)
		}
	case types.BaseVirtualSCSIController:
		if s := d.GetVirtualSCSIController().SharedBus; s != "" && s != types.VirtualSCSISharingNoSharing {
			add(true, "shared_disk", "its disk controller is shared (%s)", s)
		}
	case *types.VirtualUSB, *types.VirtualSerialPort, *types.VirtualParallelPort:
		add(true, "usb", "a device of its host is plugged in (%T)", d)
	case *types.VirtualPCIPassthrough, *types.VirtualSriovEthernetCard:
		add(true, "passthrough", "a card of its host is passed through (%T)", d)
	case *types.VirtualTPM:
		add(true, "tpm", "it has a virtual TPM, whose keys stay with this vCenter")
	case *types.VirtualCdrom:
		if b, ok := d.Backing.(*types.VirtualCdromIsoBackingInfo); ok && d.Connectable != nil && d.Connectable.Connected {
			add(false, "cdrom", "%s is inserted", b.FileName)
		}
	}
}
