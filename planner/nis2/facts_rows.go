package nis2

import (
	"errors"
	"time"

	"github.com/samdrift/samdrift/inventory"
)

// The rows of the datasets. A nil or empty value is one that the other system did not tell: unknown,
// never in order. Asset is an asset's id or its host name.

// Patch is what a patch system tells of one asset, one row per severity of update.
type Patch struct {
	Asset      string         `json:"asset_id"`
	Missing    *int           `json:"missing_updates,omitempty"`
	OldestDays *int           `json:"oldest_missing_days,omitempty"` // how long the oldest of them has been missing
	Severity   string         `json:"severity,omitempty"`            // critical, important, moderate, low
	ReportedAt inventory.Date `json:"reported_at"`
}

func (r *Patch) fields() []field {
	return []field{{name: "asset_id", into: &r.Asset, need: true}, {name: "missing_updates", into: &r.Missing},
		{name: "oldest_missing_days", into: &r.OldestDays}, {name: "severity", into: &r.Severity, of: []string{"critical", "important", "moderate", "low"}},
		{name: "reported_at", into: &r.ReportedAt, need: true, past: true}}
}

// Hole is one finding of a vulnerability scanner; a row without cve tells only that the asset was scanned.
type Hole struct {
	Asset     string         `json:"asset_id"`
	ScannedAt inventory.Date `json:"scanned_at"`
	CVE       string         `json:"cve,omitempty"`
	CVSS      *float64       `json:"cvss,omitempty"` // 0-10
	Exploited *bool          `json:"known_exploited,omitempty"`
	FirstSeen inventory.Date `json:"first_seen,omitzero"`
	ClosedAt  inventory.Date `json:"closed_at,omitzero"`
}

func (r *Hole) fields() []field {
	return []field{{name: "asset_id", into: &r.Asset, need: true}, {name: "scanned_at", into: &r.ScannedAt, need: true, past: true},
		{name: "cve", into: &r.CVE}, {name: "cvss", into: &r.CVSS, most: 10}, {name: "known_exploited", into: &r.Exploited},
		{name: "first_seen", into: &r.FirstSeen, past: true}, {name: "closed_at", into: &r.ClosedAt, past: true}}
}

// Guard is what a protection against malicious software tells of one asset.
type Guard struct {
	Asset      string         `json:"asset_id"`
	Active     *bool          `json:"active,omitempty"`
	ReportedAt inventory.Date `json:"reported_at"`
}

func (r *Guard) fields() []field {
	return []field{{name: "asset_id", into: &r.Asset, need: true}, {name: "active", into: &r.Active},
		{name: "reported_at", into: &r.ReportedAt, need: true, past: true}}
}

// Device is a portable device as device management knows it.
type Device struct {
	Asset      string         `json:"asset_id"`
	Encrypted  *bool          `json:"disk_encrypted,omitempty"`
	ReportedAt inventory.Date `json:"reported_at,omitzero"`
}

func (r *Device) fields() []field {
	return []field{{name: "asset_id", into: &r.Asset, need: true}, {name: "disk_encrypted", into: &r.Encrypted},
		{name: "reported_at", into: &r.ReportedAt, past: true}}
}

// The kinds of accounts. User is a person's everyday account and admin a person's separate account for
// administration; application is a remote access service or an application towards the internet, whose
// mfa tells whether signing in demands it.
const (
	accountUser        = "user"
	accountAdmin       = "admin"
	accountService     = "service"
	accountSupplier    = "supplier"
	accountApplication = "application"
)

// present tells of a name only that there is one.
type present bool

// Account is one account of the directory, or one application that people sign in to. The names of persons are
// never kept: the account is a key, and of the owner only whether there is one.
type Account struct {
	Account    string         `json:"account"`
	Kind       string         `json:"kind,omitempty"`
	Enabled    *bool          `json:"enabled,omitempty"`
	Privileged *bool          `json:"privileged,omitempty"`
	Shared     *bool          `json:"shared,omitempty"`
	BreakGlass *bool          `json:"break_glass,omitempty"`
	Owned      bool           `json:"owned,omitzero"`
	MFA        *bool          `json:"mfa,omitempty"` // registered and demanded
	LastSignIn inventory.Date `json:"last_sign_in,omitzero"`
	HREnd      inventory.Date `json:"hr_end_date,omitzero"` // never: employed without an end; 0: not linked to HR
	End        inventory.Date `json:"end_date,omitzero"`
}

func (r *Account) fields() []field {
	return []field{{name: "account", into: &r.Account, need: true},
		{name: "kind", into: &r.Kind, of: []string{accountUser, accountAdmin, accountService, accountSupplier, accountApplication}},
		{name: "enabled", into: &r.Enabled}, {name: "privileged", into: &r.Privileged}, {name: "shared", into: &r.Shared},
		{name: "break_glass", into: &r.BreakGlass}, {name: "owner", into: (*present)(&r.Owned)}, {name: "mfa", into: &r.MFA},
		{name: "last_sign_in", into: &r.LastSignIn, past: true}, {name: "hr_end_date", into: &r.HREnd, open: true}, {name: "end_date", into: &r.End}}
}

