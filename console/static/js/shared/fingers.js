// @ts-check
// No button of another incident comes under a finger that is still tapping. After a tap on one card the buttons of the
// others are dead for a moment; so are those of a card that has just come, moved, or become another state.

export const DEAD_MS = 700;

/** @type {WeakMap<Element, ReturnType<typeof setTimeout>>} */
const timers = new WeakMap();

/** @param {HTMLElement} card */
export function settle(card) {
  clearTimeout(timers.get(card));
  card.dataset.settling = "";
  timers.set(card, setTimeout(() => { delete card.dataset.settling; }, DEAD_MS));
}

/**
 * Watch the cards of this page. A card's place is told by what stands above it on the page, not by the scrolling; what
 * is shown in one and the same place by turns has the subject in `data-state`.
 * @param {string} cards their selector
 */
export function steadyFingers(cards) {
  const all = () => /** @type {HTMLElement[]} */ ([...document.querySelectorAll(cards)]);
  /** @type {WeakMap<Element, string>} */
  let places = new WeakMap();
  let begun = false;
  const look = () => {
    const now = new WeakMap();
    for (const card of all()) {
      const place = `${card.offsetTop} ${card.dataset.state}`;
      if (begun && places.get(card) !== place) settle(card);
      now.set(card, place);
    }
    begun ||= all().length > 0;
    places = now;
  };
  document.addEventListener("click", ({ target }) => {
    const pressed = target instanceof Element && target.closest("button, a") && target.closest(cards);
    if (pressed) for (const card of all()) if (card !== pressed) settle(card);
  }, true);
  new MutationObserver(look).observe(document.body,
    { childList: true, subtree: true, attributes: true, attributeFilter: ["data-state"] });
}
