package main

import (
	"encoding/json"
	"slices"

	"github.com/rogpeppe/go-internal/testscript"
)

// gapContract holds what the last command printed to the field names that others read: of an
// assessment, or of the joint report.
func gapContract(ts *testscript.TestScript, _ bool, args []string) {
	var printed map[string]any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &printed))
	need := func(of any, where string, names ...string) map[string]any {
		object, ok := of.(map[string]any)
		if !ok {
			ts.Fatalf("%s is no object: %v", where, of)
		}
		for _, name := range names {
			if _, ok := object[name]; !ok {
				ts.Fatalf("%s has no field %q", where, name)
			}
		}
		return object
	}
	scores := []string{"headline", "proven", "coverage", "gap"}
	if slices.Equal(args, []string{"joint"}) {
		j := need(printed, "the joint report", "patterns", "groups", "lever")
		lever := need(j["lever"], "lever", "today", "day_one", "after", "day_one_without", "after_without")
		for _, column := range []string{"today", "day_one", "after"} {
			need(lever[column], column, scores...)
		}
		return
	}
	a := need(printed, "the assessment", "controls", "articles", "overall")
	need(a["overall"], "overall", scores...)
	controls, _ := a["controls"].([]any)
	articles, _ := a["articles"].([]any)
	if len(controls) != 80 || len(articles) != 12 {
		ts.Fatalf("%d controls and %d articles, want 80 and 12", len(controls), len(articles))
	}
	for _, x := range articles {
		need(x, "an article", append(scores, "id")...)
	}
	measured := 0
	for _, x := range controls {
		c := need(x, "a control", "id", "declared", "automatic", "effective", "target", "confidence", "coverage", "state", "members")
		if c["members"] != nil { // null: no rule was run
			need(c["members"], "members", "population", "known", "failing")
			measured++
		}
	}
	if measured == 0 {
		ts.Fatalf("no control has members")
	}
}
