package nis2

// check is a rule as code: it counts the members of its population for one municipality.
// A new rule is a function in the file of its family, a line here, and a section on the family's
// page in docs/nis2.
type check struct {
	control string
	needs   string // the dataset without which the rule is not connected; empty: it is always there
	run     func(*estate, *tally)
}

// checks lists the rules whose data the snapshot, the monitoring, the answers, the hub's registers or an
// imported dataset hold, in the catalogue's order.
var checks = []check{
	{"20-02", registerEntries, statusReported},
	{"20-03", DatasetTraining, managementTrained},
	{"20-06", registerEntries, serviceReported},
	{"23-02", DatasetIncidents, warnedInTime},
	{"23-03", DatasetIncidents, notifiedInTime},
	{"23-04", registerEntries, chainTried},
	{"23-06", DatasetRanges, rangesRegistered},
	{"21a-02", "", accountable},
	{"21a-04", "", riskAssessed},
	{"21a-05", registerEntries, risksTreated},
	{"21b-02", "", monitored},
	{"21b-03", DatasetLogs, logged},
	{"21b-04", DatasetWatch, clocksSet},
	{"21b-05", DatasetWatch, alarmsHandled},
	{"21b-07", registerEntries, incidentExercised},
	{"21b-08", DatasetIncidents, reviewedAfter},
	{"21c-01", "", recoveryGoals},
	{"21c-03", "", backedUp},
	{"21c-04", "", isolatedCopy},
	{"21c-05", "", restoreTested},
	{"21c-06", "", weakLink},
	{"21c-07", DatasetClimate, roomsPowered},
	{"21c-08", "", capacityWatched},
	{"21c-09", registerEntries, crisisExercised},
	{"21d-01", "", supplierKnown},
	{"21d-02", "", securityClauses},
	{"21d-03", "", supplierReviewed},
	{"21d-04", "", centreAgreement},
	{"21d-05", DatasetDirectory, supplierAccess},
	{"21d-06", "", exitPlan},
	{"21e-01", "", supportedOS},
	{"21e-02", "", supportedHardware},
	{"21e-03", DatasetPatches, patched},
	{"21e-04", DatasetScanner, holesClosed},
	{"21e-05", DatasetConfig, hardened},
	{"21e-06", "", secureManagement},
	{"21e-07", "", managementZone},
	{"21e-08", DatasetConfig, changesApproved},
	{"21f-01", "", evidenceValid},
	{"21f-02", "", gapAnalysis},
	{"21f-04", registerEntries, findingsClosed},
	{"21f-05", registerActions, findingsOwned},
	{"21g-01", DatasetTraining, staffTrained},
	{"21g-03", DatasetTraining, phishing},
	{"21g-04", DatasetEDR, guarded},
	{"21g-05", DatasetDNS, domainsProtected},
	{"21g-06", DatasetOutside, fewServices},
	{"21h-02", DatasetTLS, modernTLS},
	{"21h-03", DatasetTLS, certificatesRenewed},
	{"21h-04", DatasetDevices, encrypted},
	{"21i-01", "", assetsMatched},
	{"21i-02", "", classified},
	{"21i-03", "", picture},
	{"21i-04", DatasetDirectory, usersClosed},
	{"21i-05", registerEntries, accessReviewed},
	{"21i-06", DatasetDirectory, privilegedPersonal},
	{"21i-07", DatasetLogs, jumpHosts},
	{"21i-09", DatasetAccess, roomsGuarded},
	{"21j-01", DatasetDirectory, adminMFA},
	{"21j-02", DatasetDirectory, remoteMFA},
	{"21j-03", DatasetLogs, oldSignIns},
	{"21j-05", registerEntries, channelsTested},
}

var checkOf = func() map[string]check {
	of := make(map[string]check, len(checks))
	for _, c := range checks {
		of[c.control] = c
	}
	return of
}()

// MeasuredControls lists the controls that samdrift can measure, in catalogue order: some from what it
// holds itself, the others once their dataset is imported.
func MeasuredControls() []string {
	ids := make([]string, len(checks))
	for i, c := range checks {
		ids[i] = c.control
	}
	return ids
}

// ControlsOf lists the controls that an import of a dataset is measured by, in catalogue order.
func ControlsOf(dataset string) []string {
	var ids []string
	for _, c := range checks {
		if c.needs == dataset {
			ids = append(ids, c.control)
		}
	}
	return ids
}
