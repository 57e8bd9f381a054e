// @ts-check
// The left half of the wall: calls in hand, operators, screening, and the health of the processes.
import { html, useState } from "../../vendor/preact-htm.js";
import { Card } from "../shared/card.js";
import { More, useMore } from "../shared/more.js";
import { shortName } from "../shared/opds.js";
import { nameOf } from "../shared/people.js";
import { Since } from "../shared/time.js";
import { CHANNELS, LANES, LIVE, PROCESSES, STAGES, laneTone, liveTone, phone } from "../shared/words.js";
import { Figures } from "./figures.js";
import { Supervise } from "./supervise.js";

const SHOWN = 8; // failed pushes, until somebody asks for all

/** @param {{ rows: Call[], data: OverviewSnapshot, reference: Reference }} props */
export function Calls({ rows: first, data, reference }) {
  const count = data.calls_count;
  const [rows, more] = useMore(first, count > first.length ? first.length : null,
    (offset) => `/api/wall/calls?offset=${offset}`, (row) => row.id);
  /** @param {Call} row */
  const from = (row) => row.held_at
    || ({ waiting: row.waiting_at, ringing: row.ringing_at, talking: row.talking_at })[row.stage]
    || row.arrived_at;
  return html`<${Card} title="Panggilan berlangsung" count=${count} none="Tidak ada panggilan."
    foot=${html`<${More} more=${more} count=${count} shown=${rows.length} />`}>
    ${rows.map((row) => html`<li key=${row.id} class="live-call">
      <div class="main"><strong class="num">${phone(row.display)}</strong>
        <div class="small muted">${row.held_at ? "Ditahan"
          : STAGES[row.stage] || row.stage}${row.operator
          ? ` · ${nameOf(reference, row.operator)}` : ""}${row.mark
          ? ` · ${row.mark}` : ""}</div></div>
      ${row.lane && html`<span class=${`chip ${laneTone(row.lane)}`}>${LANES[row.lane] || row.lane}</span>`}
        <${Since} at=${from(row)} /><${Supervise} row=${row} data=${data} /></li>`)}
  <//>`;
}

/** @param {{ rows: Presence[] }} props */
export function Operators({ rows }) {
  return html`<${Card} title="Operator" count=${rows.length}
    none="Belum ada operator; tambahkan dengan «tanggap user add».">
    ${rows.map((row) => html`<li key=${row.operator}><div class="main">${row.display}</div>
      <span class=${`chip ${liveTone(row.live)}`}>${LIVE[row.live] || row.live}</span>${row.since
        && html`<${Since} at=${row.since} />`}</li>`)}
  <//>`;
}

/** @param {{ figures: ScreeningFigures }} props */
export function Screened({ figures }) {
  return html`<section class="card"><header><h2>Saringan hari ini</h2>
    <a class="small" href="/saringan">Laporan</a></header>
    <div class="pad"><${Figures} figures=${figures} /></div></section>`;
}

/** @param {{ data: OverviewSnapshot, reference: Reference }} props */
export function Health({ data, reference }) {
  const count = data.troubled_count;
  const [all, setAll] = useState(false);
  const [troubled, further] = useMore(data.troubled, count > data.troubled.length ? data.troubled.length : null,
    (offset) => `/api/wall/troubled?offset=${offset}`, (push) => push.id);
  const shown = all ? troubled : troubled.slice(0, SHOWN);
  const more = all ? further : { left: count > shown.length, ask: () => setAll(true) };
  return html`<section class="card"><header><h2>Kesehatan</h2></header><div class="pad">
    <div class="health">${data.processes.map((process) =>
      html`<span class=${`chip ${process.alive ? "ok" : data.storage.writable ? "act" : "wait"}`}>
        ${PROCESSES[process.name]
      || process.name} ${process.alive ? "hidup" : data.storage.writable ? "MATI" : "?"}</span>`)}
      <span class=${`chip ${data.gate.open ? "ok" : "wait"}`}>112 ${data.gate.open ? "buka" : "tutup"}</span></div>
    <p class="small muted">112 ${data.gate.reason}. Telepon balik yang menunggu: ${data.callbacks}.</p>
    ${data.troubled.length > 0 && html`<div><strong class="small">Dorongan yang gagal (${count})</strong>
      <ul class="small">${shown.map((push) => html`
      <li key=${push.id}>${shortName(reference, push.opd)} · ${reference.contacts[push.contact]
        || push.contact} lewat ${CHANNELS[push.channel] || push.channel}: ${push.last_error}</li>`)}</ul>
      <${More} more=${more} count=${count} shown=${shown.length} /></div>`}
  </div></section>`;
}
