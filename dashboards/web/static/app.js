// Pages work without this script. It keeps marked parts fresh and lets "/" find the search field.
"use strict";
for (const part of document.querySelectorAll("[data-refresh]")) {
  let shown = ""; // what has not changed is not put in again: screen readers would say it again
  setInterval(async () => {
    if (document.hidden || part.contains(document.activeElement)) return;
    try {
      const answer = await fetch(part.dataset.refresh, { headers: { Accept: "text/html" } });
      const text = answer.ok ? await answer.text() : shown;
      if (text !== shown) part.innerHTML = shown = text;
    } catch {
      // The hub is away for a moment; the next round tries again.
    }
  }, Number(part.dataset.every) || 10000);
}
document.addEventListener("keydown", (e) => {
  const field = document.getElementById("search");
  if (e.key === "/" && field && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
    e.preventDefault();
    field.focus();
  }
});
// Forms that keep what is changed in them: a moment after the last change, in order, and before leaving.
for (const form of document.querySelectorAll("form[data-autosave]")) {
  const says = form.querySelector("[data-says]");
  let waiting = 0, sending = Promise.resolve();
  const send = (keepalive) => {
    clearTimeout(waiting);
    waiting = 0;
    const body = new URLSearchParams(new FormData(form));
    sending = sending.then(async () => {
      if (form.elements.version) body.set("version", form.elements.version.value); // as the save before left it
      try {
        const answer = await fetch(form.action, { method: "POST", body, keepalive, headers: { "Samdrift-Autosave": "1" } });
        if (answer.ok && form.elements.version) form.elements.version.value = answer.headers.get("Samdrift-Version");
        if (!says) return;
        if (answer.headers.get("Samdrift-Autosave")) says.innerHTML = await answer.text();
        else says.textContent = says.dataset.away;
      } catch {
        if (says) says.textContent = says.dataset.away;
      }
    });
  };
  form.addEventListener("change", () => {
    clearTimeout(waiting);
    waiting = setTimeout(send, 500, false);
  });
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    waiting = 0;
  });
  addEventListener("pagehide", () => { if (waiting) send(true); });
}
