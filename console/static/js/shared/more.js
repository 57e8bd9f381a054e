// The parts of a list that a snapshot has no room for: counted, and fetched when somebody asks for them.
import { html, useEffect, useRef, useState } from "../../vendor/preact-htm.js";
import { get } from "./api.js";
import { sayError } from "./toast.js";

const PACE_MS = 1000; // further parts are read anew with the snapshots, but not oftener

// `rows` are those of the snapshot, `next` where the next part begins (nothing: there is none), `path(next)` its address,
// `key(row)` tells rows apart. Gives all rows that are to be shown, and what <More> needs.
export function useMore(rows, next, path, key) {
  const [wanted, setWanted] = useState(0); // parts
  const [more, setMore] = useState({ rows: [], next: null });
  const last = useRef({ at: 0, wanted: 0 });
  useEffect(() => {
    if (!wanted || !begins(next)) return undefined;
    const wait = last.current.wanted === wanted ? Math.max(0, last.current.at + PACE_MS - Date.now()) : 0;
    const timer = setTimeout(() => {
      last.current = { at: Date.now(), wanted };
      load(wanted, next, path).then(setMore, sayError);
    }, wait);
    return () => clearTimeout(timer);
  }, [rows, wanted, next]);
  if (!wanted || !begins(next)) return [rows, { left: begins(next), ask: () => setWanted(1) }];
  const known = new Set(rows.map(key));
  const all = [...rows, ...more.rows.filter((row) => !known.has(key(row)))];
  return [all, { left: begins(more.next), ask: () => setWanted(wanted + 1) }];
}

const begins = (next) => next !== null && next !== undefined;

async function load(wanted, next, path) {
  const rows = [];
  let at = next;
  for (let part = 0; part < wanted && begins(at); part += 1) {
    const found = await get(path(at));
    rows.push(...found.rows);
    at = found.next;
  }
  return { rows, next: at };
}

// «… dan n lainnya», as a button where there is more to fetch.
export function More({ more, count, shown }) {
  const left = count === undefined ? "" : `${Math.max(0, count - shown)} `;
  return more.left && html`<p class="none"><button type="button" class="button slim quiet" onClick=${more.ask}>… dan ${left}lainnya</button></p>`;
}
