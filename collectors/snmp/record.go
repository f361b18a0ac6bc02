package snmp

import (
	"maps"
	"strings"

	"github.com/samdrift/samdrift/inventory"
)

// Record is what `samdrift collect snmp --output json` prints for one target, as one line. Its field
// names are a contract. Lists are never null; an empty text or zero number is not known.
type Record struct {
	Target       string                `json:"target"` // the name if given, else the address
	Address      string                `json:"address"`
	Status       inventory.Status      `json:"status"` // ok, partial, failed, unreachable, refused
	Error        string                `json:"error,omitempty"`
	SysName      string                `json:"sys_name"`
	SysObjectID  string                `json:"sys_object_id"`
	SysDescr     string                `json:"sys_descr"`
	Vendor       string                `json:"vendor"`
	OS           string                `json:"os"` // the platform's slug
	Kind         inventory.Kind        `json:"kind"`
	Model        string                `json:"model"`
	Version      string                `json:"version"`
	Serial       string                `json:"serial"`
	Interfaces   []inventory.Interface `json:"interfaces"`
	Addresses    []inventory.Address   `json:"addresses"`
	VLANs        []inventory.VLAN      `json:"vlans"`
	Neighbours   []inventory.Neighbour `json:"neighbours"`
	Components   []inventory.Component `json:"components"`
	Volumes      []inventory.Volume    `json:"volumes"`
	Sensors      []inventory.Sensor    `json:"sensors"`
	Supplies     []inventory.Supply    `json:"supplies"`
	Guests       []inventory.Guest     `json:"guests"`
	Tables       map[string]string     `json:"tables"` // table: complete, partial, absent or refused
	TableReasons map[string]string     `json:"table_reasons,omitempty"`
	Evidence     map[string]string     `json:"evidence,omitempty"` // vendor, platform, kind, model, version, serial: where the value came from
	DurationMS   int64                 `json:"duration_ms"`
}

// NewRecord makes the record of an observation that this collector made.
func NewRecord(o inventory.Observation) Record {
	r := Record{
		Target: o.Source, Address: o.Source, Status: o.Status, Error: o.Error, Kind: inventory.KindUnknown,
		Interfaces: []inventory.Interface{}, Addresses: []inventory.Address{}, Neighbours: []inventory.Neighbour{},
		Components: []inventory.Component{}, Volumes: []inventory.Volume{}, VLANs: []inventory.VLAN{},
		Sensors: []inventory.Sensor{}, Supplies: []inventory.Supply{}, Guests: []inventory.Guest{}, Tables: map[string]string{},
		Evidence:   evidenceOf(o),
		DurationMS: o.Duration.Milliseconds(),
	}
	if o.Instance != "" && !strings.HasPrefix(o.Instance, "#") {
		r.Target = o.Instance
	}
	for name, table := range o.Tables {
		r.Tables[name] = table.State
		if table.Reason != "" {
			if r.TableReasons == nil {
				r.TableReasons = map[string]string{}
			}
			r.TableReasons[name] = table.Reason
		}
	}
	a := o.Asset
	if a == nil {
		return r
	}
	r.SysName, r.SysObjectID, r.SysDescr = a.Management.SysName, a.Management.SysObjectID, a.Management.SysDescr
	r.Vendor, r.OS, r.Kind, r.Model, r.Version, r.Serial = a.Vendor, a.Platform, a.Kind, a.Model, a.Firmware, a.Serial
	r.Interfaces = append(r.Interfaces, a.Interfaces...)
	r.Addresses = append(r.Addresses, a.Addresses...)
	r.Neighbours = append(r.Neighbours, a.Neighbours...)
	r.Components = append(r.Components, a.Components...)
	r.Volumes = append(r.Volumes, a.Volumes...)
	r.VLANs = append(r.VLANs, a.VLANs...)
	r.Sensors = append(r.Sensors, a.Sensors...)
	r.Supplies = append(r.Supplies, a.Supplies...)
	r.Guests = append(r.Guests, a.Guests...)
	return r
}

// evidenceOf gives where the values came from, by the record's names of fields.
func evidenceOf(o inventory.Observation) map[string]string {
	by := maps.Clone(o.Evidence)
	if from, told := by["firmware"]; told {
		by["version"] = from
		delete(by, "firmware")
	}
	delete(by, "os") // here that is the platform
	return by
}
