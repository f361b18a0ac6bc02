package nis2_test

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

// key is the key that stands for a person or account of municipality 901.
func key(name string) string {
	sum := sha256.Sum256([]byte("901:" + name))
	return "key:" + hex.EncodeToString(sum[:6])
}

func fleet(names ...string) *estate {
	e := newEstate("901")
	for _, n := range names {
		e.asset(server(n, func(a *inventory.Asset) { a.Criticality = inventory.CriticalityBusiness }))
	}
	return e
}

func TestPatchingRules(t *testing.T) {
	e := fleet("critical", "fine", "important", "in-time", "low", "no-count", "no-days", "no-severity", "old-report", "silent").
		asset(device("printer", inventory.KindPrinter, nil))
	counted{name: "late, in time and not told", control: "21e-03", estate: e, facts: []nis2.Facts{facts(t, "patch_system", `asset_id,missing_updates,oldest_missing_days,severity,reported_at
critical,2,15,critical,2026-11-20
critical,,,low,2026-11-20
fine,0,,,2026-11-20
important,1,31,important,2026-11-20
in-time,1,14,critical,2026-11-20
in-time,1,30,important,2026-11-20
low,9,400,low,2026-11-20
no-count,,99,critical,2026-11-20
no-days,1,,critical,2026-11-20
no-severity,1,99,,2026-11-20
old-report,1,99,critical,2026-11-13
printer,1,99,critical,2026-11-20
ghost,1,99,critical,2026-11-20
`)}, failing: "critical important", unknown: "no-count no-days no-severity old-report silent", known: 5}.run(t)

	e = fleet("clean", "closed", "exploited", "fresh", "grave", "long-ago", "minor", "undated", "unrated", "unscanned").
		asset(device("printer", inventory.KindPrinter, nil)).asset(device("quiet-printer", inventory.KindPrinter, nil))
	counted{name: "holes", control: "21e-04", estate: e, facts: []nis2.Facts{facts(t, "vuln_scanner", `asset_id,scanned_at,cve,cvss,known_exploited,first_seen,closed_at
clean,2026-11-20,,,,,
closed,2026-11-20,CVE-1,10,ja,2026-01-01,2026-11-01
exploited,2026-11-20,CVE-2,5,ja,2026-11-06,
fresh,2026-11-20,CVE-2,9.8,ja,2026-11-07,
grave,2026-11-20,CVE-3,9.0,,2026-01-01,
grave,2026-11-20,CVE-4,1,nej,2026-01-01,
long-ago,2026-10-21,CVE-3,9.0,,2026-01-01,
minor,2026-11-20,CVE-5,8.9,nej,2026-01-01,
undated,2026-11-20,CVE-5,9.9,nej,,
unrated,2026-11-20,CVE-6,,nej,2026-01-01,
printer,2026-11-20,CVE-6,9.1,nej,2026-01-01,
`)}, failing: "exploited grave printer", unknown: "long-ago undated unrated unscanned", known: 7}.run(t)
}

func TestProtectionRules(t *testing.T) {
	e := fleet("active", "better-later", "off", "silent", "strange", "untold").asset(device("pc", inventory.KindEndpoint, nil)).asset(device("sw", inventory.KindSwitch, nil))
	rows := `asset_id,active,reported_at
active,ja,2026-11-18
better-later,nej,2026-11-10
better-later,ja,2026-11-21
off,nej,2026-11-21
off,ja,2026-11-21
silent,ja,2026-11-17
untold,,2026-11-21
pc,ja,2026-11-21
sw,nej,2026-11-21
`
	counted{name: "active, off and silent", control: "21g-04", estate: e, facts: []nis2.Facts{facts(t, "edr", rows)},
		failing: "off silent", unknown: "strange untold", known: 5}.run(t)
	counted{name: "the system itself was read long ago", control: "21g-04", estate: fleet("a", "b"), facts: []nis2.Facts{facts(t, "edr", "asset_id,active,reported_at\na,ja,2026-11-01\nb,nej,2026-11-01\n")},
		unknown: "a b"}.run(t)

	backup := func(encrypted *bool) func(*inventory.Asset) {
		return func(a *inventory.Asset) {
			a.Backup = &inventory.Backup{ReportedAt: noon, Encrypted: encrypted, Exempt: a.ID == "exempt"}
		}
	}
	e = newEstate("901").asset(server("safe", backup(ptr(true)))).asset(server("open", backup(ptr(false)))).asset(server("untold", backup(nil))).
		asset(server("exempt", backup(nil))).asset(device("laptop", inventory.KindEndpoint, nil))
	counted{name: "disks and copies", control: "21h-04", estate: e, facts: []nis2.Facts{facts(t, "device_management", `asset_id,disk_encrypted,reported_at
laptop,ja,2026-11-20
tablet,nej,2026-11-20
phone,,2026-11-20
drawer,ja,
cellar,nej,2026-06-01
`)}, failing: "backup:open device:tablet", unknown: "backup:untold device:cellar device:drawer device:phone", known: 4}.run(t)
}

