// @ts-check
// Reports of one incident: open tickets that may be the same, one key to merge, and the way back.
import { html, useEffect, useLayoutEffect, useRef, useState } from "../../vendor/preact-htm.js";
import { get, post } from "../shared/api.js";
import { shortName } from "../shared/opds.js";
import { now, useSecond } from "../shared/time.js";
import { say, sayError } from "../shared/toast.js";

const AGAIN_MS = 10000;
/** @param {Moment} at */
const ago = (at) => {
  const minutes = Math.max(0, Math.floor((now() - Date.parse(at)) / 60000));
  return minutes ? `${minutes} menit lalu` : "baru saja";
};

/**
 * [rows, look]: what may be the same incident as what is typed so far; `look()` asks at once and returns the rows.
 * @param {Ticket} ticket
 * @param {Record<string, string>} options
 */
export function useSimilar(ticket, { category, kecamatan, desa }) {
  const [rows, setRows] = useState(/** @type {SimilarReport[]} */ ([]));
  // while nothing is chosen the server names the incident around which a crowd calls, if there is one
  const wanted = Boolean(category) === Boolean(kecamatan) && !ticket.master;
  const turn = useRef(0);
  /** @returns {Promise<SimilarReport[]>} */
  const look = async () => {
    const mine = ++turn.current;
    const query = new URLSearchParams({ category, kecamatan, desa: desa || "" });
    const similar = wanted ? (await get(`/api/tickets/${ticket.number}/similar?${query}`)).rows : [];
    if (mine === turn.current) setRows(similar);
    return similar;
  };
  useEffect(() => {
    const quietly = () => look().catch(() => {}); // then nothing is proposed
    quietly();
    const timer = setInterval(quietly, AGAIN_MS);
    return () => { clearInterval(timer); turn.current += 1; };
  }, [ticket.number, category, kecamatan, desa, wanted]);
  return /** @type {const} */ ([rows, look]);
}

/**
 * Alt+G merges into the first of them. `known`: category and place are typed here already, and need not be repeated.
 * @param {{
 *   rows: SimilarReport[], reference: Reference, merge: (number: string) => void, busy: boolean, known?: boolean
 * }} props
 */
export function Similar({ rows, reference, merge, busy, known = true }) {
  useSecond();
  useLayoutEffect(() => {
    /** @param {KeyboardEvent} event */
    const press = (event) => {
      if (!event.altKey || event.ctrlKey || event.metaKey || event.code !== "KeyG" || !rows.length) return;
      event.preventDefault();
      if (!event.repeat) merge(rows[0].number);
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });
  if (!rows.length) return null;
  const [first, ...others] = rows;
  const name = !known && [reference.categories.find(({ code }) => code === first.category)?.name, first.kecamatan]
    .filter(Boolean).join(" ");
  const summary = [name, first.address, first.desa, first.description].filter(Boolean).join(" · ");
  return html`<div class="similar" role="status" aria-label="Mungkin kejadian yang sama"
    data-state=${first.number}><div class="same">
    <div class="main"><strong>${lately(first, reference)}</strong>
      <div class="small"><a href=${`/tiket/${first.number}`} target="_blank" rel="noopener" tabindex="-1">
        ${first.number}</a> · ${summary || "tanpa uraian"}${first.merged ? ` · ${first.merged + 1} penelepon`
        : ""}</div></div>
    ${others.map((row) => html`<button type="button" key=${row.number} class="button slim quiet" disabled=${busy}
      title=${`${lately(row, reference)} ${row.description || ""}`}
      onClick=${() => merge(row.number)}>atau ${row.number}</button>`)}
    <button type="button" class="button" disabled=${busy} aria-keyshortcuts="Alt+G"
      onClick=${() => merge(first.number)}>Gabungkan <kbd>Alt+G</kbd></button>
  </div></div>`;
}

/**
 * @param {SimilarReport} row
 * @param {Reference} reference
 */
const lately = (row, reference) => {
  if (!row.sent.length) return `Laporan serupa ${ago(row.created_at)}, belum dikirim`;
  const names = [...new Set(row.sent.map((assignment) => shortName(reference, assignment.opd)))].join(", ");
  return `Sudah dikirim ke ${names} ${ago(row.sent[0].dispatched_at)}`;
};

/**
 * The line of a merged ticket in place of its agencies.
 * @param {{ ticket: { number: string, master: string | null }, done?: () => void }} props
 */
export function Merged({ ticket, done = () => {} }) {
  const [busy, setBusy] = useState(false);
  if (!ticket.master) return null;
  const split = async () => {
    setBusy(true);
    try {
      const { dispatched } = await post(`/api/tickets/${ticket.number}/split`);
      say(`${ticket.number} dipisahkan${dispatched.length ? " dan dikirim lagi ke OPD" : ""}.`);
      done();
    } catch (error) { sayError(error); }
    setBusy(false);
  };
  return html`<div class="similar merged" role="status">
    <div class="same"><div class="main"><strong>Digabung ke <a href=${`/tiket/${ticket.master}`} target="_blank"
      rel="noopener">${ticket.master}</a></strong>
    <div class="small">OPD didorong untuk tiket itu saja; uraian dari sini tetap sampai kepada mereka.</div></div>
    <button type="button" class="button" disabled=${busy} onClick=${split}>Pisahkan</button></div></div>`;
}
