package nis2_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/planner/nis2"
)

const choices = `base: nis2-dk-kommune 0.1.0
version: fyn.1
author: Programme board
date: "2026-10-01"
reason: Backup counts more to us, and old servers are tolerated until the move.
articles: {"20": 6, "21c": 16}
controls:
  21c-03: {weight: 4, target: 3, centre_share: 0.5}
  21e-01: {bands: share_bad_wide}
`

func TestOverlay(t *testing.T) {
	cat := load(t)
	before := load(t)
	o, err := nis2.ParseOverlay("choices.yaml", []byte(choices))
	if err != nil {
		t.Fatal(err)
	}
	got, err := cat.With(o)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != "nis2-dk-kommune 0.1.0+fyn.1" {
		t.Errorf("version %s does not tell of the choices", got)
	}
	backup, _ := got.Control("21c-03")
	if backup.Weight != 4 || backup.Target != 3 || backup.CentreShare != 0.5 {
		t.Errorf("21c-03 is %d, %d, %v", backup.Weight, backup.Target, backup.CentreShare)
	}
	servers, _ := got.Control("21e-01")
	if servers.Rule.Bands != "share_bad_wide" || servers.Rule.PassWhen != "share_bad <= 0.05" {
		t.Errorf("21e-01 passes when %s by %s", servers.Rule.PassWhen, servers.Rule.Bands)
	}
	if a, _ := got.Article("21c"); a.Weight != 16 {
		t.Errorf("21c weighs %d", a.Weight)
	}
	if diff := cmp.Diff(before, cat); diff != "" {
		t.Errorf("the catalogue itself changed:\n%s", diff)
	}
}

func TestOverlayFaults(t *testing.T) {
	cat := load(t)
	for _, c := range []struct{ replace, by, want string }{
		{"0.1.0", "0.0.9", `base is "nis2-dk-kommune 0.0.9"`},
		{"author: Programme board", "author: ''", "author is missing"},
		{`date: "2026-10-01"`, "", "date is missing"},
		{`"20": 6`, `"20": 8`, "sum to 102"},
		{`"20": 6`, `"99": 6`, "articles 99: the catalogue has no such article"},
		{"21c-03:", "21c-99:", "controls 21c-99: the catalogue has no such control"},
		{"weight: 4", "weight: 9", "weight 9 is outside 1-5"},
		{"centre_share: 0.5", "centre_share: 1.5", "centre_share 1.5 is outside 0-1"},
		{"share_bad_wide", "generous", `bands "generous" is none of the catalogue's`},
		{"21e-01:", "20-01:", "has no rule"},
		{"controls:", "bands: {share_bad: [{level: 3, max: 0.1}, {level: 4, max: 0.2}, {level: 0}]}\ncontrols:", "level 4 does not fall from 3"},
		{"controls:", "bands: {share_bad: [{level: 5, max: 0.1}]}\ncontrols:", "the last has neither"},
	} {
		o, err := nis2.ParseOverlay("choices.yaml", []byte(strings.Replace(choices, c.replace, c.by, 1)))
		if err == nil {
			_, err = cat.With(o)
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q for %q: error %v, want one with %q", c.by, c.replace, err, c.want)
		}
	}
	if _, err := nis2.ParseOverlay("choices.yaml", []byte(choices+"wieght: 4\n")); err == nil || !strings.Contains(err.Error(), "choices.yaml") {
		t.Errorf("an unknown key is taken: %v", err)
	}
}

// The centre is assessed by the 13 sections of 2024/2690, with the same controls.
func TestCentreProfile(t *testing.T) {
	cat := load(t)
	centre := cat.Profile(nis2.ProfileCentre)
	if len(centre.Articles) != 13 {
		t.Errorf("%d sections, want 13", len(centre.Articles))
	}
	sum := 0
	for _, a := range centre.Articles {
		sum += a.Weight
		if a.Title.DA == "" || a.Title.EN == "" || a.Weight <= 0 {
			t.Errorf("section %+v", a)
		}
	}
	if sum != 100 {
		t.Errorf("sections weigh %d, want 100", sum)
	}
	for _, k := range centre.Controls {
		original, _ := cat.Control(k.ID)
		if original.DeliveredBy == nis2.ByMunicipality {
			t.Errorf("%s is the municipality's alone", k.ID)
		}
		if _, ok := centre.Article(k.Article); !ok {
			t.Errorf("%s stands in section %s, which is none", k.ID, k.Article)
		}
	}
	list := assess(t, centre, newEstate("461").build(), answer("21c-03", 4, of("461")))
	if len(list) != 1 || len(list[0].Articles) != 13 || list[0].Overall.Headline <= 0 {
		t.Errorf("assessment by the centre's profile: %+v", list[0].Overall)
	}
	if cat.Profile(nis2.ProfileMunicipality) != cat {
		t.Error("the municipality's profile is not the catalogue itself")
	}
}
