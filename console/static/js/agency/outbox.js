// @ts-check
// The actions of an agency on a bad line: each is kept in the browser first, sent in its order, and again until the
// server has answered. The key that goes with it makes it count once, however often it arrives.
import { send } from "../shared/api.js";
import { now } from "../shared/time.js";

const WAITS_MS = [2000, 4000, 8000, 15000, 30000];
const KEEPS_MS = 2000; // after so long the database is not waited for: an answer must reach 112 without it
const PATIENCE_MS = 4000; // after so long the hand is not kept waiting any more
const LATER = new Set([0, 408, 425, 429, 500, 502, 503, 504, 507]); // no word on the action itself
const user = () => document.body.dataset.user;

/** @type {QueuedAction[]} */
let held = []; // as in the database, oldest first
/** @type {Promise<IDBDatabase | null> | null} */
let base = null;
let sending = false;
let failures = 0;
let trouble = ""; // why 112, which was reached, has not kept the first of them
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
/** @type {Set<(held: QueuedAction[]) => void>} */
const listeners = new Set();
/** @type {Map<string, { done: (answer: any) => void, fail: (error: any) => void, left?: boolean }>} */
const waiters = new Map(); // key -> {done, fail}

export const pending = () => held;
// The reason that nothing of it has arrived: a sentence of 112; empty for want of a signal.
export const whyPending = () => trouble;

/** @param {(held: QueuedAction[]) => void} listener */
export function onOutbox(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const tell = () => listeners.forEach((listener) => listener(held));

// -- the database; where the browser has none, the memory of this page must do --

function database() {
  base ??= new Promise((done) => {
    try {
      const asked = indexedDB.open("tanggap112", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore("outbox", { keyPath: "key" });
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => done(null);
    } catch { done(null); }
  });
  return base;
}

/**
 * @param {"readonly" | "readwrite"} mode
 * @param {(box: IDBObjectStore) => IDBRequest} work
 */
async function stored(mode, work) {
  const opened = await database();
  if (!opened) return null;
  return new Promise((done, fail) => {
    const change = opened.transaction("outbox", mode, mode === "readwrite" ? { durability: "strict" } : {});
    const asked = work(change.objectStore("outbox"));
    change.oncomplete = () => done(asked.result);
    change.onerror = change.onabort = () => fail(change.error);
  });
}

/**
 * A change of the database; an error when it is not made in time, though it may still be made then, in its order.
 * @param {(box: IDBObjectStore) => IDBRequest} work
 */
async function kept(work) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let late;
  const tired = new Promise((_, fail) => {
    late = setTimeout(() => fail(new Error("the browser's database does not answer")), KEEPS_MS);
  });
  try { await Promise.race([stored("readwrite", work), tired]); } finally { clearTimeout(late); }
}

export async function count() {
  try { return (await stored("readonly", (box) => box.count())) || 0; } catch { return 0; }
}

// Take up what an earlier page could not send.
export async function openOutbox() {
  try {
    /** @type {QueuedAction[]} */
    const rows = (await stored("readonly", (box) => box.getAll())) || [];
    const known = new Set(held.map((action) => action.key));
    const mine = rows.filter((action) => action.user === user() && !known.has(action.key));
    held = [...mine, ...held].sort((a, b) => a.order - b.order);
  } catch { /* then there is nothing to take up */ }
  tell();
  flush();
}

// -- doing --

// After all that waits already, also where the clock was set back meanwhile.
const nextOrder = () => Math.max(Date.now(), (held[held.length - 1]?.order || 0) + 1);

/**
 * Do something: {kind, assignment, ticket, path, label, body?, photo?, state?}. Gives {answer} once the server has it,
 * or {waiting: true} while it has not; throws what the server refuses.
 * @param {Action} action
 */
export async function act(action) {
  const queued = { ...action, key: crypto.randomUUID(), user: user(), at: now(), order: nextOrder() };
  held = [...held, queued];
  const answered = new Promise((done, fail) => waiters.set(queued.key, { done, fail }));
  try { await kept((box) => box.put(queued)); } catch { /* full, or deaf: it is sent from memory */ }
  tell();
  flush(true);
  const tired = new Promise((done) => setTimeout(() => done({ waiting: true }), PATIENCE_MS));
  try { return await Promise.race([answered, tired, isOffline()]); } finally { leave(queued.key); }
}

/**
 * From now on a refusal is told by an event: the hand that acted does not wait for it any more.
 * @param {string} key
 */
function leave(key) {
  const waiter = waiters.get(key);
  if (waiter) waiter.left = true;
}

// Resolves at once where the browser knows that there is no network, else never.
const isOffline = () => new Promise((done) => { if (navigator.onLine === false) done({ waiting: true }); });

export async function flush(atOnce = false) {
  if (atOnce) failures = 0;
  if (sending) return;
  clearTimeout(timer);
  sending = true;
  try {
    while (held.length) await deliver(held[0]);
    failures = 0;
    trouble = "";
  } catch (error) {
    trouble = error.status >= 500 ? error.message : "";
    timer = setTimeout(flush, WAITS_MS[Math.min(failures, WAITS_MS.length - 1)]);
    failures += 1;
  }
  sending = false;
  tell();
}

/** @param {QueuedAction} action */
async function deliver(action) {
  const waiter = waiters.get(action.key);
  try {
    const answer = await send("POST", action.path, body(action), { headers: { "Idempotency-Key": action.key } });
    await drop(action);
    waiter?.done({ answer });
  } catch (error) {
    if (LATER.has(error.status) || error.status === 401) throw error; // 401: whoever logs in again sends it
    await drop(action);
    if (waiter && !waiter.left) waiter.fail(error);
    else dispatchEvent(new CustomEvent("outbox-refused", { detail: { action, error } }));
  }
}

/** @param {QueuedAction} action */
function body(action) {
  if (!action.photo) return { ...action.body, ...(action.timed && { acted_at: new Date(action.at).toISOString() }) };
  const form = new FormData();
  for (const [name, value] of Object.entries(action.body || {})) {
    if (value !== null && value !== undefined) form.set(name, String(value));
  }
  form.set("photo", action.photo, "foto.jpg");
  return form;
}

/** @param {QueuedAction} action */
async function drop(action) {
  waiters.delete(action.key);
  held = held.filter((other) => other.key !== action.key);
  try { await kept((box) => box.delete(action.key)); } catch { /* sent again by the next page, and counted once */ }
  tell();
}

addEventListener("online", () => flush(true));
document.addEventListener("visibilitychange", () => document.hidden || flush(true));
