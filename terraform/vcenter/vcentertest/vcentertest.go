// Package vcentertest is a vCenter in the test's own process: VMware's simulator with an estate to move,
// corrected where it answers otherwise than a vCenter does, and with a count of the calls that reach it.
//
// The corrections, each found by a provider that failed without it: a cluster is found by its id whatever
// the type it is asked for as; the CD drive does not sit where the first disk is; the hardware
// version of the hosts is told; a server that gets another datastore has its
// files there afterwards; a swap file's place is kept. They make the simulator lenient where a real
// vCenter may refuse, which no test here can show.
package vcentertest

import (
	"context"
	"crypto/tls"
	"strings"
	"sync"
	"testing"

	"github.com/vmware/govmomi/object"
	_ "github.com/vmware/govmomi/pbm/simulator" // storage policies, which the provider asks for
	"github.com/vmware/govmomi/simulator"
	_ "github.com/vmware/govmomi/vapi/simulator" // tags, which the provider asks for
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/samdrift/samdrift/terraform/vcenter"
)

// Names of the estate: everything starts in the first cluster, datastore, network and folder.
const (
	Datacenter = "DC0"
	From, To   = "DC0_C0", "DC0_C1"
	FromStore  = "LocalDS_0"
	ToStore    = "LocalDS_1"
	FromNet    = "DC0_DVPG0"
	ToNet      = "DC0_DVPG1"
	ToFolder   = "Kommuner/Nyborg"
)

// hardwareVersion is that of the simulator's servers (vmx-13).
const hardwareVersion = 13

// World is the vCenter.
type World struct {
	Login vcenter.Login
	model *simulator.Model

	mu     sync.Mutex
	calls  map[string]int
	hidden bool // licences
}

// New starts a vCenter with the given number of running servers, all in the first cluster. It ends with
// the test.
func New(t testing.TB, servers int) *World {
	t.Helper()
	model := simulator.VPX()
	model.Cluster, model.ClusterHost, model.Host = 2, 2, 0
	model.Machine, model.Datastore, model.Portgroup = servers, 2, 2
	if err := model.Create(); err != nil {
		t.Fatal(err)
	}
	w := &World{model: model, calls: map[string]int{}}
	model.Service.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	model.Service.RegisterEndpoints = true
	server := model.Service.NewServer()
	t.Cleanup(func() { server.Close(); model.Remove() })
	password, _ := server.URL.User.Password()
	w.Login = vcenter.Login{Server: server.URL.Host, User: server.URL.User.Username(), Password: password, Insecure: true}
	if err := w.furnish(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, e := range model.Map().All("VirtualMachine") {
		complete(e.(*simulator.VirtualMachine))
	}
	for _, e := range model.Map().AllReference("EnvironmentBrowser") {
		e.(*simulator.EnvironmentBrowser).QueryConfigOptionResponse.Returnval = &types.VirtualMachineConfigOption{
			HardwareOptions: types.VirtualHardwareOption{HwVersion: hardwareVersion},
		}
	}
	w.equip()
	model.Map().Handler = w.handle
	return w
}

// complete fills in what a vCenter always tells and the simulator leaves open.
func complete(vm *simulator.VirtualMachine) {
	vm.Config.SwapPlacement = string(types.VirtualMachineConfigInfoSwapPlacementTypeInherit)
	for _, d := range vm.Config.Hardware.Device {
		disk, ok := d.(*types.VirtualDisk)
		if !ok {
			continue
		}
		if b, ok := disk.Backing.(*types.VirtualDiskFlatVer2BackingInfo); ok {
			b.Sharing = string(types.VirtualDiskSharingSharingNone)
		}
		disk.StorageIOAllocation = &types.StorageIOAllocationInfo{
			Limit: types.NewInt64(-1), Reservation: types.NewInt32(0),
			Shares: &types.SharesInfo{Level: types.SharesLevelNormal, Shares: 1000},
		}
	}
}

// handle counts a call and answers for the objects that need a correction.
func (w *World) handle(ctx *simulator.Context, method *simulator.Method) (mo.Reference, types.BaseMethodFault) {
	w.mu.Lock()
	w.calls[method.Name]++
	hidden := w.hidden
	w.mu.Unlock()
	if hidden && method.Name == "QueryAssignedLicenses" {
		return nil, &types.NoPermission{PrivilegeId: "Global.Licenses"}
	}
	if method.This.Type == "ComputeResource" {
		method.This.Type = "ClusterComputeResource"
		return ctx.Map.Get(method.This), nil
	}
	if vm, ok := ctx.Map.Get(method.This).(*simulator.VirtualMachine); ok {
		switch body := method.Body.(type) {
		case *types.RelocateVM_Task:
			if body.Spec.Datastore != nil {
				ctx.WithLock(vm, func() { relocate(ctx, vm, *body.Spec.Datastore) })
			}
		case *types.ReconfigVM_Task:
			if body.Spec.SwapPlacement != "" {
				ctx.Update(vm, []types.PropertyChange{{Name: "config.swapPlacement", Val: body.Spec.SwapPlacement}})
			}
		}
	}
	return nil, nil
}

// Calls tells how often the named methods were called since the last Forget.
func (w *World) Calls(names ...string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, name := range names {
		n += w.calls[name]
	}
	return n
}

// PowerCalls tells how often somebody asked for a change of a server's power.
func (w *World) PowerCalls() int {
	return w.Calls("PowerOnVM_Task", "PowerOffVM_Task", "ResetVM_Task", "SuspendVM_Task", "ShutdownGuest", "RebootGuest", "StandbyGuest", "PowerOnMultiVM_Task")
}

// Forget starts the counts anew.
func (w *World) Forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.calls)
}

