package planner

// judgements holds the English words of the rules by which planner/evaluate and planner/track judge a
// plan.
var judgements = map[string]string{
	// What an evaluation does not count.
	"old_site_unknown":        "{municipality}: the fixed cost of the old site is not known and not counted",
	"contract_ends_unknown":   "{municipality}: {count} contracts of moved systems have no known end; whether leaving them costs anything is not counted",
	"exit_fees_unknown":       "{municipality}: {count} contracts are left before their end at an unknown fee, which is not counted",
	"contract_prices_unknown": "{municipality}: {count} contracts end before the move and have no known price; prolonging them is not counted",
	"leases_unknown":          "No lease of a server room is given; staying beyond one is not counted",
	"groups_without_date":     "{count} groups have no date; nothing of theirs is counted",
	"joint_costs_unknown":     "No joint costs are given; none are counted",
	"joint_costs_unshared":    "The joint costs could not be shared: a municipality's users or servers are not known",
	"population_unknown":      "{municipality}: its population is not known; the part of the national grant cannot be worked out",
	"security_unknown":        "{count} municipalities that move have no gap assessment; what the move closes and opens there is not known",
	"key_users_unknown":       "{municipality}: its users are not known, so the cost cannot be shared by users",
	"key_servers_unknown":     "{municipality}: its servers are not known, so the cost cannot be shared by servers",
	"peak_too_high":           "{centre}: {resource} reaches {peak} with {growth_percent} % growth, more than the {limit} that may be filled",

	// What makes a move risky, by how much.
	"factor_dependencies":  "{silent} of {servers} servers show no traffic; {unowned} cut edges lead to groups without an owner",
	"factor_end_of_life":   "{old} of {servers} operating systems are out of support on the night; of {unknown} it is not known",
	"factor_size":          "{servers} servers in one night, of which one crew manages {per_crew}",
	"factor_churn":         "{gb_per_day} GB change a day while it is copied; {unknown} servers show no disks",
	"factor_appliance":     "{count} servers have a system that is in no life-cycle table; {unknown} show none",
	"factor_rollback":      "{missing} of {servers} servers have no backup known to restore; of {unknown} it is not known",
	"factor_test":          "Of {answered} answers on a test environment, {without} say there is none",
	"factor_staff":         "The staff is transferred on {on}, the cutover is on {night}",
	"factor_staff_unknown": "{municipality}: when its staff is transferred is not known",

	// What a comparison of plan and actual does not count, and what it cannot say.
	"event_kind_unknown":    "{subject}: \"{event}\" on {on} is none of started, cut_over, verified and rolled_back",
	"event_without_date":    "{subject}: {event} has no date",
	"event_in_future":       "{subject}: {event} on {on} has not happened yet",
	"event_servers_wrong":   "{subject}: {event} on {on} is about {servers} servers, more than there are, or of a whole wave",
	"event_subject_unknown": "{subject}: {event} on {on} is about no group or wave of the baseline",
	"all_moved":             "Every server has been cut over",
	"nothing_promised":      "The baseline has no groups here",
	"too_few_weeks":         "A forecast needs {needed} whole weeks of moves; there are {weeks}",
	"runs_never_end":        "{runs} of {of} runs were not done after {weeks} weeks: so slow has it been at times",
}
