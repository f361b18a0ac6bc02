package agent_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/samdrift/samdrift/collectors/agent"
	"github.com/samdrift/samdrift/inventory"
)

func yes() *bool { v := true; return &v }

var taken = time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)

func document() agent.Document {
	return agent.Document{
		Version:  agent.Version,
		TakenAt:  taken,
		Identity: agent.Identity{Hostname: "odk-sql-01", ProductUUID: "4C4C4544-0001", Serial: "S1"},
		Hardware: agent.Hardware{VCPUs: 8, MemoryBytes: 32 << 30},
		Virtual:  agent.Virtual{Role: agent.RoleGuest, Host: "odk-esx-01"},
		OS:       agent.OS{Name: "Windows Server", Version: "2012 R2"},
		Disks: []agent.Disk{
			{Name: "disk0", Bytes: 100 << 30},
			{Name: "disk1", Bytes: 500 << 30, ClusterDisk: "q1"},
			{Name: "disk2", Bytes: 500 << 30, LUN: "naa.6001"},
		},
		FileSystems: []agent.FileSystem{
			{Mount: "C:", TotalBytes: 100 << 30, UsedBytes: 60 << 30, Disk: "disk0"},
			{Mount: "E:", TotalBytes: 500 << 30, UsedBytes: 300 << 30, Disk: "disk1"},
		},
		NICs: []agent.NIC{{Index: 3, Name: "Ethernet0", MAC: "02:00:00:AA:00:01", Up: yes(), Addresses: []string{"10.1.10.21/24"}}},
		Flows: []agent.Flow{
			{Direction: agent.Inbound, LocalIP: "10.1.10.21", PeerIP: "10.1.10.30", Protocol: "tcp", Port: 1433, Process: "sqlservr", BytesPerDay: 5e9},
			{Direction: agent.Outbound, LocalIP: "10.1.10.21", PeerIP: "10.1.10.5", Protocol: "tcp", Port: 389, Process: "sqlservr", BytesPerDay: 2e6},
		},
	}
}

