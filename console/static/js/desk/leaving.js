// @ts-check
// «Belum dikirim»: before the form, the shift or the session is left with an unsent emergency, one question. What is
// typed is saved first, and 112 says what it makes of it: the page may not know it yet.
import { html, useEffect, useLayoutEffect, useRef, useState } from "../../vendor/preact-htm.js";
import { get } from "../shared/api.js";
import { open as drafts } from "../shared/drafts.js";
import { settle } from "../shared/fingers.js";
import { sayError } from "../shared/toast.js";
import { held, named } from "../cases/unsent.js";
import { hasEnded } from "./draft.js";

/** @typedef {import("../shared/leave.js").Way} Way */
/**
 * `early`: no list shows it yet; `next`: it comes right after the answer for another incident.
 * @typedef {{ way: Way, number: string, go: () => void, early: boolean, next?: boolean }} Question
 */
/** @type {Record<Way, string>} */
const ANYWAY = { F9: "Tinggalkan saja", F8: "Tetap selesai tugas", keluar: "Tetap keluar" };
/** @type {[string, "prank" | "talked_out", string][]} */
const REASONS = [["1", "prank", "Prank"], ["2", "talked_out", "Selesai lewat telepon"]];

const ANSWERS = ["Enter", "1", "2", "3"];
const ANSWER_MS = 1500;
const WORDS = ["kind", "category", "description", "address"];

/**
 * Tells whether a ticket that is written in this page is an emergency that nobody has sent: what is typed is saved, and
 * then 112 is asked. Where it does not say so in time, whatever is unsaved counts as one.
 * @param {Ticket} ticket
 * @param {boolean} listed the lists of this page have it
 * @returns {Promise<boolean>}
 */
export async function isUnsent(ticket, listed) {
  const draft = drafts.get(ticket.number);
  const late = new Promise((_done, fail) => { setTimeout(() => fail(new Error("late")), ANSWER_MS); });
  const answer = async () => {
    await draft?.flush();
    return Boolean((await get(`/api/tickets/${encodeURIComponent(ticket.number)}`)).unsent_since);
  };
  try { return await Promise.race([answer(), late]); } catch {
    const unsaved = Object.keys(draft?.unsaved() || {}).some((field) => WORDS.includes(field));
    const sent = hasEnded(ticket) || ticket.assignments.some((row) => !row.ended_at);
    return listed || (unsaved && !sent);
  }
}

/**
 * The question that is open, and how to close it. Asked once: the same key again leaves. A ring takes it away.
 * @param {string[]} listed the unsent emergencies of this desk, that of the form first
 * @param {Ticket | null} ticket the ticket in the form
 * @param {boolean} rings
 * @param {(number: string) => void} open
 */
export function useLeaving(listed, ticket, rings, open) {
  const [question, setQuestion] = useState(/** @type {Question | null} */ (null));
  const shown = ticket?.number;
  const waits = useRef(false); // 112 is being asked
  const ring = useRef(rings);
  ring.current = rings;
  const early = Boolean(question?.early && question.number === shown && ticket && !hasEnded(ticket) && !ticket.master
    && !ticket.assignments.some((row) => !row.ended_at));
  const numbers = early && shown && !listed.includes(shown) ? [shown, ...listed] : listed;
  useLayoutEffect(() => {
    /** @param {Way} way @param {() => void} go @param {string[]} asks */
    const ask = (way, go, asks) => {
      open(asks[0]);
      setQuestion({ way, go, number: asks[0], early: !listed.includes(asks[0]) });
    };
    /** @param {any} event */
    const asked = (event) => {
      const { way, go } = event.detail;
      const others = way === "F9" ? [] : listed.filter((number) => number !== shown);
      if (question?.way === way || rings) return setQuestion(null);
      if (ticket && drafts.get(ticket.number)?.touched()) {
        event.preventDefault();
        if (waits.current) return;
        waits.current = true;
        isUnsent(ticket, listed.includes(ticket.number)).then((unsent) => {
          waits.current = false;
          if (ring.current) return;
          const asks = [...(unsent ? [ticket.number] : []), ...others];
          if (asks.length) ask(way, go, asks); else go();
        });
        return;
      }
      const asks = [...(shown && listed.includes(shown) ? [shown] : []), ...others];
      if (!asks.length) return setQuestion(null);
      event.preventDefault();
      ask(way, go, asks);
    };
    addEventListener("leaving", asked);
    return () => removeEventListener("leaving", asked);
  });
  useEffect(() => { // the lists have it now, and say when it is over
    if (question?.early && listed.includes(question.number)) setQuestion({ ...question, early: false });
  });
  const over = Boolean(question && !numbers.includes(question.number));
  useEffect(() => {
    if (!question) return;
    if (rings) return setQuestion(null);
    if (!over) return;
    // sent, or said why not: the next one, or what was asked for
    if (question.way !== "F9" && numbers.length) {
      open(numbers[0]);
      return setQuestion({ ...question, number: numbers[0], early: false, next: true });
    }
    setQuestion(null);
    question.go();
  }, [rings, over]);
  return /** @type {const} */ ([over ? null : question, () => setQuestion(null)]);
}

