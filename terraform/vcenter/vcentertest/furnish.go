package vcentertest

import (
	"context"
	"fmt"
	"net/url"
	"path"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/find"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/types"
)

func (w *World) login() *url.Userinfo { return url.UserPassword(w.Login.User, w.Login.Password) }

// call runs a function with a client of the vCenter.
func call(ctx context.Context, w *World, run func(context.Context, *vim25.Client) error) error {
	address := &url.URL{Scheme: "https", Host: w.Login.Server, Path: "/sdk", User: w.login()}
	client, err := govmomi.NewClient(ctx, address, true)
	if err != nil {
		return err
	}
	defer func() { _ = client.Logout(ctx) }()
	return run(ctx, client.Client)
}

// furnish takes the second cluster's servers away, makes the folders of the destination, and mends what
// the simulator's servers have that no real one has.
func (w *World) furnish(ctx context.Context) error {
	return call(ctx, w, func(ctx context.Context, c *vim25.Client) error {
		finder := find.NewFinder(c)
		dc, err := finder.Datacenter(ctx, Datacenter)
		if err != nil {
			return err
		}
		finder.SetDatacenter(dc)
		folders, err := dc.Folders(ctx)
		if err != nil {
			return err
		}
		parent := folders.VmFolder
		for _, name := range []string{path.Dir(ToFolder), path.Base(ToFolder)} {
			if parent, err = parent.CreateFolder(ctx, name); err != nil {
				return err
			}
		}
		others, err := finder.VirtualMachineList(ctx, To+"_*")
		if err != nil {
			return err
		}
		for _, vm := range others {
			if err := remove(ctx, vm); err != nil {
				return fmt.Errorf("%s: %w", vm.Name(), err)
			}
		}
		ours, err := finder.VirtualMachineList(ctx, From+"_*")
		if err != nil {
			return err
		}
		for _, vm := range ours {
			if err := mend(ctx, vm); err != nil {
				return fmt.Errorf("%s: %w", vm.Name(), err)
			}
		}
		return nil
	})
}

func remove(ctx context.Context, vm *object.VirtualMachine) error {
	off, err := vm.PowerOff(ctx)
	if err != nil {
		return err
	}
	if err := off.Wait(ctx); err != nil {
		return err
	}
	gone, err := vm.Destroy(ctx)
	if err != nil {
		return err
	}
	return gone.Wait(ctx)
}

// mend takes the CD drive off the disks' controller and fills in what vCenter always knows of a server.
func mend(ctx context.Context, vm *object.VirtualMachine) error {
	devices, err := vm.Device(ctx)
	if err != nil {
		return err
	}
	if drives := devices.SelectByType((*types.VirtualCdrom)(nil)); len(drives) > 0 {
		if err := vm.RemoveDevice(ctx, false, drives...); err != nil {
			return err
		}
	}
	yes, no := true, false
	task, err := vm.Reconfigure(ctx, types.VirtualMachineConfigSpec{
		GuestId:  string(types.VirtualMachineGuestOsIdentifierDebian10_64Guest),
		Firmware: string(types.GuestOsDescriptorFirmwareTypeBios),
		Flags: &types.VirtualMachineFlagInfo{VirtualExecUsage: "hvAuto", VirtualMmuUsage: "automatic",
			EnableLogging: &yes, DiskUuidEnabled: &no},
		Tools: &types.ToolsConfigInfo{AfterPowerOn: &yes, AfterResume: &yes, BeforeGuestShutdown: &yes,
			BeforeGuestStandby: &yes, BeforeGuestReboot: &no, SyncTimeWithHost: &no},
	})
	if err != nil {
		return err
	}
	return task.Wait(ctx)
}
