package simulated

import (
	"math"
	"time"
)

// What is measured lives by the clock, and is the same for the same seed and moment whoever asks:
// the agent on a host and its SNMP service agree.

// busy is how busy the day is at a moment, 0-1: offices work from eight to four on weekdays.
func busy(now time.Time) float64 {
	hour := float64(now.Hour()) + float64(now.Minute())/60
	fromNoon := (hour - 11.5) / 4
	day := math.Exp(-fromNoon * fromNoon)
	if w := now.Weekday(); w == time.Saturday || w == time.Sunday {
		day *= 0.2
	}
	return day
}

// wobble is chance that moves with the clock, -1 to 1, a new throw each half minute.
func (e *Estate) wobble(name string, now time.Time) float64 {
	h := mix(hash(name) ^ e.config.Seed*0x9e3779b97f4a7c15 ^ uint64(now.Unix()/30))
	return float64(h>>11)/float64(1<<53)*2 - 1
}

// mix spreads the bits of a number (the finaliser of SplitMix64).
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// cpu is the processor load of a host or device in percent.
func (e *Estate) cpu(name string, base float64, now time.Time) float64 {
	return math.Min(99, math.Max(1, base*(0.6+0.9*busy(now))+6*e.wobble(name+" cpu", now)))
}

// memoryUsed is the share of a host's memory in use, in percent.
func (e *Estate) memoryUsed(s *server, now time.Time) float64 {
	return math.Min(98, math.Max(5, s.memoryBase+4*busy(now)+1.5*e.wobble(s.name+" memory", now)))
}

// used is how much of a disk is filled. It grows from what it was on Config.AsOf until it is full
// but for the little that someone always finds.
func (e *Estate) used(d disk, now time.Time) int64 {
	days := math.Max(0, now.Sub(e.config.AsOf).Hours()/24)
	return int64(math.Min(0.97, d.fill+d.growth*days) * float64(d.bytes))
}

// octets counts what a port has carried since the device was switched on. It rises at every
// moment, faster in office hours.
func (e *Estate) octets(p *port, out bool, now time.Time) uint64 {
	if !p.up {
		return 0
	}
	seconds := math.Max(0, now.Sub(p.device.booted).Seconds())
	// A rate that swings over the day, summed up from the start: its mean times the time plus the
	// integral of a sine, which never falls.
	mean := p.load * float64(p.megabits) * 1e6 / 8
	if out {
		mean *= 0.4
	}
	const day = 86400 / (2 * math.Pi)
	return uint64(mean * (seconds + 0.8*day*(1-math.Cos(seconds/day))))
}
