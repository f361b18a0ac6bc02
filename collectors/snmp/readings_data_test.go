package snmp

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gosnmp/gosnmp"
)

// What devices of some makers tell, and the readings that the shipped files make of it.
func TestShippedReadings(t *testing.T) {
	told := map[string]map[string]any{
		"1.3.6.1.4.1.6527.1.3.17": {
			"6527.3.1.2.2.1.8.1.8.1.4": "Slot A", "6527.3.1.2.2.1.8.1.17.1.4": 1, "6527.3.1.2.2.1.8.1.18.1.4": 41,
			"6527.3.1.2.2.1.8.1.17.1.5": 2, "6527.3.1.2.2.1.8.1.18.1.5": -1,
			"6527.3.1.2.2.1.4.1.2.1.1": 4, "6527.3.1.2.2.4.31.1.16.1.9": 5012,
		},
		"1.3.6.1.4.1.637.61.1": {"637.61.1.56.5.1.7.9.1": "-6.08 dBm", "637.61.1.56.5.1.7.9.2": "No Value"},
		"1.3.6.1.4.1.935.1":    {"935.1.1.1.2.2.2.0": 273, "935.1.1.1.4.1.1.0": 3},
		"1.3.6.1.4.1.534.1": {
			"534.6.8.1.2.3.1.3.1.1": 2982, "534.6.8.1.2.3.1.3.2.1": 251,
		},
		"1.3.6.1.4.1.5040.1.2.6": {
			"5040.1.2.6.1.3.1.1.1.1": "Cellar", "5040.1.2.6.1.4.1.1.1": 188, "5040.1.2.6.1.4.1.1.2": 327670,
		},
		"1.3.6.1.4.1.318.1.3.27": {"318.1.1.1.7.2.3.0": 1, "318.1.1.1.7.2.4.0": "08/28/2026"},
		"1.3.6.1.4.1.318.1.3.2":  {"318.1.1.1.7.2.3.0": 2, "318.1.1.1.7.2.4.0": "08/28/2026"}, // no good test, no day
		"1.3.6.1.4.1.3808.1.1.1": {"3808.1.1.1.7.2.3.0": 1, "3808.1.1.1.7.2.4.0": "1/2/26"},
	}
	want := map[string][]string{
		"1.3.6.1.4.1.6527.1.3.17": {
			"dbm Optic 1.9 transmit -3.000 ", "state Fan 1.1 4.000 critical failed", "temperature Slot A 41.000 ",
		},
		"1.3.6.1.4.1.637.61.1":   {"dbm Optic 9.1 receive -6.080 "},
		"1.3.6.1.4.1.935.1":      {"state Output 3.000 critical onBattery", "voltage Battery 27.300 "},
		"1.3.6.1.4.1.534.1":      {"temperature Temperature 1.1 25.050 (of the room)", "temperature Temperature 2.1 25.100 (of the room)"},
		"1.3.6.1.4.1.5040.1.2.6": {"temperature Cellar 18.800 (of the room)"},
		"1.3.6.1.4.1.318.1.3.27": {"date Battery test 20693.000 ", "state Self test 1.000 ok passed"},
		"1.3.6.1.4.1.318.1.3.2":  {"state Self test 2.000 critical failed"},
		"1.3.6.1.4.1.3808.1.1.1": {"date Battery test 20455.000 ", "state Self test 1.000 ok passed"},
	}
	for objectID, cells := range told {
		t.Run(objectID, func(t *testing.T) {
			var got []string
			for _, table := range measured() {
				if table.purpose != sensorReadings || !table.meant(objectID) {
					continue
				}
				for _, m := range table.evaluate(gridOf(table.columns, cells), clock{now: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)}) {
					told := fmt.Sprintf("%s %s %.3f %s", m.Class, m.Name, m.Value, join(m.verdict, m.State))
					if m.room {
						told += "(of the room)"
					}
					got = append(got, told)
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(want[objectID], got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func join(verdict, word string) string {
	if verdict == "" {
		return ""
	}
	return verdict + " " + word
}

// gridOf lays out cells by column; their OIDs start below enterprises.
func gridOf(columns []string, cells map[string]any) *grid {
	g := newGrid(len(columns))
	for i, column := range columns {
		for oid, value := range cells {
			index, beneath := strings.CutPrefix(".1.3.6.1.4.1."+oid, column+".")
			if !beneath {
				continue
			}
			pdu := gosnmp.SnmpPDU{Type: gosnmp.Integer, Value: value}
			if text, ok := value.(string); ok {
				pdu = gosnmp.SnmpPDU{Type: gosnmp.OctetString, Value: []byte(text)}
			}
			g.cells[i][index] = pdu
		}
	}
	return g
}
