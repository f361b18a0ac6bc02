package snmp

import (
	"math"
	"regexp"
	"strings"

	"github.com/gosnmp/gosnmp"

	"github.com/samdrift/samdrift/inventory"
)

// HOST-RESOURCES-MIB (RFC 2790).
const (
	hrSWName = ".1.3.6.1.2.1.25.6.3.1.2"

	storageRAM   = "1.3.6.1.2.1.25.2.1.2"
	storageDisk  = "1.3.6.1.2.1.25.2.1.4"
	storageFlash = "1.3.6.1.2.1.25.2.1.9"
)

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

// readStorage reads and measures the disks. Memory that is listed as storage is not a volume, but its
// size stands in for the main memory where the agent does not tell that.
func readStorage(s *session, l *look) inventory.TableStatus {
	g := s.walk(storageColumns...)
	for _, index := range g.indexes() {
		kind := text(g.cells[hrStorageType][index])
		units := g.number(hrStorageUnits, index)
		size, sized := bytesOf(g.cells[hrStorageSize][index], units)
		used, known := bytesOf(g.cells[hrStorageUsed][index], units)
		if kind == storageRAM && l.asset.MemoryBytes == 0 {
			l.asset.MemoryBytes = size
		}
		name := volumeName(g.text(hrStorageDescr, index))
		if kind != storageDisk && kind != storageFlash || name == "" || !sized || size == 0 {
			continue
		}
		l.asset.Volumes = append(l.asset.Volumes, inventory.Volume{Name: name, TotalBytes: size, UsedBytes: used})
		label := map[string]string{"volume": name}
		l.measure("samdrift_storage_size_bytes", label, float64(size))
		if known {
			l.measure("samdrift_storage_used_bytes", label, float64(used))
		}
	}
	return status(g)
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

// notDisks are where Linux mounts file systems that live in memory only.
var notDisks = regexp.MustCompile(`^/(run|dev|proc|sys)(/|$)`)

// windowsLabel is how Windows writes a volume: "C:\ Label:System  Serial Number 1a2b3c4d".
var windowsLabel = regexp.MustCompile(`^([A-Z]:\\) ?Label:.*Serial Number [0-9a-fA-F]+$`)

// volumeName gives the mount point or drive, or nothing for what is no disk.
func volumeName(descr string) string {
	if m := windowsLabel.FindStringSubmatch(descr); m != nil {
		return m[1]
	}
	if notDisks.MatchString(descr) {
		return ""
	}
	return descr
}

// packageName is how dpkg's and rpm's packages are listed by net-snmp: name_version_architecture or
// name-version-release.architecture.
var (
	dpkgName = regexp.MustCompile(`^([a-z0-9][a-z0-9.+-]*)_([^_]+)_(?:all|amd64|arm64|armel|armhf|i386|mips64el|ppc64el|riscv64|s390x)$`)
	rpmName  = regexp.MustCompile(`^([A-Za-z0-9][\w.+-]*?)-([^-]+-[^-]+)\.(?:x86_64|noarch|i686|aarch64|ppc64le|s390x)$`)
)

// readSoftware lists installed products, where the target's agent tells them.
func readSoftware(s *session, l *look) inventory.TableStatus {
	g := s.walk(hrSWName)
	for _, index := range g.indexes() {
		name := g.text(0, index)
		if name == "" {
			continue
		}
		product := inventory.Software{Name: strings.TrimSpace(name)}
		for _, form := range []*regexp.Regexp{dpkgName, rpmName} {
			if m := form.FindStringSubmatch(name); m != nil {
				product = inventory.Software{Name: m[1], Version: m[2]}
				break
			}
		}
		l.asset.Software = append(l.asset.Software, product)
	}
	return status(g)
}
