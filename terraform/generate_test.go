package terraform_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/terraform"
)

var update = flag.Bool("update", false, "write the golden files anew")

// hostile names try to end a string, a comment or a folder, or to be evaluated.
var hostile = []string{
	"${file(\"/etc/passwd\")}", "%{ for x in [1] }${x}%{ endfor }", "$${x}", "$$${x}", "%%{x}", "a\"\n}\nresource \"x\" \"y\" {",
	"\\", "\\\"", "a\x00b", "\u2028", "\r\n# x", "*/ /*", "<<EOT\nx\nEOT", "../../../etc/cron.d/x", "æøå ÆØÅ", "e\u0301", "\U0001F4A5", "\xff\xfe", "", strings.Repeat("n", 5000),
}

func TestRenderGolden(t *testing.T) {
	plan, snap := estate("nyb-esdh-01")
	units := render(t, plan, snap)
	var dirs []string
	for _, u := range units {
		dirs = append(dirs, u.Dir())
		golden := filepath.Join("testdata", "render", filepath.Base(u.Dir())+".tf")
		if *update {
			if err := os.WriteFile(golden, u.Files["main.tf"], 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(u.Files["main.tf"])); diff != "" {
			t.Errorf("%s (- golden, + now; -update writes it anew):\n%s", golden, diff)
		}
	}
	// The group without a wave is not there; the earlier cutover goes first.
	want := []string{filepath.Join("nyborg-odense", "450-a1"), filepath.Join("proposal-440-odense", "440-b1")}
	if diff := cmp.Diff(want, dirs); diff != "" {
		t.Errorf("units:\n%s", diff)
	}
	if !units[0].Decided || units[1].Decided {
		t.Error("only Nyborg's agreement is decided")
	}
}

func TestRenderSaysDemodata(t *testing.T) {
	plan, snap := estate("x")
	if !strings.Contains(string(render(t, plan, snap)[0].Files["main.tf"]), "Demodata") {
		t.Error("a demo plan's HCL does not say Demodata")
	}
	plan.Demo = false
	if strings.Contains(string(render(t, plan, snap)[0].Files["main.tf"]), "Demodata") {
		t.Error("a real plan's HCL says Demodata")
	}
}

func TestRenderIsDeterministic(t *testing.T) {
	plan, snap := crowd(50)
	first := render(t, plan, snap)
	for range 3 {
		if diff := cmp.Diff(first, render(t, plan, snap)); diff != "" {
			t.Fatalf("the same plan gives other bytes:\n%s", diff)
		}
	}
}

func TestRenderRefusesWhatItCannotPlace(t *testing.T) {
	tests := map[string]struct {
		spoil func(*planner.Plan, *inventory.Snapshot)
		want  string
	}{
		"asset of another snapshot": {func(p *planner.Plan, _ *inventory.Snapshot) { p.Groups[1].Assets = []string{"gone"} }, `asset "gone" is not in the snapshot`},
		"wave of another plan":      {func(p *planner.Plan, _ *inventory.Snapshot) { p.Waves = nil }, `wave "440-1" is not in the plan`},
		"group twice":               {func(p *planner.Plan, _ *inventory.Snapshot) { p.Groups = append(p.Groups, p.Groups[0]) }, "stands twice"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			plan, snap := estate("x")
			tt.spoil(&plan, snap)
			_, err := terraform.Render(plan, snap, terraform.Grounds{})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one that says %q", err, tt.want)
			}
		})
	}
}

