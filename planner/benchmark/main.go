// Command benchmark measures the planner on public instances with known best values and on random
// problems of the country's size. Every answer passes the independent check before it counts.
//
//	go run ./planner/benchmark --data ../shared/planner --set pmedcap1,SJC --seconds 1
//	go run ./planner/benchmark --set national --seconds 0.5
//	go run ./planner/benchmark --set groups
//
// It reads any folder in which bkv_*.csv files name the instances, with their set, path and best known
// value. Each kind of instance is one file here; a new kind joins the list kinds.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"
)

// kinds of instances, in the order in which they are printed.
var kinds = []kind{cpmp, pmed, pcentre, projects, ways, national, groups, networks}

// kind is a way to read and solve instances.
type kind struct {
	list string // the file that names them; empty: they are made up, and only run when their set is asked for
	set  string // the only set's name, when the list does not say
	made func() []instance
	read func(row row) (instance, error)
}

// limits are what one instance may take: wall time, or a number of steps that does not depend on the
// machine.
type limits struct {
	seconds   float64
	schedules int
}

// context ends when the time is up; with a number of steps it does not end.
func (l limits) context(ctx context.Context) (context.Context, context.CancelFunc) {
	if l.schedules > 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, time.Duration(l.seconds*float64(time.Second)))
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "benchmark:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("benchmark", flag.ContinueOnError)
	data := f.String("data", "", "folder with bkv_*.csv and the instances that they name")
	sets := f.String("set", "", "sets to run, separated by commas; empty: all of the folder")
	seconds := f.Float64("seconds", 1, "wall time for each instance")
	schedules := f.Int("schedules", 0, "steps for each instance (schedules, or regions rebuilt); overrules --seconds")
	output := f.String("output", "text", "text or json")
	verbose := f.Bool("v", false, "print every instance to standard error")
	if err := f.Parse(args); err != nil {
		return err
	}
	if *output != "text" && *output != "json" {
		return fmt.Errorf("--output %q is not known; use text or json", *output)
	}
	wanted := map[string]bool{}
	for s := range strings.SplitSeq(*sets, ",") {
		if s != "" {
			wanted[s] = true
		}
	}
	all, err := instancesOf(*data, wanted)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return errors.New("no instance matches; --data names a folder with bkv_*.csv, --set a set in it, national or groups")
	}
	results, err := measure(ctx, all, limits{*seconds, *schedules}, *verbose)
	if err != nil {
		return err
	}
	return write(os.Stdout, results, *output)
}
