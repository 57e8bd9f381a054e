// The wall: what happens now, who answers, what is unanswered, and whether the program is well.
import { html, useEffect, useState } from "../vendor/preact-htm.js";
import { get } from "./api.js";
import { askLeave, calm, flash, unnotify } from "./attention.js";
import { useAlarm } from "./deadman.js";
import { Card } from "./lists.js";
import { More, useMore } from "./more.js";
import { shortName } from "./opds.js";
import { start } from "./shell.js";
import { Supervise } from "./supervise.js";
import { Figures, percent } from "./figures.js";
import { arm, armed, onArmed, startSiren, stopSiren, test } from "./siren.js";
import { Reached, reach, useReach } from "./webpush.js";
import { TestBar } from "./testing.js";
import { Since, moment, now, useSecond } from "./time.js";
import { CHANNELS, KINDS, LANES, LIVE, OUTCOMES, PROCESSES, STAGES, STATES, laneTone, liveTone, phone, place, stateTone } from "./words.js";

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

function Overview({ data, reference, live, link }) {
  const [on, setOn] = useState(armed());
  useEffect(() => onArmed(setOn), []);
  useEffect(() => live.sounds(on), [on]);
  const reached = useReach(on && role === "command", link, data.edition);
  const { alarms, writable } = data.storage;
  const dead = writable ? data.processes.filter((one) => !one.alive) : [];
  const late = writable && !dead.some((one) => one.name === "escalate") && data.pushing.late_since;
  useAlarm(dead.length > 0 || Boolean(late) || !data.asterisk || alarms.some((one) => one.loud));
  const quiet = useEscalated(role === "command" ? data.escalated : []);
  const refused = new Set(turnedDown(data).map(({ one }) => one.id));
  const raised = data.tickets.filter((row) => row.assignments.some((one) => data.escalated.includes(one.id))).map((row) => row.number);
  useEffect(() => { unnotify(raised); }, [raised.join()]);
  const escalated = data.escalated_count - data.escalated.filter((id) => refused.has(id)).length;
  const hush = role === "command" && html`<button class="button slim" onClick=${quiet}>Saya tangani, senyap 2 menit</button>`;
  return html`
    ${!on && role === "command" && html`<div class="bar warn" role="status"><p>Suara mati: peringatan tidak berbunyi di sini.</p><button class="button slim" onClick=${begin}>Hidupkan suara</button></div>`}
    ${role === "command" && html`<${TestBar} tests=${data.tests || []} on=${on} />`}
    ${alarms.map((one) => html`<div key=${one.sentence} class=${`bar ${one.loud ? "bad" : "warn"}`} role=${one.loud ? "alert" : "status"}><p>${one.sentence}</p></div>`)}
    ${!writable && html`<div class="bar warn" role="status"><p>Detak proses tidak bisa dicatat: keadaan tiap proses di bawah ini tidak diketahui.</p></div>`}
    ${reached && on && html`<p class="small muted pad"><${Reached} word=${reached} /></p>`}
    ${!data.asterisk && html`<div class="bar bad" role="alert"><p>ASTERISK TIDAK TERSAMBUNG: 112 mungkin tidak dijawab. Jalankan «tanggap doctor» di server.</p></div>`}
    ${dead.map((one) => html`<div class="bar bad" role="alert"><p>${DEAD[one.name] || `Proses ${one.name} tidak hidup.`} ${one.since ? `Terakhir terdengar ${moment(one.since)}.` : "Belum pernah terdengar."}</p></div>`)}
    ${late && html`<div class="bar bad" role="alert"><p>DORONGAN TERLAMBAT <${Since} at=${late} />: ${data.pushing.due} dorongan ke OPD belum terkirim. Telepon OPD itu, dan jalankan «tanggap doctor» di server.</p></div>`}
    ${turnedDown(data).map(({ row, one }) => html`<div key=${one.id} class="bar bad" role="alert"><p>${shortName(reference, one.opd)} menjawab bukan wewenangnya: tunjuk OPD yang berwenang untuk ${what(row, reference)}, ${row.number}.</p><a class="button slim" href=${`/tiket/${row.number}`}>Alihkan</a>${data.escalated.includes(one.id) && hush}</div>`)}
    ${escalated > 0 && html`<div class="bar bad" role="alert"><p>${escalated} tugas naik ke pusat kendali: OPD belum menjawab atau belum bergerak. Telepon OPD itu sekarang.</p>
      ${hush}</div>`}
    ${data.wadul.late > 0 && html`<div class="bar bad" role="alert"><p>${data.wadul.late} aduan Wadul melewati tenggat hari kerja.</p><a class="button slim" href="/wadul">Buka Wadul</a></div>`}
    ${data.wadul.dead > 0 && html`<div class="bar warn" role="status"><p>${data.wadul.dead} aduan tidak diterima aplikasi pemerintah.</p><a class="button slim" href="/wadul">Buka Wadul</a></div>`}
    ${data.problems.length > 0 && html`<div class="bar warn" role="status"><p>Konfigurasi: ${data.problems.join(" · ")}</p></div>`}
    ${data.restart.length > 0 && html`<div class="bar calm" role="status" title=${data.restart.join(" · ")}><p>Perubahan site.yaml menunggu dijalankan ulang.</p></div>`}
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

const turnedDown = (data) => data.tickets.flatMap((row) => row.assignments.filter((one) => one.state === "ditolak").map((one) => ({ row, one })));

const DEAD = {
  calls: "Proses panggilan tidak hidup: panggilan dijawab jalur cadangan.",
  escalate: "ESKALASI TIDAK HIDUP: OPD tidak didorong.",
  agi: "Jalur cadangan tidak hidup: bila proses panggilan mati, hanya Asterisk yang menjawab.",
  steward: "Penjaga tidak hidup: proses yang mati tidak dimulai lagi sendiri.",
};

// Pushes to the command centre itself sound here until the agency answers; who deals with it gets two quiet minutes.
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

function Tiles({ data }) {
  const { calls, finished } = data.counts;
  const screened = data.screening;
  const total = Object.values(calls).reduce((sum, count) => sum + count, 0);
  const tile = (value, what, hot = false) => html`<div class=${`card tile ${hot ? "hot" : ""}`}><div class="value">${value}</div><div class="what">${what}</div></div>`;
  return html`<section class="tiles" aria-label="Angka hari ini">
    ${tile(data.unanswered.count, data.unanswered.count ? html`tugas belum dijawab · <${Since} at=${data.unanswered.oldest} />` : "tugas belum dijawab", data.unanswered.count > 0)}
    ${tile(data.work_count, data.wadul.new ? `tiket dikerjakan · ${data.wadul.new} aduan masuk` : "tiket dikerjakan")}
    ${tile(total, "panggilan hari ini")}
    ${tile(calls.talked || 0, "dijawab operator")}
    ${tile(calls.abandoned || 0, `menutup sebelum dijawab · ${calls.message || 0} pesan${calls.cut ? ` · ${calls.cut} terputus` : ""}`)}
    ${tile(percent(screened.pranks_that_rang.share), "prank sampai ke operator")}
    ${tile(screened.genuine_lost.k, "asli tidak terlayani", screened.genuine_lost.k > 0)}
    ${tile((finished.emergency || 0) + (finished.complaint || 0), `tiket selesai · ${finished.prank || 0} prank`)}
  </section>`;
}

function Calls({ rows, data }) {
  const from = (row) => ({ waiting: row.waiting_at, ringing: row.ringing_at, talking: row.talking_at })[row.stage] || row.arrived_at;
  const next = data.calls_count > rows.length ? rows.length : null;
  const [all, more] = useMore(rows, next, (offset) => `/api/wall/calls?offset=${offset}`, (row) => row.id);
  return html`<${Card} title="Panggilan berlangsung" count=${data.calls_count} none="Tidak ada panggilan.">
    ${all.map((row) => html`<li key=${row.id} class="live-call"><div class="main"><strong class="num">${phone(row.display)}</strong>
        <div class="small muted">${STAGES[row.stage] || row.stage}${row.operator ? ` · ${row.operator}` : ""}${row.mark ? ` · ${row.mark}` : ""}</div></div>
      ${row.lane && html`<span class=${`chip ${laneTone(row.lane)}`}>${LANES[row.lane] || row.lane}</span>`}<${Since} at=${from(row)} /><${Supervise} row=${row} data=${data} /></li>`)}
    <${More} more=${more} count=${data.calls_count} shown=${all.length} />
  <//>`;
}

