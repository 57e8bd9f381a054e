// @ts-check
// An agency's page: assignments, a siren until they are accepted, states until they are done.
import { html, useEffect, useRef, useState } from "../../vendor/preact-htm.js";
import { calm, flash, notify, stayAwake, unnotify, vibrate, askLeave } from "../shared/attention.js";
import { post } from "../shared/api.js";
import { again, answersOver, discard, flush, onOutbox, openOutbox, pending, refusals,
  whyPending } from "../agency/outbox.js";
import { RecalledTask, unread, useChanges } from "../agency/changes.js";
import { EndedTask, Task, name } from "../agency/task.js";
import { More, useMore } from "../shared/more.js";
import { steadyFingers } from "../shared/fingers.js";
import { start } from "../shared/shell.js";
import { Social } from "../agency/social.js";
import { arm, armed, onArmed, onDuty, sounding, startSiren, stopSiren, test, warn,
  wasOnDuty } from "../shared/siren.js";
import { TestBar } from "../shared/testing.js";
import { moment, now } from "../shared/time.js";
import { Reached, reach, useReach } from "../shared/webpush.js";
import { sayError } from "../shared/toast.js";
import { place } from "../shared/words.js";

/** @param {{ data: OpdSnapshot, reference: Reference, live: import("../shared/live.js").Live, link: Link }} props */
function Duty({ data, reference, live, link }) {
  const [on, setOn] = useState(armed());
  // «Terima» was pressed: silent while it is on its way
  const [answering, setAnswering] = useState(/** @type {Set<number>} */ (new Set()));
  const [queue, setQueue] = useState(pending());
  useEffect(() => onArmed(setOn), []);
  useEffect(() => onOutbox(setQueue), []);
  useEffect(() => live.sounds(on), [on]);
  useEffect(() => { if (link === "open") flush(true); }, [link]);
  useEffect(() => {
    /** @param {any} props */
    const refused = ({ detail }) => {
      mute(detail.action.assignment, false);
      sayError({ message: `${detail.action.label} (${detail.action.ticket}) ditolak: ${detail.error.message}` });
    };
    addEventListener("outbox-refused", refused);
    return () => removeEventListener("outbox-refused", refused);
  }, []);

  const reached = useReach(on, link, data.edition);
  /** @param {Task} task */
  const answered = (task) => answering.has(task.id)
    || queue.some((action) => action.assignment === task.id && action.answers);
  const [open, more] = useMore(data.open, data.open_next, (after) => `/api/tasks?after=${after}`, (task) => task.id);
  const [ended, moreEnded] = useMore(data.ended, data.ended_next, (offset) => `/api/tasks/ended?offset=${offset}`,
    (task) => task.id);
  const waiting = open.filter((task) => task.state === "dikirim");
  const loud = waiting.filter((task) => !answered(task));
  useSiren(loud, on, reference);
  useReceipts(loud, on);
  const changed = [...open, ...data.recalled].filter((task) => unread(task, queue).length);
  useChanges(changed, queue, on);
  const noticed = [...loud, ...changed].map((task) => task.ticket);
  useEffect(() => { unnotify(noticed); }, [noticed.join()]);
  useReminder(open.filter((task) => task.state !== "dikirim"));

  /**
   * @param {number} id
   * @param {boolean} quiet
   */
  const mute = (id, quiet) => setAnswering((old) => {
    const ids = new Set(old);
    if (quiet) ids.add(id); else ids.delete(id);
    return ids;
  });
  // once it is accepted the press has done its work: undone by whomever, it sounds again on every page
  const accepted = open.filter((task) => task.state !== "dikirim").map((task) => task.id).join();
  useEffect(() => setAnswering((old) => new Set([...old].filter((id) => !accepted.split(",").includes(String(id))))),
    [accepted]);
  const tasks = [...waiting, ...open.filter((task) => task.state !== "dikirim")];
  /** @param {Task} task */
  const of = (task) => queue.filter((action) => action.assignment === task.id);
  return html`
    <${SoundBar} on=${on} loud=${loud.length} />
    <${Outbox} queue=${queue} link=${link} />
    ${refusals().map((action) => html`<${RefusedPhoto} key=${action.key} action=${action} />`)}
    <${TestBar} tests=${data.tests || []} on=${on} />
    ${data.disturbed && html`<div class="bar warn" role="status">
      <p>Gangguan di pusat 112: tugas baru mungkin terlambat sampai. Biarkan halaman ini terbuka; bila ragu, telepon
        pusat kendali.</p></div>`}
    <main class="duty">
      <div class="hide" role="status" aria-live="assertive">${waiting.length
        ? `${Math.max(waiting.length, data.waiting_count)} tugas baru belum diterima` : ""}</div>
      ${data.recalled.map((task) => html`<${RecalledTask} key=${`recalled-${task.id}`} task=${task}
        title=${name(task, reference)} reference=${reference} queue=${of(task)} />`)}
      ${tasks.map((task) => html`<${Task} key=${task.id} task=${task} reference=${reference} mute=${mute}
        queue=${of(task)} nudged=${data.nudged.filter((row) => row.assignment === task.id)}
        calling=${data.calling.find((calling) => calling.ticket === task.ticket)} />`)}
      <${More} more=${more} count=${data.open_count} shown=${tasks.length} />
      ${!tasks.length && !data.recalled.length && html`<section class="card calm"><h2>Tidak ada tugas</h2>
        <p class="muted">${on ? "Tugas baru berbunyi sampai diterima."
          : "Ketuk Mulai tugas di atas supaya sirene bisa berbunyi."}</p></section>`}
      ${on && html`<${SoundOn} reached=${reached} />`}
      <${Social} reference=${reference} />
      ${data.ended.length > 0 && html`<details class="more">
        <summary>Selesai 12 jam terakhir (${data.ended_count})</summary>
        ${ended.map((task) => html`<${EndedTask} key=${task.id} task=${task} reference=${reference} />`)}
        <${More} more=${moreEnded} count=${data.ended_count} shown=${ended.length} /></details>`}
    </main>`;
}

