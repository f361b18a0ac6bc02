package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/samdrift/samdrift/planner/instances"
)

// row is a line of a list, with the folder that its path starts from.
type row struct {
	instances.Row
	folder string
}

// file reads the instance that the line names.
func (r row) file() ([]byte, error) {
	return os.ReadFile(filepath.Join(r.folder, filepath.FromSlash(r.Row["path"])))
}

// instance is a problem ready to be solved.
type instance struct {
	set, name string
	solve     func(ctx context.Context, l limits) (outcome, error)
}

// outcome is what came of one instance. An error instead means that the answer did not pass its check.
type outcome struct {
	feasible    bool
	value       float64
	reference   float64  // best known value; 0: none
	known       bool     // the reference is proven to be the best
	proven      bool     // the answer is proven by the solver's own bound
	certificate *float64 // how far the bound leaves the answer from the best, percent of the answer
	deviation   *float64 // from the critical path, percent; only schedules have it
	agreement   *float64 // with the true groups: 1 is equal, 0 is chance; only groups have it
	seconds     float64
}

// gap is the distance from the best known value in percent; below 0 is better than known.
func (o outcome) gap() float64 {
	if o.reference == 0 || !o.feasible {
		return 0
	}
	return 100 * (o.value - o.reference) / o.reference
}

// hit tells whether the value is the best known or better. Lists round to two decimals.
func (o outcome) hit() bool {
	return o.feasible && o.reference > 0 && o.value <= o.reference*(1+1e-7)+0.006
}

// result is one set's line. Gaps are over the feasible instances with a best known value; optimal
// counts answers proven by the solver's own bound or equal to a proven best value.
type result struct {
	Set             string   `json:"set"`
	Instances       int      `json:"instances"`
	Feasible        int      `json:"feasible"`
	Optimal         int      `json:"optimal"`
	MeanGap         *float64 `json:"mean_gap_percent"`
	MaxGap          *float64 `json:"max_gap_percent"`
	MeanDeviation   *float64 `json:"mean_deviation_percent,omitempty"`
	Seconds         float64  `json:"seconds"` // mean of the instances
	MaxSeconds      float64  `json:"max_seconds"`
	BestKnown       int      `json:"best_known"` // reached or beaten
	Proven          int      `json:"proven"`     // by the solver's own bound
	MeanCertificate *float64 `json:"mean_certificate_percent,omitempty"`
	MaxCertificate  *float64 `json:"max_certificate_percent,omitempty"`
	MeanAgreement   *float64 `json:"mean_agreement,omitempty"`
	compared        int
	bounded         int
	deviated        int
	agreed          int
}

// instancesOf lists the instances of the wanted sets; nothing wanted is all that the folder holds.
func instancesOf(folder string, wanted map[string]bool) ([]instance, error) {
	var all []instance
	for _, k := range kinds {
		if k.list == "" {
			if wanted[k.set] {
				all = append(all, k.made()...)
			}
			continue
		}
		if folder == "" {
			continue
		}
		data, err := os.ReadFile(filepath.Join(folder, k.list))
		if os.IsNotExist(err) {
			continue
		} else if err != nil {
			return nil, err
		}
		rows, err := instances.List(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k.list, err)
		}
		for _, r := range rows {
			set := r["set"]
			if k.set != "" {
				set = k.set
			}
			if len(wanted) > 0 && !wanted[set] {
				continue
			}
			in, err := k.read(row{r, folder})
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", k.list, r["instance"], err)
			}
			in.set = set
			all = append(all, in)
		}
	}
	return all, nil
}

// measure solves one instance after the other and adds up per set.
func measure(ctx context.Context, all []instance, l limits, verbose bool) ([]result, error) {
	var results []result
	for _, in := range all {
		if ctx.Err() != nil {
			return results, ctx.Err()
		}
		o, err := in.solve(ctx, l)
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", in.set, in.name, err)
		}
		if verbose {
			fmt.Fprintf(os.Stderr, "%s %s feasible=%v value=%.2f best=%.2f gap=%.4f%% proven=%v", in.set, in.name, o.feasible, o.value, o.reference, o.gap(), o.proven)
			if o.certificate != nil {
				fmt.Fprintf(os.Stderr, " certificate=%.4f%%", *o.certificate)
			}
			fmt.Fprintf(os.Stderr, " %.3fs\n", o.seconds)
		}
		at := -1
		for k := range results {
			if results[k].Set == in.set {
				at = k
			}
		}
		if at < 0 {
			at = len(results)
			results = append(results, result{Set: in.set})
		}
		results[at].add(o)
	}
	return results, nil
}

func (r *result) add(o outcome) {
	r.Instances++
	r.Seconds += (o.seconds - r.Seconds) / float64(r.Instances)
	r.MaxSeconds = max(r.MaxSeconds, o.seconds)
	if !o.feasible {
		return
	}
	r.Feasible++
	if o.proven {
		r.Proven++
	}
	if o.hit() {
		r.BestKnown++
	}
	if o.proven || o.known && o.hit() {
		r.Optimal++
	}
	if o.reference > 0 {
		r.compared++
		r.MeanGap, r.MaxGap = fold(r.MeanGap, r.MaxGap, o.gap(), r.compared)
	}
	if o.certificate != nil {
		r.bounded++
		r.MeanCertificate, r.MaxCertificate = fold(r.MeanCertificate, r.MaxCertificate, *o.certificate, r.bounded)
	}
	if o.deviation != nil {
		r.deviated++
		r.MeanDeviation, _ = fold(r.MeanDeviation, nil, *o.deviation, r.deviated)
	}
	if o.agreement != nil {
		r.agreed++
		r.MeanAgreement, _ = fold(r.MeanAgreement, nil, *o.agreement, r.agreed)
	}
}

// fold adds the n-th value to a mean and a maximum.
func fold(mean, most *float64, v float64, n int) (*float64, *float64) {
	a, b := v, v
	if mean != nil {
		a = *mean + (v-*mean)/float64(n)
	}
	if most != nil {
		b = max(*most, v)
	}
	return &a, &b
}

func write(w io.Writer, results []result, output string) error {
	if output == "json" {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(results)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "set\tinstances\tfeasible\toptimal\tmean_gap_percent\tmax_gap_percent\tmean_deviation_percent\tseconds\tbest_known\tproven\tmean_certificate_percent\tmax_certificate_percent\tmean_agreement\t")
	for _, r := range results {
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%s\t%s\t%s\t%.2f\t%d\t%d\t%s\t%s\t%s\t\n", r.Set, r.Instances, r.Feasible, r.Optimal,
			text(r.MeanGap), text(r.MaxGap), text(r.MeanDeviation), r.Seconds, r.BestKnown, r.Proven, text(r.MeanCertificate), text(r.MaxCertificate), text(r.MeanAgreement))
	}
	return t.Flush()
}

func text(v *float64) string {
	if v == nil {
		return "-"
	}
	return fmt.Sprintf("%.4f", *v)
}
