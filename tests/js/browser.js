// A browser made of a few objects, for code that is otherwise pure: a clock that moves when a test says so, storage
// that may refuse, a network that answers as the test wants. Import it before the module that is tested.

/** Noon in Central Java: 12:00 WIB. */
export const NOON = Date.parse("2026-11-30T05:00:00Z");

const settle = async () => { for (let turn = 0; turn < 8; turn += 1) await new Promise(setImmediate); };

/** Timers and Date.now of a test: nothing happens until it lets time pass. */
class Clock {
  constructor() { this.reset(); }

  reset() {
    this.wall = NOON; // what Date.now says
    this.passed = 0; // milliseconds that really went by
    this.timers = new Map();
    this.serial = 0;
  }

  start(work, after = 0, every = null) {
    this.serial += 1;
    this.timers.set(this.serial, { at: this.passed + after, work, every });
    return this.serial;
  }

  /** Somebody sets the clock: no timer notices. */
  set(wall) { this.wall = wall; }

  /** Lets time pass; what falls due runs in its order, with the promises that hang on it. */
  async pass(ms) {
    const end = this.passed + ms;
    await settle();
    for (;;) {
      const [id, next] = [...this.timers].sort((a, b) => a[1].at - b[1].at)[0] || [];
      if (!next || next.at > end) break;
      this.wall += next.at - this.passed;
      this.passed = next.at;
      if (next.every === null) this.timers.delete(id); else next.at += next.every;
      next.work();
      await settle();
    }
    this.wall += end - this.passed;
    this.passed = end;
  }

  /** In how many milliseconds each timer falls due, the next first. */
  due() { return [...this.timers.values()].map((timer) => timer.at - this.passed).sort((a, b) => a - b); }
}

export const clock = new Clock();
globalThis.setTimeout = (work, after) => clock.start(work, after);
globalThis.setInterval = (work, every) => clock.start(work, every, every);
globalThis.clearTimeout = globalThis.clearInterval = (id) => { clock.timers.delete(id); };
Date.now = () => clock.wall;
performance.now = () => clock.passed;

/** localStorage; `refuses` makes every use throw, `full` every write. */
export const storage = {
  kept: new Map(),
  refuses: false,
  full: false,
  getItem(key) { this.check(); return this.kept.get(key) ?? null; },
  setItem(key, value) { this.check(); if (this.full) throw new Error("QuotaExceededError"); this.kept.set(key, value);
  },
  removeItem(key) { this.check(); this.kept.delete(key); },
  check() { if (this.refuses) throw new Error("SecurityError"); },
};

/** The network: each request is kept; `answers` says what comes back, one function for all. */
export const network = {
  requests: [],
  answers: () => ({}),
  /** @param {number} status */
  json: (status, body = {}) => ({ ok: status < 400, status, json: async () => body }),
};

globalThis.fetch = async (path, options = {}) => {
  const request = { path, ...options };
  network.requests.push(request);
  const answer = await network.answers(request);
  if (answer instanceof Error) throw answer;
  return answer.json ? answer : network.json(200, answer);
};

/** IndexedDB with one store; `refuses` makes opening fail, `full` every write, `hangs` leaves opening unanswered. */
export const database = {
  rows: new Map(),
  refuses: false,
  full: false,
  hangs: false,
  open() {
    const asked = {};
    if (database.hangs) return asked;
    queueMicrotask(() => {
      if (database.refuses) return asked.onerror();
      asked.result = { transaction, createObjectStore: () => {} };
      asked.onupgradeneeded?.();
      asked.onsuccess();
    });
    return asked;
  },
};

function transaction(name, mode) {
  const change = { objectStore: () => box };
  const run = (work) => {
    const asked = {};
    queueMicrotask(() => {
      if (mode === "readwrite" && database.full) {
        change.error = new Error("QuotaExceededError");
        return change.onabort();
      }
      asked.result = work();
      change.oncomplete();
    });
    return asked;
  };
  const box = {
    put: (row) => run(() => { database.rows.set(row.key, structuredClone(row)); }),
    delete: (key) => run(() => { database.rows.delete(key); }),
    getAll: () => run(() => [...database.rows.values()].map((row) => structuredClone(row))),
    count: () => run(() => database.rows.size),
  };
  return change;
}

const listeners = new Map();
const listen = (name, work) => { listeners.set(name, [...(listeners.get(name) || []), work]); };
/** Something happens in the browser: «online», «visibilitychange», an event of our own. */
export const happens = (name, event = {}) => { for (const work of listeners.get(name) || []) work(event); };

const element = () => ({ href: "/icon.svg", dataset: {}, textContent: "" });
globalThis.document = {
  body: { dataset: { zone: "Asia/Jakarta", zoneName: "WIB", user: "damkar", role: "opd", version: "1" } },
  documentElement: { dataset: {} },
  title: "Tugas",
  hidden: false,
  activeElement: null,
  addEventListener: listen,
  querySelector: element,
  getElementById: element,
};
globalThis.addEventListener = listen;
globalThis.dispatchEvent = (event) => happens(event.type, event);
globalThis.localStorage = storage;
globalThis.indexedDB = database;
globalThis.location = { protocol: "https:", host: "konsol.test", reload() { this.reloaded = true; } };
Object.defineProperty(globalThis, "navigator", { value: { onLine: true }, configurable: true, writable: true });
globalThis.CustomEvent ??= class { constructor(type, { detail }) { Object.assign(this, { type, detail }); } };

const channels = [];
/** A BroadcastChannel between the modules of a test: each hears the others, never itself. */
globalThis.BroadcastChannel = class {
  constructor(name) { this.name = name; channels.push(this); }
  postMessage(data) {
    for (const other of channels) if (other !== this && other.name === this.name) other.onmessage?.({ data });
  }
};

const sockets = [];
/** A WebSocket whose other end is the test: `socket.says(message)`, `socket.ends(code)`. */
class Socket {
  constructor(address) { Object.assign(this, { address, readyState: 0, sent: [] }); sockets.push(this); }
  send(text) { this.sent.push(text); }
  close() { this.readyState = 3; }
  opens() { this.readyState = 1; this.onopen(); }
  says(message) { this.onmessage({ data: JSON.stringify(message) }); }
  ends(code = 1006) { this.readyState = 3; this.onclose({ code }); }
}
Socket.OPEN = 1;
globalThis.WebSocket = Socket;
export { sockets };

/** As a browser that was just opened; modules keep what they know, so take a `fresh` one. */
export function clean() {
  clock.reset();
  storage.kept.clear();
  database.rows.clear();
  network.requests.length = 0;
  sockets.length = 0;
  channels.length = 0;
  network.answers = () => ({});
  listeners.clear();
  Object.assign(storage, { refuses: false, full: false });
  Object.assign(database, { refuses: false, full: false, hangs: false });
  navigator.onLine = true;
  document.hidden = false;
  document.activeElement = null;
  document.body.dataset.user = "damkar";
}

let loads = 0;
/** The module as a page loads it that was just opened: with nothing remembered. */
export const fresh = (name) => import(`../../console/static/js/${name}?load=${loads += 1}`);
export { settle };