const MUTE = "Suara belum bisa dihidupkan di browser ini. Ketuk sekali lagi, atau periksa pengaturan suara.";

/** @param {{ on: boolean, loud: number }} props */
function SoundBar({ on, loud }) {
  const [asking, setAsking] = useState(/** @type {string | null} */ (null)); // heard? | deaf
  const begin = async () => {
    if (!(await test())) return sayError({ message: MUTE });
    onDuty();
    askLeave().then(reach);
    setAsking("heard?");
  };
  if (on && asking && !loud) return html`<div class="bar calm" role="status">
    <p>${asking === "deaf" ? "Naikkan volume, matikan mode senyap, lepas headset, lalu uji lagi."
      : "Sirene baru saja diuji. Terdengar jelas?"}</p>
    <button type="button" class="button slim" onClick=${() => setAsking(null)}>Ya, terdengar</button>
    <button type="button" class="button slim" onClick=${() => { setAsking("deaf"); test(); }}>${asking === "deaf"
      ? "Uji lagi" : "Tidak"}</button></div>`;
  if (on) return null;
  return html`<div class="bar bad" role="alert"><p>SUARA MATI: sirene tidak akan berbunyi di sini.${loud
    ? ` ${loud} tugas menunggu!` : ""}</p>
    <button type="button" class="button" onClick=${begin}>Mulai tugas</button></div>`;
}

/** @param {{ reached: string | null }} props */
function SoundOn({ reached }) {
  return html`<div class="sound-on"><span>Suara hidup. Biarkan halaman ini terbuka. <${Reached} word=${reached} />
    </span>
    <button type="button" class="button slim quiet" onClick=${test}>Uji suara</button></div>`;
}

/**
 * The bar of actions that have not reached 112 yet; one that is on its way for a moment only is not worth a bar.
 * @param {{ queue: QueuedAction[], link: Link }} props
 */
function Outbox({ queue, link }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setInterval(() => setLate(pending().some((action) => now() - action.at > 1500)), 500);
    return () => clearInterval(timer);
  }, []);
  if (!queue.length || !(late || link !== "open" || navigator.onLine === false)) return null;
  const answers = queue.some((action) => action.answers);
  const why = whyPending();
  return html`<div class="bar warn outbox" role="status"><p>${queue.length} tindakan ${why ? `belum tersimpan: ${why}`
    : "menunggu sinyal."}
      <span class="small">${answers ? `Jawaban Anda BELUM ${why ? "tersimpan" : "sampai"} di 112. `
        : ""}Sejak ${moment(new Date(queue[0].at).toISOString())}; terkirim sendiri begitu ${why ? "bisa disimpan"
        : "ada sinyal"}.</span></p>
    <button type="button" class="button slim" onClick=${() => flush(true)}>Kirim sekarang</button></div>`;
}

