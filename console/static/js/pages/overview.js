// @ts-check
// The wall: what happens now, who answers, what is unanswered, and whether the program is well.
import { html, useEffect, useState } from "../../vendor/preact-htm.js";
import { get } from "../shared/api.js";
import { useEscalated } from "../cases/above.js";
import { askLeave, unnotify } from "../shared/attention.js";
import { useAlarm } from "../shared/deadman.js";
import { start } from "../shared/shell.js";
import { steadyFingers } from "../shared/fingers.js";
import { Calls, Health, Operators, Screened } from "../wall/board.js";
import { Escalated, loud } from "../wall/escalated.js";
import { Tickets } from "../wall/tickets.js";
import { Tiles } from "../wall/tiles.js";
import { TurnedDown, turnedDown } from "../wall/turned_down.js";
import { UnsentBars, UnsentList } from "../wall/unsent.js";
import { arm, armed, onArmed, onDuty, test, wasOnDuty } from "../shared/siren.js";
import { Reached, reach, useReach } from "../shared/webpush.js";
import { TestBar } from "../shared/testing.js";
import { Since, moment } from "../shared/time.js";

const { role, contact = "" } = document.body.dataset;
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
  if (!(await test())) return;
  onDuty();
  if (await pushed) askLeave().then(reach);
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
  useEscalated(role === "command" ? loud(data.escalated, data.known, contact) : []);
  const refused = new Set(turnedDown(data).map(({ assignment }) => assignment.id));
  const raised = data.tickets.filter((row) =>
    row.assignments.some((assignment) => data.escalated.includes(assignment.id)))
    .map((row) => row.number);
  useEffect(() => { unnotify(raised); }, [raised.join()]);
  return html`
    ${!on && role === "command" && html`<div class="bar warn" role="status">
      <p>${wasOnDuty() ? RELOADED : "Suara mati: peringatan tidak berbunyi di sini."}</p>
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
    <${UnsentBars} data=${data} reference=${reference} sounds=${on && role === "command"} />
    <${TurnedDown} data=${data} reference=${reference} contact=${contact} acts=${role === "command"} />
    <${Escalated} data=${data} reference=${reference} refused=${refused} contact=${contact}
      acts=${role === "command"} />
    ${data.refused.map((row) => html`<div key=${row.trunk + row.far_end + row.sentence} class="bar bad" role="alert">
      <p>${row.times} panggilan dari trunk ${row.trunk} ditolak: ${row.sentence}${row.status ? ` (${row.status})` : ""}.
        Terakhir ${moment(row.last_at)}, dari ${row.far_end}: jalankan «tanggap doctor».</p></div>`)}
    ${data.trunks.map((row) => html`<div key=${row.trunk + row.kind} role=${urgent(row) ? "alert" : "status"}
      class=${urgent(row) ? "bar bad" : "bar warn"}>
      <p>Sejak ${moment(row.since)}: ${row.sentence}.</p></div>`)}
    ${data.wadul.late > 0 && html`<div class="bar warn" role="status">
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
          <${Operators} rows=${data.operators} />
          <${Calls} rows=${data.calls} data=${data} reference=${reference} />
          <${Screened} figures=${data.screening} />
          <${Health} data=${data} reference=${reference} />
        </div>
        <div class="stack"><${UnsentList} unsent=${data.unsent} reference=${reference} />
          <${Tickets} data=${data} reference=${reference} /></div>
      </div>
    </main>`;
}

// A browser gives a page that was loaded anew no sound before a tap, unless its settings allow this site to.
const RELOADED = "Suara mati sejak halaman dimuat ulang: ketuk di mana saja. Supaya tidak terulang, izinkan suara "
  + "untuk situs ini di setelan browser.";

/** @param {{ kind: string }} trouble */
const urgent = ({ kind }) => kind === "silent" || kind === "unregistered";

/** @type {Words} */
const DEAD = {
  calls: "Proses panggilan tidak hidup: panggilan dijawab jalur cadangan.",
  escalate: "ESKALASI TIDAK HIDUP: OPD tidak didorong.",
  agi: "Jalur cadangan tidak hidup: bila proses panggilan mati, hanya Asterisk yang menjawab.",
  steward: "Penjaga tidak hidup: proses yang mati tidak dimulai lagi sendiri.",
};

// not pointerdown: the bar about the sound goes away, and the click would miss what moved
addEventListener("click", arm);
addEventListener("keydown", arm);
steadyFingers(".rows > li, .bar[data-of]");
if (role === "command" && wasOnDuty()) arm(); // it sounds again by itself where the browser allows that
start("overview", { View: Overview, busy: () => armed() });
