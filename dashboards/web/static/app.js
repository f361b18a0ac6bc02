// Pages work without this script. It keeps marked parts fresh and lets "/" find the search field.
"use strict";
for (const part of document.querySelectorAll("[data-refresh]")) {
  setInterval(async () => {
    if (document.hidden || part.contains(document.activeElement)) return;
    try {
      const answer = await fetch(part.dataset.refresh, { headers: { Accept: "text/html" } });
      if (answer.ok) part.innerHTML = await answer.text();
    } catch {
      // The hub is away for a moment; the next round tries again.
    }
  }, 10000);
}
document.addEventListener("keydown", (e) => {
  const field = document.getElementById("search");
  if (e.key === "/" && field && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
    e.preventDefault();
    field.focus();
  }
});
