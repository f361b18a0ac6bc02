package planner

// groupings holds the English words of the rules about groups: foundations, cuts, why a server is where
// it is, and which servers might be retired.
var groupings = map[string]string{
	// What is taken for shared services.
	"foundation_chosen":    "{name} is set as shared services by people",
	"foundation_overruled": "People say that {name} is no shared service",
	"foundation_tied":      "{name} cannot be parted from shared services",
	"foundation_kept":      "{asset} is set as no shared service, but cannot be parted from one; it stays with it",
	"foundation_unknown":   "{asset} is named in the settings as a shared service or as none, and is no server that moves",
	"same_domain":          "{servers} directory servers answer each other: one domain",

	// What happens to traffic while one end has moved and the other has not.
	"cut_slow":            "{protocol} (port {port}): {round_trips} round trips of {latency_ms} ms make people wait {wait_ms} ms, more than the limit of {limit_ms} ms",
	"cut_latency_unknown": "{protocol} (port {port}): the link's latency is not known; above {most_ms} ms people will notice",

	// Why a server does not go where its traffic draws it.
	"pull_foundation": "One of the two is shared services, which go by themselves",
	"pull_weak":       "{mb_per_day} MB a day; what binds begins at {least_mb} MB a day on one port",
	"pull_no_room":    "That group would have more than {limit} servers",
	"pull_outweighed": "It is bound more strongly where it is; the traffic would have to weigh {times} times as much",
	"pull_never":      "It is bound more strongly where it is, whatever the traffic",

	// Which servers might be retired: evidence, what speaks against, what is not known.
	"retire_silent":            "No traffic to or from it has been seen since {first}; its agent reported on {last}",
	"retire_upkeep_only":       "No traffic but directory, backup and monitoring has been seen since {first}; its agent reported on {last}",
	"retire_no_listeners":      "Nothing listens but its operating system ({count} ports)",
	"retire_system_ended":      "{name} has been out of support since {until}",
	"retire_listens":           "A service of its own listens on port {port}",
	"retire_users":             "{system} runs on it and has {users} registered users",
	"retire_traffic_unknown":   "Its traffic is not collected",
	"retire_agent_old":         "Its agent has not reported since {last}",
	"retire_watched_short":     "It has been known for only {days} days, of {need} that silence must last",
	"retire_watch_unknown":     "Since when its agent has watched the traffic is not recorded",
	"retire_listeners_unknown": "What listens on it is not known",
	"retire_system_unknown":    "The end of support of its operating system is not known",
	"retire_users_unknown":     "Whether it has users is not known",
}
