package platform_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/samdrift/samdrift/terraform/platform"
)

// No reader and no gate raises a concern whose key is not listed, or it would reach people as a raw key.
// All raise them by calls of the form add(blocking, "key", …) or refuse("key", …): a package that makes
// concerns of which none is found here is a fault too.
func TestConcernKeysAreListed(t *testing.T) {
	makers, found := map[string]bool{}, map[string]bool{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CompositeLit:
				if kind, ok := n.Type.(*ast.SelectorExpr); ok && kind.Sel.Name == "Concern" {
					makers[filepath.Dir(path)] = true
				}
			case *ast.CallExpr:
				for _, key := range concernKeys(n) {
					found[filepath.Dir(path)] = true
					if !slices.Contains(platform.ConcernKeys, key) {
						t.Errorf("%s: concern %q is not in platform.ConcernKeys", path, key)
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for folder := range makers {
		if !found[folder] {
			t.Errorf("%s makes concerns in a way that this test does not see", folder)
		}
	}
	if len(makers) < 2 || !found[".."] {
		t.Errorf("concerns are made in %v, and raised in %v: the test looks in the wrong place", makers, found)
	}
}

var keyForm = regexp.MustCompile(`^[a-z][a-z_]*$`)

// concernKeys gives the key of a call that raises a concern.
func concernKeys(call *ast.CallExpr) []string {
	name, ok := call.Fun.(*ast.Ident)
	if !ok {
		return nil
	}
	at := map[string]int{"add": 1, "refuse": 0}
	i, ok := at[name.Name]
	if !ok || len(call.Args) < 2 || i >= len(call.Args) {
		return nil
	}
	text, ok := call.Args[i].(*ast.BasicLit)
	if !ok || text.Kind != token.STRING {
		return nil
	}
	key, err := strconv.Unquote(text.Value)
	if err != nil || !keyForm.MatchString(key) { // "", or the format of something else
		return nil
	}
	return []string{key}
}

// Every key stands once.
func TestConcernKeysStandOnce(t *testing.T) {
	keys := slices.Sorted(slices.Values(platform.ConcernKeys))
	if twice := len(keys) - len(slices.Compact(keys)); twice > 0 {
		t.Errorf("%d keys stand twice", twice)
	}
}
