package proxmox

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/samdrift/samdrift/terraform/platform"
)

// drive is a disk, a CD drive or a small volume that a server keeps something in.
type drive struct {
	slot    string // its setting: scsi0, efidisk0 …
	kind    string // scsi, efidisk …
	n       int
	volume  string // storage:name, or a path, or none
	options properties
}

// storage is the storage that the volume lies on, empty when it lies on none.
func (d drive) storage() string {
	name, _, ok := strings.Cut(d.volume, ":")
	if !ok || strings.HasPrefix(d.volume, "/") {
		return ""
	}
	return name
}

func (d drive) cdrom() bool { return d.options["media"] == "cdrom" && !d.cloudInit() }

// cloudInit tells whether it is the drive that Proxmox VE makes out of cloud-init's settings.
func (d drive) cloudInit() bool { return strings.Contains(d.volume, "-cloudinit") }

// disk tells whether it is a disk that the server works on, as the provider counts them.
func (d drive) disk() bool {
	return slices.Contains([]string{"ide", "sata", "scsi", "virtio"}, d.kind) && d.options["media"] != "cdrom" && !d.cloudInit()
}

// driveKinds are the settings that hold a volume.
var driveKinds = []string{"efidisk", "ide", "sata", "scsi", "tpmstate", "unused", "virtio"}

// drives gives all that hold a volume, in the provider's order: by kind, then number. What cannot be read
// is left out here, and named by unread.
func (g guest) drives() []drive {
	var list []drive
	for key, text := range g.config {
		kind, n, ok := indexed(key)
		if !ok || !slices.Contains(driveKinds, kind) {
			continue
		}
		options, err := parse(text, "file")
		if err != nil {
			continue
		}
		list = append(list, drive{slot: key, kind: kind, n: n, volume: cmp.Or(options["file"], options["volume"]), options: options})
	}
	slices.SortFunc(list, func(a, b drive) int { return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.n, b.n)) })
	return list
}

// card is a network card.
type card struct {
	n          int
	model, mac string
	options    properties
}

var macAddress = regexp.MustCompile(`^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}$`)

// cards gives the network cards by number.
func (g guest) cards() []card {
	var list []card
	for key, text := range g.config {
		kind, n, ok := indexed(key)
		if !ok || kind != "net" {
			continue
		}
		options, err := parse(text, "model")
		if err != nil {
			continue
		}
		c := card{n: n, model: options["model"], mac: options["macaddr"], options: options}
		for name, value := range options { // "virtio=BC:24:11:…" is short for a model and an address
			if c.model == "" && macAddress.MatchString(value) {
				c.model, c.mac = name, value
			}
		}
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b card) int { return cmp.Compare(a.n, b.n) })
	return list
}

// network is the bridge, with the VLAN when the card is tagged.
func (c card) network() string {
	if tag := c.options["tag"]; tag != "" {
		return c.options["bridge"] + "/" + tag
	}
	return c.options["bridge"]
}

// option is how a part of a setting stands in HCL: the provider's name of it and what kind of value it is.
// A part that is not set, or set to what it is anyway, is not written.
type option struct {
	part, attribute string
	value           func(text string) (value any, set bool)
}

func text(s string) (any, bool) { return s, s != "" }
func yes(s string) (any, bool)  { return true, truth(s) }
func no(s string) (any, bool)   { return false, s != "" && !truth(s) }
func whole(s string) (any, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n != 0
}
func fraction(s string) (any, bool) {
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil && n != 0
}

var diskOptions = []option{
	{"aio", "aio", text}, {"backup", "backup", no}, {"cache", "cache", text}, {"discard", "discard", text},
	{"iothread", "iothread", yes}, {"replicate", "replicate", no}, {"serial", "serial", text}, {"ssd", "ssd", yes},
	{"iops_rd", "speed.iops_read", whole}, {"iops_rd_max", "speed.iops_read_burstable", whole},
	{"iops_wr", "speed.iops_write", whole}, {"iops_wr_max", "speed.iops_write_burstable", whole},
	{"mbps_rd", "speed.read", whole}, {"mbps_rd_max", "speed.read_burstable", whole},
	{"mbps_wr", "speed.write", whole}, {"mbps_wr_max", "speed.write_burstable", whole},
}

var cardOptions = []option{
	{"firewall", "firewall", yes}, {"link_down", "disconnected", yes}, {"mtu", "mtu", whole},
	{"queues", "queues", whole}, {"rate", "rate_limit", fraction}, {"trunks", "trunks", text},
}

// describe adds the options of one device to a machine's settings.
func describe(settings map[string]any, prefix string, options []option, p properties) {
	for _, o := range options {
		if v, set := o.value(p[o.part]); set {
			settings[prefix+o.attribute] = v
		}
	}
}

// machine translates one server.
func machine(g guest, cl cluster) platform.Machine {
	c := g.config
	m := platform.Machine{
		UUID: c.uuid(), Name: cmp.Or(c["name"], fmt.Sprintf("VM %d", g.ID)), ImportID: fmt.Sprintf("%s/%d", g.Node, g.ID),
		Cores: c.number("cores", 1), MemoryMB: c.memory(), Guest: cmp.Or(c["ostype"], "other"), Firmware: cmp.Or(c["bios"], "seabios"),
		On: g.running, Location: platform.Location{Cluster: g.Node, Pool: g.Pool}, Settings: map[string]any{},
	}
	m.CPUs = m.Cores * c.number("sockets", 1)
	for _, d := range g.drives() {
		if !d.disk() {
			continue
		}
		size, _ := gigabytes(d.options["size"])
		m.Disks = append(m.Disks, platform.Disk{Label: d.slot, GB: max(1, size), Unit: d.n, Datastore: d.storage()})
		describe(m.Settings, "disk."+d.slot+".", diskOptions, d.options)
	}
	if len(m.Disks) > 0 {
		m.Location.Datastore = m.Disks[0].Datastore
	}
	for i, n := range g.cards() {
		m.NICs = append(m.NICs, platform.NIC{Network: n.network(), Adapter: n.model, MAC: n.mac})
		describe(m.Settings, fmt.Sprintf("network_device.%d.", i), cardOptions, n.options)
	}
	m.Concerns = concerns(g, cl)
	return m
}
