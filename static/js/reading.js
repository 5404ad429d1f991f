// Whether somebody reads the list, so that nothing may move: it is scrolled, a row has the focus, or
// the pointer moved over it a moment ago. Asked at every message of the feed; so what would need a
// layout is kept from the last one.
const Reading = (() => {
  "use strict";

  const POINTER_REST_MS = 2000;
  const SLACK_PX = 8;
  const find = (id) => document.getElementById(id);

  let pointerAt = 0;
  let scrolledPx = scrollY;
  let beginsPx = 0;

  // Where the list begins far down, one has to scroll to see it at all.
  const measure = () => {
    const begins = find("calls")?.offsetTop ?? 0;
    beginsPx = begins > innerHeight / 2 ? begins : 0;
  };

  const isScrolled = () => scrolledPx > SLACK_PX + beginsPx;
  const hasFocus = () => Boolean(find("rows")?.contains(document.activeElement));
  const isPointedAt = () => Date.now() - pointerAt < POINTER_REST_MS;

  // Whatever grows above the list makes the page grow; observers are told after the layout.
  new ResizeObserver(measure).observe(document.body);
  addEventListener("resize", measure);
  document.addEventListener("scroll", () => { scrolledPx = scrollY; });
  document.addEventListener("pointermove", (event) => {
    if (event.target.closest?.("#rows")) pointerAt = Date.now();
  });
  return { isUnderWay: () => isScrolled() || hasFocus() || isPointedAt() };
})();
