// The connection to the live feed. It is there while somebody looks and this window has a place (see
// places.js), goes on behind the last event that came, and ends with the login.
const Stream = (() => {
  "use strict";

  const PLACE_MS = 2000;
  const RETRY_MS = 10000;
  const UNAUTHORISED = 401;
  const find = (id) => document.getElementById(id);

  let feed = null; // the element that is, or was last, connected
  let lastId = "";
  let giveBack = null; // of the place that this window has
  let isAsking = false;
  let isPaused = false;
  let isLive = false;
  let retry = 0;

  const show = (text, className = "") => {
    isLive = className === "is-live";
    const state = find("feed-state");
    if (!state) return;
    state.textContent = isLive && isPaused ? "Paused" : text;
    state.className = `feed-state ${isLive && isPaused ? "" : className}`;
  };
  const showLive = () => show("Live", "is-live");

  // Another element is another stream: htmx ends that of one that has left the page.
  const replaceFeed = (url) => {
    const old = find("feed");
    if (!old) return;
    feed = old.cloneNode(false);
    if (url) feed.setAttribute("hx-sse:connect", url);
    else feed.removeAttribute("hx-sse:connect");
    old.replaceWith(feed);
    htmx.process(feed);
  };

  const isConnected = () => Boolean(find("feed")?.hasAttribute("hx-sse:connect"));
  const connect = () => {
    if (isConnected()) return;
    const url = new URL(find("feed").dataset.feed, location.href);
    if (lastId) url.searchParams.set("after", lastId);
    replaceFeed(url.pathname + url.search);
  };

  // One chain of attempts, however often the window is hidden and shown.
  const follow = async () => {
    clearTimeout(retry);
    if (!find("feed") || document.hidden || isAsking) return;
    isAsking = true;
    giveBack ??= await Places.any();
    isAsking = false;
    if (document.hidden) { leave(); return; }
    if (!find("feed")) return;
    if (giveBack) { connect(); return; }
    show("Live in other windows");
    followIn(PLACE_MS);
  };
  const followIn = (waitMs) => {
    clearTimeout(retry);
    retry = setTimeout(follow, waitMs);
  };

  const leave = () => {
    clearTimeout(retry);
    if (isConnected()) replaceFeed("");
    giveBack?.();
    giveBack = null;
  };

  const setPaused = (value) => {
    isPaused = value;
    if (isLive) showLive();
  };

  const listen = (name, work) => document.addEventListener(name, work);
  const remember = (event) => { lastId = event.detail.connection.lastEventId || lastId; };
  listen("htmx:sse:after:connection", (event) => { if (event.target === feed) showLive(); });
  listen("htmx:sse:after:message", remember);
  listen("htmx:sse:close", remember);
  listen("htmx:sse:error", (event) => {
    // Loaded anew, the page is that of the login, from where one comes back to here.
    if (event.detail.status === UNAUTHORISED) location.reload();
    else show("Reconnecting", "is-broken");
  });
  // A stream that was refused at the start (all places taken), or met nobody, is none that htmx
  // would reconnect.
  for (const name of ["htmx:after:request", "htmx:error"]) {
    listen(name, (event) => {
      const context = event.detail.ctx;
      if (!feed || context?.sourceElement !== feed || context.response?.status === 200) return;
      replaceFeed("");
      show("Not connected", "is-broken");
      followIn(RETRY_MS);
    });
  }
  listen("visibilitychange", () => { if (document.hidden) leave(); else follow(); });
  // A list that came anew says itself where its rows end.
  listen("htmx:after:swap", () => {
    if (find("feed") === feed) return;
    lastId = "";
    follow();
  });
  // htmx takes the page in hand once it is all there. A feed that asks before and is answered after
  // that would be connected twice, and every call be told twice.
  if (document.readyState === "loading") listen("DOMContentLoaded", follow);
  else follow();
  return { setPaused };
})();
