// The plan over time: a cutover is moved with the mouse or the arrow keys and tried at once, and what
// was tried can be taken back. Everything is in the address. Without this script the same is done with
// the form on a group's page, and with plain links.
"use strict";
(() => {
  const work = document.querySelector("[data-work]");
  if (!work) return;
  const status = document.querySelector("[data-status]");
  const words = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  const oneDay = 86400000;
  let held = null; // what is being moved: its bar, how many days, where the pointer took it
  let dragged = false; // the click that ends a drag is no click on the link
  const box = () => work.querySelector("[data-gantt]");
  const target = (h) => new Date(Date.parse(h.bar.dataset.day) + h.days * oneDay);

  function show() {
    held.bar.classList.add("held");
    held.bar.setAttribute("transform", `translate(${held.days * box().dataset.perday} 0)`);
    status.textContent = box().dataset.says.replace("{date}", words.format(target(held)));
  }
  function drop(says) {
    if (!held) return;
    held.bar.classList.remove("held");
    held.bar.removeAttribute("transform");
    held = null;
    status.textContent = says;
  }
  // attempt asks for the plan with the held bar on its new date.
  function attempt() {
    const url = new URL(box().dataset.here, location.href);
    url.searchParams.delete("undone");
    url.searchParams.append("pin", held.bar.dataset.move + "@" + target(held).toISOString().slice(0, 10));
    go(url.href, held.bar.id);
  }
  // go puts the plan at an address in place of this one; focus is the id of what is to have it afterwards.
  async function go(url, focus, push = true) {
    const before = box();
    const from = { left: before.scrollLeft, top: before.scrollTop, perDay: before.dataset.perday };
    status.textContent = before.dataset.waits;
    before.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(url, { headers: { "Samdrift-Part": "work" } });
      if (!answer.ok) throw new Error(answer.statusText);
      work.innerHTML = await answer.text();
    } catch {
      before.removeAttribute("aria-busy");
      drop("");
      status.textContent = before.dataset.away;
      return;
    }
    held = null;
    if (push) history.pushState(null, "", url);
    box().scrollTop = from.top;
    if (box().dataset.perday === from.perDay) box().scrollLeft = from.left;
    else toToday();
    (document.getElementById(focus) ?? box()).focus({ preventScroll: true });
    status.textContent = work.querySelector("[data-result]")?.textContent ?? "";
  }
  function toToday() {
    const today = work.querySelector(".body .mark.today");
    if (today && box().scrollWidth > box().clientWidth) box().scrollLeft = Math.max(0, today.getAttribute("x1") - 120);
  }
  const bar = (e) => e.target.closest("[data-move]");

  work.addEventListener("keydown", (e) => {
    const at = bar(e);
    const step = { ArrowLeft: -1, ArrowRight: 1 }[e.key];
    if (at && step) {
      e.preventDefault();
      if (held && held.bar !== at) drop("");
      held ??= { bar: at, days: 0 };
      held.days += step * (e.shiftKey ? 7 : 1);
      show();
    } else if (held && e.key === "Escape") {
      drop(box().dataset.dropped);
    } else if (held && e.key === "Enter") {
      e.preventDefault();
      if (held.days) attempt();
      else drop("");
    }
  });
  work.addEventListener("focusout", () => { if (held && held.x === undefined) drop(""); });
  document.addEventListener("keydown", (e) => {
    if (!(e.ctrlKey || e.metaKey) || /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) return;
    const link = work.querySelector({ z: e.shiftKey ? "[data-redo]" : "[data-undo]", y: "[data-redo]" }[e.key.toLowerCase()] ?? "[data-none]");
    if (!link) return;
    e.preventDefault();
    go(link.href, link.id);
  });

  work.addEventListener("pointerdown", (e) => {
    dragged = false;
    const at = bar(e);
    if (!at || e.button) return;
    held = { bar: at, days: 0, x: e.clientX };
    at.setPointerCapture(e.pointerId);
  });
  work.addEventListener("pointermove", (e) => {
    if (held?.x === undefined) return;
    const days = Math.round((e.clientX - held.x) / box().dataset.perday);
    if (days === held.days) return;
    held.days = days;
    dragged = true;
    show();
  });
  work.addEventListener("pointerup", () => {
    if (held?.x === undefined) return;
    if (held.days) attempt();
    else drop("");
  });
  work.addEventListener("pointercancel", () => drop(""));
  work.addEventListener("dragstart", (e) => e.preventDefault());
  work.addEventListener("click", (e) => {
    const link = e.target.closest("a[data-soft]");
    if (dragged) e.preventDefault();
    else if (link && !e.ctrlKey && !e.metaKey && !e.shiftKey) {
      e.preventDefault();
      go(link.href, link.id);
    }
    dragged = false;
  });
  addEventListener("popstate", () => go(location.href, "", false));
  // A bar is as wide as its slack: what is to be seen of it is its night.
  const night = document.getElementById(location.hash.slice(1))?.querySelector(".hit");
  if (night) night.scrollIntoView({ block: "center", inline: "center" });
  else toToday();
})();
