// @ts-check
// The list of complaints: filters with their counts, the parts that the snapshot has no room for, the search.
import { html, useEffect, useState } from "../../vendor/preact-htm.js";
import { get } from "../shared/api.js";
import { useMore } from "../shared/more.js";
import { shortName } from "../shared/opds.js";
import { moment } from "../shared/time.js";
import { sayError } from "../shared/toast.js";
import { COMPLAINTS, awaited, complaintTone, grouped, term } from "../shared/tracking.js";
import { place } from "../shared/words.js";

// [filter, label, key]
export const FILTERS = [["", "Semua", "1"], ["masuk", "Masuk", "2"], ["late", "Terlambat", "3"],
  ["diteruskan", "Diteruskan", "4"], ["dijawab", "Dijawab", "5"], ["darurat", "Darurat", "6"],
  ["dead", "Tidak terkirim", "7"], ["ended", "Berakhir", "8"]];
/** @type {Record<string, (row: Complaint) => unknown>} */
const IS = { "": () => true, late: (row) => row.clock?.late, dead: (row) => row.dead_at };
/**
 * @param {Complaint} row
 * @param {string} filter
 */
export const fits = (row, filter) => (IS[filter] || ((complaint) => complaint.state === filter))(row);

/**
 * The number of complaints behind a filter, of all that have not ended.
 * @param {WadulSnapshot} data
 * @param {string} filter
 */
export function countOf(data, filter) {
  /** @type {Record<string, number>} */
  const known = { "": data.count, late: data.late_count, dead: data.bridge?.dead || 0 };
  return known[filter] ?? (data.counts[filter] || 0);
}

/**
 * The complaints behind a filter: those of the snapshot, and the rest in parts. The parts of one filter begin anew,
 * since the snapshot has the first of all complaints, not of each state.
 * @param {WadulSnapshot} data
 * @param {string} filter
 */
export function useBox(data, filter) {
  const shown = data.rows.filter((row) => fits(row, filter));
  const next = countOf(data, filter) > shown.length ? (filter ? 0 : data.next) : null;
  const [rows, more] = useMore(data.rows, filter === "ended" ? null : next,
    (offset) => `/api/wadul/open?${new URLSearchParams({ state: filter, offset: String(offset) })}`,
    (row) => row.ticket, filter);
  return /** @type {const} */ ([rows.filter((row) => fits(row, filter)), more]);
}

/**
 * The complaints that a search gives (null: nothing is searched for), and how to search anew.
 * @param {string} query
 */
export function useSearch(query) {
  const [hits, setHits] = useState(/** @type {Complaint[] | null} */ (null));
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (!query.trim()) return setHits(null);
    let late = false;
    const timer = setTimeout(() => get(`/api/wadul?${new URLSearchParams({ q: query.trim() })}`)
      .then((answer) => late || setHits(answer.rows), sayError), 200);
    return () => { late = true; clearTimeout(timer); };
  }, [query, turn]);
  return /** @type {const} */ ([hits, () => setTurn((count) => count + 1)]);
}

/**
 * @param {Complaint} row
 * @param {Reference} reference
 */
export const titled = (row, reference) => reference.categories.find(({ code }) => code === row.category)?.name
  || "Tanpa kategori";

/** @param {{ row: Complaint, reference: Reference, chosen: boolean, choose: () => void }} props */
export function Line({ row, reference, chosen, choose }) {
  const opds = row.assignments.filter((assignment) => !assignment.ended_at || assignment.state === "selesai");
  return html`<li class=${row.clock?.late ? "late" : ""} aria-current=${chosen ? "true" : null}>
    <button type="button" class="whole" onClick=${choose}>
    <span class="main"><span><strong>${titled(row,
      reference)}</strong> <span class="num muted">${grouped(row.tracking)}</span></span>
      <span class="small muted place">${place(row) || row.description || "tempat belum diketahui"}</span>
      <span class="chips"><span class=${`chip ${complaintTone(row.state)}`}>${COMPLAINTS[row.state]}</span>
        ${opds.map((assignment) => html`<span class="chip">${shortName(reference, assignment.opd)}</span>`)}
        ${row.source === "sosial" && html`<span class="chip info">media sosial</span>`}
        ${row.dead_at && html`<span class="chip soft-act">tidak terkirim</span>`}</span></span>
    <span class="age">${row.clock ? html`<strong class=${row.clock.late ? "bad" : ""}>${term(row.clock)}</strong>
      <span class="small muted">untuk ${awaited(row.clock)}</span>`
      : html`<span class="small muted">${moment(row.ended_at || row.moved_at)}</span>`}</span></button></li>`;
}
