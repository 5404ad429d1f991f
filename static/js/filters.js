// Comfort around the form: times in the reader's zone, short addresses, a tick that is sent at once.
// Without it the form is sent by its button.
const Filters = (() => {
  "use strict";

  const form = document.getElementById("filters");
  const moments = [...form.querySelectorAll("[data-moment]")];
  const pad = (number) => String(number).padStart(2, "0");

  const local = (utc) => {
    const at = new Date(`${utc}Z`);
    if (Number.isNaN(at.getTime())) return "";
    const day = `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
    const part = at.getMilliseconds() ? `.${String(at.getMilliseconds()).padStart(3, "0")}` : "";
    return `${day}T${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}${part}`;
  };

  const localise = () => {
    for (const input of moments) {
      input.value = local(input.value);
      input.dataset.shown = input.value;
    }
  };
  localise();
  for (const zone of form.querySelectorAll(".zone")) zone.textContent = "(your time)";

  // A time that nobody touched is sent as it came: fields know milliseconds at most.
  const exact = (input) => (input.value === input.dataset.shown && input.dataset.exact)
    || String(new Date(input.value).getTime() / 1000);

  // What the form says, with `changes` (values by parameter) in the place of its own. It is put
  // together here, since a browser sends a line break within a name as two characters.
  const query = (changes) => {
    const said = new FormData(form);
    for (const input of moments) if (input.value) said.set(input.name, exact(input));
    if (form.querySelector("[name=has_error]:checked")) said.set("has_error", "true");
    for (const [name, values] of Object.entries(changes)) {
      said.delete(name);
      for (const value of values) said.append(name, value);
    }
    return new URLSearchParams([...said].filter(([, value]) => value !== "")).toString();
  };
  const send = (changes = {}) => location.assign(`${form.action}?${query(changes)}`.replace(/\?$/, ""));

  form.addEventListener("submit", (event) => { event.preventDefault(); send(); });
  form.addEventListener("change", (event) => {
    if (event.target.matches("[name=has_error], [name=min_latency_ms]")) form.requestSubmit();
  });
  // What drops down: one at a time, and none once a click goes elsewhere.
  const closeOthers = (one) => {
    for (const open of form.querySelectorAll(".facet[open]")) if (open !== one) open.open = false;
  };
  // A panel that would leave the screen hangs on the right end of its button.
  const keepInside = (facet) => {
    facet.classList.remove("is-at-end");
    const { right } = facet.querySelector(".facet-panel").getBoundingClientRect();
    facet.classList.toggle("is-at-end", right > document.documentElement.clientWidth);
  };
  form.addEventListener("toggle", (event) => {
    if (!event.target.open) return;
    closeOthers(event.target);
    keepInside(event.target);
  }, true);
  document.addEventListener("click", (event) => closeOthers(event.target.closest(".facet")));

  // Back from the next page: the form as this page's address says.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    closeOthers(null);
    form.reset();
    localise();
  });

  return { form, send };
})();
