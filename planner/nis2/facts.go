package nis2

import (
	"errors"
	"fmt"
	"slices"

	"github.com/samdrift/samdrift/inventory"
)

// The datasets that can be imported. Their columns are those of the catalogue's datasets.
const (
	DatasetPatches   = "patch_system"
	DatasetScanner   = "vuln_scanner"
	DatasetEDR       = "edr"
	DatasetDevices   = "device_management"
	DatasetDirectory = "directory"
	DatasetLogs      = "log_platform"
	DatasetDNS       = "dns_check"
	DatasetTLS       = "tls_scan"
	DatasetOutside   = "outside_scan"
	DatasetTraining  = "lms_csv"
	DatasetConfig    = "config_management"
	DatasetIncidents = "incidents"
	DatasetWatch     = "monitoring" // of another system than the hub's own monitoring
	DatasetClimate   = "room_climate"
	DatasetAccess    = "room_access"
	DatasetRanges    = "address_ranges"
)

// Facts is one dataset of one municipality, as another system told it. An import takes the place of
// the one before. Only the list of its own dataset is filled.
type Facts struct {
	Municipality string         `json:"municipality"`
	Dataset      string         `json:"dataset"`
	TakenAt      inventory.Date `json:"taken_at"` // the day on which the other system said so

	Patches   []Patch         `json:"patches,omitempty"`
	Holes     []Hole          `json:"holes,omitempty"`
	Guards    []Guard         `json:"guards,omitempty"`
	Devices   []Device        `json:"devices,omitempty"`
	Accounts  []Account       `json:"accounts,omitempty"`
	Logs      []LogSource     `json:"logs,omitempty"`
	Domains   []Domain        `json:"domains,omitempty"`
	Endpoints []Endpoint      `json:"endpoints,omitempty"`
	Exposed   []Exposed       `json:"exposed,omitempty"`
	Training  []Training      `json:"training,omitempty"`
	Configs   []Configuration `json:"configs,omitempty"`
	Cases     []Case          `json:"cases,omitempty"`
	Watched   []Watched       `json:"watched,omitempty"`
	Climates  []Climate       `json:"climates,omitempty"`
	Doors     []Door          `json:"doors,omitempty"`
	Ranges    []Range         `json:"ranges,omitempty"`
}

// readers read the rows of each dataset into its list.
var readers = map[string]func(*Facts, *reading){
	DatasetPatches:   func(f *Facts, r *reading) { f.Patches = rowsOf[Patch](r) },
	DatasetScanner:   func(f *Facts, r *reading) { f.Holes = rowsOf[Hole](r) },
	DatasetEDR:       func(f *Facts, r *reading) { f.Guards = rowsOf[Guard](r) },
	DatasetDevices:   func(f *Facts, r *reading) { f.Devices = rowsOf[Device](r) },
	DatasetDirectory: func(f *Facts, r *reading) { f.Accounts = rowsOf[Account](r) },
	DatasetLogs:      func(f *Facts, r *reading) { f.Logs = rowsOf[LogSource](r) },
	DatasetDNS:       func(f *Facts, r *reading) { f.Domains = rowsOf[Domain](r) },
	DatasetTLS:       func(f *Facts, r *reading) { f.Endpoints = rowsOf[Endpoint](r) },
	DatasetOutside:   func(f *Facts, r *reading) { f.Exposed = rowsOf[Exposed](r) },
	DatasetTraining:  func(f *Facts, r *reading) { f.Training = rowsOf[Training](r) },
	DatasetConfig:    func(f *Facts, r *reading) { f.Configs = rowsOf[Configuration](r) },
	DatasetIncidents: func(f *Facts, r *reading) { f.Cases = rowsOf[Case](r) },
	DatasetWatch:     func(f *Facts, r *reading) { f.Watched = rowsOf[Watched](r) },
	DatasetClimate:   func(f *Facts, r *reading) { f.Climates = rowsOf[Climate](r) },
	DatasetAccess:    func(f *Facts, r *reading) { f.Doors = rowsOf[Door](r) },
	DatasetRanges:    func(f *Facts, r *reading) { f.Ranges = rowsOf[Range](r) },
}

// Datasets lists what can be imported, in order.
func Datasets() []string {
	names := make([]string, 0, len(readers))
	for name := range readers {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// ParseFacts reads one dataset from a file, "csv" or "json", of a municipality as taken on a day. It is
// strict: an unknown or missing column, a value that cannot be read, or a day after the data were taken
// refuses the whole file, and each fault names its row. Names of persons are kept as keys only.
func ParseFacts(municipality, dataset, format string, taken inventory.Date, data []byte) (Facts, error) {
	f := Facts{Municipality: municipality, Dataset: dataset, TakenAt: taken}
	read, ok := readers[dataset]
	switch {
	case !ok:
		return f, fmt.Errorf("dataset %q is none of %v", dataset, Datasets())
	case municipality == "":
		return f, errors.New("municipality is missing; give its three-digit code")
	case !taken.Known():
		return f, errors.New("the day on which the data were taken is missing")
	}
	r := &reading{municipality: municipality, taken: taken}
	switch format {
	case "csv":
		r.csv(data)
	case "json":
		r.json(data)
	default:
		return f, fmt.Errorf("format %q is neither csv nor json", format)
	}
	if len(r.faults) == 0 || len(r.rows) > 0 {
		read(&f, r)
	}
	if err := errors.Join(r.faults...); err != nil {
		return Facts{}, fmt.Errorf("%s: %w", dataset, err)
	}
	return f, nil
}

// Len tells how many rows the dataset holds.
func (f *Facts) Len() int {
	return len(f.Patches) + len(f.Holes) + len(f.Guards) + len(f.Devices) + len(f.Accounts) + len(f.Logs) +
		len(f.Domains) + len(f.Endpoints) + len(f.Exposed) + len(f.Training) + len(f.Configs) + len(f.Cases) + len(f.Watched) +
		len(f.Climates) + len(f.Doors) + len(f.Ranges)
}

// assetKeys gives the assets that the rows name, each once, in order.
func (f *Facts) assetKeys() []string {
	var keys []string
	for _, r := range f.Patches {
		keys = append(keys, r.Asset)
	}
	for _, r := range f.Holes {
		keys = append(keys, r.Asset)
	}
	for _, r := range f.Guards {
		keys = append(keys, r.Asset)
	}
	for _, r := range f.Devices {
		keys = append(keys, r.Asset)
	}
	for _, r := range f.Configs {
		keys = append(keys, r.Asset)
	}
	for _, r := range f.Logs {
		keys = append(keys, r.Source)
	}
	for _, r := range f.Watched {
		keys = append(keys, r.Asset)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// siteKeys gives the sites that the rows name, each once, in order.
func (f *Facts) siteKeys() []string {
	var keys []string
	for _, r := range f.Climates {
		keys = append(keys, r.Site)
	}
	for _, r := range f.Doors {
		keys = append(keys, r.Site)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// Unmatched names what the rows call an asset although the municipality has none in service by that id,
// nor exactly one by that host name, in order; and what they call a site and the inventory does not.
func (f *Facts) Unmatched(s *inventory.Snapshot) []string {
	unmatched := []string{}
	for _, e := range estates(nil, Input{Snapshot: alone(s, f.Municipality), AsOf: f.TakenAt}) {
		for _, key := range f.assetKeys() {
			if e.match(key) == nil {
				unmatched = append(unmatched, key)
			}
		}
		for _, key := range f.siteKeys() {
			if _, known := e.site(key); !known {
				unmatched = append(unmatched, key)
			}
		}
	}
	return unmatched
}
