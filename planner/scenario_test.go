package planner_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

var update = flag.Bool("update", false, "rewrite the expected plans in testdata")

// TestScenarios reads small estates in words from testdata/*.txtar and compares the plan, told in
// words, with the one in the file. Run with -update after a change that is meant, and read the diff.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios in testdata: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if len(archive.Files) != 2 || archive.Files[0].Name != "estate" || archive.Files[1].Name != "plan" {
				t.Fatalf("%s: want the sections estate and plan", file)
			}
			in, err := readEstate(string(archive.Files[0].Data))
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			p, err := planner.Propose(in)
			if err != nil {
				t.Fatal(err)
			}
			got := tell(p)
			if *update {
				archive.Files[1].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(archive.Files[1].Data), got); diff != "" {
				t.Errorf("plan (-want +got):\n%s", diff)
			}
		})
	}
}

// readEstate reads one thing per line: see the scenarios for the words.
func readEstate(text string) (planner.Input, error) {
	b := newBuild(1)
	settings := planner.DefaultSettings()
	asOf := today
	var freezes []planner.Freeze
	var faults []error
	number := func(s string) float64 {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			faults = append(faults, err)
		}
		return v
	}
	date := func(s string) inventory.Date {
		d, err := inventory.ParseDate(s)
		if err != nil {
			faults = append(faults, err)
		}
		return d
	}
	id := func(s string) string { return "s" + s } // "420-web" is asset s420-web
	for i, line := range strings.Split(text, "\n") {
		f := strings.Fields(line)
		if len(f) == 0 || strings.HasPrefix(f[0], "#") {
			continue
		}
		switch verb, a := f[0], f[1:]; verb {
		case "today":
			asOf = date(a[0])
		case "municipality": // code name lat lon users
			b.municipality(a[0], a[1], number(a[2]), number(a[3]), int(number(a[4])))
		case "centre": // id host lat lon vcpus memory storage users, and kW and full-time equivalents if known
			room := inventory.Capacity{VCPUs: int(number(a[4])), MemoryGB: int(number(a[5])), StorageGB: int(number(a[6])), Users: int(number(a[7]))}
			if len(a) > 8 {
				room.PowerKW, room.StaffFTE = inventory.Milli(1000*number(a[8])), inventory.Milli(1000*number(a[9]))
			}
			b.centre(a[0], a[1], number(a[2]), number(a[3]), room)
		case "physical": // server watts: what its sensors say, or - where nothing does
			asset := b.asset(id(a[0]))
			asset.Kind = inventory.KindServer
			if a[1] != "-" {
				asset.Sensors = []inventory.Sensor{{Class: "power", Unit: "watts", Name: "In use", Value: number(a[1])}}
			}
		case "transfer": // code on fte
			settings.StaffTransfers = append(settings.StaffTransfers, planner.StaffTransfer{Municipality: a[0], On: date(a[1]), FTE: inventory.Milli(1000 * number(a[2]))})
		case "agreement": // customer host centre state window...
			b.agreement(a[0], a[1], a[2], inventory.AgreementState(a[3]), strings.Join(a[4:], " "))
		case "link": // code centre mbps
			b.link(a[0], a[1], int(number(a[2])))
		case "server": // code criticality name...
			for _, name := range a[2:] {
				b.server(a[0], name, inventory.Criticality(number(a[1])))
			}
		case "spare":
			b.asset(id(a[0])).Status = inventory.Spare
		case "size": // server gb
			gb := int64(number(a[1]) * 1e9)
			b.asset(id(a[0])).Volumes = []inventory.Volume{{Name: "/", TotalBytes: gb, UsedBytes: gb}}
		case "share": // storage server...
			for _, s := range a[1:] {
				asset := b.asset(id(s))
				asset.Volumes = append(asset.Volumes, inventory.Volume{Name: "Q:", SharedID: a[0], TotalBytes: 50e9, UsedBytes: 50e9})
			}
		case "flow": // from to port mb
			b.flow(id(a[0]), id(a[1]), int(number(a[2])), int64(number(a[3])*1e6))
		case "system": // code criticality name contract server...; contract - is none
			var servers []string
			for _, s := range a[4:] {
				servers = append(servers, id(s))
			}
			contract := a[3]
			if contract == "-" {
				contract = ""
			}
			b.system(a[0], a[2], inventory.Criticality(number(a[1])), contract, servers...)
			b.Systems[len(b.Systems)-1].Users = 100
		case "contract": // id code supplier until annual fee, and months of notice if any
			b.Contracts = append(b.Contracts, inventory.Contract{ID: a[0], Municipality: a[1], Supplier: a[2], Until: date(a[3]), AnnualDKK: int64(number(a[4])), ExitFeeDKK: int64(number(a[5]))})
			if len(a) > 6 {
				b.Contracts[len(b.Contracts)-1].NoticeMonths = int(number(a[6]))
			}
		case "fill": // code servers: invented ones
			b.fill(a[0], int(number(a[1])))
		case "calendar": // the Danish municipal year
			freezes = append(freezes, planner.DefaultFreezes(asOf, settings.Deadline)...)
		case "freeze": // from to name
			freezes = append(freezes, planner.Freeze{From: date(a[0]), To: date(a[1]), Name: planner.Text{DA: a[2], EN: a[2]}})
		case "set":
			v := number(a[1])
			switch a[0] {
			case "crews":
				settings.CrewsPerCentre = int(v)
			case "servers_per_crew_night":
				settings.ServersPerCrewNight = int(v)
			case "hypercare":
				settings.HypercareDays = int(v)
			case "lead":
				settings.LeadDays = int(v)
			case "deadline":
				settings.Deadline = date(a[2])
			default:
				faults = append(faults, fmt.Errorf("line %d: setting %q", i+1, a[0]))
			}
		default:
			faults = append(faults, fmt.Errorf("line %d: %q", i+1, verb))
		}
	}
	in := b.input()
	in.AsOf, in.Settings, in.Freezes = asOf, settings, freezes
	return in, errors.Join(faults...)
}

