// @ts-check
// One assignment as a card: what happened, where, who reported it, and the next step as one big button.
import { html, useState } from "../../vendor/preact-htm.js";
import { post } from "../shared/api.js";
import { Changes, reading, unread } from "./changes.js";
import { Adding, Closing, Declining, Proofs } from "./closing.js";
import { Locator } from "./locator.js";
import { act, whyPending } from "./outbox.js";
import { More, useMore } from "../shared/more.js";
import { changeWords } from "../shared/changes.js";
import { shortName } from "../shared/opds.js";
import { storyLines } from "../story/story.js";
import { Since, clock, moment } from "../shared/time.js";
import { say, sayError, sayFine } from "../shared/toast.js";
import { undoStep } from "../cases/undo.js";
import { personOf } from "../shared/opds.js";
import { KINDS, STATES, phone, sentence, stateTone } from "../shared/words.js";

const STEPS = ["dikirim", "diterima", "berangkat", "di_lokasi", "selesai"];
/** @type {Record<string, string[]>} */
const NEXT = { dikirim: ["diterima", "TERIMA", "act"], diterima: ["berangkat", "Berangkat", "ok"],
  berangkat: ["di_lokasi", "Tiba di lokasi", "ok"], ditolak: ["diterima", "Jadi kami terima", "act"] };

/**
 * `known` is what the server last told; with what waits in `queue` to be sent it becomes the task that is shown.
 * @param {{
 *   task: Task, reference: Reference, mute: (assignment: number, quiet: boolean) => void, queue?: QueuedAction[],
 *   calling?: ReporterCall | null, nudged?: Nudged[]
 * }} props
 */
export function Task({ task: known, reference, mute, queue = [], calling = null, nudged = [] }) {
  const [sub, setSub] = useState(/** @type {string | null} */ (null)); // closing | declining | adding
  const [busy, setBusy] = useState(false);
  const task = { ...known, state: queue.findLast((action) => action.state)?.state || known.state };
  const next = NEXT[task.state];
  const changes = unread(task, queue);
  const title = name(task, reference);
  /** @param {string} wanted */
  const turn = (wanted) => setSub(sub === wanted ? null : wanted);

  /** @param {string} state */
  const step = async (state) => {
    setBusy(true);
    if (task.state === "dikirim") mute(task.id, true);
    try {
      const { answer } = await act(move(task, state));
      if (known.state === "dikirim" && changes.length) act(reading(task, changes)).catch(sayError);
      if (answer?.already) sayFine(`Sudah diterima ${personOf(answer, reference)}, ${clock(answer.acknowledged_at)}.`);
      else if (answer) say(`${title}: ${STATES[state].toLowerCase()}.`, undoStep(task.id, () => mute(task.id, false)));
    } catch (error) {
      mute(task.id, false); // the siren goes on: nobody has accepted
      sayError(error);
    }
    setBusy(false);
  };

  return html`<article class=${`card task ${task.state === "dikirim" ? "waiting" : ""}`}
    aria-labelledby=${`task-${task.id}`} data-assignment=${task.id} data-state=${task.state}>
    <div class="head"><div class="main"><h2 id=${`task-${task.id}`}>${title}</h2>
        <div class="small muted">${task.kind === "complaint" ? "Aduan" : KINDS[task.kind]
          || ""} · ${task.ticket} · dikirim ${moment(task.dispatched_at)}${task.acknowledged_by
            ? ` · diterima ${personOf(task, reference)}` : ""}</div></div>
      <div class="age"><${Since} at=${task.state === "dikirim" ? task.dispatched_at : task.updated_at} />
        <small>${task.state === "dikirim" ? "belum dijawab" : STATES[task.state].toLowerCase()}</small></div></div>
    <div class="body">
      ${task.state === "dikirim" && nudged.map((row) => html`<p key=${row.assignment} class="nudged" role="status">
        <strong>${row.title} menanyakan laporan ini,</strong> ${moment(row.at)}.</p>`)}
      <${Changes} task=${task} reference=${reference} queue=${queue} />
      ${task.state === "dikirim" && html`<button type="button" class="button act huge wide" disabled=${busy}
        onClick=${() => step("diterima")}>${busy ? "Mengirim…" : `TERIMA: ${accepts(task, title)}`}</button>`}
      ${queue.length > 0 && html`<p class="queued" role="status">${whyPending() ? "Belum tersimpan"
        : "Menunggu sinyal"}: ${queue.map((action) => `${action.label} ${clock(new Date(action.at).toISOString())}`)
        .join(", ")}</p>`}
      <div class="columns">
        <${Report} task=${task} calling=${calling} />
        <div>${task.state !== "dikirim" && html`<${Steps} task=${task} />`}</div>
      </div>
      <${Others} task=${task} reference=${reference} />
      <div class="do">
        ${next && task.state !== "dikirim"
          && html`<button type="button" class=${`button ${next[2]} huge first`} disabled=${busy}
            onClick=${() => step(next[0])}>${busy ? "Mengirim…" : next[1]}</button>`}
        ${task.state === "di_lokasi" && sub !== "closing"
          && html`<button type="button" class="button ok huge first"
            onClick=${() => setSub("closing")}>Selesai…</button>`}
        ${["diterima", "berangkat"].includes(task.state)
          && html`<button type="button" class="button" onClick=${() => turn("closing")}>Selesai…</button>`}
        ${["diterima", "berangkat", "di_lokasi"].includes(task.state)
          && html`<button type="button" class="button" onClick=${() => turn("adding")}>Catatan, foto…</button>`}
        ${["dikirim", "diterima", "ditolak"].includes(task.state)
          && html`<button type="button" class="button quiet"
            onClick=${() => turn("declining")}>Bukan wewenang…</button>`}
      </div>
      ${sub === "closing" && task.state !== "selesai"
        && html`<${Closing} task=${task} queue=${queue} leave=${() => setSub(null)} />`}
      ${sub === "adding" && html`<${Adding} task=${task} queue=${queue} leave=${() => setSub(null)} />`}
      ${sub === "declining" && html`<${Declining} task=${task} reference=${reference} mute=${mute}
        leave=${() => setSub(null)} />`}
      <${Locator} task=${task} />
      ${!["closing", "adding"].includes(sub || "") && html`<${Proofs} rows=${task.attachments} />`}
      <details class="more"><summary>Riwayat · ${task.pushes}× didorong</summary>
        <${Story} task=${task} reference=${reference} /></details>
    </div>
  </article>`;
}