/**
 * A photo that 112 did not take: why, and the two ways on. It stays in this telephone until a hand chooses.
 * @param {{ action: QueuedAction }} props
 */
function RefusedPhoto({ action }) {
  return html`<div class="bar bad refused" role="alert"><p>${action.label} untuk ${action.ticket} TIDAK diterima 112:
      ${" "}${action.refused} <span class="small">Masih tersimpan di telepon ini. Kirim lagi, atau ambil foto baru
      dengan kamera halaman ini lalu buang yang ini.</span></p>
    <button type="button" class="button slim" onClick=${() => again(action.key)}>Kirim lagi</button>
    <button type="button" class="button slim quiet" onClick=${() => discard(action.key)}>Buang</button></div>`;
}

/**
 * @param {Task[]} loud
 * @param {boolean} on
 * @param {Reference} reference
 */
function useSiren(loud, on, reference) {
  const known = useRef(/** @type {Set<number>} */ (new Set()));
  useEffect(() => {
    if (!loud.length) { document.body.dataset.siren = "off"; stopSiren(); calm(); return; }
    startSiren(true);
    document.body.dataset.siren = sounding() ? "on" : "muted";
    vibrate();
    flash(`● ${loud.length} TUGAS BARU`);
    for (const task of loud.filter((other) => !known.current.has(other.id))) {
      known.current.add(task.id);
      const title = reference.categories.find((category) => category.code === task.category)?.name || "Tugas baru";
      notify(`112: ${title}`, place(task), task.ticket);
    }
    const timer = setInterval(vibrate, 4000);
    return () => clearInterval(timer);
  }, [loud.map((task) => task.id).join(), on]);
}

/**
 * Tells 112, once for each assignment, that it was on this screen while its siren sounded; tried until it was told.
 * @param {Task[]} loud
 * @param {boolean} on
 */
function useReceipts(loud, on) {
  const reported = useRef(/** @type {Set<number>} */ (new Set()));
  const ids = loud.map((task) => task.id).join();
  useEffect(() => {
    if (!ids) return undefined;
    const tell = () => {
      if (document.hidden || !sounding()) return;
      for (const { id } of loud.filter((task) => !reported.current.has(task.id))) {
        reported.current.add(id);
        post(`/api/assignments/${id}/seen`)
          .catch((error) => { if (!error.status || error.status >= 500) reported.current.delete(id); });
      }
    };
    tell();
    const timer = setInterval(tell, 2000);
    document.addEventListener("visibilitychange", tell);
    return () => { clearInterval(timer); document.removeEventListener("visibilitychange", tell); };
  }, [ids, on]);
}

/**
 * Accepted and then nothing happened: each further push gives three short tones.
 * @param {Task[]} tasks
 */
function useReminder(tasks) {
  const before = useRef(/** @type {Map<number, { state: string, pushes: number }>} */ (new Map()));
  useEffect(() => {
    for (const task of tasks) {
      const last = before.current.get(task.id);
      if (last && last.state === task.state && task.pushes > last.pushes && !sounding()) { warn(); vibrate(); }
      before.current.set(task.id, { state: task.state, pushes: task.pushes });
    }
  }, [tasks.map((task) => `${task.id}${task.state}${task.pushes}`).join()]);
}

// After a reload the siren sounds again without a hand, where the browser allows that; else the red bar says so.
async function resume() {
  if (wasOnDuty() && (await arm())) stayAwake();
}

// not pointerdown: the bar about the sound goes away, and the click would miss what moved
addEventListener("click", arm);
addEventListener("keydown", arm);
navigator.serviceWorker?.register("/sw.js", { scope: "/opd" })
  .catch(() => { /* not over plain http: the page works without */ });
resume();
openOutbox();
steadyFingers(".task[data-assignment]");
answersOver(start("opd", { View: Duty, busy: () => armed() || pending().length > 0 }));