// tell gives a plan in words.
func tell(p planner.Plan) string {
	var out strings.Builder
	say := func(indent int, format string, args ...any) {
		fmt.Fprintf(&out, strings.Repeat("    ", indent)+format+"\n", args...)
	}
	reasons := func(indent int, rs []planner.Reason) {
		for _, r := range rs {
			say(indent, "%s", r)
		}
	}
	say(0, "feasible %v, last wave ends %s, distance %.0f user-km (bound %.0f)", p.Feasible, p.LastWaveEnd, p.Distance.UserKM, p.Distance.Bound)
	for _, a := range p.Assignments {
		say(0, "%s to %s", a.Municipality, a.Centre)
		reasons(1, a.Reasons)
	}
	for _, w := range p.Waves {
		say(0, "wave %s (%s), %d servers, %s to %s, %s, %.0f/%.0f/%.0f DKK", w.ID, w.Name, w.Servers, w.Start, w.End, w.Certainty, w.Cost.Low, w.Cost.Likely, w.Cost.High)
		reasons(1, w.Reasons)
		for _, id := range w.Groups {
			for _, g := range p.Groups {
				if g.ID == id {
					say(1, "group %s (%s) %v, cutover %s %s, slack %d days, risk %dx%d", g.ID, g.Name, g.Assets, g.Cutover.Weekday(), g.Cutover, g.SlackDays, g.Risk.Likelihood, g.Risk.Impact)
					reasons(2, g.Ties)
					for _, c := range g.Cut {
						say(2, "cut: %d bytes a day with %s on port %d", c.BytesPerDay, c.Group, c.Port)
					}
					reasons(2, g.Binding)
				}
			}
		}
	}
	for _, r := range p.Refusals {
		say(0, "refused %s %s", r.Kind, r.Subject)
		reasons(1, r.Reasons)
	}
	for _, s := range p.Stays {
		say(0, "%s stays: %s", s.Asset, s.Reasons[0])
	}
	for _, c := range p.Capacity {
		say(0, "%s: %+v before, %+v after", c.Centre, c.Before, c.After)
	}
	say(0, "assumed:")
	reasons(1, p.Assumptions)
	return out.String()
}
