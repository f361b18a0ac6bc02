// Package samdrift holds no code. This folder's test keeps docs/architecture.md honest.
package samdrift_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/samdrift/samdrift/"

// rooms are the project's rooms from the outermost in. A room may import itself and rooms further
// in, except as said in apart.
var rooms = []string{"cmd", "dashboards", "hub", "terraform", "collectors", "planner", "inventory"}

// apart names imports that order alone would allow: collectors know nothing of plans, and Terraform
// renders plans without knowing where the data came from.
var apart = map[string][]string{
	"terraform":  {"collectors"},
	"collectors": {"planner"},
}

// only names imports that belong to one package and those below it, with why.
var only = []struct{ prefix, owner, why string }{
	{"github.com/prometheus/prometheus", "hub/monitor", "its API drifts between releases; one package absorbs that"},
	{"database/sql", "hub/store", "the only place with SQL"},
	{"modernc.org/sqlite", "hub/store", "the only place with SQL"},
	{"github.com/jackc/pgx", "hub/store", "the only place with SQL"},
	{"github.com/gosnmp/gosnmp", "collectors/snmp", "the simulated devices must not share the collector's codec"},
	{"github.com/hashicorp/terraform-exec", "terraform", "engines are driven from one place"},
	{"github.com/digitalocean/go-libvirt", "terraform/libvirt", "platforms are read in one place"},
	{"github.com/vmware/govmomi", "terraform/vcenter", "platforms are read in one place"},
	{"github.com/Azure/azure-sdk-for-go", "terraform/azure", "platforms are read in one place"},
	{"github.com/grafana/grafana-api-golang-client", "dashboards/grafana", "archived upstream; one package shields the rest"},
}

// pure packages take values and give values: no clock, no network, no files, no logger, no database.
var pure = map[string][]string{
	"inventory":             {"net", "net/http", "log", "log/slog", "os", "database/sql"},
	"planner":               {"net", "net/http", "log", "log/slog", "os", "database/sql"},
	"planner/assign":        {"net", "net/http", "log", "log/slog", "os", "database/sql"},
	"planner/evaluate":      {"net", "net/http", "log", "log/slog", "os", "database/sql"},
	"planner/track":         {"net", "net/http", "log", "log/slog", "os", "database/sql"},
	"planner/group":         {"net", "net/http", "log", "log/slog", "os", "database/sql"},
	"planner/nis2":          {"net", "net/http", "log", "log/slog", "os", "database/sql"},
	"planner/nis2/oscal":    {"net", "net/http", "log", "log/slog", "os", "database/sql"},
	"planner/nis2/exchange": {"net", "net/http", "log", "log/slog", "os", "database/sql"},
	"planner/schedule":      {"net", "net/http", "log", "log/slog", "os", "database/sql"},
	"dashboards/chart":      {"net", "net/http", "log", "log/slog", "os", "database/sql"},
	"dashboards/report":     {"net", "net/http", "log", "log/slog", "os", "database/sql"},

	"terraform/look":           {"net", "net/http", "log", "log/slog", "os", "database/sql"},
	"terraform/platform":       {"net", "net/http", "log", "log/slog", "os", "database/sql"},
	"planner/assign/check":     {"net", "net/http", "log", "log/slog", "os", "database/sql"},
	"planner/assign/validate":  {"net", "net/http", "log", "log/slog", "os", "database/sql"},
	"planner/group/leiden":     {"net", "net/http", "log", "log/slog", "os", "database/sql"},
	"planner/group/planted":    {"net", "net/http", "log", "log/slog", "os", "database/sql"},
	"planner/instances":        {"net", "net/http", "log", "log/slog", "os", "database/sql"},
	"planner/schedule/rcpsp":   {"net", "net/http", "log", "log/slog", "os", "database/sql"},
	"planner/schedule/verify":  {"net", "net/http", "log", "log/slog", "os", "database/sql"},
	"planner/schedule/psplib":  {"net", "net/http", "log", "log/slog", "os", "database/sql"},
	"planner/scenario":         {"net", "net/http", "log", "log/slog", "os", "database/sql"},
	"planner/schedule/nation":  {"net", "net/http", "log", "log/slog", "os", "database/sql"},
	"planner/schedule/explain": {"net", "net/http", "log", "log/slog", "os", "database/sql"},
	"planner/schedule/replan":  {"net", "net/http", "log", "log/slog", "os", "database/sql"},
	"planner/schedule/chance":  {"net", "net/http", "log", "log/slog", "os", "database/sql"},
	"planner/schedule/clash":   {"net", "net/http", "log", "log/slog", "os", "database/sql"},
	"planner/schedule/shadow":  {"net", "net/http", "log", "log/slog", "os", "database/sql"},
}

type goPackage struct {
	ImportPath                string
	Doc                       string
	GoFiles                   []string
	Imports                   []string
	TestImports, XTestImports []string
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Doc,GoFiles,Imports,TestImports,XTestImports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	d := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) < 10 {
		t.Fatalf("go list names only %d packages", len(all))
	}
	return all
}

// The imports run one way: cmd → dashboards → hub → {terraform, collectors} → planner → inventory.
func TestImportsRunOneWay(t *testing.T) {
	for _, p := range packages(t) {
		path, inside := strings.CutPrefix(p.ImportPath, module)
		if !inside {
			continue // this folder
		}
		room, _, _ := strings.Cut(path, "/")
		from := slices.Index(rooms, room)
		if from < 0 {
			t.Errorf("%s is in no room: rooms are %v", path, rooms)
			continue
		}
		for _, imported := range p.Imports {
			if other, ours := strings.CutPrefix(imported, module); ours {
				target, _, _ := strings.Cut(other, "/")
				if to := slices.Index(rooms, target); to < from || slices.Contains(apart[room], target) {
					t.Errorf("%s imports %s: imports run one way, see docs/architecture.md", path, other)
				}
			}
			for _, o := range only {
				if (imported == o.prefix || strings.HasPrefix(imported, o.prefix+"/")) && path != o.owner && !strings.HasPrefix(path, o.owner+"/") {
					t.Errorf("%s imports %s, which only %s may: %s", path, imported, o.owner, o.why)
				}
			}
			if slices.Contains(pure[path], imported) {
				t.Errorf("%s imports %s, and is to be pure: values in, values out", path, imported)
			}
		}
	}
}

// A newcomer learns from the package comment what the package is for.
func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	for _, p := range packages(t) {
		if len(p.GoFiles) > 0 && len(p.Doc) < 40 {
			t.Errorf("%s has no package comment that helps: %q", p.ImportPath, p.Doc)
		}
	}
}

// The map names every package.
func TestTheMapIsWhole(t *testing.T) {
	page, err := os.ReadFile("docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range packages(t) {
		path, inside := strings.CutPrefix(p.ImportPath, module)
		if inside && !strings.Contains(string(page), "`"+path+"`") {
			t.Errorf("docs/architecture.md does not name `%s`", path)
		}
	}
}
