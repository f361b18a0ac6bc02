package planner_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

// TestCheckNamesEveryBrokenRule breaks a good plan in one way at a time.
func TestCheckNamesEveryBrokenRule(t *testing.T) {
	in := kitFyn(1).input()
	good := propose(t, in)
	if v := planner.Check(in, good); len(v) > 0 {
		t.Fatalf("the plan to break is broken already: %v", v)
	}
	data, err := json.Marshal(good)
	if err != nil {
		t.Fatal(err)
	}
	// group finds an ordinary group of a municipality that has some traffic with another.
	group := func(p *planner.Plan, municipality string) *planner.Group {
		for i := range p.Groups {
			if g := &p.Groups[i]; g.Municipality == municipality && !g.Foundation && len(g.Cut) > 0 && len(g.Assets) > 1 {
				return g
			}
		}
		t.Fatalf("no group of %s", municipality)
		return nil
	}
	wave := func(p *planner.Plan, id string) *planner.Wave {
		for i := range p.Waves {
			if p.Waves[i].ID == id {
				return &p.Waves[i]
			}
		}
		t.Fatalf("no wave %s", id)
		return nil
	}
	// slip moves a whole wave by some days, as a careless hand would.
	slip := func(p *planner.Plan, id string, days int) {
		w := wave(p, id)
		w.Start, w.End = w.Start.AddDays(days), w.End.AddDays(days)
		for i := range p.Groups {
			if g := &p.Groups[i]; g.Wave == id {
				g.Start, g.Cutover, g.End = g.Start.AddDays(days), g.Cutover.AddDays(days), g.End.AddDays(days)
			}
		}
	}
	freeze := func(from, to string) (f planner.Freeze) {
		f.Name.EN = "Test"
		if err := f.From.UnmarshalText([]byte(from)); err != nil {
			t.Fatal(err)
		}
		if err := f.To.UnmarshalText([]byte(to)); err != nil {
			t.Fatal(err)
		}
		return f
	}
	first := func(in *planner.Input, kind inventory.Kind) string {
		for _, a := range in.Snapshot.Assets {
			if a.Kind == kind {
				return a.ID
			}
		}
		t.Fatalf("no %s", kind)
		return ""
	}

	for _, c := range []struct {
		want  string
		spoil func(p *planner.Plan, in *planner.Input)
	}{
		{"as_of_wrong", func(p *planner.Plan, _ *planner.Input) { p.AsOf++ }},
		{"deadline_wrong", func(p *planner.Plan, _ *planner.Input) { p.Deadline++ }},
		{"snapshot_wrong", func(p *planner.Plan, _ *planner.Input) { p.Snapshot = "another" }},
		{"demo_wrong", func(p *planner.Plan, _ *planner.Input) { p.Demo = false }},
		{"feasible_wrong", func(p *planner.Plan, _ *planner.Input) { p.Feasible = false }},
		{"reason_missing", func(p *planner.Plan, _ *planner.Input) { p.Assignments[0].Reasons = nil }},
		{"reason_missing", func(p *planner.Plan, _ *planner.Input) { p.Groups[0].Ties = nil }},
		{"reason_missing", func(p *planner.Plan, _ *planner.Input) { p.Groups[0].Binding = nil }},
		{"reason_missing", func(p *planner.Plan, _ *planner.Input) { p.Waves[0].Reasons = nil }},
		{"reason_missing", func(p *planner.Plan, _ *planner.Input) { p.Stays[0].Reasons = nil }},
		{"reason_missing", func(p *planner.Plan, _ *planner.Input) { p.Cost.Reasons = nil }},
		{"reason_missing", func(p *planner.Plan, _ *planner.Input) {
			p.Refusals, p.Feasible = append(p.Refusals, planner.Refusal{Subject: "x", Kind: "group"}), false
		}},

		{"assignment_missing", func(p *planner.Plan, _ *planner.Input) { p.Assignments = p.Assignments[1:] }},
		{"assignment_order", func(p *planner.Plan, _ *planner.Input) { slices.Reverse(p.Assignments) }},
		{"centre_unknown", func(p *planner.Plan, _ *planner.Input) { p.Assignments[0].Centre = "atlantis" }},
		{"agreement_wrong", func(p *planner.Plan, _ *planner.Input) { p.Assignments[0].Agreement = "" }},
		{"decided_wrong", func(p *planner.Plan, _ *planner.Input) { p.Assignments[0].Decided = true }},
		{"agreement_broken", func(p *planner.Plan, in *planner.Input) { in.Snapshot.Agreements[1].Centre = "other" }},
		{"host_moved", func(p *planner.Plan, _ *planner.Input) { p.Assignments[4].Host = false }},
		{"host_wrong", func(p *planner.Plan, _ *planner.Input) { p.Assignments[0].Host = true }},
		{"capacity_exceeded", func(p *planner.Plan, in *planner.Input) {
			in.Snapshot.Centres[0].Capacity.VCPUs = p.Capacity[0].After.VCPUs
			p.Capacity[0].Capacity.VCPUs = p.Capacity[0].After.VCPUs
		}},
		{"load_wrong", func(p *planner.Plan, _ *planner.Input) { p.Capacity[0].After.Users-- }},
		{"load_wrong", func(p *planner.Plan, _ *planner.Input) { p.Capacity[0].After.PowerKW-- }},
		{"load_wrong", func(p *planner.Plan, in *planner.Input) {
			in.Settings.StaffTransfers = []planner.StaffTransfer{{Municipality: p.Groups[0].Municipality, On: in.Settings.Deadline, FTE: 100}}
		}},
		{"capacity_exceeded", func(p *planner.Plan, in *planner.Input) {
			in.Snapshot.Centres[0].Capacity.PowerKW = p.Capacity[0].After.PowerKW
			p.Capacity[0].Capacity.PowerKW = p.Capacity[0].After.PowerKW
		}},
		{"capacity_exceeded", func(p *planner.Plan, in *planner.Input) {
			in.Snapshot.Centres[0].Capacity.StaffFTE = p.Capacity[0].After.StaffFTE
			p.Capacity[0].Capacity.StaffFTE = p.Capacity[0].After.StaffFTE
		}},
		{"load_missing", func(p *planner.Plan, _ *planner.Input) { p.Capacity = nil }},

		{"asset_twice", func(p *planner.Plan, _ *planner.Input) {
			p.Groups[1].Assets = append(p.Groups[1].Assets, p.Groups[0].Assets[0])
		}},
		{"asset_lost", func(p *planner.Plan, _ *planner.Input) { p.Stays = p.Stays[1:] }},
		{"asset_lost", func(p *planner.Plan, _ *planner.Input) { g := group(p, "420"); g.Assets = g.Assets[1:] }},
		{"asset_left", func(p *planner.Plan, _ *planner.Input) {
			g := group(p, "420")
			p.Stays = append(p.Stays, planner.Stay{Asset: g.Assets[0], Municipality: "420", Reasons: []planner.Reason{{Rule: "gone"}}})
			g.Assets = g.Assets[1:]
		}},
		{"asset_must_stay", func(p *planner.Plan, in *planner.Input) {
			id := first(in, inventory.KindSwitch)
			p.Stays = slices.DeleteFunc(p.Stays, func(s planner.Stay) bool { return s.Asset == id })
			p.Groups[0].Assets = append(p.Groups[0].Assets, id)
		}},
		{"asset_unknown", func(p *planner.Plan, _ *planner.Input) { p.Groups[0].Assets = append(p.Groups[0].Assets, "nobody") }},
		{"asset_foreign", func(p *planner.Plan, _ *planner.Input) {
			a, b := group(p, "420"), group(p, "430")
			a.Assets[0], b.Assets[0] = b.Assets[0], a.Assets[0]
		}},
		{"hard_tie_cut", func(p *planner.Plan, in *planner.Input) {
			var ids []string
			for _, g := range p.Groups {
				if g.Municipality == "420" && !g.Foundation {
					ids = append(ids, g.Assets[0])
				}
			}
			for i := range in.Snapshot.Assets {
				if a := &in.Snapshot.Assets[i]; slices.Contains(ids[:2], a.ID) {
					a.Volumes = append(slices.Clone(a.Volumes), inventory.Volume{SharedID: "new-lun", TotalBytes: 1})
				}
			}
		}},
		{"hard_tie_cut", func(p *planner.Plan, in *planner.Input) {
			g := group(p, "420")
			for i := range in.Snapshot.Flows {
				if f := &in.Snapshot.Flows[i]; f.From == "s420-dc1" || f.To == "s420-dc1" {
					f.From, f.To, f.Port = "s420-dc1", g.Assets[0], 3343
					return
				}
			}
		}},
		{"demand_wrong", func(p *planner.Plan, _ *planner.Input) { p.Groups[0].Demand.VCPUs++ }},
		{"demand_wrong", func(p *planner.Plan, _ *planner.Input) { p.Groups[0].TransferGB /= 2 }},
		{"demand_wrong", func(p *planner.Plan, _ *planner.Input) { p.Groups[0].Demand.PowerKW++ }},
		{"demand_wrong", func(_ *planner.Plan, in *planner.Input) { in.Settings.ServersPerFTE = 30 }},
		{"cut_wrong", func(p *planner.Plan, _ *planner.Input) { group(p, "420").Cut[0].BytesPerDay-- }},
		{"cut_missing", func(p *planner.Plan, _ *planner.Input) { group(p, "420").Cut = nil }},
		{"group_centre", func(p *planner.Plan, _ *planner.Input) { p.Groups[0].Centre = "other" }},
		{"group_lost", func(p *planner.Plan, _ *planner.Input) { group(p, "420").Wave = "" }},
		{"group_twice", func(p *planner.Plan, _ *planner.Input) { p.Groups[1].ID = p.Groups[0].ID }},
		{"placed_and_refused", func(p *planner.Plan, _ *planner.Input) {
			p.Refusals = append(p.Refusals, planner.Refusal{Subject: p.Groups[0].ID, Kind: "group", Reasons: []planner.Reason{{Rule: "deadline"}}})
		}},

		{"lead_time_broken", func(p *planner.Plan, _ *planner.Input) { slip(p, p.Waves[0].ID, -28) }},
		{"window_broken", func(p *planner.Plan, _ *planner.Input) { slip(p, "430-w1", -14) }},
		{"deadline_missed", func(p *planner.Plan, _ *planner.Input) { slip(p, "480-w3", 364) }},
		{"weekday_broken", func(p *planner.Plan, _ *planner.Input) { slip(p, "480-w3", 4) }},
		{"freeze_broken", func(p *planner.Plan, in *planner.Input) {
			in.Freezes = append(in.Freezes, freeze("2027-01-01", "2027-01-31"))
		}},
		{"hypercare_broken", func(p *planner.Plan, _ *planner.Input) { slip(p, "480-w3", -7) }},
		{"link_shared", func(p *planner.Plan, _ *planner.Input) { slip(p, "480-w3", -21) }},
		{"seeding_short", func(p *planner.Plan, _ *planner.Input) { p.Groups[0].SeedDays = 200 }},
		{"group_misshapen", func(p *planner.Plan, _ *planner.Input) { p.Groups[0].End++ }},
		{"business_window_broken", func(p *planner.Plan, in *planner.Input) {
			g := p.Groups[0]
			in.Windows = []planner.Window{{Group: g.ID, From: g.Cutover + 1, To: g.Cutover + 9}, {Group: g.ID, From: g.Cutover - 9, To: g.Cutover - 1}}
		}},
		{"groups_exceeded", func(p *planner.Plan, in *planner.Input) { in.Settings.MaxGroupsPerNight = 1 }},
		{"local_staff_exceeded", func(p *planner.Plan, in *planner.Input) { in.Settings.LocalServersPerNight = 1 }},
		{"local_staff_exceeded", func(p *planner.Plan, in *planner.Input) {
			in.Settings.LocalServersPerNight = 100
			in.Settings.StaffTransfers = []planner.StaffTransfer{{Municipality: p.Groups[0].Municipality, On: p.Groups[0].Cutover, LocalServers: 99}}
		}},
		{"waiting_wrong", func(p *planner.Plan, _ *planner.Input) { p.WaitingCost += 1000 }},
		{"bound_wrong", func(p *planner.Plan, _ *planner.Input) { p.LowerBound = p.LastWaveEnd + 1 }},
		{"bound_wrong", func(p *planner.Plan, _ *planner.Input) { p.CostBound = p.WaitingCost + 1 }},
		{"moving_exceeded", func(p *planner.Plan, in *planner.Input) { in.Settings.MaxMoving = 1 }},
		{"pin_moved", func(p *planner.Plan, in *planner.Input) {
			in.Pins = []planner.Pin{{Group: p.Groups[0].ID, Cutover: p.Groups[0].Cutover + 1}}
		}},
		{"pin_invented", func(p *planner.Plan, _ *planner.Input) { p.Groups[0].Pinned = true }},
		{"choice_ignored", func(p *planner.Plan, in *planner.Input) { in.Choices = map[string]string{"420": "odense"} }},
		{"violation_hidden", func(p *planner.Plan, in *planner.Input) {
			in.Pins = []planner.Pin{{Group: "gone", Cutover: in.AsOf + 9}}
		}},
		{"violation_invented", func(p *planner.Plan, _ *planner.Input) {
			p.Violations = []planner.Violation{{Rule: "freeze_broken", Subject: p.Groups[0].ID, Detail: "made up"}}
		}},
		{"link_overloaded", func(p *planner.Plan, in *planner.Input) {
			for i := range in.Snapshot.Links {
				in.Snapshot.Links[i].Mbps = 10
			}
		}},
		{"crews_exceeded", func(p *planner.Plan, in *planner.Input) { in.Settings.ServersPerCrewNight = 2 }},
		{"wave_too_large", func(p *planner.Plan, in *planner.Input) { in.Settings.MaxWaveServers = 5 }},
		{"wave_wrong", func(p *planner.Plan, _ *planner.Input) { p.Waves[0].Servers++ }},
		{"wave_wrong", func(p *planner.Plan, _ *planner.Input) { p.Waves[0].Groups = p.Waves[0].Groups[1:] }},
		{"wave_twice", func(p *planner.Plan, _ *planner.Input) { p.Waves[1].ID = p.Waves[0].ID }},
		{"last_wave_end_wrong", func(p *planner.Plan, _ *planner.Input) { p.LastWaveEnd++ }},
		{"slack_wrong", func(p *planner.Plan, _ *planner.Input) { p.Groups[0].SlackDays = 4000 }},
		{"certainty_wrong", func(p *planner.Plan, _ *planner.Input) { p.Waves[0].Certainty = "decided" }},
		{"order_broken", func(p *planner.Plan, _ *planner.Input) {
			for i := range p.Groups {
				if g := &p.Groups[i]; g.Wave == "420-w2" {
					g.Criticality = inventory.CriticalitySociety
				} else if g.Wave == "420-w3" {
					g.Criticality = inventory.CriticalityLow
				}
			}
		}},
		{"foundation_missing", func(p *planner.Plan, _ *planner.Input) {
			for i := range p.Groups {
				if g := &p.Groups[i]; g.Municipality == "420" && g.Foundation {
					g.Wave = ""
					return
				}
			}
		}},

		{"cost_wrong", func(p *planner.Plan, _ *planner.Input) { p.Cost.Total.Likely += 1000 }},
		{"cost_wrong", func(p *planner.Plan, _ *planner.Input) { p.Cost.ByYear[0].Total.High += 1000 }},
		{"cost_wrong", func(p *planner.Plan, _ *planner.Input) {
			p.Cost.Move.Low -= 1000
			p.Cost.DoubleRunning.Low += 1000
		}},
		{"cost_wrong", func(p *planner.Plan, in *planner.Input) { in.Settings.PriceServerWeekDouble.High *= 2 }},
		{"input_invalid", func(p *planner.Plan, in *planner.Input) { in.Settings.Headroom = 2 }},
	} {
		t.Run(c.want, func(t *testing.T) {
			var p planner.Plan
			if err := json.Unmarshal(data, &p); err != nil {
				t.Fatal(err)
			}
			spoiled := kitFyn(1).input() // the same input again, free to change
			c.spoil(&p, &spoiled)
			violations := planner.Check(spoiled, p)
			if !slices.ContainsFunc(violations, func(v planner.Violation) bool { return v.Rule == c.want }) {
				t.Errorf("rule %s is not named; found: %v", c.want, violations)
			}
		})
	}
}

