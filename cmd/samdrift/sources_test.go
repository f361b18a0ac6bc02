package main

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/terraform/platform"
)

// Servers of every platform can be read: the sample shows a section for each, with all its keys.
func TestEveryPlatformIsConfigured(t *testing.T) {
	data, err := os.ReadFile("../../docs/samdrift.yaml")
	if err != nil {
		t.Fatal(err)
	}
	sections := regexp.MustCompile(`(?m)^# ((?:vcenters|proxmox|libvirt|azure):\n(?:#   .*\n)+)`).FindAllSubmatch(data, -1)
	var text []byte
	for _, s := range sections {
		text = append(text, regexp.MustCompile(`(?m)^# `).ReplaceAll(s[1], nil)...)
	}
	text = regexp.MustCompile(`\{(?:env|file): [^}]*\}`).ReplaceAll(text, []byte("{env: SAMDRIFT_TEST_SECRET}"))
	t.Setenv("SAMDRIFT_TEST_SECRET", "h3mmelig")
	c, err := parseConfig("samdrift.yaml", text)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	all, err := c.Sources.read("")
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, source := range all {
		got = append(got, source.Platform().Name())
	}
	for _, p := range platform.Platforms {
		if p != (platform.Manual{}) {
			want = append(want, p.Name())
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("platforms with a section (-want +got):\n%s", diff)
	}
}
