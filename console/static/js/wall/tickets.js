// @ts-check
// The right half of the wall: tickets in work, those that no agency has answered first.
import { html } from "../../vendor/preact-htm.js";
import { NudgedBy } from "../cases/nudge.js";
import { More, useMore } from "../shared/more.js";
import { personOf, shortName } from "../shared/opds.js";
import { Since, now, useSecond } from "../shared/time.js";
import { behind, unreadSince } from "../cases/unread.js";
import { folded } from "./folded.js";
import { KINDS, OUTCOMES, STATES, phone, place, stateTone } from "../shared/words.js";

/** @param {{ data: OverviewSnapshot, reference: Reference }} props */
export function Tickets({ data, reference }) {
  useSecond();
  /** @param {Ticket} row */
  const late = (row) => row.assignments.some((assignment) => (!assignment.ended_at && assignment.state === "dikirim")
    || assignment.unread_count > 0)
    || Boolean(row.unsent_since);
  const [rows, more] = useMore(data.tickets, data.work_next, (after) => `/api/work?after=${after}`,
    (row) => row.number);
  return html`<section class="card"><header><h2>Tiket dikerjakan</h2>
    <span class="count">${data.work_count}</span></header>
    ${rows.length ? html`<ul class="rows">
      ${folded(rows).map((row) => (Array.isArray(row) ? html`<${GaveUp} key="gave-up" rows=${row} />`
      : html`<li key=${row.number} class=${`ticket-row ${late(row) ? "late" : ""}`}>
      <div class="main"><a href=${`/tiket/${row.number}`}><strong>${incidentTitle(row, reference)}</strong></a>
        ${row.merged > 0 && html` <strong class="callers">· ${row.merged + 1} penelepon</strong>`}
        <span class="small muted"> ${row.number}</span>
        <div class="place">${place(row) || phone(row.display) || "tempat belum diketahui"}</div>
        <div class="chips">${row.assignments.map((assignment) =>
          html`<${Chip} assignment=${assignment} reference=${reference} />`)}
          ${behind(row.assignments).map((assignment) => html`<span key=${assignment.id} class="chip act">
            ${shortName(reference, assignment.opd)} belum membaca ${assignment.unread_count > 1
            ? `${assignment.unread_count} perubahan` : "perubahan"} <${Since} at=${unreadSince(assignment)} /></span>`)}
          ${knowers(data.known, row).map((known) => html`<span key=${known.contact} class="chip info">${
            reference.contacts[known.contact] || known.contact} tahu</span>`)}
          <${NudgedBy} rows=${data.nudged.filter(({ ticket }) => ticket === row.number)} />
          ${!row.assignments.some((assignment) => !assignment.ended_at)
            && html`<span class=${`chip ${row.unsent_since ? "act" : "soft-act"}`}>${row.unsent_since
              ? "belum dikirim" : "belum ada OPD"}</span>`}</div></div>
      <div class="age"><${Since} at=${row.created_at} /><div class="small muted">${row.status === "open" ? "terbuka"
        : ""}</div></div></li>`))}</ul>`
      : html`<p class="none">Tidak ada tiket yang dikerjakan.</p>`}
    <${More} more=${more} count=${data.work_count} shown=${rows.length} />
  </section>`;
}

/**
 * Callers who hung up before anybody answered, and of whom nothing is written: one row stands for several of them.
 * @param {{ rows: Ticket[] }} props
 */
function GaveUp({ rows }) {
  return html`<li class="ticket-row gave-up"><div class="main">
    <strong>Menutup sebelum dijawab · ${rows.length} penelepon</strong>
    <details class="place"><summary>ditelepon balik, atau satu kejadian</summary><div class="chips">${rows.map((row) =>
      html`<a class="chip" key=${row.number} href=${`/tiket/${row.number}`}>
        ${phone(row.display) || row.number}</a>`)}</div></details></div>
    <div class="age"><${Since} at=${rows[0].created_at} /></div></li>`;
}

/**
 * Contacts above who deal with a ticket now.
 * @param {Known[]} known
 * @param {Ticket} row
 */
const knowers = (known, row) => known.filter(({ ticket, ends_at: end }) => ticket === row.number
  && Date.parse(end) > now());

/**
 * @param {Ticket} row
 * @param {Reference} reference
 */
export const titled = (row, reference) => reference.categories.find(({ code }) => code === row.category)?.name
  || (row.kind !== "unknown" ? KINDS[row.kind] : OUTCOMES[row.outcome || ""] || KINDS.unknown);

/**
 * Several callers make an incident: its name has the place, as at the desk.
 * @param {Ticket} row
 * @param {Reference} reference
 */
const incidentTitle = (row, reference) => [titled(row, reference), row.merged > 0 && (row.desa || row.kecamatan)]
  .filter(Boolean).join(" ");

/** @param {{ assignment: Assignment, reference: Reference }} props */
function Chip({ assignment, reference }) {
  const { state, opd, pushes } = assignment;
  const since = state === "dikirim" ? assignment.dispatched_at : assignment.updated_at;
  return html`<span class=${`chip ${stateTone(state)}`}>${shortName(reference, opd)}: ${STATES[state]}
    ${!assignment.ended_at && html` <${Since} at=${since} />`}${assignment.acknowledged_at
      && ` · ${personOf(assignment, reference)}`}
    ${state === "dikirim" && pushes > 0 && ` · ${pushes}×`}</span>`;
}
