// @ts-check
// Short messages at the bottom; errors are read out at once and stay until they are put away. Alt+Z presses the button
// of the newest one: «Urungkan» without the mouse.
import { html, useEffect, useLayoutEffect, useState } from "../../vendor/preact-htm.js";
import { settle } from "./fingers.js";

/** @typedef {{ label: string, run: () => void }} ToastAction */
/** @typedef {{ text: string, action: ToastAction | null, bad: boolean, fine?: boolean }} ToastItem */
/** @typedef {ToastItem & { id: number }} ShownItem */

/** @type {(item: ToastItem) => void} */
let show = () => {};
let serial = 0;
/** @type {Set<number>} */
const known = new Set(); // messages that stand on the page already

/**
 * @param {string} text
 * @param {ToastAction | null} [action]
 */
export const say = (text, action = null) => show({ text, action, bad: false });
/**
 * In green: somebody else has done it already.
 * @param {string} text
 */
export const sayFine = (text) => show({ text, action: null, bad: false, fine: true });
/** @param {Trouble} error */
export const sayError = (error) => show({ text: error.message || String(error), action: null, bad: true });

export function Toasts() {
  const [items, setItems] = useState(/** @type {ShownItem[]} */ ([]));
  useEffect(() => {
    show = (item) => {
      const id = (serial += 1);
      setItems((old) => [...old.filter((other) => other.text !== item.text), { ...item, id }].slice(-3));
      setTimeout(() => setItems((old) => old.filter((other) => other.id !== id)), item.bad ? 15000
        : item.action ? 10000 : 7000);
    };
  }, []);
  /** @param {number} id */
  const close = (id) => setItems((old) => old.filter((other) => other.id !== id));
  const newest = withButton(items);
  useLayoutEffect(() => { // as soon as it is seen
    /** @param {KeyboardEvent} event */
    const press = (event) => {
      if (!isUndo(event) || !newest) return;
      event.preventDefault();
      if (event.repeat) return;
      close(newest.id);
      newest.action?.run();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });
  return html`<div class="toasts">
    <div aria-live="polite">${items.filter((item) => !item.bad)
      .map((item) => html`<${Toast} key=${item.id} item=${item} close=${close} newest=${item === newest} />`)}</div>
    <div role="alert">${items.filter((item) => item.bad)
      .map((item) => html`<${Toast} key=${item.id} item=${item} close=${close} />`)}</div>
  </div>`;
}

/**
 * The message whose button the key presses.
 * @param {ShownItem[]} items oldest first
 */
export const withButton = (items) => items.filter((item) => item.action).at(-1);

/** @param {{ altKey: boolean, ctrlKey: boolean, metaKey: boolean, code: string }} event */
export const isUndo = (event) => event.altKey && !event.ctrlKey && !event.metaKey && event.code === "KeyZ";

/** @param {{ item: ShownItem, close: (id: number) => void, newest?: boolean }} props */
function Toast({ item, close, newest = false }) {
  const act = () => { close(item.id); item.action?.run(); };
  // it may come under a finger that is still tapping
  return html`<div class=${`toast ${item.bad ? "bad" : item.fine ? "fine" : ""}`}
    ref=${(element) => { if (element && !known.has(item.id)) { known.add(item.id); settle(element); } }}>
    <p>${item.text}</p>
    ${item.action && html`<button type="button" aria-keyshortcuts=${newest ? "Alt+Z" : null}
      onClick=${act}>${item.action.label}${newest && html` <kbd>Alt+Z</kbd>`}</button>`}
    <button type="button" aria-label="Tutup pesan" onClick=${() => close(item.id)}>✕</button>
  </div>`;
}
