package azure

import (
	"strings"
	"testing"
)

// Whatever stands in an answer: an id is refused, or written in the one form that the provider accepts,
// naming what it named before.
func FuzzCanonical(f *testing.F) {
	for _, id := range []string{
		"/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/v",
		"/SUBSCRIPTIONS/S/resourcegroups/G/PROVIDERS/microsoft.compute/VIRTUALMACHINES/V/",
		"/subscriptions/s/resourceGroups/g/providers/A.B/c/d/providers/Microsoft.Compute/virtualMachines/v",
		"/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/v/extensions/e",
		"/subscriptions/s/providers/Microsoft.Compute/virtualMachines/v", "/subscriptions", "/", "", "//a//b",
	} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		got, parts, err := canonical(id, virtualMachines)
		if err != nil {
			return
		}
		again, _, err := canonical(got, virtualMachines)
		if err != nil || again != got {
			t.Fatalf("%q became %q, and that %q: %v", id, got, again, err)
		}
		if parts.Name == "" || strings.Count(got, "/") != 8 || !strings.HasSuffix(got, "/"+parts.Name) || !strings.Contains(strings.ToLower(id), strings.ToLower(parts.ResourceGroupName)) {
			t.Fatalf("%q became %q", id, got)
		}
	})
}

func TestCanonical(t *testing.T) {
	for id, want := range map[string]string{
		"/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/v":                   "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/v",
		"/SUBSCRIPTIONS/S/resourcegroups/G/PROVIDERS/microsoft.compute/VIRTUALMACHINES/V":                   "/subscriptions/S/resourceGroups/G/providers/Microsoft.Compute/virtualMachines/V",
		"/subscriptions/s/providers/Microsoft.Compute/virtualMachines/v":                                    "",
		"/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/v/extensions/e":      "",
		"/subscriptions/s/resourceGroups/g/providers/A.B/c/d/providers/Microsoft.Compute/virtualMachines/v": "",
		"/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachineScaleSets/x":           "",
		"subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/v":                    "",
		"/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines":                     "",
		"": "",
	} {
		got, _, err := canonical(id, virtualMachines)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", id, got, err, want)
		}
	}
}