function Operators({ rows }) {
  return html`<${Card} title="Operator" count=${rows.length} none="Belum ada operator; tambahkan dengan «tanggap user add».">
    ${rows.map((row) => html`<li key=${row.operator}><div class="main">${row.display}</div>
      <span class=${`chip ${liveTone(row.live)}`}>${LIVE[row.live] || row.live}</span>${row.since && html`<${Since} at=${row.since} />`}</li>`)}
  <//>`;
}

function Screened({ figures }) {
  return html`<section class="card"><header><h2>Saringan hari ini</h2><a class="small" href="/saringan">Laporan</a></header>
    <div class="pad"><${Figures} figures=${figures} /></div></section>`;
}

function Health({ data, reference }) {
  const first = data.troubled.slice(0, 8);
  const next = data.troubled_count > first.length ? first.length : null;
  const [troubled, more] = useMore(first, next, (offset) => `/api/wall/troubled?offset=${offset}`, (one) => one.id);
  return html`<section class="card"><header><h2>Kesehatan</h2></header><div class="pad">
    <div class="health">${data.processes.map((one) => html`<span class=${`chip ${one.alive ? "ok" : data.storage.writable ? "act" : "wait"}`}>${PROCESSES[one.name] || one.name} ${one.alive ? "hidup" : data.storage.writable ? "MATI" : "?"}</span>`)}
      <span class=${`chip ${data.gate.open ? "ok" : "wait"}`}>112 ${data.gate.open ? "buka" : "tutup"}</span></div>
    <p class="small muted">112 ${data.gate.reason}. Telepon balik yang menunggu: ${data.callbacks}.</p>
    ${data.troubled.length > 0 && html`<div><strong class="small">Dorongan yang gagal (${data.troubled_count})</strong><ul class="small">${troubled.map((one) => html`
      <li>${shortName(reference, one.opd)} · ${reference.contacts[one.contact] || one.contact} lewat ${CHANNELS[one.channel] || one.channel}: ${one.last_error}</li>`)}</ul>
      <${More} more=${more} count=${data.troubled_count} shown=${troubled.length} /></div>`}
  </div></section>`;
}

