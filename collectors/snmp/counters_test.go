package snmp

import (
	"testing"
	"time"
)

func TestOdometer(t *testing.T) {
	type look struct {
		raw    uint32
		after  time.Duration // since the first look
		uptime time.Duration
		speed  int64
		want   uint64
		sure   bool
	}
	const fast, slow = 1_000_000_000, 100_000_000
	for name, looks := range map[string][]look{
		"counts on": {{100, 0, time.Hour, slow, 100, true}, {300, time.Minute, 61 * time.Minute, slow, 300, true}},
		"wraps twice": {{1<<32 - 50, 0, time.Hour, slow, 1<<32 - 50, true}, {50, time.Minute, 61 * time.Minute, slow, 1<<32 + 50, true},
			{40, 400 * time.Second, 67 * time.Minute, slow, 1<<32 + 50 + 1<<32 - 10, true}},
		"speed not known":      {{1<<32 - 50, 0, time.Hour, 0, 1<<32 - 50, true}, {50, time.Minute, 61 * time.Minute, 0, 1<<32 + 50, true}},
		"device started again": {{5000, 0, time.Hour, slow, 5000, true}, {20, time.Minute, time.Second, slow, 20, true}},
		"set to zero by hand":  {{1 << 30, 0, time.Hour, slow, 1 << 30, true}, {20, time.Second, time.Hour + time.Second, slow, 20, true}},
		"may have wrapped more than once": {{5000, 0, time.Hour, fast, 5000, true}, {6000, time.Minute, 61 * time.Minute, fast, 6000, false},
			{7000, 70 * time.Second, 62 * time.Minute, fast, 7000, true}},
	} {
		t.Run(name, func(t *testing.T) {
			o, start := odometers{}, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
			for i, l := range looks {
				got, sure := o.read("ifInOctets 1", l.raw, l.speed, start.Add(l.after), l.uptime)
				if got != l.want || sure != l.sure {
					t.Errorf("look %d: %d, sure %v, want %d, %v", i+1, got, sure, l.want, l.sure)
				}
			}
		})
	}
}
