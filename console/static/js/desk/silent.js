// @ts-check
// «Hening»: callers who neither press nor speak. They ring nobody; an operator listens in and takes the call.
import { html, useLayoutEffect, useState } from "../../vendor/preact-htm.js";
import { post } from "../shared/api.js";
import { Ask, Card } from "../shared/card.js";
import { More } from "../shared/more.js";
import { useDeskList } from "./lists.js";
import { Since } from "../shared/time.js";
import { sayError } from "../shared/toast.js";
import { KINDS, laneTone, phone } from "../shared/words.js";

const SHOWN = 6; // the longest waiting; in a storm the lists below stay in sight
const FREE = ["ready", "paused", "wrap_up", "listening"];
/**
 * @param {SilentCall} row
 * @param {string} action
 */
const path = (row, action) => `/api/calls/${encodeURIComponent(row.id)}/${action}`;
/** @param {SilentCall} row */
const listen = (row) => post(path(row, "listen"), { mode: "listen" });
/** @param {SilentCall} row */
const take = (row) => post(path(row, "take"));
const done = () => post("/api/listen/done");

/** @param {{ rows: SilentCall[], count: number, me: OwnPresence, mine: Listener | null }} props */
export function Silent({ rows: first, count, me, mine }) {
  const [all, setAll] = useState(false);
  const [rows, further] = useDeskList("silent", first, count, (row) => row.id);
  const free = FREE.includes(me.live);
  const heard = mine && rows.find((row) => row.id === mine.call);
  const next = free && !mine && (rows.find((row) => !row.listeners.length) || rows[0]);
  useKeys({ F6: mine ? done : next && (() => listen(next)), F7: heard && free && (() => take(heard)) });
  const shown = rows.filter((row, place) => all || place < SHOWN || row === heard);
  const more = all ? further : { left: count > shown.length, ask: () => setAll(true) };
  return html`<${Card} title="Hening" count=${count} none="Tidak ada penelepon yang diam."
    foot=${html`<${More} more=${more} count=${count} shown=${shown.length} />`}>
    ${shown.map((row) => html`<${Row} key=${row.id} row=${row} free=${free} mine=${row === heard ? mine : null}
        next=${row === next} />`)}
  <//>`;
}

/**
 * The call that this operator listens to, with its two keys.
 * @param {{ rows: SilentCall[], mine: Listener | null }} props
 */
export function Heard({ rows, mine }) {
  const row = rows.find((call) => call.id === mine?.call);
  return row && mine && html`<p role="status"><strong class="num">${phone(row.display)}</strong> · ${mine.hears
    ? "penelepon tidak tahu bahwa Anda mendengarkan" : "angkat telepon Anda untuk mendengarkan"}</p>
    <div class="doing"><${Ask} label=${html`Ambil <kbd>F7</kbd>`} tone="act" run=${() => take(row)} />
      <${Ask} label=${html`Selesai <kbd>F6</kbd>`} run=${done} /></div>`;
}

/** @param {{ row: SilentCall, free: boolean, mine: Listener | null, next: boolean }} props */
function Row({ row, free, mine, next }) {
  return html`<li class=${`lane silent ${mine ? "heard" : ""}`}>
    <div class="main"><div class="who"><strong class="num">${phone(row.display)}</strong><${Since} at=${row.waiting_at
      || row.arrived_at} /></div>
      <div class="chips"><${Past} row=${row} />${mine
        ? html`<span class="chip info">${mine.hears ? "Anda mendengarkan" : "angkat telepon Anda"}</span>`
        : row.listeners.map((name) => html`<span class="chip info">${name} mendengarkan</span>`)}</div></div>
    ${free && html`<div class="doing">
      <${Ask} label=${html`Ambil${mine ? html` <kbd>F7</kbd>` : ""}`} tone=${mine ? "act" : ""}
        run=${() => take(row)} />
      ${mine ? html`<${Ask} label=${html`Selesai <kbd>F6</kbd>`} run=${done} />`
        : html`<${Ask} label=${html`Dengar${next ? html` <kbd>F6</kbd>` : ""}`} run=${() => listen(row)} />`}</div>`}
  </li>`;
}

/**
 * The kinds of earlier calls of the number: «2× darurat», «3× prank»; `again`: there were some for sure.
 * @param {{ row: { number: string | null, past: Past }, again?: boolean }} props
 */
export function Past({ row, again = false }) {
  const known = Object.entries(row.past).filter(([kind]) => kind !== "unknown");
  if (!row.number) return html`<span class="chip wait">tanpa riwayat</span>`;
  if (!known.length && !again) return html`<span class="chip">${row.past.unknown ? `menelepon ${row.past.unknown + 1}×`
    : "pertama kali"}</span>`;
  return known.map(([kind, times]) => html`<span class=${`chip ${TONES[kind] || ""}`}>
    ${times}× ${(KINDS[kind] || kind).toLowerCase()}</span>`);
}

/** @type {Words} */
const TONES = { emergency: laneTone("urgent"), complaint: laneTone("normal"), prank: "wait" };

/** @param {Record<string, any>} keys */
function useKeys(keys) {
  useLayoutEffect(() => { // as soon as they are seen
    /** @param {KeyboardEvent} event */
    const press = (event) => {
      const run = keys[event.key];
      if (!run || event.altKey || event.ctrlKey || event.repeat) return;
      event.preventDefault();
      run().catch(sayError);
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });
}
