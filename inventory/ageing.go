package inventory

import (
	"errors"
	"fmt"
	"time"
)

// Ageing says how long an asset may be unseen. Nothing is removed: a gone asset stays listed as gone.
type Ageing struct {
	StaleAfter time.Duration `yaml:"stale_after"` // unseen longer: stale
	GoneAfter  time.Duration `yaml:"gone_after"`  // unseen longer, by collectors that do look: gone
}

// DefaultAgeing gives two weeks and ninety days: longer than a holiday, shorter than a quarter's report.
func DefaultAgeing() Ageing {
	return Ageing{StaleAfter: 14 * 24 * time.Hour, GoneAfter: 90 * 24 * time.Hour}
}

// Validate reports every fault.
func (g Ageing) Validate() error {
	var faults []error
	if g.StaleAfter <= 0 {
		faults = append(faults, fmt.Errorf("assets stale after %v: want a period above zero, such as 14 days", g.StaleAfter))
	}
	if g.GoneAfter <= g.StaleAfter {
		faults = append(faults, fmt.Errorf("assets gone after %v: want more than the %v after which they are stale", g.GoneAfter, g.StaleAfter))
	}
	return errors.Join(faults...)
}

// Why an asset is stale or gone, in Asset.PresenceNote. Only the first two speak of the asset; the
// last two speak of the look, and an asset that only such looks could see is never called gone.
const (
	NoAnswer        = "no_answer"        // its collector works, and it did not answer
	NotReported     = "not_reported"     // its collector works, and told nothing of it
	LookFailed      = "look_failed"      // the look failed or was refused: nobody could see
	CollectorSilent = "collector_silent" // its collector has seen nothing in the municipality for as long
)

// watch knows when each collector last saw anything in each municipality.
type watch struct {
	ageing Ageing
	at     time.Time
	lastOK map[[2]string]time.Time // collector and municipality
}

func newWatch(g Ageing, at time.Time, collections map[string]Collection) watch {
	w := watch{ageing: g, at: at, lastOK: map[[2]string]time.Time{}}
	for _, c := range collections {
		key := [2]string{c.Collector, c.Municipality}
		if c.LastOK.After(w.lastOK[key]) {
			w.lastOK[key] = c.LastOK
		}
	}
	return w
}

// presence tells how lately the asset was seen, and why it is not present.
func (w watch) presence(a *Asset) (Presence, string) {
	unseen := w.at.Sub(a.LastSeen)
	if unseen <= w.ageing.StaleAfter {
		return Present, ""
	}
	absence, doubt := "", CollectorSilent
	for _, s := range a.Sources {
		switch {
		case s.Status == StatusFailed || s.Status == StatusRefused:
			doubt = LookFailed
		case w.at.Sub(w.lastOK[[2]string{s.Collector, a.Municipality}]) > w.ageing.StaleAfter:
		case s.Status == StatusUnreachable:
			absence = NoAnswer
		case absence == "":
			absence = NotReported
		}
	}
	switch {
	case absence == "":
		return Stale, doubt
	case unseen > w.ageing.GoneAfter:
		return Gone, absence
	default:
		return Stale, absence
	}
}
