// Calls that have not ended. Their rows tick on top of the list and become the row of the finished
// call where they stand. The feed tells the whole set at every change, so none can be left behind.
// Without this file the rows say when their call began.
const Running = (() => {
  "use strict";

  const TICK_MS = 1000;
  const ROW_IS_DUE_TICKS = 5;
  const FASTEST_MS = 100; // as in llmlogs/rows.py
  const SLOWEST_MS = 100000;
  const find = (id) => document.getElementById(id);
  const isUnderWay = (row) => row.classList.contains("is-under-way");
  const underWay = () => [...document.querySelectorAll("#rows > .is-under-way")];

  let keys = null;
  let known = new Map();
  let skewMs = 0;
  let ticks = 0;

  const tellCount = (now, told) => {
    const place = find("running-told");
    if (!place) return;
    skewMs = now * 1000 - Date.now();
    place.textContent = told;
  };

  const elapsed = (ms) => {
    const seconds = Math.max(0, Math.floor(ms / 1000));
    return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  };

  // The bar grows on the scale of the latencies, to where the finished call will have it.
  const share = (ms) => {
    const part = Math.log(Math.max(ms, 1) / FASTEST_MS) / Math.log(SLOWEST_MS / FASTEST_MS);
    return Math.round(100 * Math.min(Math.max(part, 0.02), 1));
  };

  const tell = (row) => {
    const place = row.querySelector(".elapsed");
    if (!place) return;
    if (keys !== null && !keys.includes(row.id)) { place.textContent = "ended"; return; } // its row waits
    const ms = Date.now() + skewMs - Number(row.dataset.started) * 1000;
    place.textContent = elapsed(ms);
    row.querySelector(".bar-fill").setAttribute("width", share(ms));
  };

  // New ones first: a link that has neither address nor tabindex for a moment loses the focus.
  const takeAttributes = (node, from) => {
    for (const name of from.getAttributeNames()) node.setAttribute(name, from.getAttribute(name));
    for (const name of node.getAttributeNames()) if (!from.hasAttribute(name)) node.removeAttribute(name);
  };

  // The row shows what another shows. It stays the same element, and so does its link, which may
  // have the focus.
  const become = (row, other) => {
    const link = row.querySelector(".call-link");
    const parts = [...other.children];
    for (const [place, part] of [...row.children].entries()) if (part !== link) part.replaceWith(parts[place]);
    const otherLink = parts.find((part) => part.matches(".call-link"));
    takeAttributes(link, otherLink);
    link.replaceChildren(...otherLink.childNodes);
    takeAttributes(row, other);
    htmx.process(row);
  };

  // Rows of finished calls that have a running row in the list go into it. Nothing moves.
  const complete = (inbox) => {
    let ended = 0;
    for (const finished of [...inbox.children]) {
      const row = find(finished.id);
      if (!isUnderWay(row)) continue;
      finished.remove();
      become(row, finished);
      row.classList.add("is-done");
      row.dataset.unsettled = "";
      ended += 1;
    }
    if (ended) { Times.localise(find("rows")); Rails.redraw(); }
    return ended;
  };

  // Where the finished calls begin: below all that run.
  const below = (rows) => {
    const last = underWay().pop();
    return last ? last.nextElementSibling : rows.firstElementChild;
  };

  // Finished calls stand where they were completed until the list moves anyway.
  const unsettled = (rows) => {
    const found = [...rows.querySelectorAll(":scope > [data-unsettled]")];
    for (const row of found) delete row.dataset.unsettled;
    return found;
  };

  const made = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content.firstElementChild;
  };

  // A call that is over keeps its row for a moment: the finished one is on its way. Counted in ticks,
  // since a tab that was frozen in between has not waited.
  const isLeftOver = (row) => {
    row.dataset.overAt ??= String(ticks);
    return ticks - Number(row.dataset.overAt) > ROW_IS_DUE_TICKS;
  };

  const show = () => {
    if (keys === null || Feed.isReading()) return;
    for (const row of underWay()) if (!keys.includes(row.id) && isLeftOver(row)) row.remove();
    let above = null;
    let hasMoved = false;
    for (const key of keys) {
      const there = find(key);
      if (there) { if (isUnderWay(there)) above = there; continue; }
      const row = made(known.get(key));
      if (above) above.after(row); else find("rows").prepend(row);
      row.classList.add("is-new");
      above = row;
      hasMoved = true;
    }
    if (!hasMoved) return;
    Feed.settle(find("rows"));
    Rails.redraw();
    Times.localise(find("rows"));
    underWay().forEach(tell);
    Panel.mark();
  };

  const receive = (news) => {
    for (const [key, html] of Object.entries(news.rows)) {
      known.set(key, html);
      const row = find(key);
      const other = row && isUnderWay(row) ? made(html) : null;
      if (!other || other.matches(".is-lost") === row.matches(".is-lost")) continue;
      become(row, other);
      Panel.mark();
    }
    keys = news.keys.filter((key) => known.has(key));
    known = new Map(keys.map((key) => [key, known.get(key)]));
    tellCount(news.now, news.told);
    show();
  };

  const listen = (name, work) => document.addEventListener(name, work);
  listen("running", (event) => { if (event.target.id === "feed") receive(JSON.parse(event.detail.data)); });
  listen("htmx:sse:after:connection", () => { keys = null; });
  const begin = find("running-told");
  if (begin) tellCount(Number(begin.dataset.now), begin.textContent);
  underWay().forEach(tell);
  setInterval(() => {
    ticks += 1;
    if (document.hidden) return;
    underWay().forEach(tell);
    show();
  }, TICK_MS);
  return { below, complete, unsettled };
})();