function Tickets({ data, reference }) {
  useSecond();
  const late = (row) => row.assignments.some((one) => !one.ended_at && one.state === "dikirim");
  const [rows, more] = useMore(data.tickets, data.work_next, (after) => `/api/work?after=${after}`, (row) => row.number);
  return html`<section class="card"><header><h2>Tiket dikerjakan</h2><span class="count">${data.work_count}</span></header>
    ${rows.length ? html`<ul class="rows">${rows.map((row) => html`<li key=${row.number} class=${`ticket-row ${late(row) ? "late" : ""}`}>
      <div class="main"><a href=${`/tiket/${row.number}`}><strong>${what(row, reference)}</strong></a>
        <span class="small muted"> ${row.number}</span>
        <div class="place">${place(row) || phone(row.display) || "tempat belum diketahui"}</div>
        <div class="chips">${row.assignments.map((one) => html`<${Chip} one=${one} reference=${reference} />`)}
          ${!row.assignments.some((one) => !one.ended_at) && html`<span class="chip soft-act">belum ada OPD</span>`}</div></div>
      <div class="age"><${Since} at=${row.created_at} /><div class="small muted">${row.status === "open" ? "terbuka" : ""}</div></div></li>`)}</ul>`
      : html`<p class="none">Tidak ada tiket yang dikerjakan.</p>`}
    <${More} more=${more} count=${data.work_count} shown=${rows.length} />
  </section>`;
}

const what = (row, reference) => reference.categories.find((one) => one.code === row.category)?.name
  || (row.kind !== "unknown" ? KINDS[row.kind] : OUTCOMES[row.outcome] || KINDS.unknown);

function Chip({ one, reference }) {
  return html`<span class=${`chip ${stateTone(one.state)}`}>${shortName(reference, one.opd)}: ${STATES[one.state]}
    ${!one.ended_at && html` <${Since} at=${one.state === "dikirim" ? one.dispatched_at : one.updated_at} />`}
    ${one.state === "dikirim" && one.pushes > 0 && ` · ${one.pushes}×`}</span>`;
}

addEventListener("click", arm); // not pointerdown: the bar about the sound goes away, and the click would miss what moved
addEventListener("keydown", arm);
start("overview", { View: Overview, busy: () => armed() });
