package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/terraform"
)

// What happens in a run is a line for people on stderr, or an object a line on stdout for programs.
func TestTellHappening(t *testing.T) {
	x := hub.Happening{Server: "nyb-esdh-01", Done: 3, Event: terraform.Event{At: time.Now(), Unit: "450-a1", Kind: terraform.EventComplete, Resource: "vm.server_a1",
		Action: "update", Elapsed: 130, Message: "Modifications complete", Total: 60}}
	var out, faults bytes.Buffer
	a := &app{streams: streams{out: &out, err: &faults}, output: "table"}
	a.tellHappening(x)
	if text := faults.String(); !strings.HasSuffix(text, " 450-a1: nyb-esdh-01: update done after 2m10s (3 of 60)\n") || out.Len() > 0 {
		t.Errorf("for people: stderr %q, stdout %q", text, out.String())
	}
	faults.Reset()
	a.output = "json"
	a.tellHappening(x)
	var got map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil || strings.Count(out.String(), "\n") != 1 || faults.Len() > 0 {
		t.Fatalf("%v: stdout %q, stderr %q", err, out.String(), faults.String())
	}
	for key, want := range map[string]any{"unit": "450-a1", "kind": "apply_complete", "server": "nyb-esdh-01", "action": "update", "elapsed_seconds": 130.0, "done": 3.0, "total": 60.0} {
		if got[key] != want {
			t.Errorf("%s is %v, want %v", key, got[key], want)
		}
	}
}
