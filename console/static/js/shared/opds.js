// @ts-check
// Agencies of a ticket: those proposed and chosen, and those that have it already.
import { html } from "../../vendor/preact-htm.js";
import { Combobox } from "./combobox.js";
import { STATES, stateTone } from "./words.js";
import { clock } from "./time.js";

/**
 * @param {Reference} reference
 * @param {string} code
 */
export const shortName = (reference, code) => reference.opds.find((one) => one.code === code)?.short || code;

/**
 * @param {{
 *   reference: Reference, proposal: Proposal, opds: string[], had: string[],
 *   choose: (code: string, on: boolean) => void
 * }} props
 */
export function OpdChoice({ reference, proposal, opds, had, choose }) {
  const shown = reference.opds.filter((one) => !had.includes(one.code)
    && (opds.includes(one.code) || proposal.opds.includes(one.code)));
  const others = reference.opds.filter((one) => !had.includes(one.code) && !opds.includes(one.code))
    .map((one) => ({ value: one.code, label: one.short, note: one.name, more: `${one.name} ${one.code}` }));
  return html`<div class="field agencies">
    <span class="label">OPD ${proposal.why && html`<span class="muted">– usulan: ${proposal.why}</span>`}</span>
    <div class="opds">
      ${shown.map((one) => html`<button type="button" class="toggle"
        aria-pressed=${opds.includes(one.code) ? "true" : "false"} title=${one.name}
        onClick=${() => choose(one.code, !opds.includes(one.code))}>${one.short}</button>`)}
      <${Combobox} id="opds" label="Tambah OPD" options=${others} value="" text="" onPick=${(code) => code
        && choose(code, true)} placeholder="tambah OPD…" />
    </div>
  </div>`;
}

/**
 * Who answered: a contact by its title, a login as it is.
 * @param {Assignment} one
 * @param {Reference} reference
 */
const who = (one, reference) => reference.contacts[one.acknowledged_by || ""] || one.acknowledged_by;

/** @param {{ assignments: Assignment[], reference: Reference }} props */
export function Sent({ assignments, reference }) {
  if (!assignments.length) return null;
  return html`<div class="sent" aria-live="polite">${assignments.map((one) => html`
    <span class=${`chip ${stateTone(one.state)}`}>${shortName(reference, one.opd)}: ${STATES[one.state] || one.state}
      ${one.acknowledged_at ? ` ${clock(one.acknowledged_at)} – ${who(one, reference)}` : one.pushes > 0
        && ` · ${one.pushes}× didorong`}</span>`)}</div>`;
}
