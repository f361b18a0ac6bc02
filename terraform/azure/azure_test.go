package azure_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/terraform/azure"
	"github.com/samdrift/samdrift/terraform/azure/azuretest"
	"github.com/samdrift/samdrift/terraform/platform"
)

var _ platform.Source = azure.Login{}

// group is the resource group of the servers, as ids name it.
const group = "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/nyborg/providers/"

func read(t *testing.T, w *azuretest.World) map[string]platform.Machine {
	t.Helper()
	machines, err := w.Login.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.IsSortedFunc(machines, func(a, b platform.Machine) int { return strings.Compare(a.UUID, b.UUID) }) {
		t.Error("servers are not sorted by UUID")
	}
	byName := map[string]platform.Machine{}
	for _, m := range machines {
		byName[m.Name] = m
	}
	return byName
}

// Every list has several pages, and the group of the first disk is written in another case, as Azure does.
func TestRead(t *testing.T) {
	machines := read(t, azuretest.New(t))
	if len(machines) != 3 {
		t.Fatalf("%d servers, want 3", len(machines))
	}
	for name, want := range map[string]platform.Machine{
		"nyb-web-01": {
			ImportID: group + "Microsoft.Compute/virtualMachines/nyb-web-01", UUID: "d0df4c54-4ecb-4a4b-9954-5bdf3ed5c3b8", Name: "nyb-web-01",
			CPUs: 2, MemoryMB: 8192, Guest: "windows", Firmware: "efi", On: true,
			Location: platform.Location{Cluster: "northeurope", Folder: "nyborg"},
			Disks: []platform.Disk{
				{Label: strings.Replace(group, "nyborg", "NYBORG", 1) + "Microsoft.Compute/disks/nyb-web-01-os", GB: 127, Unit: -1, Datastore: "Premium_LRS", Mode: "ReadWrite"},
				{Label: group + "Microsoft.Compute/disks/nyb-web-01-data", GB: 512, Unit: 3, Datastore: "StandardSSD_LRS", Mode: "ReadOnly"}},
			NICs:     []platform.NIC{{Network: "vnet-kit/snet-servers", Adapter: group + "Microsoft.Network/networkInterfaces/nyb-web-01", MAC: "00:0d:3a:12:34:56", Static: true}},
			Settings: map[string]any{"size": "Standard_D2s_v5", "zone": "1"},
		},
		"nyb-db-01": {
			ImportID: group + "Microsoft.Compute/virtualMachines/nyb-db-01", UUID: "7cdc1f83-c56c-4e5e-9f1f-60b0072ec8e6", Name: "nyb-db-01",
			CPUs: 2, MemoryMB: 32768, Guest: "linux", Firmware: "efi", On: true,
			Location: platform.Location{Cluster: "northeurope", Folder: "nyborg"},
			Disks: []platform.Disk{
				{Label: group + "Microsoft.Compute/disks/nyb-db-01-os", GB: 64, Unit: -1, Datastore: "Premium_ZRS", Mode: "ReadOnly"},
				{Label: group + "Microsoft.Compute/disks/nyb-db-shared", GB: 256, Datastore: "Premium_LRS", Mode: "None"}},
			NICs: []platform.NIC{
				{Network: "vnet-kit/snet-servers", Adapter: group + "Microsoft.Network/networkInterfaces/nyb-db-01", MAC: "00:0d:3a:12:34:57"},
				{Network: "vnet-kit/snet-servers", Adapter: group + "Microsoft.Network/networkInterfaces/nyb-db-01-backup", MAC: "00:0d:3a:12:34:58"}},
			Settings: map[string]any{"size": "Standard_E4-2s_v5",
				"availability_set_id": strings.Replace(group, "nyborg", "NYBORG", 1) + "Microsoft.Compute/availabilitySets/DB"},
		},
		"nyb-old-01": {
			ImportID: group + "Microsoft.Compute/virtualMachines/nyb-old-01", UUID: "e5d4a8d1-6b5f-4c0e-8d3a-1b7c3f0a9b21", Name: "nyb-old-01",
			CPUs: 2, MemoryMB: 3584, Guest: "linux", Firmware: "bios",
			Location: platform.Location{Cluster: "northeurope", Folder: "nyborg"},
			Disks:    []platform.Disk{{GB: 30, Unit: -1, Mode: "ReadWrite"}},
			NICs:     []platform.NIC{{Network: "vnet-kit/snet-servers", Adapter: group + "Microsoft.Network/networkInterfaces/nyb-old-01", MAC: "00:0d:3a:12:34:59"}},
			Settings: map[string]any{"size": "Standard_A2"},
		},
	} {
		got := machines[name]
		got.Concerns = nil // see TestConcerns
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// A guest shows Azure's id with its first groups reversed; both must be one server. The pair is the one
// of github.com/Azure/WALinuxAgent/issues/830.
func TestTheGuestsUUID(t *testing.T) {
	const guest = "544CDFD0-CB4E-4B4A-9954-5BDF3ED5C3B8"
	if uuid := read(t, azuretest.New(t))["nyb-web-01"].UUID; uuid == strings.ToLower(guest) || inventory.ComparableUUID(uuid) != inventory.ComparableUUID(guest) {
		t.Errorf("Azure's %s and the guest's %s are not told to be one", uuid, guest)
	}
}

// What was read can be written as it is, also once it was kept as JSON; what cannot be taken over is refused.
func TestReadIsWritten(t *testing.T) {
	for name, m := range read(t, azuretest.New(t)) {
		text, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		var kept platform.Machine
		if err := json.Unmarshal(text, &kept); err != nil {
			t.Fatal(err)
		}
		file := hclwrite.NewEmptyFile()
		err = platform.Azure{}.Write(file.Body(), []platform.Machine{kept}, func(string) string { return "s" }, true)
		if wrong := name == "nyb-old-01"; (err != nil) != wrong {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestConcerns(t *testing.T) {
	properties := func(r azuretest.Resource) azuretest.Resource { return r["properties"].(azuretest.Resource) }
	storage := func(r azuretest.Resource) azuretest.Resource {
		return properties(r)["storageProfile"].(azuretest.Resource)
	}
	web := map[string]bool{"zone": false, "extensions": false, "public_address": false, "lock": false}
	for name, test := range map[string]struct {
		server string
		change func(*azuretest.World)
		want   map[string]bool // beside web's own; whether they block
	}{
		"as it is":       {"nyb-web-01", func(*azuretest.World) {}, nil},
		"an image's":     {"nyb-db-01", func(*azuretest.World) {}, map[string]bool{"availability_set": false, "tpm": true, "shared_disk": true}},
		"an old one":     {"nyb-old-01", func(*azuretest.World) {}, map[string]bool{"power": false, "unmanaged_disk": true}},
		"nothing told":   {"nyb-web-01", func(w *azuretest.World) { w.Remove(azuretest.Statuses, "nyb-web-01") }, map[string]bool{"power": true}},
		"disk not read":  {"nyb-web-01", func(w *azuretest.World) { w.Remove(azuretest.Disks, "nyb-web-01-data") }, map[string]bool{"unread": true}},
		"card not read":  {"nyb-old-01", func(w *azuretest.World) { w.Remove(azuretest.Cards, "nyb-old-01") }, map[string]bool{"power": false, "unmanaged_disk": true, "unread": true}},
		"locks not read": {"nyb-old-01", func(w *azuretest.World) { w.Fail(azuretest.Locks, forbidden) }, map[string]bool{"power": false, "unmanaged_disk": true, "lock": false}},
		"group locked": {"nyb-old-01", func(w *azuretest.World) {
			w.Add(azuretest.Locks, azuretest.Resource{"name": "frozen", "id": strings.ToUpper(strings.TrimSuffix(group, "/providers/")) + "/providers/Microsoft.Authorization/locks/frozen",
				"properties": azuretest.Resource{"level": "ReadOnly"}})
		}, map[string]bool{"power": false, "unmanaged_disk": true, "lock": true}},
		"spot and host": {"nyb-web-01", func(w *azuretest.World) {
			w.Change(t, azuretest.Servers, "nyb-web-01", func(r azuretest.Resource) {
				r["plan"] = azuretest.Resource{"publisher": "p", "product": "q", "name": "n"}
				properties(r)["priority"], properties(r)["host"] = "Spot", azuretest.Resource{"id": group + "Microsoft.Compute/hostGroups/g/hosts/h"}
			})
		}, map[string]bool{"spot": true, "dedicated_host": false, "marketplace": false}},
		"ephemeral in a scale set": {"nyb-web-01", func(w *azuretest.World) {
			w.Remove(azuretest.Disks, "nyb-web-01-os") // Azure lists no such disk
			w.Change(t, azuretest.Servers, "nyb-web-01", func(r azuretest.Resource) {
				storage(r)["osDisk"].(azuretest.Resource)["diffDiskSettings"] = azuretest.Resource{"option": "Local"}
				properties(r)["virtualMachineScaleSet"] = azuretest.Resource{"id": group + "Microsoft.Compute/virtualMachineScaleSets/s"}
			})
		}, map[string]bool{"ephemeral_disk": true, "scale_set": true}},
		"confidential": {"nyb-web-01", func(w *azuretest.World) {
			w.Change(t, azuretest.Servers, "nyb-web-01", func(r azuretest.Resource) {
				properties(r)["securityProfile"] = azuretest.Resource{"securityType": "ConfidentialVM"}
			})
		}, map[string]bool{"encrypted": true}},
		"encrypted from within": {"nyb-web-01", func(w *azuretest.World) {
			w.Change(t, azuretest.Disks, "nyb-web-01-data", func(r azuretest.Resource) {
				properties(r)["encryptionSettingsCollection"] = azuretest.Resource{"enabled": true, "encryptionSettingsVersion": "1.1"}
			})
		}, map[string]bool{"encrypted": true}},
		"shared and encrypted": {"nyb-db-01", func(w *azuretest.World) {
			w.Change(t, azuretest.Disks, "nyb-db-shared", func(r azuretest.Resource) {
				properties(r)["encryptionSettingsCollection"] = azuretest.Resource{"enabled": true}
			})
		}, map[string]bool{"availability_set": false, "tpm": true, "shared_disk": true, "encrypted": true}},
		"a key of one's own": {"nyb-web-01", func(w *azuretest.World) {
			w.Change(t, azuretest.Disks, "nyb-web-01-data", func(r azuretest.Resource) {
				properties(r)["encryption"] = azuretest.Resource{"type": "EncryptionAtRestWithCustomerKey", "diskEncryptionSetId": group + "Microsoft.Compute/diskEncryptionSets/des"}
			})
		}, map[string]bool{"encrypted": false}},
	} {
		w := azuretest.New(t)
		test.change(w)
		got, want := map[string]bool{}, map[string]bool{}
		for _, c := range read(t, w)[test.server].Concerns {
			if c.Detail == "" || strings.Contains(c.Detail, "%!") {
				t.Errorf("%s: concern %s says %q", name, c.Key, c.Detail)
			}
			got[c.Key] = got[c.Key] || c.Blocking
		}
		if test.server == "nyb-web-01" {
			for key, blocks := range web {
				want[key] = blocks
			}
		}
		for key, blocks := range test.want {
			want[key] = blocks
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: concerns and whether they block (-want +got):\n%s", name, diff)
		}
	}
}

var (
	busy      = azuretest.Fault{Status: http.StatusTooManyRequests, Code: "OperationNotAllowed", Message: "The server rejected the request because too many requests have been received."}
	forbidden = azuretest.Fault{Status: http.StatusForbidden, Code: "AuthorizationFailed", Message: "The client does not have authorization to perform action."}
)

// Azure that is busy for a moment is waited for.
func TestBusyForAMoment(t *testing.T) {
	w := azuretest.New(t)
	w.Fail(azuretest.Servers, busy, busy)
	if machines := read(t, w); len(machines) != 3 || w.Requests(azuretest.Servers) != 4 {
		t.Errorf("%d servers after %d requests, want 3 after 4: two refused, two pages", len(machines), w.Requests(azuretest.Servers))
	}
}

// Half an answer is no answer, and an error says what, where and what helps, and tells no secret.
func TestReadFails(t *testing.T) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, test := range map[string]struct {
		spoil func(*azuretest.World)
		ctx   context.Context
		want  string
	}{
		"wrong secret":     {func(w *azuretest.World) { w.Login.ClientSecret += "x" }, nil, "AADSTS7000215"},
		"no secret":        {func(w *azuretest.World) { w.Login.ClientSecret = "" }, nil, "client_secret is missing"},
		"stopped":          {func(*azuretest.World) {}, cancelled, "canceled"},
		"busy for ever":    {func(w *azuretest.World) { w.Fail(azuretest.Servers, busy, busy, busy, busy) }, nil, "try again later"},
		"forbidden":        {func(w *azuretest.World) { w.Fail(azuretest.Servers, forbidden) }, nil, "role Reader"},
		"second page gone": {func(w *azuretest.World) { w.Fail(azuretest.Disks, azuretest.Fault{}, forbidden) }, nil, "list Microsoft.Compute/disks"},
		"broken off":       {func(w *azuretest.World) { w.Fail(azuretest.Cards, azuretest.Fault{Cut: true}) }, nil, "list Microsoft.Network/networkInterfaces"},
		"in a circle":      {func(w *azuretest.World) { w.Fail(azuretest.Addresses, azuretest.Fault{Next: "SELF"}) }, nil, "leads back"},
		"led elsewhere":    {func(w *azuretest.World) { w.Fail(azuretest.Servers, azuretest.Fault{Next: "https://example.org/x"}) }, nil, "https://example.org"},
		"no size list":     {func(w *azuretest.World) { w.Fail(azuretest.Sizes, forbidden) }, nil, "list Microsoft.Compute/skus"},
		"odd id": {func(w *azuretest.World) {
			w.Change(t, azuretest.Servers, "nyb-web-01", func(r azuretest.Resource) { r["id"] = "/providers/x" })
		}, nil, `server "nyb-web-01"`},
	} {
		w := azuretest.New(t)
		secret := w.Login.ClientSecret
		test.spoil(w)
		ctx := test.ctx
		if ctx == nil {
			ctx = t.Context()
		}
		machines, err := w.Login.Read(ctx)
		if err == nil {
			t.Errorf("%s: no error, and %d servers", name, len(machines))
			continue
		}
		if text := err.Error(); !strings.Contains(text, "azure subscription "+w.Login.Subscription) || !strings.Contains(text, test.want) || strings.Contains(text, secret) || strings.Contains(text, "\n") {
			t.Errorf("%s: error %q should name the subscription and %q in one line, and no secret", name, text, test.want)
		}
	}
}

// The engine's provider gets the login, and may not fall back on another.
func TestEnvironment(t *testing.T) {
	got := azure.Login{Tenant: "t", Subscription: "s", ClientID: "c", ClientSecret: "x"}.Environment()
	want := map[string]string{"ARM_TENANT_ID": "t", "ARM_SUBSCRIPTION_ID": "s", "ARM_CLIENT_ID": "c", "ARM_CLIENT_SECRET": "x", "ARM_USE_CLI": "false"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("environment (-want +got):\n%s", diff)
	}
}
