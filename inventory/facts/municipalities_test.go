package facts_test

import (
	"strings"
	"testing"

	"github.com/samdrift/samdrift/inventory/facts"
)

func TestAllMunicipalities(t *testing.T) {
	all := facts.Municipalities()
	population := 0
	for _, m := range all {
		population += m.Population
		if m.Latitude < 54 || m.Latitude > 58 || m.Longitude < 8 || m.Longitude > 15.3 {
			t.Errorf("%s lies outside Denmark: %v %v", m.Name, m.Latitude, m.Longitude)
		}
		if m.Source == "" || m.ITUsersEstimated == 0 || m.PopulationDate == 0 {
			t.Errorf("%s lacks source, estimate or date: %+v", m.Name, m)
		}
	}
	// The published national figure less Christiansø, which is no municipality.
	if len(all) != 98 || population != 6_025_511 {
		t.Errorf("%d municipalities with %d inhabitants, want 98 with 6,025,511", len(all), population)
	}
	if m, ok := facts.Municipality("461"); !ok || m.Name != "Odense" {
		t.Errorf("461 is %+v", m)
	}
}

func TestBrokenTableNamesLineAndColumn(t *testing.T) {
	head := "code,name,official_name,region,region_from_2027,seat,latitude,longitude,population,population_date,it_users_estimated,peer_group,domain\n"
	row := "461,Odense,Odense Kommune,R,R,Odense,55.4,10.4,209000,2026-01-01,15000,g,odense.dk\n"
	for text, want := range map[string]string{
		"code,name\n": "line 1: columns",
		head + strings.Replace(row, "55.4", "north", 1): "line 2 column latitude",
		head + row + row:      "line 3: code",
		head + "461,Odense\n": "wrong number of fields",
	} {
		if _, err := facts.ParseMunicipalities(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

func FuzzParseMunicipalities(f *testing.F) {
	f.Add("code,name\n1,2\n")
	f.Fuzz(func(t *testing.T, text string) {
		if all, err := facts.ParseMunicipalities(text); err == nil && len(all) > 0 && len(all[0].Code) != 3 {
			t.Error("accepted a code that is not three digits")
		}
	})
}
