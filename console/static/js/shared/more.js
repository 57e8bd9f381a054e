// @ts-check
// The parts of a list that a snapshot has no room for: counted, and fetched when somebody asks for them.
import { html, useEffect, useRef, useState } from "../../vendor/preact-htm.js";
import { get } from "./api.js";
import { sayError } from "./toast.js";

const PACE_MS = 1000; // further parts are read anew with the snapshots, but not oftener

/** @typedef {number | string} Cursor The place in a list where its next part begins; null: there is no next part. */
/**
 * The state of the button below a list: it is there while there is more (`left`) and rests while a part is fetched.
 * @typedef {{ left: boolean, busy?: boolean, ask: () => void }} Further
 */
/**
 * The parts that were fetched of one list, and where the part after them begins.
 * @template Row
 * @typedef {{ list: string, parts: number, rows: Row[], next: Cursor | null }} Fetched
 */

/**
 * Gives all rows of a list that are to be shown, and the state for <More>: the rows of the snapshot, then the parts
 * that somebody asked for. `next` is the cursor behind the snapshot's rows, `path` the address of the part at a cursor,
 * `key` tells rows apart. `list` names the list: under another name the parts of the former are dropped.
 * @template Row
 * @param {Row[]} rows
 * @param {Cursor | null | undefined} next
 * @param {(next: Cursor) => string} path
 * @param {(row: Row) => Cursor} key
 * @param {string} [list]
 * @returns {[Row[], Further]}
 */
export function useMore(rows, next, path, key, list = "") {
  const [asked, setAsked] = useState({ list, parts: 0 });
  const [fetched, setFetched] = useState(/** @type {Fetched<Row>} */ ({ list, parts: 0, rows: [], next: null }));
  const last = useRef({ list, parts: 0, at: 0, turn: 0 });
  const parts = asked.list === list && begins(next) ? asked.parts : 0;
  const known = fetched.list === list ? fetched : { parts: 0, rows: [], next: null };
  const shown = useRef(0); // parts, as last drawn: an earlier request may have brought them meanwhile
  shown.current = known.parts;
  useEffect(() => {
    if (!parts || !begins(next)) return undefined;
    const again = last.current.list === list && last.current.parts === parts;
    const wait = again ? Math.max(0, last.current.at + PACE_MS - Date.now()) : 0;
    const timer = setTimeout(async () => {
      const turn = last.current.turn + 1;
      last.current = { list, parts, at: Date.now(), turn };
      const isLast = () => last.current.turn === turn; // an answer that was overtaken counts for nothing
      try {
        const read = await readParts(parts, next, path);
        if (isLast()) setFetched({ list, parts, ...read });
      } catch (error) {
        if (!isLast() || shown.current >= parts) return; // the rows that are shown stay; the next snapshot asks again
        setAsked({ list, parts: shown.current });
        sayError(error);
      }
    }, wait);
    return () => clearTimeout(timer);
  }, [rows, parts, next, list]);
  const ask = () => setAsked({ list, parts: parts + 1 });
  if (!parts) return [rows, { left: begins(next), ask }];
  const busy = known.parts < parts;
  return [joined(rows, known.rows, key), { left: busy || begins(known.next), busy, ask }];
}

/**
 * Tells if there is a part at this cursor; 0 is one.
 * @param {Cursor | null | undefined} next
 * @returns {next is Cursor}
 */
const begins = (next) => next !== null && next !== undefined;

/**
 * The rows of the snapshot, which are newer, and those further rows that it has not.
 * @template Row
 * @param {Row[]} rows
 * @param {Row[]} further
 * @param {(row: Row) => Cursor} key
 */
export function joined(rows, further, key) {
  const known = new Set(rows.map(key));
  return [...rows, ...further.filter((row) => !known.has(key(row)))];
}

/**
 * Reads so many parts, one after the other, each at the cursor that the part before it gave.
 * @param {number} parts
 * @param {Cursor} next
 * @param {(next: Cursor) => string} path
 * @returns {Promise<{ rows: any[], next: Cursor | null }>}
 */
export async function readParts(parts, next, path) {
  const rows = [];
  /** @type {Cursor | null} */
  let at = next;
  for (let part = 0; part < parts && begins(at); part += 1) {
    const answer = await get(path(at));
    rows.push(...answer.rows);
    at = answer.next;
  }
  return { rows, next: at };
}

/**
 * «… dan n lainnya», a button where there is more to fetch; `count` rows there are, `shown` of them stand above it.
 * `label` takes the place of the number where a line is not a row.
 * @param {{ more: Further, count?: number, shown?: number, label?: string }} props
 */
export function More({ more, count = 0, shown = 0, label = "" }) {
  if (!more.left) return null;
  const left = count > shown ? `${count - shown} ` : "";
  const press = () => { if (!more.busy) more.ask(); };
  // not `disabled`, which would take the focus from whoever goes on by keyboard
  return html`<p class="none further"><button type="button" class="button slim quiet"
    aria-busy=${more.busy ? "true" : null} onClick=${press}>
    ${more.busy ? "Memuat…" : label || `… dan ${left}lainnya`}</button></p>`;
}