func TestAccountRules(t *testing.T) {
	directory := func(rows string) []nis2.Facts {
		return []nis2.Facts{facts(t, "directory", "account,kind,enabled,privileged,shared,break_glass,owner,mfa,last_sign_in,hr_end_date,end_date\n"+rows)}
	}
	users := directory(`in,user,ja,,,,,,2026-11-20,ingen,
on-time,user,ja,,,,,,2026-11-20,2026-11-20,
left,user,ja,,,,,,2026-11-20,19-11-2026,
idle,user,ja,,,,,,2026-08-22,ingen,
recent,user,ja,,,,,,2026-08-23,ingen,
closed,user,nej,,,,,,2020-01-01,2020-01-01,
no-hr,user,ja,,,,,,2026-11-20,,
no-sign-in,user,ja,,,,,,,none,
untold,user,,,,,,,2026-11-20,ingen,
untagged,,ja,,,,,,2020-01-01,2020-01-01,
svc,service,ja,,,,,,2020-01-01,,
`)
	counted{name: "left and idle", control: "21i-04", estate: newEstate("901"), facts: users, known: 5}.checkKeys(t, []string{"left", "idle"}, []string{"no-hr", "no-sign-in", "untold", "untagged"})

	admins := directory(`good,admin,ja,ja,nej,nej,Bo,ja,,,
daily,user,ja,ja,nej,nej,Bo,nej,,,
shared,admin,ja,ja,ja,nej,Drift,ja,,,
glass,admin,ja,ja,ja,ja,Drift,nej,,,
ownerless,admin,ja,ja,nej,nej,,ja,,,
untold,admin,ja,ja,,,Bo,,,,
maybe,admin,ja,,nej,nej,Bo,ja,,,
plain,user,ja,nej,nej,nej,Bo,nej,,,
plain-untold,user,,nej,nej,nej,Bo,nej,,,
off,admin,nej,ja,ja,nej,,nej,,,
vpn,application,ja,ja,,,,nej,,,
`)
	counted{name: "shared, everyday and ownerless", control: "21i-06", estate: newEstate("901"), facts: admins, known: 5}.checkKeys(t, []string{"daily", "shared", "ownerless"}, []string{"untold", "maybe"})
	counted{name: "factors", control: "21j-01", estate: newEstate("901"), facts: admins, known: 4}.checkKeys(t, []string{"daily"}, []string{"untold", "maybe"})
	counted{name: "nobody keeps owners", control: "21i-06", estate: newEstate("901"), facts: directory("a,admin,ja,ja,nej,nej,,ja,,,\nb,admin,ja,ja,ja,nej,,ja,,,\n"), known: 1}.checkKeys(t, []string{"b"}, []string{"a"})

	counted{name: "remote access", control: "21j-02", estate: newEstate("901"), facts: directory(`vpn,application,ja,,,,,ja,,,
webmail,application,ja,,,,,nej,,,
portal,application,ja,,,,,,,,
retired,application,nej,,,,,nej,,,
anna,user,ja,,,,,nej,,,
`), failing: "webmail", unknown: "portal", known: 2}.run(t)

	counted{name: "suppliers", control: "21d-05", estate: newEstate("901"), facts: directory(`open,supplier,ja,,,,,ja,,,2026-11-21
ended,supplier,ja,,,,,ja,,,2026-11-20
endless,supplier,ja,,,,,ja,,,
weak,supplier,ja,,,,,nej,,,2026-12-01
closed,supplier,nej,,,,,nej,,,
untold,supplier,,,,,,nej,,,2026-12-01
no-mfa-told,supplier,ja,,,,,,,,2026-12-01
anna,user,ja,,,,,nej,,,
untagged,,ja,,,,,ja,,,
`), failing: "ended endless weak", unknown: key("untagged") + " no-mfa-told untold", known: 5}.run(t)
	counted{name: "nobody keeps end days", control: "21d-05", estate: newEstate("901"), facts: directory("a,supplier,ja,,,,,ja,,,\nb,supplier,ja,,,,,nej,,,\n"), failing: "b", unknown: "a", known: 1}.run(t)
}

