// Times in the reader's own zone and how long ago they were. Without it the page tells UTC.
const Times = (() => {
  "use strict";

  const HOUR_MS = 3_600_000;
  const RETELL_MS = 1000;
  const format = (options) => new Intl.DateTimeFormat(undefined, { hourCycle: "h23", ...options });
  const clock = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const minute = format({ hour: "2-digit", minute: "2-digit" });
  const day = format({ day: "numeric", month: "short" });
  const exact = format({ dateStyle: "full", timeStyle: "long" });

  const ago = (ms) => {
    const seconds = Math.floor(ms / 1000);
    if (seconds < 1) return "now";
    if (seconds < 60) return `${seconds} s`;
    if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
    return `${Math.floor(seconds / 3600)} h`;
  };

  const moment = (date) => `${day.format(date)} ${minute.format(date)}`;
  // The end of a span is the last moment before a whole second; people say that second.
  const edge = (date) => {
    const nearest = new Date(Math.round(date.getTime() / 1000) * 1000);
    return nearest.getSeconds() ? `${day.format(nearest)} ${clock.format(nearest)}` : moment(nearest);
  };
  const write = (node, text) => { if (node && node.data !== text) node.data = text; };

  const midnight = (now) => new Date(now).setHours(0, 0, 0, 0);

  // Within the last hour and today how long ago, else the day: its time stands above.
  const tellAgo = (time, now, today) => {
    const at = Date.parse(time.dateTime);
    const isNear = now - at > -60_000 && (at >= today || now - at < HOUR_MS);
    const told = isNear ? ago(now - at) : day.format(new Date(at));
    write(time.nextElementSibling?.firstChild, told);
  };

  const localise = (root) => {
    const now = Date.now();
    const today = midnight(now);
    for (const time of root.querySelectorAll("time[datetime]:not([data-told])")) {
      const date = new Date(time.dateTime);
      if (Number.isNaN(date.getTime())) continue;
      time.dataset.told = "";
      const isRow = time.classList.contains("call-time");
      const tell = isRow ? clock.format : time.classList.contains("chip-time") ? edge : moment;
      time.textContent = tell(date);
      if (isRow) tellAgo(time, now, today);
    }
  };

  const retell = () => {
    if (document.hidden) return;
    const now = Date.now();
    const today = midnight(now);
    for (const time of document.querySelectorAll("#rows .call-time")) tellAgo(time, now, today);
  };

  const zone = (root) => {
    const head = root.querySelector("#zone");
    if (head) { head.textContent = "Time"; head.title = Intl.DateTimeFormat().resolvedOptions().timeZone; }
  };

  // Told only to who asks: it is the slowest of all to write, and every row would have it.
  const tellExactly = (event) => {
    const time = event.target.closest?.("#rows .call")?.querySelector(".call-time:not([data-exact])");
    if (!time) return;
    time.dataset.exact = "";
    time.title = `${exact.format(new Date(time.dateTime))} · ${time.dateTime}`;
  };

  const tell = (root) => { localise(root); zone(root); };

  tell(document);
  for (const name of ["pointerover", "focusin"]) document.addEventListener(name, tellExactly);
  setInterval(retell, RETELL_MS);
  // Before it is in the page: a text that is put right afterwards moves, if it was painted already.
  document.addEventListener("htmx:before:swap", (event) => {
    for (const { fragment } of event.detail.tasks) if (fragment) tell(fragment);
  });
  return { ago, clock, localise, moment };
})();
