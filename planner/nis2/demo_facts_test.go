package nis2_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/planner/nis2"
)

// reserved begins a row about addresses that are kept free for examples.
var reserved = regexp.MustCompile(`^(192\.0\.2|198\.51\.100|203\.0\.113)\.`)

// What is invented can be imported as real data can, says that it is invented, is the same for the same seed,
// and feeds the rules of its datasets.
func TestDemoFacts(t *testing.T) {
	cat := load(t)
	with := 0
	for _, code := range []string{"401", "402", "403", "404", "405", "406", "407", "408"} {
		files, entries := nis2.DemoFacts(code, 1, today), nis2.DemoEntries(code, 1, today)
		if diff := cmp.Diff(files, nis2.DemoFacts(code, 1, today)) + cmp.Diff(entries, nis2.DemoEntries(code, 1, today)); diff != "" {
			t.Errorf("%s is another the second time: %s", code, diff)
		}
		in := nis2.Input{Snapshot: newEstate(code).build(), AsOf: today, Entries: entries}
		for _, x := range entries {
			if err := x.Validate(today); err != nil || x.Note != "Demodata" {
				t.Errorf("%s: %+v %v", code, x, err)
			}
		}
		for _, f := range files {
			parsed, err := nis2.ParseFacts(code, f.Dataset, "csv", today, []byte(f.CSV))
			if err != nil {
				t.Fatal(err)
			}
			in.Facts = append(in.Facts, parsed)
			for row := range strings.Lines(f.CSV[strings.Index(f.CSV, "\n")+1:]) {
				if !strings.Contains(strings.ToLower(row), "demo") && !reserved.MatchString(row) {
					t.Errorf("%s %s: %q does not say that it is invented", code, f.Dataset, row)
				}
			}
		}
		if len(files) == 0 {
			continue
		}
		with++
		a := assessInput(t, cat, in)[0]
		for _, control := range []string{"21g-05", "21h-02", "21h-03", "21g-01", "21g-03", "20-03", "21i-09", "23-06"} {
			if r := result(t, a, control); r.Automatic == nil {
				t.Errorf("%s %s is not measured: %s", code, control, r.Note)
			}
		}
	}
	if with == 0 || with == 8 {
		t.Errorf("%d of 8 have imported something, want some and not all", with)
	}
}
