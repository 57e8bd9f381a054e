// @ts-check
// «Telepon balik»: whom to call back and why; over the trunk where the site has one, else by hand. Callers of one
// incident are one row that opens.
import { html, useRef, useState } from "../../vendor/preact-htm.js";
import { post } from "../shared/api.js";
import { Ask, Card } from "../shared/card.js";
import { More } from "../shared/more.js";
import { byIncident } from "./crowd.js";
import { incidentName } from "./incident.js";
import { useDeskList } from "./lists.js";
import { Past } from "./silent.js";
import { nameOf } from "../shared/people.js";
import { moment } from "../shared/time.js";
import { LANGUAGES, phone } from "../shared/words.js";

const SHOWN = 8;
const FREE = ["ready", "paused", "wrap_up", "listening"];
/** @type {Words} */
const ENDS = { talked: "bicara", no_answer: "tidak diangkat", busy: "sibuk", declined: "ditolak", failed: "gagal",
  cancelled: "dibatalkan" };

/**
 * @param {{
 *   rows: Callback[], count: number, me: OwnPresence, dials: boolean, open: (number: string | null) => void,
 *   incidents: Incident[], reference: Reference
 * }} props
 */
export function Callbacks({ rows: first, count, me, dials, open, incidents, reference }) {
  const [all, setAll] = useState(false);
  const [unfolded, setUnfolded] = useState(/** @type {string[]} */ ([])); // incidents whose callers are shown
  const [rows, further] = useDeskList("callbacks", first, count, (row) => row.id);
  // a task whose number is shown big, with what to write down
  const [chosen, setChosen] = useState(/** @type {number | null} */ (null));
  /** @param {Callback} row */
  const choose = (row) => { setChosen(row.id); open(row.ticket); };
  const entries = byIncident(rows, incidents);
  const shown = entries.filter((entry, place) => all || place < SHOWN || ("id" in entry && entry.id === chosen));
  const listed = shown.reduce((sum, entry) => sum + ("id" in entry ? 1 : entry.rows.length), 0);
  const more = all ? further : { left: count > listed, ask: () => setAll(true) };
  /** @param {string} number */
  const turn = (number) => setUnfolded((now) => (now.includes(number) ? now.filter((other) => other !== number)
    : [...now, number]));
  /** @param {Callback} row */
  const task = (row) => html`<${Task} key=${row.id} row=${row} me=${me} dials=${dials} chosen=${row.id === chosen}
    choose=${choose} leave=${() => setChosen(null)} reference=${reference} />`;
  return html`<${Card} title="Telepon balik" count=${count} none="Tidak ada."
    foot=${html`<${More} more=${more} count=${count} shown=${listed} />`}>
    ${shown.map((entry) => ("id" in entry ? task(entry) : html`<${Group} key=${entry.incident.number}
      incident=${entry.incident} reference=${reference} open=${unfolded.includes(entry.incident.number)}
      turn=${() => turn(entry.incident.number)} shown=${entry.rows.length} />
      ${unfolded.includes(entry.incident.number) ? entry.rows.map(task)
        : entry.rows.filter((row) => row.id === chosen || talksWith(row, me)).map(task)}`))}
  <//>`;
}

/**
 * @param {Callback} row
 * @param {OwnPresence} me
 */
const talksWith = (row, me) => row.tries.some((attempt) => !attempt.ended_at && attempt.operator === me.operator);

/**
 * Callers of one incident as one row; its button shows them.
 * @param {{ incident: Incident, reference: Reference, open: boolean, turn: () => void, shown: number }} props
 */
function Group({ incident, reference, open, turn, shown }) {
  return html`<li class="callback-group"><div class="main"><strong>${incidentName(incident, reference)}</strong>
    <div class="small muted">${Math.max(incident.callbacks, shown)} penelepon satu kejadian</div></div>
    <button type="button" class="button slim quiet" aria-expanded=${open ? "true" : "false"} onClick=${turn}>${open
      ? "Lipat" : `Lihat ${shown}`}</button></li>`;
}

