package snmp

import (
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/gosnmp/gosnmp"
)

// Whatever a device says, every reading of it is a number that can be told, has a name and is text.
func FuzzReadings(f *testing.F) {
	f.Add("1.3", []byte("23.5 C"), int64(-40))
	f.Add("0", []byte{0x40, 0}, int64(65535))
	f.Add("", []byte("1e308"), int64(math.MinInt64))
	f.Add("7..-2.99999999999999999999", []byte("\xff\xfe{#}$1"), int64(12))
	f.Add("10.1.2.3.4.5.6", []byte("-inf NaN"), int64(math.MaxInt64))
	f.Fuzz(func(t *testing.T, index string, raw []byte, n int64) {
		if strings.Trim(index, ".0123456789") != "" {
			t.Skip("no index")
		}
		numberTold := gosnmp.SnmpPDU{Type: gosnmp.Integer, Value: int(n)}
		textTold := gosnmp.SnmpPDU{Type: gosnmp.OctetString, Value: raw}
		for _, value := range []gosnmp.SnmpPDU{numberTold, textTold} {
			for _, other := range []gosnmp.SnmpPDU{numberTold, textTold} {
				for _, table := range measured() {
					told := rows{}
					for _, column := range table.columns {
						told[column] = map[string]gosnmp.SnmpPDU{index: other}
					}
					for i := range table.Readings {
						r := &table.Readings[i]
						told[r.Value][index] = value
						m, ok := r.sensor(told, index, clock{time.Unix(1_790_000_000, 0), 1000 * time.Hour})
						if !ok {
							continue
						}
						if math.IsNaN(m.Value) || math.IsInf(m.Value, 0) {
							t.Errorf("%s: %v", m.OID, m.Value)
						}
						if m.Name == "" || !utf8.ValidString(m.Name) || !utf8.ValidString(m.State) {
							t.Errorf("%s: name %q, state %q", m.OID, m.Name, m.State)
						}
					}
				}
			}
		}
		for _, scale := range []int64{n, 0, 9, 17} {
			if v, ok := entityValue(float64(n), scale, n); ok && (math.IsNaN(v) || math.IsInf(v, 0)) {
				t.Errorf("entity of %d: %v", n, v)
			}
		}
	})
}
