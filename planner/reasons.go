package planner

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// RuleDoc is one rule that a Reason may name: its parameters, and the words for it in English with a
// place {name} for each. The other languages keep theirs under the key "reason.<rule>".
type RuleDoc struct {
	Rule    string
	Params  []string // in the order in which English first names them
	English string
}

// Rules lists every rule, by name. Parameters hold ids (municipality codes, centre slugs, agreement,
// wave and asset ids), plain numbers with a decimal point, and ISO dates. Only name_da and name_en,
// which belong to one freeze, come in two languages.
func Rules() []RuleDoc {
	docs := make([]RuleDoc, 0, len(words))
	for _, rule := range slices.Sorted(maps.Keys(words)) {
		docs = append(docs, RuleDoc{Rule: rule, Params: places(words[rule], extraParams[rule]), English: words[rule]})
	}
	return docs
}

// extraParams are carried by a reason though its English words do not use them.
var extraParams = map[string][]string{
	"lacks_power":     {"resource"},
	"lacks_staff":     {"resource"},
	"freeze":          {"name_da"},
	"advisory_freeze": {"name_da"},
	"limit_freeze":    {"name_da"},
	"hub":             {"asset"},
	"hub_degree":      {"asset"},

	"foundation_chosen":    {"asset"},
	"foundation_overruled": {"asset"},
	"foundation_tied":      {"asset"},
	"foundation_kept":      {"municipality"},
}

// words holds the English words of every rule: the planner's own, those about groups, and those of the
// packages that judge its plans.
var words = func() map[string]string {
	all := maps.Clone(english)
	maps.Copy(all, judgements)
	maps.Copy(all, groupings)
	maps.Copy(all, limitings)
	return all
}()

