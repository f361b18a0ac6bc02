package collectors_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/collectors"
)

// worker is a collector that takes a given time and notes when it began to work.
type worker struct {
	name       string
	look, poll time.Duration
	fail       error
	panics     bool

	mu     sync.Mutex
	zero   time.Time
	began  []string
	inside int
	most   int
}

func (w *worker) Name() string { return w.name }

func (w *worker) Collect(ctx context.Context, _ collectors.Sink) error {
	return w.work(ctx, "look", w.look)
}
func (w *worker) Poll(ctx context.Context, _ collectors.Sink) error {
	return w.work(ctx, "poll", w.poll)
}

func (w *worker) work(ctx context.Context, what string, takes time.Duration) error {
	w.mu.Lock()
	w.began = append(w.began, what+" "+time.Since(w.zero).String())
	w.inside++
	w.most = max(w.most, w.inside)
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		w.inside--
		w.mu.Unlock()
	}()
	if w.panics {
		panic("no such thing")
	}
	select {
	case <-time.After(takes):
		return w.fail
	case <-ctx.Done():
		return ctx.Err()
	}
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func TestRunnerKeepsTheSchedule(t *testing.T) {
	cases := map[string]struct {
		job  collectors.Job
		work *worker
		want []string
	}{
		"first look at once, polls between": {
			job:  collectors.Job{Every: 60 * time.Minute, PollEvery: 20 * time.Minute},
			work: &worker{look: time.Minute, poll: time.Second},
			want: []string{"look 0s", "poll 20m0s", "poll 40m0s", "look 1h0m0s", "poll 1h20m0s"},
		},
		"no polls asked for": {
			job:  collectors.Job{Every: 30 * time.Minute},
			work: &worker{poll: time.Second},
			want: []string{"look 0s", "look 30m0s", "look 1h0m0s"},
		},
		"a look longer than its interval starts again at the next time of the schedule": {
			job:  collectors.Job{Every: 20 * time.Minute},
			work: &worker{look: 25 * time.Minute},
			want: []string{"look 0s", "look 40m0s", "look 1h20m0s"},
		},
		"errors do not end it": {
			job:  collectors.Job{Every: 40 * time.Minute},
			work: &worker{fail: errors.New("broken")},
			want: []string{"look 0s", "look 40m0s", "look 1h20m0s"},
		},
		"panics do not end it": {
			job:  collectors.Job{Every: 40 * time.Minute},
			work: &worker{panics: true},
			want: []string{"look 0s", "look 40m0s", "look 1h20m0s"},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 85*time.Minute)
				defer cancel()
				w := c.work
				w.name, w.zero = "w", time.Now()
				c.job.Collector = w
				rounds := 0
				r := collectors.Runner{Jobs: []collectors.Job{c.job}, Logger: quiet(), Ended: func(round collectors.Round) {
					rounds++
					if (w.fail != nil || w.panics) && round.Err == nil {
						t.Errorf("round at %v ended without the collector's error", round.Start)
					}
				}}
				if err := r.Run(ctx); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(c.want, w.began); diff != "" {
					t.Errorf("rounds (-want +got):\n%s", diff)
				}
				if w.most != 1 || rounds != len(c.want) {
					t.Errorf("%d at the same time, %d rounds reported, want 1 and %d", w.most, rounds, len(c.want))
				}
			})
		})
	}
}

func TestRunnerRunsCollectorsSideBySideAndWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 59*time.Minute)
		defer cancel()
		slow := &worker{name: "slow", look: 10 * time.Hour, zero: time.Now()}
		fast := &worker{name: "fast", look: time.Second, zero: time.Now()}
		r := collectors.Runner{Logger: quiet(), Jobs: []collectors.Job{
			{Collector: slow, Every: time.Minute}, {Collector: fast, Every: 20 * time.Minute},
		}}
		if err := r.Run(ctx); err != nil {
			t.Fatal(err)
		}
		if len(slow.began) != 1 || len(fast.began) != 3 {
			t.Errorf("slow began %v, fast began %v: want 1 and 3 rounds", slow.began, fast.began)
		}
		if slow.inside != 0 || fast.inside != 0 {
			t.Errorf("Run returned while collectors still worked")
		}
	})
}

func TestRunnerRefusesAnImpossibleSchedule(t *testing.T) {
	r := collectors.Runner{Logger: quiet(), Jobs: []collectors.Job{
		{Collector: &worker{name: "never"}}, {Collector: &worker{name: "back"}, Every: time.Hour, PollEvery: -1},
	}}
	err := r.Run(t.Context())
	if err == nil || !strings.Contains(err.Error(), "never") || !strings.Contains(err.Error(), "back") {
		t.Errorf("got %v, want an error that names both collectors", err)
	}
}
