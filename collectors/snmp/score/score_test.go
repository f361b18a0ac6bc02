package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A folder of our own making: what is right, missing and wrong is told apart.
func TestScore(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, "recordings", "switch.snmprec"), `1.3.6.1.2.1.1.1.0|4|HP J9776A 2530-24G Switch, revision YA.16.10.0012, ROM YA.15.20
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.11.2.3.7.11.160
1.3.6.1.2.1.1.5.0|4|sw1
1.3.6.1.2.1.2.2.1.1.7|2|7
1.3.6.1.2.1.2.2.1.2.7|4|Port 7
1.3.6.1.2.1.2.2.1.3.7|2|6
1.3.6.1.2.1.31.1.1.1.1.7|4|7
`)
	write(t, filepath.Join(folder, "expected", "switch.json"), `{"os": "procurve", "os_text": "HP ProCurve",
		"device": {"version": "YA.16.10.0012", "serial": "CN00XX0001"}, "basis": {"version": "literal", "serial": "literal"},
		"ports": [{"ifIndex": 7, "ifName": "7", "ifDescr": "Port 8"}, {"ifIndex": 9, "ifName": "9"}]}`)
	got := scored(t, "--data", folder)
	for fact, want := range map[string]row{
		"rich os":     {Asserted: 1, Right: 1},
		"version":     {Asserted: 1, Right: 1},
		"serial":      {Asserted: 1, Missing: 1},
		"port recall": {Asserted: 2, Right: 1, Missing: 1},
		"port name":   {Asserted: 1, Right: 1},
		"port descr":  {Asserted: 1, Wrong: 1},
	} {
		r := got[fact]
		if r.Asserted != want.Asserted || r.Right != want.Right || r.Missing != want.Missing || r.Wrong != want.Wrong {
			t.Errorf("%s: %+v, want %+v", fact, r, want)
		}
	}
	if _, judged := got["sensor"]; judged {
		t.Error("sensors are judged although nothing is asserted of them")
	}
}

func TestNothingToScore(t *testing.T) {
	err := run(context.Background(), []string{"--data", t.TempDir()}, &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "no recordings") {
		t.Errorf("error %v, want one that says what is missing", err)
	}
}

func scored(t *testing.T, args ...string) map[string]row {
	t.Helper()
	var out bytes.Buffer
	if err := run(context.Background(), append(args, "--output", "json"), &out); err != nil {
		t.Fatal(err)
	}
	var rows []row
	if err := json.Unmarshal(out.Bytes(), &rows); err != nil {
		t.Fatal(err)
	}
	byFact := map[string]row{}
	for _, r := range rows {
		byFact[r.Fact] = r
	}
	return byFact
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
