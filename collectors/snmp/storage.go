package snmp

import (
	"math"
	"regexp"
	"strings"

	"github.com/gosnmp/gosnmp"

	"github.com/samdrift/samdrift/inventory"
)

// Columns of hrStorageTable (HOST-RESOURCES-MIB, RFC 2790).
const (
	hrStorageType = iota
	hrStorageDescr
	hrStorageUnits
	hrStorageSize
	hrStorageUsed
)

var storageColumns = []string{
	hrStorageType:  ".1.3.6.1.2.1.25.2.3.1.2",
	hrStorageDescr: ".1.3.6.1.2.1.25.2.3.1.3",
	hrStorageUnits: ".1.3.6.1.2.1.25.2.3.1.4",
	hrStorageSize:  ".1.3.6.1.2.1.25.2.3.1.5",
	hrStorageUsed:  ".1.3.6.1.2.1.25.2.3.1.6",
}

// The kinds of storage that are the device's own and no memory. Some agents tell the kind of file
// system instead.
const (
	storageRAM     = "1.3.6.1.2.1.25.2.1.2"
	storageDisk    = "1.3.6.1.2.1.25.2.1.4"
	storageRAMDisk = "1.3.6.1.2.1.25.2.1.8"
	storageFlash   = "1.3.6.1.2.1.25.2.1.9"
	fileSystems    = "1.3.6.1.2.1.25.3.9."
	otherFS        = fileSystems + "1"
)

// readStorage reads and measures the disks: by the standard's table, else by the maker's own, else by
// that of UCD-SNMP. On makers' devices that know more than the standard's table, theirs comes too, or
// instead of it.
func readStorage(s *session, l *look) inventory.TableStatus {
	var grids []*grid
	before := len(l.asset.Volumes)
	for _, t := range volumeTables {
		if len(t.makers) > 0 && !l.madeBy(t.makers...) || t.otherwise && len(l.asset.Volumes) > before {
			continue
		}
		grids = append(grids, t.read(s, l))
		if t.instead && len(l.asset.Volumes) > before {
			break
		}
	}
	return status(grids...)
}

// hostVolumes reads hrStorageTable. Memory that is listed as storage is not a volume, but its size
// stands in for the main memory where the agent does not tell that.
func hostVolumes(s *session, l *look) *grid {
	g := s.walk(storageColumns...)
	for _, index := range g.indexes() {
		kind := strings.TrimSuffix(text(g.cells[hrStorageType][index]), ".0") // some agents tell it as an instance
		units := g.number(hrStorageUnits, index)
		size, _ := bytesOf(g.cells[hrStorageSize][index], units)
		used, known := bytesOf(g.cells[hrStorageUsed][index], units)
		if kind == storageRAM && l.asset.MemoryBytes == 0 {
			l.asset.MemoryBytes = size
		}
		if isVolume(kind) {
			l.addVolume(volumeName(g.text(hrStorageDescr, index), l.isHost()), size, used, known)
		}
	}
	return g
}

func isVolume(kind string) bool {
	return kind == storageDisk || kind == storageRAMDisk || kind == storageFlash || strings.HasPrefix(kind, fileSystems) && kind != otherFS
}

// isHost tells whether the agent is one that servers run. What their volumes hold is moved with them.
func (l *look) isHost() bool { return l.madeBy(makerNetSNMP, makerUCD, makerMicrosoft) }

// addVolume adds and measures a volume. One without a size is none.
func (l *look) addVolume(name string, size, used int64, known bool) {
	if name == "" || size <= 0 {
		return
	}
	if used < 0 || used > size {
		used, known = 0, false
	}
	l.asset.Volumes = append(l.asset.Volumes, inventory.Volume{Name: name, TotalBytes: size, UsedBytes: used})
	label := map[string]string{"volume": name}
	l.measure("samdrift_storage_size_bytes", label, float64(size))
	if known {
		l.measure("samdrift_storage_used_bytes", label, float64(used))
	}
}

// bytesOf multiplies a count with the unit's size. The count is a signed 32-bit number, which agents
// with large disks let run over into the negative.
func bytesOf(count gosnmp.SnmpPDU, unit int64) (int64, bool) {
	n, ok := number(count)
	if n < 0 {
		n += 1 << 32
	}
	if !ok || n < 0 || unit <= 0 || n > math.MaxInt64/unit {
		return 0, false
	}
	return n * unit, true
}

// notDisks are where systems mount what is no disk: devices, processes, and Junos its read-only
// packages. inMemory are Linux's file systems in memory, which hold nothing to move.
var (
	notDisks = regexp.MustCompile(`^/(dev|proc|sys)$|^/(proc|sys)/|^/dev/(pts|mqueue|hugepages)$` +
		`|^(dev|proc|junosproc|fdesc|lin(sys|proc))fs\b|, mounted on: (/\.mount)?/(packages|dev|proc|junos|jail/dev)|\.uzip, mounted on`)
	inMemory = regexp.MustCompile(`^/(run|dev/shm)(/|$)`)
)

// windowsLabel is how Windows writes a volume: "C:\ Label:System  Serial Number 1a2b3c4d".
var windowsLabel = regexp.MustCompile(`^([A-Z]:\\) ?Label:.*Serial Number [0-9a-fA-F]+$`)

// volumeName gives the mount point or drive, or nothing for what is no disk.
func volumeName(descr string, host bool) string {
	if m := windowsLabel.FindStringSubmatch(descr); m != nil {
		return m[1]
	}
	if notDisks.MatchString(descr) || host && inMemory.MatchString(descr) {
		return ""
	}
	return descr
}
