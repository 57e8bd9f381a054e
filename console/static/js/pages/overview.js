// @ts-check
// The wall: what happens now, who answers, what is unanswered, and whether the program is well.
import { html, useEffect, useState } from "../../vendor/preact-htm.js";
import { get } from "../shared/api.js";
import { askLeave, calm, flash, unnotify } from "../shared/attention.js";
import { useAlarm } from "../shared/deadman.js";
import { shortName } from "../shared/opds.js";
import { start } from "../shared/shell.js";
import { Calls, Health, Operators, Screened } from "../wall/board.js";
import { Tickets, titled } from "../wall/tickets.js";
import { Tiles } from "../wall/tiles.js";
import { arm, armed, onArmed, startSiren, stopSiren, test } from "../shared/siren.js";
import { Reached, reach, useReach } from "../shared/webpush.js";
import { TestBar } from "../shared/testing.js";
import { Since, moment, now, useSecond } from "../shared/time.js";

const QUIET_MS = 120000;
const { role } = document.body.dataset;
// The command centre's telephones may be pushed while the wall is closed; nobody else is asked for leave.
const pushed = role === "command" ? mayBePushed() : Promise.resolve(false);

async function mayBePushed() {
  try {
    if (!(await get("/api/push")).wanted) return false;
    await navigator.serviceWorker.register("/sw.js", { scope: "/pantau" });
    return true;
  } catch { return false; } // not over plain http: the wall works without
}

async function begin() {
  if ((await test()) && (await pushed)) askLeave().then(reach);
}

/**
 * @param {{ data: OverviewSnapshot, reference: Reference, live: import("../shared/live.js").Live, link: Link }} props
 */
