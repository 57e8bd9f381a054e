// @ts-check
// The pieces of lists: a card with a count, and a button that waits for its answer.
import { html, useState } from "../../vendor/preact-htm.js";
import { sayError } from "./toast.js";

/**
 * `foot` stands below the rows: the button for more of them.
 * @param {{
 *   title: string, count: number, hot?: boolean, none?: string, foot?: unknown, children: unknown
 * }} props
 */
export function Card({ title, count, hot = false, none, foot, children }) {
  return html`<section class="card"><header><h2>${title}</h2>
    <span class=${`count ${hot && count ? "hot" : ""}`}>${count}</span></header>
    ${count ? html`<ul class="rows">${children}</ul>${foot}` : none && html`<p class="none">${none}</p>`}</section>`;
}

/**
 * A button that waits for its answer and says what went wrong.
 * @param {{ label: unknown, run: () => unknown, tone?: string, asking?: string }} props
 */
export function Ask({ label, run, tone = "", asking = "…" }) {
  const [busy, setBusy] = useState(false);
  const click = async () => {
    setBusy(true);
    try { await run(); } catch (error) { sayError(error); }
    setTimeout(() => setBusy(false), 800);
  };
  return html`<button type="button" class=${`button slim ${tone}`} disabled=${busy} onClick=${click}>${busy ? asking
    : label}</button>`;
}
