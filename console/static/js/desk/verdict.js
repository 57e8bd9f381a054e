// @ts-check
// The verdict on a call: four keys, one press, changeable; and the reputation of the number that calls.
import { html, useLayoutEffect } from "../../vendor/preact-htm.js";
import { moment } from "../shared/time.js";
import { KINDS, STATUSES, VERDICTS, sentence } from "../shared/words.js";

const CHOICES = [["genuine", "Asli", "KeyS", "S"], ["prank", "Prank", "KeyP", "P"],
  ["information", "Informasi", "KeyI", "I"], ["silent", "Hening", "KeyH", "H"]];
/** @type {Words} */
const WHAT = {
  genuine: "Penelepon sungguhan: tiket tetap terbuka", prank: "Prank: tutup tiket",
    information: "Hanya bertanya: tutup tiket",
  silent: "Tidak ada suara: tutup tiket",
};
/** @type {Words} */
const TONES = { genuine: "ok", prank: "soft-act", silent: "wait", information: "info" };

/**
 * `run(verdict)` gives it; `keys`: Alt+S, P, I, H work on this page.
 * @param {{ verdict: string | null, run: (verdict: string) => unknown, busy?: boolean, keys?: boolean }} props
 */
export function VerdictButtons({ verdict, run, busy = false, keys = false }) {
  useLayoutEffect(() => {
    if (!keys) return;
    /** @param {KeyboardEvent} event */
    const press = (event) => {
      const choice = event.altKey && !event.ctrlKey && !event.metaKey
        && CHOICES.find(([, , code]) => event.code === code);
      if (!choice) return;
      event.preventDefault();
      if (!event.repeat) run(choice[0]);
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });
  return html`<div class="verdicts" role="group" aria-label="Penilaian panggilan">
    ${keys && html`<span class="small muted keyhint" aria-hidden="true"><kbd>Alt</kbd> +</span>`}
    ${CHOICES.map(([word, label, , key]) => html`<button type="button" class=${`button quiet ${word}`} disabled=${busy}
      aria-pressed=${verdict === word ? "true" : "false"} title=${`${WHAT[word]}${keys ? ` (Alt+${key})` : ""}`}
      aria-keyshortcuts=${keys ? `Alt+${key}` : null} onClick=${() => run(word)}>${label}${keys
        && html` <kbd>${key}</kbd>`}</button>`)}
  </div>`;
}

/**
 * Chips of the pop: how often the number was judged what, why the call is doubted, and its earlier reports.
 * @param {{ call: Call, reputation: Record<string, any> | null, rows: EarlierReport[] }} props
 */
export function Known({ call, reputation, rows }) {
  const counts = ["genuine", "prank", "silent"].filter((word) => reputation?.[word] > 0);
  const doubt = /** @type {Words} */ ({ reputation: "diragukan", flood: "banjir panggilan" })[call.doubt || ""];
  return html`
    ${doubt && html`<span class="chip wait"
      title=${call.sampled ? "Panggilan contoh: dilayani tanpa tantangan. Nilailah panggilan ini."
        : "Ditanya dua angka sebelum masuk antrean"}>${doubt}${call.sampled ? " · contoh" : ""}</span>`}
    ${counts.map((word) => html`<span class=${`chip ${TONES[word]}`}>${VERDICTS[word]} ${reputation?.[word]}×</span>`)}
    ${!rows.length && !counts.length && html`<span class="chip">belum pernah menelepon</span>`}
    ${rows.map((row) => html`<a class="chip" href=${`/tiket/${row.number}`} target="_blank" rel="noopener"
      title=${summary(row)}>${moment(row.created_at)} ${earlier(row)}</a>`)}`;
}

/** @param {EarlierReport} row */
const summary = (row) =>
  `${row.number} · ${STATUSES[row.status] || row.status}${row.verdict ? ` · dinilai ${VERDICTS[row.verdict]}` : ""}`;

/** @param {EarlierReport} row */
const earlier = (row) => {
  if (row.verdict && row.verdict !== "genuine") return VERDICTS[row.verdict];
  const label = row.category || (row.kind === "unknown" && row.verdict ? "asli" : KINDS[row.kind] || "");
  return row.verdict ? `${label} ✓` : label;
};

/** @param {string} verdict */
export const judgedAs = (verdict) => sentence(`dinilai ${VERDICTS[verdict]}`);
