package evaluate_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
	"github.com/samdrift/samdrift/planner/evaluate"
	"github.com/samdrift/samdrift/planner/nis2"
)

// Before anything moves the centre carries 100 vCPUs. Group a's copy takes 10 from 21 December, beside
// production from 5 January; group b's takes 20, and 40 in production and copy.
func TestCapacityByHand(t *testing.T) {
	steps := run(t, example()).Capacity
	if len(steps) != 2 {
		t.Fatalf("%d steps, want one per wave", len(steps))
	}
	for i, want := range [][3]int{{100, 120, 110}, {110, 150, 130}} {
		if s := steps[i]; s.Before.VCPUs != want[0] || s.Peak.VCPUs != want[1] || s.After.VCPUs != want[2] {
			t.Errorf("wave %s: %d, %d, %d vCPUs, want %v", s.Wave, s.Before.VCPUs, s.Peak.VCPUs, s.After.VCPUs, want)
		}
	}
	if u := steps[0]; u.Before.Users != 3000 || u.After.Users != 4000 || steps[1].After.Users != 4000 {
		t.Errorf("users go from %d to %d, want the municipality's 1,000 with its first wave", u.Before.Users, u.After.Users)
	}
	// 80 % of 150 vCPUs may be filled; with 5 % growth the peaks are 126 and 157.5. Storage and users are
	// not known.
	for i, peak := range []string{"126", "158"} {
		rules := map[string]string{}
		for _, r := range steps[i].Over {
			rules[r.Params["resource"]] = r.Rule + r.Params["peak"]
		}
		want := map[string]string{"vcpus": "peak_too_high" + peak, "storage_gb": "capacity_unknown", "users": "capacity_unknown",
			"power_kw": "capacity_unknown", "staff_fte": "capacity_unknown"}
		if d := cmp.Diff(want, rules); d != "" {
			t.Errorf("wave %d (- want, + got):\n%s", i+1, d)
		}
	}
	if steps[0].Limit.VCPUs != 120 {
		t.Errorf("limit is %d vCPUs, want 120", steps[0].Limit.VCPUs)
	}
}

// Power is drawn by copies too. Staff operates what is in production: 0.5 with the first wave, 0.8 with the
// second, less the 0.6 who come along on 15 February, within the second wave. Who came before today is in
// what the centre states.
func TestPowerAndStaffByHand(t *testing.T) {
	in := example()
	in.Plan.Groups[0].Demand.PowerKW, in.Plan.Groups[0].Demand.StaffFTE = 1_000, 500
	in.Plan.Groups[1].Demand.PowerKW, in.Plan.Groups[1].Demand.StaffFTE = 2_500, 300
	load := &in.Plan.Capacity[0]
	load.Before.PowerKW, load.Before.StaffFTE = 10_000, 2_000
	load.Capacity.PowerKW, load.Capacity.StaffFTE = 20_000, 3_600
	in.Planning.StaffTransfers = []planner.StaffTransfer{{Municipality: "430", On: date("2027-02-15"), FTE: 600}, {Municipality: "430", On: in.Plan.AsOf, FTE: 9_000}}
	steps := run(t, in).Capacity
	for i, want := range [][6]inventory.Milli{{10_000, 12_000, 11_000, 2_000, 2_500, 2_500}, {11_000, 16_000, 13_500, 2_500, 2_800, 2_200}} {
		s := steps[i]
		got := [6]inventory.Milli{s.Before.PowerKW, s.Peak.PowerKW, s.After.PowerKW, s.Before.StaffFTE, s.Peak.StaffFTE, s.After.StaffFTE}
		if got != want {
			t.Errorf("wave %d: %v, want %v", i+1, got, want)
		}
	}
	// 16 kW and 2.88 full-time equivalents may be filled, and 5 % growth is to be carried.
	said := map[string]string{}
	for _, r := range steps[1].Over {
		said[r.Params["resource"]] = r.String()
	}
	for resource, words := range map[string]string{"power_kw": "odense: power_kw reaches 16.8 with 5 % growth, more than the 16 that may be filled",
		"staff_fte": "odense: staff_fte reaches 2.94 with 5 % growth, more than the 2.88 that may be filled"} {
		if said[resource] != words {
			t.Errorf("of %s it says %q, want %q", resource, said[resource], words)
		}
	}
	if l := steps[0].Limit; l.PowerKW != 16_000 || l.StaffFTE != 2_880 {
		t.Errorf("limits are %s kW and %s full-time equivalents", l.PowerKW, l.StaffFTE)
	}
}

