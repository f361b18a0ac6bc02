package platform

import (
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

// VSphere is VMware vSphere under one vCenter. A move within it changes cluster, pool, datastore, folder
// and networks of running servers without a power cycle (measured against the simulator by counting
// calls). Between two vCenters the provider can only take over what another tool has copied.
type VSphere struct{}

// Name is "vsphere".
func (VSphere) Name() string { return "vsphere" }

// Provider is the last version that builds from source without the registry; later ones have the same
// attributes.
func (VSphere) Provider() Provider {
	return Provider{Name: "vsphere", Source: "registry.terraform.io/hashicorp/vsphere", Version: "1.26.0"}
}

const vsphereVM = "vsphere_virtual_machine"

// vsphereEngine are attributes that only tell the provider how to behave: they never reach vCenter.
// A disk's label and keep_on_remove are the provider's own book-keeping.
var vsphereEngine = []string{
	"datacenter_id", "force_power_off", "ignored_guest_ips", "imported", "migrate_wait_timeout", "poweron_timeout",
	"shutdown_wait_timeout", "wait_for_guest_ip_timeout", "wait_for_guest_net_routable", "wait_for_guest_net_timeout",
	"disk.*.keep_on_remove", "disk.*.label",
}

// vspherePlace are the attributes of a server's place.
var vspherePlace = []string{
	"resource_pool_id", "host_system_id", "datastore_id", "folder",
	"disk.*.datastore_id", "disk.*.path", "network_interface.*.network_id", "vmx_path",
}

// vsphereVolatile is what vCenter, the guest and other products change by themselves.
var vsphereVolatile = []string{
	"change_version", "custom_attributes", "default_ip_address", "guest_ip_addresses", "host_system_id", "moid", "power_state",
	"reboot_required", "tags", "vapp_transport", "vmware_tools_status", "vmx_path",
}

// Rules lets adoption touch what is the engine's own, and a move the place besides, and put tags on. A
// server that needs anything else is not ready: the provider would restart it without saying so
// (reboot_required in a plan was found to be false where the server was then power-cycled).
func (VSphere) Rules(stage Stage) Rules {
	rule := Rule{Provider: "registry.terraform.io/hashicorp/vsphere", Volatile: vsphereVolatile}
	switch {
	case stage.Imports():
		rule.Import, rule.Change = true, vsphereEngine
	case stage.Moves():
		rule.Change = append(append([]string{}, vsphereEngine...), vspherePlace...)
	}
	if stage == Place {
		rule.Grow = []string{"tags"}
	}
	return Rules{vsphereVM: rule}
}

// Write appends the data sources that the servers' places refer to, and the servers.
func (v VSphere) Write(body *hclwrite.Body, machines []Machine, label func(string) string, imports bool) error {
	requires(body, v.Provider())
	w := vsphereWriter{body: body, datacenters: numbered{prefix: "dc"}, pools: numbered{prefix: "pool"},
		datastores: numbered{prefix: "ds"}, networks: numbered{prefix: "net"}}
	return eachServer(machines, func(m Machine) error {
		return errors.Join(w.places(m), w.server(m, label(m.Asset), imports))
	})
}

// vsphereWriter writes each data source once, before its first use.
type vsphereWriter struct {
	body                                     *hclwrite.Body
	datacenters, pools, datastores, networks numbered
}

// data appends a data source within a datacenter unless it is there, and gives its label.
func (w *vsphereWriter) data(kind string, seen *numbered, datacenter, name string) (string, error) {
	before := len(seen.names)
	label := seen.label(datacenter + "\x00" + name)
	if len(seen.names) == before {
		return label, nil
	}
	w.body.AppendNewline()
	block := w.body.AppendNewBlock("data", []string{kind, label}).Body()
	attributes := []attribute{{name: "name", value: name}}
	if kind != "vsphere_datacenter" {
		attributes = append(attributes, attribute{name: "datacenter_id", ref: Reference("data", "vsphere_datacenter", w.datacenters.label(datacenter+"\x00"+datacenter), "id")})
	}
	return label, write(block, attributes...)
}

// pool is the resource pool's path: the cluster's own is called Resources.
func (l Location) pool() string {
	if l.Pool == "" {
		return l.Cluster + "/Resources"
	}
	return l.Cluster + "/Resources/" + l.Pool
}

// places appends what a server's place refers to.
func (w *vsphereWriter) places(m Machine) error {
	l := m.Location
	if l.Datacenter == "" || l.Cluster == "" || l.Datastore == "" {
		return fmt.Errorf("its place is not whole (datacenter %q, cluster %q, datastore %q)", l.Datacenter, l.Cluster, l.Datastore)
	}
	_, err := w.data("vsphere_datacenter", &w.datacenters, l.Datacenter, l.Datacenter)
	faults := []error{err}
	_, err = w.data("vsphere_resource_pool", &w.pools, l.Datacenter, l.pool())
	faults = append(faults, err)
	for _, name := range append([]string{l.Datastore}, diskDatastores(m)...) {
		_, err = w.data("vsphere_datastore", &w.datastores, l.Datacenter, name)
		faults = append(faults, err)
	}
	for _, n := range m.NICs {
		_, err = w.data("vsphere_network", &w.networks, l.Datacenter, n.Network)
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}

// diskDatastores are the datastores of disks that do not lie with their server.
func diskDatastores(m Machine) []string {
	var names []string
	for _, d := range m.Disks {
		if d.Datastore != m.Location.Datastore {
			names = append(names, d.Datastore)
		}
	}
	return names
}

// server appends one server.
func (w *vsphereWriter) server(m Machine, label string, imports bool) error {
	l := m.Location
	vm, err := server(w.body, vsphereVM, label, m.ImportID, imports)
	if err != nil {
		return err
	}
	attributes := []attribute{
		{name: "name", value: m.Name},
		{name: "resource_pool_id", ref: Reference("data", "vsphere_resource_pool", w.pools.label(l.Datacenter+"\x00"+l.pool()), "id")},
		{name: "datastore_id", ref: w.datastore(l.Datacenter, l.Datastore)},
		{name: "folder", value: l.Folder},
		{name: "num_cpus", value: m.CPUs},
		{name: "num_cores_per_socket", value: m.Cores},
		{name: "memory", value: m.MemoryMB},
		{name: "guest_id", value: m.Guest},
		{name: "firmware", value: m.Firmware},
	}
	// Taking a server over shall change nothing, not even how the provider behaves: a provider with
	// nothing to change calls nothing. Afterwards it shall force no server off, nor wait for addresses.
	if !imports {
		attributes = append(attributes, attribute{name: "force_power_off", value: false}, attribute{name: "wait_for_guest_net_timeout", value: 0})
	}
	ignored := vsphereIgnored
	if m.Tags != nil {
		attributes = append(attributes, attribute{name: "tags", value: m.Tags.IDs})
		ignored = slices.DeleteFunc(slices.Clone(ignored), func(name string) bool { return name == "tags" })
	}
	if err := write(vm, append(attributes, settings(m)...)...); err != nil {
		return err
	}
	for _, n := range m.NICs {
		vm.AppendNewline()
		attributes := []attribute{
			{name: "network_id", ref: Reference("data", "vsphere_network", w.networks.label(l.Datacenter+"\x00"+n.Network), "id")},
			{name: "adapter_type", value: n.Adapter},
		}
		if n.Static {
			attributes = append(attributes, attribute{name: "use_static_mac", value: true}, attribute{name: "mac_address", value: n.MAC})
		}
		if err := write(vm.AppendNewBlock("network_interface", nil).Body(), attributes...); err != nil {
			return err
		}
	}
	for _, d := range m.Disks {
		vm.AppendNewline()
		if err := w.disk(vm, m, d); err != nil {
			return err
		}
	}
	vm.AppendNewline()
	ignoreChanges(vm, ignored...)
	return nil
}

// vsphereIgnored is what others, backup products above all, write on servers: it is left as it is. Where a
// tag is put on a server, all that it has stand beside it.
var vsphereIgnored = []string{"tags", "custom_attributes"}

// disk appends one disk. keep_on_remove always: a forgotten line would turn a later removal of the disk
// from the configuration into the loss of its data.
func (w *vsphereWriter) disk(vm *hclwrite.Body, m Machine, d Disk) error {
	attributes := []attribute{
		{name: "label", value: d.Label}, {name: "size", value: d.GB}, {name: "unit_number", value: d.Unit},
		{name: "thin_provisioned", value: d.Thin}, {name: "eagerly_scrub", value: d.Eager},
		{name: "disk_mode", value: d.Mode}, {name: "disk_sharing", value: d.Sharing}, {name: "keep_on_remove", value: true},
	}
	if d.Datastore != m.Location.Datastore {
		attributes = append(attributes, attribute{name: "datastore_id", ref: w.datastore(m.Location.Datacenter, d.Datastore)})
	}
	return write(vm.AppendNewBlock("disk", nil).Body(), attributes...)
}

func (w *vsphereWriter) datastore(datacenter, name string) hcl.Traversal {
	return Reference("data", "vsphere_datastore", w.datastores.label(datacenter+"\x00"+name), "id")
}

// Lacks wants the place of every server.
func (VSphere) Lacks(l Location) []string {
	return lacks("datacenter", l.Datacenter, "cluster", l.Cluster, "datastore", l.Datastore)
}
