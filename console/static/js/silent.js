// «Hening»: callers who neither press nor speak. They ring nobody; an operator listens in and takes the call.
import { html, useLayoutEffect, useState } from "../vendor/preact-htm.js";
import { post } from "./api.js";
import { Ask, Card, useDeskList } from "./lists.js";
import { More } from "./more.js";
import { Since } from "./time.js";
import { sayError } from "./toast.js";
import { KINDS, laneTone, phone } from "./words.js";

const SHOWN = 6; // the longest waiting; in a storm the lists below stay in sight
const FREE = ["ready", "paused", "wrap_up", "listening"];
const path = (row, what) => `/api/calls/${encodeURIComponent(row.id)}/${what}`;
const listen = (row) => post(path(row, "listen"), { mode: "listen" });
const take = (row) => post(path(row, "take"));
const done = () => post("/api/listen/done");

export function Silent({ rows: first, count, me, mine }) {
  const [all, setAll] = useState(false);
  const [rows, more] = useDeskList("silent", first, count, (row) => row.id);
  const free = FREE.includes(me.live);
  const heard = mine && rows.find((row) => row.id === mine.call);
  const next = free && !mine && (rows.find((row) => !row.listeners.length) || rows[0]);
  useKeys({ F6: mine ? done : next && (() => listen(next)), F7: heard && free && (() => take(heard)) });
  return html`<${Card} title="Hening" count=${count} none="Tidak ada penelepon yang diam.">
    ${rows.filter((row, place) => all || place < SHOWN || row === heard).map((row) => html`<${Row} key=${row.id} row=${row} free=${free} mine=${row === heard ? mine : null} next=${row === next} />`)}
    <${More} more=${all ? more : { left: count > SHOWN, ask: () => setAll(true) }} count=${count} shown=${all ? rows.length : SHOWN} />
  <//>`;
}

// What the listening operator can do, where the screen is theirs.
export function Heard({ rows, mine }) {
  const row = rows.find((one) => one.id === mine?.call);
  return row && html`<p role="status"><strong class="num">${phone(row.display)}</strong> · ${mine.hears ? "penelepon tidak tahu bahwa Anda mendengarkan" : "angkat telepon Anda untuk mendengarkan"}</p>
    <div class="doing"><${Ask} label=${html`Ambil <kbd>F7</kbd>`} tone="act" run=${() => take(row)} /><${Ask} label=${html`Selesai <kbd>F6</kbd>`} run=${done} /></div>`;
}

function Row({ row, free, mine, next }) {
  return html`<li class=${`lane silent ${mine ? "heard" : ""}`}>
    <div class="main"><div class="who"><strong class="num">${phone(row.display)}</strong><${Since} at=${row.waiting_at || row.arrived_at} /></div>
      <div class="chips"><${Past} row=${row} />${mine ? html`<span class="chip info">${mine.hears ? "Anda mendengarkan" : "angkat telepon Anda"}</span>`
        : row.listeners.map((name) => html`<span class="chip info">${name} mendengarkan</span>`)}</div></div>
    ${free && html`<div class="doing">
      <${Ask} label=${html`Ambil${mine ? html` <kbd>F7</kbd>` : ""}`} tone=${mine ? "act" : ""} run=${() => take(row)} />
      ${mine ? html`<${Ask} label=${html`Selesai <kbd>F6</kbd>`} run=${done} />`
        : html`<${Ask} label=${html`Dengar${next ? html` <kbd>F6</kbd>` : ""}`} run=${() => listen(row)} />`}</div>`}
  </li>`;
}

// What earlier calls of the number were: «2× darurat», «3× prank»; `again`: that there were some is known.
export function Past({ row, again = false }) {
  const known = Object.entries(row.past).filter(([kind]) => kind !== "unknown");
  if (!row.number) return html`<span class="chip wait">tanpa riwayat</span>`;
  if (!known.length && !again) return html`<span class="chip">${row.past.unknown ? `menelepon ${row.past.unknown + 1}×` : "pertama kali"}</span>`;
  return known.map(([kind, times]) => html`<span class=${`chip ${TONES[kind] || ""}`}>${times}× ${(KINDS[kind] || kind).toLowerCase()}</span>`);
}

const TONES = { emergency: laneTone("urgent"), complaint: laneTone("normal"), prank: "wait" };

function useKeys(keys) {
  useLayoutEffect(() => { // as soon as they are seen
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