/**
 * What the other agencies of the same incident answered.
 * @param {{ task: Task, reference: Reference }} props
 */
function Others({ task, reference }) {
  if (!task.others.length) return null;
  return html`<div class="others"><span class="small muted">OPD lain di kejadian ini</span>
    ${task.others.map((row, place) => html`<p class="small" key=${place}>
      <strong>${shortName(reference, row.opd)}</strong>${" "}
      <span class=${`chip ${stateTone(row.state)}`}>${STATES[row.state]} ${clock(row.updated_at)}</span>${row.note
        ? ` ${row.note}` : ""}</p>`)}</div>`;
}

/**
 * The name on the button: the incident and its place, so that no finger accepts another one.
 * @param {Task} task
 * @param {string} title
 */
const accepts = (task, title) => [title.toLowerCase(), task.desa || task.kecamatan || task.address]
  .filter(Boolean).join(", ");

/** @param {{ task: Task, reference: Reference }} props */
export function EndedTask({ task, reference }) {
  return html`<article class="card task ended"><div class="head"><div class="main"><h2>${name(task, reference)}</h2>
      <div class="small muted">${task.ticket} · ${task.address || task.desa || task.kecamatan
        || ""} · ${moment(task.ended_at || task.updated_at)}${task.acknowledged_at
          ? ` · diterima ${personOf(task, reference)}` : ""}</div></div>
    <span class=${`chip ${stateTone(task.state)}`}>${STATES[task.state]}</span></div>
    ${(task.note || task.attachments.length > 0)
      && html`<div class="body">${task.note
        && html`<p>${task.note}</p>`}<${Proofs} rows=${task.attachments} /></div>`}</article>`;
}

/**
 * The action that takes an assignment to a state; `answers`: it ends the siren.
 * @param {Task} task
 * @param {string} state
 * @param {object} [body]
 */
export function move(task, state, body = {}) {
  const label = { diterima: "Terima" }[state] || STATES[state];
  return { kind: "move", assignment: task.id, ticket: task.ticket, path: `/api/assignments/${task.id}/move`, label,
    state, answers: true, timed: true, body: { state, ...body } };
}

