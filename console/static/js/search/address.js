// @ts-check
// A search as it stands in the address bar: what limits it in the query, and the text behind the #, which no server and
// no log on the way gets to see: it may be somebody's number or name.

export const FILTERS = ["state", "category", "kecamatan", "agency", "operator", "outcome", "from", "to"];

/** @typedef {{ text: string, before: string } & Record<string, string>} Query */

/**
 * @param {string} address
 * @returns {Query}
 */
export function readAddress(address) {
  const { searchParams, hash } = new URL(address, "https://konsol");
  const limits = Object.fromEntries(FILTERS.map((name) => [name, searchParams.get(name) || ""]));
  let text = hash.slice(1);
  try { text = decodeURIComponent(text); } catch { /* typed by hand: as it stands */ }
  return { ...limits, text, before: searchParams.get("before") || "" };
}

/** @param {Query} query */
export function addressOf(query) {
  const set = [...FILTERS, "before"].filter((name) => query[name]).map((name) => [name, query[name]]);
  const limits = new URLSearchParams(set).toString();
  return `/cari${limits && `?${limits}`}${query.text.trim() && `#${encodeURIComponent(query.text.trim())}`}`;
}

/** @param {Query} query */
export const isEmpty = (query) => !query.text.trim() && FILTERS.every((name) => !query[name]);

/** The body of the request. @param {Query} query */
export const asked = (query) => Object.fromEntries(Object.entries(query).filter(([, value]) => value.trim()));
