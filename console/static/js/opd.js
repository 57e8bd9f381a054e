// An agency's page: assignments, a siren until they are accepted, states until they are done.
import { html, useEffect, useRef, useState } from "../vendor/preact-htm.js";
import { calm, flash, notify, stayAwake, unnotify, vibrate, askLeave } from "./attention.js";
import { post } from "./api.js";
import { flush, onOutbox, openOutbox, pending, whyPending } from "./outbox.js";
import { More, useMore } from "./more.js";
import { EndedTask, Task } from "./task.js";
import { start } from "./shell.js";
import { Social } from "./social.js";
import { arm, armed, onArmed, onDuty, sounding, startSiren, stopSiren, test, warn, wasOnDuty } from "./siren.js";
import { TestBar } from "./testing.js";
import { moment, now } from "./time.js";
import { Reached, reach, useReach } from "./webpush.js";
import { sayError } from "./toast.js";
import { place } from "./words.js";

function Duty({ data, reference, live, link }) {
  const [on, setOn] = useState(armed());
  const [answering, setAnswering] = useState(new Set()); // «Terima» was pressed: silent while it is on its way
  const [queue, setQueue] = useState(pending());
  useEffect(() => onArmed(setOn), []);
  useEffect(() => onOutbox(setQueue), []);
  useEffect(() => live.sounds(on), [on]);
  useEffect(() => { if (link === "open") flush(true); }, [link]);
  useEffect(() => {
    const refused = ({ detail }) => {
      mute(detail.action.assignment, false);
      sayError({ message: `${detail.action.label} (${detail.action.ticket}) ditolak: ${detail.error.message}` });
    };
    addEventListener("outbox-refused", refused);
    return () => removeEventListener("outbox-refused", refused);
  }, []);

  const reached = useReach(on, link, data.edition);
  const answered = (one) => answering.has(one.id) || queue.some((each) => each.assignment === one.id && each.answers);
  const [open, more] = useMore(data.open, data.open_next, (after) => `/api/tasks?after=${after}`, (one) => one.id);
  const [ended, moreEnded] = useMore(data.ended, data.ended_next, (offset) => `/api/tasks/ended?offset=${offset}`, (one) => one.id);
  const waiting = open.filter((one) => one.state === "dikirim");
  const loud = waiting.filter((one) => !answered(one));
  useSiren(loud, on, reference);
  useReceipts(loud, on);
  useReminder(open.filter((one) => one.state !== "dikirim"));

  const mute = (id, quiet) => setAnswering((old) => { const now = new Set(old); if (quiet) now.add(id); else now.delete(id); return now; });
  const tasks = [...waiting, ...open.filter((one) => one.state !== "dikirim")];
  const of = (task) => queue.filter((each) => each.assignment === task.id);
  return html`
    <${SoundBar} on=${on} loud=${loud.length} />
    <${Outbox} queue=${queue} link=${link} />
    <${TestBar} tests=${data.tests || []} on=${on} />
    ${data.disturbed && html`<div class="bar warn" role="status"><p>Gangguan di pusat 112: tugas baru mungkin terlambat sampai. Biarkan halaman ini terbuka; bila ragu, telepon pusat kendali.</p></div>`}
    <main class="duty">
      <div class="hide" role="status" aria-live="assertive">${waiting.length ? `${Math.max(waiting.length, data.waiting_count)} tugas baru belum diterima` : ""}</div>
      ${tasks.map((one) => html`<${Task} key=${one.id} task=${one} reference=${reference} mute=${mute} queue=${of(one)} calling=${data.calling.find((each) => each.ticket === one.ticket)} />`)}
      <${More} more=${more} count=${data.open_count} shown=${tasks.length} />
      ${!tasks.length && html`<section class="card calm"><h1>Tidak ada tugas</h1>
        <p class="muted">${on ? "Tugas baru berbunyi sampai diterima." : "Ketuk Mulai tugas di atas supaya sirene bisa berbunyi."}</p></section>`}
      ${on && html`<${SoundOn} reached=${reached} />`}
      <${Social} reference=${reference} />
      ${data.ended.length > 0 && html`<details class="more"><summary>Selesai 12 jam terakhir (${data.ended_count})</summary>
        ${ended.map((one) => html`<${EndedTask} key=${one.id} task=${one} reference=${reference} />`)}
        <${More} more=${moreEnded} count=${data.ended_count} shown=${ended.length} /></details>`}
    </main>`;
}

