// @ts-check
// The tracking number of a complaint, to be read aloud; and the words of its states and terms.
import { html } from "../../vendor/preact-htm.js";

/** @type {Words} */
export const COMPLAINTS = { masuk: "Masuk", diteruskan: "Diteruskan", dijawab: "Dijawab", selesai: "Selesai",
  ditolak: "Ditolak", darurat: "Jadi darurat" };
/** @type {Words} */
const TONES = { masuk: "wait", diteruskan: "info", dijawab: "info", selesai: "ok", darurat: "act" };
/** @param {string} state */
export const complaintTone = (state) => TONES[state] || "";

/**
 * «4827 1930»
 * @param {string} number
 */
export const grouped = (number) => `${number.slice(0, 4)} ${number.slice(4)}`;

/** @type {Words} */
const WHAT = { pass_on: "diteruskan", answer: "dijawab OPD", done: "selesai" };

/**
 * «sisa 2 hari kerja», «hari terakhir», «terlambat 1 hari»
 * @param {TermClock | null} clock
 */
export function term(clock) {
  if (!clock) return "";
  if (clock.late) return `terlambat ${-clock.left} hari kerja`;
  return clock.left ? `sisa ${clock.left} hari kerja` : "hari terakhir";
}
/** @param {TermClock | null} clock */
export const awaited = (clock) => (clock ? WHAT[clock.what] : "");

/** @param {{ number: string }} props */
export function Tracking({ number }) {
  return html`<div class="tracking" role="status">
    <span>Bacakan nomor:</span> <strong class="num">${grouped(number)}</strong>
    <span class="small">Pelapor bisa melacaknya di halaman /lacak.</span></div>`;
}
