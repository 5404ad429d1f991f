// Rows make room for new ones by sliding: a list that jumps loses the eye. Without this file, and
// where less motion is wished for, they jump.
const Slide = (() => {
  "use strict";

  const MOVE = { duration: 160, easing: "ease-out" };
  // A flood, whose rows nobody can follow, is in its place with the next frame.
  const FLOOD_PX = 600;
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)");
  let sliding = 0;
  let next = null;

  const nextFrame = (work) => requestAnimationFrame(() => setTimeout(work));

  // Runs `work` when nothing slides: a slide that begins within another is a jump.
  const whenStill = (work) => { if (sliding) next = work; else work(); };
  const stopped = () => {
    sliding -= 1;
    if (sliding || !next) return;
    const work = next;
    next = null;
    work();
  };

  // In the frame of the change everything stands where it stood; only then does it move. (Browsers
  // that measure how much a page jumps see it the same way.)
  const move = (element, by) => {
    if (!by) return;
    sliding += 1;
    const from = `translateY(${-by}px)`;
    element.style.transform = from;
    nextFrame(() => {
      element.style.transform = "";
      // It has stopped when the frame that shows it at rest is there, not before.
      const atRest = () => nextFrame(stopped);
      if (Math.abs(by) > FLOOD_PX) atRest();
      else element.animate([{ transform: from }, { transform: "none" }], MOVE).finished.then(atRest, atRest);
    });
  };

  // Changes the rows of a list, and lets those that were there slide to where they are now.
  const around = (list, change) => {
    if (isCalm.matches) { change(); return; }
    const before = new Map([...list.children].map((row) => [row, row.offsetTop]));
    change();
    const moved = [...list.children].filter((row) => before.has(row))
      .map((row) => [row, row.offsetTop - before.get(row)]);
    const together = moved[0]?.[1] ?? 0;
    move(list, together);
    // A call that came late makes room below it only.
    for (const [row, by] of moved) if (by !== together) move(row, by - together);
  };

  return { around, whenStill };
})();
