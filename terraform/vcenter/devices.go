package vcenter

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/samdrift/samdrift/terraform/platform"
)

// scsiSlots is how many units the provider counts per SCSI controller.
const scsiSlots = 15

// devices gives disks in the order of controller and unit, which is the order in which the provider
// labels them when it imports, and network cards in vCenter's order.
func (r *reader) devices(vm mo.VirtualMachine) ([]platform.Disk, []platform.NIC) {
	devices := object.VirtualDeviceList(vm.Config.Hardware.Device)
	buses := map[int32]int{}
	for _, d := range devices {
		if c, ok := d.(types.BaseVirtualSCSIController); ok {
			s := c.GetVirtualSCSIController()
			buses[s.Key] = int(s.BusNumber)
		}
	}
	var disks []platform.Disk
	var nics []platform.NIC
	for _, d := range devices {
		switch d := d.(type) {
		case *types.VirtualDisk:
			disks = append(disks, disk(d, buses))
		case types.BaseVirtualEthernetCard:
			nics = append(nics, r.nic(d))
		}
	}
	slices.SortStableFunc(disks, func(a, b platform.Disk) int { return cmp.Compare(a.Unit, b.Unit) })
	for i := range disks {
		disks[i].Label = "disk" + strconv.Itoa(i)
	}
	return disks, nics
}

func disk(d *types.VirtualDisk, buses map[int32]int) platform.Disk {
	const gb = 1 << 30
	out := platform.Disk{GB: (d.CapacityInBytes + gb - 1) / gb, Unit: -1, Mode: "persistent", Sharing: "sharingNone"}
	if d.CapacityInBytes == 0 {
		out.GB = (d.CapacityInKB*1024 + gb - 1) / gb
	}
	if bus, ok := buses[d.ControllerKey]; ok && d.UnitNumber != nil {
		unit := int(*d.UnitNumber)
		if unit > 7 { // the controller itself sits at 7
			unit--
		}
		out.Unit = bus*scsiSlots + unit
	}
	if b, ok := d.Backing.(*types.VirtualDiskFlatVer2BackingInfo); ok {
		out.Datastore = datastoreOf(b.FileName)
		out.Thin = b.ThinProvisioned != nil && *b.ThinProvisioned
		out.Eager = b.EagerlyScrub != nil && *b.EagerlyScrub
		out.Mode = cmp.Or(b.DiskMode, out.Mode)
		out.Sharing = cmp.Or(b.Sharing, out.Sharing)
	}
	return out
}

func (r *reader) nic(card types.BaseVirtualEthernetCard) platform.NIC {
	c := card.GetVirtualEthernetCard()
	out := platform.NIC{Adapter: adapter(card), MAC: strings.ToLower(c.MacAddress),
		Static: c.AddressType == string(types.VirtualEthernetCardMacTypeManual)}
	switch b := c.Backing.(type) {
	case *types.VirtualEthernetCardNetworkBackingInfo:
		out.Network = b.DeviceName
	case *types.VirtualEthernetCardDistributedVirtualPortBackingInfo:
		out.Network = r.names[types.ManagedObjectReference{Type: "DistributedVirtualPortgroup", Value: b.Port.PortgroupKey}].name
	}
	return out
}

// adapter is the provider's name of a kind of network card; empty where it has none.
func adapter(card types.BaseVirtualEthernetCard) string {
	switch card.(type) {
	case *types.VirtualVmxnet3:
		return "vmxnet3"
	case *types.VirtualE1000e:
		return "e1000e"
	case *types.VirtualE1000:
		return "e1000"
	default:
		return ""
	}
}