/**
 * @param {{
 *   row: Callback, me: OwnPresence, dials: boolean, chosen: boolean, choose: (row: Callback) => void,
 *   leave: () => void, reference: Reference
 * }} props
 */
function Task({ row, me, dials, chosen, choose, leave, reference }) {
  const live = row.tries.find((attempt) => !attempt.ended_at);
  const mine = live?.operator === me.operator;
  const call = async () => { choose(row); if (dials) await post(`/api/callbacks/${row.id}/dial`); };
  return html`<li class=${`callback ${chosen || mine ? "chosen" : ""}`}>
    <div class="main"><button type="button" class="plain-button num" onClick=${() => choose(row)}>
      ${phone(row.display)}</button>
      <div class="small muted">${moment(row.since)} · ${row.reason}${row.times > 1 ? ` ${row.times}×` : ""}</div>
      <div class="chips">${row.language && html`<span class="chip wait">memilih ${LANGUAGES[row.language]
        || row.language}</span>`}
        ${row.cut ? html`<span class="chip soft-act">terputus</span>` : ""}<${Past} row=${row} again />
        ${row.reached_at && html`<span class="chip ok">tersambung ${moment(row.reached_at)}</span>`}
        ${live && html`<span class="chip info">${calls(live, mine, reference)}</span>`}</div>
      <${Tries} rows=${row.tries} count=${row.tries_count} reference=${reference} /></div>
    ${chosen || mine ? html`<${Answer} row=${row} live=${live} leave=${leave}
      again=${!live && dials && FREE.includes(me.live) && call} />`
      : !live && html`<div class="doing"><${Ask} label="Telepon" run=${call} /></div>`}
  </li>`;
}

/**
 * @param {CallbackTry} attempt
 * @param {boolean} mine
 * @param {Reference} reference
 */
const calls = (attempt, mine, reference) => (mine ? (attempt.talked_at ? "Anda berbicara" : "memanggil…")
  : `${nameOf(reference, attempt.operator)} sedang menelepon`);

/**
 * The last attempt that ended, and how many did; `rows` are only the last of `count` attempts.
 * @param {{ rows: CallbackTry[], count: number, reference: Reference }} props
 */
function Tries({ rows, count, reference }) {
  const ended = rows.filter((attempt) => attempt.ended_at);
  const times = count - (rows.length - ended.length);
  if (!ended.length) return null;
  const last = ended[ended.length - 1];
  return html`<div class="small muted">${times > 1 ? `${times}× dicoba, terakhir `
    : ""}${moment(last.started_at)} ${ENDS[last.outcome] || last.outcome} (${nameOf(reference,
    last.operator)})${last.note
    ? `: ${last.note}` : ""}</div>`;
}

/**
 * @param {{
 *   row: Callback, live: CallbackTry | undefined, leave: () => void, again: false | (() => Promise<void>)
 * }} props
 */
function Answer({ row, live, leave, again }) {
  const note = useRef(/** @type {HTMLInputElement | null} */ (null));
  /** @param {"done" | "unanswered"} result */
  const send = (result) => async () => {
    await post(`/api/callbacks/${row.id}/${result}`, { note: note.current?.value });
    leave();
  };
  return html`<div class="answer">
    <div class="number num">${phone(row.display)}</div>
    ${again && html`<${Ask} label="Telepon" tone="ok wide" run=${again} />`}
    <div class="field"><label for=${`note-${row.id}`}>Catatan</label>
      <input id=${`note-${row.id}`} ref=${note} maxlength="500" autocomplete="off" /></div>
    <div class="doing"><${Ask} label="Sudah ditelepon" run=${send("done")} />
      ${!live && html`<${Ask} label="Tidak diangkat" run=${send("unanswered")} />`}</div>
  </div>`;
}