function Overview({ data, reference, live, link }) {
  const [on, setOn] = useState(armed());
  useEffect(() => onArmed(setOn), []);
  useEffect(() => live.sounds(on), [on]);
  const reached = useReach(on && role === "command", link, data.edition);
  const { alarms, writable } = data.storage;
  const dead = writable ? data.processes.filter((process) => !process.alive) : [];
  const late = writable && !dead.some((process) => process.name === "escalate") && data.pushing.late_since;
  useAlarm(dead.length > 0 || Boolean(late) || !data.asterisk || alarms.some((alarm) => alarm.loud));
  const quiet = useEscalated(role === "command" ? data.escalated : []);
  const refused = new Set(turnedDown(data).map(({ assignment }) => assignment.id));
  const raised = data.tickets.filter((row) =>
    row.assignments.some((assignment) => data.escalated.includes(assignment.id)))
    .map((row) => row.number);
  useEffect(() => { unnotify(raised); }, [raised.join()]);
  const escalated = data.escalated_count - data.escalated.filter((id) => refused.has(id)).length;
  const hush = role === "command" && html`<button class="button slim"
    onClick=${quiet}>Saya tangani, senyap 2 menit</button>`;
  return html`
    ${!on && role === "command" && html`<div class="bar warn" role="status">
      <p>Suara mati: peringatan tidak berbunyi di sini.</p>
      <button class="button slim" onClick=${begin}>Hidupkan suara</button></div>`}
    ${role === "command" && html`<${TestBar} tests=${data.tests || []} on=${on} />`}
    ${alarms.map((alarm) => html`<div key=${alarm.sentence} class=${`bar ${alarm.loud ? "bad" : "warn"}`}
      role=${alarm.loud ? "alert" : "status"}><p>${alarm.sentence}</p></div>`)}
    ${!writable && html`<div class="bar warn" role="status">
      <p>Detak proses tidak bisa dicatat: keadaan tiap proses di bawah ini tidak diketahui.</p></div>`}
    ${reached && on && html`<p class="small muted pad"><${Reached} word=${reached} /></p>`}
    ${!data.asterisk && html`<div class="bar bad" role="alert">
      <p>ASTERISK TIDAK TERSAMBUNG: 112 mungkin tidak dijawab. Jalankan «tanggap doctor» di server.</p></div>`}
    ${dead.map((process) => html`<div class="bar bad" role="alert"><p>${DEAD[process.name]
      || `Proses ${process.name} tidak hidup.`} ${process.since ? `Terakhir terdengar ${moment(process.since)}.`
      : "Belum pernah terdengar."}</p></div>`)}
    ${late && html`<div class="bar bad" role="alert">
      <p>DORONGAN TERLAMBAT <${Since} at=${late} />: ${data.pushing.due} dorongan ke OPD belum terkirim. Telepon OPD
        itu, dan jalankan «tanggap doctor» di server.</p></div>`}
    ${turnedDown(data).map(({ row, assignment }) =>
      html`<div key=${assignment.id} class="bar bad" role="alert">
        <p>${shortName(reference, assignment.opd)} menjawab bukan wewenangnya: tunjuk OPD yang berwenang untuk ${
        titled(row, reference)}, ${row.number}.</p><a class="button slim" href=${`/tiket/${row.number}`}>Alihkan</a>
        ${data.escalated.includes(assignment.id) && hush}</div>`)}
    ${escalated > 0 && html`<div class="bar bad" role="alert">
      <p>${escalated} tugas naik ke pusat kendali: OPD belum menjawab atau belum bergerak. Telepon OPD itu sekarang.</p>
      ${hush}</div>`}
    ${data.refused.map((row) => html`<div key=${row.trunk + row.far_end + row.sentence} class="bar bad" role="alert">
      <p>${row.times} panggilan dari trunk ${row.trunk} ditolak: ${row.sentence}${row.status ? ` (${row.status})` : ""}.
        Terakhir ${moment(row.last_at)}, dari ${row.far_end}. Jalankan «tanggap doctor» di server.</p></div>`)}
    ${data.wadul.late > 0 && html`<div class="bar bad" role="alert">
      <p>${data.wadul.late} aduan Wadul melewati tenggat hari kerja.</p>
      <a class="button slim" href="/wadul">Buka Wadul</a></div>`}
    ${data.wadul.dead > 0 && html`<div class="bar warn" role="status">
      <p>${data.wadul.dead} aduan tidak diterima aplikasi pemerintah.</p>
      <a class="button slim" href="/wadul">Buka Wadul</a></div>`}
    ${data.problems.length > 0 && html`<div class="bar warn" role="status">
      <p>Konfigurasi: ${data.problems.join(" · ")}</p></div>`}
    ${data.restart.length > 0 && html`<div class="bar calm" role="status" title=${data.restart.join(" · ")}>
      <p>Perubahan site.yaml menunggu dijalankan ulang.</p></div>`}
    <main class="wall">
      <${Tiles} data=${data} />
      <div class="columns">
        <div class="stack">
          <${Calls} rows=${data.calls} data=${data} />
          <${Operators} rows=${data.operators} />
          <${Screened} figures=${data.screening} />
          <${Health} data=${data} reference=${reference} />
        </div>
        <${Tickets} data=${data} reference=${reference} />
      </div>
    </main>`;
}

/** @param {OverviewSnapshot} data */
const turnedDown = (data) => data.tickets.flatMap((row) =>
  row.assignments.filter((assignment) => assignment.state === "ditolak")
  .map((assignment) => ({ row, assignment })));

/** @type {Words} */
const DEAD = {
  calls: "Proses panggilan tidak hidup: panggilan dijawab jalur cadangan.",
  escalate: "ESKALASI TIDAK HIDUP: OPD tidak didorong.",
  agi: "Jalur cadangan tidak hidup: bila proses panggilan mati, hanya Asterisk yang menjawab.",
  steward: "Penjaga tidak hidup: proses yang mati tidak dimulai lagi sendiri.",
};

/**
 * Pushes to the command centre itself sound here until the agency answers; who deals with it gets two quiet minutes.
 * @param {number[]} ids
 */
function useEscalated(ids) {
  useSecond();
  const [until, setUntil] = useState(0);
  const loud = ids.length > 0 && now() > until;
  useEffect(() => {
    if (!loud) { stopSiren(); calm(); return; }
    startSiren();
    flash(`● ${ids.length} BELUM DIJAWAB`);
  }, [loud, ids.join(), armed()]);
  return () => setUntil(now() + QUIET_MS);
}

// not pointerdown: the bar about the sound goes away, and the click would miss what moved
addEventListener("click", arm);
addEventListener("keydown", arm);
start("overview", { View: Overview, busy: () => armed() });
