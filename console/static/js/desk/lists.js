// @ts-check
// The lists beside the ticket: what waits, whom to call back, what came back, what was done.
import { html, useState } from "../../vendor/preact-htm.js";
import { behind, unreadSince } from "../cases/unread.js";
import { KnownBy } from "../cases/above.js";
import { NudgedBy } from "../cases/nudge.js";
import { held } from "../cases/unsent.js";
import { post } from "../shared/api.js";
import { Ask, Card } from "../shared/card.js";
import { More, useMore } from "../shared/more.js";
import { personOf, shortName } from "../shared/opds.js";
import { Since, moment } from "../shared/time.js";
import { sayError } from "../shared/toast.js";
import { COMPLAINTS } from "../shared/tracking.js";
import { KINDS, LANES, LANGUAGES, LIVE, OUTCOMES, STATES, liveTone, phone, place, stateTone } from "../shared/words.js";

/** @typedef {"waiting" | "silent" | "callbacks" | "messages" | "returned" | "mine"} DeskList */
/**
 * A list of the operator's page with the parts that its snapshot has no room for.
 * @template Row
 * @param {DeskList} name
 * @param {Row[]} rows
 * @param {number} count
 * @param {(row: Row) => string | number} key
 */
export const useDeskList = (name, rows, count, key) => useMore(rows, count > rows.length ? rows.length : null,
  (offset) => `/api/desk/${name}?offset=${offset}`, key);

/**
 * The waiting line, but for the call that rings at this desk (`pop`).
 * @param {{ rows: Call[], count: number, me: OwnPresence, pop: string | undefined }} props
 */
export function Waiting({ rows: first, count, me, pop }) {
  const [all, more] = useDeskList("waiting", first, count, (row) => row.id);
  const rows = all.filter((row) => row.id !== pop);
  const others = count - (all.length - rows.length);
  const canTake = ["ready", "paused", "wrap_up", "listening"].includes(me.live);
  return html`<${Card} title="Menunggu" count=${others} hot none="Tidak ada yang menunggu."
    foot=${html`<${More} more=${more} count=${others} shown=${rows.length} />`}>
    ${rows.map((row) => html`<li key=${row.id} class=${`lane ${row.lane || ""}`}>
      <div class="main"><strong class="num">${phone(row.display)}</strong>
        <div class="small muted"><strong><${Since} at=${row.waiting_at
          || row.arrived_at} /></strong> · ${LANES[row.lane || ""] || "–"}${row.language
          ? ` · ${LANGUAGES[row.language] || row.language}` : ""}${row.mark ? ` · ${row.mark}`
          : ""}${row.stage === "ringing" ? " · berdering" : ""}</div></div>
      ${canTake && row.stage === "waiting"
        && html`<${Ask} label="Ambil" run=${() => post(`/api/calls/${encodeURIComponent(row.id)}/take`)} />`}
    </li>`)}
  <//>`;
}

/**
 * @param {{
 *   rows: ReturnedTicket[], count: number, reference: Reference, open: (number: string | null) => void
 * }} props
 */
export function Returned({ rows: first, count, reference, open }) {
  const [rows, more] = useDeskList("returned", first, count, (row) => `${row.number} ${row.opd}`);
  if (!rows.length) return null;
  return html`<${Card} title="Dikembalikan OPD" count=${count} hot
    foot=${html`<${More} more=${more} count=${count} shown=${rows.length} />`}>
    ${rows.map((row) => html`<li key=${row.number}><div class="main">
      <button type="button" class="plain-button" onClick=${() => open(row.number)}>${row.number}</button>
      <div class="small muted">${shortName(reference, row.opd)}: ${row.note}</div>
      ${row.status === "dispatched" && html`<${Settle} number=${row.number} />`}</div></li>`)}
  <//>`;
}

/**
 * What one agency gave back while another has the ticket: send it to a third, or say why nobody more is needed.
 * @param {{ number: string }} props
 */
function Settle({ number }) {
  const [note, setNote] = useState(/** @type {string | null} */ (null));
  if (note === null) return html`<button type="button" class="button slim quiet" onClick=${() => setNote("")}>Tidak
    perlu OPD lain…</button>`;
  /** @param {any} event */
  const go = async (event) => {
    event.preventDefault();
    try { await post(`/api/tickets/${number}/returned`, { note }); setNote(null); } catch (error) { sayError(error); }
  };
  return html`<form class="row field" onSubmit=${go}><input aria-label="Mengapa tidak perlu OPD lain"
    placeholder="Mengapa tidak perlu OPD lain" maxlength="300" value=${note}
    ref=${(element) => element && note === "" && element.focus()} onInput=${(event) => setNote(event.target.value)} />
    <button class="button slim act" disabled=${!note.trim()}>Sudah diurus</button></form>`;
}

