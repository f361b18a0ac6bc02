package inventory

import (
	"strings"
	"time"
)

// Kind is what an asset is. Everyone uses this one list.
type Kind string

// The kinds of assets.
const (
	KindServer       Kind = "server" // physical
	KindVM           Kind = "vm"
	KindHypervisor   Kind = "hypervisor"
	KindSwitch       Kind = "switch"
	KindRouter       Kind = "router"
	KindFirewall     Kind = "firewall"
	KindWLAN         Kind = "wlan"
	KindLoadBalancer Kind = "loadbalancer"
	KindStorage      Kind = "storage"
	KindUPS          Kind = "ups"
	KindPDU          Kind = "pdu"
	KindBMC          Kind = "bmc"
	KindPrinter      Kind = "printer"
	KindAppliance    Kind = "appliance"
	KindEndpoint     Kind = "endpoint"
	KindUnknown      Kind = "unknown"
)

// Kinds lists every kind.
var Kinds = []Kind{
	KindServer, KindVM, KindHypervisor, KindSwitch, KindRouter, KindFirewall, KindWLAN, KindLoadBalancer,
	KindStorage, KindUPS, KindPDU, KindBMC, KindPrinter, KindAppliance, KindEndpoint, KindUnknown,
}

// Moves tells whether assets of this kind are moved to a centre as a unit of the plan.
// Hypervisors and network devices stay or are replaced; what runs on them moves.
func (k Kind) Moves() bool { return k == KindServer || k == KindVM }

// Criticality tells how much depends on something.
type Criticality int

// The scale; zero is unknown, never unimportant.
const (
	CriticalityUnknown  Criticality = 0
	CriticalityLow      Criticality = 1
	CriticalityMedium   Criticality = 2
	CriticalityBusiness Criticality = 3
	CriticalitySociety  Criticality = 4
)

// AssetStatus tells whether an asset is in use.
type AssetStatus string

// The statuses; empty means not known and is treated as in service.
const (
	InService AssetStatus = "in_service"
	Spare     AssetStatus = "spare"
	Retired   AssetStatus = "retired"
)

// Presence tells how lately an asset was seen. Nothing is deleted silently: it ages.
type Presence string

// The presences.
const (
	Present Presence = "present"
	Stale   Presence = "stale"
	Gone    Presence = "gone"
)

// Asset is a server, network device or other piece of equipment of one municipality.
type Asset struct {
	ID           string      `json:"id"` // stable, survives rename, re-address and move
	Municipality string      `json:"municipality"`
	Site         string      `json:"site,omitempty"`
	Kind         Kind        `json:"kind"`
	Name         string      `json:"name"`
	Criticality  Criticality `json:"criticality"`
	Class        string      `json:"class,omitempty"` // information class: public, internal, confidential, sensitive
	Owner        string      `json:"owner,omitempty"` // a role or unit, not a person
	Status       AssetStatus `json:"status,omitempty"`
	Presence     Presence    `json:"presence,omitempty"`
	PresenceNote string      `json:"presence_note,omitempty"` // why it is not present, or not gone: see Ageing
	OperatedBy   string      `json:"operated_by,omitempty"`   // centre slug once moved; empty: the municipality itself

	Vendor   string `json:"vendor,omitempty"`
	Model    string `json:"model,omitempty"`
	Serial   string `json:"serial,omitempty"`
	UUID     string `json:"uuid,omitempty"`
	Platform string `json:"platform,omitempty"` // LibreNMS's slug where it has one: ios, procurve, linux, windows
	Firmware string `json:"firmware,omitempty"`
	OS       OS     `json:"os,omitzero"`

	HardwareEndOfSupport Date      `json:"hardware_end_of_support,omitzero"`
	Exception            Exception `json:"exception,omitzero"` // accepted risk with an end date

	VCPUs       int    `json:"vcpus,omitzero"`
	MemoryBytes int64  `json:"memory_bytes,omitzero"`
	RunsOn      string `json:"runs_on,omitempty"` // name of the hypervisor within the municipality

	Addresses  []Address   `json:"addresses,omitempty"`
	Interfaces []Interface `json:"interfaces,omitempty"`
	Volumes    []Volume    `json:"volumes,omitempty"`
	Components []Component `json:"components,omitempty"`
	Neighbours []Neighbour `json:"neighbours,omitempty"`
	VLANs      []VLAN      `json:"vlans,omitempty"`
	Stations   []Station   `json:"stations,omitempty"` // bridge table: who is behind which port
	Resolved   []Resolved  `json:"resolved,omitempty"` // ARP and neighbour discovery: which address is which MAC
	Sensors    []Sensor    `json:"sensors,omitempty"`
	Supplies   []Supply    `json:"supplies,omitempty"`
	Guests     []Guest     `json:"guests,omitempty"`
	Software   []Software  `json:"software,omitempty"`
	Listeners  []Listener  `json:"listeners,omitempty"`

	Management Management `json:"management,omitzero"`
	Backup     *Backup    `json:"backup,omitempty"` // nil: no backup system has told about this asset

	Sources    []Source   `json:"sources,omitempty"`    // who sees it, newest status each
	Provenance Provenance `json:"provenance,omitempty"` // JSON field name → who said so
	FirstSeen  time.Time  `json:"first_seen,omitzero"`
	LastSeen   time.Time  `json:"last_seen,omitzero"`
}

