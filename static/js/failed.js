// A part of a page that did not come says so in its place, in words, and can be tried again. Without
// this file the answer of a server in trouble would stand there, or nothing.
const Failed = (() => {
  "use strict";

  const PARTS = ".one-call, #overview, #calls";
  const OF_ITSELF = ["feed", "state"]; // tell of their trouble themselves
  const REFUSED = 400;
  const GONE = 404;

  const why = (context, error) => {
    const status = context.response?.status ?? 0;
    if (status === GONE) return "it is no longer there.";
    if (status >= REFUSED) return `the Studio answered ${status}.`;
    if (error === "timeout" || error?.name === "AbortError") return "the Studio took too long to answer.";
    return "the Studio does not answer.";
  };

  const note = (what, reason, again) => {
    const place = document.createElement("div");
    place.className = "failed";
    const words = document.createElement("p");
    words.setAttribute("role", "alert");
    words.textContent = `${what} could not be loaded: ${reason}`;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet try-again";
    button.textContent = "Try again";
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-disabled") === "true") return;
      button.setAttribute("aria-disabled", "true");
      button.textContent = "Trying…";
      again();
    });
    place.append(words, button);
    return place;
  };

  // Where the answer would have gone: in the place of a link, above numbers or rows that were there.
  const show = (target, place) => {
    const before = target.querySelector(":scope > .failed");
    // Numbers that fail again and again by themselves are told once.
    if (before?.textContent === place.textContent) return;
    const hadFocus = Boolean(before?.contains(document.activeElement));
    before?.remove();
    target.querySelector(":scope > .counting")?.remove();
    target.classList.add("has-failed");
    if (target.matches("#overview, #calls")) target.prepend(place);
    else target.append(place);
    if (hadFocus) place.querySelector("button").focus();
  };

  const ours = (context) => {
    const { target, sourceElement } = context ?? {};
    if (!target?.closest || target.id === "call-panel" || OF_ITSELF.includes(sourceElement?.id)) return null;
    return target.closest(PARTS) ? target : null;
  };

  const tell = (context, error) => {
    const target = ours(context);
    if (!target) return false;
    const { sourceElement, swap, select, request } = context;
    const what = sourceElement.closest("[data-what]")?.dataset.what ?? "This part";
    const source = sourceElement.isConnected ? sourceElement : target;
    show(target, note(what, why(context, error), () => {
      htmx.ajax("GET", request.action, { source, target, swap, select });
    }));
    return true;
  };

  document.addEventListener("htmx:before:swap", (event) => {
    const context = event.detail.ctx;
    if ((context?.response?.status ?? 0) >= REFUSED && tell(context)) event.preventDefault();
  });
  document.addEventListener("htmx:error", (event) => {
    const { ctx, error } = event.detail;
    // A request that another one replaced is none that failed.
    if (!ctx?.request || (error?.name === "AbortError" && ctx.request.signal?.reason !== "timeout")) return;
    tell(ctx, error);
  });
  return { note, why };
})();