// TestCheckSharesNothingWithThePlanner reads the source: the verifier may use the nouns (plan.go and
// settings.go), the shape of the input and the list of cluster ports, and no other function, type or
// variable of the planner, nor its solvers.
func TestCheckSharesNothingWithThePlanner(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	foreign := map[string]string{} // package-level name or method → file
	var checkers []*ast.File
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(name, "check") {
			checkers = append(checkers, file)
			continue
		}
		if name == "plan.go" || name == "settings.go" {
			continue
		}
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				foreign[d.Name.Name] = name
			case *ast.GenDecl:
				for _, s := range d.Specs {
					switch s := s.(type) {
					case *ast.TypeSpec:
						foreign[s.Name.Name] = name
					case *ast.ValueSpec:
						for _, n := range s.Names {
							foreign[n.Name] = name
						}
					}
				}
			}
		}
	}
	if len(checkers) < 4 || len(foreign) < 30 {
		t.Fatalf("found %d files of the verifier and %d names of the planner: the test looks in the wrong place", len(checkers), len(foreign))
	}
	allowed := map[string]bool{"ClusterPorts": true, "validate": true, "String": true}
	for _, file := range checkers {
		for _, i := range file.Imports {
			if path, _ := strconv.Unquote(i.Path.Value); strings.Contains(path, "/planner/") {
				t.Errorf("%s imports %s", set.Position(i.Pos()), path)
			}
		}
		fields := map[*ast.Ident]bool{} // field names and method names of the standard library are no uses
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); !ok || x.Name != "c" || foreign[n.Sel.Name] == "" {
					fields[n.Sel] = true
				}
			case *ast.KeyValueExpr:
				if key, ok := n.Key.(*ast.Ident); ok {
					fields[key] = true
				}
			}
			return true
		})
		local := localNames(file)
		ast.Inspect(file, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && !fields[id] && !allowed[id.Name] && !local[id.Name] && foreign[id.Name] != "" {
				t.Errorf("%s uses %s of %s", set.Position(id.Pos()), id.Name, foreign[id.Name])
			}
			return true
		})
	}
}

