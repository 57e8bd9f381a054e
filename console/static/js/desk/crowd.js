// @ts-check
// The callers of one incident as a plan: who is chosen at first, and what will be done to whom. Nothing here draws.

/** @type {Record<string, { will: string, did: string }>} */
export const ACTS = {
  link: { will: "digabung", did: "digabung" },
  judge: { will: "dinilai asli", did: "dinilai asli" },
  called: { will: "tidak ditelepon balik", did: "telepon balik selesai" },
};

/**
 * The tickets that are chosen when the plan opens: all for whom there is something to do, but those in doubt.
 * @param {IncidentCaller[]} callers
 */
export const chosenAtFirst = (callers) => callers.filter((row) => row.does.length && !row.doubtful)
  .map((row) => row.ticket);

/**
 * What will be done to one caller. A link brings its verdict with it, so that one cannot be had without the other.
 * @param {IncidentCaller} row
 * @param {string[]} acts those that are wanted
 */
export const doing = (row, acts) => row.does.filter((act) => acts.includes(act));

/**
 * «38 digabung», «38 tidak ditelepon balik»: how many of the chosen callers each act is for.
 * @param {IncidentCaller[]} callers
 * @param {Set<string>} chosen
 * @param {string[]} acts
 */
export const effects = (callers, chosen, acts) => Object.keys(ACTS).map((act) => ({
  act, count: callers.filter((row) => chosen.has(row.ticket) && doing(row, acts).includes(act)).length,
})).filter(({ count }) => count);

/**
 * The tickets for which something will be done.
 * @param {IncidentCaller[]} callers
 * @param {Set<string>} chosen
 * @param {string[]} acts
 */
export const concerned = (callers, chosen, acts) => callers
  .filter((row) => chosen.has(row.ticket) && doing(row, acts).length).map((row) => row.ticket);

/**
 * The number of callers whose tickets will be linked, and so end with the incident.
 * @param {IncidentCaller[]} callers
 * @param {string[]} tickets those that are chosen
 * @param {string[]} acts
 */
export const joining = (callers, tickets, acts) => callers
  .filter((row) => tickets.includes(row.ticket) && doing(row, acts).includes("link")).length;

/**
 * The answer in a sentence: «38 digabung, 38 dinilai asli, 37 telepon balik selesai.»
 * @param {{ did: string[] }[]} rows
 */
export const told = (rows) => {
  const parts = Object.keys(ACTS).map((act) => /** @type {const} */ ([act,
    rows.filter((row) => row.did.includes(act)).length])).filter(([, count]) => count);
  if (!parts.length) return "Tidak ada yang berubah.";
  return `${parts.map(([act, count]) => `${count} ${ACTS[act].did}`).join(", ")}.`;
};

/**
 * The incident that a key opens: that of the ticket in the form, or the one with the most to do.
 * @param {Incident[]} incidents
 * @param {{ number: string, master: string | null } | null} ticket
 */
export const meant = (incidents, ticket) => incidents.find((row) => ticket
  && (row.number === ticket.number || row.number === ticket.master)) || incidents.find((row) => row.callbacks) || null;

const FEW = 3; // so many callbacks of an incident or more are one row

/** @typedef {Callback | { incident: Incident, rows: Callback[] }} CallbackEntry */

/**
 * Callbacks of one incident as one entry, in the place of the first of them; the others as they are.
 * @param {Callback[]} rows
 * @param {Incident[]} incidents
 */
export function byIncident(rows, incidents) {
  const groups = incidents.map((incident) => ({ incident,
    rows: rows.filter((row) => row.incident === incident.number) })).filter((group) => group.rows.length >= FEW);
  /** @type {CallbackEntry[]} */
  const entries = [];
  for (const row of rows) {
    const group = groups.find(({ incident }) => incident.number === row.incident);
    if (!group) entries.push(row); else if (group.rows[0] === row) entries.push(group);
  }
  return entries;
}
