package snmp_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gosnmp/gosnmp"

	"github.com/samdrift/samdrift/inventory"
)

type packet = gosnmp.SnmpPacket

// inTable tells whether a request asks for something below an OID.
func inTable(request *packet, oid string) bool {
	for _, v := range request.Variables {
		if strings.HasPrefix(v.Name, oid) {
			return true
		}
	}
	return false
}

const ifTable = ".1.3.6.1.2.1.2.2"

// Agents that break the rules, as real ones do. Each case says how the interface table must end.
func TestMisbehavingAgents(t *testing.T) {
	t.Parallel() // it mostly waits for answers that do not come
	const ports = 40
	cases := map[string]struct {
		version string
		twist   func(t *testing.T, request, answer *packet) []byte
		mib     []gosnmp.SnmpPDU
		status  inventory.Status
		state   string
		reason  string
		rows    int // interfaces kept
	}{
		"tooBig above ten varbinds loses nothing": {
			twist: func(t *testing.T, request, answer *packet) []byte {
				if len(answer.Variables) > 10 {
					answer.Error, answer.Variables = gosnmp.TooBig, request.Variables
				}
				return encoded(t, answer)
			},
			status: inventory.StatusOK, state: "complete", rows: ports,
		},
		"tooBig above one varbind loses nothing": {
			twist: func(t *testing.T, request, answer *packet) []byte {
				if len(answer.Variables) > 1 {
					answer.Error, answer.Variables = gosnmp.TooBig, nil
				}
				return encoded(t, answer)
			},
			status: inventory.StatusOK, state: "complete", rows: ports,
		},
		"answers cut short in the middle of a row lose nothing": {
			twist: func(t *testing.T, request, answer *packet) []byte {
				answer.Variables = answer.Variables[:min(7, len(answer.Variables))]
				return encoded(t, answer)
			},
			status: inventory.StatusOK, state: "complete", rows: ports,
		},
		"goes back to the first row for ever": {
			twist: func(t *testing.T, request, answer *packet) []byte {
				if inTable(request, ifTable+".1.2.20") {
					answer.Variables[0] = octets(ifTable+".1.2.1", "GigabitEthernet1/0/1")
				}
				return encoded(t, answer)
			},
			version: "1", status: inventory.StatusPartial, state: "partial", reason: "goes in circles", rows: ports,
		},
		"answers with the OID it was asked for": {
			twist: func(t *testing.T, request, answer *packet) []byte {
				if request.PDUType == gosnmp.GetBulkRequest {
					answer.Variables = request.Variables
					for i := range answer.Variables {
						answer.Variables[i].Type, answer.Variables[i].Value = gosnmp.Integer, 1
					}
				}
				return encoded(t, answer)
			},
			status: inventory.StatusPartial, state: "partial", reason: "goes in circles",
		},
		"jumps back out of the table": {
			twist: func(t *testing.T, request, answer *packet) []byte {
				if inTable(request, ifTable+".1.3.20") {
					answer.Variables[1] = octets(".1.3.6.1.2.1.1.1.0", "back")
				}
				return encoded(t, answer)
			},
			version: "1", status: inventory.StatusPartial, state: "partial", reason: "goes in circles", rows: ports,
		},
		"ends a column too early; the rest is asked for one by one": {
			twist: func(t *testing.T, request, answer *packet) []byte {
				for i, v := range request.Variables {
					if request.PDUType == gosnmp.GetNextRequest && v.Name == ".1.3.6.1.2.1.31.1.1.1.18.15" {
						answer.Variables[i] = integer(".1.3.6.1.2.1.99.1.0", 1)
					}
				}
				return encoded(t, answer)
			},
			version: "1", status: inventory.StatusOK, state: "complete", reason: "one by one", rows: ports,
		},
		"dies in the middle of the table": {
			twist: func() func(t *testing.T, request, answer *packet) []byte {
				dead := false
				return func(t *testing.T, request, answer *packet) []byte {
					dead = dead || inTable(request, ifTable+".1.2.20")
					if dead {
						return nil
					}
					return encoded(t, answer)
				}
			}(),
			version: "1", status: inventory.StatusPartial, state: "partial", reason: "stopped answering", rows: 20,
		},
		"is silent for one table only": {
			twist: func(t *testing.T, request, answer *packet) []byte {
				if inTable(request, ".1.3.6.1.2.1.47") {
					return nil
				}
				return encoded(t, answer)
			},
			status: inventory.StatusPartial, state: "complete", rows: ports,
		},
		"loses answers above 600 bytes": {
			twist: func(t *testing.T, request, answer *packet) []byte {
				if raw := encoded(t, answer); len(raw) <= 600 {
					return raw
				}
				return nil
			},
			status: inventory.StatusOK, state: "complete", rows: ports,
		},
		"sends truncated packets for the table": {
			twist: func(t *testing.T, request, answer *packet) []byte {
				raw := encoded(t, answer)
				if inTable(request, ifTable) {
					return raw[:len(raw)-9]
				}
				return raw
			},
			status: inventory.StatusPartial, state: "partial", reason: "readable",
		},
		"sends garbage for the table": {
			twist: func(t *testing.T, request, answer *packet) []byte {
				if inTable(request, ifTable) {
					return bytes.Repeat([]byte{0x30, 0x82, 0xff}, 20)
				}
				return encoded(t, answer)
			},
			status: inventory.StatusPartial, state: "partial", reason: "readable",
		},
		"denies the table": {
			twist: func(t *testing.T, request, answer *packet) []byte {
				if inTable(request, ifTable) {
					answer.Error, answer.ErrorIndex, answer.Variables = gosnmp.NoAccess, 0, request.Variables
				}
				return encoded(t, answer)
			},
			status: inventory.StatusPartial, state: "refused", reason: "view",
		},
		"breaks on one column": {
			twist: func(t *testing.T, request, answer *packet) []byte {
				for i, v := range request.Variables {
					if strings.HasPrefix(v.Name, ".1.3.6.1.2.1.31.1.1.1.18") {
						answer.Error, answer.ErrorIndex, answer.Variables = gosnmp.GenErr, uint8(i+1), request.Variables
					}
				}
				return encoded(t, answer)
			},
			status: inventory.StatusPartial, state: "partial", reason: "GenErr", rows: ports,
		},
		"has names of eight kilobytes": {
			mib:    []gosnmp.SnmpPDU{octets(".1.3.6.1.2.1.31.1.1.1.18.1", strings.Repeat("x", 8192)), octets(".1.3.6.1.2.1.31.1.1.1.18.2", strings.Repeat("y", 8192))},
			status: inventory.StatusOK, state: "complete", rows: ports,
		},
		"has names that are no UTF-8": {
			mib:    []gosnmp.SnmpPDU{octets(".1.3.6.1.2.1.31.1.1.1.18.1", "R\xe5dhus\x00\x1b[2J\x00\x00"), octets(".1.3.6.1.2.1.31.1.1.1.18.2", "Rådhus")},
			status: inventory.StatusOK, state: "complete", rows: ports,
		},
		"has texts where numbers belong": {
			mib:    []gosnmp.SnmpPDU{octets(ifTable+".1.3.1", "six"), octets(ifTable+".1.5.1", ""), integer(ifTable+".1.6.1", 7), integer(ifTable+".1.2.1", -1)},
			status: inventory.StatusOK, state: "complete", rows: ports,
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mib := switchMIB(ports)
			for _, own := range c.mib {
				for i := range mib {
					if mib[i].Name == own.Name {
						mib[i] = own
					}
				}
			}
			twist := func(_, answer *packet) []byte { return encoded(t, answer) }
			if c.twist != nil {
				twist = func(request, answer *packet) []byte { return c.twist(t, request, answer) }
			}
			a := startAgent(t, mib, twist)
			version := "2c"
			if c.version != "" {
				version = c.version
			}
			o, _ := look(t, config(target(a, version)))
			table := o.Tables["interfaces"]
			if o.Status != c.status || table.State != c.state || !strings.Contains(table.Reason, c.reason) {
				t.Errorf("status %s (%s), interfaces %+v, want %s, %s because of %q", o.Status, o.Error, table, c.status, c.state, c.reason)
			}
			if rows := len(o.Asset.Interfaces); rows != c.rows {
				t.Errorf("%d interfaces kept, want %d", rows, c.rows)
			}
			if asked := a.asked.Load(); asked > 1500 {
				t.Errorf("asked %d times", asked)
			}
			text, err := json.Marshal(o)
			if err != nil || !utf8.Valid(text) || bytes.Contains(text, []byte(`\ufffd`)) {
				t.Errorf("not clean: %v %s", err, text)
			}
		})
	}
}

