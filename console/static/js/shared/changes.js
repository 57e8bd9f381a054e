// @ts-check
// What changed after an agency was sent a ticket: with the old and the new value, and who has read it.
import { html } from "../../vendor/preact-htm.js";
import { nameOf } from "./people.js";
import { clock } from "./time.js";
import { CHANNELS, KINDS } from "./words.js";

/** @type {Words} */
const FIELDS = { kind: "Jenis", category: "Kategori", kecamatan: "Kecamatan", desa: "Desa", address: "Alamat",
  description: "Uraian", position: "Titik" };

/**
 * The name of a changed field, for the history.
 * @param {string} field
 */
export const fieldName = (field) => ({ report: "laporan penelepon lain", recall: "tugas ditarik" }[field]
  || FIELDS[field]?.toLowerCase() || field);

/**
 * A change as head and words: «Alamat» «Margoyoso → Purwogondo».
 * @param {Amendment} row
 * @param {Reference} reference
 */
export function changeWords(row, reference) {
  /** @param {string | null} value */
  const word = (value) => (row.field === "category"
    ? reference.categories.find((category) => category.code === value)?.name || value
    : row.field === "kind" ? KINDS[value || ""] || value : value);
  const [before, after] = [word(row.before), word(row.after)];
  if (row.field === "recall") {
    return row.about ? { head: "DIGABUNG", text: `ke ${row.about}: teruskan di tugas itu` }
      : { head: "DIBATALKAN", text: after || "tanpa alasan" };
  }
  if (row.field === "report") {
    if (after === null) return { head: "Bukan kejadian ini", text: before || "satu laporan lain" };
    return { head: "Penelepon lain", text: before ? `${before} → ${after}` : after };
  }
  return { head: FIELDS[row.field] || row.field,
    text: before ? `${before} → ${after || "(dihapus)"}` : after || "(dihapus)" };
}

/**
 * The changes as lines, each with its time.
 * @param {{ rows: Amendment[], reference: Reference, readers?: boolean }} props `readers`: who has read each
 */
export function ChangeLines({ rows, reference, readers = false }) {
  return html`<ul class="changes">${rows.map((row) => {
    const { head, text } = changeWords(row, reference);
    return html`<li key=${row.id}><span class="time">${clock(row.changed_at)}</span>
      <span><b>${head}</b>${" "}${text}${readers
        && html` <${Reader} row=${row} reference=${reference} />`}</span></li>`;
  })}</ul>`;
}

/** @param {{ row: Amendment, reference: Reference }} props */
function Reader({ row, reference }) {
  if (!row.read_at) return html`<span class="chip act">belum dibaca</span>`;
  const way = CHANNELS[row.read_via || ""] || row.read_via;
  const by = nameOf(reference, row.read_by);
  if (row.read_to) {
    return html`<span class="chip ok">dibacakan ${by} kepada ${row.read_to} ${clock(row.read_at)},
      ${way}</span>`;
  }
  return html`<span class="chip ok">dibaca ${by} ${clock(row.read_at)}, ${way}</span>`;
}
