package nis2

import "github.com/samdrift/samdrift/inventory"

// The roles of people who are trained.
const (
	roleManagement = "management_body"
	roleStaff      = "staff"
)

// How long a course holds, how far back campaigns are looked at, and what a campaign may show.
const (
	managementCourseDays = 730
	staffCourseDays      = 365
	campaignDays         = 365
	mostClicks           = 0.05 // share
	leastReports         = 0.20 // share
)

// managementTrained is 20-03: members of the management body without a completed course in two years.
func managementTrained(e *estate, t *tally) {
	e.trained(t, managementCourseDays, func(role string) bool { return role == roleManagement })
}

// staffTrained is 21g-01: people without a completed course in a year.
func staffTrained(e *estate, t *tally) {
	e.trained(t, staffCourseDays, func(string) bool { return true })
}

// trained counts people by their latest completed course. A person without any course has no record and
// is unknown.
func (e *estate) trained(t *tally, days int, counts func(role string) bool) {
	f := e.facts[DatasetTraining]
	type record struct {
		any  bool
		last inventory.Date
	}
	people := map[string]record{}
	for _, r := range f.Training {
		if r.Person == "" || !counts(r.Role) {
			continue
		}
		p := people[r.Person]
		people[r.Person] = record{p.any || r.Course != "" || r.CompletedAt.Known(), max(p.last, r.CompletedAt)}
	}
	for key, p := range people {
		if !p.any {
			t.unknown(key)
			continue
		}
		t.judge(key, f.TakenAt, !within(p.last, e.in.AsOf, days))
	}
}

// phishing is 21g-03: campaigns of the last year in which more than 5 % clicked or less than 20 % reported.
func phishing(e *estate, t *tally) {
	f, rows := e.facts[DatasetTraining], verdicts{}
	for _, r := range f.Training {
		if r.Campaign == "" || !within(r.CompletedAt, e.in.AsOf, campaignDays) {
			continue
		}
		fails := r.ClickRate != nil && *r.ClickRate > mostClicks || r.ReportRate != nil && *r.ReportRate < leastReports
		rows.add(r.Campaign+" "+r.CompletedAt.String(), f.TakenAt, fails, r.ClickRate == nil || r.ReportRate == nil)
	}
	rows.tell(t)
}