// english holds the words of each rule of the planner itself.
var english = map[string]string{
	// Why a municipality goes to its centre.
	"existing_agreement":    "Agreement {agreement} (state {state}) already sends it to {centre}",
	"chosen":                "People chose {centre} ({km} km) for it",
	"host":                  "It hosts {centre} itself; its own servers stay",
	"agreement_open":        "Agreement {agreement} is only in state {state} and binds nobody yet",
	"nearest_with_capacity": "{centre} is {km} km away and has room ({alternatives} other centres were compared)",
	"farther":               "{centre} is farther away ({km} km)",
	"capacity_full":         "{centre} ({km} km) is full: {resource} needed {needed}, free {free}",
	"lacks":                 "{centre} has too little room: {resource}, {lacks} more needed ({needed} asked for, {free} free)",
	"lacks_power":           "{centre} lacks {lacks} kW of power: {needed} kW are asked for, {free} kW are free",
	"lacks_staff":           "{centre} lacks {lacks} full-time equivalents of operating staff: {needed} are asked for, {free} are free",
	"better_in_total":       "{centre} ({km} km) is nearer, but the whole comes out better without it there",
	"nothing_to_move":       "It has no servers that could be moved",
	"already_moved":         "Agreement {agreement} is in state {state}: its servers have moved",
	"no_room":               "All centres together lack {resource}: {demand} is asked for, {room} is free",
	"no_centre":             "There is no centre to go to",
	"agreed_centre_unknown": "Agreement {agreement} names centre \"{centre}\" of host {host}, which is not among the centres",

	// Why an asset stays.
	"kind_stays":       "Assets of kind {kind} stay or are replaced; only servers move",
	"kind_unknown":     "It is not known what this is, so it is not planned for",
	"out_of_service":   "It is not in service ({status})",
	"gone":             "It has not been seen since {last_seen}",
	"already_operated": "It is already run by {centre}",
	"host_stays":       "It belongs to the host of {centre} and stays where it is",

	// Why servers are one group.
	"hub":             "{name} serves {peers} other servers on port {port} ({role}): shared services go first",
	"hub_degree":      "{name} talks with {peers} servers, the median server with {median}: it is shared",
	"shared_storage":  "{servers} servers share storage {storage}",
	"cluster":         "{servers} servers are in one cluster (heartbeat on port {port})",
	"same_system":     "{servers} servers run {system}",
	"traffic":         "{from} and {to} exchange {mb_per_day} MB a day (port {port})",
	"traffic_seen":    "{from} and {to} exchange {mb_per_day} MB a day (port {port}), seen on {days} of {observed} days",
	"alone":           "Nothing ties {name} to other servers",
	"group_too_large": "{servers} servers must move together, more than the limit of {limit}; hard ties are never cut",

	// Why not an earlier day, or no day at all. Days are counted for the first rule that rejects them.
	"lead_time":               "{days} days: nothing starts within {lead_days} days from today ({first} to {last})",
	"agreement_window":        "{days} days: agreement {agreement} says {window} ({first} to {last})",
	"link_not_ready":          "{days} days: the link of {municipality} is ready on {on} ({first} to {last})",
	"wave_order":              "{days} days: wave {wave} goes first ({first} to {last})",
	"hypercare":               "{days} days: {hypercare_days} days of follow-up after wave {wave} ({first} to {last})",
	"seeding":                 "{days} days: copying {gb} GB over {mbps} Mbit/s takes {seed_days} days ({first} to {last})",
	"weekday":                 "{days} days: not a night for cutovers ({first} to {last})",
	"freeze":                  "{days} days: {name_en} ({first} to {last})",
	"confidence_seeding":      "Seeding takes between {fast} and {slow} times what is planned, and about {common_percent} % of that is common to all",
	"confidence_rollback":     "A cutover is rolled back in {low_percent} to {high_percent} % of the cases, by its risk, and tried again {again_days} days later",
	"moving_limit":            "{days} days: {centre} takes {limit} municipalities at once, and others go first ({first} to {last})",
	"link_full":               "{days} days: the link of {mbps} Mbit/s copied other groups ({first} to {last})",
	"next_wave":               "{days} days: wave {wave} has begun by then ({first} to {last})",
	"business_window":         "{days} days: outside the nights agreed with those who use it ({first} to {last})",
	"groups_full":             "{days} days: {centre} had its {limit} groups of the night ({first} to {last})",
	"local_full":              "{days} days: the staff of {municipality} attends to at most {limit} servers a night ({first} to {last})",
	"pinned":                  "{days} days: nothing stood in the way; people set the night ({first} to {last})",
	"room_came_free":          "{days} days: room that came free only when the others had their nights ({first} to {last})",
	"group_exceeds_local":     "{servers} servers must be cut over in one night; the municipality's own staff manages {most}",
	"crew_full":               "{days} days: the {crews} crews of {centre} ({per_crew} servers each) were taken ({first} to {last})",
	"foundation_not_placed":   "{days} days: the shared services it rests on have no date ({first} to {last})",
	"deadline":                "No night is left before the deadline {deadline}",
	"group_exceeds_night":     "{servers} servers must be cut over in one night; {crews} crews with {per_crew} each manage {most}",
	"seeding_never_converges": "{gb} GB never gets across {mbps} Mbit/s: {change_gb_per_day} GB change a day, {gb_per_day} GB can be copied; ship disks or order a faster link",

	// What to know about a wave.
	"foundation_wave":          "Shared services go before what rests on them",
	"pilot":                    "Pilot: {servers} servers of the lowest criticality there is go first",
	"seeding_plan":             "{gb} GB over {mbps} Mbit/s ({gb_per_day} GB a day for seeding) takes {seed_days} days",
	"agreement":                "Agreement {agreement} is in state {state} and says {window}",
	"no_agreement":             "There is no agreement yet; the dates are a proposal",
	"agreement_without_window": "Agreement {agreement} is in state {state} and names no time",
	"window_passed":            "Agreement {agreement} says {window}, which has passed",
	"after_window":             "It ends after the window of agreement {agreement} ({window})",
	"advisory_freeze":          "{night} falls in: {name_en}",
	"contract_ends_before":     "Contract {contract} with {supplier} ends on {until}, before the cutover on {night}",
	"notice_due":               "Contract {contract} with {supplier}: give the {months} months' notice by {by}",
	"notice_late":              "Contract {contract} with {supplier}: the {months} months' notice was due on {by}, which has passed",
	"contract_runs_on":         "Contract {contract} with {supplier} runs until {until}; leaving it early costs {fee_dkk} DKK",

	// What was assumed.
	"kinds_unknown":       "{municipality}: {count} assets are of unknown kind and left out",
	"vcpus_assumed":       "{municipality}: {count} of {of} servers show no processors; {vcpus} vCPUs each assumed",
	"memory_assumed":      "{municipality}: {count} of {of} servers show no memory; {gb} GB each assumed",
	"storage_assumed":     "{municipality}: {count} of {of} servers show no disks; {gb} GB each assumed",
	"power_assumed":       "{municipality}: nothing tells the power of {count} of {of} servers; {watts} W for a physical one and {vcpu_watts} W for each vCPU assumed",
	"power_read":          "{municipality}: the power of {count} of {of} servers is one reading; a virtual machine counts with its share of its host's",
	"staff_assumed":       "One full-time equivalent is assumed to operate {servers} servers",
	"staff_not_counted":   "What staff the servers need is not counted: no number of servers for each is set",
	"staff_comes_along":   "{municipality}: {fte} full-time equivalents come along and operate its servers; the centre needs staff for the rest only",
	"flows_missing":       "{municipality}: {count} of {of} servers show no traffic; what they depend on is not known",
	"persistence_unknown": "{municipality}: on how many days {count} of {of} flows between servers are seen is not known; they weigh as if seen every day",
	"criticality_missing": "{municipality}: {count} of {of} servers have no known criticality; placed between medium and business-critical",
	"link_assumed":        "{municipality}: no link to {centre} is known; {mbps} Mbit/s assumed",
	"location_unknown":    "{municipality}: its place is not known; counted as 0 km from every centre",
	"end_held_by":         "{municipality} holds the end of the plan (groups in the critical chain: {count}); what is assumed about it counts most",
	"setting_changed":     "{setting} is {to} instead of {from}",
	"capacity_unknown":    "{centre}: capacity of {resource} is not known and not limited",

	// What the money stands on.
	"price_server_move":    "People's time per server: {low} / {likely} / {high} DKK",
	"price_group_test":     "Rehearsal and test per group: {low} / {likely} / {high} DKK",
	"price_double_running": "Old and new at once per server and week: {low} / {likely} / {high} DKK",
	"price_early_exit":     "Leaving a contract early: nothing if the centre takes it over, the agreed fee, or the fee and payment through the notice period",
	"no_savings_presumed":  "Savings are not presumed",
	"prices_are_defaults":  "The unit prices are samdrift's assumptions; replace them with the cooperation's own",
	"contracts_unlinked":   "{count} contracts with an exit fee belong to no registered system and are not counted",

	// What makes a move risky.
	"os_out_of_support":    "{count} operating systems are out of support by {by}",
	"os_support_unknown":   "{count} servers with unknown end of support",
	"dependencies_unknown": "{count} servers show no traffic: what depends on them is not known",
	"backup_unproven":      "{count} servers without a known backup",
	"large_group":          "{servers} servers in one night, more than the {per_crew} of one crew",
	"impact_criticality":   "Criticality {criticality} gives impact {impact}",
	"impact_unknown":       "Criticality is not known; impact {impact} assumed",
	"impact_foundation":    "Others rest on it: impact {impact}",
	"impact_users":         "{users} users: impact {impact}",
}

