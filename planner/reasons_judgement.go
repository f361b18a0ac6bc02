package planner

// judgements holds the English words of the rules by which planner/evaluate and planner/track judge a
// plan.
var judgements = map[string]string{}
