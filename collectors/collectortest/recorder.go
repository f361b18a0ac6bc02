package collectortest

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"unicode/utf8"

	"github.com/samdrift/samdrift/collectors"
	"github.com/samdrift/samdrift/inventory"
)

// Recorder is a Sink that keeps what it is given. Its zero value is ready.
type Recorder struct {
	Fail error  // given back instead of keeping anything
	Each func() // called with every observation; may be nil

	mu           sync.Mutex
	observations []inventory.Observation
	samples      []collectors.Sample
}

// Observe keeps an observation.
func (r *Recorder) Observe(_ context.Context, o inventory.Observation) error {
	if r.Fail != nil {
		return r.Fail
	}
	r.mu.Lock()
	r.observations = append(r.observations, o)
	r.mu.Unlock()
	if r.Each != nil {
		r.Each()
	}
	return nil
}

// Measure keeps samples.
func (r *Recorder) Measure(_ context.Context, samples []collectors.Sample) error {
	if r.Fail != nil {
		return r.Fail
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.samples = append(r.samples, samples...)
	return nil
}

// Observations gives what was observed, by source and instance.
func (r *Recorder) Observations() []inventory.Observation {
	r.mu.Lock()
	defer r.mu.Unlock()
	sorted := slices.Clone(r.observations)
	slices.SortFunc(sorted, func(a, b inventory.Observation) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Instance, b.Instance))
	})
	return sorted
}

// Samples gives what was measured, in the order it came.
func (r *Recorder) Samples() []collectors.Sample {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.samples)
}

// Sample finds a sample by name and some of its labels.
func (r *Recorder) Sample(name string, labels map[string]string) (collectors.Sample, bool) {
	for _, s := range r.Samples() {
		if s.Name == name && contains(s.Labels, labels) {
			return s, true
		}
	}
	return collectors.Sample{}, false
}

func contains(all, some map[string]string) bool {
	for k, v := range some {
		if all[k] != v {
			return false
		}
	}
	return true
}

// badText names every text inside v that is not UTF-8 or holds a NUL, which databases refuse.
func badText(v any) []string {
	var bad []string
	var walk func(path string, v reflect.Value)
	walk = func(path string, v reflect.Value) {
		switch v.Kind() {
		case reflect.String:
			if s := v.String(); !utf8.ValidString(s) || slices.Contains([]byte(s), 0) {
				bad = append(bad, fmt.Sprintf("%s is no clean text: %q", path, s))
			}
		case reflect.Pointer, reflect.Interface:
			if !v.IsNil() {
				walk(path, v.Elem())
			}
		case reflect.Struct:
			for i := range v.NumField() {
				if f := v.Type().Field(i); f.IsExported() {
					walk(path+"."+f.Name, v.Field(i))
				}
			}
		case reflect.Slice, reflect.Array:
			for i := range v.Len() {
				walk(fmt.Sprintf("%s[%d]", path, i), v.Index(i))
			}
		case reflect.Map:
			for _, k := range v.MapKeys() {
				walk(path, k)
				walk(fmt.Sprintf("%s[%v]", path, k), v.MapIndex(k))
			}
		}
	}
	walk("observation", reflect.ValueOf(v))
	return bad
}
