// @ts-check
// «Telepon balik»: whom to call back and why; over the trunk where the site has one, else by hand.
import { html, useRef, useState } from "../../vendor/preact-htm.js";
import { post } from "../shared/api.js";
import { Ask, Card } from "../shared/card.js";
import { Past } from "./silent.js";
import { moment } from "../shared/time.js";
import { phone } from "../shared/words.js";

const SHOWN = 8;
const FREE = ["ready", "paused", "wrap_up", "listening"];
/** @type {Words} */
const ENDS = { talked: "bicara", no_answer: "tidak diangkat", busy: "sibuk", declined: "ditolak", failed: "gagal",
  cancelled: "dibatalkan" };

/** @param {{ rows: Callback[], me: OwnPresence, dials: boolean, open: (number: string | null) => void }} props */
export function Callbacks({ rows, me, dials, open }) {
  // a task whose number is shown big, with what to write down
  const [chosen, setChosen] = useState(/** @type {number | null} */ (null));
  /** @param {Callback} row */
  const choose = (row) => { setChosen(row.id); open(row.ticket); };
  const shown = rows.filter((row, place) => place < SHOWN || row.id === chosen);
  return html`<${Card} title="Telepon balik" count=${rows.length} none="Tidak ada.">
    ${shown.map((row) => html`<${Task} key=${row.id} row=${row} me=${me} dials=${dials} chosen=${row.id === chosen}
      choose=${choose} leave=${() => setChosen(null)} />`)}
    ${rows.length > shown.length && html`<li class="small muted">… dan ${rows.length - shown.length} lainnya</li>`}
  <//>`;
}

/**
 * @param {{
 *   row: Callback, me: OwnPresence, dials: boolean, chosen: boolean, choose: (row: Callback) => void, leave: () => void
 * }} props
 */
function Task({ row, me, dials, chosen, choose, leave }) {
  const live = row.tries.find((attempt) => !attempt.ended_at);
  const mine = live?.operator === me.operator;
  const call = async () => { choose(row); if (dials) await post(`/api/callbacks/${row.id}/dial`); };
  return html`<li class=${`callback ${chosen || mine ? "chosen" : ""}`}>
    <div class="main"><button type="button" class="plain-button num" onClick=${() => choose(row)}>
      ${phone(row.display)}</button>
      <div class="small muted">${moment(row.since)} · ${row.reason}${row.times > 1 ? ` ${row.times}×` : ""}</div>
      <div class="chips">${row.cut ? html`<span class="chip soft-act">terputus</span>` : ""}<${Past} row=${row} again />
        ${row.reached_at && html`<span class="chip ok">tersambung ${moment(row.reached_at)}</span>`}
        ${live && html`<span class="chip info">${calls(live, mine)}</span>`}</div>
      <${Tries} rows=${row.tries} /></div>
    ${chosen || mine ? html`<${Answer} row=${row} live=${live} leave=${leave}
      again=${!live && dials && FREE.includes(me.live) && call} />`
      : !live && html`<div class="doing"><${Ask} label="Telepon" run=${call} /></div>`}
  </li>`;
}

/**
 * @param {CallbackTry} attempt
 * @param {boolean} mine
 */
const calls = (attempt, mine) => (mine ? (attempt.talked_at ? "Anda berbicara" : "memanggil…")
  : `${attempt.operator} sedang menelepon`);

/** @param {{ rows: CallbackTry[] }} props */
function Tries({ rows }) {
  const ended = rows.filter((attempt) => attempt.ended_at);
  if (!ended.length) return null;
  const last = ended[ended.length - 1];
  return html`<div class="small muted">${ended.length > 1 ? `${ended.length}× dicoba, terakhir `
    : ""}${moment(last.started_at)} ${ENDS[last.outcome] || last.outcome} (${last.operator})${last.note
    ? `: ${last.note}` : ""}</div>`;
}

/**
 * @param {{
 *   row: Callback, live: CallbackTry | undefined, leave: () => void, again: false | (() => Promise<void>)
 * }} props
 */
function Answer({ row, live, leave, again }) {
  const note = useRef(/** @type {HTMLInputElement | null} */ (null));
  /** @param {string} what */
  const send = (what) => async () => {
    await post(`/api/callbacks/${row.id}/${what}`, { note: note.current?.value });
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
