package proxmox

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/samdrift/samdrift/terraform/platform"
)

// adder notes one concern.
type adder func(blocking bool, key, format string, args ...any)

// concerns lists what the cluster itself shows that a move must not meet unprepared.
func concerns(g guest, cl cluster) []platform.Concern {
	var list []platform.Concern
	add := func(blocking bool, key, format string, args ...any) {
		list = append(list, platform.Concern{Key: key, Blocking: blocking, Detail: fmt.Sprintf(format, args...)})
	}
	states(g, add)
	for _, d := range g.drives() {
		volumes(g, cl, d, add)
	}
	for i, n := range g.cards() {
		if n.n != i {
			add(true, "nic_gap", "net%d is missing before net%d, and the provider would number the cards anew", i, n.n)
			break
		}
	}
	for _, key := range slices.Sorted(maps.Keys(g.config)) {
		devices(key, g.config[key], add)
	}
	unread, unknown := unknowns(g)
	if len(unread) > 0 {
		add(true, "unread_setting", "these could not be read, or would be lost when a network changes: %s", strings.Join(unread, ", "))
	}
	if len(unknown) > 0 {
		add(false, "unknown_setting", "nobody here knows what these mean for a move: %s", strings.Join(unknown, ", "))
	}
	if to := cl.replicated[g.ID]; len(to) > 0 {
		add(false, "replication", "it is replicated to %s: the job stays with it, and may need another target", strings.Join(to, ", "))
	}
	return list
}

// states raises the concerns of the server as a whole.
func states(g guest, add adder) {
	c := g.config
	if truth(c["template"]) {
		add(true, "template", "it is a template, not a server")
	}
	if lock := c["lock"]; lock != "" {
		add(true, "lock", "it is locked (%s): something is at work on it, or was cut short", lock)
	}
	var oldest *snapshot
	for i, s := range g.snapshots {
		if s.Name != "current" && (oldest == nil || s.Time < oldest.Time) {
			oldest = &g.snapshots[i]
		}
	}
	if oldest != nil {
		add(true, "snapshot", "it has snapshots, the oldest %q of %s", oldest.Name, time.Unix(oldest.Time, 0).UTC().Format(time.DateOnly))
	}
	if c["amd-sev"] != "" || c["intel-tdx"] != "" {
		add(true, "encrypted", "its memory is encrypted by its node's processor, so it cannot move while it runs")
	}
	if c["args"] != "" {
		add(true, "args", "it has settings for QEMU itself (args), which may name things of its node")
	}
	if len(g.pending) > 0 {
		add(false, "pending", "changes wait for its next start: %s", strings.Join(g.pending, ", "))
	}
	if g.HA != "" {
		add(false, "ha", "the high availability manager looks after it (%s), and its rules may take it back", g.HA)
	}
	if cpu, err := parse(c["cpu"], "cputype"); err == nil && cpu["cputype"] == "host" {
		add(false, "cpu", "it sees its node's own processor (host): on another model of processor it may fail while it runs")
	}
	if c["affinity"] != "" {
		add(false, "affinity", "it is bound to processors %s of its node", c["affinity"])
	}
	switch {
	case !c.agent():
		add(false, "tools", "the guest agent is not switched on: it may not shut down in an orderly way from outside")
	case g.silent:
		add(false, "tools", "the guest agent does not answer, and the provider waits 15 minutes for it in every plan: start it in the guest, or switch it off")
	}
}

// volumes raises the concerns of one drive.
func volumes(g guest, cl cluster, d drive, add adder) {
	at, known := cl.storages[d.storage()]
	switch {
	case d.cdrom() && d.volume == "cdrom":
		add(true, "cdrom", "the node's own CD drive is in %s", d.slot)
		return
	case d.cdrom() && d.volume == "none":
		return
	case d.cdrom():
		add(!at.shared, "cdrom", "%s is inserted in %s", d.volume, d.slot)
		return
	case strings.HasPrefix(d.volume, "/"):
		add(true, "rdm", "%s is a disk or file of its node (%s), not of a storage", d.slot, d.volume)
		return
	case d.kind == "unused":
		add(false, "unused_disk", "%s is attached to nothing (%s), and goes along", d.slot, d.volume)
	case d.kind == "tpmstate":
		add(false, "tpm", "it has a virtual TPM on %s: a copy without it cannot open what is sealed with it", d.volume)
	}
	if users := cl.users[d.volume]; len(users) > 1 {
		add(true, "shared_disk", "%s is used by servers %v", d.volume, users)
	}
	if size, ok := gigabytes(d.options["size"]); d.disk() && (!ok || size == 0) {
		add(true, "disk_kind", "the size of %s is %q, and the provider counts whole gigabytes", d.slot, d.options["size"])
	}
	switch {
	case d.storage() == "":
	case !known:
		add(true, "local_storage", "%s lies on storage %q, which the cluster does not tell about", d.slot, d.storage())
	case !at.shared && len(at.nodes) < 2:
		add(true, "local_storage", "%s lies on %s, which only node %s has", d.slot, d.storage(), g.Node)
	case !at.shared:
		add(false, "local_storage", "%s lies on %s of node %s alone: another node gets a copy over the network, onto its own %s", d.slot, d.storage(), g.Node, d.storage())
	}
}

// devices raises the concerns of a setting that ties a server to its node.
func devices(key, text string, add adder) {
	kind, _, ok := indexed(key)
	if !ok {
		kind = key
	}
	switch kind {
	case "hostpci":
		add(true, "passthrough", "a card of its node is passed through (%s: %s)", key, text)
	case "usb":
		if device, err := parse(text, "host"); err != nil || cmp.Or(device["host"], device["mapping"]) != "spice" {
			add(true, "usb", "a device of its node is plugged in (%s: %s)", key, text)
		}
	case "serial", "parallel":
		if text != "socket" {
			add(true, "usb", "a port of its node is plugged in (%s: %s)", key, text)
		}
	case "virtiofs", "ivshmem":
		add(true, "local_resource", "it shares a folder or memory with its node (%s), so it cannot move while it runs", key)
	}
}
