// Package agent reads the document that samdrift-agent sends about the host it runs on: what the
// host is, what it holds, who it talks to and when it was last backed up. That is what a server
// migration needs to know of it.
//
// Parse reads one document strictly and Observation turns it into what inventory.Merge takes. A
// field that the agent could not read is left out of the document and stays unknown here: a host
// without a "backup" part is one whose backup nobody has told about, not one without backup. The
// document never holds file contents, command lines or names of persons.
package agent

import "time"

// Version is the version of the document's form that this package reads.
const Version = 1

// MaxBytes is the largest document that Parse reads: about fifty times that of a busy server.
const MaxBytes = 8 << 20

// Document is one host as its agent saw it at one moment.
type Document struct {
	Version  int       `json:"version"`
	Agent    string    `json:"agent,omitempty"` // version of the agent
	TakenAt  time.Time `json:"taken_at"`
	Demo     bool      `json:"demo,omitzero"` // invented host: the document says so itself
	Identity Identity  `json:"identity"`
	Hardware Hardware  `json:"hardware,omitzero"`
	Virtual  Virtual   `json:"virtual,omitzero"`
	OS       OS        `json:"os,omitzero"`

	Disks       []Disk       `json:"disks,omitempty"`
	FileSystems []FileSystem `json:"file_systems,omitempty"`
	NICs        []NIC        `json:"nics,omitempty"`
	Gateway     string       `json:"gateway,omitempty"`
	DNS         []string     `json:"dns,omitempty"`
	Software    []Software   `json:"software,omitempty"`
	Listeners   []Listener   `json:"listeners,omitempty"`
	Flows       []Flow       `json:"flows,omitzero"` // absent: traffic was not looked at; empty: there was none

	Backup *Backup `json:"backup,omitempty"` // absent: no backup agent was found to ask
	Usage  *Usage  `json:"usage,omitempty"`  // absent: not measured long enough
}

// Identity is what tells this host from every other. Hostname is the only field a host must have.
type Identity struct {
	Hostname    string `json:"hostname"`
	FQDN        string `json:"fqdn,omitempty"`
	Domain      string `json:"domain,omitempty"` // directory domain the host is joined to
	MachineID   string `json:"machine_id,omitempty"`
	ProductUUID string `json:"product_uuid,omitempty"` // of the BIOS or the virtual machine
	Serial      string `json:"serial,omitempty"`
}

// Hardware is the machine, or what the hypervisor shows as one.
type Hardware struct {
	Vendor      string `json:"vendor,omitempty"`
	Model       string `json:"model,omitempty"`
	CPUModel    string `json:"cpu_model,omitempty"`
	Sockets     int    `json:"sockets,omitzero"`
	VCPUs       int    `json:"vcpus,omitzero"` // logical processors the host may use
	MemoryBytes int64  `json:"memory_bytes,omitzero"`
	Firmware    string `json:"firmware,omitempty"`
	Boot        string `json:"boot,omitempty"` // efi, bios
	SecureBoot  *bool  `json:"secure_boot,omitempty"`
}

// The roles of Virtual.Role.
const (
	RoleGuest    = "guest"    // a virtual machine
	RoleHost     = "host"     // a hypervisor
	RolePhysical = "physical" // neither
)

// Virtual tells how the host takes part in virtualisation.
type Virtual struct {
	Role     string   `json:"role,omitempty"`     // guest, host, physical; empty: not known
	Platform string   `json:"platform,omitempty"` // vmware, hyper-v, kvm
	Host     string   `json:"host,omitempty"`     // the guest's hypervisor, where the guest may know it
	Guests   []string `json:"guests,omitempty"`
}

