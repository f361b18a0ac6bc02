package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/samdrift/samdrift/planner/group/planted"
)

func TestGroups(t *testing.T) {
	o := grouped(planted.Estate{Seed: 1, Servers: 250, WrongPorts: 0.1})
	if !o.feasible || o.agreement == nil || *o.agreement < 0.9 || *o.agreement > 1 {
		t.Fatalf("outcome %+v", o)
	}
	var r result
	r.add(o)
	if r.MeanAgreement == nil || *r.MeanAgreement != *o.agreement {
		t.Errorf("result %+v", r)
	}
}

// Two triangles joined by an edge: the best division has modularity 6/7 - 1/2.
func TestNetworks(t *testing.T) {
	dir := t.TempDir()
	var gml bytes.Buffer
	for id := range 6 {
		gml.WriteString("node [\nid " + string(rune('0'+id)) + "\n]\n")
	}
	for _, e := range []string{"01", "12", "20", "34", "45", "53", "23"} {
		gml.WriteString("edge [\nsource " + e[:1] + "\ntarget " + e[1:] + "\n]\n")
	}
	for name, text := range map[string]string{
		"bkv_modularity.csv": "set,graph,path,best_modularity\nmodularity,triangles,t.gml,0.357143\n", "t.gml": gml.String(),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	all, err := instancesOf(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	results, err := measure(context.Background(), all, limits{}, false)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := write(&text, results, "text"); err != nil || !strings.Contains(text.String(), "mean_agreement") {
		t.Errorf("error %v, text:\n%s", err, text.String())
	}
	if len(results) != 1 || results[0].Set != "modularity" || results[0].BestKnown != 1 || results[0].MeanGap == nil || *results[0].MeanGap != 0 {
		t.Errorf("results %+v", results)
	}
}
