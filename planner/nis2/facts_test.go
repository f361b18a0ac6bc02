package nis2_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
)

// facts reads a dataset of municipality 901 as taken today.
func facts(t testing.TB, dataset, csv string) nis2.Facts {
	t.Helper()
	f, err := nis2.ParseFacts("901", dataset, "csv", today, []byte(csv))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// The columns of every dataset are those of the catalogue, so that what is documented is what is read.
func TestFactsColumns(t *testing.T) {
	cat := load(t)
	for _, dataset := range nis2.Datasets() {
		want := cat.Datasets[dataset]
		if len(want) == 0 {
			t.Errorf("the catalogue has no dataset %s", dataset)
			continue
		}
		_, err := nis2.ParseFacts("901", dataset, "csv", today, []byte("no_such_column\n"))
		if err == nil {
			t.Errorf("%s takes an unknown column", dataset)
			continue
		}
		_, list, _ := strings.Cut(err.Error(), "the dataset has ")
		list, _, _ = strings.Cut(list, "\n")
		if diff := cmp.Diff(want, strings.Split(list, ", ")); diff != "" {
			t.Errorf("%s (-catalogue +read):\n%s", dataset, diff)
		}
		if _, err := nis2.ParseFacts("901", dataset, "csv", today, []byte(strings.Join(want, ",")+"\n")); err != nil {
			t.Errorf("%s refuses a file without rows: %v", dataset, err)
		}
	}
}

// The same rows as a Danish spreadsheet saves them, as plain CSV and as JSON.
func TestFactsForms(t *testing.T) {
	danish := "\ufeffAsset_ID;scanned_at;cve;cvss;known_exploited;first_seen\r\nsrv1;20-11-2026;CVE-2026-1;9,8;ja;1.11.2026\r\n\"srv;2\";20-11-2026;;;nej;\r\n"
	plain := "asset_id,scanned_at,cve,cvss,known_exploited,first_seen\nsrv1,2026-11-20,CVE-2026-1,9.8,true,2026-11-01\nsrv;2,2026-11-20,,,0,\n"
	list := `[{"asset_id":"srv1","scanned_at":"2026-11-20","cve":"CVE-2026-1","cvss":9.8,"known_exploited":true,"first_seen":"2026-11-01"},
		{"asset_id":"srv;2","scanned_at":"2026-11-20","known_exploited":"no","cvss":null}]`
	want := facts(t, "vuln_scanner", danish)
	if want.Len() != 2 || want.Holes[1].Asset != "srv;2" || want.Holes[1].CVSS != nil || *want.Holes[0].CVSS != 9.8 {
		t.Fatalf("read %+v", want)
	}
	// plain has a semicolon in its second row only; the head decides.
	if diff := cmp.Diff(want, facts(t, "vuln_scanner", plain)); diff != "" {
		t.Errorf("plain CSV:\n%s", diff)
	}
	got, err := nis2.ParseFacts("901", "vuln_scanner", "json", today, []byte(list))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("JSON:\n%s", diff)
	}
	kept, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var back nis2.Facts
	if err := json.Unmarshal(kept, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, back); diff != "" {
		t.Errorf("kept and read again:\n%s", diff)
	}
}