/** @param {{ task: Task, calling: ReporterCall | null }} props */
function Report({ task, calling }) {
  const linkedNext = task.linked_count > task.linked.length ? task.linked.length : null;
  const [linked, more] = useMore(task.linked, linkedNext,
    (offset) => `/api/assignments/${task.id}/reports?offset=${offset}`, (report) => report.number);
  const where = [task.address, task.desa, task.kecamatan && `Kec. ${task.kecamatan}`].filter(Boolean).join("\n");
  return html`<dl class="facts-list">
    <div><dt>Lokasi</dt><dd>${where || "belum diketahui – tanyakan pelapor"}</dd></div>
    <div><dt>Kejadian</dt><dd>${task.description || "belum ada uraian"}</dd></div>
    ${linked.length > 0 && html`<div class="linked"><dt>${task.linked_count
      + 1} penelepon</dt><dd><ul>${linked.map((report) => html`<li>
      <span class="time">${clock(report.created_at)}</span> ${[report.address, report.desa,
        report.description].filter(Boolean)
        .join(" · ") || "tanpa uraian"}</li>`)}</ul>
      <${More} more=${more} count=${task.linked_count} shown=${linked.length} /></dd></div>`}
    <div><dt>Pelapor</dt><dd>${task.reporter_name || "tidak menyebut nama"}
      <${Reach} task=${task} calling=${calling} /></dd></div>
  </dl>`;
}

/**
 * The reporter's number to call, where agencies may see it; and the desk phone that 112 connects.
 * @param {{ task: Task, calling: ReporterCall | null }} props
 */
function Reach({ task, calling }) {
  const [asked, setAsked] = useState(false);
  const ring = async () => {
    setAsked(true);
    try { await post(`/api/assignments/${task.id}/call`); } catch (error) { sayError(error); }
    setTimeout(() => setAsked(false), 4000);
  };
  const number = task.reporter_number;
  if (!number && !task.through_112) return html`<p class="muted">${task.reporter_known
    ? "Nomor pelapor ada pada operator 112." : "Pelapor tidak bisa ditelepon balik."}</p>`;
  return html`
    ${number && html`<a class="button wide"
      href=${`tel:${number.replace(/[^+0-9]/g, "")}`}>☎ <span class="num">${phone(number)}</span>
      <span class="muted">pelapor</span></a>`}
    ${task.through_112 && (calling ? html`<p class="queued" role="status">${calling.talked_at
      ? "Tersambung dengan pelapor." : "Telepon meja berdering: angkat, lalu pelapor dipanggil."}</p>`
      : html`<button type="button" class="button wide" disabled=${asked} onClick=${ring}>☎ ${asked
        ? "Memanggil telepon meja…" : "Telepon pelapor lewat 112"}</button>`)}`;
}

/** @param {{ task: Task }} props */
function Steps({ task }) {
  const reached = STEPS.indexOf(task.state);
  /** @type {Record<string, Moment | null>} */
  const times = { dikirim: task.dispatched_at, diterima: task.acknowledged_at };
  for (const row of task.story) if (row.data.state) times[row.data.state] = row.at;
  /** @param {number} index */
  const time = (index) => (index <= reached && times[STEPS[index]]) || "";
  return html`<ol class="steps">${STEPS.map((state, index) => html`
    <li class=${index <= reached ? "done" : ""} aria-current=${index === reached ? "step" : null}>
      <span>${state === "dikirim" ? "Dikirim" : STATES[state]}</span><span class="time">${time(index)
        && clock(time(index))}</span></li>`)}</ol>`;
}

/** @param {{ task: Task, reference: Reference }} props */
function Story({ task, reference }) {
  const [known, more] = useMore(task.story, task.story_next,
    (before) => `/api/assignments/${task.id}/story?before=${before}`, (row) => row.seq);
  const lines = storyLines(withChanges(known, task, reference).sort((a, b) => a.seq - b.seq), reference);
  return html`<${More} more=${more} label="… yang lebih lama" />
    <ol class="story">${lines.map((line) =>
      html`<li><span class="time">${moment(line.at)}</span><span>${sentence(line.text)}</span></li>`)}</ol>`;
}

/**
 * The rows of a story, those of changes with their words: the journal itself holds no values.
 * @param {JournalRow[]} rows
 * @param {Task} task
 * @param {Reference} reference
 */
function withChanges(rows, task, reference) {
  return rows.map((row) => {
    const change = row.kind === "assignment.amended"
      && task.amendments.find(({ id }) => id === row.data.amendment);
    return change ? { ...row, data: { ...row.data, change: changeWords(change, reference) } } : row;
  });
}

/**
 * @param {Task} task
 * @param {Reference} reference
 */
export const name = (task, reference) => reference.categories.find((category) => category.code === task.category)?.name
  || KINDS[task.kind] || "Laporan";
