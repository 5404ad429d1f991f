// A call beside the list, on screens with room for both. The address of the page names the open call
// (`open=…`): opening a call is a step that Back undoes, walking on by j and k is not. Without this
// file, and on narrow screens, a row is a link to the page of its call.
const Panel = (() => {
  "use strict";

  const PAGES = "/studio/llm-logs/";
  const FOLLOW_MS = 120;
  const LOOK_MS = 2000;
  const isWide = matchMedia("(min-width: 75rem)");
  const panel = document.getElementById("call-panel");
  // How a call that arrives is taken: { history: "push" | "replace" | "", takesFocus }.
  const GONE_TO = { history: "push", takesFocus: true };
  let intent = GONE_TO;
  let following = 0;
  let awaited = ""; // the address of the call that is on its way

  const tail = () => panel.querySelector(".one-call")?.dataset.tail ?? "";
  const isOpen = () => tail() !== "";
  const linkTo = (address) => [...document.querySelectorAll("#rows .call-link")]
    .find((link) => link.getAttribute("href") === PAGES + address);

  // The query of the list itself, and the address of the list with a call beside it.
  const listQuery = () => {
    const asked = new URLSearchParams(location.search);
    asked.delete("open");
    return asked.toString();
  };
  const addressWith = (address) => {
    const opened = address && `open=${encodeURIComponent(address).replaceAll("%2F", "/")}`;
    const query = [listQuery(), opened].filter(Boolean).join("&");
    return location.pathname + (query && `?${query}`);
  };
  const closedUrl = () => location.pathname + (listQuery() && `?${listQuery()}`);
  const partOf = (address) => {
    const asked = new URLSearchParams({ part: "panel" });
    if (listQuery()) asked.set("list", listQuery());
    return `${PAGES}${address}${address.includes("?") ? "&" : "?"}${asked}`;
  };

  const mark = () => {
    document.body.classList.toggle("has-call", isOpen());
    markRow(awaited || tail());
  };
  const markRow = (address) => {
    for (const link of document.querySelectorAll(".calls .call-link, #inbox .call-link")) {
      const isShown = address !== "" && link.getAttribute("href") === PAGES + address;
      link.closest(".call").classList.toggle("is-open", isShown);
      if (isShown) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };

  // As tall as there is room below what stands above the list.
  const fit = () => {
    const top = Math.max(panel.parentElement.getBoundingClientRect().top, 0);
    panel.style.setProperty("--panel-top", `${Math.min(top, innerHeight / 2)}px`);
  };

  const keepAddress = (how) => {
    if (how && addressWith(tail()) !== location.pathname + location.search) {
      history[`${how}State`](null, "", addressWith(tail()));
    }
  };

  const tellLoading = (text) => { document.getElementById("panel-loading").textContent = text; };
  const isLoaded = () => isOpen() && !panel.querySelector(".is-loading, .is-unloaded");

  const load = (address, how) => {
    clearTimeout(following);
    intent = how;
    panel.setAttribute("aria-busy", "true");
    awaited = address;
    markRow(address); // at once: the call itself may be long in coming
    tellLoading("Loading call…");
    if (!isLoaded()) { Frames.loading(panel, address, closedUrl()); mark(); fit(); }
    htmx.ajax("GET", partOf(address), { source: panel, target: panel, swap: "innerHTML" });
  };

  const open = (address) => {
    clearTimeout(following);
    if (address === tail() && isLoaded()) panel.focus({ preventScroll: true });
    else load(address, GONE_TO);
  };

  const close = (how = "push") => {
    clearTimeout(following);
    const link = linkTo(awaited || tail());
    awaited = "";
    tellLoading("");
    const hadFocus = panel.contains(document.activeElement) || document.activeElement === document.body;
    htmx.trigger(panel, "htmx:abort");
    panel.replaceChildren();
    keepAddress(how);
    mark();
    if (hadFocus) link?.focus({ preventScroll: false });
  };

  const arrived = () => {
    awaited = "";
    tellLoading("");
    panel.removeAttribute("aria-busy");
    panel.scrollTop = 0;
    fit();
    keepAddress(intent.history);
    mark();
    if (intent.takesFocus) panel.focus({ preventScroll: true });
    intent = GONE_TO;
  };

  // A call that has not ended is looked after until it has; then it stands here, and nothing else
  // changes: neither the address nor the focus.
  const look = async () => {
    const address = tail();
    if (document.hidden || !panel.querySelector("[data-waiting]")) return;
    const answer = await fetch(partOf(address)).then((got) => got.text(), () => 'data-waiting="');
    if (address !== tail() || answer.includes('data-waiting="')) return;
    load(address, { history: "", takesFocus: panel.contains(document.activeElement) });
  };
  setInterval(look, LOOK_MS);

  // The turn after the open call may arrive while it is read: then it gets its link, and nothing moves.
  let askedFor = "";
  const lookForNext = async () => {
    const address = tail();
    const row = linkTo(address)?.closest(".call");
    if (!row || !isLoaded() || askedFor === address || panel.querySelector("[rel=next]")) return;
    if (!document.querySelector(`.call[data-previous="${row.id}"]`)) return;
    askedFor = address;
    const text = await fetch(partOf(address)).then((got) => got.text(), () => "");
    const links = new DOMParser().parseFromString(text, "text/html").querySelector(".turn-links");
    if (!links || address !== tail()) return;
    panel.querySelector(".turn-links").replaceWith(links);
    htmx.process(links);
  };
  document.addEventListener("htmx:sse:after:message", lookForNext);

  const isPlain = (event) => event.button === 0
    && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.defaultPrevented);

  document.addEventListener("click", (event) => {
    if (!isPlain(event) || !isWide.matches) return;
    const link = event.target.closest("#rows a.call-link[href], #rows a.rail, .call-panel .panel-close");
    if (!link) return;
    event.preventDefault();
    if (link.matches(".panel-close")) close();
    else open(link.getAttribute("href").slice(PAGES.length));
  });
  // A row that is walked to by keyboard; a pointer that presses a link decides by its click.
  document.addEventListener("focusin", (event) => {
    clearTimeout(following);
    if (!isOpen() || !isWide.matches || !event.target.matches("#rows .call-link[href]:focus-visible")) return;
    const address = event.target.getAttribute("href").slice(PAGES.length);
    if (address === tail()) return;
    following = setTimeout(load, FOLLOW_MS, address, { history: "replace", takesFocus: false });
  });

  const isOurs = (event) => event.detail.ctx?.target === panel;
  // The address within the page's own that a part was asked for.
  const addressOf = (action) => {
    const url = new URL(action, location.href);
    const id = url.searchParams.get("log_id");
    return url.pathname.slice(PAGES.length) + (id === null ? "" : `?log_id=${encodeURIComponent(id)}`);
  };
  const fail = (context, error) => {
    const address = addressOf(context.request.action);
    const how = intent;
    const hadFocus = panel.contains(document.activeElement);
    awaited = "";
    tellLoading("");
    panel.removeAttribute("aria-busy");
    const note = (what) => Failed.note(what, Failed.why(context, error), () => load(address, how));
    if (isLoaded()) Frames.tell(panel, note("The other call")); // the open one is left alone
    else Frames.failed(panel, address, closedUrl(), note("The call"));
    fit();
    mark();
    if (hadFocus || how.takesFocus) panel.querySelector(".try-again").focus({ preventScroll: true });
  };
  // An answer that is no call but all in order (a login) is looked at where it belongs: on a page.
  document.addEventListener("htmx:before:swap", (event) => {
    const context = event.detail.ctx;
    if (!isOurs(event) || context.text.includes('class="one-call"')) return;
    event.preventDefault();
    if (context.response.status >= 400) fail(context);
    else location.assign(context.request.action.replace("part=panel", ""));
  });
  document.addEventListener("htmx:before:request", (event) => {
    if (!isOurs(event) || event.detail.ctx.sourceElement === panel) return;
    intent = GONE_TO;
    panel.setAttribute("aria-busy", "true");
    tellLoading("Loading call…");
  });
  document.addEventListener("htmx:after:swap", (event) => {
    if (isOurs(event)) arrived();
    else mark();
  });
  document.addEventListener("htmx:error", (event) => {
    const { ctx, error } = event.detail;
    if (isOurs(event) && error?.name !== "AbortError") fail(ctx, error);
  });
  window.addEventListener("popstate", () => {
    const address = new URLSearchParams(location.search).get("open") ?? "";
    if (!address) close("");
    else if (address !== tail()) load(address, { history: "", takesFocus: false });
  });
  for (const name of ["scroll", "resize"]) addEventListener(name, () => { if (isOpen()) fit(); }, { passive: true });
  fit();
  mark();
  return { close, isOpen, mark };
})();