// checkKeys runs the case with accounts that are kept as keys.
func (c counted) checkKeys(t *testing.T, failing, unknown []string) {
	t.Helper()
	order := func(names []string) string {
		list := []string{}
		for _, n := range names {
			list = append(list, key(n))
		}
		slices.Sort(list)
		return strings.Join(list, " ")
	}
	c.failing, c.unknown = order(failing), order(unknown)
	c.run(t)
}

func TestLogRules(t *testing.T) {
	e := fleet("both", "heard", "no-retention", "never", "quiet", "short").asset(server("minor", nil))
	logs := []nis2.Facts{facts(t, "log_platform", `source_id,last_event_at,retention_days,sign_in_method,sign_in_source
heard,2026-11-20T12:00:00Z,365,,
quiet,2026-11-20T12:59:59+01:00,400,,
short,2026-11-21T13:00:00+01:00,364,,
both,2026-11-21T10:00:00Z,400,kerberos,jump_host
both,2026-11-21T11:00:00Z,,ntlmv1,
no-retention,2026-11-21T12:00:00Z,,,
minor,2020-01-01T12:00:00Z,1,,
erp,2026-11-20T12:00:00Z,,,elsewhere
erp,2026-11-20T12:00:00Z,,,jump_host
hr,2026-11-20T12:00:00Z,,basic,unknown
old,2026-10-20T12:00:00Z,,basic,elsewhere
app,,,ldaps,
`)}
	counted{name: "heard and kept", control: "21b-03", estate: e, facts: logs, failing: "quiet short", unknown: "never no-retention", known: 4}.run(t)
	counted{name: "methods", control: "21j-03", estate: e, facts: logs, failing: "both ntlmv1 hr basic", unknown: "erp ?", known: 4}.run(t)
	counted{name: "jump hosts", control: "21i-07", estate: e, facts: logs, failing: "erp", unknown: "hr", known: 2}.run(t)
}

func TestMonitoringFactsRules(t *testing.T) {
	e := fleet("exact", "late", "ahead", "edge", "unread", "untold", "stale").asset(device("printer", inventory.KindPrinter, nil)).asset(device("sw", inventory.KindSwitch, nil))
	clocks := []nis2.Facts{facts(t, "monitoring", `asset_id;check;last_data_at;clock_offset
exact;ntp;2026-11-21T11:00:00Z;0,002
late;ntp;2026-11-21T11:00:00Z;-1,5
ahead;ntp;;1,01
edge;ntp;2026-11-21T11:00:00Z;-1
unread;ntp;2026-11-21T11:00:00Z;
stale;ntp;2026-10-01T11:00:00Z;9
printer;ntp;2026-11-21T11:00:00Z;99
sw;ntp;2026-11-21T11:00:00Z;0
sw;ntp2;2026-11-21T11:00:00Z;-3600
ghost;ntp;2026-11-21T11:00:00Z;99
`)}
	counted{name: "clocks", control: "21b-04", estate: e, facts: clocks, failing: "ahead late sw", unknown: "stale unread untold", known: 5}.run(t)

	alarms := func(rows string) []nis2.Facts {
		return []nis2.Facts{facts(t, "monitoring", "asset_id,check,severity,raised_at,acknowledged_at\n"+rows)}
	}
	member := func(asset, at string) string { return "alarm:" + asset + " disk 2026-" + at + "Z" }
	counted{name: "alarms", control: "21b-05", estate: fleet("a"), facts: alarms(`a,disk,critical,2026-11-01T02:00:00Z,2026-11-01T03:30:00+01:00
b,disk,critical,2026-11-01T02:00:00Z,2026-11-01T02:30:01Z
c,disk,critical,2026-11-01T02:00:00Z,
d,disk,critical,2026-11-21T10:30:00Z,
e,disk,warning,2026-11-01T02:00:00Z,
f,disk,critical,2026-08-22T02:00:00Z,
g,disk,info,2026-11-21T11:00:00Z,2026-11-21T11:00:00Z
`), failing: member("b", "11-01T02:00:00") + " " + member("c", "11-01T02:00:00"), unknown: member("d", "11-21T10:30:00"), known: 3}.run(t)
	counted{name: "acknowledgements are not told", control: "21b-05", estate: fleet("a"), facts: alarms("c,disk,critical,2026-11-01T02:00:00Z,\na,disk,info,2026-11-02T02:00:00Z,\n"),
		unknown: member("c", "11-01T02:00:00")}.run(t)
}

