// @ts-check
// The state of a shift: tickets by what they wait for, callbacks, absences, faults.
import { html } from "../../vendor/preact-htm.js";
import { shortName } from "../shared/opds.js";
import { dated, moment } from "../shared/time.js";
import { KINDS, STATES, phone, place, sentence, stateTone } from "../shared/words.js";

/** @type {["unsent" | "unanswered" | "unfinished" | "under_way", string, string][]} */
const GROUPS = [["unsent", "Darurat belum dikirim", "act"], ["unanswered", "Belum dijawab OPD", "soft-act"],
  ["unfinished", "Belum selesai, tanpa OPD", "soft-act"], ["under_way", "Sedang ditangani", "wait"]];

/** @param {{ shift: ShiftState, reference: Reference }} props */
export function Shift({ shift, reference }) {
  const { away, faults, callbacks, callbacks_count: calls } = shift;
  const others = [shift.messages_count && `${shift.messages_count} pesan malam belum dikerjakan`,
    shift.returned_count && `${shift.returned_count} tiket dikembalikan OPD`,
    shift.more && `${shift.more} tiket lain masih terbuka; lihat halaman Pantau`].filter(Boolean);
  /** @param {typeof GROUPS[number][0]} name */
  const rows = (name) => shift[name] || [];
  /** @param {typeof GROUPS[number][0]} name */
  const many = (name) => (name === "unsent" && shift.unsent_count) || rows(name).length;
  const quiet = GROUPS.every(([name]) => !rows(name).length) && !calls && !others.length;
  return html`<div class="shift">
    ${faults.length > 0 && html`<section><h3>Gangguan</h3>
      <ul>${faults.map((fault) => html`<li class="fault">${sentence(fault)}</li>`)}</ul></section>`}
    ${quiet && html`<p class="none">Tidak ada yang tertinggal.</p>`}
    ${GROUPS.map(([name, label, tone]) => rows(name).length > 0 && html`<section key=${name}>
      <h3>${label} <span class=${`chip ${tone}`}>${many(name)}</span></h3>
      <ul>${rows(name).map((ticket) => html`<li key=${ticket.number}>
        <${Line} ticket=${ticket} reference=${reference} /></li>`)}</ul></section>`)}
    ${calls > 0 && html`<section><h3>Telepon balik yang dijanjikan <span class="chip wait">${calls}</span></h3>
      <ul>${callbacks.map((row) => html`<li key=${row.ticket + row.created_at}>
        <a href=${`/tiket/${encodeURIComponent(row.ticket)}`}>${row.ticket}</a>${row.number
          && html` <strong class="num">${phone(row.number)}</strong>`}
        <span class="muted small"> ${row.reason} · sejak ${moment(row.created_at)}</span></li>`)}
        ${calls > callbacks.length && html`<li class="muted">… dan ${calls - callbacks.length} lainnya</li>`}</ul>
      </section>`}
    ${others.length > 0 && html`<section><h3>Lainnya</h3><ul>${others.map((line) => html`<li>${line}</li>`)}</ul>
      </section>`}
    ${away.length > 0 && html`<section><h3>Tidak di tempat</h3><ul>${away.map((row) => html`<li key=${row.contact}>
      <strong>${reference.contacts[row.contact] || row.contact}</strong>
      <span class="muted small"> ${row.until ? `sampai ${moment(row.until)}` : "sampai dicabut"}${row.reason
        && ` · ${row.reason}`}</span></li>`)}</ul></section>`}
    <p class="small muted duty">Bertugas: ${shift.on_duty.join(", ") || "tidak ada"}.</p></div>`;
}

/** @param {{ ticket: ShiftTicket, reference: Reference }} props */
function Line({ ticket, reference }) {
  const category = reference.categories.find(({ code }) => code === ticket.category)?.name || KINDS[ticket.kind];
  return html`<a href=${`/tiket/${encodeURIComponent(ticket.number)}`}>${ticket.number}</a>
    <strong> ${category}</strong> ${place(ticket)}
    ${ticket.assignments.map((row) => html` <span key=${row.opd} class=${`chip ${stateTone(row.state)}`}>
      ${shortName(reference, row.opd)}: ${STATES[row.state]}</span>`)}
    <span class="muted small"> sejak ${dated(ticket.created_at)}${ticket.description
      && ` · ${ticket.description}`}</span>`;
}
