// @ts-check
// The actions of an agency on a bad line: each is kept in the browser first, and sent again until the server has
// answered. The key that goes with it makes it count once, however often it arrives. Each lane has its own request:
// an answer («Terima») passes every photo and note, and what fails waits by itself and holds up nothing else.
import { Refused, send } from "../shared/api.js";
import { now } from "../shared/time.js";

const WAITS_MS = [2000, 4000, 8000, 15000, 30000];
const KEEPS_MS = 2000; // after so long the database is not waited for: an answer must reach 112 without it
const PATIENCE_MS = 4000; // after so long the hand is not kept waiting any more
const LATER = new Set([0, 408, 425, 429, 500, 502, 503, 504, 507]); // no word on the action itself
const BESIDE_MS = 1500; // after so long without a reply an answer goes out over the live socket, too
const ANSWER_MS = 6000; // an answer without a reply for so long is asked for again, over a new connection
const user = () => document.body.dataset.user;

/** @type {QueuedAction[]} */
let held = []; // as in the database, oldest first
/** @type {Promise<IDBDatabase | null> | null} */
let base = null;
/** @type {Set<string>} */
const busy = new Set(); // the lanes that have a request under way
/** @type {Map<string, { failures: number, due: number, trouble: string }>} */
const tries = new Map(); // key -> what came of it so far; `due`: not before then, by `clock`
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
/** @type {Set<(held: QueuedAction[]) => void>} */
const listeners = new Set();
/** @type {Map<string, { done: (answer: any) => void, fail: (error: any) => void, left?: boolean }>} */
const waiters = new Map(); // key -> {done, fail}

export const pending = () => held.filter((action) => !action.refused);
// What 112 has refused and a hand has neither sent again nor thrown away: photos, with the reason.
export const refusals = () => held.filter((action) => action.refused);
// The reason that the first of it has not arrived: a sentence of 112; empty for want of a signal.
export const whyPending = () => pending().map((action) => tries.get(action.key)?.trouble).find(Boolean) || "";

