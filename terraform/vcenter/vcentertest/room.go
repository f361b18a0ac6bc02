package vcentertest

import (
	"testing"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/units"
	"github.com/vmware/govmomi/vim25/types"
)

// What each of the four hosts has, and what it may: the simulator's own are as small as a laptop and run for
// evaluation without an end.
const (
	HostCores  = 16
	HostMemory = 128 * units.GB
	Licence    = "vSphere Enterprise Plus"
	licenceKey = "SAMDR-IFT00-TESTS-00000-00001"
)

// equip makes the hosts servers and gives them a licence.
func (w *World) equip() {
	for _, e := range w.model.Map().All("HostSystem") {
		host := e.(*simulator.HostSystem)
		hardware := *host.Summary.Hardware
		hardware.NumCpuCores, hardware.NumCpuThreads, hardware.MemorySize = HostCores, 2*HostCores, HostMemory
		host.Summary.Hardware = &hardware
	}
	w.SetLicence(types.LicenseManagerLicenseInfo{Name: Licence, EditionKey: "esx.enterprisePlus.cpuPackage", Total: 8, Used: 8})
}

// SetLicence puts all hosts under a licence. Its key stays the world's own.
func (w *World) SetLicence(info types.LicenseManagerLicenseInfo) {
	info.LicenseKey = licenceKey
	registry := w.model.Map()
	for _, e := range registry.AllReference("LicenseManager") {
		e.(*simulator.LicenseManager).Licenses = []types.LicenseManagerLicenseInfo{info}
	}
	assigned := info
	assigned.Used = 0 // only the list counts
	for _, e := range registry.AllReference("LicenseAssignmentManager") {
		manager := e.(*simulator.LicenseAssignmentManager)
		for i := range manager.Returnval {
			manager.Returnval[i].AssignedLicense = assigned
		}
	}
}

// Evaluation is a licence that ends so long after now.
func Evaluation(left time.Duration) types.LicenseManagerLicenseInfo {
	return types.LicenseManagerLicenseInfo{Name: "Evaluation Mode", EditionKey: "eval", Properties: []types.KeyAnyValue{
		{Key: "expirationHours", Value: int64(left / time.Hour)}}}
}

// HideLicences lets nobody see licences, as for a login without the privilege.
func (w *World) HideLicences() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hidden = true
}

// Store changes what a datastore tells of itself.
func (w *World) Store(t testing.TB, name string, change func(*types.DatastoreSummary)) {
	t.Helper()
	for _, e := range w.model.Map().All("Datastore") {
		if store := e.(*simulator.Datastore); store.Name == name {
			change(&store.Summary)
			return
		}
	}
	t.Fatalf("no datastore is called %q", name)
}

// Host changes what a host tells of itself.
func (w *World) Host(t testing.TB, name string, change func(*simulator.HostSystem)) {
	t.Helper()
	for _, e := range w.model.Map().All("HostSystem") {
		if host := e.(*simulator.HostSystem); host.Name == name {
			change(host)
			return
		}
	}
	t.Fatalf("no host is called %q", name)
}
