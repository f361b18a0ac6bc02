package platform

import (
	"context"
	"fmt"

	"github.com/hashicorp/hcl/v2/hclwrite"
)

// Share is the stage in which what the servers of an agreement share at their destination is made. It is
// a stage of the agreement's shared unit, not of a server's way.
const Share Stage = "share"

// SharedKind is a kind of thing that servers share.
type SharedKind string

// The kinds, in the order in which they are made.
const (
	SharedFolder   SharedKind = "folder"
	SharedPool     SharedKind = "resource_pool"
	SharedCategory SharedKind = "tag_category"
	SharedTag      SharedKind = "tag"
)

// Sharing is what an agreement wants to have made at its destination, if it is not there.
type Sharing struct {
	Folder bool  `yaml:"folder" json:"folder,omitzero"` // every missing level of the destination's folder
	Pool   *Pool `yaml:"pool" json:"pool,omitempty"`    // the last level of the destination's pool
	Tag    *Tag  `yaml:"tag" json:"tag,omitempty"`
}

// Wanted tells whether anything is.
func (s Sharing) Wanted() bool { return s.Folder || s.Pool != nil || s.Tag != nil }

// Categories names the tag category that is wanted, if one is.
func (s Sharing) Categories() []string {
	if s.Tag == nil {
		return nil
	}
	return []string{s.Tag.Category}
}

// Pool is how much a resource pool may take and is sure of. A limit of 0 is none.
type Pool struct {
	CPULimitMHz      int64 `yaml:"cpu_limit_mhz" json:"cpu_limit_mhz,omitzero"`
	CPUReservedMHz   int64 `yaml:"cpu_reserved_mhz" json:"cpu_reserved_mhz,omitzero"`
	MemoryLimitMB    int64 `yaml:"memory_limit_mb" json:"memory_limit_mb,omitzero"`
	MemoryReservedMB int64 `yaml:"memory_reserved_mb" json:"memory_reserved_mb,omitzero"`
}

// String tells the figures to people, "CPU 0 of 4000 MHz, memory 0 of any MB".
func (p Pool) String() string {
	limit := func(n int64) string {
		if n == 0 {
			return "any"
		}
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("CPU %d of %s MHz, memory %d of %s MB", p.CPUReservedMHz, limit(p.CPULimitMHz), p.MemoryReservedMB, limit(p.MemoryLimitMB))
}

// Tag is a word for servers, within a category.
type Tag struct {
	Category string `yaml:"category" json:"category"`
	Name     string `yaml:"name" json:"name"`
}

// Shared is one thing that servers share.
type Shared struct {
	Kind SharedKind `json:"kind"`
	// Name is unique within its kind: datacenter/folder/folder, datacenter/cluster/pool, category, category/tag.
	Name string `json:"name"`
	Pool Pool   `json:"pool,omitzero"` // of a pool
	// Made says that samdrift makes it, or has made it. What was there before is never changed.
	Made bool `json:"made,omitzero"`
}

// Key names the thing among those of all kinds.
func (s Shared) Key() string { return string(s.Kind) + " " + s.Name }

// Sharer is a platform on which the engine can make what servers share. On a platform that is none,
// people make it.
type Sharer interface {
	Platform
	// Shares lists what is wanted at a place, in the order in which it must be made.
	Shares(at Location, want Sharing) []Shared
	// WriteShared appends what is Made, with what it refers to.
	WriteShared(body *hclwrite.Body, at Location, list []Shared) error
	// SharedRules tells what a plan for shared things may do. No server is among them.
	SharedRules() Rules
}

// SharedSource is a Source that also tells what servers share there. That of every Sharer is one.
type SharedSource interface {
	// ReadShared gives by key what servers may share, and of the named tag categories those that are there.
	ReadShared(ctx context.Context, categories []string) (map[string]Shared, error)
}
