// Choosing a time by dragging over the histogram, and reading a bar in the reader's zone. Without
// it every bar is a link to its time.
(() => {
  "use strict";

  const LEAST_DRAG_PX = 4;
  // `until` is inclusive, and the next step begins where one ends. The address is passed on and read
  // by people, so that the last microsecond is told, not the last double as in the links of the bars.
  const lastMoment = (end) => Math.round(end * 1e6 - 1) / 1e6;
  const SVG = "http://www.w3.org/2000/svg";
  let drag = null;
  let isDragged = false;

  const bars = () => document.getElementById("bars");
  const facts = (chart) => ({
    since: Number(chart.dataset.since),
    step: Number(chart.dataset.step),
    count: chart.viewBox.baseVal.width / 10,
  });

  const stepAt = (chart, clientX) => {
    const box = chart.getBoundingClientRect();
    const share = (clientX - box.left) / box.width;
    return Math.min(Math.max(Math.floor(share * facts(chart).count), 0), facts(chart).count - 1);
  };

  const timeOf = (chart, place) => facts(chart).since + place * facts(chart).step;

  const read = (text) => {
    const place = document.getElementById("chart-read");
    if (place) place.textContent = text;
  };

  const moments = (since, until) => {
    const show = (at) => Times.moment(new Date(at * 1000));
    return until - since < 60
      ? `${Times.clock.format(new Date(since * 1000))} – ${Times.clock.format(new Date(until * 1000))}`
      : `${show(since)} – ${show(until)}`;
  };

  const readBar = (chart, place) => {
    const at = timeOf(chart, place);
    const bar = chart.querySelector(`a[data-since="${at}"], a[data-since="${at.toFixed(1)}"]`);
    const calls = Number(bar?.dataset.calls ?? 0);
    const errors = Number(bar?.dataset.errors ?? 0);
    const failed = errors ? ` · ${errors.toLocaleString()} failed` : "";
    const told = `${moments(at, at + facts(chart).step)} · ${calls.toLocaleString()} ${calls === 1 ? "call" : "calls"}${failed}`;
    read(told);
    bar?.querySelector("title").replaceChildren(told);
  };

  const drawChoice = (chart, from, to) => {
    const rect = chart.querySelector(".chart-choice") ?? document.createElementNS(SVG, "rect");
    const [first, last] = [Math.min(from, to), Math.max(from, to)];
    for (const [name, value] of Object.entries({ class: "chart-choice", x: first * 10, y: 0, width: (last - first + 1) * 10, height: 100 })) {
      rect.setAttribute(name, value);
    }
    chart.append(rect);
    read(moments(timeOf(chart, first), timeOf(chart, last + 1)));
  };

  const go = (chart, from, to) => {
    const url = new URL(chart.dataset.range, location.href);
    url.searchParams.set("since", timeOf(chart, Math.min(from, to)));
    url.searchParams.set("until", lastMoment(timeOf(chart, Math.max(from, to) + 1)));
    location.assign(url);
  };

  document.addEventListener("pointerdown", (event) => {
    const chart = event.target.closest?.("#bars");
    isDragged = false;
    if (chart && event.button === 0) drag = { from: stepAt(chart, event.clientX), x: event.clientX };
  });
  document.addEventListener("pointermove", (event) => {
    const chart = bars();
    if (!chart) return;
    if (drag && Math.abs(event.clientX - drag.x) >= LEAST_DRAG_PX) isDragged = true;
    if (drag && isDragged) drawChoice(chart, drag.from, stepAt(chart, event.clientX));
    else if (event.target.closest?.("#bars")) readBar(chart, stepAt(chart, event.clientX));
  });
  document.addEventListener("pointerup", (event) => {
    const chart = bars();
    if (chart && drag && isDragged) go(chart, drag.from, stepAt(chart, event.clientX));
    drag = null;
  });
  const forget = () => {
    drag = null;
    document.querySelector(".chart-choice")?.remove();
    read("");
  };
  document.addEventListener("pointercancel", forget);
  // Before the other keys: while a time is drawn, Escape means this drawing.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !drag) return;
    event.stopImmediatePropagation();
    forget();
  }, true);
  document.addEventListener("dragstart", (event) => { if (event.target.closest?.("#bars")) event.preventDefault(); });
  document.addEventListener("click", (event) => {
    if (isDragged && event.target.closest?.("#bars")) event.preventDefault();
  }, true);
  // New numbers must not take away what is being drawn.
  document.addEventListener("htmx:before:request", (event) => {
    if (drag && event.detail.ctx?.sourceElement?.id === "overview") event.preventDefault();
  });
})();