/**
 * @param {{ rows: Message[], count: number, open: (number: string | null) => void, compact?: boolean }} props
 */
export function Messages({ rows: first, count, open, compact = false }) {
  const [rows, more] = useDeskList("messages", first, count, (row) => row.number);
  if (!rows.length) return null;
  return html`<${Card} title="Pesan di luar jam buka" count=${count} hot
    foot=${html`<${More} more=${more} count=${count} shown=${rows.length} />`}>
    ${rows.map((row) => html`<li key=${row.number} class="message"><div class="main">
      <div><strong class="num">${phone(row.display
        || row.reporter_number)}</strong> <span class="small muted">${moment(row.created_at)}</span></div>
      ${!compact && html`<audio controls preload="none" src=${`/rekaman/${encodeURIComponent(row.call)}`}
        aria-label=${`Pesan dari ${row.display}`}></audio>`}
    </div><button type="button" class="button slim" onClick=${() => open(row.number)}>Tangani</button></li>`)}
  <//>`;
}

/**
 * @param {{
 *   rows: Ticket[], known: Known[], nudged: Nudged[], count: number, open: (number: string | null) => void,
 *   current: string | undefined, reference: Reference
 * }} props
 */
export function Mine({ rows: first, known, nudged, count, open, current, reference }) {
  const [rows, more] = useDeskList("mine", first, count, (row) => row.number);
  return html`<${Card} title="Tiket saya" count=${count} none="Belum ada tiket pada tugas ini."
    foot=${html`<${More} more=${more} count=${count} shown=${rows.length} />`}>
    ${rows.map((row) => html`<li key=${row.number} aria-current=${row.number === current ? "true" : null}>
      <div class="main">
      <div><button type="button" class="plain-button" onClick=${() => open(row.number)}>${title(row,
        reference)}</button></div>
      <div class="small muted">${moment(row.created_at)} · ${place(row) || phone(row.display) || row.number}</div>
      <div class="chips">${row.unsent_since
        ? html`<span class="chip act">${held(row) ? "dikembalikan OPD" : "belum dikirim"}${" "}<${Since}
          at=${row.unsent_since} /></span>`
        : row.status === "open" && !row.assignments.length && !row.tracking && !row.master
        && html`<span class="chip wait">belum selesai</span>`}
        ${row.master && html`<span class="chip">digabung ke ${row.master}</span>`}
        ${row.merged > 0 && html`<span class="chip">${row.merged + 1} penelepon</span>`}
        ${row.tracking && html`<span class="chip info">Wadul: ${COMPLAINTS[row.complaint || ""].toLowerCase()}</span>`}
        ${row.assignments.map((assignment) => html`<span class=${`chip ${stateTone(assignment.state)}`}>
          ${shortName(reference, assignment.opd)}: ${STATES[assignment.state]}${assignment.acknowledged_at
            ? ` · ${personOf(assignment, reference)}` : ""}</span>`)}
        ${behind(row.assignments).map((assignment) => html`<span class="chip act">
          ${shortName(reference, assignment.opd)} belum membaca <${Since} at=${unreadSince(assignment)} /></span>`)}
        <${KnownBy} rows=${known.filter(({ ticket }) => ticket === row.number)} reference=${reference} />
        <${NudgedBy} rows=${nudged.filter(({ ticket }) => ticket === row.number)} /></div>
    </div></li>`)}
  <//>`;
}

/**
 * @param {Ticket} row
 * @param {Reference} reference
 */
const title = (row, reference) => reference.categories.find((category) => category.code === row.category)?.name
  || (row.kind !== "unknown" ? KINDS[row.kind] : OUTCOMES[row.outcome || ""] || row.number);

/** @param {{ rows: Presence[] }} props */
export function Team({ rows }) {
  return html`<${Card} title="Operator lain" count=${rows.length} none="Tidak ada operator lain.">
    ${rows.map((row) => html`<li key=${row.operator}><div class="main">${row.display}</div>
      ${row.held_at ? html`<span class="chip wait">penelepon ditahan <${Since} at=${row.held_at} /></span>`
        : html`<span class=${`chip ${liveTone(row.live)}`}>${LIVE[row.live] || row.live}</span>`}</li>`)}
  <//>`;
}
