// @ts-check
// The end of an incident that needs no agency (any more): all tickets of its callers at once, after a look at how many.
import { html, useLayoutEffect, useRef, useState } from "../../vendor/preact-htm.js";

/**
 * «Tutup semua tiket…», Alt+T: how many tickets it will be, a reason, Enter. Not while an agency works on it.
 * @param {{ plan: IncidentPlan, joining: number, close: (reason: string) => void, busy: boolean }} props
 */
export function Ending({ plan, joining, close, busy }) {
  const [reason, setReason] = useState(/** @type {string | null} */ (null));
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const { incident } = plan;
  const may = !incident.opds.length && ["open", "dispatched"].includes(incident.status);
  useLayoutEffect(() => { if (reason === "") input.current?.focus(); }, [reason === null]);
  useLayoutEffect(() => {
    /** @param {KeyboardEvent} event */
    const press = (event) => {
      if (!may || !event.altKey || event.ctrlKey || event.metaKey || event.code !== "KeyT") return;
      event.preventDefault();
      if (!event.repeat) setReason((now) => now ?? "");
    };
    addEventListener("keydown", press, true); // the sheet keeps its keys from the page
    return () => removeEventListener("keydown", press, true);
  });
  if (!may) return null;
  if (reason === null) return html`<button type="button" class="button" aria-keyshortcuts="Alt+T"
    onClick=${() => setReason("")}>Tutup semua tiket… <kbd>Alt+T</kbd></button>`;
  const linked = plan.callers.filter((row) => row.linked).length;
  const count = 1 + linked + joining;
  const left = plan.callers.filter((row) => row.linked === null).length - joining;
  const go = () => {
    const text = input.current?.value.trim(); // the state may be a key behind
    if (text && !busy) close(text);
  };
  /** @param {KeyboardEvent} event */
  const keys = (event) => {
    if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); setReason(null); }
    if (event.key !== "Enter") return;
    event.preventDefault();
    event.stopPropagation(); // Ctrl+Enter would leave it open
    go();
  };
  return html`<div class="ending"><p><strong>${count} tiket ditutup tanpa OPD</strong>: laporan pertama${linked
    ? `, ${linked} sudah digabung` : ""}${joining ? `, ${joining} digabung sekarang` : ""}.${left
    ? ` ${left} penelepon yang tidak dipilih tetap ditelepon balik.` : ""}</p>
    <div class="row field"><input ref=${input} aria-label="Mengapa selesai tanpa OPD" maxlength="500" value=${reason}
      placeholder="Mengapa selesai tanpa OPD, mis. asap sampah" autocomplete="off" onKeyDown=${keys}
      onInput=${(/** @type {any} */ event) => setReason(event.target.value)} />
    <button type="button" class="button act" disabled=${busy || !reason.trim()} onClick=${go}>Tutup ${count} tiket
      <kbd>Enter</kbd></button>
    <button type="button" class="button quiet" onClick=${() => setReason(null)}>Jangan</button></div></div>`;
}
