package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// folder makes a data folder with two small instances: one whose list tells the optimum, and one that
// has no answer.
func folder(t *testing.T) string {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"bkv_cpmp.csv": "set,instance,path,format,dist,n,p,lb,bks,proven\n" +
			"tiny,one,a/one.txt,n p / dist matrix / demands / capacities,matrix,3,2,,2,1\n" +
			"tiny,two,a/two.txt,n p / dist matrix / demands / capacities,matrix,2,1,,,\n",
		"bkv_pmed.csv": "set,instance,path,n,p,pmedian_opt,pcentre_opt\npmed,graph,a/graph.txt,4,2,3,2\n",
		"a/one.txt":    "3 2\n0 2 9\n2 0 9\n9 9 0\n1 1 1\n2 2 2\n",
		"a/two.txt":    "2 1\n0 1\n1 0\n5 5\n9 9\n",
		"a/graph.txt":  "4 3 2\n1 2 1\n2 3 2\n3 4 2\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestMeasure(t *testing.T) {
	all, err := instancesOf(folder(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	results, err := measure(context.Background(), all, limits{schedules: 100}, false)
	if err != nil {
		t.Fatal(err)
	}
	type line struct{ instances, feasible, optimal, best, proven int }
	got := map[string]line{}
	for _, r := range results {
		got[r.Set] = line{r.Instances, r.Feasible, r.Optimal, r.BestKnown, r.Proven}
		if r.MeanGap == nil || *r.MeanGap != 0 {
			t.Errorf("%s: mean gap %v, want 0", r.Set, r.MeanGap)
		}
	}
	want := map[string]line{"tiny": {2, 1, 1, 1, 1}, "pmed": {1, 1, 1, 1, 1}, "pcentre": {1, 1, 1, 1, 1}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(line{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	var text, data bytes.Buffer
	if err := write(&text, results, "text"); err != nil || !strings.Contains(text.String(), "mean_gap_percent") {
		t.Errorf("error %v, text:\n%s", err, text.String())
	}
	if err := write(&data, results, "json"); err != nil {
		t.Fatal(err)
	}
	var back []map[string]any
	if err := json.Unmarshal(data.Bytes(), &back); err != nil || len(back) != 3 || back[0]["set"] != "tiny" {
		t.Errorf("error %v, json:\n%s", err, data.String())
	}
}

func TestSetsAreChosen(t *testing.T) {
	dir := folder(t)
	for set, want := range map[string]int{"": 4, "tiny": 2, "pcentre": 1, "national": 100, "groups": 48, "other": 0} {
		wanted := map[string]bool{}
		if set != "" {
			wanted[set] = true
		}
		if all, err := instancesOf(dir, wanted); err != nil || len(all) != want {
			t.Errorf("set %q: %d instances, error %v, want %d", set, len(all), err, want)
		}
	}
}
