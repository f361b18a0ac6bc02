package vcenter

import (
	"context"
	"fmt"
	"net/url"
	"slices"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/vapi/rest"
	"github.com/vmware/govmomi/vapi/tags"
	"github.com/vmware/govmomi/view"
	"github.com/vmware/govmomi/vim25/mo"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/terraform/platform"
)

// tagsOfAtOnce is of how many servers tags are asked for in one call.
const tagsOfAtOnce = 1000

// tagManager opens a session at the interface that serves tags, which is not that of the servers.
func (l Login) tagManager(ctx context.Context, client *govmomi.Client) (manager *tags.Manager, logout func(), err error) {
	c := rest.NewClient(client.Client)
	if err := c.Login(ctx, url.UserPassword(l.User, l.Password)); err != nil {
		return nil, nil, fmt.Errorf("log in to read its tags: %w", err)
	}
	return tags.NewManager(c), func() { _ = c.Logout(context.WithoutCancel(ctx)) }, nil
}

// ReadTags tells of each wanted tag whether it is there and may be put on servers, and what tags all servers
// have.
func (l Login) ReadTags(ctx context.Context, wanted []platform.Tag) ([]platform.Tagging, error) {
	client, err := l.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = client.Logout(context.WithoutCancel(ctx)) }()
	list, err := l.readTagging(ctx, client, wanted)
	if err != nil {
		return nil, fmt.Errorf("vCenter %s: %w", l.Server, withoutPassword(err, l))
	}
	return list, nil
}

func (l Login) readTagging(ctx context.Context, client *govmomi.Client, wanted []platform.Tag) ([]platform.Tagging, error) {
	manager, logout, err := l.tagManager(ctx, client)
	if err != nil {
		return nil, err
	}
	defer logout()
	on, err := tagsOn(ctx, client, manager)
	if err != nil {
		return nil, err
	}
	categories, err := manager.GetCategories(ctx)
	if err != nil {
		return nil, fmt.Errorf("read its tag categories: %w", err)
	}
	list := make([]platform.Tagging, len(wanted))
	for i, want := range wanted {
		at := slices.IndexFunc(categories, func(c tags.Category) bool { return c.Name == want.Category })
		if at < 0 {
			continue
		}
		list[i].On = on
		if err := fits(ctx, manager, categories[at], want, &list[i]); err != nil {
			return nil, fmt.Errorf("read the tags of category %s: %w", want.Category, err)
		}
	}
	return list, nil
}

// fits fills in what a category says about putting a tag of it on servers.
func fits(ctx context.Context, manager *tags.Manager, category tags.Category, want platform.Tag, t *platform.Tagging) error {
	found, err := manager.GetTagsForCategory(ctx, category.ID)
	if err != nil {
		return err
	}
	for _, tag := range found {
		switch {
		case tag.Name == want.Name:
			t.ID = tag.ID
		case category.Cardinality == "SINGLE":
			t.Alone = append(t.Alone, tag.ID)
		}
	}
	// Without types a category is for everything; vCenter also tells them behind "urn:vim25:".
	if types := category.AssociableTypes; len(types) > 0 && !slices.Contains(types, "VirtualMachine") && !slices.Contains(types, "urn:vim25:VirtualMachine") {
		t.Fault = fmt.Sprintf("category %q is not for servers", category.Name)
	}
	return nil
}

// tagsOn gives the tags on every server by its UUID.
func tagsOn(ctx context.Context, client *govmomi.Client, manager *tags.Manager) (map[string][]string, error) {
	tree, err := view.NewManager(client.Client).CreateContainerView(ctx, client.ServiceContent.RootFolder, []string{"VirtualMachine"}, true)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tree.Destroy(context.WithoutCancel(ctx)) }()
	var vms []mo.VirtualMachine
	if err := tree.Retrieve(ctx, []string{"VirtualMachine"}, []string{"config.uuid"}, &vms); err != nil {
		return nil, fmt.Errorf("read its servers: %w", err)
	}
	on, holders := map[string][]string{}, map[string]int{}
	uuids := map[string]string{} // by vCenter's own id
	var refs []mo.Reference
	for _, vm := range vms {
		if vm.Config == nil {
			continue // being made or not accessible
		}
		uuid := inventory.ComparableUUID(vm.Config.Uuid)
		uuids[vm.Self.Value], on[uuid] = uuid, []string{}
		holders[uuid]++
		refs = append(refs, vm.Self)
	}
	for some := range slices.Chunk(refs, tagsOfAtOnce) {
		attached, err := manager.ListAttachedTagsOnObjects(ctx, some)
		if err != nil {
			return nil, fmt.Errorf("read the tags of its servers: %w", err)
		}
		for _, a := range attached { // servers without tags are not among them
			uuid := uuids[a.ObjectID.Reference().Value]
			on[uuid] = append(on[uuid], a.TagIDs...)
		}
	}
	for uuid, n := range holders {
		if n > 1 || uuid == "" {
			delete(on, uuid)
		}
	}
	return on, nil
}

var _ platform.Tagger = Login{}
