// The service worker, run as the server sends it: two constants above the file (console/pages/webapp.py).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import vm from "node:vm";

const SOURCE = readFileSync(new URL("../../console/static/js/worker/sw.js", import.meta.url), "utf8");
const HOST = "https://konsol.test";

/** Two ends: what is posted at the second arrives at the first. */
class Channel {
  constructor() {
    this.port1 = { onmessage: null };
    this.port2 = { postMessage: (data) => this.port1.onmessage({ data }) };
  }
}

/** A worker of this version, with what the browser's caches hold and what its network answers. */
function install(version, { scope = "/opd", caches: held = new Map(), network = async () => "net", pages = [] } = {}) {
  const files = ["/opd/luring", `/static/${version}/js/pages/opd.js`, `/static/${version}/img/app-192.png`];
  const handlers = {};
  const shown = [];
  const timers = [];
  const world = {
    URL, Promise, Error, MessageChannel: Channel,
    setTimeout: (work, ms) => { timers.push({ work, ms }); },
    Response: { error: () => "error" },
    location: new URL(HOST),
    fetch: async (request) => network(request),
    caches: {
      keys: async () => [...held.keys()],
      delete: async (name) => held.delete(name),
      open: async (name) => ({ addAll: async (names) => held.set(name, [...(held.get(name) || []), ...names]) }),
      match: async (request, options) => {
        const path = typeof request === "string" ? request : new URL(request.url).pathname;
        const [name] = [...held].find(([key, paths]) => paths.includes(path) && (options?.cacheName ?? key) === key)
          || [];
        return name && `${path} of ${name}`;
      },
    },
    registration: { scope: HOST + scope, showNotification: async (title, facts) => shown.push([title, facts]) },
    skipWaiting: async () => {},
    clients: { claim: async () => {}, matchAll: async () => pages,
      openWindow: async (path) => shown.push(["window", path]) },
    addEventListener: (name, handler) => { handlers[name] = handler; },
  };
  world.self = world;
  vm.runInNewContext(`const VERSION = ${JSON.stringify(version)};\nconst FILES = ${JSON.stringify(files)};\n${SOURCE}`,
    world);
  const happens = async (name, event = {}) => {
    let work = Promise.resolve(undefined);
    handlers[name]({ ...event, waitUntil: (promise) => { work = promise; },
      respondWith: (promise) => { work = promise; } });
    return work;
  };
  const asks = (path, more = {}) => happens("fetch",
    { request: { method: "GET", url: HOST + path, mode: "cors", ...more } });
  /** So much time passes: what waits for no longer runs. */
  const late = async (ms) => {
    await new Promise(setImmediate);
    for (const timer of timers) if (timer.ms <= ms) timer.work();
  };
  return { happens, asks, shown, late };
}

const start = async (worker) => { await worker.happens("install"); await worker.happens("activate"); };

test("a new version keeps its own files and drops those of the version before; what is not ours stays", async () => {
  const held = new Map([["other-site", ["/x"]]]);
  await start(install("111", { caches: held }));
  assert.deepEqual([...held.keys()], ["other-site", "tanggap-111"]);
  await start(install("222", { caches: held }));
  assert.deepEqual([...held.keys()], ["other-site", "tanggap-222"]);
  assert.ok(held.get("tanggap-222").includes("/static/222/js/pages/opd.js"));
});

test("a page of 0.1, with its scripts in one folder, gives way to this one: its cache goes, its addresses are not ours",
  async () => {
  const held = new Map([["tanggap-7beb3aa00000", ["/opd/luring", "/static/7beb3aa00000/js/opd.js"]]]);
  const worker = install("222", { caches: held });
  await start(worker);
  assert.deepEqual([...held.keys()], ["tanggap-222"]);
  assert.equal(await worker.asks("/static/7beb3aa00000/js/opd.js"), undefined, "the network answers");
  assert.equal(await worker.asks("/static/222/js/pages/opd.js"), "/static/222/js/pages/opd.js of tanggap-222");
});

test("the page comes from the server; without one the shell is shown", async () => {
  const navigate = { mode: "navigate" };
  const online = install("222");
  await start(online);
  assert.equal(await online.asks("/opd", navigate), "net");
  const offline = install("222", { network: async () => { throw new Error("no network"); } });
  await start(offline);
  assert.equal(await offline.asks("/opd", navigate), "/opd/luring of tanggap-222");
  const empty = install("222", { network: async () => { throw new Error("no network"); } });
  assert.equal(await empty.asks("/opd", navigate), "error", "a browser that has thrown the cache away");
});

test("a network that has not answered after 10 s is none", async () => {
  const worker = install("222", { network: () => new Promise(() => {}) });
  await start(worker);
  let answer = null;
  worker.asks("/opd", { mode: "navigate" }).then((response) => { answer = response; });
  await worker.late(9999);
  await new Promise(setImmediate);
  assert.equal(answer, null);
  await worker.late(10000);
  await new Promise(setImmediate);
  assert.equal(answer, "/opd/luring of tanggap-222");
});

test("nothing that a page shows is answered or kept: no API, no photo, no other page, no other site, no writing",
  async () => {
  const worker = install("222");
  await start(worker);
  assert.equal(await worker.asks("/api/reference"), undefined);
  assert.equal(await worker.asks("/media/1.jpg"), undefined);
  assert.equal(await worker.asks("/pantau", { mode: "navigate" }), undefined);
  assert.equal(await worker.asks("/opd", { method: "POST", mode: "navigate" }), undefined);
  assert.equal(await worker.happens("fetch",
    { request: { method: "GET", mode: "navigate", url: "https://lain.test/opd" } }), undefined);
});

test("a push is always shown, also one that cannot be read", async () => {
  const worker = install("222");
  await worker.happens("push", { data: { json: () =>
    ({ title: "112: Kebakaran", body: "Jl. Kartini", tag: "T-1", path: "/t/x" }) } });
  await worker.happens("push", { data: { json: () => { throw new Error("no JSON"); } } });
  await worker.happens("push", { data: null });
  assert.deepEqual(worker.shown.map(([title, facts]) => [title, facts.tag, facts.data.path, facts.renotify]),
    [["112: Kebakaran", "T-1", "/t/x", true], ["112: buka halaman tugas", "112", "/opd", true],
      ["112: buka halaman tugas", "112", "/opd", true]]);
});

test("a page that sounds already makes the push silent; one that is asleep, or another page, does not", async () => {
  const page = (path, sounds) => ({ url: HOST + path, postMessage: (word, ports) => ports?.[0].postMessage(sounds) });
  const push = { data: { json: () => ({}) } };
  for (const [pages, silent] of [[[page("/opd", true)], true], [[page("/opd", false)], undefined],
    [[page("/wadul", true)], undefined], [[{ url: `${HOST}/opd`, postMessage: () => {} }], undefined]]) {
    const worker = install("222", { pages });
    const showing = worker.happens("push", push);
    await worker.late(500);
    await showing;
    assert.equal(worker.shown[0][1].silent, silent);
  }
});

test("a tap goes to the page that is open, else opens one; a test push opens its own", async () => {
  const focused = [];
  const open = { url: `${HOST}/pantau`, focus: async () => focused.push("pantau") };
  const tap = (path) => ({ notification: { data: { path }, close() {} } });
  const worker = install("222", { scope: "/pantau", pages: [open] });
  await worker.happens("notificationclick", tap("/pantau"));
  await worker.happens("notificationclick", tap("/t/x"));
  assert.deepEqual([focused, worker.shown], [["pantau"], [["window", "/t/x"]]]);
});
