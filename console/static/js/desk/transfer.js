// @ts-check
// «Alihkan»: hands the caller to a colleague; a small list for mouse and keyboard, and what came of it.
import { html, useEffect, useLayoutEffect, useRef, useState } from "../../vendor/preact-htm.js";
import { post } from "../shared/api.js";
import { sayError } from "../shared/toast.js";
import { LIVE, liveTone } from "../shared/words.js";

const ANSWER_MS = 5000;
const ORDER = ["ready", "wrap_up", "paused", "listening"]; // their phones are free, the best first
/** @type {Words} */
const CANNOT = { ringing: "teleponnya sedang berdering", talking: "sedang bicara", calling: "sedang menelepon balik",
  unregistered: "telepon tidak terdaftar", offline: "tidak bertugas" };
/** @type {Record<string, number | string>} */
const MOVES = { ArrowDown: 1, ArrowUp: -1, Home: "first", End: "last" };

/** @param {Presence} row */
const rank = (row) => (ORDER.includes(row.live) ? ORDER.indexOf(row.live) : ORDER.length);

/** @param {{ call: Call, colleagues: Presence[] }} props */
export function Transfer({ call, colleagues }) {
  // names while the list is open: no row moves under a hand
  const [order, setOrder] = useState(/** @type {string[] | null} */ (null));
  const [asked, setAsked] = useState(/** @type {Presence | null} */ (null)); // the colleague that was asked for
  const button = useRef(/** @type {HTMLButtonElement | null} */ (null));
  useAnswer(asked, setAsked);

  const open = () => setOrder([...colleagues].sort((a, b) => rank(a) - rank(b)).map((row) => row.operator));
  const close = (back = true) => { setOrder(null); if (back) button.current?.focus(); };
  const turn = () => (order ? close() : open());
  useKey((event) => {
    if (event.altKey && !event.ctrlKey && event.code === "KeyA" && !asked) { event.preventDefault(); turn(); }
  });
  /**
   * @param {Presence} row
   * @param {string} why
   */
  const give = async (row, why) => {
    close();
    setAsked(row);
    const body = { to: row.operator, ...(why && { note: why }) };
    try { await post(`/api/calls/${encodeURIComponent(call.id)}/transfer`, body); } catch (error) {
      setAsked(null);
      sayError(error);
    }
  };

  if (asked) return html`<div class="transfer" role="status">
    <span class="chip info">Mengalihkan ke ${asked.display}…</span></div>`;
  return html`<div class="transfer">
    <button ref=${button} type="button" class="button slim quiet" aria-haspopup="menu"
      aria-expanded=${order ? "true" : "false"} onClick=${turn}>Alihkan <kbd>Alt+A</kbd></button>
    ${order && html`<${Colleagues} rows=${order.map((name) => colleagues.find((row) => row.operator === name))
      .filter(Boolean)} give=${give} close=${close} />`}
  </div>`;
}

/** @param {HTMLElement | null} list */
const buttonsOf = (list) => [...(list?.querySelectorAll("button") || [])];

/** @param {Presence[]} rows */
const firstFree = (rows) => rows.find((row) => rank(row) < ORDER.length);

/**
 * Letters that are typed go into the reason; Enter there gives the caller to the colleague on top.
 * @param {{ rows: Presence[], give: (row: Presence, why: string) => void, close: (back?: boolean) => void }} props
 */
function Colleagues({ rows, give, close }) {
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const why = useRef(/** @type {HTMLInputElement | null} */ (null));
  /** @param {Presence} row */
  const giveNow = (row) => give(row, why.current?.value.trim() || "");
  useLayoutEffect(() => { // before the next key
    const items = buttonsOf(list.current);
    (items.find((item) => item.getAttribute("aria-disabled") === "false") || items[0] || list.current)?.focus();
    /** @param {any} event */
    const away = (event) => { if (!event.target.closest(".transfer")) close(false); };
    addEventListener("pointerdown", away);
    return () => removeEventListener("pointerdown", away);
  }, []);
  /** @param {KeyboardEvent} event */
  const keys = (event) => {
    const typing = event.target === why.current;
    const letter = event.key.length === 1 && !event.altKey && !event.ctrlKey && !event.metaKey && event.key !== " ";
    if (letter && !typing) why.current?.focus(); // the letter goes into it
    const first = firstFree(rows);
    if (typing && event.key === "Enter") { event.preventDefault(); if (first) giveNow(first); return; }
    const move = typing && event.key !== "ArrowDown" && event.key !== "ArrowUp" ? undefined : MOVES[event.key];
    if (event.key === "Escape") { event.stopPropagation(); close(); } else if (event.key === "Tab") close(false);
    if (!move) return;
    event.preventDefault();
    const items = buttonsOf(list.current);
    const at = items.findIndex((item) => item === document.activeElement);
    const to = move === "first" ? 0 : move === "last" ? -1 : (at + Number(move)) % items.length;
    items.at(to)?.focus();
  };
  return html`<div class="sheet" ref=${list} onKeyDown=${keys} tabindex="-1">
    <div class="why"><input ref=${why} maxlength="120" autocomplete="off" aria-label="Alasan pengalihan"
      placeholder="Alasan, mis. butuh bahasa Jawa" /></div>
    <div role="menu" aria-label="Alihkan ke">${rows.map((row) => html`<${Colleague} key=${row.operator} row=${row}
      give=${giveNow} />`)}</div>
    ${!rows.length && html`<p class="small muted">Tidak ada operator lain.</p>`}
  </div>`;
}

/** @param {{ row: Presence, give: (row: Presence) => void }} props */
function Colleague({ row, give }) {
  const why = rank(row) === ORDER.length ? CANNOT[row.live] || LIVE[row.live] || row.live : null;
  return html`<button type="button" role="menuitem" tabindex="-1" aria-disabled=${why ? "true" : "false"}
    onClick=${() => why || give(row)}>
    <span>${row.display}</span>${why ? html`<small>${why}</small>`
      : html`<span class=${`chip ${liveTone(row.live)}`}>${LIVE[row.live]}</span>`}
  </button>`;
}

/** @param {(event: KeyboardEvent) => void} handle */
function useKey(handle) {
  useLayoutEffect(() => { // with the button, not a frame later: a key pressed in between would be lost
    addEventListener("keydown", handle);
    return () => removeEventListener("keydown", handle);
  });
}

/**
 * Done, this control goes with the talk; else there is a refusal, or nobody answers.
 * @param {Presence | null} asked
 * @param {(asked: Presence | null) => void} setAsked
 */
function useAnswer(asked, setAsked) {
  useEffect(() => {
    if (!asked) return;
    /** @param {any} event */
    const refused = (event) => { if (event.detail === "request.transfer") setAsked(null); };
    const timer = setTimeout(() => {
      setAsked(null);
      sayError({ message: "Proses panggilan tidak menjawab: panggilan belum dialihkan. Coba lagi." });
    }, ANSWER_MS);
    addEventListener("refused", refused);
    return () => { clearTimeout(timer); removeEventListener("refused", refused); };
  }, [asked]);
}