/** @param {(held: QueuedAction[]) => void} listener */
export function onOutbox(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

// Two tabs of one agency: what one of them is refused, or a hand decides there, is seen in the other.
const tabs = globalThis.BroadcastChannel ? new BroadcastChannel("tanggap112-outbox") : null;
if (tabs) tabs.onmessage = () => takeRefusals();
/** @type {Set<string>} */
const unkept = new Set(); // refused, and not in the database: it is full
const tellTabs = () => tabs?.postMessage("refusals");

/** Read anew what was refused in this browser, and where. */
async function takeRefusals() {
  /** @type {QueuedAction[]} */
  let rows;
  try { rows = (await stored("readonly", (box) => box.getAll())) || []; } catch { return; }
  const theirs = rows.filter((action) => action.refused && action.user === user());
  const mine = held.filter((action) => (!action.refused || unkept.has(action.key))
    && !theirs.some(({ key }) => key === action.key));
  held = [...mine, ...theirs].sort((a, b) => a.order - b.order);
  tell();
}

const tell = () => listeners.forEach((listener) => listener(pending()));

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

/** @type {import("../shared/live.js").Live | null} */
let socket = null;
/** @param {import("../shared/live.js").Live} live */
export const answersOver = (live) => { socket = live; };

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

/** Milliseconds that only go forward, whatever is done to the clock. */
const clock = () => performance.now();

/**
 * The lane of an action: the answers of one task, its notes, and all photos, which would share the line anyway.
 * @param {QueuedAction} action
 */
const lane = (action) => (action.answers ? `answer ${action.assignment}`
  : action.photo ? "photos" : `${action.kind} ${action.assignment}`);

/**
 * What must arrive before: a task's earlier answers, also for its notes and photos; and before its end its proofs,
 * which 112 refuses after it.
 * @param {QueuedAction} action
 */
const waits = (action) => pending().some((other) => other.assignment === action.assignment
  && other.order < action.order && (other.answers || action.state === "selesai"));

/** The first of each free lane that may go now. */
function ready() {
  /** @type {Map<string, QueuedAction>} */
  const first = new Map();
  for (const action of pending()) {
    const at = lane(action);
    if (!busy.has(at) && !first.has(at) && (tries.get(action.key)?.due || 0) <= clock() && !waits(action)) {
      first.set(at, action);
    }
  }
  return [...first];
}

export async function flush(atOnce = false) {
  if (atOnce) tries.clear();
  clearTimeout(timer);
  for (const [at, action] of ready()) run(at, action);
  const next = Math.min(...pending().map((action) => tries.get(action.key)?.due || Infinity));
  if (next < Infinity) timer = setTimeout(flush, Math.max(0, next - clock()));
}

/**
 * One request of a lane, and what follows it.
 * @param {string} at
 * @param {QueuedAction} action
 */
async function run(at, action) {
  busy.add(at);
  try {
    await deliver(action);
    tries.delete(action.key);
  } catch (error) {
    const failures = (tries.get(action.key)?.failures || 0) + 1;
    const due = clock() + WAITS_MS[Math.min(failures, WAITS_MS.length) - 1];
    tries.set(action.key, { failures, due, trouble: error.status >= 500 ? error.message : "" });
  }
  busy.delete(at);
  tell();
  flush();
}

/** @param {QueuedAction} action */
async function deliver(action) {
  const options = { headers: { "Idempotency-Key": action.key },
    ...(action.answers && AbortSignal.timeout && { signal: AbortSignal.timeout(ANSWER_MS) }) };
  try {
    const answer = await firstReply(action, send("POST", action.path, body(action), options));
    await drop(action);
    settled(action)?.done({ answer });
  } catch (error) {
    if (unsaid(error)) throw error; // 401: whoever logs in again sends it
    if (action.photo) await refuse(action, error.message); else await drop(action);
    const waiter = settled(action);
    if (waiter && !waiter.left) waiter.fail(error);
    else dispatchEvent(new CustomEvent("outbox-refused", { detail: { action, error } }));
  }
}

/** @param {any} error */
const unsaid = (error) => LATER.has(error.status) || error.status === 401;

/**
 * The first word of 112 on an answer. Where its request gets none for a while, or fails, the same answer goes out over
 * the live socket; its key makes it count once.
 * @param {QueuedAction} action
 * @param {Promise<any>} request
 */
async function firstReply(action, request) {
  if (!socket || !action.answers || !action.path.endsWith("/move")) return request;
  const early = await Promise.race([
    request.then(() => true, (error) => !unsaid(error)),
    new Promise((done) => setTimeout(() => done(false), BESIDE_MS)),
  ]);
  if (early) return request;
  const beside = socket.answer(action.key, action.assignment, JSON.stringify(body(action)), ANSWER_MS).then((reply) => {
    if (!reply || LATER.has(reply.status)) return request;
    if (reply.status >= 400) throw new Refused(reply.body.error, reply.status);
    return reply.body;
  });
  // a request that fails without a word on the answer leaves it to the socket
  return Promise.race([beside, request.catch((error) => (unsaid(error) ? beside : Promise.reject(error)))]);
}

/** @param {QueuedAction} action */
function settled(action) {
  const waiter = waiters.get(action.key);
  waiters.delete(action.key);
  return waiter;
}

/**
 * A photo that 112 does not take stays here, with the reason, until a hand decides.
 * @param {QueuedAction} action
 * @param {string} reason
 */
async function refuse(action, reason) {
  action.refused = reason;
  // what is not kept lasts as long as this page
  try { await kept((box) => box.put(action)); unkept.delete(action.key); } catch { unkept.add(action.key); }
  tellTabs();
}

/**
 * A hand sends a refused photo once more.
 * @param {string} key
 */
export async function again(key) {
  const action = held.find((other) => other.key === key);
  if (!action) return;
  delete action.refused;
  try { await kept((box) => box.put(action)); } catch { /* after a reload it asks the hand once more */ }
  tellTabs();
  tell();
  flush();
}

/**
 * A hand throws a refused photo away.
 * @param {string} key
 */
export async function discard(key) {
  const action = held.find((other) => other.key === key);
  if (!action) return;
  await drop(action);
  tellTabs();
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
  held = held.filter((other) => other.key !== action.key);
  try { await kept((box) => box.delete(action.key)); } catch { /* sent again by the next page, and counted once */ }
  tell();
}

addEventListener("online", () => flush(true));
document.addEventListener("visibilitychange", () => document.hidden || flush(true));
