// How an assignment ends on the agency's page: done with proof, or not theirs with a named taker.
import { html, useState } from "../vendor/preact-htm.js";
import { post } from "./api.js";
import { moment } from "./time.js";
import { say, sayError } from "./toast.js";
import { upload } from "./photo.js";

export function Closing({ task, leave }) {
  const [note, setNote] = useState("");
  const [link, setLink] = useState("");
  const [busy, setBusy] = useState(null);
  const [wrong, setWrong] = useState(null);

  const add = async (event) => {
    const files = [...event.target.files];
    event.target.value = "";
    for (const file of files) {
      setBusy("Mengirim foto…");
      try { await upload(task.id, file); setWrong(null); } catch (error) { setWrong(error); }
    }
    setBusy(null);
  };
  const close = async (event) => {
    event.preventDefault();
    setBusy("Menyimpan…");
    try {
      await post(`/api/assignments/${task.id}/move`, { state: "selesai", note: note || null, link: link || null });
      say(`Tugas ${task.ticket} selesai.`);
    } catch (error) { setWrong(error); }
    setBusy(null);
  };
  const field = (name) => `field ${wrong?.field === name ? "wrong" : ""}`;
  return html`<form class="sub" onSubmit=${close}>
    <strong>Selesaikan tugas</strong>
    <p class="small muted">Tambahkan foto, tautan, atau catatan – paling sedikit salah satu.</p>
    <${Proofs} rows=${task.attachments} />
    <div class="pair">
      <label class="button">Ambil foto<input class="hide" type="file" accept="image/*" capture="environment" onChange=${add} /></label>
      <label class="button">Pilih foto<input class="hide" type="file" accept="image/jpeg,image/png,image/webp" multiple onChange=${add} /></label>
    </div>
    <div class=${field("note")}><label for=${`note-${task.id}`}>Catatan hasil</label>
      <textarea id=${`note-${task.id}`} rows="3" maxlength="2000" value=${note} onInput=${(event) => setNote(event.target.value)}></textarea></div>
    <div class=${field("link")}><label for=${`link-${task.id}`}>Tautan media sosial</label>
      <input id=${`link-${task.id}`} type="url" inputmode="url" placeholder="https://" value=${link} onInput=${(event) => setLink(event.target.value)} /></div>
    ${wrong && html`<p class="error" role="alert">${wrong.message}</p>`}
    <div class="pair"><button class="button ok" disabled=${Boolean(busy)}>${busy || "Selesai"}</button>
      <button type="button" class="button quiet" onClick=${leave}>Batal</button></div>
  </form>`;
}

export function Declining({ task, reference, mute = () => {}, leave, title = "Bukan wewenang kami" }) {
  const [reason, setReason] = useState("");
  const [taker, setTaker] = useState("");
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState(null);
  const hand = async (event) => {
    event.preventDefault();
    setBusy(true);
    mute(task.id, true);
    try {
      await post(`/api/assignments/${task.id}/decline`, { reason, taker });
      leave();
    } catch (error) {
      mute(task.id, false);
      if (error.field) setWrong(error); else sayError(error);
    }
    setBusy(false);
  };
  const field = (name) => `field ${wrong?.field === name ? "wrong" : ""}`;
  return html`<form class="sub" onSubmit=${hand}>
    <strong>${title}</strong>
    <div class=${field("taker")}><label for=${`taker-${task.id}`}>Yang berwenang</label>
      <select id=${`taker-${task.id}`} value=${taker} onChange=${(event) => setTaker(event.target.value)}>
        <option value="">– pilih –</option><option value="112">Belum tahu: kembalikan ke operator 112</option>
        ${reference.opds.filter((one) => one.code !== task.opd).map((one) => html`<option value=${one.code}>${one.short} – ${one.name}</option>`)}
      </select></div>
    <div class=${field("reason")}><label for=${`reason-${task.id}`}>Alasan</label>
      <textarea id=${`reason-${task.id}`} rows="2" maxlength="500" value=${reason} onInput=${(event) => setReason(event.target.value)}></textarea></div>
    ${wrong && html`<p class="error" role="alert">${wrong.message}</p>`}
    <div class="pair"><button class="button act" disabled=${busy}>${busy ? "Mengirim…" : "Serahkan"}</button>
      <button type="button" class="button quiet" onClick=${leave}>Batal</button></div>
  </form>`;
}

export function Proofs({ rows }) {
  if (!rows.length) return null;
  return html`<div class="shots">${rows.map((row) => row.kind === "photo"
    ? html`<a href=${`/media/${row.value}`} target="_blank" rel="noopener"><img src=${`/media/${row.value}`} alt=${`Foto ${moment(row.at)} oleh ${row.by}`} loading="lazy" /></a>`
    : html`<a class="chip info" href=${row.value} target="_blank" rel="noopener noreferrer nofollow">Tautan ↗</a>`)}</div>`;
}
