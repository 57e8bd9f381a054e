// The head of the ticket in work: who calls, in which lane, since when, and what is known of the number.
import { html } from "../vendor/preact-htm.js";
import { Since, moment } from "./time.js";
import { KINDS, LANES, SOURCES, STATUSES, laneTone, phone } from "./words.js";

const STAGE = {
  ringing: ["Berdering", "ringing_at"], talking: ["Bicara", "talking_at"], wrap_up: ["Lengkapi tiket", "talk_ended_at"],
};

export function PopHead({ pop, ticket, live }) {
  const call = pop?.call;
  const number = call ? call.display : ticket.display || ticket.reporter_number || "Tanpa telepon";
  return html`<header class=${`pop ${pop ? live : ""}`}>
    <div><div class="number num">${phone(number)}</div>
      <div class="small muted">Tiket ${ticket.number} · ${SOURCES[ticket.source] || ticket.source} · ${moment(ticket.created_at)}</div></div>
    ${pop ? html`<${Stage} call=${call} live=${live} />` : html`<div class="stage">${STATUSES[ticket.status]}</div>`}
    <div class="chips">
      ${call && html`<span class=${`chip ${laneTone(call.lane)}`}>${LANES[call.lane] || "Tanpa jalur"}</span>`}
      ${call?.mark && html`<span class="chip wait">${call.mark}</span>`}
      ${call && !call.callable && html`<span class="chip wait">tidak bisa ditelepon balik</span>`}
      ${pop && html`<${History} rows=${pop.history} />`}
    </div>
    ${ticket.outcome === "message" && ticket.recording && html`<audio controls preload="none" src=${`/rekaman/${encodeURIComponent(ticket.call)}`} aria-label="Pesan penelepon"></audio>`}
  </header>`;
}

function Stage({ call, live }) {
  const [label, from] = STAGE[live] || STAGE.talking;
  return html`<div class="stage" role="status">${label}<${Since} at=${call[from] || call.talking_at || call.arrived_at} /></div>`;
}

function History({ rows }) {
  if (!rows.length) return html`<span class="chip">belum pernah menelepon</span>`;
  return rows.slice(0, 5).map((row) => html`<a class="chip" href=${`/tiket/${row.number}`} target="_blank" rel="noopener"
    title=${`${row.number} · ${STATUSES[row.status] || row.status}`}>${moment(row.created_at)} ${row.category || KINDS[row.kind]}</a>`);
}
