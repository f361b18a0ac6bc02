package vcentertest

import (
	"context"
	"slices"
	"testing"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vapi/rest"
	"github.com/vmware/govmomi/vapi/tags"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/mo"
)

// marks are the names of what Mark puts on a server.
const (
	markCategory, markTag    = "Backup", "Nightly"
	markField, markFieldText = "Last backup", "2026-11-20"
)

// MakeTag makes a category of which a server can have one tag, if it is not there, and a tag in it.
func (w *World) MakeTag(t testing.TB, category, name string) {
	t.Helper()
	w.marks(t, func(ctx context.Context, _ *vim25.Client, manager *tags.Manager) error {
		if _, err := manager.GetCategory(ctx, category); err != nil {
			if _, err := manager.CreateCategory(ctx, &tags.Category{Name: category, Cardinality: "SINGLE", AssociableTypes: []string{"VirtualMachine"}}); err != nil {
				return err
			}
		}
		_, err := manager.CreateTag(ctx, &tags.Tag{Name: name, CategoryID: category})
		return err
	})
}

// PutTag puts a tag on a server, as people and other products do.
func (w *World) PutTag(t testing.TB, server, name string) {
	t.Helper()
	w.marks(t, func(ctx context.Context, _ *vim25.Client, manager *tags.Manager) error {
		return manager.AttachTag(ctx, name, w.server(t, server))
	})
}

// Tags gives the names of a server's tags, sorted.
func (w *World) Tags(t testing.TB, server string) []string {
	t.Helper()
	var names []string
	w.marks(t, func(ctx context.Context, _ *vim25.Client, manager *tags.Manager) error {
		attached, err := manager.GetAttachedTags(ctx, w.server(t, server))
		for _, tag := range attached {
			names = append(names, tag.Name)
		}
		return err
	})
	slices.Sort(names)
	return names
}

// Mark puts a tag and a custom attribute on a server, as backup products do.
func (w *World) Mark(t testing.TB, name string) {
	t.Helper()
	w.marks(t, func(ctx context.Context, c *vim25.Client, manager *tags.Manager) error {
		category, err := manager.CreateCategory(ctx, &tags.Category{Name: markCategory, Cardinality: "SINGLE", AssociableTypes: []string{"VirtualMachine"}})
		if err != nil {
			return err
		}
		tag, err := manager.CreateTag(ctx, &tags.Tag{Name: markTag, CategoryID: category})
		if err != nil {
			return err
		}
		vm := w.server(t, name)
		if err := manager.AttachTag(ctx, tag, vm); err != nil {
			return err
		}
		fields, err := object.GetCustomFieldsManager(c)
		if err != nil {
			return err
		}
		field, err := fields.Add(ctx, markField, "VirtualMachine", nil, nil)
		if err != nil {
			return err
		}
		return fields.Set(ctx, vm.Reference(), field.Key, markFieldText)
	})
}

// Marked tells whether a server still has what Mark put on it.
func (w *World) Marked(t testing.TB, name string) bool {
	t.Helper()
	marked := false
	w.marks(t, func(ctx context.Context, c *vim25.Client, manager *tags.Manager) error {
		vm := w.server(t, name)
		attached, err := manager.GetAttachedTags(ctx, vm)
		if err != nil {
			return err
		}
		var told mo.VirtualMachine
		if err := object.NewVirtualMachine(c, vm.Reference()).Properties(ctx, vm.Reference(), []string{"customValue"}, &told); err != nil {
			return err
		}
		marked = len(attached) == 1 && attached[0].Name == markTag && len(told.CustomValue) == 1
		return nil
	})
	return marked
}

// marks runs a function with clients of both of vCenter's interfaces.
func (w *World) marks(t testing.TB, run func(context.Context, *vim25.Client, *tags.Manager) error) {
	t.Helper()
	err := call(t.Context(), w, func(ctx context.Context, c *vim25.Client) error {
		client := rest.NewClient(c)
		if err := client.Login(ctx, w.login()); err != nil {
			return err
		}
		defer func() { _ = client.Logout(ctx) }()
		return run(ctx, c, tags.NewManager(client))
	})
	if err != nil {
		t.Fatal(err)
	}
}
