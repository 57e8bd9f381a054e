// @ts-check
// One complaint: its state and term, the acts that it is open to, who has it, and how it was handed to the government's
// application.
import { html, useEffect, useRef } from "../../vendor/preact-htm.js";
import { post } from "../shared/api.js";
import { Sent, shortName } from "../shared/opds.js";
import { nameOf } from "../shared/people.js";
import { moment } from "../shared/time.js";
import { say, sayError } from "../shared/toast.js";
import { COMPLAINTS, awaited, complaintTone, grouped, term } from "../shared/tracking.js";
import { STATES, phone, place } from "../shared/words.js";
import { ActForm } from "./forms.js";
import { titled } from "./inbox.js";

// Operators read complaints; they do not decide on them.
export const ACTS = document.body.dataset.role !== "operator";

/**
 * The acts that a complaint is open to: [name, label, key, tone]
 * @param {Complaint} row
 */
export function actsOf(row) {
  const busy = row.assignments.some((assignment) => !assignment.ended_at);
  const ended = ["selesai", "ditolak"].includes(row.state);
  return [
    ["pass", ended ? "Buka dan teruskan…" : "Teruskan…", "T", ended || busy ? "" : "act"],
    ...(busy ? [] : [["answer", ended ? "Ubah jawaban…" : "Tutup dengan jawaban…", "J", ""]]),
    ...(busy || ended ? [] : [["reject", "Tolak…", "X", ""]]),
    ...(ended ? [] : [row.state === "darurat" ? ["lower", "Kembali ke aduan…", "D", ""]
      : ["raise", "Jadikan darurat…", "D", ""]]),
  ];
}

/**
 * @param {{
 *   row: Complaint, reference: Reference, act: string | null, setAct: (act: string | null) => void,
 *   leave: () => void, changed: () => void
 * }} props
 */
export function ComplaintCard({ row, reference, act, setAct, leave, changed }) {
  const head = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => { head.current?.scrollIntoView({ block: "nearest" }); }, []);
  /**
   * @param {string} path
   * @param {object} body
   * @param {string} done
   */
  const run = async (path, body, done) => {
    await post(`/api/wadul/${encodeURIComponent(row.ticket)}/${path}`, body);
    say(done);
    setAct(null);
    changed();
  };
  /**
   * @param {string} name
   * @param {unknown} value
   */
  const fact = (name, value) => value && html`<div class="field"><span class="label">${name}</span>
    <div>${value}</div></div>`;
  return html`<section class="card one" aria-label=${`Aduan ${grouped(row.tracking)}`}>
    <header><h2 ref=${head}>${titled(row, reference)} · <span class="num">${grouped(row.tracking)}</span></h2>
      <button type="button" class="button slim quiet" onClick=${leave}>Tutup</button></header>
    <div class="pad">
      <div class="chips"><span class=${`chip ${complaintTone(row.state)}`}>${COMPLAINTS[row.state]}</span>
        ${row.clock && html`<span class=${`chip ${row.clock.late ? "act" : ""}`}>
          ${awaited(row.clock)}: ${term(row.clock)}</span>`}
        <a class="chip" href=${`/tiket/${encodeURIComponent(row.ticket)}`}>${row.ticket} ↗</a>
        ${row.link && html`<a class="chip info" href=${row.link} target="_blank"
          rel="noopener noreferrer nofollow">Kiriman media sosial ↗</a>`}</div>
      ${ACTS && html`<div class="acts">${actsOf(row)
        .map(([name, label, key, tone]) =>
          html`<button type="button" class=${`button slim ${tone}`} aria-pressed=${act === name ? "true" : "false"}
            onClick=${() => setAct(act === name ? null : name)}>${label} <kbd>${key}</kbd></button>`)}</div>`}
      <${ActForm} act=${act} row=${row} reference=${reference} run=${run} />
      ${fact("Tempat", place(row))}${fact("Uraian", row.description)}
      ${fact("Pelapor", [row.reporter_name, phone(row.reporter_number || row.display)].filter(Boolean).join(" · "))}
      <div class="field"><span class="label">Masuk</span><div>${moment(row.filed_at)} · ${row.source === "sosial"
        ? "media sosial" : "112"} · ${nameOf(reference, row.filed_by)}</div></div>
      <${Sent} assignments=${row.assignments} reference=${reference} />
      ${row.assignments.filter((assignment) => assignment.note)
        .map((assignment) => html`<p class="small">
          ${shortName(reference, assignment.opd)}, ${STATES[assignment.state].toLowerCase()}: ${assignment.note}</p>`)}
      ${fact("Jawaban untuk pelapor", row.text)}
      <${Handed} row=${row} run=${run} />
    </div></section>`;
}

/**
 * The answer of the government's own application, or why it has none.
 * @param {{ row: Complaint, run: import("./forms.js").Run }} props
 */
function Handed({ row, run }) {
  const resend = async () => { try { await run("resend", {}, "Dikirim ulang."); } catch (error) { sayError(error); } };
  return html`${row.theirs && html`<p class="small">Nomor di aplikasi pemerintah: <strong class="num">
    ${row.theirs}</strong></p>`}
    ${row.waits && row.last_error && html`<div class="row">
      <p class=${`small ${row.dead_at ? "error" : "muted"}`}>${row.dead_at ? "Tidak terkirim"
      : "Belum terkirim, dicoba lagi"}: ${row.last_error} (${row.attempts}×)</p>
      ${ACTS && html`<button type="button" class="button slim" onClick=${resend}>Kirim ulang</button>`}</div>`}`;
}
