// @ts-check
// Changes after a dispatch that an agency has not read: which, since when, and «Dibacakan lewat radio».
import { html } from "../../vendor/preact-htm.js";
import { Act } from "../shared/act.js";
import { post } from "../shared/api.js";
import { ChangeLines } from "../shared/changes.js";
import { shortName } from "../shared/opds.js";
import { Since } from "../shared/time.js";
import { say } from "../shared/toast.js";

/**
 * Assignments with a change that nobody of the agency has read, also those that have ended.
 * @template {TicketAssignment} T
 * @param {T[]} assignments
 * @returns {T[]}
 */
export const behind = (assignments) => assignments.filter((assignment) => assignment.unread_count > 0);

/**
 * The first of an assignment's unread changes.
 * @param {TicketAssignment} assignment
 */
export const unreadSince = (assignment) => assignment.unread.map((row) => row.changed_at).sort()[0];

/**
 * «Dibacakan lewat radio»: whoever read the changes out says to whom; they are as read.
 * @param {{ assignment: TicketAssignment, reference: Reference, done?: () => void }} props
 */
export function ByRadio({ assignment, reference, done = () => {} }) {
  const { id, opd, unread } = assignment;
  const name = shortName(reference, opd);
  return html`<${Act} label="Dibacakan lewat radio…" ask=${`Kepada siapa di ${name} dibacakan`} run=${
    async (/** @type {string} */ to) => {
      await post(`/api/assignments/${id}/radio`, { amendments: unread.map((row) => [row.id, row.revision]), to });
      say(`Dicatat: perubahan dibacakan kepada ${to}.`);
      done();
    }} />`;
}

/**
 * In the operator's form: who has not read what.
 * @param {{ assignments: TicketAssignment[], reference: Reference, done: () => void }} props
 */
export function Unread({ assignments, reference, done }) {
  return behind(assignments).map((assignment) => html`<section class="unread" key=${assignment.id}
    aria-label=${`Belum dibaca ${shortName(reference, assignment.opd)}`}>
    <p><strong>${shortName(reference, assignment.opd)} belum membaca perubahan
      ${" "}<${Since} at=${unreadSince(assignment)} /></strong></p>
    <${ChangeLines} rows=${assignment.unread} reference=${reference} />
    <${ByRadio} assignment=${assignment} reference=${reference} done=${done} /></section>`);
}
