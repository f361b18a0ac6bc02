package nis2

import (
	"fmt"
	"strings"

	"github.com/samdrift/samdrift/inventory"
)

// DemoFile is a file of a dataset as another system would write it.
type DemoFile struct {
	Dataset string
	CSV     string
}

// DemoFacts invents what other systems would tell of a municipality: DEMODATA ONLY, named so in every row that
// has a name. About half of the municipalities have imported something.
func DemoFacts(code string, seed uint64, asOf inventory.Date) []DemoFile {
	r := demoDraw(seed, code, "facts")
	if r.Float64() < 0.5 {
		return nil
	}
	yes := func(share float64) string {
		if r.Float64() < share {
			return "ja"
		}
		return "nej"
	}
	dns := "domain,spf,dkim,dmarc_policy,dnssec\n"
	tls := "endpoint,min_version,key_bits,signature,not_after,owner\n"
	for i, name := range []string{"www", "post", "borger", "intranet"} {
		host := fmt.Sprintf("%s.demo-%s.example", name, code)
		dns += fmt.Sprintf("%s,%s,%s,%s,%s\n", host, yes(0.95), yes(0.9), []string{"reject", "quarantine", "none"}[r.IntN(3)], yes(0.6))
		tls += fmt.Sprintf("%s:443,%s,2048,sha256WithRSAEncryption,%s,Demo drift\n", host, []string{"tls1.2", "tls1.3", "tls1.2", "tls1.0"}[r.IntN(4)], asOf.AddDays(5+i*60+r.IntN(60)))
	}
	var lms strings.Builder
	lms.WriteString("person_group,role,course,completed_at,campaign,click_rate,report_rate\n")
	for i := range 30 {
		role, done := "staff", asOf.AddDays(-r.IntN(500)).String()
		if i < 5 {
			role = "management_body"
		}
		if r.Float64() < 0.15 {
			done = ""
		}
		_, _ = fmt.Fprintf(&lms, "demo-person-%02d,%s,Demo cybersikkerhed,%s,,,\n", i, role, done)
	}
	for i := range 2 {
		_, _ = fmt.Fprintf(&lms, ",,,%s,demo-kampagne-%d,%d %%,%d %%\n", asOf.AddDays(-60-120*i), i+1, 2+r.IntN(9), 20+r.IntN(40))
	}
	access := "site,access_log,door_alarm\n"
	for _, site := range []string{"Serverrum", "Rådhus", "Skole 1", "Plejecenter 1", "Bibliotek 1"} {
		access += fmt.Sprintf("%s (demo),%s,%s\n", site, yes(0.85), yes(0.8))
	}
	// Ranges that are kept free for examples (RFC 5737); nobody can have them.
	registered := asOf.AddDays(-300).String()
	ranges := "range,in_use,in_use_since,registered_at\n"
	ranges += fmt.Sprintf("192.0.2.0/25,ja,%s,%s\n", asOf.AddDays(-2000), registered)
	ranges += fmt.Sprintf("198.51.100.0/24,%s,%s,%s\n", yes(0.7), asOf.AddDays(-900), registered)
	ranges += fmt.Sprintf("203.0.113.64/27,ja,%s,%s\n", asOf.AddDays(-3-r.IntN(60)), []string{"ingen", asOf.AddDays(-1).String()}[r.IntN(2)])
	return []DemoFile{{DatasetDNS, dns}, {DatasetTLS, tls}, {DatasetTraining, lms.String()}, {DatasetAccess, access}, {DatasetRanges, ranges}}
}

// DemoEntries invents lines of a municipality's register: DEMODATA ONLY, as each line's note says. What some
// have done, others have not, or long ago.
func DemoEntries(code string, seed uint64, asOf inventory.Date) []Entry {
	r := demoDraw(seed, code, "register")
	lines := []Entry{}
	add := func(kind EntryKind, within int, share float64, edit func(*Entry)) {
		done := asOf.AddDays(-1 - r.IntN(within))
		if r.Float64() > share {
			return
		}
		x := Entry{Municipality: code, Kind: kind, Date: done, Note: "Demodata"}
		if edit != nil {
			edit(&x)
		}
		lines = append(lines, x)
	}
	add(EntryStatusReport, 300, 0.8, nil)
	add(EntryContactCheck, 400, 0.6, nil)
	add(EntryIncidentExercise, 700, 0.7, nil)
	add(EntryCrisisExercise, 700, 0.7, nil)
	add(EntryChannelTest, 300, 0.5, func(x *Entry) { x.Subject = "Demo satellittelefon" })
	for i := range 4 {
		grave := r.Float64() < 0.6
		add(EntryRisk, 300, 0.7, func(x *Entry) {
			x.Subject, x.Grave, x.Owner = fmt.Sprintf("Demo risiko %d", i+1), &grave, "It-chef"
			if r.Float64() < 0.7 {
				x.Due, x.Decision = asOf.AddDays(30+r.IntN(200)), "Demodata: rest accepteret"
			}
		})
	}
	return lines
}
