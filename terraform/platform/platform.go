// Package platform knows the places that servers run on and are moved to: what is written for a
// server there in Terraform's language, which of its attributes may change in which stage of a move,
// and which are the engine's own and never reach the platform.
//
// It is pure: what a server looks like comes in as a Machine that somebody has read from the platform
// itself (each platform has a Source, such as package vcenter), and text goes out. HCL that is guessed from an
// inventory is what makes an adoption power-cycle a server, so nothing is guessed here: a machine that
// was not read cannot be written.
//
// A new platform is one file: a type with the methods of Platform, and a line in Platforms. Its servers
// must also be read by somebody: a package with a Source, and a section of the configuration.
package platform

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2/hclwrite"
)

// Stage is a step of a unit's way to its new place.
type Stage string

// The stages in the order of a move. Between two platforms a unit passes Leave, Copy and Arrive, within
// one it passes Place.
const (
	Adopt        Stage = "adopt"  // the servers are taken under management as they are
	Test         Stage = "test"   // a rehearsal that leaves no trace
	Ready        Stage = "ready"  // everything that a move waits for is in place
	Leave        Stage = "leave"  // the source lets go of the servers, and keeps them
	Copy         Stage = "copy"   // another tool copies them; tracked, never claimed
	Arrive       Stage = "arrive" // the copies are taken under management where they arrived
	Place        Stage = "place"  // the servers get their new place on the same platform
	Verify       Stage = "verify"
	Finalize     Stage = "finalize" // no way back after this
	Decommission Stage = "decommission"
	Rollback     Stage = "rollback" // back to where they came from
)

// Stages lists every stage.
var Stages = []Stage{Adopt, Test, Ready, Leave, Copy, Arrive, Place, Verify, Finalize, Decommission, Rollback}

// Imports tells whether the stage takes existing servers into the engine's state.
func (s Stage) Imports() bool { return s == Adopt || s == Arrive }

// Moves tells whether the stage may change where a server is.
func (s Stage) Moves() bool { return s == Place || s == Rollback }

// Machine is a server as its platform describes it.
type Machine struct {
	Asset    string `json:"asset"`     // the inventory's id
	ImportID string `json:"import_id"` // what the engine's import asks for
	UUID     string `json:"uuid"`
	Name     string `json:"name"`
	CPUs     int    `json:"cpus"`
	Cores    int    `json:"cores"` // per socket
	MemoryMB int64  `json:"memory_mb"`
	Guest    string `json:"guest,omitempty"` // the platform's own name of the operating system
	Firmware string `json:"firmware,omitempty"`
	On       bool   `json:"on"`

	Location Location `json:"location"`
	Disks    []Disk   `json:"disks"` // in the platform's own order
	NICs     []NIC    `json:"nics"`  // in the platform's own order
	Tags     *Tags    `json:"tags,omitempty"`

	// Settings are further attributes by the provider's own names, as they stand. Values are strings,
	// bools and int64s. What stands in HCL other than it is would be changed, and may need a restart.
	Settings map[string]any `json:"settings,omitempty"`
	// Concerns are what the platform says that stands in the way of a move or should be known before.
	Concerns []Concern `json:"concerns,omitempty"`
}

// Location is where a server is on its platform. What a platform does not have stays empty.
type Location struct {
	Datacenter string `json:"datacenter,omitempty" yaml:"datacenter"`
	Cluster    string `json:"cluster,omitempty" yaml:"cluster"` // vSphere cluster, Proxmox node, Azure region
	Pool       string `json:"pool,omitempty" yaml:"pool"`       // resource pool below the cluster; empty: the cluster's own
	Datastore  string `json:"datastore,omitempty" yaml:"datastore"`
	Folder     string `json:"folder,omitempty" yaml:"folder"` // below the datacenter's folder of servers
}

// Disk is one of a server's disks.
type Disk struct {
	Label     string `json:"label"`
	GB        int64  `json:"gb"`
	Unit      int    `json:"unit"`          // number on its controller
	Bus       string `json:"bus,omitempty"` // kind of controller, where the provider asks for it
	Datastore string `json:"datastore"`
	Thin      bool   `json:"thin"`
	Eager     bool   `json:"eager,omitzero"` // zeroed at once
	Mode      string `json:"mode,omitempty"`
	Sharing   string `json:"sharing,omitempty"`
}

// NIC is one of a server's network cards.
type NIC struct {
	Network string `json:"network"`
	Adapter string `json:"adapter,omitempty"`
	MAC     string `json:"mac,omitempty"`
	Static  bool   `json:"static,omitzero"` // the address was set by hand
}

// Concern is something about a server that stands in the way of moving it, or that the people who move
// it should know.
type Concern struct {
	Key      string `json:"key"` // stable: snapshot, rdm, shared_disk, usb, passthrough, tools, template …
	Blocking bool   `json:"blocking"`
	Detail   string `json:"detail"`
}

// Provider is the plugin that speaks to a platform.
type Provider struct {
	Name    string // as HCL calls it
	Source  string // with its host, so that every engine takes the same
	Version string // exact
}

// Rule is what a plan may do with one type of resource.
type Rule struct {
	Provider string   // full address of the only provider that may own it
	Create   bool     // may come into being
	Import   bool     // may be taken into the engine's state
	Change   []string // attributes that may change in place; "disk.*.datastore_id" names one within a list
	Grow     []string // top-level lists that may get more in place, and of which nothing may go
	Volatile []string // top-level computed attributes that come and go by themselves; left out of the digest
}

// Rules are the rules of a stage by resource type. A type that is not named is refused.
type Rules map[string]Rule

// Platform is a kind of place that servers run on.
type Platform interface {
	// Name is the platform's key in the configuration.
	Name() string
	// Provider is the plugin that is asked for, zero when the engine itself is enough.
	Provider() Provider
	// Write appends the servers of a unit as they shall be, with what they refer to. The servers' labels
	// are given by label; import says that they exist and are to be taken into state.
	Write(body *hclwrite.Body, machines []Machine, label func(asset string) string, imports bool) error
	// Rules tells what a plan of the stage may do.
	Rules(stage Stage) Rules
	// Lacks names what a destination must say and does not.
	Lacks(destination Location) []string
}

// Source is one place that servers are read from: a vCenter, a cluster, a host, a subscription. It holds
// the login, of which nothing is ever written down.
type Source interface {
	// Platform is what kind of place it is.
	Platform() Platform
	// Read gives every server there, sorted by UUID. It changes nothing. Asset is left empty: the inventory
	// knows it.
	Read(ctx context.Context) ([]Machine, error)
	// Environment is how the login reaches the platform's provider.
	Environment() map[string]string
}

// Platforms lists every platform.
var Platforms = []Platform{VSphere{}, Proxmox{}, Libvirt{}, Azure{}, Manual{}}

// MovesWithin tells whether servers can move without leaving the place that they are read from.
func MovesWithin(p Platform) bool {
	for _, rule := range p.Rules(Place) {
		if len(rule.Change) > 0 {
			return true
		}
	}
	return false
}

// lacks names the empty texts, which stand in pairs of name and text.
func lacks(pairs ...string) []string {
	var names []string
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			names = append(names, pairs[i])
		}
	}
	return names
}

// Find gives the platform of a name.
func Find(name string) (Platform, error) {
	var names []string
	for _, p := range Platforms {
		if p.Name() == name {
			return p, nil
		}
		names = append(names, p.Name())
	}
	slices.Sort(names)
	return nil, fmt.Errorf("platform %q is not known, want one of %q", name, names)
}
