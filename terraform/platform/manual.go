package platform

import (
	"sync"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// Manual is every place that no provider moves servers on: Hyper-V, physical servers, anything. People
// take all its steps from check lists; what it writes carries the lists and moves nothing. That the
// servers have arrived is seen from outside only.
type Manual struct{}

// Name is "manual".
func (Manual) Name() string { return "manual" }

// Provider is none: the engine itself holds the record.
func (Manual) Provider() Provider { return Provider{} }

// Task is one point of a stage's check list. Key is stable, and each language has words for it.
type Task struct {
	Key   string
	Owner string // municipality, centre or both
}

// Tasks is the check list of a stage; empty where people have nothing to do.
func (Manual) Tasks(stage Stage) []Task {
	switch stage {
	case Test:
		return []Task{{"manual_rehearse", "both"}}
	case Ready:
		return []Task{{"manual_restore_tried", "municipality"}, {"manual_room_confirmed", "centre"}, {"manual_way_back_agreed", "both"}}
	case Leave:
		return []Task{{"manual_users_out", "municipality"}, {"manual_shut_down", "municipality"}, {"manual_source_kept", "municipality"}}
	case Copy:
		return []Task{{"manual_copy", "centre"}, {"manual_copy_proof", "centre"}, {"manual_start", "centre"}}
	case Finalize:
		return []Task{{"manual_sign_off", "both"}}
	case Decommission:
		return []Task{{"manual_wipe_source", "municipality"}}
	case Rollback:
		return []Task{{"manual_stop_copy", "centre"}, {"manual_start_source", "municipality"}}
	}
	return nil
}

// Rules lets the record be made and changed, and nothing else.
func (Manual) Rules(Stage) Rules {
	return Rules{"terraform_data": {Provider: "terraform.io/builtin/terraform", Create: true, Change: []string{"input", "output"}}}
}

// Write appends the check lists. The servers stand in records of their own, since nobody has read them
// from a platform.
func (m Manual) Write(body *hclwrite.Body, _ []Machine, _ func(string) string, _ bool) error {
	body.AppendNewline()
	body.AppendNewBlock("resource", []string{"terraform_data", "check_list"}).Body().SetAttributeRaw("input", checkLists())
	return nil
}

// checkLists are the same for every unit.
var checkLists = sync.OnceValue(func() hclwrite.Tokens {
	lists := map[string]cty.Value{}
	for _, stage := range Stages {
		var tasks []cty.Value
		for _, t := range (Manual{}).Tasks(stage) {
			tasks = append(tasks, cty.StringVal(t.Owner+": "+t.Key))
		}
		if tasks != nil {
			lists[string(stage)] = cty.TupleVal(tasks)
		}
	}
	return Tokens(cty.ObjectVal(lists))
})

// Lacks wants nothing: people know.
func (Manual) Lacks(Location) []string { return nil }
