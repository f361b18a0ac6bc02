package snmp

import (
	"testing"
	"testing/synctest"
	"time"
)

// FuzzReadReply takes arbitrary bytes for an answer to a probe.
func FuzzReadReply(f *testing.F) {
	for _, version := range []string{Version1, Version2c} {
		raw, err := communityProbe(version, "secret", 7)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	raw, err := engineProbe(7)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	// A report of net-snmp's.
	f.Add([]byte("\x30\x6b\x02\x01\x03\x30\x11\x02\x04\x20\xdd\x06\xa7\x02\x03\x00\xff\xe3\x04\x01\x00\x02\x01\x03\x04\x1b\x30\x19\x04\x0d\x80\x00\x1f\x88\x80\x59\xdc\x48\x61\x45\xa2\x63\x22\x02\x01\x08\x02\x02\x0a\xb9\x04\x00\x04\x00\x04\x00\x30\x00"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := readReply(raw)
		if err == nil && r.engineID != "" && (len(r.engineID) < 10 || len(r.engineID) > 64) {
			t.Errorf("engine id %q", r.engineID)
		}
	})
}

func TestPacerKeepsTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, start := newPacer(1000), time.Now()
		for range 5000 {
			if err := p.wait(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took < 4990*time.Millisecond || took > 5010*time.Millisecond {
			t.Errorf("5,000 packets at 1,000 a second took %v", took)
		}
		time.Sleep(time.Minute) // time that passes unused is not made up for
		start = time.Now()
		for range 1000 {
			if err := p.wait(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took < 950*time.Millisecond {
			t.Errorf("1,000 packets after a pause took %v", took)
		}
	})
}
