// @ts-check
// Runs before the page's own script: drafts of users who have no session in this browser go. Their sessions may have
// been ended from elsewhere, and nobody pressed «Keluar» here.
import { keep, recall } from "./keep.js";

export const PREFIX = "draft:";

/** The tickets of which this browser keeps something. @returns {string[]} */
export function numbers() {
  try { return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length));
  } catch { return []; }
}

/** @param {string} number */
function typist(number) {
  try { return JSON.parse(recall(PREFIX + number) || "null")?.user; } catch { return undefined; }
}

const { holder } = document.documentElement.dataset;
if (holder !== undefined) {
  for (const number of numbers()) if (!holder || typist(number) !== holder) keep(PREFIX + number, null);
}