func TestInternetRules(t *testing.T) {
	counted{name: "domains", control: "21g-05", estate: newEstate("901"), facts: []nis2.Facts{facts(t, "dns_check", `domain,spf,dkim,dmarc_policy,dnssec
good.dk.,ja,nej,reject,ja
none.dk,ja,ja,none,ja
missing.dk,ja,ja,missing,ja
no-spf.dk,nej,ja,reject,ja
unsigned.dk,ja,ja,quarantine,nej
untold.dk,ja,ja,,ja
`)}, failing: "missing.dk no-spf.dk none.dk unsigned.dk", unknown: "untold.dk", known: 5}.run(t)

	counted{name: "services", control: "21g-06", estate: newEstate("901"), facts: []nis2.Facts{facts(t, "outside_scan", `address,port,protocol,service,owner,approved,scanned_at
192.0.2.1,443,tcp,web,Web,,2026-11-20
192.0.2.1,22,,ssh,Drift,nej,2026-11-20
192.0.2.2,22,tcp,ssh,Drift,ja,2026-11-20
192.0.2.3,3389,tcp,rdp,Drift,,2026-11-20
192.0.2.4,8080,tcp,,,ja,2026-11-20
192.0.2.5,161,udp,snmp,Drift,nej,2026-10-01
`)}, failing: "192.0.2.1 tcp/22 192.0.2.4 tcp/8080", unknown: "192.0.2.3 tcp/3389 192.0.2.5 udp/161", known: 4}.run(t)
	counted{name: "nobody keeps owners", control: "21g-06", estate: newEstate("901"), facts: []nis2.Facts{facts(t, "outside_scan", "address,port,scanned_at\n192.0.2.1,443,2026-11-20\n")},
		unknown: "192.0.2.1 tcp/443"}.run(t)

	tls := []nis2.Facts{facts(t, "tls_scan", `endpoint,min_version,key_bits,signature,not_after,owner
good,tls1.2,2048,sha256WithRSAEncryption,2026-12-06,Web
curve,TLS1.3,521,ecdsa-with-SHA384,2026-12-05,Web
old,tls1.1,4096,sha256,2026-11-20,Web
short,tls1.2,1024,sha256,2027-01-01,
broken,tls1.2,4096,SHA-1 with RSA,,Web
either,tls1.2,512,sha512,2027-01-01,Web
untold,,2048,sha256,2027-01-01,Web
`)}
	counted{name: "versions, keys and signatures", control: "21h-02", estate: newEstate("901"), facts: tls, failing: "broken old short", unknown: "either untold", known: 5}.run(t)
	counted{name: "ends and owners", control: "21h-03", estate: newEstate("901"), facts: tls, failing: "curve old short", unknown: "broken", known: 6}.run(t)
}

func TestTrainingRules(t *testing.T) {
	lms := []nis2.Facts{facts(t, "lms_csv", `person_group,role,course,completed_at,campaign,click_rate,report_rate
m1,management_body,NIS2,21-11-2024,,,
m2,management_body,NIS2,20-11-2024,,,
m3,management_body,,,,,
m4,management_body,NIS2,,,,
m4,management_body,Kursus,2026-01-01,,,
s1,staff,Phishing,2025-11-21,,,
s2,staff,Phishing,2025-11-20,,,
s3,staff,Phishing,,,,
,,,2026-10-01,efterår,"5 %","20 %"
,,,2026-06-01,sommer,0.051,0.5
,,,2026-03-01,forår,0.01,0.19
,,,2026-02-01,vinter,0.01,
,,,2025-10-01,sidste år,0.9,0
`)}
	counted{name: "management body", control: "20-03", estate: newEstate("901"), facts: lms, known: 3}.checkKeys(t, []string{"m2"}, []string{"m3"})
	counted{name: "everybody", control: "21g-01", estate: newEstate("901"), facts: lms, known: 6}.checkKeys(t, []string{"m1", "m2", "s2", "s3"}, []string{"m3"})
	counted{name: "campaigns", control: "21g-03", estate: newEstate("901"), facts: lms,
		failing: "forår 2026-03-01 sommer 2026-06-01", unknown: "vinter 2026-02-01", known: 3}.run(t)
}

