// @ts-check
// Agencies of a ticket: those proposed and chosen, and those that have it already.
import { html } from "../../vendor/preact-htm.js";
import { Combobox } from "./combobox.js";
import { nameOf } from "./people.js";
import { STATES, stateTone } from "./words.js";
import { clock } from "./time.js";

/**
 * @param {Reference} reference
 * @param {string} code
 */
export const shortName = (reference, code) => reference.opds.find((opd) => opd.code === code)?.short || code;

/**
 * @param {{
 *   reference: Reference, proposal: Proposal, opds: string[], had: string[],
 *   choose: (code: string, on: boolean) => void
 * }} props
 */
export function OpdChoice({ reference, proposal, opds, had, choose }) {
  const shown = reference.opds.filter((opd) => !had.includes(opd.code)
    && (opds.includes(opd.code) || proposal.opds.includes(opd.code)));
  const others = reference.opds.filter((opd) => !had.includes(opd.code) && !opds.includes(opd.code))
    .map((opd) => ({ value: opd.code, label: opd.short, note: opd.name, more: `${opd.name} ${opd.code}` }));
  return html`<div class="field agencies">
    <span class="label">OPD ${proposal.why && html`<span class="muted">– usulan: ${proposal.why}</span>`}</span>
    <div class="opds">
      ${shown.map((opd) => html`<button type="button" class="toggle"
        aria-pressed=${opds.includes(opd.code) ? "true" : "false"} title=${opd.name}
        onClick=${() => choose(opd.code, !opds.includes(opd.code))}>${opd.short}</button>`)}
      <${Combobox} id="opds" label="Tambah OPD" options=${others} value="" text="" onPick=${(code) => code
        && choose(code, true)} placeholder="tambah OPD…" />
    </div>
  </div>`;
}

/**
 * The name of the one that answered.
 * @param {AssignmentState} assignment
 * @param {Reference} reference
 */
export const personOf = (assignment, reference) => nameOf(reference, assignment.acknowledged_by);

/** @param {{ assignments: Assignment[], reference: Reference }} props */
export function Sent({ assignments, reference }) {
  if (!assignments.length) return null;
  return html`<div class="sent" aria-live="polite">${assignments.map((assignment) => html`
    <span class=${`chip ${stateTone(assignment.state)}`}>
      ${shortName(reference, assignment.opd)}: ${STATES[assignment.state] || assignment.state}
      ${assignment.acknowledged_at ? ` ${clock(assignment.acknowledged_at)} – ${personOf(assignment, reference)}`
        : assignment.pushes > 0
        && ` · ${assignment.pushes}× didorong`}</span>`)}
    ${assignments.filter(({ note }) => note).map((assignment) => html`<p class="small answer">
      <strong>${shortName(reference, assignment.opd)}</strong>: ${assignment.note}</p>`)}</div>`;
}
