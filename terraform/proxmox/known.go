package proxmox

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The settings of a server in Proxmox VE 9, each with what it means for a move known here.
var (
	plainSettings = strings.Fields(`acpi affinity agent allow-ksm amd-sev arch args autostart balloon bios boot bootdisk
		cicustom cipassword citype ciupgrade ciuser cores cpu cpulimit cpuunits description digest freeze hookscript hotplug
		hugepages intel-tdx ivshmem keephugepages keyboard kvm localtime lock machine memory meta migrate_downtime migrate_speed
		name nameserver numa onboot ostype parent protection reboot running-nets-host-mtu runningcpu runningmachine scsihw
		searchdomain shares smp snaptime sockets spice_enhancements sshkeys startdate startup tablet tags tdf template vcpus vga
		vmgenid vmstate vmstatestorage watchdog`)
	numberedSettings = strings.Fields(`audio efidisk hostpci ide ipconfig net numa parallel rng sata scsi serial smbios
		tpmstate unused usb virtio virtiofs`)
	// The parts of a network card that the provider knows, and so sends again.
	cardParts = strings.Fields(`bridge firewall link_down macaddr model mtu queues rate tag trunks`)
)

// unknowns names settings that cannot be read or are not known, each list sorted.
func unknowns(g guest) (unread, unknown []string) {
	for _, key := range slices.Sorted(maps.Keys(g.config)) {
		kind, _, numbered := indexed(key)
		switch {
		case slices.Contains(plainSettings, key):
		case !numbered || !slices.Contains(numberedSettings, kind):
			unknown = append(unknown, key)
		case kind == "net" || slices.Contains(driveKinds, kind):
			p, err := parse(g.config[key], "file")
			if err != nil || kind != "net" && p["file"]+p["volume"] == "" {
				unread = append(unread, key)
			}
		}
	}
	for _, c := range g.cards() {
		for _, part := range slices.Sorted(maps.Keys(c.options)) {
			if part != c.model && !slices.Contains(cardParts, part) {
				unread = append(unread, fmt.Sprintf("net%d.%s", c.n, part))
			}
		}
	}
	return unread, unknown
}
