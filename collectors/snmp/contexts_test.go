package snmp

import "testing"

// SNMPv3 names a VLAN by its context, the older versions by the community.
func TestVLANTarget(t *testing.T) {
	v2 := Target{Community: "læs"}.inVLAN(10)
	if v2.Community.Reveal() != "læs@10" || v2.Context != "" {
		t.Errorf("v2c: community %q, context %q", v2.Community.Reveal(), v2.Context)
	}
	v3 := Target{Credentials: Credentials{User: "collector"}}.inVLAN(10)
	if v3.Context != "vlan-10" || v3.Community != "" {
		t.Errorf("v3: context %q, community %q", v3.Context, v3.Community.Reveal())
	}
}
