// @ts-check
// What lists are made of: a card with a count, and a button that waits for its answer.
import { html, useState } from "../../vendor/preact-htm.js";
import { sayError } from "./toast.js";

/** @param {{ title: string, count: number, hot?: boolean, none: string, children: unknown }} props */
export function Card({ title, count, hot = false, none, children }) {
  return html`<section class="card"><header><h2>${title}</h2>
    <span class=${`count ${hot && count ? "hot" : ""}`}>${count}</span></header>
    ${count ? html`<ul class="rows">${children}</ul>` : none && html`<p class="none">${none}</p>`}</section>`;
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
