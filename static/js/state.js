// How far the index is was true when it was told. Where nothing newer comes, the line says since when
// instead. Without this file it is as old as the page.
(() => {
  "use strict";

  const REFUSED = 400;
  const TELL_MS = 1000;
  const find = (id) => document.getElementById(id);

  let told = find("state");
  let toldAt = Date.now();
  let hasFailed = false;

  const tell = () => {
    const age = told?.querySelector(".state-age");
    if (!age) return;
    const isOld = hasFailed || Boolean(find("feed-state")?.classList.contains("is-broken"));
    told.classList.toggle("is-old", isOld);
    const ago = Times.ago(Date.now() - toldAt);
    const text = isOld ? `The index was last heard of ${ago === "now" ? "a moment" : ago} ago.` : "";
    if (age.textContent !== text) age.textContent = text;
  };

  const fail = () => { hasFailed = true; tell(); };
  const isOfState = (event) => event.detail.ctx?.sourceElement?.id === "state";

  document.addEventListener("htmx:before:swap", (event) => {
    if (!isOfState(event) || (event.detail.ctx.response?.status ?? 0) < REFUSED) return;
    event.preventDefault();
    fail();
  });
  document.addEventListener("htmx:error", (event) => { if (isOfState(event)) fail(); });
  document.addEventListener("htmx:after:swap", () => {
    if (find("state") === told) return;
    told = find("state");
    toldAt = Date.now();
    hasFailed = false;
    tell();
  });
  setInterval(tell, TELL_MS);
})();