// MACs gives the asset's own hardware addresses, lower-case with colons.
func (a *Asset) MACs() []string {
	var macs []string
	for _, i := range a.Interfaces {
		if i.MAC != "" && i.MAC != "00:00:00:00:00:00" {
			macs = append(macs, strings.ToLower(i.MAC))
		}
	}
	return macs
}

// StorageBytes gives the total size of the asset's volumes, and how much of it is used.
// The used figure is zero when no volume reports it.
func (a *Asset) StorageBytes() (total, used int64) {
	for _, v := range a.Volumes {
		total += v.TotalBytes
		used += v.UsedBytes
	}
	return total, used
}

// OS is an operating system. EndOfSupport is looked up in the embedded life-cycle facts.
type OS struct {
	Name         string `json:"name,omitempty"`    // "Windows Server", "Debian", "RHEL", "VMware ESXi"
	Version      string `json:"version,omitempty"` // "2012 R2", "12", "8.6"
	EndOfSupport Date   `json:"end_of_support,omitzero"`
	Cycle        string `json:"cycle,omitempty"` // the life-cycle entry that matched; empty: product unknown
}

// String gives name and version, or an empty string when unknown.
func (o OS) String() string { return strings.TrimSpace(o.Name + " " + o.Version) }

// Exception is an accepted deviation: not a failure while it lasts, but listed.
type Exception struct {
	Until  Date   `json:"until,omitzero"`
	Reason string `json:"reason,omitempty"`
	By     string `json:"by,omitempty"`
}

// Interface is a network port. Speeds are bit/s; Admin and Oper are up, down, testing or unknown.
type Interface struct {
	Index    int    `json:"index"`
	Name     string `json:"name,omitempty"`
	Descr    string `json:"descr,omitempty"`
	Alias    string `json:"alias,omitempty"`
	Type     string `json:"type,omitempty"` // IANA ifType name
	SpeedBPS int64  `json:"speed_bps,omitzero"`
	MAC      string `json:"mac,omitempty"`
	Admin    string `json:"admin,omitempty"`
	Oper     string `json:"oper,omitempty"`
	MTU      int    `json:"mtu,omitzero"`
	LAG      int    `json:"lag,omitzero"`  // index of the aggregate that this port is a member of
	VLAN     int    `json:"vlan,omitzero"` // untagged VLAN
}

// Address is an IP address of an asset.
type Address struct {
	IP        string `json:"ip"`
	Prefix    int    `json:"prefix,omitzero"`
	Interface int    `json:"if_index,omitzero"`
}

// Volume is a file system or disk. SharedID is equal for assets that share the same storage
// (cluster disk, LUN): they must move together. Zero UsedBytes with zero TotalBytes: not known.
type Volume struct {
	Name       string `json:"name"`
	TotalBytes int64  `json:"total_bytes,omitzero"`
	UsedBytes  int64  `json:"used_bytes,omitzero"`
	SharedID   string `json:"shared_id,omitempty"`
}

// Component is a physical part: chassis, module, stack member, optic (ENTITY-MIB).
type Component struct {
	Index  int    `json:"index"`
	Class  string `json:"class,omitempty"`
	Name   string `json:"name,omitempty"`
	Model  string `json:"model,omitempty"`
	Serial string `json:"serial,omitempty"`
	Parent int    `json:"parent,omitzero"`
}