/**
 * Unsent emergencies that this desk holds, that of the form first.
 * @param {OperatorSnapshot} data
 * @param {Ticket | null} shown
 */
export function heldUp(data, shown) {
  // what came back while another agency has it stands on its own card: to leave it is to leave nobody without help
  const own = data.mine.filter((row) => row.unsent_since && !held(row)).map((row) => row.number);
  const unsent = data.unsent.rows.filter((row) => !row.agencies);
  const mine = unsent.filter((row) => row.operator === data.me.operator).map((row) => row.number);
  const inForm = shown && !held(shown)
    && (shown.unsent_since || unsent.some((row) => row.number === shown.number));
  return [...new Set([...(inForm ? [shown.number] : []), ...own, ...mine])];
}

/**
 * @param {{
 *   question: Question, ticket: Ticket, reference: Reference, send: () => unknown, close: () => void,
 *   refuse: (reason: string, note: string | null) => unknown, busy: boolean
 * }} props
 */
export function Leaving({ question, ticket, reference, send, refuse, close, busy }) {
  const [other, setOther] = useState(false);
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const note = useRef(/** @type {HTMLInputElement | null} */ (null));
  useLayoutEffect(() => { if (question.next && box.current) settle(box.current); }, [question.number]);
  // after the form's own first focus
  useEffect(() => { (other ? note.current : box.current)?.focus(); }, [question.number, other]);
  useLayoutEffect(() => box.current?.scrollIntoView({ block: "nearest" })); // whole, also when the form grows above it
  const tell = () => {
    const text = note.current?.value.trim();
    if (!text) return sayError({ message: "Tulis mengapa tidak dikirim." });
    refuse("other", text);
  };
  const back = () => { close(); /** @type {HTMLElement | null} */ (document.querySelector("#description"))?.focus(); };
  const leaveIt = () => { close(); question.go(); };
  /** @param {KeyboardEvent} event */
  const keys = (event) => {
    const reason = REASONS.find(([key]) => key === event.key);
    const pressed = /** @type {HTMLElement} */ (event.target).tagName === "BUTTON" && event.key === "Enter";
    // under the finger that answered for another incident: held down, or bouncing
    if (event.repeat || box.current?.dataset.settling !== undefined) {
      if (ANSWERS.includes(event.key) && (!other || event.key === "Enter")) event.preventDefault();
      return;
    }
    if (pressed) return;
    if (event.key === "Escape") back();
    else if (event.ctrlKey || event.altKey || event.metaKey) return;
    else if (event.key === "Enter") (other ? tell : send)();
    else if (other) return;
    else if (reason) refuse(reason[1], null);
    else if (event.key === "3") setOther(true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return html`<section class="leaving" role="alertdialog" aria-label="Belum dikirim" tabindex="-1" ref=${box}
    onKeyDown=${keys}>
    <p><strong>${named(ticket, reference)} belum dikirim ke OPD: kirim sekarang, atau mengapa tidak?</strong></p>
    ${other ? html`<div class="field"><label for="why-not">Mengapa tidak dikirim</label>
        <input id="why-not" ref=${note} maxlength="500" autocomplete="off" /></div>
      <div class="doing"><button type="button" class="button act" disabled=${busy} onClick=${tell}>Simpan alasan
        <kbd>Enter</kbd></button>
        <button type="button" class="button quiet" onClick=${() => setOther(false)}>Kembali</button></div>`
    : html`<div class="doing">
        <button type="button" class="button act" disabled=${busy} onClick=${send}>Kirim ke OPD <kbd>Enter</kbd></button>
        ${REASONS.map(([key, reason, label]) => html`<button type="button" class="button" disabled=${busy}
          onClick=${() => refuse(reason, null)}>${label} <kbd>${key}</kbd></button>`)}
        <button type="button" class="button" disabled=${busy}
          onClick=${() => setOther(true)}>Alasan lain <kbd>3</kbd></button>
        <span class="grow"></span>
        <button type="button" class="button quiet" onClick=${back}>Kembali <kbd>Esc</kbd></button>
        <button type="button" class="button quiet" onClick=${leaveIt}>${ANYWAY[question.way]}${question.way === "keluar"
          ? "" : html` <kbd>${question.way}</kbd>`}</button></div>`}
  </section>`;
}
