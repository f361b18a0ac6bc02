package inventory

// Hosting tells where a system is run.
type Hosting string

// The hostings.
const (
	HostingOwn      Hosting = "own"      // on the municipality's own servers
	HostingSupplier Hosting = "supplier" // supplier-hosted or cloud: no server moves
	HostingCentre   Hosting = "centre"   // at a regional centre
)

// System is a line-of-business system (fagsystem) as one municipality uses it.
type System struct {
	ID           string      `json:"id"`
	Municipality string      `json:"municipality"`
	Name         string      `json:"name"`
	Supplier     string      `json:"supplier,omitempty"`
	Contract     string      `json:"contract,omitempty"` // Contract.ID
	Owner        string      `json:"owner,omitempty"`    // a unit, not a person
	Criticality  Criticality `json:"criticality"`
	Class        string      `json:"class,omitempty"`
	Users        int         `json:"users,omitzero"`
	Hosting      Hosting     `json:"hosting,omitempty"`
	OperatedBy   string      `json:"operated_by,omitempty"` // centre slug once moved

	RTOHours       float64 `json:"rto_hours,omitzero"`
	RPOHours       float64 `json:"rpo_hours,omitzero"`
	ReviewedAt     Date    `json:"reviewed_at,omitzero"`
	RiskAssessedAt Date    `json:"risk_assessed_at,omitzero"`

	RunsOn []string `json:"runs_on,omitempty"` // server names as registered
	Assets []string `json:"assets,omitempty"`  // ids that Merge resolved them to
}