// localNames are the names that a file gives to its own variables, parameters and fields.
func localNames(file *ast.File) map[string]bool {
	names := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok == token.DEFINE {
				for _, l := range n.Lhs {
					if id, ok := l.(*ast.Ident); ok {
						names[id.Name] = true
					}
				}
			}
		case *ast.RangeStmt:
			for _, e := range []ast.Expr{n.Key, n.Value} {
				if id, ok := e.(*ast.Ident); ok {
					names[id.Name] = true
				}
			}
		case *ast.Field:
			for _, id := range n.Names {
				names[id.Name] = true
			}
		case *ast.ValueSpec:
			for _, id := range n.Names {
				names[id.Name] = true
			}
		}
		return true
	})
	return names
}

// TestEveryRuleIsUsedAndHasWords compares the rules that the planner's source names with those that
// have words.
func TestEveryRuleIsUsedAndHasWords(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"schedule", "evaluate", "track"} {
		more, err := filepath.Glob(folder + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, more...)
	}
	named := map[string]bool{} // every string literal
	called := map[string]bool{}
	set := token.NewFileSet()
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "reasons") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
				if s, err := strconv.Unquote(l.Value); err == nil {
					named[s] = true
				}
			}
			if call, ok := n.(*ast.CallExpr); ok && len(call.Args) > 0 {
				if f := types.ExprString(call.Fun); f == "reason" || f == "planner.NewReason" {
					if l, ok := call.Args[0].(*ast.BasicLit); ok {
						s, err := strconv.Unquote(l.Value)
						if err != nil {
							t.Fatal(err)
						}
						called[s] = true
					}
				}
			}
			return true
		})
	}
	words := map[string]bool{}
	for _, d := range planner.Rules() {
		words[d.Rule] = true
		if !named[d.Rule] {
			t.Errorf("rule %q has words and is named nowhere", d.Rule)
		}
		if strings.Contains(d.English, "\n") || d.English == "" {
			t.Errorf("rule %q: English %q, want one line", d.Rule, d.English)
		}
	}
	for rule := range called {
		if !words[rule] {
			t.Errorf("rule %q has no words", rule)
		}
	}
	if len(called) < 40 {
		t.Errorf("only %d rules found in the source: the test looks in the wrong place", len(called))
	}
}