function SoundBar({ on, loud }) {
  const [asking, setAsking] = useState(null); // heard? | deaf
  const begin = async () => {
    if (!(await test())) return sayError({ message: "Suara belum bisa dihidupkan di browser ini. Ketuk sekali lagi, atau periksa pengaturan suara." });
    onDuty();
    askLeave().then(reach);
    setAsking("heard?");
  };
  if (on && asking && !loud) return html`<div class="bar calm" role="status">
    <p>${asking === "deaf" ? "Naikkan volume, matikan mode senyap, lepas headset, lalu uji lagi." : "Sirene baru saja diuji. Terdengar jelas?"}</p>
    <button type="button" class="button slim" onClick=${() => setAsking(null)}>Ya, terdengar</button>
    <button type="button" class="button slim" onClick=${() => { setAsking("deaf"); test(); }}>${asking === "deaf" ? "Uji lagi" : "Tidak"}</button></div>`;
  if (on) return null;
  return html`<div class="bar bad" role="alert"><p>SUARA MATI: sirene tidak akan berbunyi di sini.${loud ? ` ${loud} tugas menunggu!` : ""}</p>
    <button type="button" class="button" onClick=${begin}>Mulai tugas</button></div>`;
}

function SoundOn({ reached }) {
  return html`<div class="sound-on"><span>Suara hidup. Biarkan halaman ini terbuka. <${Reached} word=${reached} /></span>
    <button type="button" class="button slim quiet" onClick=${test}>Uji suara</button></div>`;
}

// What was done here and has not reached 112 yet; what is on its way for a moment only is not worth a bar.
function Outbox({ queue, link }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setInterval(() => setLate(pending().some((one) => now() - one.at > 1500)), 500);
    return () => clearInterval(timer);
  }, []);
  if (!queue.length || !(late || link !== "open" || navigator.onLine === false)) return null;
  const answers = queue.some((one) => one.answers);
  const why = whyPending();
  return html`<div class="bar warn outbox" role="status"><p>${queue.length} tindakan ${why ? `belum tersimpan: ${why}` : "menunggu sinyal."}
      <span class="small">${answers ? `Jawaban Anda BELUM ${why ? "tersimpan" : "sampai"} di 112. ` : ""}Sejak ${moment(new Date(queue[0].at).toISOString())}; terkirim sendiri begitu ${why ? "bisa disimpan" : "ada sinyal"}.</span></p>
    <button type="button" class="button slim" onClick=${() => flush(true)}>Kirim sekarang</button></div>`;
}

function useSiren(loud, on, reference) {
  const known = useRef(new Set());
  useEffect(() => {
    unnotify(loud.map((one) => one.ticket));
    if (!loud.length) { document.body.dataset.siren = "off"; stopSiren(); calm(); return; }
    startSiren(true);
    document.body.dataset.siren = sounding() ? "on" : "muted";
    vibrate();
    flash(`● ${loud.length} TUGAS BARU`);
    for (const one of loud.filter((each) => !known.current.has(each.id))) {
      known.current.add(one.id);
      const what = reference.categories.find((each) => each.code === one.category)?.name || "Tugas baru";
      notify(`112: ${what}`, place(one), one.ticket);
    }
    const timer = setInterval(vibrate, 4000);
    return () => clearInterval(timer);
  }, [loud.map((one) => one.id).join(), on]);
}

// Tells 112, once for each assignment, that it was on this screen while its siren sounded; tried until it was told.
function useReceipts(loud, on) {
  const told = useRef(new Set());
  const ids = loud.map((one) => one.id).join();
  useEffect(() => {
    if (!ids) return undefined;
    const tell = () => {
      if (document.hidden || !sounding()) return;
      for (const { id } of loud.filter((one) => !told.current.has(one.id))) {
        told.current.add(id);
        post(`/api/assignments/${id}/seen`).catch((error) => { if (!error.status || error.status >= 500) told.current.delete(id); });
      }
    };
    tell();
    const timer = setInterval(tell, 2000);
    document.addEventListener("visibilitychange", tell);
    return () => { clearInterval(timer); document.removeEventListener("visibilitychange", tell); };
  }, [ids, on]);
}

// Accepted and then nothing happened: each further push gives three short tones.
function useReminder(tasks) {
  const before = useRef(new Map());
  useEffect(() => {
    for (const one of tasks) {
      const last = before.current.get(one.id);
      if (last && last.state === one.state && one.pushes > last.pushes && !sounding()) { warn(); vibrate(); }
      before.current.set(one.id, { state: one.state, pushes: one.pushes });
    }
  }, [tasks.map((one) => `${one.id}${one.state}${one.pushes}`).join()]);
}

// After a reload the siren sounds again without a hand, where the browser allows that; else the red bar says so.
async function resume() {
  if (wasOnDuty() && (await arm())) stayAwake();
}

addEventListener("click", arm); // not pointerdown: the bar about the sound goes away, and the click would miss what moved
addEventListener("keydown", arm);
navigator.serviceWorker?.register("/sw.js", { scope: "/opd" }).catch(() => { /* not over plain http: the page works without */ });
resume();
openOutbox();
start("opd", { View: Duty, busy: () => armed() || pending().length > 0 });
