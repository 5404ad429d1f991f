// The menus of agents, models and providers: a field, and below it the names that the server finds
// for what is typed there. Nothing changes until a name is chosen: by a click, by Enter on the one
// that the arrow keys are on, that is typed in full, or that alone is left. Of agents several can be
// ticked first. Without this file a menu is a link to the same names.
(() => {
  "use strict";

  const FIND_MS = 150;

  const menu = (facet) => {
    const [field, box, told, failed, go] = [".find", ".choices", ".choices-told", ".choices-failed", ".choices-go"]
      .map((selector) => facet.querySelector(selector));
    const { parameter } = facet.dataset;
    const inForce = new FormData(Filters.form).getAll(parameter);
    let ticked = new Set(); // the names that will be in force
    let touched = new Set(); // those that were ticked or unticked since the menu was opened
    let isEntered = false; // Enter came before the names of what was typed
    let finding = 0;

    const list = () => box.querySelector("[role=listbox]");
    const isMany = () => list().getAttribute("aria-multiselectable") === "true";
    const options = () => [...box.querySelectorAll("[role=option]")];
    const nameOf = (option) => option.querySelector(".choice-names").dataset.name;
    const isChosen = (option) => option.getAttribute("aria-selected") === "true";
    const active = () => options().find((option) => option.id === field.getAttribute("aria-activedescendant"));

    const activate = (option) => {
      for (const other of options()) other.classList.toggle("is-active", other === option);
      if (option) field.setAttribute("aria-activedescendant", option.id);
      else field.removeAttribute("aria-activedescendant");
      option?.scrollIntoView({ block: "nearest" });
    };
    const step = (by) => {
      const all = options();
      const next = all.indexOf(active()) + by;
      activate(all[next < 0 ? all.length - 1 : next % all.length]);
    };

    const showTicks = () => {
      if (isMany()) for (const option of options()) option.setAttribute("aria-selected", ticked.has(nameOf(option)));
      go.hidden = touched.size === 0;
      go.textContent = `Show ${ticked.size || "all"} agent${ticked.size === 1 ? "" : "s"}`;
    };
    const tick = (name) => {
      if (!ticked.delete(name)) ticked.add(name);
      touched.add(name);
      showTicks();
    };

    const leave = () => {
      facet.open = false;
      facet.querySelector("summary").focus();
    };
    const show = (names) => {
      if (names.length === inForce.length && names.every((name) => inForce.includes(name))) leave();
      else Filters.send({ [parameter]: names });
    };
    // Enter chooses, and never lets go of what is chosen; a click does, and so does Space.
    const take = (option) => {
      if (isMany()) show([...(touched.has(nameOf(option)) ? ticked : new Set(ticked).add(nameOf(option)))]);
      else if (isChosen(option)) leave();
      else show([nameOf(option)]);
    };
    const flip = (option) => {
      if (!isMany()) { show(isChosen(option) ? [] : [nameOf(option)]); return; }
      if (!touched.has(nameOf(option))) tick(nameOf(option));
      show([...ticked]);
    };

    const enter = () => {
      if (active()) { take(active()); return; }
      if (!field.value) { if (touched.size) show([...ticked]); return; }
      isEntered = box.hasAttribute("aria-busy") || list().dataset.find !== field.value;
      if (isEntered) return;
      const all = options();
      const found = all.find((option) => nameOf(option) === field.value) ?? (all.length === 1 && all[0]);
      if (found) take(found);
      else if (all.length) told.textContent = `${list().dataset.count} names are left; go to one by the arrow keys, or type on.`;
    };

    const load = () => {
      clearTimeout(finding);
      const url = new URL(facet.dataset.choices, location.href);
      url.searchParams.set("find", field.value);
      box.setAttribute("aria-busy", "true");
      failed.hidden = true;
      if (!options().length) told.textContent = "Loading";
      htmx.ajax("GET", url.pathname + url.search, { source: box, target: box, swap: "innerHTML" });
    };
    const arrived = (name) => {
      box.removeAttribute("aria-busy");
      told.textContent = list().dataset.told;
      activate(options().find((option) => nameOf(option) === name));
      showTicks();
      if (isEntered) enter();
    };
    const fail = () => {
      box.removeAttribute("aria-busy");
      isEntered = false;
      told.textContent = "";
      failed.hidden = false;
    };

    const open = () => {
      ticked = new Set(inForce);
      touched = new Set();
      field.value = "";
      activate(null);
      showTicks();
      load();
      field.focus();
    };
    facet.addEventListener("toggle", () => {
      isEntered = false;
      if (facet.open) open();
      else clearTimeout(finding);
    });

    field.addEventListener("input", () => {
      isEntered = false;
      activate(null);
      clearTimeout(finding);
      finding = setTimeout(load, FIND_MS);
    });
    const keys = {
      ArrowDown: () => step(1),
      ArrowUp: () => step(-1),
      Enter: enter,
    };
    field.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const isTick = event.key === " " && active();
      if (!isTick && !(event.key in keys)) return;
      event.preventDefault();
      if (!isTick) keys[event.key]();
      else if (isMany()) tick(nameOf(active()));
      else flip(active());
    });

    // The field keeps the focus; links stay links for other windows.
    box.addEventListener("mousedown", (event) => { if (event.target.closest("[role=option]")) event.preventDefault(); });
    box.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (!option || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      if (event.target.matches(".choice-tick")) tick(nameOf(option));
      else flip(option);
    });
    go.addEventListener("click", () => show([...ticked]));
    failed.querySelector("button").addEventListener("click", () => { load(); field.focus(); });

    let activeName = "";
    box.addEventListener("htmx:before:swap", (event) => {
      activeName = active() ? nameOf(active()) : "";
      if (event.detail.ctx.text.includes('role="listbox"')) return;
      event.preventDefault();
      fail();
    });
    box.addEventListener("htmx:after:swap", () => arrived(activeName));
    box.addEventListener("htmx:error", (event) => { if (event.detail.error?.name !== "AbortError") fail(); });
  };

  for (const facet of Filters.form.querySelectorAll(".facet[data-choices]")) menu(facet);
})();
