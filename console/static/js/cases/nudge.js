// @ts-check
// «Colek»: an agency that has not answered is asked by somebody above it; everybody who works on the task reads that.
import { html, useState } from "../../vendor/preact-htm.js";
import { post } from "../shared/api.js";
import { shortName } from "../shared/opds.js";
import { moment, now, span, useSecond } from "../shared/time.js";
import { say, sayError } from "../shared/toast.js";

/**
 * «Bupati menanyakan, 06.34»: on each task that waits, for the agency, the desks and the wall.
 * @param {{ rows: Nudged[] }} props
 */
export function NudgedBy({ rows }) {
  return rows.map((row) => html`<span key=${row.assignment} class="chip info nudged">${row.title} menanyakan,
    ${" "}${moment(row.at)}${row.times > 1 ? ` (${row.times}×)` : ""}</span>`);
}

/**
 * One line for desks: the newest question, whoever's ticket it is, until the agency answers.
 * @param {{ rows: Nudged[], reference: Reference, open: (number: string) => void }} props
 */
export function NudgedBar({ rows, reference, open }) {
  if (!rows.length) return null;
  const [row] = rows;
  return html`<div class="bar calm nudged" role="status"><p>${row.title} menanyakan ${shortName(reference, row.opd)},
    ${" "}${moment(row.at)}: ${row.ticket} belum dijawab${rows.length > 1 ? `; dan ${rows.length - 1} lagi` : ""}.</p>
    <button type="button" class="button slim" onClick=${() => open(row.ticket)}>Buka tiket</button></div>`;
}

/**
 * The button of who stands above; after a nudge it says by whom, and from when on it may be pressed again.
 * @param {{ assignment: number, name: string, nudged?: Asked | null, slim?: boolean }} props
 */
export function NudgeButton({ assignment, name, nudged = null, slim = false }) {
  useSecond();
  const [busy, setBusy] = useState(false);
  const left = nudged ? Math.ceil((Date.parse(nudged.again) - now()) / 1000) : 0;
  if (nudged && left > 0) return html`<p class="asked" role="status"><strong>${nudged.title} menanyakan,
    ${" "}${moment(nudged.at)}.</strong> <span class="small">Bisa lagi dalam ${span(left)}.</span></p>`;
  const nudge = async () => {
    setBusy(true);
    try {
      await post(`/api/assignments/${assignment}/nudge`, {});
      say(`${name} dicolek: didorong lagi sekarang juga.`);
    } catch (error) { sayError(error); }
    setBusy(false);
  };
  return html`<button type="button" class=${slim ? "button slim" : "button act nudge"} disabled=${busy}
    onClick=${nudge}>${busy ? "Mencolek…" : `Colek ${name}`}</button>`;
}
