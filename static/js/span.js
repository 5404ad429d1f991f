// A span up to now ("the last 15 minutes") moves on while the page is open: numbers are counted anew,
// and rows that have left it leave the list, once nobody reads there.
(() => {
  "use strict";

  const TICK_MS = 10_000;
  const WHOLE_SECONDS = 60; // as the server begins a span
  const find = (id) => document.getElementById(id);

  const spanSeconds = () => Number(find("calls").dataset.spanSeconds);
  const begins = () => Math.floor((Date.now() / 1000 - spanSeconds()) / WHOLE_SECONDS) * WHOLE_SECONDS;

  const timeOf = (row) => Number(row.dataset.order.split("/")[0]);
  const dropRows = (since) => {
    const left = [...find("rows").children].filter((row) => timeOf(row) < since);
    for (const row of left) row.remove();
    if (left.length) Rails.redraw();
  };

  let countedFrom = spanSeconds() ? begins() : 0;
  const tick = () => {
    if (!spanSeconds() || document.hidden) return;
    const since = begins();
    if (since !== countedFrom) htmx.trigger("#overview", "recount");
    countedFrom = since;
    if (!Feed.isReading()) dropRows(since);
  };
  setInterval(tick, TICK_MS);
})();
