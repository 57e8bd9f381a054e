// @ts-check
// Times are shown in the site's zone whatever the browser's is, and counted by the server's clock.
import { html, useEffect, useState } from "../../vendor/preact-htm.js";

const { zone, zoneName } = document.body.dataset;
let ahead = 0; // server minus browser, milliseconds

/** @param {Moment} iso */
export function hearServer(iso) {
  const difference = Date.parse(iso) - Date.now();
  if (Number.isFinite(difference)) ahead = difference;
}

export const now = () => Date.now() + ahead;

/** @param {Intl.DateTimeFormatOptions} options */
const format = (options) => new Intl.DateTimeFormat("id-ID", { timeZone: zone, hour12: false, ...options });
const CLOCK = format({ hour: "2-digit", minute: "2-digit" });
const DATED = format({ day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });
const EXACT = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DAY = format({ day: "numeric", month: "short" });
const YMD = new Intl.DateTimeFormat("en-CA", { timeZone: zone });

/** @param {Moment} iso */
export const clock = (iso) => CLOCK.format(Date.parse(iso));
/** @param {Moment} iso */
export const exact = (iso) => EXACT.format(Date.parse(iso));

/**
 * «10.22», with the day where it is another one.
 * @param {Moment} iso
 */
export function moment(iso) {
  const at = Date.parse(iso);
  return YMD.format(at) === YMD.format(now()) ? CLOCK.format(at) : `${DAY.format(at)} ${CLOCK.format(at)}`;
}

/**
 * «29 Nov 2026, 10.22»: of any year.
 * @param {Moment} iso
 */
export const dated = (iso) => DATED.format(Date.parse(iso));

/**
 * «0.07», «12.05», «1 j 02 m», «3 hari»
 * @param {number} seconds
 */
export function span(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  /** @param {number} value */
  const two = (value) => String(value).padStart(2, "0");
  if (s < 3600) return `${Math.floor(s / 60)}:${two(s % 60)}`;
  if (s < 86400) return `${Math.floor(s / 3600)} j ${two(Math.floor(s / 60) % 60)} m`;
  return `${Math.floor(s / 86400)} hari`;
}

/** @type {Set<() => void>} */
const listeners = new Set();
setInterval(() => listeners.forEach((tell) => tell()), 1000);

// Renders again every second.
export function useSecond() {
  const [, tick] = useState(0);
  useEffect(() => {
    const tell = () => tick((count) => count + 1);
    listeners.add(tell);
    return () => listeners.delete(tell);
  }, []);
}

/** @param {{ at: Moment | null | undefined }} props */
export function Since({ at }) {
  useSecond();
  return html`<span class="time">${at ? span((now() - Date.parse(at)) / 1000) : "–"}</span>`;
}

export function Clock() {
  useSecond();
  return html`<span class="clock num">${EXACT.format(now())} ${zoneName}</span>`;
}
