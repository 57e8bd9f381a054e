// @ts-check
// Drafts of tickets that this browser keeps: whose they are, how long they live, and what becomes of them at logging
// out.
import { send } from "./api.js";
import { keep, recall } from "./keep.js";
import { PREFIX, numbers } from "./leftovers.js";
import { sayError } from "./toast.js";

/** @typedef {{ value: string, base: string }} KeptField */
/**
 * @typedef {{
 *   user: string, at: number, erasures: number, draft: string, turn: number, fields: Record<string, KeptField>
 * }} KeptDraft
 */
/**
 * @typedef {{
 *   unsaved: () => object, save: () => Promise<void>, forget: () => void, flush: () => Promise<void>,
 *   touched: () => boolean
 * }} OpenDraft
 */

const LONGEST_MS = 24 * 3600 * 1000; // longer than any shift
const SWEEP_MS = 60000;
const FLUSH_MS = 3000;
const TOGETHER = 200;

/** Drafts of the forms of this page, by ticket. @type {Map<string, OpenDraft>} */
export const open = new Map();

export const me = () => document.body.dataset.user || "";

/**
 * The draft that was kept of a ticket; none that is too old, or that an earlier release has kept, which knew no user.
 * @param {string} number
 * @returns {KeptDraft | null}
 */
export function kept(number) {
  let draft;
  try { draft = JSON.parse(recall(PREFIX + number) || "null"); } catch { draft = null; }
  const whole = draft && typeof draft.user === "string" && typeof draft.fields === "object" && draft.fields
    && Number.isFinite(draft.erasures) && Number.isFinite(draft.at);
  return whole && Date.now() - draft.at < LONGEST_MS ? draft : null;
}

/**
 * @param {string} number
 * @param {KeptDraft | null} draft
 */
export const keepDraft = (number, draft) => keep(PREFIX + number, draft && JSON.stringify(draft));

/** Drop drafts that are no more to be saved: too old, or of tickets that have ended, or were erased. */
export async function sweep() {
  /** @type {Record<string, number>} */
  const asked = {};
  for (const number of numbers()) {
    const draft = kept(number);
    if (draft) asked[number] = draft.erasures; else keepDraft(number, null);
  }
  const drafts = Object.fromEntries(Object.entries(asked).slice(0, TOGETHER));
  if (!Object.keys(drafts).length) return;
  try {
    const { over } = await send("POST", "/api/drafts", { drafts });
    for (const number of over) keepDraft(number, null);
  } catch { /* asked again in a minute */ }
}

/** Sweep now and once a minute. */
export function startSweeping() {
  sweep();
  setInterval(sweep, SWEEP_MS);
}

let warned = false;

/**
 * Log out: what is unsaved is saved first, then this user's drafts go. Where the server cannot be reached, the
 * second press throws them away.
 * @param {HTMLFormElement} form that logs out
 */
export async function logOut(form) {
  await Promise.race([Promise.all([...open.values()].map((draft) => draft.save())),
    new Promise((done) => { setTimeout(done, FLUSH_MS); })]);
  const unsaved = [...open].filter(([, draft]) => Object.keys(draft.unsaved()).length);
  if (unsaved.length && !warned) {
    warned = true;
    const tickets = unsaved.map(([number]) => number).join(", ");
    return sayError({ message: `Ketikan di ${tickets} belum tersimpan. Tekan Keluar sekali lagi untuk membuangnya.` });
  }
  for (const draft of open.values()) draft.forget();
  for (const number of numbers()) if ((kept(number)?.user ?? me()) === me()) keepDraft(number, null);
  form.submit();
}
