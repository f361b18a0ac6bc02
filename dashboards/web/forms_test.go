package web_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/samdrift/samdrift/dashboards"
	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner/nis2"
)

// post sends a form as a role. A field that begins with "@" is a file, its value name and content
// with a line break between.
func post(t *testing.T, role hub.Role, path string, fields url.Values, header ...string) (status int, body, location string) {
	t.Helper()
	var b bytes.Buffer
	media := "application/x-www-form-urlencoded"
	if file := fields.Get("@file"); file != "" {
		form := multipart.NewWriter(&b)
		for name := range fields {
			if name != "@file" {
				if err := form.WriteField(name, fields.Get(name)); err != nil {
					t.Fatal(err)
				}
			}
		}
		name, content, _ := strings.Cut(file, "\n")
		part, err := form.CreateFormFile("file", name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, content); err != nil {
			t.Fatal(err)
		}
		if err := form.Close(); err != nil {
			t.Fatal(err)
		}
		media = form.FormDataContentType()
	} else {
		b.WriteString(fields.Encode())
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, site.URL+path, &b)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", media)
	if role != "" {
		r.Header.Set("Authorization", "Bearer "+tokens[role])
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	data, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(data), answer.Header.Get("Location")
}

// forms gives, for every route that changes something, a form that would be taken from the right person.
func forms(municipality string) map[string]url.Values {
	return map[string]url.Values{
		"POST /gap/rounds":                         {"id": {"2027-1"}, "title": {"Forår"}, "due": {"2099-01-01"}},
		"POST /gap/rounds/close":                   {"id": {"2027-1"}},
		"POST /gap/actions":                        {"municipality": {municipality}, "title": {"Øv genskabelse"}, "controls": {"21c-05"}, "owner": {"Driftschef"}, "due": {"2099-01-01"}, "state": {"open"}},
		"POST /gap/incidents":                      {"municipality": {municipality}, "title": {"Nedbrud"}, "aware_municipality": {"2026-01-02T10:00"}, "aware_by_municipality": {"vagt"}},
		"POST /gap/incidents/sent":                 {"id": {"none"}, "party": {"municipality"}, "step": {"early_warning"}, "at": {"2026-01-02T12:00"}, "by": {"vagt"}},
		"POST /gap/{municipality}/sharing":         {"article": {"20"}},
		"POST /gap/{municipality}/answers":         {"control": {"20-02"}, "level": {"2"}},
		"POST /gap/{municipality}/answers/review":  {"control": {"20-01"}, "version": {"1"}},
		"POST /gap/{municipality}/answers/confirm": {"control": {"20-01"}, "version": {"1"}},
		"POST /gap/{municipality}/answers/import":  {"@file": {"svar.csv\n#samdrift;" + municipality + ";;;\nid;level\n20-03;1\n"}},
		"POST /gap/{municipality}/answers/apply":   {"answers": {"W10="}},
		"POST /gap/{municipality}/evidence":        {"control": {"20-01"}, "title": {"Note"}, "note": {"Set"}},
		"POST /gap/{municipality}/register":        {"kind": {"status_report"}, "date": {"2026-01-02"}},
		"POST /gap/{municipality}/register/remove": {"id": {"none"}},
		"POST /gap/{municipality}/evidence/remove": {"control": {"20-01"}, "id": {"none"}},
	}
}

// No role changes anything of a municipality that is not its own: neither another municipality nor the
// centre, the steering group or a stranger.
func TestEveryPostKeepsTheScope(t *testing.T) {
	for _, r := range routes() {
		if !strings.HasPrefix(r.Pattern, "POST /gap/") {
			continue
		}
		if _, ok := forms("")[r.Pattern]; !ok {
			t.Errorf("%s has no form here: its scope is not tested", r.Pattern)
			continue
		}
		for _, m := range whole.Municipalities {
			fields := forms(m.Code)[r.Pattern]
			for _, role := range []hub.Role{hub.RoleMunicipality, hub.RoleCentre, hub.RoleSteering, ""} {
				if role == hub.RoleMunicipality && m.Code == "479" {
					continue
				}
				want := http.StatusForbidden
				if role == "" {
					want = http.StatusUnauthorized
				}
				if status, body, _ := post(t, role, r.Probe(m.Code, ""), fields); status != want {
					t.Errorf("%s of %s as %q: %d, want %d: %.200s", r.Pattern, m.Code, role, status, want, body)
				}
			}
		}
		if r.Access == dashboards.Public {
			t.Errorf("%s is open to everybody", r.Pattern)
		}
	}
}

// A question is answered, refused with what was typed kept, reviewed by another, and downloaded.
func TestAnswering(t *testing.T) {
	const path = "/gap/479/answers"
	status, _, to := post(t, hub.RoleMunicipality, path, url.Values{"control": {"20-02"}, "full": {"1"}, "level": {"3"}, "owner": {"Kommunaldirektør"}})
	if status != http.StatusSeeOther || to != path+"?control=20-02" {
		t.Fatalf("%d %s", status, to)
	}
	_, body, _ := get(t, hub.RoleMunicipality, to)
	if !strings.Contains(body, `value="3" checked`) || !strings.Contains(body, "Kommunaldirektør") || strings.Contains(body, "/answers/review") {
		t.Error("the answer does not stand in its form, or the one who answered may review it")
	}
	status, body, _ = post(t, hub.RoleMunicipality, path, url.Values{"control": {"20-02"}, "full": {"1"}, "level": {"3"}, "na": {"on"}, "na_reason": {"Findes ikke her"}})
	if status != http.StatusUnprocessableEntity || !strings.Contains(body, "Ikke relevant: til og med mangler.") || !strings.Contains(body, `value="Findes ikke her"`) {
		t.Errorf("a refusal: %d, without reason or without what was typed", status)
	}
	status, body, _ = post(t, hub.RoleMunicipality, path, url.Values{"control": {"20-02"}, "level": {"9"}})
	if status != http.StatusUnprocessableEntity || !strings.Contains(body, "level 9 is outside 0-5") {
		t.Errorf("level 9: %d", status)
	}
	status, body, _ = post(t, hub.RoleMunicipality, path, url.Values{"control": {"20-02"}, "level": {"4"}}, "Samdrift-Autosave", "1")
	if status != http.StatusOK || !strings.Contains(body, "Gemt") || strings.Contains(body, "<html") {
		t.Errorf("autosave: %d %s", status, body)
	}
	_, body, _ = get(t, hub.RoleMunicipality, to)
	if !strings.Contains(body, "Kommunaldirektør") || !strings.Contains(body, "Tidligere svar") {
		t.Error("a part of the form that was not sent was lost")
	}
	if _, body, _ = get(t, hub.RoleAdmin, to); !strings.Contains(body, "/answers/review") {
		t.Error("a second person is not offered to review")
	}
	if status, _, _ = post(t, hub.RoleAdmin, path+"/review", url.Values{"control": {"20-02"}, "version": {versionOf(t, hub.RoleAdmin, to)}}); status != http.StatusSeeOther {
		t.Errorf("review: %d", status)
	}
	if _, body, _ = get(t, hub.RoleMunicipality, to); !strings.Contains(body, "Gennemset af Demo administrator") {
		t.Error("the review does not show")
	}
	if status, body, _ = post(t, hub.RoleMunicipality, path+"/review", url.Values{"control": {"20-02"}, "version": {versionOf(t, hub.RoleMunicipality, to)}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, "needs a second person") {
		t.Errorf("the one who answered reviews: %d", status)
	}
}

func TestEvidenceIsKeptAndComesBack(t *testing.T) {
	const path = "/gap/479/evidence"
	fields := url.Values{"control": {"20-03"}, "title": {"Kursusliste"}, "@file": {"kursus.txt\nAlle har deltaget."}}
	if status, body, _ := post(t, hub.RoleMunicipality, path, fields); status != http.StatusSeeOther {
		t.Fatalf("%d %s", status, body)
	}
	_, body, _ := get(t, hub.RoleMunicipality, "/gap/479/answers?control=20-03")
	_, rest, found := strings.Cut(body, `<a href="/gap/479/evidence/`)
	if !found {
		t.Fatal("the evidence is not listed")
	}
	id, _, _ := strings.Cut(rest, `"`)
	status, content, header := get(t, hub.RoleMunicipality, path+"/"+id)
	if status != http.StatusOK || content != "Alle har deltaget." || !strings.HasPrefix(header.Get("Content-Disposition"), "attachment") {
		t.Errorf("the file comes back as %d %q %s", status, content, header.Get("Content-Disposition"))
	}
	fields.Set("@file", "kursus.exe\nMZ\x90\x00")
	if status, body, _ := post(t, hub.RoleMunicipality, path, fields); status != http.StatusUnprocessableEntity || !strings.Contains(body, `value="Kursusliste"`) {
		t.Errorf("a program as evidence: %d", status)
	}
	fields.Set("@file", "stor.txt\n"+strings.Repeat("a", hub.MaxEvidenceBytes+2<<20))
	if status, body, _ := post(t, hub.RoleMunicipality, path+"?control=20-03", fields); status != http.StatusUnprocessableEntity || !strings.Contains(body, "højst fylde 10 MB") {
		t.Errorf("a file that is too large: %d", status)
	}
	if status, _, _ := post(t, hub.RoleMunicipality, path+"/remove", url.Values{"control": {"20-03"}, "id": {id}}); status != http.StatusSeeOther {
		t.Errorf("remove: %d", status)
	}
	if status, _, _ := get(t, hub.RoleMunicipality, path+"/"+id); status != http.StatusNotFound {
		t.Errorf("removed evidence: %d", status)
	}
}

// A file is first shown as differences, and changes something only when it is taken over.
func TestImportIsSeenBeforeItIsDone(t *testing.T) {
	_, sheet, _ := get(t, hub.RoleMunicipality, "/gap/479/answers.csv")
	lines := strings.Split(sheet, "\r\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "21g-05;") {
			cells := strings.Split(line, ";")
			cells[3], cells[6] = "5", "Uddannelsesansvarlig"
			lines[i] = strings.Join(cells, ";")
		}
	}
	status, body, _ := post(t, hub.RoleMunicipality, "/gap/479/answers/import", url.Values{"@file": {"svar.csv\n" + strings.Join(lines, "\r\n")}})
	_, rest, found := strings.Cut(body, `name="answers" value="`)
	if status != http.StatusOK || !found || !strings.Contains(body, "Uddannelsesansvarlig") {
		t.Fatalf("the dry run: %d %.300s", status, body)
	}
	if _, body, _ := get(t, hub.RoleMunicipality, "/gap/479/answers?control=21g-05"); strings.Contains(body, "Uddannelsesansvarlig") {
		t.Error("the dry run changed something")
	}
	held, _, _ := strings.Cut(rest, `"`)
	if status, body, _ := post(t, hub.RoleMunicipality, "/gap/479/answers/apply", url.Values{"answers": {strings.NewReplacer("&#43;", "+").Replace(held)}}); status != http.StatusSeeOther {
		t.Fatalf("taking over: %d %.300s", status, body)
	}
	if _, body, _ := get(t, hub.RoleMunicipality, "/gap/479/answers?control=21g-05"); !strings.Contains(body, "Uddannelsesansvarlig") {
		t.Error("the file was not taken over")
	}
	if status, body, _ := post(t, hub.RoleMunicipality, "/gap/479/answers/import", url.Values{"@file": {"svar.docx\nx"}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, "kan ikke læses som det valgte") {
		t.Errorf("a text document: %d", status)
	}
	status, book, header := get(t, hub.RoleMunicipality, "/gap/479/answers.xlsx")
	if status != http.StatusOK || !strings.HasPrefix(book, "PK") || !strings.Contains(header.Get("Content-Disposition"), "demodata-nis2-479.xlsx") {
		t.Errorf("the workbook: %d %s", status, header.Get("Content-Disposition"))
	}
}

// What OS2compliance holds comes in as proposals, and what it does not tell is said.
func TestOS2complianceIsProposed(t *testing.T) {
	f := excelize.NewFile()
	defer func() { check(f.Close()) }()
	check(f.SetSheetRow("Sheet1", "A1", &[]string{"Nr.", "Status"}))
	row := 2
	for _, k := range estate.Hub.Catalogue().Controls {
		for _, ref := range k.Refs.ISO {
			check(f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", row), &[]string{ref, "I gang"}))
			row++
		}
	}
	check(f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", row), &[]string{"A.5.1", "Ikke relevant"}))
	var book bytes.Buffer
	check(f.Write(&book))
	fields := url.Values{"@file": {"os2.xlsx\n" + book.String()}, "kind": {"os2compliance"}}
	status, body, _ := post(t, hub.RoleMunicipality, "/gap/479/answers/import", fields)
	if status != http.StatusOK || !strings.Contains(body, "Overtag ændringerne") || !strings.Contains(body, "suggests no level") {
		t.Errorf("the dry run: %d %.400s", status, body)
	}
	fields.Del("kind")
	if status, _, _ := post(t, hub.RoleMunicipality, "/gap/479/answers/import", fields); status != http.StatusUnprocessableEntity {
		t.Errorf("another program's workbook is taken for our own: %d", status)
	}
}

// A round, an action and an incident from the page that opens them to the page that shows them.
func TestRoundsActionsAndIncidents(t *testing.T) {
	if status, body, _ := post(t, hub.RoleAdmin, "/gap/rounds", url.Values{"id": {"2027-1"}, "title": {"Forår 2027"}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, "Frist mangler.") || !strings.Contains(body, `value="Forår 2027"`) {
		t.Errorf("a round without a due day: %d", status)
	}
	for _, id := range []string{"2027-1", "2027-2"} {
		if status, body, _ := post(t, hub.RoleAdmin, "/gap/rounds", url.Values{"id": {id}, "title": {"Runde " + id}, "due": {"2099-01-01"}}); status != http.StatusSeeOther {
			t.Fatalf("open: %d %.300s", status, body)
		}
		if _, body, _ := get(t, hub.RoleMunicipality, "/gap"); !strings.Contains(body, "Åben runde: Runde "+id) || strings.Contains(body, "/gap/rounds/close") {
			t.Error("the municipality does not see the round, or is offered to close it")
		}
		seen := versionOf(t, hub.RoleMunicipality, "/gap/479/answers?control=21a-01")
		if status, body, _ := post(t, hub.RoleMunicipality, "/gap/479/answers/confirm", url.Values{"control": {"21a-01"}, "version": {seen}}); status != http.StatusSeeOther {
			t.Errorf("confirm: %d %.300s", status, body)
		}
		if status, body, _ := post(t, hub.RoleAdmin, "/gap/rounds/close", url.Values{"id": {id}}); status != http.StatusSeeOther {
			t.Fatalf("close: %d %.300s", status, body)
		}
	}
	if _, body, _ := get(t, hub.RoleMunicipality, "/gap/479"); !strings.Contains(body, "Udvikling over lukkede runder") || !strings.Contains(body, "linechart") {
		t.Error("the closed rounds do not show as a trend")
	}

	action := forms("479")["POST /gap/actions"]
	a, _, err := estate.Hub.GapOf(t.Context(), people[0], "479")
	if err != nil {
		t.Fatal(err)
	}
	short := a.Controls[slices.IndexFunc(a.Controls, func(r nis2.ControlResult) bool { return r.Applicable && r.Effective < r.Target })]
	action.Set("due", "2020-01-01")
	action.Set("controls", short.ID)
	if status, body, _ := post(t, hub.RoleMunicipality, "/gap/actions", action); status != http.StatusSeeOther {
		t.Fatalf("an action: %d %.300s", status, body)
	}
	_, body, _ := get(t, hub.RoleMunicipality, "/gap/actions")
	if !strings.Contains(body, "1 over tid") || !strings.Contains(body, "Øv genskabelse") || !strings.Contains(body, "Når alt er gjort") {
		t.Error("the plan shows neither the action, that it is late, nor its effect")
	}
	if _, body, _ := get(t, hub.RoleCentre, "/gap/actions"); strings.Contains(body, "Øv genskabelse") {
		t.Error("the centre sees a municipality's own action")
	}
	action.Set("controls", "99x-01")
	if status, body, _ := post(t, hub.RoleMunicipality, "/gap/actions", action); status != http.StatusUnprocessableEntity || !strings.Contains(body, "99x-01") {
		t.Errorf("an action on no control: %d", status)
	}

	incident := forms("479")["POST /gap/incidents"]
	incident.Set("title", "")
	if status, body, _ := post(t, hub.RoleMunicipality, "/gap/incidents", incident); status != http.StatusUnprocessableEntity || !strings.Contains(body, "Hvad er sket mangler.") || !strings.Contains(body, `value="vagt"`) {
		t.Errorf("an incident without a title: %d", status)
	}
	incident.Set("title", "Nedbrud i mail")
	if status, body, _ := post(t, hub.RoleMunicipality, "/gap/incidents", incident); status != http.StatusSeeOther {
		t.Fatalf("an incident: %d %.300s", status, body)
	}
	_, body, _ = get(t, hub.RoleMunicipality, "/gap/incidents")
	for _, want := range []string{"Nedbrud i mail", "samdrift sender intet af sig selv", "Overskredet med", "UDKAST: Tidlig varsling", "03.01.2026 kl."} {
		if !strings.Contains(body, want) {
			t.Errorf("the register lacks %q", want)
		}
	}
	_, rest, _ := strings.Cut(body, "Nedbrud i mail")
	_, rest, _ = strings.Cut(rest, "?incident=")
	id, _, _ := strings.Cut(rest, "#")
	sent := url.Values{"id": {id}, "party": {"municipality"}, "step": {"early_warning"}, "at": {"2026-01-02T12:00"}, "by": {"vagt"}}
	if status, body, _ := post(t, hub.RoleMunicipality, "/gap/incidents/sent", sent); status != http.StatusSeeOther {
		t.Fatalf("sent: %d %.300s", status, body)
	}
	incident.Set("id", id)
	incident.Set("effects", "Alle postkasser")
	incident.Set("revision", "1") // as it was read before the notice was noted
	if status, body, _ := post(t, hub.RoleMunicipality, "/gap/incidents", incident); status != http.StatusUnprocessableEntity || !strings.Contains(body, `name="revision" value="2"`) {
		t.Errorf("an incident that was changed meanwhile: %d", status)
	}
	incident.Set("revision", "2")
	if status, body, _ := post(t, hub.RoleMunicipality, "/gap/incidents", incident); status != http.StatusSeeOther {
		t.Fatalf("change: %d %.300s", status, body)
	}
	if _, body, _ := get(t, hub.RoleMunicipality, "/gap/incidents"); !strings.Contains(body, "Sendt 0 døgn 22 t 0 min før fristen") || !strings.Contains(body, "Alle postkasser") {
		t.Error("what was noted as sent is lost, or the change is")
	}
	for _, role := range []hub.Role{hub.RoleCentre, hub.RoleSteering} {
		if _, body, _ := get(t, role, "/gap/incidents"); strings.Contains(body, "Nedbrud i mail") {
			t.Errorf("%s sees an incident of the municipality alone", role)
		}
	}
}

// What a municipality shares reaches the centre, article by article, and can be taken back.
func TestSharing(t *testing.T) {
	seen := func() bool {
		status, body, _ := get(t, hub.RoleCentre, "/gap/479/answers")
		return status == http.StatusOK && strings.Contains(body, "20-01") && !strings.Contains(body, "data-autosave")
	}
	if seen() {
		t.Error("the centre sees answers before they are shared")
	}
	if status, _, _ := post(t, hub.RoleMunicipality, "/gap/479/sharing", url.Values{"article": {"20"}, "named": {"on"}}); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	if !seen() {
		t.Error("the centre does not see what is shared")
	}
	if status, _, _ := get(t, hub.RoleCentre, "/gap/479/answers?control=21a-01"); status != http.StatusNotFound {
		t.Errorf("a control that is not shared: %d", status)
	}
	if status, _, _ := get(t, hub.RoleAdmin, "/gap/479/sharing"); status != http.StatusForbidden {
		t.Errorf("the administrator decides what is shared: %d", status)
	}
	if status, _, _ := post(t, hub.RoleMunicipality, "/gap/479/sharing", url.Values{}); status != http.StatusSeeOther || seen() {
		t.Error("sharing cannot be taken back")
	}
}

// For other programs there are documents; what they must hold is tested where they are written.
func TestOSCALDocuments(t *testing.T) {
	for _, document := range hub.OSCALDocuments {
		status, body, header := get(t, hub.RoleMunicipality, "/gap/479/oscal/"+document)
		if status != http.StatusOK || !strings.Contains(header.Get("Content-Disposition"), document+".json") || !strings.Contains(body, `"`+document+`": {`) {
			t.Errorf("%s: %d %v", document, status, header)
		}
	}
	if status, _, _ := get(t, hub.RoleMunicipality, "/gap/479/oscal/profile"); status != http.StatusNotFound {
		t.Errorf("a document that is not there: %d", status)
	}
}