func TestBadBytesStayVisible(t *testing.T) {
	mib := switchMIB(1)
	for i := range mib {
		if mib[i].Name == ".1.3.6.1.2.1.31.1.1.1.18.1" {
			mib[i].Value = []byte("R\xe5dhus\x1b[2J\r\nkælder\x00\x00")
		}
	}
	o, _ := look(t, config(target(startAgent(t, mib, nil), "2c")))
	if got, want := o.Asset.Interfaces[0].Alias, `R\xe5dhus\x1b[2J`+"\nkælder"; got != want {
		t.Errorf("alias %q, want %q", got, want)
	}
}

// After the first tooBig, the smaller size is kept for the whole device.
func TestTooBigIsLearntOnce(t *testing.T) {
	refusals := 0
	a := startAgent(t, switchMIB(300), func(request, answer *packet) []byte {
		if len(answer.Variables) > 12 {
			refusals++
			answer.Error, answer.Variables = gosnmp.TooBig, nil
		}
		return encoded(t, answer)
	})
	o, _ := look(t, config(target(a, "2c")))
	a.stop()
	if o.Status != inventory.StatusOK || len(o.Asset.Interfaces) != 300 || refusals > 8 {
		t.Errorf("status %s, %d interfaces, %d refusals", o.Status, len(o.Asset.Interfaces), refusals)
	}
}

// Answers should fill a frame and not be cut into fragments, whatever the length of the texts.
func TestAnswersFillAFrame(t *testing.T) {
	for _, length := range []int{0, 40, 200} {
		mib := switchMIB(200)
		for i := range mib {
			if strings.HasPrefix(mib[i].Name, ".1.3.6.1.2.1.31.1.1.1.18.") {
				mib[i].Value = []byte(strings.Repeat("x", length))
			}
		}
		var sizes []int
		a := startAgent(t, mib, func(request, answer *packet) []byte {
			raw := encoded(t, answer)
			if request.PDUType == gosnmp.GetBulkRequest && inTable(request, ".1.3.6.1.2.1.31.1.1.1.18.") {
				sizes = append(sizes, len(raw))
			}
			return raw
		})
		c := config(target(a, "2c"))
		c.MaxRepetitions = 200
		o, _ := look(t, c)
		a.stop()
		if o.Status != inventory.StatusOK || len(o.Asset.Interfaces) != 200 {
			t.Fatalf("status %s, %d interfaces", o.Status, len(o.Asset.Interfaces))
		}
		over, sum := 0, 0
		for _, size := range sizes {
			sum += size
			if size > 1472 {
				over++
			}
		}
		// The first answer shows how long the texts are.
		if mean := sum / len(sizes); over > 1 || mean < 700 {
			t.Errorf("texts of %d: answers have %v bytes, want about 1,472 and not more", length, sizes)
		}
	}
}