// Neighbour is what a device says is at the other end of a port (LLDP and the like).
type Neighbour struct {
	Protocol       string `json:"protocol"`
	LocalPort      string `json:"local_port"`
	RemoteName     string `json:"remote_name,omitempty"`
	RemotePort     string `json:"remote_port,omitempty"`
	RemotePlatform string `json:"remote_platform,omitempty"`
	RemoteID       string `json:"remote_id,omitempty"`      // chassis id; a MAC in lower case with colons
	RemoteAddress  string `json:"remote_address,omitempty"` // management address
}

// VLAN is a virtual network that a device knows of.
type VLAN struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
}

// Station is a hardware address that a bridge has learned on a port. Zero VLAN: not told.
type Station struct {
	MAC       string `json:"mac"`
	VLAN      int    `json:"vlan,omitzero"`
	Interface int    `json:"if_index"`
}

// Resolved is an address that a device has resolved to hardware on one of its interfaces.
type Resolved struct {
	IP        string `json:"ip"`
	MAC       string `json:"mac"`
	Interface int    `json:"if_index"`
}

// Sensor is one reading of a device, in the unit named: celsius, volts, amperes, watts, hertz, rpm,
// percent, dbm, minutes, or empty for a state's number and a count. OID is where it was read, without
// a leading dot.
type Sensor struct {
	OID   string  `json:"oid"`
	Class string  `json:"class"` // temperature, voltage, current, power, fanspeed, state, ...
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	State string  `json:"state,omitempty"` // of class state: the number's meaning, where it is known
}

// Supply is a consumable of a printer. A nil level is not known.
type Supply struct {
	Name         string   `json:"name"`
	LevelPercent *float64 `json:"level_percent"`
}

// Guest is a virtual machine that a hypervisor says it has.
type Guest struct {
	Name        string `json:"name"`
	ID          string `json:"id,omitempty"` // the hypervisor's own number
	UUID        string `json:"uuid,omitempty"`
	State       string `json:"state,omitempty"` // on, off, suspended; empty: not known
	OS          string `json:"os,omitempty"`
	VCPUs       int    `json:"vcpus,omitzero"`
	MemoryBytes int64  `json:"memory_bytes,omitzero"`
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

// Management is how the asset is administered and polled, as the collector met it.
type Management struct {
	Protocols        []string `json:"protocols,omitempty"`         // snmpv1, snmpv2c, snmpv3-authpriv, telnet, http, https, ssh
	DefaultCommunity *bool    `json:"default_community,omitempty"` // the community used is a well-known default
	SysName          string   `json:"sys_name,omitempty"`
	SysDescr         string   `json:"sys_descr,omitempty"`
	SysObjectID      string   `json:"sys_object_id,omitempty"`
	EngineID         string   `json:"engine_id,omitempty"`
	ChassisID        string   `json:"chassis_id,omitempty"` // what the device calls itself in LLDP
	Zone             string   `json:"zone,omitempty"`       // mgmt, server, client, ot; empty: not known
}

// Backup is what the backup system says of an asset. Nil pointers: not known.
type Backup struct {
	Product        string    `json:"product,omitempty"`
	Exempt         bool      `json:"exempt,omitzero"` // decided: needs no backup
	LastSuccess    time.Time `json:"last_success,omitzero"`
	Offline        *bool     `json:"offline,omitempty"`
	Immutable      *bool     `json:"immutable,omitempty"`
	CopySite       string    `json:"copy_site,omitempty"`
	Encrypted      *bool     `json:"encrypted,omitempty"`
	RestoreTestAt  Date      `json:"restore_test_at,omitzero"`
	RestoreOK      *bool     `json:"restore_ok,omitempty"`
	RestoreMinutes int       `json:"restore_minutes,omitzero"`
	ReportedAt     time.Time `json:"reported_at,omitzero"`
}

// Source is one collector's view of the asset: where it looks, and how the last look went.
type Source struct {
	Collector string    `json:"collector"`
	Address   string    `json:"address"` // host:port, file, or URL
	Instance  string    `json:"instance,omitempty"`
	Status    Status    `json:"status"`
	At        time.Time `json:"at"`
}
