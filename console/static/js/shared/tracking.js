// The tracking number of a complaint, to be read aloud; and the words of its states and terms.
import { html } from "../../vendor/preact-htm.js";

export const COMPLAINTS = { masuk: "Masuk", diteruskan: "Diteruskan", dijawab: "Dijawab", selesai: "Selesai",
  ditolak: "Ditolak", darurat: "Jadi darurat" };
export const complaintTone = (state) => ({ masuk: "wait", diteruskan: "info", dijawab: "info", selesai: "ok",
  darurat: "act" })[state] || "";

// «4827 1935»
export const grouped = (number) => `${number.slice(0, 4)} ${number.slice(4)}`;

const WHAT = { pass_on: "diteruskan", answer: "dijawab OPD", done: "selesai" };

// «sisa 2 hari kerja», «hari terakhir», «terlambat 1 hari»
export function term(clock) {
  if (!clock) return "";
  if (clock.late) return `terlambat ${-clock.left} hari kerja`;
  return clock.left ? `sisa ${clock.left} hari kerja` : "hari terakhir";
}
export const awaited = (clock) => (clock ? WHAT[clock.what] : "");

export function Tracking({ number }) {
  return html`<div class="tracking" role="status">
    <span>Bacakan nomor:</span> <strong class="num">${grouped(number)}</strong>
    <span class="small">Pelapor bisa melacaknya di halaman /lacak.</span></div>`;
}
