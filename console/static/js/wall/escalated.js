// @ts-check
// Tasks that rose to the command centre, and what somebody above an agency may do: know, call, give to another.
import { html } from "../../vendor/preact-htm.js";
import { KnowButton, KnownBy, Phones, knowing } from "../cases/above.js";
import { unreadSince } from "../cases/unread.js";
import { shortName } from "../shared/opds.js";
import { Since } from "../shared/time.js";
import { STATES, place } from "../shared/words.js";
import { titled } from "./tickets.js";

const SHOWN = 3;

/**
 * The escalated assignments that this contact has not said to know.
 * @param {number[]} escalated
 * @param {Known[]} known
 * @param {string} contact
 */
export const loud = (escalated, known, contact) => escalated
  .filter((id) => !knowing(known, id).some((row) => row.contact === contact));

/**
 * @param {{ data: OverviewSnapshot, reference: Reference, refused: Set<number>, contact: string, acts: boolean }} props
 */
export function Escalated({ data, reference, refused, contact, acts }) {
  const rows = data.tickets.flatMap((row) => row.assignments
    .filter(({ id }) => data.escalated.includes(id) && !refused.has(id)).map((assignment) => ({ row, assignment })));
  const more = data.escalated_count - data.escalated.filter((id) => refused.has(id)).length
    - Math.min(rows.length, SHOWN);
  return html`${rows.slice(0, SHOWN).map(({ row, assignment }) => {
    const known = knowing(data.known, assignment.id);
    const waits = assignment.state === "dikirim";
    const unread = assignment.unread_count > 0;
    return html`<div key=${assignment.id} class="bar bad" role="alert" data-of=${assignment.id}>
      <p>${shortName(reference, assignment.opd)} ${waits ? "belum menjawab" : unread ? "belum membaca perubahan"
        : `«${STATES[assignment.state]}» tanpa kabar`}
        ${" "}<${Since} at=${waits ? assignment.dispatched_at : unread ? unreadSince(assignment)
        : assignment.updated_at} />: ${titled(row, reference)},
        ${" "}${place({ desa: row.desa, kecamatan: row.kecamatan }) || row.address || "tempat belum diketahui"}
        ${" "}<${KnownBy} rows=${known} reference=${reference} /></p>
      ${acts && !known.some((each) => each.contact === contact) && html`<${KnowButton} assignment=${assignment.id} />`}
      <${Phones} opd=${assignment.opd} reference=${reference} />
      <a class="button slim" href=${`/tiket/${row.number}`}>Alihkan…</a></div>`;
  })}
  ${more > 0 && html`<div class="bar bad" role="alert"><p>${more} tugas lain naik ke pusat kendali: lihat «Tiket
    dikerjakan».</p></div>`}`;
}
