// @ts-check
// Places by what is typed or pasted: the server's proposals as choices, and the fields of the form that a choice fills.
import { useRef, useState } from "../../vendor/preact-htm.js";
import { post } from "../shared/api.js";

/** @typedef {import("../shared/combobox.js").Choice} Choice */
/** @typedef {import("../shared/combobox.js").Extra} Extra */
/**
 * @typedef {{
 *   name: string, kind: string, desa: string | null, kecamatan: string, score: number, sure: boolean, whole: boolean,
 *   lat?: number | null
 * }} Named
 */
/**
 * @typedef {{
 *   lat: number, lon: number, source: string, inside: boolean | null, note?: string,
 *   near?: { desa: string, kecamatan: string, distance_m: number }
 * }} Point
 */
/** @typedef {{ places: Named[], point: Point | null, refused: string | null }} Answer */
/** @typedef {Choice & { place: Named, beside: string | null, point?: boolean }} PlaceChoice */

const SHORTEST = 3;
const PAUSE_MS = 120; // between the last key and the question
const LONGEST_ADDRESS = 500;
/** @type {Extra} */
const NOTHING = { typed: "", choices: [] };

/**
 * The proposals as choices; `beside` goes into the address (null: the typed words, where they are more than the name).
 * @param {Answer} answer
 * @returns {PlaceChoice[]}
 */
export function choicesOf({ places, point }) {
  if (point) return point.near && point.inside !== false ? [ofPoint(point, point.near)] : [];
  return places.map((place) => ({
    value: `?${place.kecamatan}/${place.desa || ""}/${place.name}`, label: place.name, sure: place.sure, place,
    note: place.kind === "kecamatan" ? "seluruh kecamatan"
      : place.kind === "desa" ? place.kecamatan : [place.desa, place.kecamatan].filter(Boolean).join(", "),
    beside: place.kind === "desa" || place.kind === "kecamatan" || !place.whole ? null : place.name,
  }));
}

/**
 * What a choice says of the position beside the fields; null where the desa alone says it.
 * @param {PlaceChoice} choice
 * @param {string} typed
 */
export function positionOf({ place, point }, typed) {
  if (point) return { text: typed.trim() };
  const known = place.kind !== "desa" && place.kind !== "kecamatan" && place.desa && typeof place.lat === "number";
  return known ? { kecamatan: place.kecamatan, desa: place.desa || "", name: place.name } : null;
}

/**
 * @param {Point} point
 * @param {{ desa: string, kecamatan: string, distance_m: number }} near
 * @returns {PlaceChoice}
 */
function ofPoint(point, near) {
  const away = near.distance_m < 1000 ? `${near.distance_m} m` : `${(near.distance_m / 1000).toFixed(1)} km`;
  const place = { ...near, name: near.desa, kind: "desa", score: 0, sure: false, whole: true };
  return {
    value: `?${near.kecamatan}/${near.desa}/@`, label: near.desa, sure: false, place,
    note: `${near.kecamatan}, ${away.replace(".", ",")} dari titik`,
    beside: "", point: true, // the point is a position of the ticket, and no words for the telephone
  };
}

/**
 * A sentence about what was pasted: no point in a link, a point outside, a doubt; empty where there is none.
 * @param {Answer} answer
 */
export function hintOf({ point, refused }) {
  const outside = point && point.inside === false ? `Titik ${point.lat}, ${point.lon} di luar wilayah` : "";
  const text = refused || [outside, point?.note].filter(Boolean).join("; ");
  return text && `${text}.`;
}

/**
 * What a choice writes into the form; the caller's own words are never lost.
 * @param {PlaceChoice} choice
 * @param {string} typed
 * @param {string} address
 */
export function fieldsOf({ place, beside }, typed, address) {
  const words = beside ?? (place.whole ? "" : typed.trim());
  return { kecamatan: place.kecamatan, desa: place.desa || "", address: withWords(address, words) };
}

/**
 * The address with further words before it, once.
 * @param {string} address
 * @param {string} words
 */
export function withWords(address, words) {
  if (!words || address.includes(words)) return address;
  return (address ? `${words}; ${address}` : words).slice(0, LONGEST_ADDRESS);
}

/**
 * Asks the server while somebody types, and for words that were left.
 * @param {string} kecamatan
 */
export function usePlaces(kecamatan) {
  const [extra, setExtra] = useState(NOTHING);
  const [hint, setHint] = useState("");
  const wanted = useRef("");
  const timer = useRef(0);

  /**
   * @param {string} words
   * @returns {Promise<PlaceChoice[]>}
   */
  const ask = async (words) => {
    try {
      const answer = /** @type {Answer} */ (await post("/api/places", { text: words, kecamatan: kecamatan || null }));
      const choices = choicesOf(answer);
      if (wanted.current === words) {
        setExtra({ typed: words, choices });
        setHint(hintOf(answer));
      }
      return choices;
    } catch {
      return []; // the words stay as they are: a place is never a reason to stop
    }
  };
  /** @param {string} typed */
  const type = (typed) => {
    wanted.current = typed.trim();
    clearTimeout(timer.current);
    if (wanted.current.length < SHORTEST) {
      setExtra(NOTHING);
      setHint("");
    } else timer.current = window.setTimeout(ask, PAUSE_MS, wanted.current);
  };
  return { extra, hint, type, ask };
}
