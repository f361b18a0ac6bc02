package vcentertest

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// Mirror finds the folder with the vSphere provider that ./test builds, or skips the test; in CI a missing
// one is a fault.
func Mirror(t testing.TB) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(cache, "samdrift-test", "mirror")
	plugin := filepath.Join(folder, "registry.terraform.io", "hashicorp", "vsphere", "1.26.0", runtime.GOOS+"_"+runtime.GOARCH, "terraform-provider-vsphere_v1.26.0")
	if _, err := os.Stat(plugin); err != nil {
		text := fmt.Sprintf("NOT TESTED AGAINST A REAL PROVIDER: %v; run ./test once, which builds it", err)
		if os.Getenv("CI") != "" {
			t.Fatal(text)
		}
		t.Skip(text)
	}
	return folder
}
