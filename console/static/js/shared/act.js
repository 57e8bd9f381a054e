// @ts-check
// A button that opens one line to write in, and then acts.
import { html, useLayoutEffect, useRef, useState } from "../../vendor/preact-htm.js";
import { sayError } from "../shared/toast.js";

/**
 * It is no form of its own, so that it can stand inside one.
 * @param {{ label: string, ask: string, run: (text: string) => Promise<unknown>, tone?: string }} props
 */
export function Act({ label, ask, run, tone = "" }) {
  const [text, setText] = useState(/** @type {string | null} */ (null));
  const [busy, setBusy] = useState(false);
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  useLayoutEffect(() => input.current?.focus(), [text === null]); // once it stands in the page
  if (text === null) return html`<button type="button" class=${`button slim ${tone}`} onClick=${() => setText("")}>
    ${label}</button>`;
  /** @param {string} reason */
  const go = async (reason) => {
    if (busy || !reason.trim()) return;
    setBusy(true);
    try { await run(reason); setText(null); } catch (error) { sayError(error); }
    setBusy(false);
  };
  /** @param {KeyboardEvent} event */
  const keys = (event) => {
    if (event.key === "Escape") setText(null);
    if (event.key !== "Enter" || event.ctrlKey) return;
    event.preventDefault();
    go(/** @type {HTMLInputElement} */ (event.currentTarget).value); // the state may be a key behind
  };
  return html`<div class="row field">
    <input aria-label=${ask} placeholder=${ask} value=${text} maxlength="500" onKeyDown=${keys}
      ref=${input} onInput=${(event) => setText(event.target.value)} />
    <button type="button" class="button slim act" disabled=${busy || !text.trim()}
      onClick=${() => go(text)}>${label.replace("…", "")}</button>
    <button type="button" class="button slim quiet" onClick=${() => setText(null)}>Jangan</button></div>`;
}
