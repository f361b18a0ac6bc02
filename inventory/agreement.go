package inventory

import (
	"errors"
	"fmt"
	"slices"
)

// AgreementState is where a one-to-one agreement stands.
type AgreementState string

// The states in the order they are passed. KIT Fyn's "moved" is StateStable, its "in pipeline" is
// StateAnalysis or StatePlanned.
const (
	StateDialogue  AgreementState = "dialogue"
	StateAnalysis  AgreementState = "analysis"
	StateAgreement AgreementState = "agreement"
	StatePlanned   AgreementState = "planned"
	StateMoving    AgreementState = "moving"
	StateStable    AgreementState = "stable"
	StateClosed    AgreementState = "closed"
)

// AgreementStates lists every state in order.
var AgreementStates = []AgreementState{
	StateDialogue, StateAnalysis, StateAgreement, StatePlanned, StateMoving, StateStable, StateClosed,
}

// Agreement is a one-to-one operating agreement (en-til-en-driftsaftale): exactly one customer and
// one host. It is the boundary of permission, mapping, audit and reporting of a move.
// The legal fields record what the parties state and who assessed it; samdrift draws no conclusion.
type Agreement struct {
	ID       string         `json:"id"`
	Customer string         `json:"customer"` // municipality code
	Host     string         `json:"host"`     // municipality code
	Centre   string         `json:"centre"`   // where the customer's servers go
	State    AgreementState `json:"state"`
	Window   Period         `json:"window,omitzero"` // when the parties say the move happens
	Signed   Date           `json:"signed,omitzero"`

	LegalBasis   string `json:"legal_basis,omitempty"`
	ValueDKK     int64  `json:"value_dkk,omitzero"`
	ThresholdDKK int64  `json:"threshold_dkk,omitzero"`
	AssessedBy   string `json:"assessed_by,omitempty"`

	SecurityAnnex    *bool          `json:"security_annex,omitempty"`  // nil: not known
	DataProcessing   *bool          `json:"data_processing,omitempty"` // data processing agreement in place
	CommittedLevels  map[string]int `json:"committed_levels,omitempty"`
	SecuritySignedBy string         `json:"security_signed_by,omitempty"` // who released the security light to the steering group

	Source string `json:"source,omitempty"`
}

// Decided tells whether the parties have bound themselves, so that the plan may not choose again.
func (a Agreement) Decided() bool {
	return slices.Index(AgreementStates, a.State) >= slices.Index(AgreementStates, StateAgreement)
}

// Moved tells whether the customer's servers already run at the host.
func (a Agreement) Moved() bool { return a.State == StateStable || a.State == StateClosed }

// Validate reports every fault of the agreement.
func (a Agreement) Validate() error {
	var faults []error
	if a.ID == "" {
		faults = append(faults, errors.New("agreement has no id"))
	}
	if a.Customer == "" || a.Host == "" {
		faults = append(faults, fmt.Errorf("agreement %q: needs exactly one customer and one host, has customer %q and host %q", a.ID, a.Customer, a.Host))
	} else if a.Customer == a.Host {
		faults = append(faults, fmt.Errorf("agreement %q: customer and host are both %q; a municipality needs no agreement with itself", a.ID, a.Host))
	}
	if !slices.Contains(AgreementStates, a.State) {
		faults = append(faults, fmt.Errorf("agreement %q: state %q is none of %v", a.ID, a.State, AgreementStates))
	}
	for control, level := range a.CommittedLevels {
		if level < 0 || level > 5 {
			faults = append(faults, fmt.Errorf("agreement %q: committed level %d for control %s is outside 0-5", a.ID, level, control))
		}
	}
	return errors.Join(faults...)
}

// Contract is an agreement with a supplier, with the dates and clauses that moves and NIS2 rules need.
type Contract struct {
	ID           string `json:"id"`
	Municipality string `json:"municipality"`
	Supplier     string `json:"supplier"`
	Subject      string `json:"subject"`
	Importance   int    `json:"importance,omitzero"` // as Criticality, 0 unknown
	Contact      string `json:"contact,omitempty"`
	Until        Date   `json:"until,omitzero"`
	NoticeMonths int    `json:"notice_months,omitzero"`
	AnnualDKK    int64  `json:"annual_dkk,omitzero"`
	ExitFeeDKK   int64  `json:"exit_fee_dkk,omitzero"`
	Clauses      []bool `json:"clauses,omitempty"` // the five security clause flags; empty: not filled in
	LastReview   Date   `json:"last_review,omitzero"`
	ExitPlan     *bool  `json:"exit_plan,omitempty"`
}