// places gives the parameter names of a text in order of appearance, then the extra ones.
func places(text string, extra []string) []string {
	var names []string
	for rest := text; ; {
		from := strings.IndexByte(rest, '{')
		if from < 0 {
			break
		}
		to := strings.IndexByte(rest[from:], '}') + from
		if name := rest[from+1 : to]; !slices.Contains(names, name) {
			names = append(names, name)
		}
		rest = rest[to+1:]
	}
	return append(names, extra...)
}

// String gives the reason in English, on one line. A rule without words shows its name and parameters.
func (r Reason) String() string {
	text, ok := words[r.Rule]
	if !ok {
		text = r.Rule
		for _, k := range sortedKeys(r.Params) {
			text += fmt.Sprintf(" %s={%s}", k, k)
		}
	}
	pairs := make([]string, 0, 2*len(r.Params))
	for _, k := range sortedKeys(r.Params) {
		if r.Params[k] == "1" {
			text = strings.ReplaceAll(text, "{"+k+"} days", "{"+k+"} day")
		}
		pairs = append(pairs, "{"+k+"}", r.Params[k])
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// Named is the reason with names in place of the ids that have one.
func (r Reason) Named(names map[string]string) Reason {
	params := make(map[string]string, len(r.Params))
	for k, v := range r.Params {
		params[k] = cmp.Or(names[v], v)
	}
	return Reason{Rule: r.Rule, Params: params}
}

// NewReason builds a reason from its rule and pairs of parameter and value.
func NewReason(rule string, pairs ...any) Reason { return reason(rule, pairs...) }

// reason is NewReason within the planner.
func reason(rule string, pairs ...any) Reason {
	r := Reason{Rule: rule}
	if len(pairs) > 0 {
		r.Params = make(map[string]string, len(pairs)/2)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		r.Params[pairs[i].(string)] = param(pairs[i+1])
	}
	return r
}

// with gives a copy of the reason with one more parameter.
func (r Reason) with(name string, value any) Reason {
	params := maps.Clone(r.Params)
	if params == nil {
		params = map[string]string{}
	}
	params[name] = param(value)
	r.Params = params
	return r
}

// param writes a value as reasons hold it.
func param(value any) string {
	if v, ok := value.(float64); ok {
		return number(v)
	}
	return fmt.Sprint(value)
}
