package vcenter

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/fault"
	"github.com/vmware/govmomi/license"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/view"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/samdrift/samdrift/terraform/platform"
)

// ReadRoom gives the vCenter's datastores and hosts with what they have left, in the vCenter's own order.
// Licences need the privilege Global.Licenses: without it none is told.
func (l Login) ReadRoom(ctx context.Context) (platform.Room, error) {
	client, err := l.connect(ctx)
	if err != nil {
		return platform.Room{}, err
	}
	defer func() { _ = client.Logout(context.WithoutCancel(ctx)) }()
	room, err := readRoom(ctx, client)
	if err != nil {
		return platform.Room{}, fmt.Errorf("vCenter %s: %w", l.Server, withoutPassword(err, l))
	}
	return room, nil
}

func readRoom(ctx context.Context, client *govmomi.Client) (platform.Room, error) {
	var room platform.Room
	kinds := append([]string{"StoragePod", "Datastore", "HostSystem"}, places...)
	tree, err := view.NewManager(client.Client).CreateContainerView(ctx, client.ServiceContent.RootFolder, kinds, true)
	if err != nil {
		return room, err
	}
	defer func() { _ = tree.Destroy(context.WithoutCancel(ctx)) }()
	r := reader{names: map[types.ManagedObjectReference]entity{}}
	if err := r.readPlaces(ctx, tree); err != nil {
		return room, err
	}
	var pods []mo.StoragePod // clusters of datastores, which are folders too
	if err := tree.Retrieve(ctx, []string{"StoragePod"}, []string{"name", "parent"}, &pods); err != nil {
		return room, fmt.Errorf("read its datastore clusters: %w", err)
	}
	for _, p := range pods {
		r.names[p.Self] = entity{unescaped(p.Name), p.Parent}
	}
	var stores []mo.Datastore
	if err := tree.Retrieve(ctx, []string{"Datastore"}, []string{"name", "parent", "summary"}, &stores); err != nil {
		return room, fmt.Errorf("read its datastores: %w", err)
	}
	for _, s := range stores {
		room.Stores = append(room.Stores, r.store(s))
	}
	var hosts []mo.HostSystem
	if err := tree.Retrieve(ctx, []string{"HostSystem"}, []string{"name", "parent", "runtime", "summary"}, &hosts); err != nil {
		return room, fmt.Errorf("read its hosts: %w", err)
	}
	licences, err := readLicences(ctx, client)
	if err != nil {
		return room, fmt.Errorf("read its licences: %w", err)
	}
	for _, h := range hosts {
		told := r.host(h)
		if licence, ok := licences[h.Self.Value]; ok {
			told.Licence = &licence
		}
		room.Hosts = append(room.Hosts, told)
	}
	return room, nil
}

func (r *reader) store(s mo.Datastore) platform.Store {
	_, datacenter := r.path(s.Parent, "Datacenter")
	told := platform.Store{Datacenter: datacenter, Name: unescaped(s.Name), Bytes: s.Summary.Capacity, Free: s.Summary.FreeSpace}
	normal := types.DatastoreSummaryMaintenanceModeStateNormal
	switch mode := types.DatastoreSummaryMaintenanceModeState(s.Summary.MaintenanceMode); {
	case !s.Summary.Accessible:
		told.Fault = "is not accessible"
	case mode != "" && mode != normal:
		told.Fault = "is in or on the way into maintenance mode (" + string(mode) + ")"
	}
	return told
}

func (r *reader) host(h mo.HostSystem) platform.Host {
	_, datacenter := r.path(h.Parent, "Datacenter")
	_, cluster := r.path(h.Parent, "ComputeResource")
	told := platform.Host{Datacenter: datacenter, Cluster: cluster, Name: h.Name}
	if hw := h.Summary.Hardware; hw != nil {
		told.Cores, told.Memory = int(hw.NumCpuCores), hw.MemorySize
	}
	switch {
	case h.Runtime.ConnectionState != types.HostSystemConnectionStateConnected:
		told.Fault = string(h.Runtime.ConnectionState)
	case h.Runtime.InMaintenanceMode:
		told.Fault = "in maintenance mode"
	case h.Runtime.InQuarantineMode != nil && *h.Runtime.InQuarantineMode:
		told.Fault = "in quarantine mode"
	case h.Runtime.PowerState != types.HostSystemPowerStatePoweredOn:
		told.Fault = string(h.Runtime.PowerState)
	}
	return told
}

// readLicences gives the licence of each host by the host's id; nil when the login may not ask.
func readLicences(ctx context.Context, client *govmomi.Client) (map[string]platform.Licence, error) {
	manager := license.NewManager(client.Client)
	unknown := func(err error) bool {
		return errors.Is(err, object.ErrNotSupported) || fault.Is(err, &types.NoPermission{})
	}
	assignments, err := manager.AssignmentManager(ctx)
	var assigned []types.LicenseAssignmentManagerLicenseAssignment
	if err == nil {
		assigned, err = assignments.QueryAssigned(ctx, "")
	}
	var all license.InfoList
	if err == nil {
		all, err = manager.List(ctx)
	}
	switch {
	case err != nil && unknown(err):
		return nil, nil
	case err != nil:
		return nil, err
	}
	now, err := methods.GetCurrentTime(ctx, client)
	if err != nil {
		return nil, err
	}
	byKey := map[string]types.LicenseManagerLicenseInfo{}
	for _, info := range all {
		byKey[info.LicenseKey] = info
	}
	licences := map[string]platform.Licence{}
	for _, a := range assigned {
		info := a.AssignedLicense
		if counted, ok := byKey[info.LicenseKey]; ok { // what is used is counted there
			info = counted
		}
		licences[a.EntityId] = licence(info, *now)
	}
	return licences, nil
}

func licence(info types.LicenseManagerLicenseInfo, now time.Time) platform.Licence {
	told := platform.Licence{Name: info.Name, Evaluation: info.EditionKey == "eval", Total: int(info.Total), Used: int(info.Used)}
	properties := map[string]any{}
	for _, p := range info.Properties {
		properties[p.Key] = p.Value
	}
	if date, ok := properties["expirationDate"].(time.Time); ok {
		told.Until = date
		return told
	}
	switch hours := properties["expirationHours"].(type) {
	case int32:
		told.Until = now.Add(time.Duration(hours) * time.Hour)
	case int64:
		told.Until = now.Add(time.Duration(hours) * time.Hour)
	}
	return told
}
