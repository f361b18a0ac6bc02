package exchange_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"gopkg.in/yaml.v3"

	"github.com/samdrift/samdrift/planner/nis2/exchange"
)

func workbook(t *testing.T, rows ...[]string) *bytes.Reader {
	t.Helper()
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	for i, row := range rows {
		for j, cell := range row {
			at, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err != nil {
				t.Fatal(err)
			}
			if err := f.SetCellStr("Sheet1", at, cell); err != nil {
				t.Fatal(err)
			}
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(b.Bytes())
}

// The library has every article and control once, each control below its article, in both languages.
func TestCISOLibrary(t *testing.T) {
	cat := catalogue(t)
	var b bytes.Buffer
	if err := exchange.WriteCISOLibrary(&b, cat); err != nil {
		t.Fatal(err)
	}
	var l struct {
		Objects struct {
			Framework struct {
				Min   int `yaml:"min_score"`
				Max   int `yaml:"max_score"`
				Nodes []struct {
					URN, Name    string
					Assessable   bool
					Depth        int
					Parent       string `yaml:"parent_urn"`
					RefID        string `yaml:"ref_id"`
					Weight       int
					Translations map[string]struct{ Name string }
				} `yaml:"requirement_nodes"`
			}
		}
	}
	if err := yaml.Unmarshal(b.Bytes(), &l); err != nil {
		t.Fatal(err)
	}
	f := l.Objects.Framework
	if f.Min != 0 || f.Max != 5 || len(f.Nodes) != len(cat.Articles)+len(cat.Controls) {
		t.Errorf("scores %d-%d, %d nodes", f.Min, f.Max, len(f.Nodes))
	}
	urns := map[string]bool{}
	for _, n := range f.Nodes {
		if urns[n.URN] || n.URN != strings.ToLower(n.URN) {
			t.Errorf("urn %s is not one of its own in lower case", n.URN)
		}
		urns[n.URN] = true
		if n.Assessable && (!urns[n.Parent] || n.Weight < 1) || n.Name == "" || n.Translations["da"].Name == "" {
			t.Errorf("node %+v", n)
		}
	}
}

func TestCISOAuditRoundTrip(t *testing.T) {
	cat := catalogue(t)
	var b bytes.Buffer
	if err := exchange.WriteCISOAudit(&b, cat, filled()); err != nil {
		t.Fatal(err)
	}
	got, notes, err := exchange.ReadCISOAudit(bytes.NewReader(b.Bytes()), cat, "479")
	if err != nil {
		t.Fatal(err)
	}
	levels := map[string]int{}
	for _, a := range got {
		if !a.Unconfirmed || a.Municipality != "479" {
			t.Errorf("%+v is no proposal of 479", a)
		}
		levels[a.Control] = a.Level
	}
	if len(levels) != 4 || levels["21c-05"] != 3 || levels["20-01"] != 4 || levels["21c-03"] != 0 || levels["21e-06"] != 2 {
		t.Errorf("levels %v", levels)
	}
	if len(notes) != 1 || !strings.Contains(notes[0], "21j-04") {
		t.Errorf("notes %q, want one on 21j-04, which is not applicable", notes)
	}
	if _, _, err := exchange.ReadCISOAudit(workbook(t, []string{"ref_id", "score"}, []string{"20-01", "high"}), cat, "479"); err == nil || !strings.Contains(err.Error(), "row 2 (20-01)") {
		t.Errorf("a bad score: %v", err)
	}
}

func TestOS2compliance(t *testing.T) {
	cat := catalogue(t)
	k, _ := cat.Control("20-01") // refers to A.5.1 and A.5.4
	rows := [][]string{{"Statement of applicability"}, {"Nr.", "Titel", "Status"}}
	for _, ref := range k.Refs.ISO {
		rows = append(rows, []string{strings.TrimPrefix(ref, "A.") + " Titel", "", "Klar"})
	}
	rows[len(rows)-1][2] = "I gang"
	rows = append(rows, []string{"8.34", "", "Ikke relevant"})
	got, notes, err := exchange.ReadOS2compliance(workbook(t, rows...), cat, "479")
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, a := range got {
		if a.Control == "20-01" {
			found = a.Level == 2 && a.Unconfirmed
		}
	}
	if !found {
		t.Errorf("20-01 is not proposed at the lowest of its references: %+v", got)
	}
	if !strings.Contains(strings.Join(notes, "\n"), "ikke relevant") {
		t.Errorf("notes %q do not tell of what was left out", notes)
	}
	for _, bad := range [][][]string{{{"Titel", "Tekst"}}, {{"Titel", "Status"}}} {
		if _, _, err := exchange.ReadOS2compliance(workbook(t, bad...), cat, "479"); err == nil {
			t.Errorf("%v is read", bad)
		}
	}
}
