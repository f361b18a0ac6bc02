package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/samdrift/samdrift/hub"
)

// chromium starts a headless browser, or skips loudly where there is none.
func chromium(t *testing.T) context.Context {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		const text = "Chromium is not installed (Debian: apt-get install chromium)"
		if os.Getenv("CI") != "" {
			t.Fatal("in CI this must run: " + text)
		}
		t.Skip("SKIPPED: " + text)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.WSURLReadTimeout(time.Minute),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true))
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox) // its sandbox refuses root
	}
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	browser, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	return browser
}

// axe reads the accessibility checker and gives the script that runs it.
func axe(t *testing.T) string {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("testdata", "axe", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	return string(source)
}

const runAxe = `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}).then(r => JSON.stringify(r.violations.map(v =>
	v.id + ": " + v.help + " at " + v.nodes.slice(0, 3).map(n => n.target.join(" ") + " (" + n.failureSummary.split("\n").slice(1).join(";") + ")").join(" | "))))`

// cutOff names the heat maps that do not fit their frame.
const cutOff = `[...document.querySelectorAll(".scroll:has(.heat)")].filter(x => x.scrollWidth > x.clientWidth).map(x => x.ariaLabel).join(", ")`

// state is how a page is looked at.
type state struct {
	name  string
	width int64
	dark  bool
}

// Every page, in a real browser, as every role: no fault in the console, nothing against WCAG 2.1 A
// and AA, nothing wider than the screen. The administrator's pages are also looked at in the dark
// and on a narrow screen. Screenshots go to the folder in SAMDRIFT_SCREENSHOTS.
func TestPagesInABrowser(t *testing.T) {
	browser := chromium(t)
	checker := axe(t)
	shots := os.Getenv("SAMDRIFT_SCREENSHOTS")
	if shots == "" {
		shots = t.TempDir()
	}
	wide, dark := state{"wide", 1440, false}, state{"dark", 1440, true}
	narrow, narrowDark := state{"narrow", 390, false}, state{"narrow-dark", 390, true}
	for _, role := range []hub.Role{hub.RoleAdmin, hub.RoleMunicipality, hub.RoleCentre, hub.RoleSteering} {
		states := []state{wide}
		if role == hub.RoleAdmin {
			states = []state{wide, dark, narrow, narrowDark}
		}
		t.Run(string(role), func(t *testing.T) {
			tab, cancel := chromedp.NewContext(browser)
			defer cancel()
			var faults []string
			chromedp.ListenTarget(tab, func(event any) {
				switch e := event.(type) {
				case *runtime.EventExceptionThrown:
					faults = append(faults, e.ExceptionDetails.Error())
				case *log.EventEntryAdded:
					if e.Entry.Level == log.LevelError {
						faults = append(faults, e.Entry.Text)
					}
				}
			})
			if err := chromedp.Run(tab, log.Enable(), chromedp.Navigate(site.URL+"/enter?token="+tokens[role])); err != nil {
				t.Fatal(err)
			}
			for _, path := range pages(t, "479") {
				if status, _, _ := get(t, role, path); status != 200 {
					continue // what a role may not see, and the page that does not exist, are tested elsewhere
				}
				looks := states
				if role == hub.RoleAdmin && formPage.MatchString(path) {
					looks = []state{narrowDark} // the municipality's own people are shown the same, wide
				}
				if role == hub.RoleAdmin && strings.HasPrefix(path, "/plan/") {
					looks = []state{wide, narrowDark} // /plan itself is looked at in every state
				}
				for _, s := range looks {
					faults = nil
					look(t, tab, checker, path, s, filepath.Join(shots, fmt.Sprintf("%s-%s-%s.png", role, fileName(path), s.name)))
					for _, f := range faults {
						t.Errorf("%s as %s, %s: %s", path, role, s.name, f)
					}
				}
			}
		})
	}
}

// formPage are the pages that are mostly forms.
var formPage = regexp.MustCompile(`^/gap/(actions|incidents|joint/report|\d+/)`)

var notName = regexp.MustCompile(`[^a-z0-9]+`)

func fileName(path string) string {
	if path == "/" {
		return "overview"
	}
	path, _, _ = strings.Cut(path, "?")
	return strings.Trim(notName.ReplaceAllString(path, "-"), "-")
}

// look opens a page in a state, checks it and takes its picture.
func look(t *testing.T, tab context.Context, checker, path string, s state, file string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(tab, time.Minute)
	defer cancel()
	scheme := "light"
	if s.dark {
		scheme = "dark"
	}
	var violations string
	var scrollWidth int64
	var cut string
	var picture []byte
	await := func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }
	err := chromedp.Run(ctx,
		emulation.SetDeviceMetricsOverride(s.width, 900, 1, false),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
		}),
		chromedp.Navigate(site.URL+path),
		chromedp.WaitVisible("h1", chromedp.ByQuery),
		chromedp.Evaluate("document.documentElement.scrollWidth", &scrollWidth),
		chromedp.Evaluate(cutOff, &cut),
		chromedp.Evaluate(checker+";0", nil),
		chromedp.Evaluate(runAxe, &violations, await),
		chromedp.FullScreenshot(&picture, 100),
	)
	if err != nil {
		t.Errorf("%s, %s: %v", path, s.name, err)
		return
	}
	var found []string
	if err := json.Unmarshal([]byte(violations), &found); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	for _, v := range found {
		t.Errorf("%s, %s: %s", path, s.name, v)
	}
	if cut != "" && s.width >= 1440 {
		t.Errorf("%s, %s: the last column of %q is cut off", path, s.name, cut)
	}
	if scrollWidth > s.width {
		t.Errorf("%s, %s: the page is %d wide on a screen of %d", path, s.name, scrollWidth, s.width)
	}
	if err := os.WriteFile(file, picture, 0o600); err != nil {
		t.Error(err)
	}
}