func encode(t *testing.T, d agent.Document) []byte {
	t.Helper()
	data, err := json.MarshalIndent(d, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestParseReadsWhatWasWritten(t *testing.T) {
	want := document()
	got, err := agent.Parse(bytes.NewReader(encode(t, want)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("document changed on the way (-want +got):\n%s", diff)
	}
}

func TestParseRefusesWhatItCannotRead(t *testing.T) {
	whole := string(encode(t, document()))
	for name, c := range map[string]struct{ text, want string }{
		"empty":             {"", "line 1 column 1"},
		"not json":          {"hello", "line 1"},
		"no version":        {`{"identity":{"hostname":"a"}}`, `no "version"`},
		"other version":     {`{"version":2,"novelty":1}`, "version 2, this samdrift reads 1"},
		"unknown field":     {strings.Replace(whole, `"serial"`, `"sereal"`, 1), `unknown field "sereal"`},
		"wrong type":        {strings.Replace(whole, `"vcpus": 8`, `"vcpus": "eight"`, 1), "vcpus"},
		"truncated":         {whole[:len(whole)/2], "line "},
		"two documents":     {whole + whole, "after top-level value"},
		"no hostname":       {strings.Replace(whole, "odk-sql-01", "", 1), "identity.hostname is empty"},
		"bad mac":           {strings.Replace(whole, "02:00:00:AA:00:01", "zz", 1), `mac "zz"`},
		"bad address":       {strings.Replace(whole, "10.1.10.21/24", "10.1.10.21", 1), "want one like"},
		"bad peer":          {strings.Replace(whole, "10.1.10.30", "peer", 1), `"peer" is no IP address`},
		"port out of range": {strings.Replace(whole, `"port": 1433`, `"port": 70000`, 1), "port 70000"},
		"more than full":    {strings.Replace(whole, `"used_bytes": 6`, `"used_bytes": 66`, 1), "file_systems[0]"},
		"too large":         {whole + strings.Repeat(" ", agent.MaxBytes), "larger than 8 MB"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := agent.Parse(strings.NewReader(c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestObservationKeepsWhatIsKnown(t *testing.T) {
	o := document().Observation(agent.Place{Municipality: "461", Site: "odense-dc", Source: "agent odk-sql-01"})
	a := o.Asset
	if a.Kind != inventory.KindVM || a.RunsOn != "odk-esx-01" || a.Platform != "windows" || a.UUID != "4c4c4544-0001" {
		t.Errorf("asset is %+v", a)
	}
	wantVolumes := []inventory.Volume{
		{Name: "C:", TotalBytes: 100 << 30, UsedBytes: 60 << 30},
		{Name: "E:", TotalBytes: 500 << 30, UsedBytes: 300 << 30, SharedID: "cluster:q1"},
		{Name: "disk2", SharedID: "lun:naa.6001"},
	}
	if diff := cmp.Diff(wantVolumes, a.Volumes); diff != "" {
		t.Errorf("volumes (-want +got):\n%s", diff)
	}
	wantFlows := []inventory.Flow{
		{Municipality: "461", FromIP: "10.1.10.30", ToIP: "10.1.10.21", Protocol: "tcp", Port: 1433, Process: "sqlservr", BytesPerDay: 5e9},
		{Municipality: "461", FromIP: "10.1.10.21", ToIP: "10.1.10.5", Protocol: "tcp", Port: 389, BytesPerDay: 2e6},
	}
	if diff := cmp.Diff(wantFlows, o.Flows); diff != "" {
		t.Errorf("flows (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"02:00:00:aa:00:01"}, a.MACs()); diff != "" {
		t.Errorf("macs (-want +got):\n%s", diff)
	}
	if a.Interfaces[0].Oper != "up" || a.Addresses[0] != (inventory.Address{IP: "10.1.10.21", Prefix: 24, Interface: 3}) {
		t.Errorf("interfaces %+v, addresses %+v", a.Interfaces, a.Addresses)
	}
}

func TestUnknownStaysUnknown(t *testing.T) {
	bare := agent.Document{Version: agent.Version, TakenAt: taken, Identity: agent.Identity{Hostname: "x"}}
	o := bare.Observation(agent.Place{Municipality: "461", Source: "x"})
	want := &inventory.Asset{Municipality: "461", Kind: inventory.KindServer, Name: "x"}
	if diff := cmp.Diff(want, o.Asset); diff != "" {
		t.Errorf("a host that says nothing (-want +got):\n%s", diff)
	}
	if got := o.Tables["software"].State; got != inventory.TableAbsent || o.Tables["flows"].State != inventory.TableAbsent {
		t.Errorf("software table of a host that says nothing is %q, flows %q", got, o.Tables["flows"].State)
	}
	bare.Flows = []agent.Flow{}
	idle, err := agent.Parse(bytes.NewReader(encode(t, bare)))
	if err != nil {
		t.Fatal(err)
	}
	if got := idle.Observation(agent.Place{Municipality: "461", Source: "x"}).Tables["flows"].State; got != inventory.TableComplete {
		t.Errorf("flows table of a host that saw no traffic is %q", got)
	}
	if !strings.Contains(string(encode(t, bare)), `"hostname": "x"`) || strings.Contains(string(encode(t, bare)), "backup") {
		t.Error("an unknown backup must not be written")
	}
}

// FuzzParse checks that any document that is accepted survives being written and read again.
func FuzzParse(f *testing.F) {
	data, err := json.Marshal(document())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"version":1,"taken_at":"2026-01-01T00:00:00Z","identity":{"hostname":"a"}}`))
	f.Add([]byte(`{"version":1`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := agent.Parse(bytes.NewReader(data))
		if err != nil {
			return
		}
		d.Observation(agent.Place{Municipality: "461", Source: "fuzz"})
		again, err := json.Marshal(d)
		if err != nil {
			t.Fatalf("accepted document cannot be written: %v", err)
		}
		if _, err := agent.Parse(bytes.NewReader(again)); err != nil {
			t.Fatalf("accepted document is refused when written again: %v\n%s", err, again)
		}
	})
}