func TestFactsFaults(t *testing.T) {
	for _, c := range []struct{ name, dataset, format, text, want string }{
		{"unknown dataset", "weather", "csv", "a\n1\n", `"weather" is none of`},
		{"unknown format", "edr", "xml", "", "neither csv nor json"},
		{"empty", "edr", "csv", "", "the first line must name the columns"},
		{"missing column", "edr", "csv", "asset_id,active\na,ja\n", `row 1: column "reported_at" is missing`},
		{"column twice", "edr", "csv", "asset_id,asset_id,reported_at\na,a,2026-11-20\n", `"asset_id" stands twice`},
		{"short row", "edr", "csv", "asset_id,reported_at\na,2026-11-20\nb\n", "row 3: wrong number of fields"},
		{"empty cell", "edr", "csv", "asset_id,reported_at\na,2026-11-20\n,2026-11-20\n", "row 3: column asset_id: is empty"},
		{"row after a value over two lines", "edr", "csv", "asset_id,reported_at\n\"a\nb\",2026-11-20\nc,x\n", "row 4: column reported_at"},
		{"American date", "edr", "csv", "asset_id,reported_at\na,11/20/2026\n", `"11/20/2026": want a date`},
		{"no such day", "edr", "csv", "asset_id,reported_at\na,30-02-2026\n", "want a date"},
		{"tomorrow", "edr", "csv", "asset_id,reported_at\na,2026-11-22\n", "is after 2026-11-21"},
		{"long ago", "edr", "csv", "asset_id,reported_at\na,0026-11-20\n", "want a date"},
		{"yes or no", "edr", "csv", "asset_id,active,reported_at\na,måske,2026-11-20\n", "row 2: column active: \"måske\": want yes or no"},
		{"below zero", "patch_system", "csv", "asset_id,missing_updates,reported_at\na,-1,2026-11-20\n", "want a whole number from 0"},
		{"no number", "vuln_scanner", "csv", "asset_id,cvss,scanned_at\na,NaN,2026-11-20\n", "want a number from 0 to 10"},
		{"too large", "vuln_scanner", "csv", "asset_id,cvss,scanned_at\na,10.1,2026-11-20\n", "want a number from 0 to 10"},
		{"percent as a plain number", "lms_csv", "csv", "campaign,click_rate,completed_at\nk,4,2026-11-20\n", "want a number from 0 to 1"},
		{"no such severity", "patch_system", "csv", "asset_id,severity,reported_at\na,hot,2026-11-20\n", `"hot" is none of [critical`},
		{"port", "outside_scan", "csv", "address,port,scanned_at\n192.0.2.1,65536,2026-11-20\n", "from 0 to 65535"},
		{"moment without zone", "incidents", "csv", "id,aware_at\n1,2026-11-20 12:00\n", "want date, time and zone"},
		{"account twice", "directory", "csv", "account\nabc\nABC\n", "row 3: tells of the same as row 2"},
		{"neither person nor campaign", "lms_csv", "csv", "role\nstaff\n", "needs either person_group or campaign"},
		{"person without role", "lms_csv", "csv", "person_group\np1\n", "role is missing"},
		{"alarm without severity", "monitoring", "csv", "asset_id,raised_at\na,2026-11-20T12:00:00Z\n", "needs both severity and raised_at"},
		{"acknowledged too early", "monitoring", "csv", "asset_id,severity,raised_at,acknowledged_at\na,info,2026-11-20T12:00:00Z,2026-11-20T11:00:00Z\n", "acknowledged_at is before raised_at"},
		{"offset no number", "monitoring", "csv", "asset_id,clock_offset\na,-x\n", "want a number"},
		{"not a list", "edr", "json", `{"a":1}`, "must be a JSON list"},
		{"not an object", "edr", "json", `[1]`, "row 1: 1 stands where an object should"},
		{"unknown name", "edr", "json", `[{"asset_id":"a","reported_at":"2026-11-20"},{"asset_id":"a","reported_at":"2026-11-20","os":"x"}]`, `row 2: column "os" is unknown`},
		{"name twice", "edr", "json", `[{"asset_id":"a","asset_id":"b"}]`, `"asset_id" stands twice`},
		{"nested", "edr", "json", `[{"asset_id":["a"]}]`, "holds a list or an object"},
		{"cut off", "edr", "json", `[{"asset_id":"a","reported_at":"2026-11-20"}`, "does not end"},
		{"more", "edr", "json", `[] []`, "text follows the list"},
		{"not text", "edr", "csv", "asset_id,reported_at\n\xff,2026-11-20\n", "not UTF-8"},
	} {
		f, err := nis2.ParseFacts("901", c.dataset, c.format, today, []byte(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if f.Len() != 0 {
			t.Errorf("%s: a refused file gave %d rows", c.name, f.Len())
		}
	}
	for name, err := range map[string]error{"no municipality": second(nis2.ParseFacts("", "edr", "csv", today, nil)), "no day": second(nis2.ParseFacts("901", "edr", "csv", 0, nil))} {
		if err == nil {
			t.Errorf("took a file with %s", name)
		}
	}
	faults := strings.Count(second(nis2.ParseFacts("901", "edr", "csv", today, []byte("asset_id,reported_at\n"+strings.Repeat("a,x\n", 1000)))).Error(), "row ")
	if faults == 0 || faults > 60 {
		t.Errorf("%d faults of 1000 are told", faults)
	}
}

func second[T any](_ T, err error) error { return err }

// Names of persons leave no trace in what is kept, and the same name gives the same key.
func TestFactsKeepNoNames(t *testing.T) {
	accounts := "account,kind,enabled,owner\nanna.jensen@example.dk,user,ja,Bo Holm\nbho,admin,ja,Bo Holm\nCarla Dam,supplier,ja,Carla Dam\nsvc-backup,service,ja,Drift\nukendt,,ja,\n"
	people := "person_group,role,course,completed_at\nAnna Jensen,staff,Phishing,2026-01-10\nstilling 7,management_body,NIS2,2026-01-10\n"
	for dataset, text := range map[string]string{"directory": accounts, "lms_csv": people} {
		f := facts(t, dataset, text)
		kept, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"anna", "jensen", "bho", "Holm", "Carla", "Dam", "ukendt"} {
			if strings.Contains(strings.ToLower(string(kept)), strings.ToLower(name)) {
				t.Errorf("%s keeps the name %q: %s", dataset, name, kept)
			}
		}
		if diff := cmp.Diff(f, facts(t, dataset, text)); diff != "" {
			t.Errorf("%s: the same file gives other keys:\n%s", dataset, diff)
		}
	}
	f := facts(t, "directory", accounts)
	if f.Accounts[3].Account != "svc-backup" || !f.Accounts[3].Owned || f.Accounts[4].Owned {
		t.Errorf("a service account must stay readable, and whether somebody owns it: %+v", f.Accounts[3:])
	}
}

func TestFactsUnmatched(t *testing.T) {
	e := newEstate("901", "902").
		asset(server("a1", func(a *inventory.Asset) { a.Name = "srv1.odense.dk" })).
		asset(server("a2", func(a *inventory.Asset) { a.Name = "twin" })).
		asset(server("a3", func(a *inventory.Asset) { a.Name = "TWIN.other" })).
		asset(server("a4", func(a *inventory.Asset) { a.Status = inventory.Retired })).
		asset(server("b1", func(a *inventory.Asset) { a.Municipality = "902" }))
	f := facts(t, "edr", "asset_id,reported_at\na1,2026-11-20\nSRV1,2026-11-20\ntwin,2026-11-20\na4,2026-11-20\nb1,2026-11-20\nghost,2026-11-20\nghost,2026-11-20\n")
	if diff := cmp.Diff([]string{"a4", "b1", "ghost", "twin"}, f.Unmatched(e.build())); diff != "" {
		t.Error(diff)
	}
}

// Whatever the file holds, it is read whole or refused, and what was read can be kept and counted.
func FuzzFacts(f *testing.F) {
	for _, dataset := range nis2.Datasets() {
		f.Add(dataset, false, "asset_id,reported_at,account,id,domain\na,2026-11-20,b,c,d\n")
		f.Add(dataset, true, `[{"asset_id":"a","reported_at":"2026-11-20","port":22}]`)
	}
	f.Add("edr", false, "\ufeffasset_id;active;reported_at\r\n\"a\r\nb\";ja;20-11-2026\r\n")
	f.Add("lms_csv", false, "campaign,click_rate,report_rate,completed_at\nk,\"4,2 %\",30%,2026-11-20\n")
	f.Add("incidents", false, "id,significant,aware_at\n1,ja,2026-11-20T12:00:00+01:00\n")
	f.Add("directory", false, "account,kind,hr_end_date,enabled\nx,user,ingen,1\n")
	f.Add("tls_scan", false, "endpoint,key_bits,signature\nx,512,SHA-1\n")
	cat := load(f)
	f.Fuzz(func(t *testing.T, dataset string, asJSON bool, text string) {
		format := map[bool]string{true: "json", false: "csv"}[asJSON]
		got, err := nis2.ParseFacts("901", dataset, format, today, []byte(text))
		if err != nil {
			if got.Len() != 0 {
				t.Fatalf("refused, and gave %d rows", got.Len())
			}
			return
		}
		kept, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		var back nis2.Facts
		if err := json.Unmarshal(kept, &back); err != nil || back.Len() != got.Len() {
			t.Fatalf("kept %d rows, read %d again: %v", got.Len(), back.Len(), err)
		}
		in := nis2.Input{Snapshot: newEstate("901").asset(server("a", nil)).build(), AsOf: today, Facts: []nis2.Facts{got}}
		got.Unmatched(in.Snapshot)
		for _, r := range assessInput(t, cat, in)[0].Controls {
			if m := r.Members; m != nil && (m.Known+len(m.UnknownIDs) != m.Population || m.Failing > m.Known) {
				t.Fatalf("%s counts %+v", r.ID, m)
			}
		}
	})
}
