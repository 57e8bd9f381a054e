// @ts-check
// The journal made shorter before it is told: edits with their old and new values, and failed pushes that repeat.
// Nothing is lost by it: «Setiap dorongan» shows the rows themselves.

const FEW = 3; // so many failures or more are one line
const ONE_EDIT_MS = 120000; // a form saves itself while somebody types: what follows within this time is one edit
const SHOWN = 90; // letters of an old or new value

/** @param {JournalRow} row */
const isPush = (row) => row.kind.startsWith("push.");

/**
 * Failed pushes of an agency, without anything in between but other pushes, each run of them once.
 * @param {JournalRow[]} rows oldest first
 * @returns {FailureRun[]}
 */
export function runsOf(rows) {
  /** @type {Map<string, JournalRow[]>} */
  const groups = new Map();
  let part = 0;
  for (const row of rows) {
    if (!isPush(row)) part += 1;
    if (row.kind !== "push.failed") continue;
    const key = `${part} ${row.data.opd}`;
    groups.set(key, [...(groups.get(key) || []), row]);
  }
  return [...groups.values()].filter((group) => group.length >= FEW).map(runOf);
}

/** @param {JournalRow[]} group */
function runOf(group) {
  const [first, last] = [group[0], group[group.length - 1]];
  /** @type {Map<string, { contact: string, channel: string, times: number }>} */
  const ways = new Map();
  for (const { data } of group) {
    const key = `${data.contact} ${data.channel}`;
    const known = ways.get(key) || { contact: data.contact, channel: data.channel, times: 0 };
    ways.set(key, { ...known, times: known.times + 1 });
  }
  return { first: first.seq, last: last.seq, opd: first.data.opd, times: group.length, since: first.at, until: last.at,
    ways: [...ways.values()].sort((a, b) => b.times - a.times) };
}

/**
 * Rows with each run of failures as one row. `known` are runs that the server has counted: also of rows that are not
 * loaded here.
 * @param {JournalRow[]} rows oldest first
 * @param {FailureRun[]} known
 * @returns {JournalRow[]}
 */
export function withoutRepeats(rows, known) {
  /** @param {FailureRun[]} runs */
  const left = (runs) => (/** @type {JournalRow} */ row) => row.kind !== "push.failed"
    || !runs.some((run) => run.opd === row.data.opd && run.first <= row.seq && row.seq <= run.last);
  const others = rows.filter(left(known));
  const more = runsOf(others);
  const runs = [...known, ...more].map((run) =>
    ({ seq: run.last, at: run.until, kind: "folded.failures", actor: "", data: run }));
  return [...others.filter(left(more)), ...runs].sort((a, b) => a.seq - b.seq);
}

/**
 * Rows with each edit as one row of its changes: old and new value of every field, as far as the rows tell the old one.
 * @param {JournalRow[]} rows oldest first
 * @returns {JournalRow[]}
 */
export function withValues(rows) {
  /** @type {Record<string, string | null>} */
  let values = {};
  /** @type {JournalRow[]} */
  const told = [];
  for (const row of rows) {
    if (row.kind !== "ticket.updated") { told.push(row); continue; }
    const last = told[told.length - 1];
    const goesOn = last?.kind === "folded.edit" && last.actor === row.actor
      && Date.parse(row.at) - Date.parse(last.at) <= ONE_EDIT_MS;
    const before = goesOn ? last.data.before : values;
    const after = { ...(goesOn ? last.data.after : {}), ...row.data };
    values = { ...values, ...row.data };
    const edit = { ...row, kind: "folded.edit", data: { before, after, changes: changes(before, after) } };
    if (goesOn) told[told.length - 1] = edit; else told.push(edit);
  }
  return told.filter((row) => row.kind !== "folded.edit" || row.data.changes.length);
}

/**
 * @param {Record<string, string | null>} before
 * @param {Record<string, string | null>} after
 */
const changes = (before, after) => Object.entries(after)
  .filter(([field, to]) => !(field in before) || before[field] !== to)
  .map(([field, to]) => ({ field, from: before[field] ?? null, to }));

/** @param {string} text */
export const short = (text) => (text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text);
