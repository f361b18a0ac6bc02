package snmp

import (
	"regexp"
	"strings"

	"github.com/samdrift/samdrift/inventory"
)

// hrSWName is the column of installed products in HOST-RESOURCES-MIB (RFC 2790).
const hrSWName = ".1.3.6.1.2.1.25.6.3.1.2"

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
