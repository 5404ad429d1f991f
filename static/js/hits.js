// From hit to hit of the search that led to the open call: by n and N, and by buttons. What is folded
// around a hit is opened on the way, and messages that are not on the page yet are fetched. Without
// this file the numbers above the conversation lead to the messages.
const Hits = (() => {
  "use strict";

  const MARKS = ".one-call .conversation mark, .one-call .facts mark";
  const FOLDS = ".one-call .fold[data-hits-url]";
  let here = null; // the mark that was stepped to
  let isUnfolding = false;

  const bar = () => document.querySelector(".one-call .hit-steps");
  const stops = () => (bar()
    ? [...document.querySelectorAll(`${MARKS}, ${FOLDS}`)].filter((stop) => !stop.closest(".hits"))
    : []);
  const isFold = (stop) => stop.matches(".fold");
  const counted = (number, noun) => `${number.toLocaleString()} ${noun}${number === 1 ? "" : "s"}`;

  const told = (all) => {
    const marks = all.filter((stop) => !isFold(stop));
    const folded = all.filter(isFold).reduce((sum, fold) => sum + Number(fold.dataset.hits), 0);
    const more = marks.length >= Number(bar().dataset.most) ? "+" : "";
    const place = marks.indexOf(here) + 1;
    const found = place ? `${place.toLocaleString()} of ${marks.length.toLocaleString()}${more}`
      : `${marks.length.toLocaleString()}${more} ${marks.length === 1 ? "hit" : "hits"} here`;
    return folded ? `${found}, more in ${counted(folded, "folded message")}` : found;
  };

  const tell = () => {
    const all = stops();
    if (!bar()) return;
    bar().hidden = all.length === 0;
    bar().querySelector(".hit-place").textContent = told(all);
  };

  const land = (mark) => {
    here?.classList.remove("is-here");
    here = mark;
    for (let around = mark.closest("details"); around; around = around.parentElement.closest("details")) around.open = true;
    mark.classList.add("is-here");
    mark.scrollIntoView({ block: "center" });
    tell();
  };

  // Nothing is landed on where the messages did not come: that is said in their place (failed.js).
  const unfold = async (fold, by, all) => {
    const at = all.indexOf(fold);
    const neighbour = all[at - by];
    isUnfolding = true;
    try {
      await htmx.ajax("GET", fold.dataset.hitsUrl + (by < 0 ? "&end=last" : ""), { source: fold, target: fold, swap: "outerHTML" });
    } finally {
      isUnfolding = false;
    }
    if (fold.isConnected) return;
    const now = stops();
    const first = by > 0 ? 0 : now.length - 1;
    const next = now[neighbour?.isConnected ? now.indexOf(neighbour) + by : first];
    if (next && !isFold(next)) land(next);
  };

  const step = (by) => {
    const all = stops();
    if (!all.length || isUnfolding) return;
    const at = all.indexOf(here);
    const next = at < 0 ? all[by > 0 ? 0 : all.length - 1] : all[(at + by + all.length) % all.length];
    if (isFold(next)) unfold(next, by, all);
    else land(next);
  };

  const isTyping = (node) => node.matches("input:not([type=checkbox]), textarea, select");
  const has = () => stops().length > 0;

  document.addEventListener("keydown", (event) => {
    if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
    if (!["n", "N"].includes(event.key) || document.querySelector("dialog[open]") || !has()) return;
    event.preventDefault();
    step(event.key === "n" ? 1 : -1);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".hit-steps [data-step]");
    if (button) step(Number(button.dataset.step));
  });
  document.addEventListener("htmx:after:swap", tell);
  tell();
  return { has };
})();
