package web_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/samdrift/samdrift/hub"
	"github.com/samdrift/samdrift/planner"
)

// timeline opens the plan in a browser with a group's lane and wave unfolded, and gives the selector of
// the group's bar.
func timeline(t *testing.T, g planner.Group) (ctx context.Context, bar string) {
	t.Helper()
	tab, cancel := chromedp.NewContext(chromium(t))
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(tab, 2*time.Minute)
	t.Cleanup(cancel)
	bar = `[data-move="` + g.ID + `"]`
	err := chromedp.Run(ctx,
		emulation.SetDeviceMetricsOverride(1440, 1000, 1, false),
		chromedp.Navigate(site.URL+"/enter?token="+tokens[hub.RoleAdmin]),
		chromedp.Navigate(site.URL+"/plan?zoom=week&open="+g.Municipality+"&open="+g.Wave+"#m-"+g.ID),
		chromedp.WaitReady(bar, chromedp.ByQuery),
	)
	if err != nil {
		t.Fatal(err)
	}
	return ctx, bar
}

// wait is how long a page may take to answer on a busy machine.
var wait = chromedp.WithPollingTimeout(30 * time.Second)

// A cutover is moved with the keyboard alone: dropped once, tried once, undone, redone.
func TestCutoverMovesByKeyboard(t *testing.T) {
	g := movingGroup(t)
	ctx, bar := timeline(t, g)
	week := g.Cutover.AddDays(7).String()
	const status = `document.querySelector("[data-status]").textContent`
	var said, dropped, after string
	var pinned, undone, redone bool
	err := chromedp.Run(ctx,
		chromedp.Focus(bar, chromedp.ByQuery),
		chromedp.KeyEvent(kb.ArrowRight),
		chromedp.Evaluate(status, &said),
		chromedp.KeyEvent(kb.Escape),
		chromedp.Evaluate(status, &dropped),
		chromedp.KeyEvent(kb.ArrowRight, chromedp.KeyModifiers(input.ModifierShift)),
		chromedp.KeyEvent(kb.Enter),
		chromedp.Poll(`document.querySelector("[data-undo]") !== null && location.search.includes("`+week+`")`, &pinned, wait),
		chromedp.Evaluate(`document.activeElement.id`, &after),
		chromedp.Click("[data-undo]", chromedp.ByQuery),
		chromedp.Poll(`document.querySelector("[data-undo]") === null && document.querySelector("[data-redo]") !== null`, &undone, wait),
		chromedp.Click("[data-redo]", chromedp.ByQuery),
		chromedp.Poll(`document.querySelector("[data-undo]") !== null && document.querySelector("[data-result]") !== null`, &redone, wait),
	)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(said, "Enter prøver datoen") || !strings.Contains(dropped, "Intet er ændret") {
		t.Errorf("moving says %q, dropping says %q", said, dropped)
	}
	if !pinned || !undone || !redone || after != "m-"+g.ID {
		t.Errorf("tried %v, undone %v, tried again %v; focus is on %q", pinned, undone, redone, after)
	}
}

// A cutover is dragged with the mouse, the plan answers at once, and the browser's back button undoes it.
func TestCutoverIsDragged(t *testing.T) {
	g := movingGroup(t)
	ctx, bar := timeline(t, g)
	var at struct{ X, Y, PerDay float64 }
	var tried, back bool
	const days = 14
	err := chromedp.Run(ctx,
		chromedp.Evaluate(`(() => { const e = document.querySelector('`+bar+` .hit'); e.scrollIntoView({block: "center", inline: "center"});
			const r = e.getBoundingClientRect(); return {X: r.x + r.width/2, Y: r.y + r.height/2, PerDay: +document.querySelector("[data-gantt]").dataset.perday} })()`, &at),
	)
	if err != nil {
		t.Fatal(err)
	}
	target := g.Cutover.AddDays(days).String()
	err = chromedp.Run(ctx,
		chromedp.MouseEvent(input.MousePressed, at.X, at.Y, chromedp.ButtonLeft),
		chromedp.MouseEvent(input.MouseMoved, at.X+days/2*at.PerDay, at.Y, chromedp.ButtonLeft),
		chromedp.MouseEvent(input.MouseMoved, at.X+days*at.PerDay, at.Y, chromedp.ButtonLeft),
		chromedp.MouseEvent(input.MouseReleased, at.X+days*at.PerDay, at.Y, chromedp.ButtonLeft),
		chromedp.Poll(`document.querySelector("[data-result]") !== null && location.search.includes("`+target+`")`, &tried, wait),
		chromedp.Evaluate(`history.back()`, nil),
		chromedp.Poll(`document.querySelector("[data-result]") === null && !location.search.includes("pin=")`, &back, wait),
	)
	if err != nil {
		t.Fatal(err)
	}
	if !tried || !back {
		t.Errorf("dragged to %s: %v, taken back: %v", target, tried, back)
	}
}
