// @ts-check
// The left half of the wall: calls in hand, operators, screening, and the health of the processes.
import { html } from "../../vendor/preact-htm.js";
import { Card } from "../shared/card.js";
import { shortName } from "../shared/opds.js";
import { Since } from "../shared/time.js";
import { CHANNELS, LANES, LIVE, PROCESSES, STAGES, laneTone, liveTone, phone } from "../shared/words.js";
import { Figures } from "./figures.js";
import { Supervise } from "./supervise.js";

/** @param {{ rows: Call[], data: OverviewSnapshot }} props */
export function Calls({ rows, data }) {
  /** @param {Call} row */
  const from = (row) => ({ waiting: row.waiting_at, ringing: row.ringing_at, talking: row.talking_at })[row.stage]
    || row.arrived_at;
  return html`<${Card} title="Panggilan berlangsung" count=${rows.length} none="Tidak ada panggilan.">
    ${rows.map((row) => html`<li key=${row.id} class="live-call">
      <div class="main"><strong class="num">${phone(row.display)}</strong>
        <div class="small muted">${STAGES[row.stage] || row.stage}${row.operator ? ` · ${row.operator}` : ""}${row.mark
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
  return html`<section class="card"><header><h2>Kesehatan</h2></header><div class="pad">
    <div class="health">${data.processes.map((process) =>
      html`<span class=${`chip ${process.alive ? "ok" : data.storage.writable ? "act" : "wait"}`}>
        ${PROCESSES[process.name]
      || process.name} ${process.alive ? "hidup" : data.storage.writable ? "MATI" : "?"}</span>`)}
      <span class=${`chip ${data.gate.open ? "ok" : "wait"}`}>112 ${data.gate.open ? "buka" : "tutup"}</span></div>
    <p class="small muted">112 ${data.gate.reason}. Telepon balik yang menunggu: ${data.callbacks}.</p>
    ${data.troubled.length > 0 && html`<div><strong class="small">Dorongan yang gagal</strong>
      <ul class="small">${data.troubled.slice(0, 8).map((push) => html`
      <li>${shortName(reference, push.opd)} · ${reference.contacts[push.contact]
        || push.contact} lewat ${CHANNELS[push.channel] || push.channel}: ${push.last_error}</li>`)}</ul></div>`}
  </div></section>`;
}