// OS is the operating system.
type OS struct {
	Name          string    `json:"name,omitempty"`    // "Windows Server", "Debian"
	Version       string    `json:"version,omitempty"` // "2012 R2", "12"
	Build         string    `json:"build,omitempty"`
	Kernel        string    `json:"kernel,omitempty"`
	InstalledAt   time.Time `json:"installed_at,omitzero"`
	PatchedAt     time.Time `json:"patched_at,omitzero"`
	PendingReboot *bool     `json:"pending_reboot,omitempty"`
}

// Disk is a block device. LUN and ClusterDisk are set when other hosts may reach the same disk.
type Disk struct {
	Name        string `json:"name"`
	Bytes       int64  `json:"bytes,omitzero"`
	LUN         string `json:"lun,omitempty"`          // world wide name of the storage unit
	ClusterDisk string `json:"cluster_disk,omitempty"` // the cluster's id of the disk
}

// SharedID is equal on every host that reaches the same disk, and empty for a local disk.
func (d Disk) SharedID() string {
	switch {
	case d.ClusterDisk != "":
		return "cluster:" + d.ClusterDisk
	case d.LUN != "":
		return "lun:" + d.LUN
	}
	return ""
}

// FileSystem is a mounted volume. Zero TotalBytes: its size could not be read.
type FileSystem struct {
	Mount      string `json:"mount"`
	Type       string `json:"type,omitempty"`
	TotalBytes int64  `json:"total_bytes,omitzero"`
	UsedBytes  int64  `json:"used_bytes,omitzero"`
	Disk       string `json:"disk,omitempty"` // Disk.Name
}

// NIC is a network interface.
type NIC struct {
	Index     int      `json:"index"`
	Name      string   `json:"name"`
	MAC       string   `json:"mac,omitempty"`
	SpeedBPS  int64    `json:"speed_bps,omitzero"`
	MTU       int      `json:"mtu,omitzero"`
	Up        *bool    `json:"up,omitempty"`
	DHCP      *bool    `json:"dhcp,omitempty"`
	VLAN      int      `json:"vlan,omitzero"`
	Addresses []string `json:"addresses,omitempty"` // "10.1.10.21/24"
}

// Software is an installed product.
type Software struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
}

// Listener is a port that a process listens on.
type Listener struct {
	Protocol string `json:"protocol"` // tcp, udp
	Port     int    `json:"port"`
	Process  string `json:"process,omitempty"`
}

// The directions of a flow, seen from the host.
const (
	Inbound  = "in"  // the peer called the host; Port is the host's
	Outbound = "out" // the host called the peer; Port is the peer's
)

// Flow is the traffic with one peer and service, summed over the observation time.
type Flow struct {
	Direction   string `json:"direction"` // in, out
	LocalIP     string `json:"local_ip"`
	PeerIP      string `json:"peer_ip"`
	Protocol    string `json:"protocol"` // tcp, udp
	Port        int    `json:"port"`
	Process     string `json:"process,omitempty"` // on this host
	BytesPerDay int64  `json:"bytes_per_day"`
}

// Backup is what the backup agent on the host says. Nil pointers: it does not say.
type Backup struct {
	Product        string    `json:"product,omitempty"`
	LastSuccess    time.Time `json:"last_success,omitzero"` // zero: never
	Offline        *bool     `json:"offline,omitempty"`
	Immutable      *bool     `json:"immutable,omitempty"`
	CopySite       string    `json:"copy_site,omitempty"`
	Encrypted      *bool     `json:"encrypted,omitempty"`
	RestoreTestAt  time.Time `json:"restore_test_at,omitzero"`
	RestoreOK      *bool     `json:"restore_ok,omitempty"`
	RestoreMinutes int       `json:"restore_minutes,omitzero"`
}

// Usage is how hard the host works, in percent, over Days of five-minute samples.
type Usage struct {
	Days      int     `json:"days"`
	CPUP50    float64 `json:"cpu_p50"`
	CPUP95    float64 `json:"cpu_p95"`
	MemoryP50 float64 `json:"memory_p50"`
	MemoryP95 float64 `json:"memory_p95"`
}
