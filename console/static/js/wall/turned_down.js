// @ts-check
// Agencies that answered that a task is not theirs: somebody has to name another, the longest waiting first.
import { html } from "../../vendor/preact-htm.js";
import { KnowButton, knowing } from "../cases/above.js";
import { shortName } from "../shared/opds.js";
import { titled } from "./tickets.js";

const SHOWN = 3; // the tiles stay in sight

/** @param {OverviewSnapshot} data */
export const turnedDown = (data) => data.tickets.flatMap((row) =>
  row.assignments.filter((assignment) => assignment.state === "ditolak")
    .map((assignment) => ({ row, assignment })));

/** @param {{ data: OverviewSnapshot, reference: Reference, contact: string, acts: boolean }} props */
export function TurnedDown({ data, reference, contact, acts }) {
  const rows = turnedDown(data);
  return html`${rows.slice(0, SHOWN).map(({ row, assignment }) =>
      html`<div key=${assignment.id} class="bar bad" role="alert" data-of=${assignment.id}>
        <p>${shortName(reference, assignment.opd)} menjawab bukan wewenangnya: tunjuk OPD yang berwenang untuk ${
        titled(row, reference)}, ${row.number}.</p><a class="button slim" href=${`/tiket/${row.number}`}>Alihkan</a>
        ${acts && data.escalated.includes(assignment.id)
          && !knowing(data.known, assignment.id).some((each) => each.contact === contact)
          && html`<${KnowButton} assignment=${assignment.id} />`}</div>`)}
    ${rows.length > SHOWN && html`<div class="bar bad" role="alert"><p>${rows.length - SHOWN} OPD lain menjawab bukan
      wewenangnya: lihat «Tiket dikerjakan».</p></div>`}`;
}
