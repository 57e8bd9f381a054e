// @ts-check
// The forms that change a complaint: pass it on, answer it, reject it, raise it to an emergency, lower it again.
import { html, useLayoutEffect, useRef, useState } from "../../vendor/preact-htm.js";
import { OpdChoice, shortName } from "../shared/opds.js";
import { useProposal } from "../cases/proposal.js";
import { sayError } from "../shared/toast.js";

/** @typedef {(path: string, body: object, done: string) => Promise<void>} Run Asks 112, then says that it is `done`. */

/**
 * The form of one act.
 * @param {{ act: string | null, row: Complaint, reference: Reference, run: Run }} props
 */
export function ActForm({ act, row, reference, run }) {
  if (act === "pass") return html`<${Pass} row=${row} reference=${reference} run=${run} />`;
  if (act === "raise") return html`<${Raise} row=${row} reference=${reference} run=${run} />`;
  if (act === "lower") return html`<${Say} key="lower" label="Alasan kembali ke aduan" button="Kembali ke aduan"
    run=${(text) => run("lower", { reason: text }, "Kembali menjadi aduan.")} />`;
  if (act === "reject") return html`<${Say} key="reject" label="Alasan, dibaca pelapor" button="Tolak aduan"
    run=${(text) => run("reject", { reason: text }, "Aduan ditolak.")} />`;
  if (act === "answer") return html`<${Say} key="answer" label="Jawaban, dibaca pelapor" button="Simpan jawaban"
    value=${row.text} run=${(text) => run("answer", { answer: text }, "Jawaban disimpan.")} />`;
  return null;
}

function useAttempt() {
  const [busy, setBusy] = useState(false);
  /** @param {() => Promise<void>} work */
  const attempt = async (work) => {
    if (busy) return;
    setBusy(true);
    try { await work(); } catch (error) { sayError(error); }
    setBusy(false);
  };
  return /** @type {const} */ ([busy, attempt]);
}

// Puts the cursor into the first field of a form that was opened.
function useFirst() {
  const field = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => { field.current?.focus(); }, []);
  return field;
}

/** @param {{ label: string, button: string, value?: string | null, run: (text: string) => Promise<void> }} props */
function Say({ label, button, value = "", run }) {
  const [text, setText] = useState(value || "");
  const field = useFirst();
  const [busy, attempt] = useAttempt();
  /** @param {any} event */
  const go = (event) => { event?.preventDefault(); if (text.trim()) attempt(() => run(text)); };
  return html`<form class="sub" onSubmit=${go}
    onKeyDown=${(event) => event.ctrlKey && event.key === "Enter" && go(event)}>
    <div class="field"><label for="say">${label}</label>
      <textarea id="say" rows="3" maxlength="1000" ref=${field} value=${text}
        onInput=${(event) => setText(event.target.value)}></textarea></div>
    <button class="button strong" disabled=${busy || !text.trim()}>${button} <kbd>Ctrl+Enter</kbd></button></form>`;
}

/**
 * @param {Complaint} row
 * @param {Reference} reference
 * @param {string | null} category
 */
function useOpds(row, reference, category) {
  const proposal = useProposal(category, row.kecamatan);
  const [chosen, setChosen] = useState(/** @type {Record<string, boolean>} */ ({}));
  const had = row.assignments.filter((assignment) => !assignment.ended_at).map((assignment) => assignment.opd);
  const opds = reference.opds.map((opd) => opd.code)
    .filter((code) => !had.includes(code) && (chosen[code] ?? (proposal.opds.includes(code) && !had.length)));
  return { opds, choice: html`<${OpdChoice} reference=${reference} proposal=${proposal} opds=${opds} had=${had}
    choose=${(code, on) => setChosen({ ...chosen, [code]: on })} />` };
}

/** @param {{ row: Complaint, reference: Reference, run: Run }} props */
function Pass({ row, reference, run }) {
  const field = useFirst();
  const [category, setCategory] = useState(row.category || "");
  const { opds, choice } = useOpds(row, reference, category);
  const [busy, attempt] = useAttempt();
  const names = opds.map((code) => shortName(reference, code)).join(", ");
  /** @param {any} event */
  const go = (event) => { event?.preventDefault();
    if (opds.length) attempt(() => run("pass", { opds, ...(category && category !== row.category && { category }) },
      `Diteruskan ke ${names}.`)); };
  return html`<form class="sub" onSubmit=${go}
    onKeyDown=${(event) => event.ctrlKey && event.key === "Enter" && go(event)}>
    <div class="field"><label for="pass-category">Kategori</label>
      <select id="pass-category" ref=${field} value=${category} onChange=${(event) => setCategory(event.target.value)}>
      <option value="">– pilih –</option>${reference.categories.map(({ code, name }) =>
        html`<option value=${code}>${name}</option>`)}</select></div>
    ${choice}
    <button class="button act" disabled=${busy || !opds.length}>${names ? `Teruskan ke ${names}`
      : "Pilih OPD"} <kbd>Ctrl+Enter</kbd></button></form>`;
}

/** @param {{ row: Complaint, reference: Reference, run: Run }} props */
function Raise({ row, reference, run }) {
  const field = useFirst();
  const [text, setText] = useState("");
  const { opds, choice } = useOpds(row, reference, row.category);
  const [busy, attempt] = useAttempt();
  /** @param {any} event */
  const go = (event) => { event?.preventDefault();
    if (text.trim()) attempt(() => run("raise", { reason: text, opds }, "Menjadi darurat; OPD didorong sekarang.")); };
  return html`<form class="sub" onSubmit=${go}
    onKeyDown=${(event) => event.ctrlKey && event.key === "Enter" && go(event)}>
    <div class="field"><label for="raise">Alasan menjadi darurat</label>
      <input id="raise" maxlength="500" ref=${field} value=${text} onInput=${(event) => setText(event.target.value)} />
        </div>
    ${choice}
    <p class="small muted">OPD yang sudah memegang aduan ini didorong dengan tangga darurat mulai sekarang.</p>
    <button class="button act" disabled=${busy || !text.trim()}>Jadikan darurat <kbd>Ctrl+Enter</kbd></button></form>`;
}