func (r *Account) finish(municipality string) error {
	if r.Kind == "" || r.Kind == accountUser || r.Kind == accountAdmin || personal(r.Account) {
		r.Account = keyOf(municipality, r.Account)
	}
	return nil
}

func (r *Account) identity() string { return r.Account }

// LogSource is a source that a log platform hears, or a kind of sign-in to it.
type LogSource struct {
	Source        string    `json:"source_id"`
	LastEventAt   time.Time `json:"last_event_at,omitzero"`
	RetentionDays *int      `json:"retention_days,omitempty"`
	Method        string    `json:"sign_in_method,omitempty"`
	From          string    `json:"sign_in_source,omitempty"` // of privileged sign-ins: jump_host, elsewhere, unknown
}

func (r *LogSource) fields() []field {
	return []field{{name: "source_id", into: &r.Source, need: true}, {name: "last_event_at", into: &r.LastEventAt, past: true},
		{name: "retention_days", into: &r.RetentionDays}, {name: "sign_in_method", into: &r.Method, of: signInMethods},
		{name: "sign_in_source", into: &r.From, of: []string{"jump_host", "elsewhere", "unknown"}}}
}

// Domain is what a check of a domain's records found.
type Domain struct {
	Domain string `json:"domain"`
	SPF    *bool  `json:"spf,omitempty"`
	DKIM   *bool  `json:"dkim,omitempty"`
	DMARC  string `json:"dmarc_policy,omitempty"` // missing, none, quarantine, reject
	DNSSEC *bool  `json:"dnssec,omitempty"`
}

func (r *Domain) fields() []field {
	return []field{{name: "domain", into: &r.Domain, need: true}, {name: "spf", into: &r.SPF}, {name: "dkim", into: &r.DKIM},
		{name: "dmarc_policy", into: &r.DMARC, of: []string{"missing", "none", "quarantine", "reject"}}, {name: "dnssec", into: &r.DNSSEC}}
}

// Endpoint is what a TLS scan found at an address.
type Endpoint struct {
	Endpoint   string         `json:"endpoint"`
	MinVersion string         `json:"min_version,omitempty"` // the lowest that it accepts
	KeyBits    *int           `json:"key_bits,omitempty"`
	Signature  string         `json:"signature,omitempty"` // algorithm of the certificate
	NotAfter   inventory.Date `json:"not_after,omitzero"`
	Owned      bool           `json:"owned,omitzero"`
}

func (r *Endpoint) fields() []field {
	return []field{{name: "endpoint", into: &r.Endpoint, need: true},
		{name: "min_version", into: &r.MinVersion, of: []string{"ssl2", "ssl3", "tls1.0", "tls1.1", "tls1.2", "tls1.3"}},
		{name: "key_bits", into: &r.KeyBits}, {name: "signature", into: &r.Signature}, {name: "not_after", into: &r.NotAfter}, {name: "owner", into: (*present)(&r.Owned)}}
}

// Exposed is a service that a scan from the internet reached.
type Exposed struct {
	Address   string         `json:"address"`
	Port      int            `json:"port"`
	Protocol  string         `json:"protocol,omitempty"`
	Service   string         `json:"service,omitempty"`
	Owned     bool           `json:"owned,omitzero"`
	Approved  *bool          `json:"approved,omitempty"`
	ScannedAt inventory.Date `json:"scanned_at"`
}

func (r *Exposed) fields() []field {
	return []field{{name: "address", into: &r.Address, need: true}, {name: "port", into: &r.Port, need: true, most: 65535},
		{name: "protocol", into: &r.Protocol, of: []string{"tcp", "udp"}}, {name: "service", into: &r.Service}, {name: "owner", into: (*present)(&r.Owned)},
		{name: "approved", into: &r.Approved}, {name: "scanned_at", into: &r.ScannedAt, need: true, past: true}}
}

// Training is one person's course, the person as a key, or one phishing campaign.
type Training struct {
	Person      string         `json:"person_group,omitempty"`
	Role        string         `json:"role,omitempty"` // management_body, staff
	Course      string         `json:"course,omitempty"`
	CompletedAt inventory.Date `json:"completed_at,omitzero"` // of a campaign: the day it ended
	Campaign    string         `json:"campaign,omitempty"`
	ClickRate   *float64       `json:"click_rate,omitempty"`  // share 0-1
	ReportRate  *float64       `json:"report_rate,omitempty"` // share 0-1
}