func TestConfigurationRules(t *testing.T) {
	e := fleet("clean", "deviates", "late", "no-baseline", "no-count", "unsaved", "without").asset(server("minor", nil)).asset(device("ups", inventory.KindUPS, nil))
	config := []nis2.Facts{facts(t, "config_management", `asset_id,saved_at,baseline,deviations,change_at,change_ref
clean,2026-11-14,server-1,0,,
clean,,,,2026-10-01,RFC-7
deviates,2026-11-20,server-1,2,2026-11-01,
deviates,,,,2026-11-20,
deviates,,,,2026-08-22,
late,2026-11-13,server-1,0,,
no-baseline,2026-11-20,,,,
no-count,2026-11-20,server-1,,,
unsaved,,server-1,0,,
minor,2026-11-20,server-1,0,2026-11-01,
ups,2026-01-01,,,,
`)}
	counted{name: "saved and as they should be", control: "21e-05", estate: e, facts: config, failing: "deviates late", unknown: "no-baseline no-count unsaved without", known: 4}.run(t)
	counted{name: "changes", control: "21e-08", estate: e, facts: config, failing: "deviates 2026-11-01 ?", unknown: "deviates 2026-11-20 ?", known: 2}.run(t)
}

func TestIncidentRules(t *testing.T) {
	aware := func(ago time.Duration) map[nis2.Party]nis2.Awareness {
		return map[nis2.Party]nis2.Awareness{nis2.PartyMunicipality: {At: noon.Add(-ago), By: "vagt"}}
	}
	sent := func(step nis2.Notice, ago time.Duration) nis2.Sent {
		return nis2.Sent{Step: step, At: noon.Add(-ago), By: "vagt"}
	}
	const day = 24 * time.Hour
	incident := func(id string, significant *bool, ago time.Duration, notices ...nis2.Sent) nis2.Incident {
		return nis2.Incident{ID: id, Municipality: "901", Significant: significant, Aware: aware(ago), Sent: map[nis2.Party][]nis2.Sent{nis2.PartyMunicipality: notices}}
	}
	centreOnly := incident("centre-only", ptr(true), 0)
	centreOnly.Aware = map[nis2.Party]nis2.Awareness{nis2.PartyCentre: {At: noon, By: "center"}}
	list := []nis2.Incident{
		incident("all-in-time", ptr(true), 60*day, sent(nis2.EarlyWarning, 59*day), sent(nis2.Notification, 57*day), sent(nis2.FinalReport, 26*day)),
		incident("late-warning", ptr(true), 10*day, sent(nis2.EarlyWarning, 9*day-time.Second), sent(nis2.Notification, 8*day)),
		incident("late-report", ptr(true), 60*day, sent(nis2.EarlyWarning, 60*day), sent(nis2.Notification, 58*day), sent(nis2.FinalReport, 26*day)),
		incident("nothing-sent", ptr(true), 80*time.Hour),
		incident("running", ptr(true), 5*time.Hour),
		incident("minor", ptr(false), 80*day),
		incident("undecided", nil, 80*day),
		incident("old", ptr(true), 400*day),
		centreOnly,
	}
	counted{name: "warned", control: "23-02", estate: newEstate("901"), incidents: list, failing: "late-warning nothing-sent", unknown: "centre-only running", known: 4}.run(t)
	counted{name: "notified", control: "23-03", estate: newEstate("901"), incidents: list, failing: "late-report nothing-sent", unknown: "centre-only late-warning running", known: 3}.run(t)

	closed := func(id, severity string, ago, review time.Duration) nis2.Incident {
		i := nis2.Incident{ID: id, Municipality: "901", Severity: severity, ClosedAt: noon.Add(-ago)}
		if review > 0 {
			i.ReviewAt = noon.Add(-review)
		}
		return i
	}
	counted{name: "gone through", control: "21b-08", estate: newEstate("901"), incidents: []nis2.Incident{
		closed("in-time", "2", 40*day, 10*day), closed("late", "3", 40*day, 9*day), closed("never", "2", 31*day, 0), closed("soon", "2", 5*day, 0),
		closed("small", "1", 40*day, 0), closed("words", "høj", 40*day, 0), closed("old", "3", 400*day, 0),
		{ID: "open", Municipality: "901", Severity: "3"}}, failing: "late never", unknown: "soon words", known: 3}.run(t)

	imported := []nis2.Facts{facts(t, "incidents", `id,severity,significant,aware_at,early_warning_at
own,3,ja,2026-11-01T12:00:00Z,
other,3,ja,2026-11-01T12:00:00Z,2026-11-02T13:00:00+01:00
`)}
	own := incident("own", ptr(true), 10*day, sent(nis2.EarlyWarning, 10*day))
	counted{name: "another register beside", control: "23-02", estate: newEstate("901"), incidents: []nis2.Incident{own}, facts: imported, known: 2}.run(t)
	counted{name: "another register alone", control: "23-02", estate: newEstate("901"), facts: imported, failing: "own", known: 2}.run(t)
}

