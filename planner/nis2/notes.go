package nis2

// The notes a control's result may carry: what a reader must know to read its level rightly.
const (
	NoteNotConnected    = "not_connected"
	NoteNoMembers       = "no_members"
	NoteLowCoverage     = "low_coverage"
	NoteStale           = "stale"
	NoteAgeing          = "ageing"
	NoteContradicted    = "contradicted"
	NoteLowered         = "lowered"
	NoteBetter          = "better"
	NoteDataOnly        = "data_only"
	NotePartNeedsAnswer = "part_needs_answer"
	NoteExceptions      = "exceptions"
	NoteDefaultSecret   = "default_community"
	NoteRefused         = "na_refused"
	NoteLapsed          = "na_lapsed"
	NoteProposed        = "na_proposed"
	NoteNotMoved        = "not_moved"
	NoteOverridden      = "overridden"
	NoteOverrideLapsed  = "override_lapsed"
	NoteOverrideAsked   = "override_proposed"
	NoteExpired         = "evidence_expired"
	NoteUnconfirmed     = "unconfirmed"
	NoteTransferred     = "transferred"
)

// NoteText is a note's key with its words in English.
type NoteText struct {
	Key string
	EN  string
}

// Notes lists every note, so that each language can be checked to have words for all of them.
func Notes() []NoteText {
	return []NoteText{
		{NoteNotConnected, "The data source of this control's rule is not connected; only the answer counts."},
		{NoteNoMembers, "The data show nothing that the rule applies to. That proves nothing, so only the answer counts."},
		{NoteLowCoverage, "Too few of the members are known for the data to count; only the answer counts."},
		{NoteStale, "The data are too old to count; only the answer counts."},
		{NoteAgeing, "Some of the data are older than the rule allows; they count, but prove less."},
		{NoteContradicted, "The data show at least two levels less than claimed. The data count until a second person sets them aside with a reason."},
		{NoteLowered, "The data show one level less than claimed; the data count."},
		{NoteBetter, "The data show more than claimed. The claim counts; consider assessing the control again."},
		{NoteDataOnly, "Nobody has answered. Data alone prove practice, not a decided process, and give at most level 3."},
		{NotePartNeedsAnswer, "The data measure only a part of the control; it is unanswered until someone answers it."},
		{NoteExceptions, "There are accepted exceptions. They are not failures, but the level can be 4 at most."},
		{NoteDefaultSecret, "A well-known default community is in use, which puts the level at 0."},
		{NoteRefused, "Declared not applicable, but the data show members, so the control counts."},
		{NoteLapsed, "The decision that the control is not applicable has lapsed; the control counts as unanswered."},
		{NoteProposed, "Proposed as not applicable; until a second person approves it, the control counts as unanswered."},
		{NoteNotMoved, "Not applicable before the first service has moved to a centre."},
		{NoteOverridden, "A second person has set the data aside with a reason and an end date."},
		{NoteOverrideLapsed, "The decision to set the data aside has lapsed; the data count again."},
		{NoteOverrideAsked, "It is proposed to set the data aside; until a second person approves it, the data count."},
		{NoteExpired, "The evidence has expired; the level stands, but is proven less."},
		{NoteUnconfirmed, "Copied from the round before and not confirmed; it counts as a bare claim and not as answered."},
		{NoteTransferred, "Servers have moved since it was answered, so its evidence has lapsed: at most level 2, as a bare claim, until the answer is confirmed or changed."},
	}
}
