// @ts-check
// The end of an assignment on the agency's page: done with proof, or not theirs with a named taker.
import { html, useState } from "../../vendor/preact-htm.js";
import { act } from "./outbox.js";
import { moment } from "../shared/time.js";
import { say, sayError } from "../shared/toast.js";
import { undoStep } from "../cases/undo.js";
import { shot } from "./exif.js";
import { shrink } from "./photo.js";

const NO_PROOF = "Sebelum selesai, tambahkan foto, tautan, atau catatan tertulis.";
const LATER = "Disimpan di telepon ini; terkirim begitu ada sinyal.";

/**
 * Queue a photo with when and where it was taken, which is read before the photo is shrunk and loses it.
 * @param {Task} task
 * @param {File} file
 */
async function upload(task, file) {
  const body = await shot(file);
  const photo = await shrink(file, Object.keys(body).length > 0);
  return act({ kind: "photo", assignment: task.id, ticket: task.ticket, path: `/api/assignments/${task.id}/photos`,
    label: "Foto", body, photo });
}

/** @param {{ task: Task, queue?: QueuedAction[], leave: () => void }} props */
export function Closing({ task, queue = [], leave }) {
  const [wrong, setWrong] = useState(/** @type {Trouble | null} */ (null));
  /**
   * @param {string} note
   * @param {string} link
   */
  const proven = (note, link) => note || link || task.attachments.length
    || queue.some((action) => action.kind === "photo" || action.body?.link);
  /**
   * @param {string} note
   * @param {string} link
   */
  const close = async (note, link) => {
    if (!proven(note, link)) throw Object.assign(new Error(NO_PROOF), { field: "note" });
    const path = `/api/assignments/${task.id}/move`;
    const body = { state: "selesai", note: note || null, link: link || null };
    const done = await act({ kind: "move", assignment: task.id, ticket: task.ticket, path, label: "Selesai",
      state: "selesai", answers: true, timed: true, body });
    if (done.waiting) say(LATER); else say(`Tugas ${task.ticket} selesai.`, undoStep(task.id));
    leave();
  };
  return html`<${Proving} task=${task} queue=${queue} leave=${leave} wrong=${wrong} setWrong=${setWrong} run=${close}
    head="Selesaikan tugas" hint="Tambahkan foto, tautan, atau catatan – paling sedikit salah satu."
      label="Catatan hasil" button="Selesai" tone="ok" />`;
}

/** @param {{ task: Task, queue?: QueuedAction[], leave: () => void }} props */
export function Adding({ task, queue = [], leave }) {
  const [wrong, setWrong] = useState(/** @type {Trouble | null} */ (null));
  /**
   * @param {string} note
   * @param {string} link
   */
  const add = async (note, link) => {
    if (!note && !link) return leave();
    const body = { note: note || null, link: link || null };
    const done = await act({ kind: "note", assignment: task.id, ticket: task.ticket,
      path: `/api/assignments/${task.id}/notes`, label: note ? "Catatan" : "Tautan", timed: true, body });
    say(done.waiting ? LATER : "Tersimpan.");
    leave();
  };
  return html`<${Proving} task=${task} queue=${queue} leave=${leave} wrong=${wrong} setWrong=${setWrong} run=${add}
    head="Catatan, foto, tautan" hint="Operator dan pusat kendali langsung melihatnya." label="Catatan" button="Simpan"
      tone="strong" />`;
}

/**
 * Photos go at once, note and link with the button.
 * @param {{
 *   task: Task, queue: QueuedAction[], leave: () => void, wrong: Trouble | null, setWrong: (wrong: any) => void,
 *   run: (note: string, link: string) => Promise<void>, head: string, hint: string, label: string, button: string,
 *   tone: string
 * }} props
 */