// Change alters a server behind everybody's back, as an administrator at the vCenter does.
func (w *World) Change(t testing.TB, name string, spec types.VirtualMachineConfigSpec) {
	t.Helper()
	w.task(t, name, func(vm *object.VirtualMachine) (*object.Task, error) { return vm.Reconfigure(t.Context(), spec) })
}

// Snapshot takes a snapshot of a server.
func (w *World) Snapshot(t testing.TB, name, snapshot string) {
	t.Helper()
	w.task(t, name, func(vm *object.VirtualMachine) (*object.Task, error) {
		return vm.CreateSnapshot(t.Context(), snapshot, "", false, false)
	})
}

// task runs a task on the server of a name and waits for it.
func (w *World) task(t testing.TB, name string, start func(*object.VirtualMachine) (*object.Task, error)) {
	t.Helper()
	err := call(t.Context(), w, func(ctx context.Context, c *vim25.Client) error {
		task, err := start(object.NewVirtualMachine(c, w.server(t, name).Reference()))
		if err != nil {
			return err
		}
		return task.Wait(ctx)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// server finds the server of a name.
func (w *World) server(t testing.TB, name string) mo.Reference {
	t.Helper()
	for _, e := range w.model.Map().All("VirtualMachine") {
		if e.Entity().Name == name {
			return e
		}
	}
	t.Fatalf("no server is called %q", name)
	return nil
}

// relocate moves the files' names along with the datastore, which the simulator leaves behind.
func relocate(ctx *simulator.Context, vm *simulator.VirtualMachine, to types.ManagedObjectReference) {
	store := ctx.Map.Get(to).(*simulator.Datastore)
	move := func(file string) string {
		if _, rest, ok := strings.Cut(file, "] "); ok {
			return "[" + store.Name + "] " + rest
		}
		return file
	}
	files := vm.Config.Files
	files.VmPathName = move(files.VmPathName)
	files.SnapshotDirectory = move(files.SnapshotDirectory)
	files.SuspendDirectory = move(files.SuspendDirectory)
	files.LogDirectory = move(files.LogDirectory)
	for _, d := range vm.Config.Hardware.Device {
		if disk, ok := d.(*types.VirtualDisk); ok {
			if b, ok := disk.Backing.(*types.VirtualDiskFlatVer2BackingInfo); ok {
				b.FileName, b.Datastore = move(b.FileName), &to
			}
		}
	}
	ctx.Update(vm, []types.PropertyChange{
		{Name: "config.files", Val: files},
		{Name: "summary.config.vmPathName", Val: files.VmPathName},
	})
}
