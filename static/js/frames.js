// What stands beside the list while no call is there: that it is coming, or that it did not come.
const Frames = (() => {
  "use strict";

  const BONES = 6;
  const made = (name, className, text = "") => {
    const element = document.createElement(name);
    element.className = className;
    element.textContent = text;
    return element;
  };

  const put = (panel, address, closedUrl, className, ...content) => {
    const article = made("article", `one-call ${className}`);
    article.dataset.tail = address;
    const title = made("h2", "unseen", "A call");
    title.id = "call-title";
    const bar = made("nav", "call-nav");
    bar.setAttribute("aria-label", "Call");
    const leave = made("a", "nav-link panel-close", "× Close");
    leave.href = closedUrl;
    bar.append(leave);
    article.append(title, bar, ...content);
    panel.replaceChildren(article);
  };

  const loading = (panel, address, closedUrl) => {
    const bones = made("div", "bones");
    bones.setAttribute("aria-hidden", "true");
    for (let bone = 0; bone < BONES; bone += 1) bones.append(made("span", "bone"));
    put(panel, address, closedUrl, "is-loading", made("p", "loading-words", "Loading call…"), bones);
  };
  const failed = (panel, address, closedUrl, note) => put(panel, address, closedUrl, "is-unloaded", note);

  // Within a call that stays open.
  const tell = (panel, note) => {
    const call = panel.querySelector(".one-call");
    call.querySelector(":scope > .failed")?.remove();
    call.querySelector(":scope > .call-nav").after(note);
  };

  return { failed, loading, tell };
})();
