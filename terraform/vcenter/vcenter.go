// Package vcenter reads servers from a VMware vCenter as it sees them itself: what the configuration of
// a move is written from, and what a move is verified against afterwards. It only reads.
package vcenter

import (
	"context"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/view"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/samdrift/samdrift/terraform/platform"
)

// Login says which vCenter, and as whom. The password is never written down.
type Login struct {
	Server   string // host, or host:port
	User     string
	Password string
	Insecure bool // accept a certificate that nobody vouches for: labs only
}

// Environment is how the login reaches the provider.
func (l Login) Environment() map[string]string {
	return map[string]string{
		"VSPHERE_SERVER": l.Server, "VSPHERE_USER": l.User, "VSPHERE_PASSWORD": l.Password,
		"VSPHERE_ALLOW_UNVERIFIED_SSL": fmt.Sprint(l.Insecure),
	}
}

// Platform is vSphere.
func (Login) Platform() platform.Platform { return platform.VSphere{} }

// Read gives every server of the vCenter, sorted by UUID. Asset is left empty: the inventory knows it.
func (l Login) Read(ctx context.Context) ([]platform.Machine, error) {
	client, err := l.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = client.Logout(context.WithoutCancel(ctx)) }()
	r := reader{names: map[types.ManagedObjectReference]entity{}}
	if err := r.read(ctx, client); err != nil {
		return nil, fmt.Errorf("vCenter %s: %w", l.Server, err)
	}
	var machines []platform.Machine
	for _, vm := range r.vms {
		if vm.Config == nil {
			continue // being made or not accessible: vCenter itself knows nothing of it
		}
		machines = append(machines, r.machine(vm))
	}
	slices.SortFunc(machines, func(a, b platform.Machine) int {
		return strings.Compare(a.UUID+a.ImportID, b.UUID+b.ImportID)
	})
	return machines, nil
}

// connect opens a session, which the caller ends.
func (l Login) connect(ctx context.Context) (*govmomi.Client, error) {
	address := &url.URL{Scheme: "https", Host: l.Server, Path: "/sdk", User: url.UserPassword(l.User, l.Password)}
	client, err := govmomi.NewClient(ctx, address, l.Insecure)
	if err != nil {
		return nil, fmt.Errorf("vCenter %s: %w", l.Server, withoutPassword(err, l))
	}
	return client, nil
}

// withoutPassword keeps a URL in an error from telling the password.
func withoutPassword(err error, l Login) error {
	if soap.IsSoapFault(err) || l.Password == "" || !strings.Contains(err.Error(), l.Password) {
		return err
	}
	return fmt.Errorf("%s", strings.ReplaceAll(err.Error(), l.Password, "…"))
}

// entity is a named thing in vCenter's tree.
type entity struct {
	name   string
	parent *types.ManagedObjectReference
}

type reader struct {
	names map[types.ManagedObjectReference]entity
	vms   []mo.VirtualMachine
}

// places are what servers are told to be in.
var places = []string{"Datacenter", "Folder", "ComputeResource", "ClusterComputeResource", "ResourcePool", "VirtualApp"}

// readPlaces asks for the names of places, and what each lies in.
func (r *reader) readPlaces(ctx context.Context, tree *view.ContainerView) error {
	var entities []mo.ManagedEntity
	if err := tree.Retrieve(ctx, places, []string{"name", "parent"}, &entities); err != nil {
		return fmt.Errorf("read its tree: %w", err)
	}
	for _, e := range entities {
		r.names[e.Self] = entity{unescaped(e.Name), e.Parent}
	}
	return nil
}

// read asks for the tree's names in one call and for the servers in another.
func (r *reader) read(ctx context.Context, client *govmomi.Client) error {
	views := view.NewManager(client.Client)
	root := client.ServiceContent.RootFolder
	networkKinds := []string{"Network", "DistributedVirtualPortgroup", "OpaqueNetwork"}
	kinds := append(append([]string{"VirtualMachine"}, places...), networkKinds...)
	tree, err := views.CreateContainerView(ctx, root, kinds, true)
	if err != nil {
		return err
	}
	defer func() { _ = tree.Destroy(context.WithoutCancel(ctx)) }()
	if err := r.readPlaces(ctx, tree); err != nil {
		return err
	}
	// Networks tell their names in a property of their own.
	var networks []mo.Network
	if err := tree.Retrieve(ctx, networkKinds, []string{"name"}, &networks); err != nil {
		return fmt.Errorf("read its networks: %w", err)
	}
	for _, n := range networks {
		r.names[n.Self] = entity{name: unescaped(n.Name)}
	}
	properties := []string{"name", "parent", "parentVApp", "config", "datastore", "network", "resourcePool", "runtime", "snapshot", "guest.toolsStatus", "guest.toolsVersionStatus2"}
	if err := tree.Retrieve(ctx, []string{"VirtualMachine"}, properties, &r.vms); err != nil {
		return fmt.Errorf("read its servers: %w", err)
	}
	return nil
}

// unescaped undoes vCenter's escapes of / \ and % in names.
func unescaped(name string) string {
	if plain, err := url.PathUnescape(name); err == nil {
		return plain
	}
	return name
}

// path gives the names from below the nearest ancestor of the given type down to the reference, and
// that ancestor's name.
func (r *reader) path(ref *types.ManagedObjectReference, stop string) (below []string, ancestor string) {
	for ; ref != nil; ref = r.names[*ref].parent {
		e, known := r.names[*ref]
		if !known {
			return below, ""
		}
		if ref.Type == stop || stop == "ComputeResource" && ref.Type == "ClusterComputeResource" {
			return below, e.name
		}
		below = append([]string{e.name}, below...)
	}
	return below, ""
}

// machine translates one server.
func (r *reader) machine(vm mo.VirtualMachine) platform.Machine {
	c := vm.Config
	folders, datacenter := r.path(vm.Parent, "Datacenter") // "vm", folders
	pools, cluster := r.path(vm.ResourcePool, "ComputeResource")
	m := platform.Machine{
		UUID: strings.ToLower(c.Uuid), Name: c.Name,
		ImportID: path.Join(append(append([]string{"/", datacenter}, folders...), c.Name)...),
		CPUs:     int(c.Hardware.NumCPU), Cores: int(c.Hardware.NumCoresPerSocket), MemoryMB: int64(c.Hardware.MemoryMB),
		Guest: c.GuestId, Firmware: c.Firmware,
		On:       vm.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn,
		Location: platform.Location{Datacenter: datacenter, Cluster: cluster, Datastore: datastoreOf(c.Files.VmPathName)},
		Settings: settings(c),
	}
	if len(pools) > 1 { // the first is the cluster's own pool
		m.Location.Pool = path.Join(pools[1:]...)
	}
	if len(folders) > 1 {
		m.Location.Folder = path.Join(folders[1:]...)
	}
	m.Disks, m.NICs = r.devices(vm)
	m.Concerns = concerns(vm)
	return m
}

// datastoreOf takes the name out of "[name] folder/file".
func datastoreOf(file string) string {
	name, _, ok := strings.Cut(strings.TrimPrefix(file, "["), "] ")
	if !ok {
		return ""
	}
	return name
}
