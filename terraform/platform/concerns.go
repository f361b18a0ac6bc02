package platform

// ConcernKeys lists every key that a reader of a platform, or a gate, gives a Concern. Each language has
// words for each, under check.
var ConcernKeys = []string{
	// of any platform
	"cdrom", "disk_kind", "encrypted", "lock", "passthrough", "pending", "power", "rdm", "shared_disk", "snapshot", "template", "tools", "tpm", "usb",
	// of vSphere
	"disk_mode", "fault_tolerance", "vapp",
	// of Proxmox
	"affinity", "args", "cpu", "ha", "local_resource", "local_storage", "nic_gap", "replication", "unknown_setting", "unread_setting", "unused_disk",
	// of libvirt
	"backing", "cpus", "filesystem", "kernel", "nvram", "paused", "pool", "saved_state", "transient",
	// of Azure
	"availability_set", "dedicated_host", "ephemeral_disk", "extensions", "marketplace", "public_address", "scale_set", "spot", "unmanaged_disk", "unread", "zone",
}
