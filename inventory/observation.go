package inventory

import "time"

// Status is how a look at one target ended.
type Status string

// The statuses. Partial data is a failure to be shown, not a smaller truth.
const (
	StatusOK          Status = "ok"
	StatusPartial     Status = "partial"
	StatusFailed      Status = "failed"
	StatusUnreachable Status = "unreachable"
	StatusRefused     Status = "refused"
)

// TableStatus is how one table of a target ended.
type TableStatus struct {
	State  string `json:"state"` // complete, partial, absent, refused
	Reason string `json:"reason,omitempty"`
	Rows   int    `json:"rows,omitzero"`
}

// The states of a table.
const (
	TableComplete = "complete"
	TablePartial  = "partial"
	TableAbsent   = "absent"
	TableRefused  = "refused"
)

// Observation is what one collector saw of one target at one time. It carries at most one asset
// (without ID: Merge gives identity), flows seen from it, and register rows that came with it.
// Only fields that the collector really saw are set; the rest stay zero.
type Observation struct {
	Collector    string                 `json:"collector"` // snmp, agent, vsphere, kitos, sheet
	Source       string                 `json:"source"`    // host:port, file, URL: unique within the collector
	Instance     string                 `json:"instance,omitempty"`
	Municipality string                 `json:"municipality"`
	Site         string                 `json:"site,omitempty"`
	At           time.Time              `json:"at"`
	Duration     time.Duration          `json:"duration_ns,omitzero"`
	Status       Status                 `json:"status"`
	Error        string                 `json:"error,omitempty"` // what went wrong and how to mend it
	Tables       map[string]TableStatus `json:"tables,omitempty"`
	Asset        *Asset                 `json:"asset,omitempty"`
	Emptied      []string               `json:"emptied,omitempty"`  // single fields, by JSON name, that the collector knows to be empty now: what was said of them is taken back
	Evidence     map[string]string      `json:"evidence,omitempty"` // asset field: what the device gave its value by, as "sysDescr" or "OID 1.3.6.1.4.1…"
	Flows        []Flow                 `json:"flows,omitempty"`
	Register     *Register              `json:"register,omitempty"`
}

// Register is what people or registers (KITOS, sheets) state rather than what a device shows.
// Rows replace earlier rows with the same id.
type Register struct {
	Centres    []Centre    `json:"centres,omitempty"`
	Sites      []Site      `json:"sites,omitempty"`
	Systems    []System    `json:"systems,omitempty"`
	Links      []Link      `json:"links,omitempty"`
	Contracts  []Contract  `json:"contracts,omitempty"`
	Agreements []Agreement `json:"agreements,omitempty"`
}

// Collection is the latest look of one collector at one target, kept so that what could not be
// read stays visible.
type Collection struct {
	Collector    string                 `json:"collector"`
	Source       string                 `json:"source"`
	Instance     string                 `json:"instance,omitempty"`
	Municipality string                 `json:"municipality"`
	At           time.Time              `json:"at"`
	Status       Status                 `json:"status"`
	Error        string                 `json:"error,omitempty"`
	Tables       map[string]TableStatus `json:"tables,omitempty"`
	Asset        string                 `json:"asset,omitempty"` // id, when the look gave one or an earlier one did
	LastOK       time.Time              `json:"last_ok,omitzero"`
	FlowsOn      Days                   `json:"flows_on,omitzero"` // the days on which it looked at the target's traffic
}