func (r *Training) fields() []field {
	return []field{{name: "person_group", into: &r.Person}, {name: "role", into: &r.Role, of: []string{roleManagement, roleStaff}},
		{name: "course", into: &r.Course}, {name: "completed_at", into: &r.CompletedAt, past: true}, {name: "campaign", into: &r.Campaign},
		{name: "click_rate", into: &r.ClickRate, most: 1}, {name: "report_rate", into: &r.ReportRate, most: 1}}
}

func (r *Training) finish(municipality string) error {
	if (r.Person == "") == (r.Campaign == "") {
		return errors.New("needs either person_group or campaign, not both")
	}
	if r.Person != "" && r.Role == "" {
		return errors.New("role is missing: management_body or staff")
	}
	if r.Campaign != "" && !r.CompletedAt.Known() {
		return errors.New("completed_at is missing: the day on which the campaign ended")
	}
	if r.Person != "" {
		r.Person = keyOf(municipality, r.Person)
	}
	return nil
}

// Configuration is what configuration management tells of an asset, or one change that it found there.
type Configuration struct {
	Asset      string         `json:"asset_id"`
	SavedAt    inventory.Date `json:"saved_at,omitzero"`
	Baseline   string         `json:"baseline,omitempty"`
	Deviations *int           `json:"deviations,omitempty"` // not approved
	ChangeAt   inventory.Date `json:"change_at,omitzero"`
	ChangeRef  string         `json:"change_ref,omitempty"`
}

func (r *Configuration) fields() []field {
	return []field{{name: "asset_id", into: &r.Asset, need: true}, {name: "saved_at", into: &r.SavedAt, past: true}, {name: "baseline", into: &r.Baseline},
		{name: "deviations", into: &r.Deviations}, {name: "change_at", into: &r.ChangeAt, past: true}, {name: "change_ref", into: &r.ChangeRef}}
}

// Case is an incident as another register keeps it. The hub's own incidents are counted the same way.
type Case struct {
	ID          string    `json:"id"`
	Severity    *int      `json:"severity,omitempty"` // from 2 an incident is gone through afterwards
	Significant *bool     `json:"significant,omitempty"`
	AwareAt     time.Time `json:"aware_at,omitzero"`
	WarnedAt    time.Time `json:"early_warning_at,omitzero"`
	NotifiedAt  time.Time `json:"notification_at,omitzero"`
	ReportedAt  time.Time `json:"final_report_at,omitzero"`
	ClosedAt    time.Time `json:"closed_at,omitzero"`
	ReviewAt    time.Time `json:"review_at,omitzero"`
}

func (r *Case) fields() []field {
	return []field{{name: "id", into: &r.ID, need: true}, {name: "severity", into: &r.Severity}, {name: "significant", into: &r.Significant},
		{name: "aware_at", into: &r.AwareAt, past: true}, {name: "early_warning_at", into: &r.WarnedAt, past: true},
		{name: "notification_at", into: &r.NotifiedAt, past: true}, {name: "final_report_at", into: &r.ReportedAt, past: true},
		{name: "closed_at", into: &r.ClosedAt, past: true}, {name: "review_at", into: &r.ReviewAt, past: true}}
}

func (r *Case) identity() string { return r.ID }

// Watched is what another monitoring system tells of an asset: how far its clock is off, or one alarm.
type Watched struct {
	Asset          string    `json:"asset_id"`
	Check          string    `json:"check,omitempty"`
	LastDataAt     time.Time `json:"last_data_at,omitzero"`
	ClockOffset    *float64  `json:"clock_offset,omitempty"` // seconds, either way
	Metric         string    `json:"metric,omitempty"`
	Severity       string    `json:"severity,omitempty"` // of an alarm: critical, warning, info
	RaisedAt       time.Time `json:"raised_at,omitzero"`
	AcknowledgedAt time.Time `json:"acknowledged_at,omitzero"`
}

func (r *Watched) fields() []field {
	return []field{{name: "asset_id", into: &r.Asset, need: true}, {name: "check", into: &r.Check}, {name: "last_data_at", into: &r.LastDataAt, past: true},
		{name: "clock_offset", into: &r.ClockOffset, sign: true}, {name: "metric", into: &r.Metric},
		{name: "severity", into: &r.Severity, of: []string{alarmCritical, "warning", "info"}},
		{name: "raised_at", into: &r.RaisedAt, past: true}, {name: "acknowledged_at", into: &r.AcknowledgedAt, past: true}}
}

func (r *Watched) finish(string) error {
	switch {
	case (r.Severity == "") != r.RaisedAt.IsZero():
		return errors.New("an alarm needs both severity and raised_at")
	case !r.AcknowledgedAt.IsZero() && r.AcknowledgedAt.Before(r.RaisedAt):
		return errors.New("acknowledged_at is before raised_at")
	}
	return nil
}
