package vcentertest

import (
	"testing"

	"github.com/samdrift/samdrift/terraform/mirrortest"
	"github.com/samdrift/samdrift/terraform/platform"
)

// Mirror finds the folder with the vSphere provider that ./test builds, or skips the test; in CI a missing
// one is a fault.
func Mirror(t testing.TB) string {
	t.Helper()
	return mirrortest.Folder(t, platform.VSphere{})
}
