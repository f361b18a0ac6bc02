package web

import (
	"strings"

	"github.com/samdrift/samdrift/dashboards/locale"
	"github.com/samdrift/samdrift/planner/nis2"
	"github.com/samdrift/samdrift/planner/track"
)

// waveBadges are the looks of how far a wave is.
var waveBadges = map[string]string{
	string(track.Started): "info", string(track.CutOver): "info", string(track.Verified): "ok", string(track.Final): "ok", string(track.RolledBack): "warn",
}

// sources tells where what is counted comes from.
func sources(l *locale.Locale, list []string) string {
	words := make([]string, len(list))
	for i, s := range list {
		words[i] = l.T("track.told", "source", s)
		if s == track.SourceMoves {
			words[i] = l.T("track.bymoves")
		}
	}
	return strings.Join(words, ", ")
}

// reassessWords tells why a control is to be reassessed.
func reassessWords(l *locale.Locale, r *nis2.Reassess) string {
	params := []any{"date", l.DateLong(r.Since), "n", r.Servers, "back", r.TakenBack, "waves", strings.Join(r.Waves, ", ")}
	switch {
	case r.TakenBack == 0:
		return l.T("reassess.moved", params...)
	case r.Servers == 0:
		return l.T("reassess.back", params...)
	}
	return l.T("reassess.both", params...)
}

// waveOf finds how far a wave is; false: the person may not see it.
func waveOf(list []track.WaveStatus, id string) (track.WaveStatus, bool) {
	for _, w := range list {
		if w.Wave == id {
			return w, true
		}
	}
	return track.WaveStatus{}, false
}

// begunOnly leaves out the waves to which nothing has happened.
func begunOnly(list []track.WaveStatus) []track.WaveStatus {
	var begun []track.WaveStatus
	for _, w := range list {
		if w.State != track.Planned {
			begun = append(begun, w)
		}
	}
	return begun
}
