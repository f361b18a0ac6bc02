package nis2

// check is a rule as code: it counts the members of its population for one municipality.
// A new rule is a function in the file of its family, a line here, and a section on the family's
// page in docs/nis2.
type check struct {
	control string
	run     func(*estate, *tally)
}

// checks lists the rules whose data the snapshot, the monitoring or the answers hold, in the
// catalogue's order. The other rules wait for their source to be connected.
var checks = []check{
	{"21a-02", accountable},
	{"21a-04", riskAssessed},
	{"21b-02", monitored},
	{"21c-01", recoveryGoals},
	{"21c-03", backedUp},
	{"21c-04", isolatedCopy},
	{"21c-05", restoreTested},
	{"21c-06", weakLink},
	{"21d-01", supplierKnown},
	{"21d-02", securityClauses},
	{"21d-03", supplierReviewed},
	{"21d-04", centreAgreement},
	{"21d-06", exitPlan},
	{"21e-01", supportedOS},
	{"21e-02", supportedHardware},
	{"21e-06", secureManagement},
	{"21e-07", managementZone},
	{"21f-01", evidenceValid},
	{"21f-02", gapAnalysis},
	{"21i-01", assetsMatched},
	{"21i-02", classified},
	{"21i-03", picture},
}

var checkOf = func() map[string]func(*estate, *tally) {
	of := make(map[string]func(*estate, *tally), len(checks))
	for _, c := range checks {
		of[c.control] = c.run
	}
	return of
}()

// MeasuredControls lists the controls that samdrift itself can measure, in catalogue order.
func MeasuredControls() []string {
	ids := make([]string, len(checks))
	for i, c := range checks {
		ids[i] = c.control
	}
	return ids
}
