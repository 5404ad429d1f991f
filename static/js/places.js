// Whose turn it is to follow live. A browser opens six connections to a Studio at a time, and a live
// feed holds one for as long as it is looked at: with six windows open nothing else would come through.
// So four of them may follow at once; a further one waits until one of these is closed or hidden.
const Places = (() => {
  "use strict";

  const PLACES = 4;

  // Gives the function that gives the place back, or null if it is taken.
  const take = (number) => new Promise((resolve) => {
    navigator.locks.request(`llm-logs-feed-${number}`, { ifAvailable: true }, (lock) => {
      if (!lock) { resolve(null); return undefined; }
      return new Promise((giveBack) => resolve(giveBack));
    }).catch(() => resolve(null));
  });

  // Beyond loopback, without TLS, browsers have no locks: then every window follows.
  const any = async () => {
    if (!navigator.locks) return () => {};
    for (let number = 1; number <= PLACES; number += 1) {
      const giveBack = await take(number);
      if (giveBack) return giveBack;
    }
    return null;
  };

  return { any };
})();
