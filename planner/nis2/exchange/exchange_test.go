package exchange_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner/nis2"
	"github.com/samdrift/samdrift/planner/nis2/exchange"
)

var today = inventory.NewDate(2027, time.March, 1)

func catalogue(t testing.TB) *nis2.Catalogue {
	t.Helper()
	cat, err := nis2.Load()
	if err != nil {
		t.Fatal(err)
	}
	return cat
}

// filled is a questionnaire with everything that an answer can hold, and texts that try to be formulas.
func filled() exchange.Sheet {
	answer := func(control string, level int) nis2.Answer {
		return nis2.Answer{Municipality: "479", Round: "2027-1", Control: control, Level: level, AnsweredBy: "IT-chef", AnsweredAt: today}
	}
	s := exchange.Sheet{Municipality: "479", Round: "2027-1"}
	a := answer("20-01", 4)
	a.Evidence, a.EvidenceUntil, a.Owner, a.ReviewedBy = "Referat, punkt 7: \"godkendt\"\nbilag 2; æøå", today.AddDays(365), "Direktør", "Chefjurist"
	b := answer("21c-03", 0)
	b.Evidence = "=HYPERLINK(\"http://example.org\")"
	e := answer("21c-05", 3)
	e.Evidence, e.EvidenceUntil = "https://example.org/prøve?a=1&b=2", today.AddDays(40)
	e.Override = &nis2.Override{Reason: "Undtagelse: ældre system afvikles, øvrige er målt", By: "Chefjurist", Until: today.AddDays(60)}
	c := answer("21e-06", 2)
	c.Owner, c.Override = "+45 12 34 56 78", &nis2.Override{Reason: "-ny måling på vej", By: "@revisor", Until: today.AddDays(30)}
	d := answer("21j-04", 0)
	d.NotApplicable = &nis2.NotApplicable{Reason: "Bruges ikke", ApprovedBy: "Chefjurist", Until: today.AddDays(90)}
	s.Answers = []nis2.Answer{a, b, e, c, d}
	return s
}

func TestXLSXRoundTrip(t *testing.T) {
	cat := catalogue(t)
	for _, language := range []string{"da", "en"} {
		var book bytes.Buffer
		if err := exchange.WriteXLSX(&book, cat, filled(), language); err != nil {
			t.Fatal(err)
		}
		formulaFree(t, book.Bytes())
		back(t, cat, exchange.ReadXLSX, book.Bytes())
	}
}

func TestCSVRoundTrip(t *testing.T) {
	cat := catalogue(t)
	var file bytes.Buffer
	if err := exchange.WriteCSV(&file, cat, filled(), "da"); err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(file.String(), "\ufeff")))
	r.Comma, r.FieldsPerRecord = ';', -1
	lines, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		for _, cell := range line {
			if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
				t.Errorf("a spreadsheet would run %s", cell)
			}
		}
	}
	back(t, cat, exchange.ReadCSV, file.Bytes())
}

// back reads a file and wants all of filled in it.
func back(t *testing.T, cat *nis2.Catalogue, read func(io.Reader, *nis2.Catalogue) (exchange.Sheet, error), data []byte) {
	t.Helper()
	got, err := read(bytes.NewReader(data), cat)
	if err != nil {
		t.Fatal(err)
	}
	want := filled()
	if got.Municipality != want.Municipality || got.Round != want.Round || got.Digest != exchange.Digest(cat) {
		t.Errorf("the file is of %s, round %s, digest %s", got.Municipality, got.Round, got.Digest)
	}
	if diff := cmp.Diff(want.Answers, got.Answers); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := nis2.Validate(cat, got.Answers); err != nil {
		t.Error(err)
	}
}

func formulaFree(t *testing.T, book []byte) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		if !strings.HasPrefix(f.Name, "xl/worksheets/") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		var text bytes.Buffer
		_, err = text.ReadFrom(r)
		if err != nil || strings.Contains(text.String(), "<f>") {
			t.Errorf("%s holds a formula (%v)", f.Name, err)
		}
	}
}

