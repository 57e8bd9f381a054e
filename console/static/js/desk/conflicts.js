// @ts-check
// One text, two people: both texts of a field side by side, and a key for each; the end of a ticket; who else is here.
import { html, useLayoutEffect } from "../../vendor/preact-htm.js";
import { post } from "../shared/api.js";
import { Act } from "../shared/act.js";
import { moment } from "../shared/time.js";
import { FIELDS } from "../story/story.js";
import { KINDS } from "../shared/words.js";

/** @typedef {import("./draft.js").Draft} Draft */
/** @typedef {import("./draft.js").Field} Field */

/** @param {KeyboardEvent} event */
const pressed = (event) => event.altKey && !event.ctrlKey && !event.metaKey && !event.repeat && event.code;

/**
 * Alt+T and Alt+K answer for the first of them, then for the next.
 * @param {{ draft: Draft, reference: Reference }} props
 */
export function Conflicts({ draft, reference }) {
  const rows = draft.ended ? [] : [...draft.conflicts];
  const first = rows[0]?.[0];
  useLayoutEffect(() => {
    if (!first) return;
    /** @param {KeyboardEvent} event */
    const keys = (event) => {
      const code = pressed(event);
      if (code !== "KeyT" && code !== "KeyK") return;
      event.preventDefault();
      draft.choose(first, code === "KeyK");
    };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  });
  if (!rows.length) return null;
  const old = rows.every(([, row]) => row.kept);
  return html`<section class="conflicts" role="alert" aria-label="Dua isian untuk satu kolom">
    <strong>${old ? "Ketikan Anda yang dulu belum tersimpan. Pakai yang mana?"
      : "Kolom ini juga diisi orang lain. Pakai yang mana?"}</strong>
    ${rows.map(([field, row], index) => html`<div class="conflict" key=${field}>
      <span class="label">${FIELDS[field][0].toUpperCase()}${FIELDS[field].slice(1)}</span>
      <div class="sides">
        <${Side} title=${row.by ? `Di tiket – ${row.by}, ${when(row)}` : "Di tiket sekarang"}
          text=${shown(field, row.theirs, reference)} letter=${index ? "" : "T"}
          run=${() => draft.choose(field, false)} />
        <${Side} title=${row.kept ? `Ketikan Anda, ${when(row)}` : "Ketikan Anda"}
          text=${shown(field, row.yours, reference)} letter=${index ? "" : "K"}
          run=${() => draft.choose(field, true)} />
      </div></div>`)}
  </section>`;
}

/** @param {import("./draft.js").Conflict} row */
const when = (row) => moment(new Date(row.at).toISOString());

/** @param {{ title: string, text: string, letter: string, run: () => void }} props */
function Side({ title, text, letter, run }) {
  return html`<button type="button" class="button side-of" onClick=${run} aria-keyshortcuts=${letter
    ? `Alt+${letter}` : null}>
    <span class="small">${title}${letter && html` <kbd>Alt+${letter}</kbd>`}</span>
    <span class="text">${text || html`<em>(kosong)</em>`}</span></button>`;
}

/**
 * A field's value as the form shows it.
 * @param {Field} field
 * @param {string} value
 * @param {Reference} reference
 */
function shown(field, value, reference) {
  if (field === "kind") return KINDS[value] || value;
  if (field === "category") return reference.categories.find(({ code }) => code === value)?.name || value;
  return value;
}

/** @param {{ draft: Draft, done: () => void }} props */
export function Ended({ draft, done }) {
  if (!draft.ended) return null;
  const open = async (/** @type {string} */ reason) => {
    await post(`/api/tickets/${draft.number}/reopen`, { reason });
    done();
  };
  return html`<section class="ended" role="status">
    <p><strong>Tiket ini sudah selesai.</strong> ${draft.dirty.size > 0 ? "Ketikan Anda di bawah BELUM tersimpan. "
      : ""}Isinya hanya bisa diubah setelah dibuka lagi.</p>
    <${Act} label="Buka lagi…" ask="Alasan membuka lagi" run=${open} /></section>`;
}

/** @param {{ names: string[] }} props */
export function Others({ names }) {
  if (!names.length) return null;
  const all = names.length < 2 ? names[0] : `${names.slice(0, -1).join(", ")} dan ${names[names.length - 1]}`;
  return html`<p class="others" role="status">${all} juga membuka tiket ini.</p>`;
}

/**
 * A ticket that went to a wrong agency, or that an agency need not follow any more.
 * @param {{ assignments: { id: number, opd: string, ended_at: Moment | null }[], name: (opd: string) => string,
 *   done: () => void }} props
 */
export function Recall({ assignments, name, done }) {
  const open = assignments.filter((assignment) => !assignment.ended_at);
  if (!open.length) return null;
  return html`<div class="recall">${open.map(({ id, opd }) => html`<${Act} key=${id} tone="quiet"
    label=${`Tarik kembali ${name(opd)}…`} ask=${`Alasan menarik kembali dari ${name(opd)}`}
    run=${async (/** @type {string} */ reason) => {
      await post(`/api/assignments/${id}/cancel`, { reason });
      done();
    }} />`)}</div>`;
}
