package planner_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/inventory"
	"github.com/samdrift/samdrift/planner"
)

// plugIn makes some of an estate's servers physical, with and without sensors, and lets others run on
// hypervisors whose power is known.
func (b *build) plugIn() {
	for i := range b.Assets {
		a := &b.Assets[i]
		switch draw := []inventory.Sensor{{Class: "power", Unit: "watts", Name: "In use", Value: float64(100+b.r.IntN(3000)) / 7}}; b.r.IntN(6) {
		case 0:
			a.RunsOn = "HOST" + a.Municipality
		case 1:
			if a.Kind == inventory.KindVM {
				a.Kind = inventory.KindServer
			}
		case 2:
			a.Sensors = draw
		}
	}
	for _, m := range b.Municipalities {
		for range b.r.IntN(3) { // two of one name are nobody's
			b.Assets = append(b.Assets, inventory.Asset{ID: "h" + m.Code + string(rune('a'+len(b.Assets)%26)), Municipality: m.Code, Kind: inventory.KindHypervisor, Name: "host" + m.Code,
				Sensors: []inventory.Sensor{{Class: "power", Unit: "watts", Name: "Total", Value: 500}}, Guests: []inventory.Guest{{VCPUs: b.r.IntN(40)}}})
		}
	}
}

// drawing gives what one server's group is said to draw, in watts.
func drawing(t *testing.T, p planner.Plan, asset string) int {
	t.Helper()
	for _, g := range p.Groups {
		if len(g.Assets) == 1 && g.Assets[0] == asset {
			return int(g.Demand.PowerKW)
		}
	}
	t.Fatalf("no group of %s alone", asset)
	return 0
}

// A host of 600 W with virtual machines of 4, 8 and 8 vCPUs gives them 30 W for each; when it tells of
// guests with 60 vCPUs that are on, 10 W. What nothing tells of draws what the settings say.
func TestVirtualMachinesShareThePowerOfTheirHost(t *testing.T) {
	b := newBuild(1)
	b.municipality("461", "Odense", 55.40, 10.39, 1000)
	b.municipality("420", "Assens", 55.27, 9.90, 500)
	b.centre("odense", "461", 55.40, 10.39, inventory.Capacity{})
	for _, name := range []string{"small", "large", "gone", "alone", "box", "told"} {
		b.server("420", name, 1)
	}
	b.asset("s420-large").VCPUs, b.asset("s420-gone").VCPUs = 8, 8
	for _, name := range []string{"small", "large", "gone"} {
		b.asset("s420-" + name).RunsOn = "ESX1 "
	}
	b.asset("s420-gone").Status = inventory.Spare
	b.asset("s420-box").Kind, b.asset("s420-told").Kind = inventory.KindServer, inventory.KindServer
	b.asset("s420-told").Serial = "S1"
	b.Assets = append(b.Assets,
		inventory.Asset{ID: "esx", Municipality: "420", Kind: inventory.KindHypervisor, Name: "esx1", Sensors: []inventory.Sensor{{Class: "power", Unit: "watts", Name: "Total", Value: 600}}},
		inventory.Asset{ID: "bmc", Municipality: "420", Kind: inventory.KindBMC, Name: "ilo", Serial: "s1", Sensors: []inventory.Sensor{{Class: "power", Unit: "watts", Name: "Power supply 1", Value: 212.2}}})
	for guests, want := range map[int]map[string]int{
		0:  {"small": 120, "large": 240, "alone": 20, "box": 350, "told": 213},
		60: {"small": 40, "large": 80, "alone": 20, "box": 350, "told": 213},
	} {
		b.asset("esx").Guests = []inventory.Guest{{Name: "x", VCPUs: guests, State: "on"}, {Name: "y", VCPUs: 500, State: "off"}}
		p := propose(t, b.input())
		for name, watts := range want {
			if got := drawing(t, p, "s420-"+name); got != watts {
				t.Errorf("with guests of %d vCPUs told, %s draws %d W, want %d", guests, name, got, watts)
			}
		}
		var said []string
		for _, r := range p.Assumptions {
			said = append(said, r.String())
		}
		for _, want := range []string{"420: nothing tells the power of 2 of 5 servers; 350 W for a physical one and 5 W for each vCPU assumed",
			"420: the power of 3 of 5 servers is one reading", "One full-time equivalent is assumed to operate 40 servers", "odense: capacity of power_kw is not known and not limited"} {
			if !strings.Contains(strings.Join(said, "\n"), want) {
				t.Errorf("the plan does not say %q, but\n%s", want, strings.Join(said, "\n"))
			}
		}
	}
}

func TestAChoiceThatLacksPowerOrStaffIsToldInWords(t *testing.T) {
	b := twoCentres()
	for i := range b.Centres {
		if c := &b.Centres[i]; c.ID == "odense" { // 80 % of 1.25 kW and of 1 full-time equivalent may be filled
			c.Capacity.PowerKW, c.Capacity.StaffFTE = 1250, 1000
			c.Used.PowerKW, c.Used.StaffFTE = 990, 790
		}
	}
	v, err := planner.JudgeChoice(t.Context(), b.input(), map[string]string{"420": "odense"})
	if err != nil {
		t.Fatal(err)
	}
	// Twelve servers of 4 vCPUs at 5 W, and a fortieth of a person for each.
	var said []string
	for i, r := range v.Lacks {
		said = append(said, r.String(), v.Broken[i].Detail)
	}
	want := []string{"odense lacks 0.23 kW of power: 0.24 kW are asked for, 0.01 kW are free", "power_kw: 0.24 are asked for, 0.01 are free",
		"odense lacks 0.29 full-time equivalents of operating staff: 0.3 are asked for, 0.01 are free", "staff_fte: 0.3 are asked for, 0.01 are free"}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("what the choice lacks (-want +got):\n%s", diff)
	}
}

func TestPowerIsAmongWhatWouldChangeThePlanWhereItIsLimited(t *testing.T) {
	for kw, want := range map[inventory.Milli]bool{0: false, 100_000: true} {
		b := twoCentres()
		b.Centres[0].Capacity.PowerKW = kw
		in := b.input()
		in.Settings.Search = 0
		list, err := planner.Sensitivities(in, propose(t, in))
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, x := range list {
			found = found || x.Changed.Params["setting"] == "watts_per_vcpu"
		}
		if found != want {
			t.Errorf("with %s kW at a centre, watts_per_vcpu is among the sensitivities: %v", kw, found)
		}
	}
}
