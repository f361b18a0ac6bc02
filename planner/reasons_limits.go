package planner

// limitings holds the English words of what holds dates: limits that may be loosened, rules that may clash,
// and why a date that people know has moved.
var limitings = map[string]string{
	// What holds dates, and what of it cannot all be kept.
	"limit_crews":           "The crews of {centre}",
	"limit_groups":          "How many groups {centre} takes in one night",
	"limit_link":            "The link of {municipality}",
	"limit_staff":           "The own staff of {municipality}",
	"limit_freeze":          "The freeze {name_en}",
	"limit_lead_time":       "Nothing starts within {lead_days} days from today",
	"limit_release":         "The day from which a municipality may begin, by its agreement or its link",
	"limit_weekday":         "The nights of the week on which cutovers may be",
	"limit_business_window": "The nights agreed with those who use a group",
	"limit_deadline":        "The deadline {deadline}",
	"limit_pinned":          "People set the night of {group}",
	"limit_seeding":         "The data of {group} must be copied before its cutover",
	"limit_wave_order":      "{municipality} moves one wave after the other, with follow-up between them",
	"limit_contract":        "Contract {contract} ends with its last group",
	"limit_hidden":          "A rule about one group of {municipality}",

	// By how much a limit is loosened.
	"more_servers": "{servers} servers more a night: one crew",
	"more_group":   "One group more a night",
	"more_link":    "{percent} % more",
	"more_open":    "Cutovers are allowed",
	"more_days":    "{days} days later",

	// Why a night that people know has become another.
	"moved_unknown": "Nobody was told a night for it before",
	"moved_passed":  "{night} has passed without it",
	"moved_asked":   "It was said to move on that night",
	"moved_lost":    "It no longer finds a night",
	"moved_gain":    "Nothing forbids the old night; with the others where they are now, this one makes people wait less",
}
