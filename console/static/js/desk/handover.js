// @ts-check
// The hand-over of a shift on the desk: who comes is told that one waits, who goes is offered one.
import { html } from "../../vendor/preact-htm.js";
import { nameOf } from "../shared/people.js";
import { moment, now } from "../shared/time.js";

const OFFERED_MS = 2 * 3600 * 1000; // after that long a desk that is off duty begins a shift, and ends none

/** @param {{ data: OperatorSnapshot, reference: Reference, busy: boolean }} props `busy`: a form has the screen */
export function HandoverBar({ data, reference, busy }) {
  const { me, handovers } = data;
  if (busy) return null;
  const waiting = handovers.find((row) => row.going !== me.operator);
  if (waiting) return html`<div class="bar calm" role="status">
    <p>${nameOf(reference, waiting.going)} menyerahkan tugas ${moment(waiting.offered_at)}; belum ada yang menerima.</p>
    <a class="button slim" href="/serah-terima" target="tanggap-serah-terima">Baca dan terima</a></div>`;
  const lately = me.since && now() - Date.parse(me.since) < OFFERED_MS;
  const mine = handovers.some((row) => row.going === me.operator);
  if (me.wanted === "ready" || !lately || mine || me.call) return null;
  return html`<div class="bar calm" role="status"><p>${me.wanted === "paused" ? "Jeda" : "Selesai tugas"}: serahkan yang
    masih berjalan kepada yang datang.</p>
    <a class="button slim" href="/serah-terima" target="tanggap-serah-terima">Serah terima</a></div>`;
}
