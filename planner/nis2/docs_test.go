package nis2_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/samdrift/samdrift/planner/nis2"
)

// Every rule family has a page, every rule a section with its title there, and the overview names
// every control that has a rule on the right side of connected or not.
func TestDocs(t *testing.T) {
	cat := load(t)
	read := func(path string) string {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	overview := read("../../docs/nis2.md")
	families, waiting, cut := strings.Cut(overview, "`not_connected`")
	if !cut {
		t.Fatal("docs/nis2.md no longer tells which rules wait for their source")
	}
	files, err := filepath.Glob("rule_*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no rule files found: %v", err)
	}
	pages := ""
	for _, file := range files {
		name := strings.TrimSuffix(strings.TrimPrefix(file, "rule_"), ".go")
		page := strings.Join(strings.Fields(read("../../docs/nis2/"+name+".md")), " ")
		if !strings.Contains(page, file) {
			t.Errorf("docs/nis2/%s.md does not name its code", name)
		}
		if !strings.Contains(overview, "(nis2/"+name+".md)") {
			t.Errorf("docs/nis2.md does not link to docs/nis2/%s.md", name)
		}
		pages += page + "\n"
	}
	measured := nis2.MeasuredControls()
	for _, k := range cat.Controls {
		isMeasured := slices.Contains(measured, k.ID)
		if isMeasured && k.Rule == nil {
			t.Errorf("%s is measured, but the catalogue has no rule for it", k.ID)
		}
		if got := strings.Contains(families, k.ID+",") || strings.Contains(families, k.ID+" |"); got != isMeasured {
			t.Errorf("%s: in the table of families %t, measured %t", k.ID, got, isMeasured)
		}
		if got := strings.Contains(waiting, k.ID); got != (k.Rule != nil && !isMeasured) {
			t.Errorf("%s: listed as waiting %t, has a rule %t, measured %t", k.ID, got, k.Rule != nil, isMeasured)
		}
		if want := "## " + k.ID + " *" + k.Title.EN + ".* " + map[nis2.Automated]string{nis2.Full: "Full", nis2.Partial: "Partial"}[k.Automation] + " rule."; isMeasured && strings.Count(pages, want) != 1 {
			t.Errorf("want one section %q on the pages", want)
		}
	}
	if !slices.IsSortedFunc(measured, func(a, b string) int {
		order := func(id string) int {
			return slices.IndexFunc(cat.Controls, func(k nis2.Control) bool { return k.ID == id })
		}
		return order(a) - order(b)
	}) {
		t.Errorf("the measured controls are not in catalogue order: %v", measured)
	}
}
