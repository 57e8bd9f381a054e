// An agency's page: assignments, a siren until they are accepted, states until they are done.
import { html, useEffect, useRef, useState } from "../vendor/preact-htm.js";
import { calm, flash, notify, vibrate, askLeave } from "./attention.js";
import { EndedTask, Task } from "./task.js";
import { start } from "./shell.js";
import { Social } from "./social.js";
import { arm, armed, onArmed, sounding, startSiren, stopSiren, test, warn } from "./siren.js";
import { sayError } from "./toast.js";
import { place } from "./words.js";

function Duty({ data, reference, live }) {
  const [on, setOn] = useState(armed());
  const [answering, setAnswering] = useState(new Set()); // «Terima» was pressed: silent while it is on its way
  useEffect(() => onArmed(setOn), []);
  useEffect(() => live.sounds(on), [on]);

  const waiting = data.open.filter((one) => one.state === "dikirim");
  const loud = waiting.filter((one) => !answering.has(one.id));
  useSiren(loud, on, reference);
  useReminder(data.open.filter((one) => one.state !== "dikirim"));

  const mute = (id, quiet) => setAnswering((old) => { const now = new Set(old); if (quiet) now.add(id); else now.delete(id); return now; });
  const tasks = [...waiting, ...data.open.filter((one) => one.state !== "dikirim")];
  return html`
    <${SoundBar} on=${on} loud=${loud.length} />
    ${data.disturbed && html`<div class="bar warn" role="status"><p>Gangguan di pusat 112: tugas baru mungkin terlambat sampai. Biarkan halaman ini terbuka; bila ragu, telepon pusat kendali.</p></div>`}
    <main class="duty">
      <div class="hide" role="status" aria-live="assertive">${waiting.length ? `${waiting.length} tugas baru belum diterima` : ""}</div>
      ${tasks.map((one) => html`<${Task} key=${one.id} task=${one} reference=${reference} mute=${mute} />`)}
      ${!tasks.length && html`<section class="card calm"><h1>Tidak ada tugas</h1>
        <p class="muted">${on ? "Tugas baru berbunyi sampai diterima." : "Ketuk Mulai tugas di atas supaya sirene bisa berbunyi."}</p></section>`}
      ${on && html`<${SoundOn} />`}
      <${Social} reference=${reference} />
      ${data.ended.length > 0 && html`<details class="more"><summary>Selesai 12 jam terakhir (${data.ended.length})</summary>
        ${data.ended.map((one) => html`<${EndedTask} key=${one.id} task=${one} reference=${reference} />`)}</details>`}
    </main>`;
}

function SoundBar({ on, loud }) {
  const begin = async () => {
    if (await test()) askLeave();
    else sayError({ message: "Suara belum bisa dihidupkan di browser ini. Ketuk sekali lagi, atau periksa pengaturan suara." });
  };
  if (on) return null;
  return html`<div class="bar bad" role="alert"><p>SUARA MATI: sirene tidak akan berbunyi di sini.${loud ? ` ${loud} tugas menunggu!` : ""}</p>
    <button type="button" class="button" onClick=${begin}>Mulai tugas</button></div>`;
}

function SoundOn() {
  return html`<div class="sound-on"><span>Suara hidup. Biarkan halaman ini terbuka.</span>
    <button type="button" class="button slim quiet" onClick=${test}>Uji suara</button></div>`;
}

function useSiren(loud, on, reference) {
  const known = useRef(new Set());
  useEffect(() => {
    document.body.dataset.siren = loud.length ? (on ? "on" : "muted") : "off";
    if (!loud.length) { stopSiren(); calm(); return; }
    startSiren();
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

addEventListener("click", arm); // not pointerdown: the bar about the sound goes away, and the click would miss what moved
addEventListener("keydown", arm);
start("opd", { View: Duty, busy: () => armed() });
