package snmp

import (
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gosnmp/gosnmp"

	"github.com/samdrift/samdrift/inventory"
)

// What devices send is parsed here without trust: nothing may panic, and every text that comes out
// must be clean.

func FuzzClean(f *testing.F) {
	f.Add([]byte("plain"), 100)
	f.Add([]byte("R\xe5dhus\x00\x00"), 100)
	f.Add([]byte("\x1b[2J\x80\u009b"), 5)
	f.Add([]byte(strings.Repeat("æ", 5000)), 4096)
	f.Fuzz(func(t *testing.T, raw []byte, most int) {
		most = max(0, min(most, 1<<16))
		got := clean(raw, most)
		if !utf8.ValidString(got) || strings.ContainsAny(got, "\x00\x1b\x7f\r") {
			t.Errorf("%q is not clean", got)
		}
		if len(got) > most+len(`\xff\xff`)+len("…") {
			t.Errorf("%d bytes, want at most %d", len(got), most)
		}
		if utf8.Valid(raw) && !strings.ContainsFunc(string(raw), func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }) &&
			len(raw) <= most && got != strings.Trim(string(raw), " ") {
			t.Errorf("clean text %q became %q", raw, got)
		}
	})
}

func FuzzAddressFromIndex(f *testing.F) {
	f.Add("1.4.10.0.0.1")
	f.Add("2.16.253.0.0.70.0.1.0.0.0.0.0.0.0.0.0.2")
	f.Add("1.4294967295.1")
	f.Add("3.8.10.0.0.1.0.0.0.5")
	f.Fuzz(func(t *testing.T, index string) {
		if ip, ok := addressFromIndex(index); ok && !ip.IsValid() {
			t.Errorf("%q gave an invalid address", index)
		}
	})
}

func FuzzCompareOIDs(f *testing.F) {
	f.Add("1.3.6.1", "1.3.6.1.2")
	f.Add(".1.3.10", "1.3.9")
	f.Fuzz(func(t *testing.T, a, b string) {
		x, okA := oidNumbers(a)
		y, okB := oidNumbers(b)
		if !okA || !okB || leadingZero(a) || leadingZero(b) {
			return
		}
		want := 0
		for i := 0; i < len(x) && i < len(y) && want == 0; i++ {
			want = sign(int(x[i]) - int(y[i]))
		}
		if want == 0 {
			want = sign(len(x) - len(y))
		}
		if got := sign(compareOIDs(a, b)); got != want {
			t.Errorf("%q against %q: %d, want %d", a, b, got, want)
		}
	})
}

func leadingZero(oid string) bool {
	for part := range strings.SplitSeq(strings.TrimPrefix(oid, "."), ".") {
		if len(part) > 1 && part[0] == '0' {
			return true
		}
	}
	return false
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

// FuzzAnswer takes arbitrary bytes for a device's answer, through gosnmp's decoder and every reader
// of varbinds.
func FuzzAnswer(f *testing.F) {
	for _, value := range []gosnmp.SnmpPDU{
		{Name: ".1.3.6.1.2.1.2.2.1.6.1", Type: gosnmp.OctetString, Value: []byte{0, 1, 2, 3, 4, 5}},
		{Name: ".1.3.6.1.2.1.25.2.3.1.5.1", Type: gosnmp.Integer, Value: -1},
		{Name: ".1.3.6.1.2.1.31.1.1.1.6.1", Type: gosnmp.Counter64, Value: uint64(math.MaxUint64)},
		{Name: ".1.3.6.1.2.1.1.2.0", Type: gosnmp.ObjectIdentifier, Value: ".1.3.6.1.4.1.9.1.1208"},
	} {
		packet := gosnmp.SnmpPacket{Version: gosnmp.Version2c, Community: "c", PDUType: gosnmp.GetResponse, RequestID: 7, Variables: []gosnmp.SnmpPDU{value}}
		raw, err := packet.MarshalMsg()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
		f.Add(raw[:len(raw)-3])
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		packet, ok := decoded(raw)
		if !ok {
			return
		}
		g := newGrid(8)
		w := &walker{session: &session{}, grid: g, columns: []*column{{root: ".1.3.6.1.2.1", at: ".1.3.6.1.2.1"}}}
		for _, pdu := range packet.Variables {
			w.take(w.columns[0], pdu)
			for _, s := range []string{text(pdu), macOf(pdu), stateName(pdu), lldpID(pdu, 4, 4, 5), lldpID(pdu, 5, 4, 5), volumeName(text(pdu), true), plausible(text(pdu))} {
				if !utf8.ValidString(s) {
					t.Errorf("%q is no UTF-8", s)
				}
			}
			if n, ok := bytesOf(pdu, 4096); ok && n < 0 {
				t.Errorf("negative size %d", n)
			}
			prefixFromPointer(text(pdu), 128)
		}
		local, bridge := newGrid(2), newGrid(1)
		for index, pdu := range g.cells[0] {
			local.cells[0][index], bridge.cells[0][index] = pdu, pdu
		}
		interfaces := []inventory.Interface{{Index: 1, Name: "a"}, {Index: 2, Name: "b"}}
		ports := newLocalPorts(interfaces)
		numbering := basePorts(bridge)
		ports.learn(interfaces, local, func(port int) (int, bool) { return numbering[port], true }, strings.TrimSpace)
		if name := ports.name(1); name == "" {
			t.Error("a local port without any name")
		}
		if state := status(g).State; state == "" {
			t.Error("a table without a state")
		}
	})
}

// decoded runs gosnmp's decoder as the collector does, which survives its panics.
func decoded(raw []byte) (packet *gosnmp.SnmpPacket, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	packet, err := (&gosnmp.GoSNMP{}).SnmpDecodePacket(raw)
	return packet, err == nil
}

func TestSpeed(t *testing.T) {
	for _, c := range []struct{ bps, mbps, want int64 }{
		{0, 0, 0}, {100_000_000, 100, 100_000_000}, {1_544_000, 2, 1_544_000}, {math.MaxUint32, 10_000, 10_000_000_000},
		{1_410_065_408, 10_000, 10_000_000_000}, {0, 1000, 1_000_000_000}, {-1, 0, 0}, {10, math.MaxInt64, 10}, {math.MaxUint32, 0, math.MaxUint32},
	} {
		if got := speed(c.bps, c.mbps); got != c.want {
			t.Errorf("speed(%d, %d) = %d, want %d", c.bps, c.mbps, got, c.want)
		}
	}
}

func TestPrefixOfMask(t *testing.T) {
	for mask, want := range map[[4]byte]int{
		{255, 255, 255, 0}: 24, {255, 255, 254, 0}: 23, {255, 255, 255, 255}: 32, {0, 0, 0, 0}: 0, {255, 0, 255, 0}: 0, {128, 0, 0, 0}: 1,
	} {
		if got := prefixOfMask(mask); got != want {
			t.Errorf("%v: %d, want %d", mask, got, want)
		}
	}
}
