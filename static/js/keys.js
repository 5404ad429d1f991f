// The keyboard: j/k through the calls, / to search. Enter is the link's own.
(() => {
  "use strict";

  const links = () => [...document.querySelectorAll("#rows .call-link")];
  const isTyping = (node) => node.matches("input:not([type=checkbox]), textarea, select");

  // The row that keys are about: the one with the focus, else the one that is open beside the list.
  const here = () => document.activeElement?.closest("#rows .call") ?? document.querySelector("#rows .call.is-open");

  const step = (by) => {
    const all = links();
    const now = all.indexOf(here()?.querySelector(".call-link"));
    const next = all[now < 0 ? 0 : Math.min(Math.max(now + by, 0), all.length - 1)];
    next?.focus();
    next?.closest(".call").scrollIntoView({ block: "nearest" });
  };

  const leave = () => {
    const open = document.querySelector("details.facet[open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); }
    else if (Panel.isOpen() && !isTyping(document.activeElement)) Panel.close();
    else document.activeElement?.blur();
  };

  const keys = {
    j: () => step(1),
    k: () => step(-1),
    u: () => here()?.querySelector("a.rail")?.click(),
    p: () => document.getElementById("feed-pause")?.click(),
    n: () => { if (Hits.has()) return; document.activeElement?.blur(); Feed.showAll(); },
    "/": () => document.getElementById("search")?.select(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.metaKey || event.ctrlKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") { leave(); return; }
    if (isTyping(event.target) || !(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });
})();
