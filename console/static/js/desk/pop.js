// @ts-check
// The head of the ticket in work: who calls, in which lane, since when, and what is known of the number.
import { html } from "../../vendor/preact-htm.js";
import { Player } from "./player.js";
import { Since, moment } from "../shared/time.js";
import { Transfer } from "./transfer.js";
import { Known } from "./verdict.js";
import { HEARS, LANES, LANGUAGES, SOURCES, STATUSES, laneTone, numberMark, phone } from "../shared/words.js";

const me = document.body.dataset.user;
/** @type {Record<string, [string, keyof Call]>} */
const STAGE = {
  ringing: ["Berdering", "ringing_at"], talking: ["Bicara", "talking_at"], wrap_up: ["Lengkapi tiket", "talk_ended_at"],
};

/** @param {{ pop: Pop | null, ticket: Ticket, live: string, colleagues: Presence[] }} props */
export function PopHead({ pop, ticket, live, colleagues }) {
  const call = pop?.call;
  const number = call ? call.display : ticket.display || ticket.reporter_number || "Tanpa telepon";
  return html`<header class=${`pop ${pop ? live : ""}`}>
    <div><div class="number num">${phone(number)}</div>
      <div class="small muted">Tiket ${ticket.number} · ${SOURCES[ticket.source]
        || ticket.source} · ${moment(ticket.created_at)}</div></div>
    ${pop?.handed && pop.handed.by !== me && html`<div class="handed" role="status">
      Alihkan dari ${nameOf(pop.handed.by, colleagues)}${pop.handed.note ? html`: <strong>${pop.handed.note}</strong>`
      : ""}</div>`}
    ${pop && call ? html`<div class="now"><${Stage} call=${call} live=${live} />
      ${live === "talking" && html`<${Transfer} key=${call.id} call=${call} colleagues=${colleagues} />`}</div>`
      : html`<div class="stage">${STATUSES[ticket.status]}</div>`}
    <div class="chips">
      ${call && html`<span class=${`chip ${laneTone(call.lane)}`}>${LANES[call.lane || ""] || "Tanpa jalur"}</span>`}
      ${call?.language && html`<span class="chip wait">memilih ${LANGUAGES[call.language] || call.language}</span>`}
      ${call?.mark && html`<span class="chip wait">${call.mark}</span>`}
      ${call && html`<${Origin} call=${call} known=${Boolean(pop?.history.length)} />`}
      ${pop?.listeners.map((listener) => html`<span class="chip info" role="status">
        ${listener.display} ${HEARS[listener.mode]}</span>`)}
      ${pop && html`<${Known} call=${call} reputation=${pop.reputation} rows=${pop.history} />`}
      ${call?.location && html`<${Position} at=${call.location} />`}
    </div>
    ${!pop && ticket.call && ticket.recording
      && html`<${Player} key=${ticket.call} call=${ticket.call} label="Rekaman penelepon" />`}
  </header>`;
}

/**
 * @param {string | null} login
 * @param {Presence[]} colleagues
 */
const nameOf = (login, colleagues) => colleagues.find((row) => row.operator === login)?.display || login
  || "operator lain";

/**
 * What is known of the number itself: whether it can be rung, is unsure or hidden, and who passed the call on.
 * @param {{ call: Call, known: boolean }} props
 */
function Origin({ call, known }) {
  const { kind, why, passed_on: passedOn } = call.caller;
  const mark = numberMark(call);
  const passed = passedOn.map(phone).join(", ");
  return html`${passed && html`<span class="chip info">Diteruskan dari ${passed}</span>`}
    ${kind === "simless" && known && html`<span class="chip info">telepon yang sama, tanpa kartu SIM</span>`}
    ${mark && html`<span class=${`chip ${call.callable ? "info" : "wait"}`} title=${why || ""}>${mark}</span>`}`;
}

/** @param {{ call: Call, live: string }} props */
function Stage({ call, live }) {
  if (call.held_at) return html`<div class="stage held" role="status">Ditahan <${Since} at=${call.held_at} /></div>`;
  const [label, from] = STAGE[live] || STAGE.talking;
  return html`<div class="stage" role="status">${label}
    <${Since} at=${call[from] || call.talking_at || call.arrived_at} /></div>`;
}

/**
 * The caller's place as the network gives it: a circle, or words alone.
 * @param {{ at: Position }} props
 */
function Position({ at }) {
  const { lat, lon, text } = at;
  const radius = at.radius_m ?? NaN;
  if (!Number.isFinite(lat) || !Number.isFinite(lon)) return text
    ? html`<span class="chip position" title=${text}>Posisi dari jaringan: ${text}</span>` : null;
  const around = Number.isFinite(radius)
    ? ` ± ${radius < 10000 ? `${Math.round(radius)} m` : `${Math.round(radius / 1000)} km`}` : "";
  return html`<a class="chip position" href=${`geo:${lat},${lon}`}>Posisi dari jaringan: ${lat}, ${lon}${around}</a>`;
}
