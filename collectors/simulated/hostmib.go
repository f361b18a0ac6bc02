package simulated

import (
	"fmt"
	"strings"
	"time"

	"github.com/samdrift/samdrift/collectors/simulated/responder"
)

// The kinds of storage and devices in HOST-RESOURCES-MIB.
var (
	storageRAM  = responder.MustOID("1.3.6.1.2.1.25.2.1.2")
	storageDisk = responder.MustOID("1.3.6.1.2.1.25.2.1.4")
	processor   = responder.MustOID("1.3.6.1.2.1.25.3.1.3")
)

// hostResources serves HOST-RESOURCES-MIB: processors for every device that has it, memory, disks
// and software for hosts.
func (b *mib) hostResources() {
	v := b.device
	b.Scalar(responder.MustOID("1.3.6.1.2.1.25.1.1"), func(now time.Time) responder.Value { return responder.Ticks(now.Sub(v.booted)) })
	n, base := 1, v.cpuBase
	if v.host != nil {
		n, base = v.host.vcpus, v.host.cpuBase
		b.storage(v.host)
		b.software(v.host)
	}
	b.processors(n, base)
}

func (b *mib) processors(n int, base float64) {
	e, name := b.estate, b.device.name
	rows := make([]responder.OID, n)
	for i := range rows {
		rows[i] = responder.OID{uint32(100 + i)}
	}
	if b.device.host != nil {
		add := b.table("1.3.6.1.2.1.25.3.2.1", rows)
		add(2, func(int, time.Time) responder.Value { return responder.Object(processor) })
		add(3, func(int, time.Time) responder.Value { return responder.Text("Demo CPU") })
	}
	b.Column(responder.MustOID("1.3.6.1.2.1.25.3.3.1.2"), rows, func(row int, now time.Time) responder.Value {
		load := e.cpu(name, base, now)
		if row > 0 {
			load += 5 * e.wobble(fmt.Sprint(name, row), now)
		}
		return responder.Integer(int64(min(100, max(0, load))))
	})
}

// volume is a row of hrStorageTable.
type volume struct {
	kind  responder.OID
	descr string
	unit  int64
	size  int64
	used  func(now time.Time) int64
}

func (b *mib) storage(h *server) {
	e := b.estate
	b.fixed("1.3.6.1.2.1.25.2.2", responder.Integer(h.memory>>10))
	volumes := []volume{{storageRAM, "Physical memory", 65536, h.memory, func(now time.Time) int64 {
		return int64(e.memoryUsed(h, now) / 100 * float64(h.memory))
	}}}
	for i, d := range h.disks {
		if d.idle {
			continue
		}
		descr := d.mount
		if strings.HasSuffix(descr, `\`) {
			descr += fmt.Sprintf(" Label:Disk%d  Serial Number %08x", i, uint32(hash(h.name+d.mount)))
		}
		// The counts are of 32 bits with a sign: large disks need large units.
		unit := int64(4096)
		for d.bytes/unit > 1<<31-1 {
			unit *= 2
		}
		volumes = append(volumes, volume{storageDisk, descr, unit, d.bytes, func(now time.Time) int64 { return e.used(d, now) }})
	}
	add := b.table("1.3.6.1.2.1.25.2.3.1", count(len(volumes)))
	add(1, func(row int, _ time.Time) responder.Value { return responder.Integer(int64(row + 1)) })
	add(2, func(row int, _ time.Time) responder.Value { return responder.Object(volumes[row].kind) })
	add(3, func(row int, _ time.Time) responder.Value { return responder.Text(volumes[row].descr) })
	add(4, func(row int, _ time.Time) responder.Value { return responder.Integer(volumes[row].unit) })
	add(5, func(row int, _ time.Time) responder.Value {
		return responder.Integer(volumes[row].size / volumes[row].unit)
	})
	add(6, func(row int, now time.Time) responder.Value {
		return responder.Integer(volumes[row].used(now) / volumes[row].unit)
	})
}

func (b *mib) software(h *server) {
	if h.role == "esx" {
		return
	}
	products := h.software()
	b.Column(responder.MustOID("1.3.6.1.2.1.25.6.3.1.2"), count(len(products)), func(row int, _ time.Time) responder.Value {
		return responder.Text(products[row].Name)
	})
}
