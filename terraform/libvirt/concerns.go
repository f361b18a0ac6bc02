package libvirt

import (
	"fmt"
	"slices"
	"strings"

	"github.com/samdrift/samdrift/terraform/platform"
)

// concerns lists what libvirt itself shows that a move must not meet unprepared. users tells which domains
// use a disk.
func (s sight) concerns(users map[string][]string) []platform.Concern {
	var list []platform.Concern
	add := func(blocking bool, key, format string, args ...any) {
		list = append(list, platform.Concern{Key: key, Blocking: blocking, Detail: fmt.Sprintf(format, args...)})
	}
	if !s.persistent {
		add(true, "transient", "libvirt does not keep it: it is gone when it stops")
	}
	if s.snapshots > 0 {
		add(true, "snapshot", "it has %d snapshots", s.snapshots)
	}
	if s.saved {
		add(true, "saved_state", "its memory is saved on its host: it goes on from there when it is started, on that host only")
	}
	if s.paused {
		add(true, "paused", "it is paused")
	}
	if s.later != nil {
		if differences := s.pending(); len(differences) > 0 {
			add(true, "pending", "it runs with other settings than it would be started with: %s. Restart it, or take them back", strings.Join(differences, ", "))
		}
	}
	if plugged := s.now.VCPU.Plugged; plugged > 0 && plugged < s.now.VCPU.Max {
		add(false, "cpus", "%d of its %d CPUs are plugged in", plugged, s.now.VCPU.Max)
	}
	if s.now.LaunchSecurity != nil {
		add(true, "encrypted", "its memory is sealed to its host's processor")
	}
	if s.now.OS.Kernel != "" || s.now.OS.Cmdline != "" {
		add(true, "kernel", "it is started from a kernel that lies on its host (%s)", s.now.OS.Kernel)
	}
	if s.now.OS.NVRAM != "" {
		add(false, "nvram", "its firmware's settings lie in a file of its own, which must be copied too: %s", s.now.OS.NVRAM)
	}
	for i, d := range s.now.Devices.Disks {
		d.concerns(s.machine.Disks[i], users, add)
	}
	s.devices(add)
	return list
}

// pending names what differs between the domain as it runs and as it would be started next.
func (s sight) pending() []string {
	var list []string
	differ := func(what string, now, later any) {
		if now != later {
			list = append(list, fmt.Sprintf("%s %v, later %v", what, now, later))
		}
	}
	differ("CPUs", s.machine.CPUs, s.later.CPUs)
	differ("MB", s.machine.MemoryMB, s.later.MemoryMB)
	if !slices.Equal(s.machine.Disks, s.later.Disks) {
		list = append(list, "disks")
	}
	if !slices.Equal(s.machine.NICs, s.later.NICs) {
		list = append(list, "network cards")
	}
	return list
}

// concerns raises those of one disk.
func (x disk) concerns(d platform.Disk, users map[string][]string, add func(blocking bool, key, format string, args ...any)) {
	switch {
	case d.Mode == "cdrom" && d.Label != "":
		add(false, "cdrom", "%s is inserted", d.Label)
	case d.Mode == "cdrom", d.Mode == "cloudinit":
	case d.Mode == "block":
		add(true, "rdm", "%s is a device of its host", d.Label)
	case d.Mode != "":
		add(true, "disk_kind", "a disk is of a kind that cannot be taken over (%s)", d.Mode)
	case d.Label == "":
		add(true, "pool", "%s lies in no pool of libvirt's, so the provider cannot take it over: make its folder a pool, or refresh its pool", x.Source.name())
	}
	if x.Shareable != nil {
		add(true, "shared_disk", "%s is shared with other servers", x.Source.name())
	} else if others := users[d.Label]; len(others) > 1 {
		add(true, "shared_disk", "%s is used by %s", d.Label, strings.Join(others, ", "))
	}
	if x.Encryption != nil || x.Source.Encryption != nil {
		add(true, "encrypted", "%s is encrypted with a key that its libvirt keeps", x.Source.name())
	}
	if x.Backing.Type != "" {
		add(true, "backing", "%s builds upon %s: a copy must hold both", x.Source.name(), x.Backing.Source.name())
	}
}

// name is how people find what a disk's content is in.
func (s source) name() string {
	for _, name := range []string{s.File, s.Dev, s.Name} {
		if name != "" {
			return name
		}
	}
	return s.Pool + "/" + s.Volume
}

// devices raises the concerns of what hangs on the domain besides disks.
func (s sight) devices(add func(blocking bool, key, format string, args ...any)) {
	devices := s.now.Devices
	for _, h := range devices.Hostdevs {
		if h.Type == "usb" {
			add(true, "usb", "a USB device of its host is plugged in")
			continue
		}
		add(true, "passthrough", "a device of its host is passed through (%s)", h.Type)
	}
	for _, n := range s.machine.NICs {
		if n.Adapter == "hostdev" || n.Adapter == "passthrough" {
			add(true, "passthrough", "a network card of its host is passed through (%s)", n.MAC)
		}
	}
	if len(devices.Filesystems) > 0 {
		add(true, "filesystem", "%d folders of its host are shown to it", len(devices.Filesystems))
	}
	if len(devices.TPMs) > 0 {
		add(true, "tpm", "it has a TPM, whose keys stay on its host")
	}
	answers := slices.ContainsFunc(devices.Channels, func(c channel) bool {
		return c.Target.Name == "org.qemu.guest_agent.0" && c.Target.State == "connected"
	})
	if s.machine.On && !answers {
		add(false, "tools", "no QEMU guest agent answers in it: what it does with its disks while they are copied cannot be told")
	}
}