function Proving({ task, queue, leave, wrong, setWrong, run, head, hint, label, button, tone }) {
  const [note, setNote] = useState("");
  const [link, setLink] = useState("");
  const [busy, setBusy] = useState(/** @type {string | null} */ (null));

  /** @param {any} event */
  const add = async (event) => {
    const files = [...event.target.files];
    event.target.value = "";
    for (const file of files) {
      setBusy("Mengirim foto…");
      try { await upload(task, file); setWrong(null); } catch (error) { setWrong(error); }
    }
    setBusy(null);
  };
  /** @param {any} event */
  const submit = async (event) => {
    event.preventDefault();
    setBusy("Menyimpan…");
    try { await run(note.trim(), link.trim()); } catch (error) { setWrong(error); }
    setBusy(null);
  };
  /** @param {string} name */
  const field = (name) => `field ${wrong?.field === name ? "wrong" : ""}`;
  const photos = queue.filter((action) => action.kind === "photo").length;
  return html`<form class="sub" onSubmit=${submit} novalidate>
    <strong>${head}</strong>
    <p class="small muted">${hint}</p>
    <${Proofs} rows=${task.attachments} />
    ${photos > 0 && html`<p class="queued">${photos} foto menunggu sinyal</p>`}
    <div class="pair">
      <label class="button">Ambil foto<input class="hide" type="file" accept="image/*" capture="environment"
        onChange=${add} /></label>
      <label class="button">Pilih foto<input class="hide" type="file" accept="image/*" multiple
        onChange=${add} /></label>
    </div>
    <div class=${field("note")}><label for=${`note-${task.id}`}>${label}</label>
      <textarea id=${`note-${task.id}`} rows="3" maxlength="2000" value=${note}
        onInput=${(event) => setNote(event.target.value)}></textarea></div>
    <div class=${field("link")}><label for=${`link-${task.id}`}>Tautan media sosial</label>
      <input id=${`link-${task.id}`} type="url" inputmode="url" placeholder="https://" value=${link}
        onInput=${(event) => setLink(event.target.value)} /></div>
    ${wrong && html`<p class="error" role="alert">${wrong.message}</p>`}
    <div class="pair"><button class=${`button ${tone}`} disabled=${Boolean(busy)}>${busy || button}</button>
      <button type="button" class="button quiet" onClick=${leave}>Batal</button></div>
  </form>`;
}

/**
 * @param {{
 *   task: { id: number, ticket: string, opd: string }, reference: Reference,
 *   mute?: (assignment: number, quiet: boolean) => void, leave: () => void, title?: string
 * }} props
 */
export function Declining({ task, reference, mute = () => {}, leave, title = "Bukan wewenang kami" }) {
  const [reason, setReason] = useState("");
  const [taker, setTaker] = useState("");
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState(/** @type {Trouble | null} */ (null));
  /** @param {any} event */
  const hand = async (event) => {
    event.preventDefault();
    setBusy(true);
    mute(task.id, true);
    try {
      const path = `/api/assignments/${task.id}/decline`;
      await act({ kind: "decline", assignment: task.id, ticket: task.ticket, path, label: "Bukan wewenang",
        answers: true, timed: true, body: { reason, taker } });
      leave();
    } catch (error) {
      mute(task.id, false);
      if (error.field) setWrong(error); else sayError(error);
    }
    setBusy(false);
  };
  /** @param {string} name */
  const field = (name) => `field ${wrong?.field === name ? "wrong" : ""}`;
  return html`<form class="sub" onSubmit=${hand}>
    <strong>${title}</strong>
    <div class=${field("taker")}><label for=${`taker-${task.id}`}>Yang berwenang</label>
      <select id=${`taker-${task.id}`} value=${taker} onChange=${(event) => setTaker(event.target.value)}>
        <option value="">– pilih –</option><option value="112">Belum tahu: kembalikan ke operator 112</option>
        ${reference.opds.filter((opd) => opd.code !== task.opd)
          .map((opd) => html`<option value=${opd.code}>${opd.short} – ${opd.name}</option>`)}
      </select></div>
    <div class=${field("reason")}><label for=${`reason-${task.id}`}>Alasan</label>
      <textarea id=${`reason-${task.id}`} rows="2" maxlength="500" value=${reason}
        onInput=${(event) => setReason(event.target.value)}></textarea></div>
    ${wrong && html`<p class="error" role="alert">${wrong.message}</p>`}
    <div class="pair"><button class="button act" disabled=${busy}>${busy ? "Mengirim…" : "Serahkan"}</button>
      <button type="button" class="button quiet" onClick=${leave}>Batal</button></div>
  </form>`;
}

/** @param {{ rows: Attachment[] }} props */
export function Proofs({ rows }) {
  if (!rows.length) return null;
  return html`<div class="shots">${rows.map((row) => row.kind === "photo"
    ? html`<a href=${`/media/${row.value}`} target="_blank" rel="noopener">
      <img src=${`/media/${row.value}`} alt=${`Foto ${moment(row.at)} oleh ${row.by}`} loading="lazy" />
        ${row.taken_at && html`<small>${taken(row.taken_at)}${row.lat !== undefined ? " · ⌖" : ""}</small>`}</a>`
    : html`<a class="chip info" href=${row.value} target="_blank" rel="noopener noreferrer nofollow">Tautan ↗</a>`)}
      </div>`;
}

/**
 * A camera's time: with an offset it is a moment, without one it is what its clock showed.
 * @param {string} text
 */
const taken = (text) => (/[Z+-]\d\d:\d\d$|Z$/.test(text) ? moment(text) : `${text.slice(11, 16).replace(":", ".")}`);
