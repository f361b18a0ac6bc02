package nis2

// registerActions is the hub's own action plan.
const registerActions = "actions"

// findingsOwned is 21f-05: open actions of the municipality without owner or deadline, or past it.
func findingsOwned(e *estate, t *tally) {
	for _, a := range e.actions {
		if a.State == ActionOpen || a.State == ActionDoing {
			t.judge(a.ID, e.in.AsOf, a.Owner == "" || !a.Due.Known() || a.Overdue(e.in.AsOf))
		}
	}
}
