package inventory_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/samdrift/samdrift/inventory"
)

func watts(name string, value float64) inventory.Sensor {
	return inventory.Sensor{Class: "power", Unit: "watts", Name: name, Value: value}
}

// The readings of each machine are those that collectors give, by the maker's names.
func TestPowerIsReadOnceFromWhatTellsOfTheWholeMachine(t *testing.T) {
	server := func(name, serial string, sensors ...inventory.Sensor) *inventory.Asset {
		return &inventory.Asset{ID: name, Name: name, Kind: inventory.KindServer, Serial: serial, Sensors: sensors}
	}
	bmc := func(name, serial string, sensors ...inventory.Sensor) *inventory.Asset {
		return &inventory.Asset{ID: name, Name: name, Kind: inventory.KindBMC, Serial: serial, Sensors: sensors}
	}
	assets := []*inventory.Asset{
		server("lenovo", "L1"), bmc("lenovo-xcc", "l1", watts("In use", 231), watts("Processors", 100), watts("Memory", 50), watts("Other", 131)),
		server("fujitsu", "F1", watts("PSU 1.1", 116), watts("PSU 1.2", 96)),
		server("hpe", "H1", watts("Power supply 1", 90), watts("Power supply 2", 0)),
		server("dell", "D1"), bmc("idrac", "D1", watts("System Board Pwr Consumption", 182), watts("Chassis 1 peak", 410)),
		server("twins", "T1"), bmc("one", "T1", watts("In use", 100)), bmc("other", "T1", watts("In use", 200)),
		server("limits", "", watts("PoE budget 1", 740), watts("Average consumption", 90), watts("Power supply 1 (VA)", 99)),
		server("hot", "", inventory.Sensor{Class: "temperature", Unit: "celsius", Name: "In use", Value: 30}),
		server("striped.kommune.dk", ""), server("both1", ""), server("both2", ""), server("idle", "", watts("In use", 0)),
		server("same", ""), {ID: "same again", Name: "same", Kind: inventory.KindServer},
		{ID: "esx1", Name: "esx1", Kind: inventory.KindHypervisor, Sensors: []inventory.Sensor{watts("Total", 412.5)}},
		{ID: "vm", Name: "vm", Kind: inventory.KindVM, Sensors: []inventory.Sensor{watts("In use", 500)}},
		{ID: "strip-a", Kind: inventory.KindPDU, Sensors: []inventory.Sensor{watts("Total", 3000), watts("Outlet A10: STRIPED - RU10", 121), watts("Outlet both1 + both2", 80),
			watts("Receptacle striped 4 (VA)", 400), watts("Outlet 7 lenovo", 999), watts("Outlet same", 70)}},
		{ID: "strip-b", Kind: inventory.KindPDU, Sensors: []inventory.Sensor{watts("Receptacle striped 4", 119)}},
	}
	want := map[string]float64{"lenovo": 231, "fujitsu": 212, "hpe": 90, "dell": 182, "striped.kommune.dk": 240, "esx1": 412.5}
	if diff := cmp.Diff(want, inventory.PowerDrawn(assets)); diff != "" {
		t.Errorf("watts (-want +got):\n%s", diff)
	}
}

func TestMilliIsExactInText(t *testing.T) {
	for text, want := range map[string]inventory.Milli{"12.5": 12500, "0.001": 1, "40": 40000, "2.3": 2300, "0": 0} {
		var fromJSON, fromYAML struct {
			V inventory.Milli `json:"v" yaml:"v"`
		}
		if err := json.Unmarshal([]byte(`{"v":`+text+`}`), &fromJSON); err != nil || fromJSON.V != want {
			t.Errorf("JSON %s is %d %v, want %d", text, fromJSON.V, err, want)
		}
		if err := yaml.Unmarshal([]byte("v: "+text), &fromYAML); err != nil || fromYAML.V != want {
			t.Errorf("YAML %s is %d %v, want %d", text, fromYAML.V, err, want)
		}
		if back, err := json.Marshal(fromJSON); err != nil || string(back) != `{"v":`+text+`}` {
			t.Errorf("%s is written as %s %v", text, back, err)
		}
	}
	for _, text := range []string{"-1", "0.0004", `"12"`, "3e12", "[]"} {
		var m inventory.Milli
		if err := json.Unmarshal([]byte(text), &m); err == nil {
			t.Errorf("%s was read as %s", text, m)
		}
	}
}
