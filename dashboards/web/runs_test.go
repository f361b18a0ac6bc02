package web_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/samdrift/samdrift/terraform"
)

// A wave's approved plans, begun from the list: what is worked on now is shown on both pages, and in a
// browser without being asked.
func TestARunOnThePage(t *testing.T) {
	dir := t.TempDir()
	on := filepath.Join(dir, "on")
	if found, err := terraform.FindEngine(t.Context(), terraform.DefaultConfig()); err == nil { // or newMoving skips
		script := fmt.Sprintf(`#!/bin/sh
if [ "$1" = apply ]; then
  echo '{"@message":"slow: Modifying...","type":"apply_start","hook":{"resource":{"addr":"vm.slow"},"action":"update"}}'
  while [ ! -e '%s' ]; do sleep 0.1; [ -d '%s' ] || exit 1; done
  echo '{"@message":"slow: Modified","type":"apply_complete","hook":{"resource":{"addr":"vm.slow"},"action":"update","elapsed_seconds":130}}'
fi
exec '%s' "$@"
`, on, dir, found.Path)
		if err := os.WriteFile(filepath.Join(dir, "tofu"), []byte(script), 0o700); err != nil { // it is looked for first
			t.Fatal(err)
		}
		t.Setenv("PATH", dir+string(filepath.ListSeparator)+os.Getenv("PATH"))
	}
	m := newMoving(t)
	unit := m.onlyUnit()
	m.does("carl", unit, "plan", 303)
	m.does("bo", unit, "consent", 303)
	m.does("dorte", unit, "approve", 303, "hours", "8")
	v, err := m.hub.Move(t.Context(), movers["carl"], unit)
	if err != nil {
		t.Fatal(err)
	}
	wave := "/moves/wave/" + v.Move.Wave.ID + "/apply"
	m.page("carl", "/moves", "Udfør bølgens godkendte planer (1)")
	for _, who := range []string{"bo", "eva", "finn"} {
		if status, body := m.send(who, http.MethodPost, wave, ""); status != 403 {
			t.Errorf("%s applies a wave: %d: %s", who, status, words(body))
		}
	}
	if status, body := m.send("carl", http.MethodPost, "/api/v1/moves/apply", `{}`); status != 422 {
		t.Errorf("neither units nor a wave: %d %s", status, body)
	}
	if status, body := m.send("carl", http.MethodPost, wave, ""); status != 303 {
		t.Fatal(status, words(body))
	}
	for ; ; time.Sleep(20 * time.Millisecond) {
		v, err := m.hub.Move(t.Context(), movers["carl"], unit)
		if err != nil || v.Run == nil || !v.Run.Ended.IsZero() {
			t.Fatalf("it does not come to work on anything: %+v, %v", v.Run, err)
		}
		if len(v.Run.Now) == 1 {
			break
		}
	}
	path := "/moves/" + unit
	m.page("bo", path, "Kører nu", "0 af 1 gjort", "tages under styring", "Begyndt:", "Planen er uændret")
	m.page("bo", "/moves", "Kørsler lige nu", "0 af 1 gjort")
	m.page("bo", "/live/moves", "Kørsler lige nu", "tages under styring")
	if body := m.page("eva", "/live/moves"); strings.Contains(body, "Kørsler lige nu") {
		t.Errorf("another municipality sees the run: %s", words(body))
	}

	tab, cancel := chromedp.NewContext(chromium(t))
	defer cancel()
	if err := chromedp.Run(tab, chromedp.Navigate(m.site.URL+"/enter?token="+m.tokens["dorte"])); err != nil {
		t.Fatal(err)
	}
	demo := site
	site = m.site // what look looks at
	defer func() { site = demo }()
	for name, path := range map[string]string{"list": "/moves", "unit": path} {
		for _, s := range []state{{"wide", 1440, false}, {"narrow-dark", 390, true}} {
			look(t, tab, axe(t), path, s, filepath.Join(dir, "run-"+name+"-"+s.name+".png"))
		}
	}
	if err := os.WriteFile(on, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	m.awaitRun(unit)
	m.page("bo", path, "Kørslen er gennemført", "1 af 1 gjort", "2 min. 10 s")
}