// The script keeps marked parts fresh, and "/" finds the search field, by keyboard alone.
func TestScriptInABrowser(t *testing.T) {
	tab, cancel := chromedp.NewContext(chromium(t))
	defer cancel()
	ctx, cancel := context.WithTimeout(tab, time.Minute)
	defer cancel()
	var focused, refreshed string
	err := chromedp.Run(ctx,
		chromedp.Navigate(site.URL+"/enter?token="+tokens[hub.RoleMunicipality]),
		chromedp.Navigate(site.URL+"/alerts"),
		chromedp.WaitVisible("[data-refresh]", chromedp.ByQuery),
		chromedp.KeyEvent("/"),
		chromedp.Evaluate("document.activeElement.id", &focused),
		chromedp.Evaluate("document.activeElement.blur(); document.querySelector('[data-refresh]').innerHTML = 'old'", nil),
		chromedp.Poll("document.querySelector('[data-refresh]').innerHTML !== 'old' && document.querySelector('[data-refresh]').innerText", &refreshed, chromedp.WithPollingTimeout(30*time.Second)),
	)
	if err != nil {
		t.Fatal(err)
	}
	if focused != "search" || !strings.Contains(refreshed, "aktive") {
		t.Errorf("focus on %q, part reads %q", focused, refreshed)
	}
}

// A question is answered by keyboard alone: the radio buttons are reached with the tabulator and moved with
// the arrows, the script keeps the answer, and it stands there when the page is loaded anew.
func TestAnswerByKeyboard(t *testing.T) {
	tab, cancel := chromedp.NewContext(chromium(t))
	defer cancel()
	ctx, cancel := context.WithTimeout(tab, time.Minute)
	defer cancel()
	const chosen = "document.querySelector('#answer input[name=level]:checked')?.value ?? ''"
	var first, after, said string
	err := chromedp.Run(ctx,
		chromedp.Navigate(site.URL+"/enter?token="+tokens[hub.RoleMunicipality]),
		chromedp.Navigate(site.URL+"/gap/479/answers?control=21j-01"),
		chromedp.WaitVisible("#answer", chromedp.ByQuery),
	)
	for range 60 { // tabulator until the levels are reached
		var name string
		if err == nil {
			err = chromedp.Run(ctx, chromedp.KeyEvent(kb.Tab), chromedp.Evaluate("document.activeElement.name ?? ''", &name))
		}
		if name == "level" {
			break
		}
	}
	if err == nil {
		err = chromedp.Run(ctx, chromedp.KeyEvent(" "), chromedp.KeyEvent(kb.ArrowDown), chromedp.Evaluate(chosen, &first),
			chromedp.Poll("document.querySelector('#answer [data-says]').innerText", &said, chromedp.WithPollingTimeout(30*time.Second)),
			chromedp.Reload(), chromedp.WaitVisible("#answer", chromedp.ByQuery), chromedp.Evaluate(chosen, &after))
	}
	if err != nil {
		t.Fatal(err)
	}
	if first == "" || after != first || !strings.Contains(said, "Gemt") {
		t.Errorf("chosen %q, after a reload %q, the page said %q", first, after, said)
	}
}

// A file of answers is tried by keyboard alone: its differences are a page that keeps to WCAG too, and from
// it the way back leads without a change.
func TestImportByKeyboard(t *testing.T) {
	tab, cancel := chromedp.NewContext(chromium(t))
	defer cancel()
	ctx, cancel := context.WithTimeout(tab, time.Minute)
	defer cancel()
	file := filepath.Join(t.TempDir(), "svar.csv")
	if err := os.WriteFile(file, []byte("id;level;owner\n20-01;2;Tastaturejer\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tabTo := func(text string) chromedp.ActionFunc {
		return func(ctx context.Context) error {
			for range 200 {
				var here string
				if err := chromedp.Run(ctx, chromedp.KeyEvent(kb.Tab), chromedp.Evaluate("document.activeElement.innerText ?? ''", &here)); err != nil {
					return err
				}
				if strings.TrimSpace(here) == text {
					return nil
				}
			}
			return fmt.Errorf("the tabulator never reaches %q", text)
		}
	}
	var violations, shown, back string
	await := func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }
	err := chromedp.Run(ctx,
		chromedp.Navigate(site.URL+"/enter?token="+tokens[hub.RoleMunicipality]),
		chromedp.Navigate(site.URL+"/gap/479/answers"),
		chromedp.SetUploadFiles("#sheet", []string{file}, chromedp.ByQuery),
		tabTo("Vis forskelle"), chromedp.KeyEvent(kb.Enter),
		chromedp.WaitVisible("form[action$='/apply']", chromedp.ByQuery),
		chromedp.Evaluate("document.querySelector('main').innerText", &shown),
		chromedp.Evaluate(axe(t)+";0", nil),
		chromedp.Evaluate(runAxe, &violations, await),
		tabTo("Fortryd"), chromedp.KeyEvent(kb.Enter),
		chromedp.WaitVisible("#sheet", chromedp.ByQuery),
		chromedp.Evaluate("document.querySelector('main').innerText", &back),
	)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(shown, "Tastaturejer") || strings.Contains(back, "Tastaturejer") || violations != "[]" {
		t.Errorf("the page of differences reads %.300q, against WCAG: %s", shown, violations)
	}
}