// input reads a rendered file back and gives the evaluated "input" of each resource, by label.
// Anything but terraform_data with constants is a fault of the rendering.
func input(t rapid.TB, main []byte) map[string]map[string]string {
	t.Helper()
	file, diags := hclsyntax.ParseConfig(main, "main.tf", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("not HCL: %v\n%s", diags, main)
	}
	all := map[string]map[string]string{}
	body := file.Body.(*hclsyntax.Body)
	if len(body.Attributes) > 0 {
		t.Fatalf("attributes outside of resources:\n%s", main)
	}
	for _, block := range body.Blocks {
		if block.Type != "resource" || len(block.Labels) != 2 || block.Labels[0] != terraform.TerraformData || len(block.Body.Blocks) > 0 || len(block.Body.Attributes) != 1 {
			t.Fatalf("not a plain terraform_data: %s %v\n%s", block.Type, block.Labels, main)
		}
		value, diags := block.Body.Attributes["input"].Expr.Value(nil) // no variables, no functions
		if diags.HasErrors() {
			t.Fatalf("input is no constant: %v\n%s", diags, main)
		}
		fields := map[string]string{}
		for key, v := range value.AsValueMap() {
			if !v.IsNull() && v.Type().FriendlyName() == "string" {
				fields[key] = v.AsString()
			}
		}
		all[block.Labels[1]] = fields
	}
	return all
}

// literal is what a name must read back as: valid UTF-8 in the normal form that HCL uses.
func literal(name string) string { return norm.NFC.String(strings.ToValidUTF8(name, "\uFFFD")) }

// checkName renders an estate in which everything free to name has the name, and reads it back.
func checkName(t rapid.TB, name string) {
	t.Helper()
	plan, snap := estate(name)
	snap.Municipalities[1].Name = name
	snap.Assets[0].Site = name
	plan.Groups[1].Name, plan.Groups[1].ID = name, "450-"+name
	plan.Waves[1].Name, plan.Waves[1].ID, plan.Groups[1].Wave = name, "450-"+name, "450-"+name
	units, err := terraform.Render(plan, snap, terraform.Grounds{})
	if err != nil {
		t.Fatal(err)
	}
	main := units[0].Files["main.tf"]
	if !utf8.Valid(main) || bytes.ContainsRune(main, 0) {
		t.Fatalf("not clean text:\n%q", main)
	}
	if diff := cmp.Diff(string(hclwrite.Format(main)), string(main)); diff != "" {
		t.Fatalf("hclwrite would lay it out otherwise (-hclwrite +text):\n%s", diff)
	}
	all := input(t, main)
	if len(all) != 2 {
		t.Fatalf("%d resources, want the two servers:\n%s", len(all), main)
	}
	got := all["server_a1"]
	for field, want := range map[string]string{"name": name, "from_site": name, "wave": name, "from_municipality": name, "group": "450-" + name} {
		if got[field] != literal(want) {
			t.Errorf("%s reads back as %q, want %q", field, got[field], literal(want))
		}
	}
	dir := units[0].Dir()
	if filepath.Clean(dir) != dir || strings.Count(dir, string(filepath.Separator)) != 1 || !filepath.IsLocal(dir) || len(dir) > 200 {
		t.Errorf("folder %q is no plain <agreement>/<unit>", dir)
	}
}

func TestRenderKeepsHostileNamesLiteral(t *testing.T) {
	for _, name := range hostile {
		checkName(t, name)
	}
}

func TestRenderAnyNameIsLiteral(t *testing.T) {
	part := rapid.OneOf(rapid.SampledFrom(hostile[:len(hostile)-1]), rapid.String(), rapid.SampledFrom([]string{"$", "%", "{", "}", "\"", "\\", "\n"}))
	rapid.Check(t, func(rt *rapid.T) {
		checkName(rt, strings.Join(rapid.SliceOfN(part, 0, 6).Draw(rt, "parts"), ""))
	})
}

func FuzzRender(f *testing.F) {
	for _, name := range hostile {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) { checkName(t, name) })
}

func TestUnitsNeverShareAFolder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		id := rapid.OneOf(rapid.StringMatching(`[A-Za-z0-9./_ -]{0,12}`), rapid.String())
		a := terraform.Unit{ID: id.Draw(rt, "a"), Agreement: "x"}
		b := terraform.Unit{ID: id.Draw(rt, "b"), Agreement: "x"}
		if a.ID != b.ID && strings.EqualFold(a.Dir(), b.Dir()) {
			rt.Errorf("units %q and %q both lie in %q", a.ID, b.ID, a.Dir())
		}
	})
}
