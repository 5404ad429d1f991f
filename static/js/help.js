// `?` and the button on top show the list of keys.
(() => {
  "use strict";

  const show = () => document.getElementById("keys")?.showModal();
  const isTyping = (node) => node.matches("input:not([type=checkbox]), textarea, select");

  document.addEventListener("keydown", (event) => {
    if (event.key !== "?" || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    show();
  });
  document.addEventListener("click", (event) => { if (event.target.closest("#keys-open")) show(); });
})();
