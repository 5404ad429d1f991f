// The live feed. htmx puts new rows into the inbox; from there each goes to its time in the list,
// at once, or when the reader is ready: while the feed is paused, or the list is being read (see
// reading.js), rows wait and are counted. Without this file the page is a plain list.
const Feed = (() => {
  "use strict";

  const ROWS_KEPT = 200;
  const RECOUNT_MS = 5000;
  const RELOAD_MS = 5000;
  const ANNOUNCE_MS = 10000;
  const POINTED_OUT = 8;
  const find = (id) => document.getElementById(id);

  let isPaused = false;
  let isStale = false;
  let waiting = 0;
  let unannounced = 0;
  let lastArrivalAt = 0;

  // A function that runs `work` now, or once `waitMs` since the last run are up.
  const spaced = (waitMs, work) => {
    let dueAt = 0;
    return () => {
      const now = Date.now();
      if (dueAt > now) return;
      const start = Math.max(now, dueAt + waitMs);
      dueAt = start;
      setTimeout(work, start - now);
    };
  };

  const recount = spaced(RECOUNT_MS, () => htmx.trigger("#overview", "recount"));
  const reload = spaced(RELOAD_MS, () => {
    if (isPaused) isStale = true;
    else htmx.trigger("#calls", "reload");
  });
  const announce = spaced(ANNOUNCE_MS, () => {
    const place = find("announce");
    if (place) place.textContent = `${unannounced} new call${unannounced === 1 ? "" : "s"}`;
    unannounced = 0;
  });

  const order = (row) => row.dataset.order.split("/").map(Number);
  const isBefore = (a, b) => a[0] > b[0] || (a[0] === b[0] && a[1] > b[1]);
  const isReading = () => isPaused || Reading.isUnderWay();

  // A row that is moved within the list keeps the focus.
  const move = (rows, row, next) => {
    if (row.parentElement === rows && row.nextElementSibling === next) return;
    const focused = row.contains(document.activeElement) ? document.activeElement : null;
    rows.insertBefore(row, next);
    focused?.focus({ preventScroll: true });
  };

  // A call goes to its time, below those that run; one that is older than the list's end belongs to
  // the next page.
  const put = (rows, row) => {
    const at = order(row);
    let next = Running.below(rows);
    while (next && (next === row || !isBefore(at, order(next)))) next = next.nextElementSibling;
    if (!next && rows.lastElementChild && !find("older").hidden) { row.remove(); return; }
    move(rows, row, next);
  };

  const trim = (rows) => {
    if (rows.children.length <= ROWS_KEPT) return;
    while (rows.children.length > ROWS_KEPT) rows.lastElementChild.remove();
    const older = find("older");
    const url = new URL(older.getAttribute("href") || location.href, location.href);
    url.searchParams.set("cursor", rows.lastElementChild.dataset.cursor);
    url.searchParams.delete("open");
    older.setAttribute("href", url.pathname + url.search);
    older.hidden = false;
  };

  // Whenever the list moves: calls that were completed in their place go to their time.
  const settle = (rows) => {
    for (const row of Running.unsettled(rows).reverse()) put(rows, row);
    trim(rows);
  };

  const tellWaiting = () => {
    const button = find("show-new");
    if (!button) return;
    button.hidden = waiting === 0;
    button.textContent = `${waiting.toLocaleString()} new`;
    document.title = `${waiting ? `(${waiting}) ` : ""}Calls · LLM Logs`;
  };

  const flush = () => {
    const rows = find("rows");
    const inbox = find("inbox");
    if (!inbox) return;
    Running.complete(inbox);
    // A few are pointed out; in a flood nobody could follow, and it would cost the most then.
    if (inbox.children.length <= POINTED_OUT) for (const row of inbox.children) row.classList.add("is-new");
    Slide.around(rows, () => {
      for (const row of [...inbox.children].reverse()) put(rows, row);
      settle(rows);
    });
    waiting = 0;
    tellWaiting();
    Times.localise(rows);
    Rails.redraw();
  };

  // A call may be told twice: a connection that breaks within a delivery goes on before it. While the
  // feed is paused its running row stays in the list, and is none.
  const isKnown = (row) => {
    const first = find(row.id);
    if (first === row) return false;
    return !first.matches(".is-under-way") || row.parentElement.querySelector(`#${row.id}`) !== row;
  };

  const unseen = (inbox) => {
    const arrived = [...inbox.querySelectorAll(":scope > .call:not([data-counted])")];
    for (const row of arrived) if (isKnown(row)) row.remove(); else row.dataset.counted = "";
    return arrived.filter((row) => row.isConnected);
  };

  // Until the reader is ready: those that will come into the list, and not more than it keeps.
  const keep = (inbox, arrived) => {
    const last = find("older").hidden ? null : find("rows").lastElementChild;
    for (const row of arrived) if (last && isBefore(order(last), order(row))) row.remove(); else waiting += 1;
    tellWaiting();
    if (inbox.children.length <= ROWS_KEPT) return;
    const newestFirst = [...inbox.children].sort((a, b) => (isBefore(order(a), order(b)) ? -1 : 1));
    for (const row of newestFirst.slice(ROWS_KEPT)) row.remove();
  };

  const receive = () => {
    const inbox = find("inbox");
    const ended = isPaused ? 0 : Running.complete(inbox);
    const arrived = unseen(inbox);
    if (!arrived.length && !ended) return;
    lastArrivalAt = Date.now();
    unannounced += arrived.length + ended;
    recount();
    announce();
    if (isReading()) { keep(inbox, arrived); return; }
    waiting += arrived.length;
    if (waiting) Slide.whenStill(flush);
  };

  const showAll = () => {
    window.scrollTo({ top: 0 });
    flush();
  };

  const tellPaused = () => {
    const button = find("feed-pause");
    if (!button) return;
    button.textContent = isPaused ? "Resume" : "Pause";
    button.setAttribute("aria-pressed", String(isPaused));
    Stream.setPaused(isPaused);
  };

  const setPaused = (value) => {
    isPaused = value;
    tellPaused();
    if (value) return;
    if (isStale) { isStale = false; reload(); } else flush();
  };

  const tellAge = () => {
    const age = find("feed-age");
    if (!age || document.hidden) return;
    const newest = document.querySelector("#rows > .call:not(.is-under-way) .call-time");
    const at = lastArrivalAt || (newest ? Date.parse(newest.dateTime) : 0);
    const told = Times.ago(Math.max(Date.now() - at, 0));
    age.textContent = at ? `last call ${told === "now" ? "just now" : `${told} ago`}` : age.dataset.waiting;
    if (waiting && !isReading()) Slide.whenStill(flush);
  };

  const listen = (name, work) => document.addEventListener(name, work);
  listen("htmx:sse:after:message", receive);
  for (const name of ["gap", "reset"]) {
    listen(name, (event) => { if (event.target.id === "feed") reload(); });
  }
  listen("click", (event) => {
    if (event.target.id === "feed-pause") setPaused(!isPaused);
    if (event.target.id === "show-new") showAll();
  });
  listen("scroll", () => { if (waiting && !isReading()) Slide.whenStill(flush); });
  let inbox = find("inbox");
  // The list came anew, with all that waited for it.
  listen("htmx:after:swap", () => {
    if (find("inbox") === inbox) return;
    inbox = find("inbox");
    waiting = 0;
    tellWaiting();
    tellPaused();
  });
  setInterval(tellAge, 1000);
  tellAge();
  return { isReading, settle, showAll };
})();
