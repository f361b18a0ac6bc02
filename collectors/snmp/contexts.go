package snmp

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Cisco's IOS keeps a bridge per VLAN, each behind a community or an SNMPv3 context of its own:
// community@10 or context vlan-10.
const (
	mostContexts   = 256
	contextsBudget = 4 // a look's whole time is divided by this for all contexts together
	contextTimeout = 500 * time.Millisecond
	longestName    = 127 - len("@4094") // a community is sent with at most 127 bytes
)

// perVLANContexts tells whether the device keeps its forwarding tables in contexts, and may be asked
// for them: a target that names a context itself is one of them. Without VLANs there are none.
func (l *look) perVLANContexts() bool {
	return l.madeBy(makerCisco) && len(l.asset.VLANs) > 0 && len(l.target.Community) <= longestName && l.target.Context == "" && !strings.Contains(l.target.Community.Reveal(), "@")
}

// readContexts reads the forwarding tables of all VLANs. The last grid tells what was left out.
func readContexts(s *session, l *look, found stations) []*grid {
	vlans, rest := l.asset.VLANs, newGrid(1)
	if len(vlans) > mostContexts {
		rest.fault("only the first %d of %d VLANs were read", mostContexts, len(vlans))
		vlans = vlans[:mostContexts]
	}
	ctx, cancel := context.WithTimeout(s.client.Context, s.config.DeviceBudget/contextsBudget)
	defer cancel()
	var grids []*grid
	var silent []string
	for at, vlan := range vlans {
		g := s.readContext(ctx, l, vlan.ID, found)
		if ctx.Err() != nil {
			rest.fault("no time for %d of %d VLANs", len(vlans)-at, len(vlans))
			break
		}
		if g == nil && at == 0 {
			// It has no contexts, or the community or user is not allowed into them: then it keeps silent.
			return nil
		}
		if g == nil {
			silent = append(silent, strconv.Itoa(vlan.ID)) // no bridge of the device carries it
		}
		grids = append(grids, g...)
	}
	if len(silent) > 0 {
		rest.note = "no answer for VLANs " + strings.Join(silent, ", ")
	}
	return append(grids, rest)
}

// readContext reads the forwarding table of one VLAN over a session of its own; nil: no answer.
func (s *session) readContext(ctx context.Context, l *look, vlan int, found stations) []*grid {
	config := s.config
	config.Retries = min(1, config.Retries)
	config.Timeout = min(contextTimeout, config.Timeout)
	inside, err := dial(ctx, config, l.target.inVLAN(vlan))
	if err != nil {
		return nil
	}
	defer inside.close()
	if !inside.alive() {
		return nil
	}
	g := inside.walk(dot1dTpFdbPort, dot1dTpFdbStatus)
	if len(g.cells[0]) == 0 {
		return []*grid{g}
	}
	numbering := inside.walk(dot1dBasePortIfIndex)
	ports := basePorts(numbering)
	found.take(g, func(numbers []uint32) (int, bool) { return vlan, len(numbers) == 0 },
		func(port int) (int, bool) {
			ifIndex, ok := ports[port]
			return ifIndex, ok
		})
	return []*grid{g, numbering}
}

// inVLAN gives the target of one VLAN's context.
func (t Target) inVLAN(vlan int) Target {
	if t.version() == Version3 {
		t.Context = fmt.Sprintf("vlan-%d", vlan)
	} else {
		t.Community = Secret(fmt.Sprintf("%s@%d", t.Community.Reveal(), vlan))
	}
	return t
}
