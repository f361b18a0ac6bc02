package planner

// judgements holds the English words of the rules by which planner/evaluate and planner/track judge a
// plan.
var judgements = map[string]string{
	// What a cost stands on.
	"price_old_site":       "Fixed cost of the old site of {municipality}: {low} / {likely} / {high} DKK a year ({basis})",
}
