// Draws a line through the calls of each conversation, in the margin of the list. Without it every
// call has a dot in the colour of its conversation and a link to the turn before.
const Rails = (() => {
  "use strict";

  const LANES = 6;
  const LANE_PX = 7;
  const WIDTH_PX = 44;
  const LINE_PX = 2;
  const DOT_CENTRE_PX = 6.5;
  const SVG = "http://www.w3.org/2000/svg";
  const colour = (row) => [...row.classList].find((name) => name.startsWith("thread-"));

  // From the oldest row up: each conversation is the rows that lead to one another.
  const conversations = (rows) => {
    const of = new Map();
    for (let place = rows.length - 1; place >= 0; place -= 1) {
      const row = rows[place];
      const known = of.get(row.dataset.previous);
      const found = known ?? { first: place, last: place, colour: colour(row), isContinued: Boolean(row.dataset.previous), lane: -1 };
      found.last = place;
      of.set(row.id, found);
      row.classList.replace(colour(row), found.colour);
    }
    return of;
  };

  // Lanes are given from the oldest row up, so that a new call on top moves none.
  const giveLanes = (rows, of) => {
    const taken = new Array(LANES).fill(null);
    for (let place = rows.length - 1; place >= 0; place -= 1) {
      const mine = of.get(rows[place].id);
      if (mine.first === place) {
        mine.lane = taken.findIndex((other) => other === null || other.last > place);
        if (mine.lane >= 0) taken[mine.lane] = mine;
      }
    }
  };

  const line = (parent, lane, from, to, className) => {
    const rect = document.createElementNS(SVG, "rect");
    rect.setAttribute("x", lane * LANE_PX + DOT_CENTRE_PX - LINE_PX / 2);
    rect.setAttribute("width", LINE_PX);
    rect.setAttribute("y", from);
    rect.setAttribute("height", to - from);
    if (className) rect.setAttribute("class", className);
    parent.append(rect);
  };

  const drawRow = (row, place, all) => {
    const rail = row.firstElementChild;
    const mine = all.find((one) => one.ids.has(row.id));
    const lane = mine && mine.lane >= 0 ? mine.lane : LANES - 1;
    const signature = all.map((one) => `${one.lane}${one.colour}${one.last === place}${one.first === place}`).join() + lane;
    if (rail.dataset.drawn === signature) return;
    rail.dataset.drawn = signature;
    rail.querySelector("svg")?.remove();
    for (let n = 0; n < LANES; n += 1) row.classList.toggle(`lane-${n}`, n === lane);
    // A call on its own beside no conversation has a dot and no line.
    if (!all.some((one) => one.first !== one.last || one.isContinued)) return;
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", `0 0 ${WIDTH_PX} 100`);
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("aria-hidden", "true");
    for (const one of all) {
      if (one.lane < 0) continue;
      const bottom = one.first === place ? (one.isContinued ? 100 : 50) : 100;
      line(svg, one.lane, one.last === place ? 50 : 0, bottom, `line-of ${one.colour}`);
    }
    rail.prepend(svg);
  };

  const draw = () => {
    const rows = [...document.querySelectorAll("#rows > .call:not(.is-under-way)")];
    const of = conversations(rows);
    giveLanes(rows, of);
    const unique = [...new Set(of.values())];
    for (const one of unique) one.ids = new Set();
    for (const [id, one] of of) one.ids.add(id);
    rows.forEach((row, place) => {
      drawRow(row, place, unique.filter((one) => one.last <= place && place <= one.first));
    });
    return of;
  };

  let drawn = new Map();
  const redraw = () => { drawn = draw(); };
  let shownFor = null;
  const showKin = (row) => {
    if (row === shownFor) return;
    shownFor = row;
    const mine = row && drawn.get(row.id);
    for (const other of document.querySelectorAll("#rows > .call")) {
      other.classList.toggle("is-kin", Boolean(mine && mine.ids.size > 1 && mine.ids.has(other.id)));
    }
  };

  redraw();
  document.addEventListener("htmx:after:swap", redraw);
  for (const name of ["pointerover", "focusin"]) {
    document.addEventListener(name, (event) => showKin(event.target.closest?.("#rows > .call")));
  }
  // A turn before that is in the list is gone to; any other is opened.
  document.addEventListener("click", (event) => {
    const row = event.target.closest("a.rail")?.closest(".call");
    const before = row && document.getElementById(row.dataset.previous);
    if (!before || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    before.querySelector(".call-link").focus();
  });
  return { redraw };
})();
