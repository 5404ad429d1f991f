// The page of a call: copies, shows times in the viewer's zone, moves between turns by key.
// Everything here is also a link or a text without it. Works in the panel beside the list as well.
(() => {
  "use strict";

  const COPIED_MS = 2500;
  const AGES_EVERY_MS = 30000;
  const PREVIOUS_KEYS = ["h", "["];
  const NEXT_KEYS = ["l", "]"];
  const exact = new Intl.DateTimeFormat(undefined, {
    year: "numeric", month: "short", day: "2-digit", hour: "2-digit", minute: "2-digit",
    second: "2-digit", fractionalSecondDigits: 3, hourCycle: "h23", timeZoneName: "short",
  });

  const say = (near, text) => {
    const place = near.closest(".one-call")?.querySelector(".copied");
    if (!place) return;
    place.textContent = text;
    clearTimeout(place.timer);
    place.timer = setTimeout(() => { place.textContent = ""; }, COPIED_MS);
  };

  const fetched = async (url) => {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
    return answer.text();
  };

  // Without the clipboard interface, as on plain HTTP beyond this machine.
  const copyBySelection = (text) => {
    const field = document.createElement("textarea");
    field.value = text;
    field.readOnly = true;
    field.className = "copy-field";
    document.body.append(field);
    field.select();
    const isCopied = document.execCommand("copy");
    field.remove();
    if (!isCopied) throw new Error("The browser refused to copy.");
  };

  const copy = async (link) => {
    const text = link.dataset.copyText ?? await fetched(link.href);
    if (navigator.clipboard) await navigator.clipboard.writeText(text);
    else copyBySelection(text);
    say(link, "Copied");
  };

  const ageOf = (milliseconds) => {
    const seconds = Math.max(0, milliseconds / 1000);
    if (seconds < 1) return "just now";
    if (seconds < 120) return `${Math.round(seconds)} s ago`;
    if (seconds < 7200) return `${Math.round(seconds / 60)} min ago`;
    if (seconds < 172800) return `${(seconds / 3600).toFixed(1)} hours ago`;
    return `${(seconds / 86400).toFixed(1)} days ago`;
  };

  const showTimes = () => {
    for (const time of document.querySelectorAll(".one-call time[datetime]")) {
      const moment = new Date(time.dateTime);
      if (Number.isNaN(moment.getTime())) continue;
      if ("exact" in time.dataset) {
        time.title = time.title || time.textContent;
        time.textContent = exact.format(moment);
      } else if ("age" in time.dataset) {
        time.textContent = ageOf(Date.now() - moment.getTime());
      }
    }
  };

  const isTyping = (target) => target.isContentEditable
    || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);

  // From the page of a call; beside the list, the list decides what Esc leaves.
  const leave = () => {
    if (!document.querySelector("dialog[open]")) document.querySelector(".call-nav .back")?.click();
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-copy]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    copy(link).catch(() => say(link, "Not copied; open the link and copy there."));
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") { leave(); return; }
    const isPrevious = PREVIOUS_KEYS.includes(event.key);
    if (!isPrevious && !NEXT_KEYS.includes(event.key)) return;
    const link = document.querySelector(`.one-call a[rel=${isPrevious ? "prev" : "next"}]`);
    if (!link) return;
    event.preventDefault();
    link.click();
  });

  document.addEventListener("htmx:after:swap", showTimes);

  // A link that is replaced by what it led to had the focus: who reads on by keyboard stays there.
  let before = null;
  document.addEventListener("htmx:before:swap", (event) => {
    const { sourceElement: link, target } = event.detail.ctx ?? {};
    const isLink = link?.matches(".one-call a") && link === document.activeElement;
    const isAgain = document.activeElement?.matches(".one-call .try-again") && target?.contains(document.activeElement);
    const gone = isLink || isAgain ? (isAgain ? target : link.closest(".cut, .fold") ?? link) : null;
    before = gone && (gone.previousElementSibling ?? gone.parentElement);
  });
  document.addEventListener("htmx:after:swap", () => {
    if (!before?.isConnected || document.activeElement !== document.body) return;
    before.tabIndex = -1;
    before.focus({ preventScroll: true });
  });
  setInterval(() => { if (!document.hidden) showTimes(); }, AGES_EVERY_MS);
  showTimes();
})();
