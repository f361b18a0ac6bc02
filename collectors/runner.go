package collectors

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"
)

// Job is one collector and how often it works.
type Job struct {
	Collector Collector
	Every     time.Duration // between the starts of full looks; more than 0
	PollEvery time.Duration // between the starts of polls of a Poller; 0: never polled
}

// Round is one full look or poll that has ended.
type Round struct {
	Collector string
	Poll      bool
	Start     time.Time
	Duration  time.Duration
	Err       error // why it could not work at all; broken targets are in the observations
}

// Runner runs collectors on a schedule. Each has a goroutine of its own: a slow collector delays
// nobody, and is never run twice at the same time. A round that is due while another of the same
// collector still works starts right after it; rounds missed meanwhile are not made up for.
type Runner struct {
	Jobs   []Job
	Sink   Sink
	Logger *slog.Logger
	Ended  func(Round) // called after each round, from several goroutines; may be nil
}

// Run takes a full look with each collector at once, then keeps to the schedule until ctx ends. It
// returns after all collectors have stopped. The error tells of a schedule that cannot be kept, a
// collector's own errors are logged and reported as Rounds.
func (r *Runner) Run(ctx context.Context) error {
	if err := r.validate(); err != nil {
		return err
	}
	var all sync.WaitGroup
	for _, job := range r.Jobs {
		all.Go(func() { r.keep(ctx, job) })
	}
	all.Wait()
	return nil
}

func (r *Runner) validate() error {
	var faults []error
	for _, job := range r.Jobs {
		if job.Every <= 0 {
			faults = append(faults, fmt.Errorf("collector %s: the interval between full looks is %v, want more than 0", job.Collector.Name(), job.Every))
		}
		if job.PollEvery < 0 {
			faults = append(faults, fmt.Errorf("collector %s: the interval between polls is %v, want 0 (never) or more", job.Collector.Name(), job.PollEvery))
		}
	}
	return errors.Join(faults...)
}

// keep runs one job until ctx ends.
func (r *Runner) keep(ctx context.Context, job Job) {
	poller, polls := job.Collector.(Poller)
	polls = polls && job.PollEvery > 0
	nextLook := time.Now()
	nextPoll := nextLook.Add(job.PollEvery)
	for ctx.Err() == nil {
		// A full look measures too, so it stands for the poll that is due with it.
		if start := time.Now(); !start.Before(nextLook) {
			r.round(ctx, Round{Collector: job.Collector.Name(), Start: start}, job.Collector.Collect)
			nextLook, nextPoll = following(nextLook, job.Every), following(nextPoll, job.PollEvery)
		} else if polls && !start.Before(nextPoll) {
			r.round(ctx, Round{Collector: job.Collector.Name(), Poll: true, Start: start}, poller.Poll)
			nextPoll = following(nextPoll, job.PollEvery)
		}
		next := nextLook
		if polls && nextPoll.Before(next) {
			next = nextPoll
		}
		timer := time.NewTimer(time.Until(next))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
		}
	}
}

// following gives the first time of the schedule that is still to come.
func following(due time.Time, every time.Duration) time.Time {
	if every <= 0 {
		return due
	}
	if behind := time.Since(due); behind >= 0 {
		due = due.Add(every * (behind/every + 1))
	}
	return due
}

// round runs one look or poll. A panic of a collector is an error of that round, no more.
func (r *Runner) round(ctx context.Context, round Round, work func(context.Context, Sink) error) {
	func() {
		defer func() {
			if cause := recover(); cause != nil {
				round.Err = fmt.Errorf("collector %s panicked: %v\n%s", round.Collector, cause, debug.Stack())
			}
		}()
		round.Err = work(ctx, r.Sink)
	}()
	round.Duration = time.Since(round.Start)
	if round.Err != nil && ctx.Err() == nil {
		r.Logger.Error("collector failed", "collector", round.Collector, "poll", round.Poll, "error", round.Err)
	}
	if r.Ended != nil {
		r.Ended(round)
	}
}
