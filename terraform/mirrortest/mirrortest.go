// Package mirrortest finds the providers that tests of moves need, where ./test puts those that it builds.
package mirrortest

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/samdrift/samdrift/terraform/platform"
)

// Folder gives the folder with providers when a platform's is in it, or skips the test; in CI a missing one
// is a fault.
func Folder(t testing.TB, p platform.Platform) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	provider := p.Provider()
	folder := filepath.Join(cache, "samdrift-test", "mirror")
	plugin := filepath.Join(folder, filepath.FromSlash(provider.Source), provider.Version, runtime.GOOS+"_"+runtime.GOARCH,
		fmt.Sprintf("terraform-provider-%s_v%s", provider.Name, provider.Version))
	if _, err := os.Stat(plugin); err != nil {
		text := fmt.Sprintf("NOT TESTED AGAINST A REAL PROVIDER: %v; run ./test once, which builds it", err)
		if os.Getenv("CI") != "" {
			t.Fatal(text)
		}
		t.Skip(text)
	}
	return folder
}