// A person opens the workbook in real office software, changes one level, and saves it.
func TestXLSXThroughLibreOffice(t *testing.T) {
	office, err := exec.LookPath("soffice")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("LibreOffice is not installed: apt-get install libreoffice-calc-nogui")
		}
		t.Skip("SKIPPED, NO LIBREOFFICE: apt-get install libreoffice-calc-nogui")
	}
	cat := catalogue(t)
	folder := t.TempDir()
	in := filepath.Join(folder, "answers.xlsx")
	var book bytes.Buffer
	if err := exchange.WriteXLSX(&book, cat, filled(), "da"); err != nil {
		t.Fatal(err)
	}
	edited := edit(t, book.Bytes(), "20-01", "3")
	if err := os.WriteFile(in, edited, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(office, "-env:UserInstallation=file://"+filepath.Join(folder, "profile"), "--headless", "--norestore",
		"--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", filepath.Join(folder, "saved"), in)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v\n%s", err, out)
	}
	saved, err := os.ReadFile(filepath.Join(folder, "saved", "answers.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(saved, edited) {
		t.Fatal("the office program did not save the file anew")
	}
	got, err := exchange.ReadXLSX(bytes.NewReader(saved), cat)
	if err != nil {
		t.Fatal(err)
	}
	want := []exchange.Change{{Control: "20-01", Field: "level", From: "4", To: "3"}}
	if diff := cmp.Diff(want, exchange.Changes(cat, filled().Answers, got.Answers)); diff != "" {
		t.Errorf("what the person changed (-want +got):\n%s", diff)
	}
	formulaFree(t, saved)
	stillAQuestionnaire(t, saved)
}

// stillAQuestionnaire wants what helps people fill the workbook in to be there after saving: the levels to
// choose from on every row, and the id column and the last sheet out of sight.
func stillAQuestionnaire(t *testing.T, book []byte) {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	choices, err := f.GetDataValidations("Besvarelse")
	if err != nil || len(choices) != 1 || !strings.Contains(choices[0].Formula1, "0,1,2,3,4,5") || choices[0].Sqref != "D2:D81" {
		t.Errorf("the levels to choose from: %+v, %v", choices, err)
	}
	if shown, err := f.GetColVisible("Besvarelse", "A"); shown || err != nil {
		t.Errorf("the id column is shown: %t, %v", shown, err)
	}
	if shown, err := f.GetSheetVisible("samdrift"); shown || err != nil {
		t.Errorf("the sheet that tells what the file is is shown: %t, %v", shown, err)
	}
}

// edit sets a control's level as a person would.
func edit(t *testing.T, book []byte, control, level string) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := f.GetRows("Besvarelse")
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		if row[0] == control {
			if err := f.SetCellStr("Besvarelse", fmt.Sprintf("D%d", i+1), level); err != nil {
				t.Fatal(err)
			}
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestFaultsNameTheRow(t *testing.T) {
	cat := catalogue(t)
	const head = "id;level;evidence_until;na_reason\n"
	for rows, want := range map[string]string{
		"20-01;7;;\n":             `row 2 (20-01): level: level "7" is none of 0 to 5`,
		"20-01;2;next year;\n":    `row 2 (20-01): evidence_until: "next year" is no date`,
		"99-01;2;;\n":             `row 2: no control "99-01"`,
		"20-01;2;;\n20-01;3;;\n":  "row 3: 20-01 stands in row 2 too",
		"20-01;;2027-01-01;\n":    "level: is empty although the row is filled in",
		"20-01;" + "2,5" + ";;\n": `level "2,5"`,
	} {
		_, err := exchange.ReadCSV(strings.NewReader(head+rows), cat)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one with %q", rows, err, want)
		}
	}
	for file, want := range map[string]string{"": "no rows", "level;evidence\n3;x\n": `column "id" is missing`} {
		if _, err := exchange.ReadCSV(strings.NewReader(file), cat); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one with %q", file, err, want)
		}
	}
	s, err := exchange.ReadCSV(strings.NewReader("#samdrift;479;r;nis2 0.0.1;abc\n"+head+"20-01;3,0;31-12-2027;\n"), cat)
	if err == nil || !strings.Contains(err.Error(), "written for catalogue nis2 0.0.1") {
		t.Errorf("another catalogue's file: %v", err)
	}
	if len(s.Answers) != 1 || s.Answers[0].Level != 3 || s.Answers[0].EvidenceUntil.String() != "2027-12-31" {
		t.Errorf("what could be read is lost: %+v", s.Answers)
	}
	if _, err := exchange.ReadXLSX(bytes.NewReader(make([]byte, exchange.MaxBytes+1)), cat); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("a huge file: %v", err)
	}
	if _, err := exchange.ReadXLSX(strings.NewReader("PK nonsense"), cat); err == nil {
		t.Error("nonsense is read as a workbook")
	}
}

func FuzzReadCSV(f *testing.F) {
	cat := catalogue(f)
	var file bytes.Buffer
	if err := exchange.WriteCSV(&file, cat, filled(), "da"); err != nil {
		f.Fatal(err)
	}
	f.Add(file.String())
	f.Add("id,level\n20-01,3\n")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := exchange.ReadCSV(strings.NewReader(text), cat)
		if err != nil {
			return
		}
		for _, a := range s.Answers {
			if _, ok := cat.Control(a.Control); !ok || a.Level < 0 || a.Level > 5 {
				t.Errorf("read %+v", a)
			}
		}
	})
}
