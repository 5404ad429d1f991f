// A page that waits asks whether there is more by now, and is loaded anew only then.
(() => {
  "use strict";

  const ASK_MS = 2000;
  const ask = async () => {
    try {
      const answer = await (await fetch(location.href)).text();
      if (!answer.includes('data-waiting="')) { location.reload(); return; }
    } catch {
      // Nobody answers yet.
    }
    setTimeout(ask, ASK_MS);
  };
  setTimeout(ask, ASK_MS);
})();
