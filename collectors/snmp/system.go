package snmp

import (
	"slices"
	"strings"
	"time"

	"github.com/samdrift/samdrift/inventory"
)

// The system group (SNMPv2-MIB), by which a device presents itself.
const (
	sysDescr    = ".1.3.6.1.2.1.1.1.0"
	sysObjectID = ".1.3.6.1.2.1.1.2.0"
	sysUpTime   = uptimeOID
	sysName     = ".1.3.6.1.2.1.1.5.0"
)

// defaultCommunities are those that devices are shipped with.
var defaultCommunities = []string{"public", "private"}

// readSystem asks for the system group. Its error tells that the device did not answer at all.
func readSystem(s *session, l *look) error {
	values, err := s.get(sysDescr, sysObjectID, sysUpTime, sysName)
	if err != nil {
		return err
	}
	l.asset = &inventory.Asset{Kind: inventory.KindUnknown}
	m := &l.asset.Management
	m.SysDescr = text(values[sysDescr])
	m.SysObjectID = text(values[sysObjectID])
	m.SysName = text(values[sysName])
	m.EngineID = s.engineID()
	m.Protocols = []string{protocolOf(l.target)}
	if l.target.version() != Version3 {
		m.DefaultCommunity = isDefault(l.target.Community)
	}
	l.asset.Name = or(m.SysName, l.target.Label())
	l.note("system", systemStatus(len(values)))
	if ticks, ok := number(values[sysUpTime]); ok {
		// Hundredths of a second.
		l.measure("samdrift_uptime_seconds", nil, float64(ticks)/100)
		l.uptime = time.Duration(ticks) * 10 * time.Millisecond
	}
	return nil
}

// protocolOf names how a target is spoken to: snmpv1, snmpv2c, snmpv3-authpriv.
func protocolOf(t Target) string {
	if t.version() == Version3 {
		return "snmpv3-" + strings.ToLower(t.Credentials.level())
	}
	return "snmpv" + t.version()
}

// isDefault tells whether a community is one that devices are shipped with.
func isDefault(community Secret) *bool {
	is := slices.Contains(defaultCommunities, strings.ToLower(community.Reveal()))
	return &is
}

func systemStatus(values int) inventory.TableStatus {
	if values == 0 {
		return inventory.TableStatus{State: inventory.TableAbsent}
	}
	return inventory.TableStatus{State: inventory.TableComplete, Rows: values}
}
