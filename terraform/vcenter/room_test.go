package vcenter_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/samdrift/samdrift/terraform/platform"
	"github.com/samdrift/samdrift/terraform/vcenter/vcentertest"
)

// room reads what the world has, by name.
func room(t *testing.T, w *vcentertest.World) (map[string]platform.Store, map[string]platform.Host) {
	t.Helper()
	told, err := w.Login.ReadRoom(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stores, hosts := map[string]platform.Store{}, map[string]platform.Host{}
	for _, s := range told.Stores {
		stores[s.Name] = s
	}
	for _, h := range told.Hosts {
		hosts[h.Name] = h
	}
	return stores, hosts
}

func TestReadRoom(t *testing.T) {
	w := vcentertest.New(t, 1)
	const gb = 1 << 30
	w.Store(t, vcentertest.ToStore, func(s *types.DatastoreSummary) { s.Capacity, s.FreeSpace = 500*gb, 200*gb })
	w.Store(t, vcentertest.FromStore, func(s *types.DatastoreSummary) { s.MaintenanceMode = "enteringMaintenance" })
	w.Host(t, "DC0_C1_H0", func(h *simulator.HostSystem) { h.Runtime.InMaintenanceMode = true })
	w.Host(t, "DC0_C0_H1", func(h *simulator.HostSystem) {
		h.Runtime.ConnectionState = types.HostSystemConnectionStateNotResponding
	})
	stores, hosts := room(t, w)
	want := platform.Store{Datacenter: vcentertest.Datacenter, Name: vcentertest.ToStore, Bytes: 500 * gb, Free: 200 * gb}
	if diff := cmp.Diff(want, stores[vcentertest.ToStore]); diff != "" {
		t.Errorf("a datastore (-want +got):\n%s", diff)
	}
	if fault := stores[vcentertest.FromStore].Fault; !strings.Contains(fault, "enteringMaintenance") {
		t.Errorf("a datastore on its way into maintenance is told as %q", fault)
	}
	licence := &platform.Licence{Name: vcentertest.Licence, Total: 8, Used: 8}
	for name, fault := range map[string]string{"DC0_C1_H0": "in maintenance mode", "DC0_C1_H1": "", "DC0_C0_H1": "notResponding"} {
		want := platform.Host{Datacenter: vcentertest.Datacenter, Cluster: name[:6], Name: name,
			Cores: vcentertest.HostCores, Memory: vcentertest.HostMemory, Fault: fault, Licence: licence}
		if diff := cmp.Diff(want, hosts[name]); diff != "" {
			t.Errorf("host %s (-want +got):\n%s", name, diff)
		}
	}
	w.Store(t, vcentertest.FromStore, func(s *types.DatastoreSummary) { s.Accessible = false })
	if stores, _ := room(t, w); stores[vcentertest.FromStore].Fault != "is not accessible" {
		t.Errorf("a datastore that cannot be reached: %+v", stores[vcentertest.FromStore])
	}
}

func TestReadLicences(t *testing.T) {
	w := vcentertest.New(t, 1)
	ends := time.Now().Add(30 * 24 * time.Hour).UTC().Truncate(time.Second)
	w.SetLicence(types.LicenseManagerLicenseInfo{Name: "vSphere", Properties: []types.KeyAnyValue{{Key: "expirationDate", Value: ends}}})
	if _, hosts := room(t, w); hosts["DC0_C1_H0"].Licence == nil || !hosts["DC0_C1_H0"].Licence.Until.Equal(ends) {
		t.Errorf("a licence with a date: %+v, want %s", hosts["DC0_C1_H0"].Licence, ends)
	}
	w.SetLicence(vcentertest.Evaluation(48 * time.Hour))
	_, hosts := room(t, w)
	if l := hosts["DC0_C1_H0"].Licence; l == nil || !l.Evaluation || time.Until(l.Until) < 47*time.Hour || time.Until(l.Until) > 49*time.Hour {
		t.Errorf("an evaluation of two more days: %+v", l)
	}
	w.HideLicences()
	if _, hosts := room(t, w); len(hosts) != 4 || hosts["DC0_C1_H0"].Licence != nil {
		t.Errorf("a login that may not see licences was told %+v", hosts["DC0_C1_H0"].Licence)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := w.Login.ReadRoom(stopped); err == nil || !strings.Contains(err.Error(), "vCenter "+w.Login.Server) {
		t.Errorf("stopped: %v, want an error that names the vCenter", err)
	}
}