func TestActionsRule(t *testing.T) {
	action := func(id, owner string, due inventory.Date, state nis2.ActionState) nis2.Action {
		return nis2.Action{ID: id, Municipality: "901", Owner: owner, Due: due, State: state}
	}
	joint := action("joint", "", 0, nis2.ActionOpen)
	joint.Municipality = ""
	counted{name: "open actions", control: "21f-05", estate: newEstate("901"), actions: []nis2.Action{
		action("fine", "It-chef", today, nis2.ActionOpen), action("late", "It-chef", today.AddDays(-1), nis2.ActionDoing), action("ownerless", "", today, nis2.ActionOpen),
		action("undated", "It-chef", 0, nis2.ActionOpen), action("done", "", 0, nis2.ActionDone), action("dropped", "", 0, nis2.ActionDropped), joint},
		failing: "late ownerless undated", known: 4}.run(t)
}

// A dataset that a municipality has not imported leaves its rules unconnected there and nowhere else; one
// without rows is inconclusive; and old data prove less and then nothing.
func TestFactsConnect(t *testing.T) {
	cat := load(t)
	e := newEstate("901", "902").asset(server("a", nil)).asset(server("b", func(a *inventory.Asset) { a.Municipality = "902" }))
	read := func(taken inventory.Date, rows string) nis2.Facts {
		f, err := nis2.ParseFacts("901", "dns_check", "csv", taken, []byte("domain,spf,dmarc_policy,dnssec\n"+rows))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	for _, c := range []struct {
		name  string
		fact  nis2.Facts
		level *int
		note  string
		share float64
	}{
		{"fresh", read(today, "a.dk,ja,reject,ja\n"), ptr(5), nis2.NoteDataOnly, 1},
		{"ageing", read(today.AddDays(-8), "a.dk,ja,reject,ja\n"), ptr(5), nis2.NoteAgeing, .5},
		{"stale", read(today.AddDays(-29), "a.dk,ja,reject,ja\n"), nil, nis2.NoteStale, 0},
		{"no rows", read(today, ""), nil, nis2.NoteNoMembers, 0},
	} {
		list := assessInput(t, cat, nis2.Input{Snapshot: e.build(), AsOf: today, Facts: []nis2.Facts{c.fact}})
		r := result(t, list[0], "21g-05")
		if diff := cmp.Diff(c.level, r.Automatic); diff != "" || r.Note != c.note || r.Confidence != c.share {
			t.Errorf("%s: level %v, note %q, confidence %g; want %v, %q, %g", c.name, r.Automatic, r.Note, r.Confidence, c.level, c.note, c.share)
		}
		if other := result(t, list[1], "21g-05"); other.Members != nil || other.Note != nis2.NoteNotConnected {
			t.Errorf("%s: the other municipality has members %v and note %q", c.name, other.Members, other.Note)
		}
	}
	// Data contradict a claim, and a second person sets them aside.
	bad := []nis2.Facts{read(today, "a.dk,nej,none,nej\n")}
	claim := answer("21g-05", 4, evidence)
	if r := result(t, assessInput(t, cat, nis2.Input{Snapshot: e.build(), AsOf: today, Facts: bad, Answers: []nis2.Answer{claim}})[0], "21g-05"); r.State != nis2.Contradicted || r.Effective != 0 {
		t.Errorf("a claim of 4 against failing domains is %s at level %d", r.State, r.Effective)
	}
	overridden(today)(&claim)
	if r := result(t, assessInput(t, cat, nis2.Input{Snapshot: e.build(), AsOf: today, Facts: bad, Answers: []nis2.Answer{claim}})[0], "21g-05"); r.State != nis2.Overridden || r.Effective != 4 {
		t.Errorf("set aside it is %s at level %d", r.State, r.Effective)
	}
}
