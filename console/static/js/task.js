// One assignment as a card: what happened, where, who reported it, and the next step as one big button.
import { html, useState } from "../vendor/preact-htm.js";
import { post } from "./api.js";
import { Closing, Declining, Proofs } from "./closing.js";
import { told } from "./story.js";
import { Since, clock, moment } from "./time.js";
import { sayError } from "./toast.js";
import { KINDS, STATES, phone, sentence, stateTone } from "./words.js";

const STEPS = ["dikirim", "diterima", "berangkat", "di_lokasi", "selesai"];
const NEXT = { dikirim: ["diterima", "TERIMA", "act"], diterima: ["berangkat", "Berangkat", "ok"], berangkat: ["di_lokasi", "Tiba di lokasi", "ok"], ditolak: ["diterima", "Jadi kami terima", "act"] };

export function Task({ task, reference, mute }) {
  const [sub, setSub] = useState(null); // closing | declining
  const [busy, setBusy] = useState(false);
  const next = NEXT[task.state];
  const what = name(task, reference);

  const step = async (state) => {
    setBusy(true);
    if (task.state === "dikirim") mute(task.id, true);
    try { await post(`/api/assignments/${task.id}/move`, { state }); } catch (error) {
      mute(task.id, false); // the siren goes on: nobody has accepted
      sayError(error);
    }
    setBusy(false);
  };

  return html`<article class=${`card task ${task.state === "dikirim" ? "waiting" : ""}`} aria-labelledby=${`task-${task.id}`} data-assignment=${task.id} data-state=${task.state}>
    <div class="head"><div class="main"><h2 id=${`task-${task.id}`}>${what}</h2>
        <div class="small muted">${task.kind === "complaint" ? "Aduan" : KINDS[task.kind] || ""} · ${task.ticket} · dikirim ${moment(task.dispatched_at)}</div></div>
      <div class="age"><${Since} at=${task.state === "dikirim" ? task.dispatched_at : task.updated_at} />
        <small>${task.state === "dikirim" ? "belum dijawab" : STATES[task.state].toLowerCase()}</small></div></div>
    <div class="body">
      ${task.state === "dikirim" && html`<button type="button" class="button act huge wide" disabled=${busy} onClick=${() => step("diterima")}>${busy ? "Mengirim…" : "TERIMA"}</button>`}
      <div class="columns">
        <${Report} task=${task} />
        <div>${task.state !== "dikirim" && html`<${Steps} task=${task} />`}</div>
      </div>
      <div class="do">
        ${next && task.state !== "dikirim" && html`<button type="button" class=${`button ${next[2]} huge first`} disabled=${busy} onClick=${() => step(next[0])}>${busy ? "Mengirim…" : next[1]}</button>`}
        ${task.state === "di_lokasi" && sub !== "closing" && html`<button type="button" class="button ok huge first" onClick=${() => setSub("closing")}>Selesai…</button>`}
        ${["diterima", "berangkat"].includes(task.state) && html`<button type="button" class="button" onClick=${() => setSub(sub === "closing" ? null : "closing")}>Selesai…</button>`}
        ${["dikirim", "diterima", "ditolak"].includes(task.state) && html`<button type="button" class="button quiet" onClick=${() => setSub(sub === "declining" ? null : "declining")}>Bukan wewenang…</button>`}
      </div>
      ${sub === "closing" && html`<${Closing} task=${task} leave=${() => setSub(null)} />`}
      ${sub === "declining" && html`<${Declining} task=${task} reference=${reference} mute=${mute} leave=${() => setSub(null)} />`}
      ${sub !== "closing" && html`<${Proofs} rows=${task.attachments} />`}
      <details class="more"><summary>Riwayat · ${task.pushes}× didorong</summary><${Story} rows=${task.story} reference=${reference} /></details>
    </div>
  </article>`;
}

export function EndedTask({ task, reference }) {
  return html`<article class="card task ended"><div class="head"><div class="main"><h2>${name(task, reference)}</h2>
      <div class="small muted">${task.ticket} · ${task.address || task.desa || task.kecamatan || ""} · ${moment(task.ended_at)}</div></div>
    <span class=${`chip ${stateTone(task.state)}`}>${STATES[task.state]}</span></div>
    ${(task.note || task.attachments.length > 0) && html`<div class="body">${task.note && html`<p>${task.note}</p>`}<${Proofs} rows=${task.attachments} /></div>`}</article>`;
}

function Report({ task }) {
  const where = [task.address, task.desa, task.kecamatan && `Kec. ${task.kecamatan}`].filter(Boolean).join("\n");
  return html`<dl class="facts-list">
    <div><dt>Lokasi</dt><dd>${where || "belum diketahui – tanyakan pelapor"}</dd></div>
    <div><dt>Kejadian</dt><dd>${task.description || "belum ada uraian"}</dd></div>
    ${task.linked?.length > 0 && html`<div class="linked"><dt>${task.linked.length + 1} penelepon</dt><dd><ul>${task.linked.map((one) => html`<li>
      <span class="time">${clock(one.created_at)}</span> ${[one.address, one.desa, one.description].filter(Boolean).join(" · ") || "tanpa uraian"}</li>`)}</ul></dd></div>`}
    <div><dt>Pelapor</dt><dd>${task.reporter_name || "tidak menyebut nama"}</dd></div>
    ${task.reporter_number ? html`<a class="button wide" href=${`tel:${task.reporter_number.replace(/[^+0-9]/g, "")}`}>☎ <span class="num">${phone(task.reporter_number)}</span><span class="muted">pelapor</span></a>`
      : html`<p class="muted">Pelapor tidak bisa ditelepon balik.</p>`}
  </dl>`;
}

function Steps({ task }) {
  const reached = STEPS.indexOf(task.state);
  const times = { dikirim: task.dispatched_at, diterima: task.acknowledged_at };
  for (const row of task.story) if (row.data.state) times[row.data.state] = row.at;
  return html`<ol class="steps">${STEPS.map((state, index) => html`<li class=${index <= reached ? "done" : ""} aria-current=${index === reached ? "step" : null}>
    <span>${state === "dikirim" ? "Dikirim" : STATES[state]}</span><span class="time">${index <= reached && times[state] ? clock(times[state]) : ""}</span></li>`)}</ol>`;
}

function Story({ rows, reference }) {
  return html`<ol class="story">${told(rows, reference).map((row) => html`<li><span class="time">${moment(row.at)}</span><span>${sentence(row.text)}</span></li>`)}</ol>`;
}

const name = (task, reference) => reference.categories.find((one) => one.code === task.category)?.name || KINDS[task.kind] || "Laporan";
