package libvirt

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/samdrift/samdrift/terraform/platform"
)

// domain is what is needed of libvirt's description of a server (https://libvirt.org/formatdomain.html).
type domain struct {
	Name        string `xml:"name"`
	UUID        string `xml:"uuid"`
	Description string `xml:"description"`
	Memory      struct {
		Value int64  `xml:",chardata"`
		Unit  string `xml:"unit,attr"`
	} `xml:"memory"`
	VCPU struct {
		Max     int `xml:",chardata"`
		Plugged int `xml:"current,attr"` // 0: all
	} `xml:"vcpu"`
	OS struct {
		Loader  string `xml:"loader"`
		Kernel  string `xml:"kernel"`
		Initrd  string `xml:"initrd"`
		Cmdline string `xml:"cmdline"`
		NVRAM   string `xml:"nvram"`
	} `xml:"os"`
	CPU struct {
		Topology struct {
			Cores int `xml:"cores,attr"`
		} `xml:"topology"`
	} `xml:"cpu"`
	LaunchSecurity *struct{} `xml:"launchSecurity"`
	Devices        struct {
		Disks       []disk     `xml:"disk"`
		Interfaces  []card     `xml:"interface"`
		Hostdevs    []hostdev  `xml:"hostdev"`
		Filesystems []struct{} `xml:"filesystem"`
		TPMs        []struct{} `xml:"tpm"`
		Channels    []channel  `xml:"channel"`
	} `xml:"devices"`
}

type disk struct {
	Type       string    `xml:"type,attr"`
	Device     string    `xml:"device,attr"`
	Serial     string    `xml:"serial"`
	Source     source    `xml:"source"`
	Shareable  *struct{} `xml:"shareable"`
	Encryption *struct{} `xml:"encryption"`
	Backing    struct {
		Type   string `xml:"type,attr"`
		Source source `xml:"source"`
	} `xml:"backingStore"`
	Target struct {
		Bus string `xml:"bus,attr"`
	} `xml:"target"`
}

// source is where a disk's content is.
type source struct {
	File       string    `xml:"file,attr"`
	Dev        string    `xml:"dev,attr"`
	Pool       string    `xml:"pool,attr"`
	Volume     string    `xml:"volume,attr"`
	Name       string    `xml:"name,attr"`
	Encryption *struct{} `xml:"encryption"`
}

type card struct {
	Type string `xml:"type,attr"`
	MAC  struct {
		Address string `xml:"address,attr"`
	} `xml:"mac"`
	Source struct {
		Network string `xml:"network,attr"`
		Bridge  string `xml:"bridge,attr"`
		Dev     string `xml:"dev,attr"`
		Mode    string `xml:"mode,attr"`
	} `xml:"source"`
}

type hostdev struct {
	Type string `xml:"type,attr"`
}

type channel struct {
	Target struct {
		Name  string `xml:"name,attr"`
		State string `xml:"state,attr"`
	} `xml:"target"`
}

// volume is a disk as libvirt keeps it in a pool; the zero volume lies in none.
type volume struct {
	key, pool string
	bytes     uint64
}

// parse reads libvirt's description of a domain.
func parse(text string) (domain, error) {
	var d domain
	if err := xml.Unmarshal([]byte(text), &d); err != nil {
		return d, fmt.Errorf("libvirt's description of it: %w", err)
	}
	if d.UUID == "" || d.Memory.Unit != "KiB" || d.VCPU.Max < 1 {
		return d, fmt.Errorf("libvirt's description of it is not whole: UUID %q, %d %s of memory, %d CPUs", d.UUID, d.Memory.Value, d.Memory.Unit, d.VCPU.Max)
	}
	return d, nil
}

// machine translates a domain. Sizes are those that it has when everything is plugged in, which is what
// the provider reads.
func (d domain) machine(find func(source) (volume, error)) (platform.Machine, error) {
	m := platform.Machine{
		UUID: strings.ToLower(d.UUID), ImportID: strings.ToLower(d.UUID), Name: d.Name,
		CPUs: d.VCPU.Max, Cores: max(1, d.CPU.Topology.Cores), MemoryMB: d.Memory.Value / 1024,
		Firmware: d.OS.Loader, Settings: map[string]any{},
	}
	for name, value := range map[string]string{"description": d.Description, "kernel": d.OS.Kernel, "initrd": d.OS.Initrd} {
		if value != "" {
			m.Settings[name] = value
		}
	}
	for i, x := range d.Devices.Disks {
		translated, err := x.disk(i, find)
		if err != nil {
			return m, err
		}
		m.Disks = append(m.Disks, translated)
		m.Location.Datastore = cmp.Or(m.Location.Datastore, translated.Datastore)
	}
	for _, x := range d.Devices.Interfaces {
		m.NICs = append(m.NICs, x.nic())
	}
	return m, nil
}

// disk translates a disk, in the terms of platform.Libvirt.
func (x disk) disk(i int, find func(source) (volume, error)) (platform.Disk, error) {
	out := platform.Disk{Unit: i, Bus: x.Target.Bus}
	device := cmp.Or(x.Device, "disk")
	switch {
	case device == "cdrom" && x.Serial == "cloudinit":
		out.Mode = "cloudinit"
	case device == "cdrom" && x.Type == "file":
		out.Mode, out.Label = "cdrom", x.Source.File
	case device == "disk" && x.Type == "block":
		out.Mode, out.Label = "block", x.Source.Dev
	case device == "disk" && (x.Type == "file" || x.Type == "volume"):
		v, err := find(x.Source)
		if err != nil {
			return out, err
		}
		const gb = 1 << 30
		out.Label, out.Datastore, out.GB = v.key, v.pool, int64((v.bytes+gb-1)/gb)
	default:
		out.Mode = x.Type + " " + device
	}
	return out, nil
}

// nic translates a network card, in the terms of platform.Libvirt.
func (x card) nic() platform.NIC {
	n := platform.NIC{MAC: strings.ToLower(x.MAC.Address), Static: true, Adapter: x.Type}
	switch x.Type {
	case "network":
		n.Network, n.Adapter = x.Source.Network, ""
	case "bridge":
		n.Network = x.Source.Bridge
	case "direct":
		n.Network, n.Adapter = x.Source.Dev, cmp.Or(x.Source.Mode, "vepa")
		if n.Adapter == "bridge" {
			n.Adapter = "macvtap"
		}
	case platform.LibvirtUser:
		n.Network = platform.LibvirtUser
	}
	return n
}
