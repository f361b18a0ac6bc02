package terraform_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/terraform"
	"github.com/samdrift/samdrift/terraform/platform"
)

// byHand is the estate with an agreement whose servers people move.
func byHand(t *testing.T) (terraform.Unit, terraform.Runbook) {
	t.Helper()
	plan, snap := estate("nyb-esdh-01")
	u := unitOf(t, plan, snap, terraform.Grounds{Mappings: map[string]terraform.Mapping{"nyborg-odense": {Platform: "manual"}}}, "450-a1")
	books := terraform.Runbooks(plan, plan.Waves[1], []terraform.Unit{u}, terraform.DefaultTiming(), time.UTC)
	if len(books) != 1 {
		t.Fatalf("%d nights, want one", len(books))
	}
	return u, books[0]
}

// A unit that people move has HCL that any engine plans, and that touches nothing but its own record.
func TestManualUnitIsARecord(t *testing.T) {
	u, _ := byHand(t)
	if len(u.Refusals) > 0 || u.Platform != "manual" {
		t.Fatalf("unit on %s, refused: %v", u.Platform, u.Refusals)
	}
	r, dir := runner(t), t.TempDir()
	if err := terraform.Write(dir, []terraform.Unit{u}); err != nil {
		t.Fatal(err)
	}
	p := plan(t, r, dir, []terraform.Unit{u})[0]
	if p.Add != u.Servers+1 || p.Change+p.Destroy+p.Import > 0 || len(p.Refusals) > 0 {
		t.Errorf("the plan is %+v, want one record per server and the check lists", p)
	}
}

func TestManualRunbook(t *testing.T) {
	u, book := byHand(t)
	var got []string
	var takes time.Duration
	for _, l := range book.Lines {
		if l.Unit == u.ID && l.What != "runbook_verify" {
			got = append(got, l.Role+" "+l.What)
			takes += l.Duration
		}
	}
	want := []string{
		"municipality manual_users_out", "municipality manual_shut_down", "municipality manual_source_kept",
		"centre manual_copy", "centre manual_copy_proof", "centre manual_start",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("people's steps (-want +got):\n%s", diff)
	}
	timing := terraform.DefaultTiming()
	if whole := timing.Unit + 2*timing.Server; takes > whole || takes < whole-time.Second {
		t.Errorf("the steps take %s, the move takes %s", takes, whole)
	}
}

func TestManualWay(t *testing.T) {
	p := terraform.Mapping{Platform: "manual"}.Progress("450-a1")
	if !p.ByHand() || !p.Moved().IsZero() {
		t.Errorf("by hand %v, moved %s", p.ByHand(), p.Moved())
	}
	walk(t, &p, platform.Test, platform.Ready, platform.Leave, platform.Copy)
	if p.Moved().IsZero() {
		t.Error("copied, and nothing has moved")
	}
	if next, _ := p.Next(); next.Stage != platform.Verify {
		t.Errorf("next is %s: an engine has no part in it", next.Stage)
	}
	if other := (terraform.Mapping{Platform: "vsphere", Source: "a"}).Progress("450-a1"); other.ByHand() {
		t.Error("an engine's way is taken for people's")
	}
}

func TestMappingValidate(t *testing.T) {
	whole := terraform.Mapping{Platform: "vsphere", Source: "nyborg", Destination: platform.Location{Datacenter: "KIT", Cluster: "c", Datastore: "d"}}
	tests := []struct {
		name  string
		alter func(*terraform.Mapping)
		want  string // part of the error; empty: none
	}{
		{"whole", func(*terraform.Mapping) {}, ""},
		{"by hand needs no place", func(m *terraform.Mapping) { *m = terraform.Mapping{Platform: "manual"} }, ""},
		{"by hand, with a fault", func(m *terraform.Mapping) {
			*m = terraform.Mapping{Platform: "manual", DNS: terraform.DNS{Server: "ns1"}}
		}, "dns.server"},
		{"a platform that nothing moves within", func(m *terraform.Mapping) { m.Platform = "libvirt" }, "target is missing"},
		{"from one to another of it", func(m *terraform.Mapping) {
			*m = terraform.Mapping{Platform: "libvirt", Source: "nyborg", Target: "odense"}
		}, ""},
		{"to another platform", func(m *terraform.Mapping) {
			*m = terraform.Mapping{Platform: "vsphere", Source: "nyborg", Target: "odense", TargetPlatform: "libvirt"}
		}, ""},
		{"another platform within one source", func(m *terraform.Mapping) { m.TargetPlatform = "proxmox" }, "stay on its platform"},
		{"to where people make the servers", func(m *terraform.Mapping) { m.Target, m.TargetPlatform = "odense", "manual" }, "use platform: manual for all of it"},
		{"a platform that nobody knows", func(m *terraform.Mapping) { m.Platform = "xen" }, "not known"},
		{"no place", func(m *terraform.Mapping) { m.Destination.Cluster = "" }, "destination.cluster"},
		{"an address that is none", func(m *terraform.Mapping) { m.Addresses = map[string]string{"10.1.2.3": "10.1.2"} }, `"10.1.2" is no address`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := whole
			tt.alter(&m)
			err := m.Validate("450-461")
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one about %q", err, tt.want)
			}
		})
	}
}