// After the first wave the clients' 10.8 GB a day and the 5.4 GB between a2 and b1 cross: 1.5 Mbit/s on
// average, 6 in the busiest hour. After the second only the clients' do. 2 and then 5 GB of changes are
// copied home in 8 hours.
func TestLinksByHand(t *testing.T) {
	steps := run(t, example()).Links
	if len(steps) != 2 {
		t.Fatalf("%d steps, want one per wave", len(steps))
	}
	perGB := 8e3 / (8 * 3600)
	for i, want := range []struct{ gb, traffic, backup float64 }{{16.2, 6, 2 * perGB}, {10.8, 4, 5 * perGB}} {
		s := steps[i]
		if !near(s.CrossingGB, want.gb) || !near(s.TrafficMbps, want.traffic) || !near(s.BackupMbps.Likely, want.backup) || s.BackupsOpen != 0 {
			t.Errorf("step is %+v, want %+v", s, want)
		}
		if s.Share == nil || !near(s.Share.Likely, (want.traffic+want.backup)/100) || !*s.Fits {
			t.Errorf("share is %+v, want %g of 100 Mbit/s, which fits", s.Share, want.traffic+want.backup)
		}
	}
	// 200 round trips of 6 ms are more than a second.
	if c := steps[0].Chatty; len(c) != 1 || c[0].From != "a2" || c[0].To != "b1" || *c[0].WaitMS != 1200 || !*c[0].TooSlow {
		t.Errorf("chatty edges are %+v", c)
	}
	if steps[1].ChattyAll != 0 {
		t.Errorf("%d chatty edges cross when all has moved", steps[1].ChattyAll)
	}
}

func TestLinkThatIsNotKnownHasNoVerdict(t *testing.T) {
	in := example()
	in.Snapshot.Links = nil
	in.Snapshot.Assets[0].Backup = nil
	s := run(t, in).Links[0]
	if s.Mbps != 0 || s.LatencyMS != nil || s.Share != nil || s.Fits != nil || s.Chatty[0].WaitMS != nil || s.Chatty[0].TooSlow != nil {
		t.Errorf("step is %+v, want no verdict", s)
	}
	if s.BackupsOpen != 1 || !near(s.BackupMbps.High, 2*s.BackupMbps.Low) || s.BackupMbps.Likely != s.BackupMbps.Low {
		t.Errorf("backups are %+v with %d open, want one of two not counted but at the high end", s.BackupMbps, s.BackupsOpen)
	}
}

func TestFastestLinkCountsAndWhatIsAtTheCentreAlready(t *testing.T) {
	in := example()
	in.Snapshot.Links = append(in.Snapshot.Links,
		inventory.Link{ID: "l2", Municipality: "430", Centre: "odense", Mbps: 1000},
		inventory.Link{ID: "l3", Municipality: "430", Centre: "odense", Mbps: 1000, LatencyMS: 2})
	in.Snapshot.Assets = append(in.Snapshot.Assets, inventory.Asset{ID: "c1", Municipality: "430", Kind: inventory.KindVM, OperatedBy: "odense"})
	in.Snapshot.Flows = append(in.Snapshot.Flows, inventory.Flow{Municipality: "430", FromIP: "10.0.0.7", From: "c1", To: "b1", Port: 443, BytesPerDay: 1e9})
	s := run(t, in).Links
	if s[0].Mbps != 1000 || *s[0].LatencyMS != 2 || *s[0].Chatty[0].TooSlow {
		t.Errorf("step is %+v, want 1000 Mbit/s and 2 ms", s[0])
	}
	if !near(s[0].CrossingGB, 17.2) || !near(s[1].CrossingGB, 10.8) {
		t.Errorf("%g and %g GB cross, want the centre's own traffic until its other end has moved", s[0].CrossingGB, s[1].CrossingGB)
	}
}

// Over its waves, a municipality closes and opens as much as its whole move does.
func TestSecurityPerWave(t *testing.T) {
	cat, err := nis2.Load()
	if err != nil {
		t.Fatal(err)
	}
	in := example()
	if s := run(t, in).Security; len(s.Waves) != 0 || len(s.Unknown) != 1 || s.Unknown[0] != "430" {
		t.Errorf("without assessments: %+v, want 430 unknown", s)
	}
	in.Catalogue = cat
	if in.Assessments, err = nis2.Assess(cat, nis2.Input{Snapshot: in.Snapshot, AsOf: in.Plan.AsOf}); err != nil {
		t.Fatal(err)
	}
	s := run(t, in).Security
	if len(s.Waves) != 2 || s.Waves[0].Wave != "430-w1" || len(s.Unknown) != 0 {
		t.Fatalf("security is %+v, want both waves", s)
	}
	move := nis2.Moves(cat, in.Assessments, in.Snapshot.Agreements)[0]
	if got := s.Waves[0].Closed + s.Waves[1].Closed; math.Abs(got-move.Closed) > 1e-6 {
		t.Errorf("waves close %g points, the move closes %g", got, move.Closed)
	}
	if move.Closed+move.Opened == 0 {
		t.Error("the example's move changes nothing, so that this test shows nothing")
	}
	if s.Basis.Kind != evaluate.FromInventory {
		t.Errorf("it stands on %+v", s.Basis)
	}
}