// settings are the attributes that the provider would otherwise set to its own defaults.
func settings(c *types.VirtualMachineConfigInfo) map[string]any {
	out := map[string]any{
		"annotation":       c.Annotation,
		"hardware_version": hardware(c.Version),
	}
	text := func(name, v string) {
		if v != "" {
			out[name] = v
		}
	}
	truth := func(name string, v *bool) { out[name] = v != nil && *v }
	stated := func(name string, v *bool) { // the provider reads these as unset where vCenter says nothing
		if v != nil {
			out[name] = *v
		}
	}
	text("hv_mode", c.Flags.VirtualExecUsage)
	text("ept_rvi_mode", c.Flags.VirtualMmuUsage)
	text("swap_placement_policy", c.SwapPlacement)
	text("alternate_guest_name", c.AlternateGuestName)
	truth("enable_disk_uuid", c.Flags.DiskUuidEnabled)
	truth("enable_logging", c.Flags.EnableLogging)
	truth("cpu_hot_add_enabled", c.CpuHotAddEnabled)
	truth("cpu_hot_remove_enabled", c.CpuHotRemoveEnabled)
	truth("memory_hot_add_enabled", c.MemoryHotAddEnabled)
	truth("nested_hv_enabled", c.NestedHVEnabled)
	truth("cpu_performance_counters_enabled", c.VPMCEnabled)
	if t := c.Tools; t != nil {
		truth("sync_time_with_host", t.SyncTimeWithHost)
		truth("run_tools_scripts_after_power_on", t.AfterPowerOn)
		truth("run_tools_scripts_after_resume", t.AfterResume)
		truth("run_tools_scripts_before_guest_reboot", t.BeforeGuestReboot)
		truth("run_tools_scripts_before_guest_shutdown", t.BeforeGuestShutdown)
		truth("run_tools_scripts_before_guest_standby", t.BeforeGuestStandby)
	}
	if b := c.BootOptions; b != nil {
		out["boot_delay"] = b.BootDelay
		out["boot_retry_delay"] = b.BootRetryDelay
		stated("boot_retry_enabled", b.BootRetryEnabled)
		stated("efi_secure_boot_enabled", b.EfiSecureBootEnabled)
	}
	if l := c.LatencySensitivity; l != nil {
		text("latency_sensitivity", string(l.Level))
	}
	allocation(out, "cpu", c.CpuAllocation)
	allocation(out, "memory", c.MemoryAllocation)
	devices := object.VirtualDeviceList(c.Hardware.Device)
	scsi(out, devices)
	return out
}

// hardware is the number in "vmx-19", zero when there is none.
func hardware(version string) int64 {
	n, err := strconv.ParseInt(strings.TrimPrefix(version, "vmx-"), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func allocation(out map[string]any, kind string, a *types.ResourceAllocationInfo) {
	if a == nil {
		return
	}
	if a.Limit != nil {
		out[kind+"_limit"] = *a.Limit
	}
	if a.Reservation != nil {
		out[kind+"_reservation"] = *a.Reservation
	}
	if a.Shares != nil {
		out[kind+"_share_level"] = string(a.Shares.Level)
		if a.Shares.Level == types.SharesLevelCustom {
			out[kind+"_share_count"] = int64(a.Shares.Shares)
		}
	}
}

// scsi tells the kind of the SCSI controllers and how many there are from bus 0 on without a gap, and
// the same count for the other buses.
func scsi(out map[string]any, devices object.VirtualDeviceList) {
	var scsi, sata [4]bool
	var ide [2]bool
	for _, d := range devices {
		switch c := d.(type) {
		case types.BaseVirtualSCSIController:
			s := c.GetVirtualSCSIController()
			if s.BusNumber == 0 {
				out["scsi_type"] = scsiType(d)
				out["scsi_bus_sharing"] = string(s.SharedBus)
			}
			mark(scsi[:], s.BusNumber)
		case types.BaseVirtualSATAController:
			mark(sata[:], c.GetVirtualSATAController().BusNumber)
		case *types.VirtualIDEController:
			mark(ide[:], c.BusNumber)
		}
	}
	out["scsi_controller_count"] = leading(scsi[:])
	out["sata_controller_count"] = leading(sata[:])
	out["ide_controller_count"] = max(1, leading(ide[:]))
}

func mark(buses []bool, n int32) {
	if n >= 0 && int(n) < len(buses) {
		buses[n] = true
	}
}

func leading(buses []bool) int64 {
	if i := slices.Index(buses, false); i >= 0 {
		return int64(i)
	}
	return int64(len(buses))
}

// scsiType is the provider's name of a kind of controller.
func scsiType(d types.BaseVirtualDevice) string {
	switch d.(type) {
	case *types.ParaVirtualSCSIController:
		return "pvscsi"
	case *types.VirtualLsiLogicSASController:
		return "lsilogic-sas"
	case *types.VirtualBusLogicController:
		return "buslogic"
	default:
		return "lsilogic"
	}
}
