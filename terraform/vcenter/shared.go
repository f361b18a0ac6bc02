package vcenter

import (
	"context"
	"fmt"
	"path"
	"slices"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/view"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/samdrift/samdrift/terraform/platform"
)

// ReadShared gives what servers of the vCenter share, by key: the folders that servers lie in, the
// resource pools, and of the named tag categories those that are there, with their tags. Without categories
// it does not ask for tags, which not every user may see.
func (l Login) ReadShared(ctx context.Context, categories []string) (map[string]platform.Shared, error) {
	client, err := l.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = client.Logout(context.WithoutCancel(ctx)) }()
	list, err := readPlaces(ctx, client)
	if err == nil && len(categories) > 0 {
		var tagged []platform.Shared
		tagged, err = readTags(ctx, client, l, categories)
		list = append(list, tagged...)
	}
	if err != nil {
		return nil, fmt.Errorf("vCenter %s: %w", l.Server, withoutPassword(err, l))
	}
	byKey := make(map[string]platform.Shared, len(list))
	for _, s := range list {
		byKey[s.Key()] = s
	}
	return byKey, nil
}

// readPlaces reads folders and pools.
func readPlaces(ctx context.Context, client *govmomi.Client) ([]platform.Shared, error) {
	tree, err := view.NewManager(client.Client).CreateContainerView(ctx, client.ServiceContent.RootFolder, places, true)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tree.Destroy(context.WithoutCancel(ctx)) }()
	r := reader{names: map[types.ManagedObjectReference]entity{}}
	if err := r.readPlaces(ctx, tree); err != nil {
		return nil, err
	}
	var pools []mo.ResourcePool
	if err := tree.Retrieve(ctx, []string{"ResourcePool"}, []string{"config"}, &pools); err != nil {
		return nil, fmt.Errorf("read its resource pools: %w", err)
	}
	var list []platform.Shared
	for ref := range r.names {
		folders, datacenter := r.path(&ref, "Datacenter")
		if ref.Type == "Folder" && datacenter != "" && len(folders) > 1 && folders[0] == "vm" {
			list = append(list, platform.Shared{Kind: platform.SharedFolder, Name: path.Join(datacenter, path.Join(folders[1:]...))})
		}
	}
	for _, p := range pools {
		_, datacenter := r.path(&p.Self, "Datacenter")
		below, cluster := r.path(&p.Self, "ComputeResource")
		if len(below) > 1 { // the first is the cluster's own pool
			list = append(list, platform.Shared{Kind: platform.SharedPool, Name: path.Join(datacenter, cluster, path.Join(below[1:]...)), Pool: figures(p.Config)})
		}
	}
	return list, nil
}

// figures are a pool's own; vCenter says -1 where there is no limit.
func figures(c types.ResourceConfigSpec) platform.Pool {
	value := func(n *int64) int64 {
		if n == nil {
			return 0
		}
		return max(*n, 0)
	}
	return platform.Pool{CPULimitMHz: value(c.CpuAllocation.Limit), CPUReservedMHz: value(c.CpuAllocation.Reservation),
		MemoryLimitMB: value(c.MemoryAllocation.Limit), MemoryReservedMB: value(c.MemoryAllocation.Reservation)}
}

// readTags reads categories and their tags, which vCenter serves by another interface with its own session.
func readTags(ctx context.Context, client *govmomi.Client, l Login, categories []string) ([]platform.Shared, error) {
	manager, logout, err := l.tagManager(ctx, client)
	if err != nil {
		return nil, err
	}
	defer logout()
	all, err := manager.GetCategories(ctx)
	if err != nil {
		return nil, fmt.Errorf("read its tag categories: %w", err)
	}
	var list []platform.Shared
	for _, category := range all {
		if !slices.Contains(categories, category.Name) {
			continue
		}
		list = append(list, platform.Shared{Kind: platform.SharedCategory, Name: category.Name})
		found, err := manager.GetTagsForCategory(ctx, category.ID)
		if err != nil {
			return nil, fmt.Errorf("read the tags of category %s: %w", category.Name, err)
		}
		for _, tag := range found {
			list = append(list, platform.Shared{Kind: platform.SharedTag, Name: category.Name + "/" + tag.Name})
		}
	}
	return list, nil
}
