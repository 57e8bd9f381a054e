// @ts-check
// The hand-over of a shift: what is open writes itself, a note, and two signatures.
import { html, useEffect, useState } from "../../vendor/preact-htm.js";
import { get, post } from "../shared/api.js";
import { start } from "../shared/shell.js";
import { nameOf } from "../shared/people.js";
import { dated, moment } from "../shared/time.js";
import { say, sayError } from "../shared/toast.js";
import { Shift } from "../desk/shift.js";

const { user } = document.body.dataset;

/** @param {{ data: HandoverSnapshot, reference: Reference }} props */
function Handover({ data, reference }) {
  const [open, setOpen] = useState(/** @type {WholeHandover | null} */ (null));
  /** @param {number} id */
  const look = async (id) => {
    try { setOpen(await get(`/api/handovers/${id}`)); scrollTo(0, 0); } catch (error) { sayError(error); }
  };
  useEffect(() => {
    /** @param {any} event */
    const keys = (event) => { if (event.key === "Escape") setOpen(null); };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  }, []);
  const waiting = data.waiting.filter((row) => row.going !== user);
  const mine = data.waiting.find((row) => row.going === user);
  return html`<main class="handover-page">
    <header class="card pad title"><h1>Serah terima tugas</h1><span class="muted small">${dated(data.shift.at)}</span>
      <button type="button" class="button slim" onClick=${() => print()}>Cetak</button></header>
    ${waiting.map((row) => html`<${Take} key=${row.id} row=${row} look=${look} reference=${reference} />`)}
    ${open ? html`<section class="card signed" aria-label="Serah terima yang ditandatangani">
      <header><h2>Serah terima ${dated(open.offered_at)}</h2>
        <button type="button" class="button slim quiet" onClick=${() => setOpen(null)}>Tutup <kbd>Esc</kbd></button>
      </header>
      <div class="pad"><${Signatures} row=${open} reference=${reference} />
        ${open.note ? html`<p class="note">${open.note}</p>` : html`<p class="muted small">Tanpa catatan.</p>`}</div>
      <${Shift} shift=${open.shift} reference=${reference} /></section>`
      : html`<p class="muted small how"><strong>Yang pulang</strong> membaca daftar di bawah, menulis catatan, lalu
          menandatangani. <strong>Yang datang</strong> membaca, lalu menekan «Saya terima» dengan akunnya sendiri.</p>
        <${Offer} mine=${mine} />
        <section class="card"><header><h2>Yang masih berjalan</h2></header>
          <${Shift} shift=${data.shift} reference=${reference} /></section>`}
    <section class="card last"><header><h2>Serah terima terakhir</h2></header>
      ${data.last.length ? html`<ol class="rows">${data.last.map((row) => html`<li key=${row.id}>
        <span class="main"><${Signatures} row=${row} reference=${reference} /></span>
        <button type="button" class="button slim" aria-label=${`Baca serah terima ${dated(row.offered_at)}`}
          onClick=${() => look(row.id)}>Baca</button></li>`)}</ol>` : html`<p class="none">Belum ada.</p>`}
    </section></main>`;
}

/** @param {{ row: HandoverRow, reference: Reference }} props */
function Signatures({ row, reference }) {
  const state = row.replaced_by ? html`<span class="chip">diganti</span>` : row.taken_at
    ? html`<span class="chip ok">diterima ${nameOf(reference, row.coming)}, ${moment(row.taken_at)}</span>`
    : html`<span class="chip wait">belum diterima</span>`;
  return html`<span class="signatures"><strong>${nameOf(reference, row.going)}</strong>
    <span class="num">${dated(row.offered_at)}</span> ${state}</span>`;
}

/** @param {{ row: WaitingHandover, look: (id: number) => void, reference: Reference }} props */
function Take({ row, look, reference }) {
  const [busy, setBusy] = useState(false);
  const take = async () => {
    setBusy(true);
    try { await post(`/api/handovers/${row.id}/take`); say("Serah terima ditandatangani."); } catch (error) {
      sayError(error);
    }
    setBusy(false);
  };
  return html`<div class="bar calm" role="status"><p>${nameOf(reference, row.going)} menyerahkan tugas${" "}
    ${moment(row.offered_at)}.</p>
    <button type="button" class="button slim" onClick=${() => look(row.id)}>Baca</button>
    <button type="button" class="button slim" disabled=${busy} onClick=${take}>Saya terima</button></div>`;
}

/** @param {{ mine: WaitingHandover | undefined }} props */
function Offer({ mine }) {
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  /** @param {any} event */
  const go = async (event) => {
    event.preventDefault();
    setBusy(true);
    try {
      await post("/api/handovers", { note });
      setNote("");
      say("Ditandatangani. Menunggu yang menerima.");
    } catch (error) { sayError(error); }
    setBusy(false);
  };
  return html`<form class="card pad offer" onSubmit=${go}>
    ${mine && html`<p class="told-small">Anda menyerahkan tugas ${moment(mine.offered_at)}; belum ada yang menerima.
      Yang baru menggantikannya.</p>`}
    <div class="field"><label for="note">Catatan untuk yang datang (tanpa nama dan nomor penelepon)</label>
      <textarea id="note" rows="3" maxlength="2000" value=${note}
        onInput=${(event) => setNote(event.target.value)}></textarea></div>
    <div class="row"><button class="button strong" disabled=${busy}>Tandatangani dan serahkan</button></div></form>`;
}

start("handover", { View: Handover });
