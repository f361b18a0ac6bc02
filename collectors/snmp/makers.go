package snmp

import (
	"slices"
	"strings"
)

// The IANA enterprise numbers of makers whose own tables are read where the standard's are missing. A
// maker's table is asked for only on its own devices: each one costs a round trip.
const (
	makerIBM        = 2
	makerCisco      = 9
	makerHP         = 11
	makerNortel     = 45
	makerCompaq     = 232
	makerMicrosoft  = 311
	makerNetApp     = 789
	makerZyxel      = 890
	makerStonesoft  = 1369
	makerBrocade    = 1588
	makerExtreme    = 1916
	makerFoundry    = 1991
	makerHuawei     = 2011
	makerUCD        = 2021
	makerRapidCity  = 2272
	makerCheckPoint = 2620
	makerJuniper    = 2636
	makerAlcatel    = 6486
	makerNokia      = 6527
	makerVMware     = 6876
	makerNetSNMP    = 8072
	makerMoxa       = 8691
	makerTPLink     = 11863
	makerIsilon     = 12124
	makerAruba      = 14823
	makerMikroTik   = 14988
	makerH3C        = 25506
	makerNimble     = 37447
	makerIXSystems  = 50536
)

// maker gives the enterprise number in the device's sysObjectID, or 0 where it has none.
func (l *look) maker() uint32 {
	rest, ok := strings.CutPrefix(strings.TrimPrefix(l.asset.Management.SysObjectID, "."), "1.3.6.1.4.1.")
	if numbers, valid := oidNumbers(rest); ok && valid {
		return numbers[0]
	}
	return 0
}

// madeBy tells whether the device is one of these makers'.
func (l *look) madeBy(makers ...uint32) bool { return slices.Contains(makers, l.maker()) }
