package track_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/planner/track"
)

// history makes up a baseline and what happened to it.
func history(t *rapid.T) track.Input {
	in := track.Input{AsOf: monday.AddDays(rapid.IntRange(0, 200).Draw(t, "as of")), Settings: track.DefaultSettings()}
	in.Settings.Runs = 200
	in.Baseline.Deadline = monday.AddDays(rapid.IntRange(0, 400).Draw(t, "deadline"))
	for i := range rapid.IntRange(1, 12).Draw(t, "groups") {
		start := monday.AddDays(rapid.IntRange(0, 150).Draw(t, "start"))
		p := track.Promise{Group: fmt.Sprintf("g%02d", i), Wave: fmt.Sprintf("w%d", i/3), Municipality: "430", Centre: "odense",
			Servers: rapid.IntRange(1, 20).Draw(t, "servers")}
		if rapid.IntRange(0, 9).Draw(t, "dated") > 0 {
			p.Start, p.Cutover, p.End = start, start+5, start+15
		}
		in.Baseline.Promises = append(in.Baseline.Promises, p)
	}
	for range rapid.IntRange(0, 40).Draw(t, "events") {
		e := track.Event{Kind: rapid.SampledFrom(track.Kinds).Draw(t, "kind"), On: monday.AddDays(rapid.IntRange(0, 220).Draw(t, "on"))}
		if rapid.IntRange(0, 5).Draw(t, "of a wave") == 0 {
			e.Wave = fmt.Sprintf("w%d", rapid.IntRange(0, 4).Draw(t, "wave"))
		} else {
			e.Group, e.Servers = fmt.Sprintf("g%02d", rapid.IntRange(0, 12).Draw(t, "group")), rapid.IntRange(0, 20).Draw(t, "n")
		}
		in.Events = append(in.Events, e)
	}
	return in
}

func must(t *rapid.T, in track.Input) (track.Report, string) {
	r, err := track.Compare(in)
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return r, string(data)
}

// Whatever happens: counts stay within bounds and agree with each other, weeks sum to what is done, the
// order of telling does not matter, and a later deadline is never less likely.
func TestLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := history(t)
		r, bytes := must(t, in)
		done, dated := 0, 0
		for i, g := range r.Groups {
			if g.Done < 0 || g.Done > g.Servers || g.Verified < 0 || g.Verified > g.Done {
				t.Fatalf("counts of %+v are out of bounds", g)
			}
			if (g.State == "cut_over" || g.State == "verified" || g.State == "final") != (g.Done > 0) || g.Partial && g.Done == 0 {
				t.Fatalf("state of %+v does not fit its count", g)
			}
			done += g.Done
			if in.Baseline.Promises[i].Cutover.Known() {
				dated += g.Done
			}
		}
		if r.Schedule.Earned != dated || r.Schedule.Earned > r.Schedule.Total {
			t.Fatalf("schedule %+v, want %d earned", r.Schedule, dated)
		}
		weeks := 0
		for _, w := range r.Throughput.Weeks {
			weeks += w.Servers
		}
		if r.Throughput.ThisWeek != nil {
			weeks += r.Throughput.ThisWeek.Servers
		}
		if weeks != done {
			t.Fatalf("weeks sum to %d servers, %d are done", weeks, done)
		}
		waves := 0
		for _, w := range r.Waves {
			waves += w.Done
		}
		if waves != done {
			t.Fatalf("waves sum to %d servers, %d are done", waves, done)
		}
		if s := r.Schedule; s.SPI != nil && (s.EarnedT < 0 || s.EarnedT > float64(s.Finish-s.Start)+1) {
			t.Fatalf("earned days of %+v are outside the baseline", s)
		}

		rand.New(rand.NewPCG(1, 2)).Shuffle(len(in.Events), func(i, j int) { in.Events[i], in.Events[j] = in.Events[j], in.Events[i] })
		if _, again := must(t, in); again != bytes {
			t.Fatal("the order of telling changed the report")
		}
		if r.Forecast.ByDeadline != nil {
			in.Baseline.Deadline += 30
			if later, _ := must(t, in); *later.Forecast.ByDeadline < *r.Forecast.ByDeadline {
				t.Fatalf("chance fell from %g to %g with a later deadline", *r.Forecast.ByDeadline, *later.Forecast.ByDeadline)
			}
			if f := r.Forecast; f.P80 != nil && *f.P80 < *f.P50 || f.P95 != nil && *f.P95 < *f.P80 {
				t.Fatalf("quantiles of %+v are out of order", f)
			}
		}
	})
}

// More done is never less earned: the index rises with what has been cut over.
func TestMoreDoneIsNeverLater(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := history(t)
		in.Events = nil
		last := -1.0
		for _, p := range in.Baseline.Promises {
			in.Events = append(in.Events, track.Event{Kind: track.CutOver, Group: p.Group, On: min(in.AsOf, monday)})
			if s, _ := must(t, in); s.Schedule.SPI != nil && s.Schedule.Earned < s.Schedule.Total {
				if s.Schedule.EarnedT < last {
					t.Fatalf("earned days fell from %g to %g", last, s.Schedule.EarnedT)
				}
				last = s.Schedule.EarnedT
			}
		}
	})
}

// A country of 98 municipalities and 6,000 groups, half of it done.
func BenchmarkNation(b *testing.B) {
	in := nation()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := track.Compare(in); err != nil {
			b.Fatal(err)
		}
	}
}

func nation() track.Input {
	r := rand.New(rand.NewPCG(98, 1))
	in := track.Input{AsOf: monday.AddDays(180), Settings: track.DefaultSettings()}
	in.Baseline.Deadline = monday.AddDays(360)
	for i := range 6000 {
		start := monday.AddDays(r.IntN(330))
		p := track.Promise{Group: fmt.Sprintf("g%05d", i), Wave: fmt.Sprintf("w%03d", i/12), Municipality: fmt.Sprintf("%03d", 100+i%98), Centre: "centre",
			Servers: 1 + r.IntN(7), Start: start, Cutover: start + 7, End: start + 17, Foundation: i%60 == 0}
		for range 3 {
			p.Partners = append(p.Partners, fmt.Sprintf("g%05d", (i+98*(1+r.IntN(50)))%6000))
		}
		in.Baseline.Promises = append(in.Baseline.Promises, p)
		if on := p.Cutover.AddDays(r.IntN(30)); on <= in.AsOf {
			in.Events = append(in.Events, track.Event{Kind: track.CutOver, Group: p.Group, On: on}, track.Event{Kind: track.Verified, Group: p.Group, On: min(in.AsOf, on+2)})
		}
	}
	return in
}
