import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { clean, clock, database, fresh, happens, network, NOON, settle } from "./browser.js";

beforeEach(clean);

const note = (text, more = {}) => ({ kind: "note", assignment: 7, ticket: "T-1", path: "/api/assignments/7/notes",
  label: "Catatan", body: { note: text }, ...more });
const notes = () => network.requests.map((request) => JSON.parse(request.body).note);
const lost = () => { network.answers = () => new Error("no network"); };
const works = () => { network.answers = () => ({ ok: true }); };

/** Acts without a signal: what the hand sees is that it waits. */
async function actOffline(box, ...texts) {
  navigator.onLine = false;
  lost();
  for (const text of texts) assert.deepEqual(await box.act(note(text)), { waiting: true });
  await settle();
}

test("an action that arrives is answered, and nothing of it stays", async () => {
  const box = await fresh("agency/outbox.js");
  network.answers = () => ({ at: "now" });
  assert.deepEqual(await box.act(note("dua regu")), { answer: { at: "now" } });
  assert.deepEqual([box.pending(), database.rows.size], [[], 0]);
});

test("actions without a signal arrive in their order, once, with the moment of the hand", async () => {
  const box = await fresh("agency/outbox.js");
  navigator.onLine = false;
  lost();
  for (const text of ["satu", "dua", "tiga"]) {
    await box.act(note(text, { timed: true }));
    await clock.pass(1000);
  }
  assert.equal(box.pending().length, 3);
  network.requests.length = 0;
  works();
  happens("online");
  await settle();
  assert.deepEqual(notes(), ["satu", "dua", "tiga"]);
  assert.deepEqual(network.requests.map((request) => Date.parse(JSON.parse(request.body).acted_at) - NOON),
    [0, 1000, 2000]);
  assert.deepEqual([box.pending(), database.rows.size], [[], 0]);
});

test("one request at a time: the second waits for the answer to the first", async () => {
  const box = await fresh("agency/outbox.js");
  let answer;
  network.answers = () => new Promise((done) => { answer = done; });
  const both = [box.act(note("satu")), box.act(note("dua"))];
  await settle();
  assert.deepEqual(notes(), ["satu"]);
  answer({ n: 1 });
  await settle();
  assert.deepEqual(notes(), ["satu", "dua"]);
  answer({ n: 2 });
  assert.deepEqual(await Promise.all(both), [{ answer: { n: 1 } }, { answer: { n: 2 } }]);
});

test("the next page takes up what this one could not send, in its order", async () => {
  await actOffline(await fresh("agency/outbox.js"), "satu", "dua", "tiga");
  network.requests.length = 0;
  works();
  const next = await fresh("agency/outbox.js");
  await next.openOutbox();
  await settle();
  assert.deepEqual(notes(), ["satu", "dua", "tiga"]);
  assert.equal(database.rows.size, 0);
});

test("a clock that was set back between two actions does not turn them round", async () => {
  const box = await fresh("agency/outbox.js");
  await actOffline(box, "berangkat");
  clock.set(clock.wall - 3600000);
  await actOffline(box, "tiba", "selesai");
  network.requests.length = 0;
  works();
  const next = await fresh("agency/outbox.js");
  await next.openOutbox();
  await settle();
  assert.deepEqual(notes(), ["berangkat", "tiba", "selesai"]);
});

test("what another account left in this browser is not sent, and stays for it", async () => {
  await actOffline(await fresh("agency/outbox.js"), "milik damkar");
  network.requests.length = 0;
  works();
  document.body.dataset.user = "bpbd";
  const next = await fresh("agency/outbox.js");
  await next.openOutbox();
  await settle();
  assert.deepEqual([next.pending(), network.requests, database.rows.size], [[], [], 1]);
});

test("an answer that was lost is asked for again with the same key, so that it counts once", async () => {
  const box = await fresh("agency/outbox.js");
  lost();
  const acting = box.act(note("satu"));
  await clock.pass(2000);
  works();
  await clock.pass(4000);
  await acting;
  const keys = network.requests.map((request) => request.headers["Idempotency-Key"]);
  assert.equal(keys.length, 3);
  assert.equal(new Set(keys).size, 1);
  assert.match(keys[0], /^[0-9a-f-]{36}$/);
});

test("it waits 2, 4, 8, 15 and then 30 s between attempts", async () => {
  const box = await fresh("agency/outbox.js");
  lost();
  const acting = box.act(note("satu"));
  const moments = [];
  network.answers = () => { moments.push(clock.passed); return new Error("no network"); };
  await clock.pass(120000);
  assert.deepEqual(await acting, { waiting: true });
  assert.deepEqual(moments.map((at, place) => at - (moments[place - 1] ?? 0)),
    [0, 2000, 4000, 8000, 15000, 30000, 30000, 30000]);
});

test("a hand is not kept waiting for more than 4 s", async () => {
  const box = await fresh("agency/outbox.js");
  network.answers = () => new Promise(() => {});
  let outcome = null;
  box.act(note("satu")).then((result) => { outcome = result; });
  await clock.pass(3999);
  assert.equal(outcome, null);
  await clock.pass(1);
  assert.deepEqual(outcome, { waiting: true });
});

test("what 112 refuses is told to the hand, and holds nothing up behind it", async () => {
  const box = await fresh("agency/outbox.js");
  network.answers = ({ body }) => (JSON.parse(body).note === "satu" ? network.json(409, { error: "sudah selesai" })
    : {});
  const first = box.act(note("satu"));
  const second = box.act(note("dua"));
  await assert.rejects(first, { message: "Sudah selesai.", status: 409 });
  assert.deepEqual(await second, { answer: {} });
  assert.equal(database.rows.size, 0);
});

test("a refusal that comes when nobody waits any more is an event for the page", async () => {
  const box = await fresh("agency/outbox.js");
  const refused = [];
  addEventListener("outbox-refused", ({ detail }) => refused.push([detail.action.label, detail.error.status]));
  await actOffline(box, "satu");
  network.answers = () => network.json(409, { error: "sudah selesai" });
  happens("online");
  await settle();
  assert.deepEqual(refused, [["Catatan", 409]]);
  assert.equal(box.pending().length, 0);
});

for (const status of [401, 408, 429, 500, 502, 503, 504, 507]) {
  test(`an answer ${status} says nothing on the action itself: it stays`, async () => {
    const box = await fresh("agency/outbox.js");
    network.answers = () => network.json(status, { error: "cakram penuh" });
    const acting = box.act(note("satu"));
    await clock.pass(4000);
    assert.deepEqual(await acting, { waiting: true });
    assert.equal(database.rows.size, 1);
    assert.equal(box.whyPending(), status >= 500 ? "Cakram penuh." : "");
  });
}

for (const trouble of ["refuses", "full"]) {
  test(`a browser whose database ${trouble} sends from memory`, async () => {
    database[trouble] = true;
    const box = await fresh("agency/outbox.js");
    await actOffline(box, "satu", "dua");
    assert.equal(await box.count(), 0);
    network.requests.length = 0;
    works();
    happens("online");
    await settle();
    assert.deepEqual(notes(), ["satu", "dua"]);
    assert.equal(box.pending().length, 0);
  });
}

test("a photo goes as a form with its facts; nothing is sent for what is not known", async () => {
  const box = await fresh("agency/outbox.js");
  await box.act({ kind: "photo", assignment: 7, ticket: "T-1", path: "/api/assignments/7/photos", label: "Foto",
    body: { taken_at: "2026-11-30T10:00:00", lat: -6.59, lon: null }, photo: new Blob(["jpeg"]) });
  const [{ body, headers }] = network.requests;
  assert.deepEqual([...body.keys()], ["taken_at", "lat", "photo"]);
  assert.equal(body.get("lat"), "-6.59");
  assert.equal("Content-Type" in headers, false, "the browser writes it, with the boundary");
});

test("a browser whose database does not answer keeps no answer from 112, and the next one follows", async () => {
  database.hangs = true;
  const box = await fresh("agency/outbox.js");
  const first = box.act(note("satu"));
  await clock.pass(3000);
  assert.equal(network.requests.length, 1);
  await clock.pass(3000);
  assert.ok((await first).answer);
  box.act(note("dua"));
  await clock.pass(3000);
  assert.equal(network.requests.length, 2);
});

// -- answers first --

const picture = (assignment = 7) => ({ kind: "photo", assignment, ticket: "T-1",
  path: `/api/assignments/${assignment}/photos`, label: "Foto", body: {}, photo: new Blob(["jpeg"]) });
const moved = (state, assignment = 8) => ({ kind: "move", assignment, ticket: "T-2", label: state, state, answers: true,
  timed: true, path: `/api/assignments/${assignment}/move`, body: { state } });
const paths = () => network.requests.map((request) => request.path.replace("/api/assignments/", ""));

test("an answer passes a photo that hangs: it goes out beside it, at once", async () => {
  const box = await fresh("agency/outbox.js");
  network.answers = ({ path }) => (path.endsWith("/photos") ? new Promise(() => {}) : { at: "now" });
  box.act(picture());
  await settle();
  assert.deepEqual(await box.act(moved("diterima")), { answer: { at: "now" } });
  assert.deepEqual(paths(), ["7/photos", "8/move"]);
  assert.deepEqual(box.pending().map((action) => action.kind), ["photo"]);
});

test("a photo that is answered 507 holds up neither an answer nor the photo behind it", async () => {
  const box = await fresh("agency/outbox.js");
  network.answers = ({ path }) => (path.includes("/7/photos") ? network.json(507, { error: "cakram penuh" }) : {});
  box.act(picture(7));
  await settle();
  const [second, answer] = [box.act(picture(9)), box.act(moved("diterima"))];
  assert.deepEqual(await answer, { answer: {} });
  assert.deepEqual(await second, { answer: {} });
  assert.deepEqual(box.pending().map((action) => action.assignment), [7]);
});

test("a note that waits its turn again lets the answer of the same task pass", async () => {
  const box = await fresh("agency/outbox.js");
  network.answers = ({ path }) => (path.endsWith("/notes") ? network.json(503) : {});
  box.act(note("satu"));
  await settle();
  assert.deepEqual(await box.act(moved("berangkat", 7)), { answer: {} });
});

test("the answers of one task keep their order; another task's do not wait for them", async () => {
  const box = await fresh("agency/outbox.js");
  let release;
  network.answers = ({ path }) => (path.includes("/7/") ? new Promise((done) => { release = done; }) : {});
  box.act(moved("diterima", 7));
  box.act(moved("berangkat", 7));
  box.act(moved("diterima", 8));
  await settle();
  assert.deepEqual(paths(), ["7/move", "8/move"]);
  release({});
  await settle();
  assert.deepEqual(paths(), ["7/move", "8/move", "7/move"]);
});

test("«Selesai» waits for the proofs of its own task, which could not follow it, and for no other's", async () => {
  const box = await fresh("agency/outbox.js");
  let release;
  network.answers = ({ path }) => (path.includes("/7/photos") ? new Promise((done) => { release = done; }) : {});
  box.act(picture(7));
  box.act(moved("selesai", 7));
  box.act(moved("selesai", 8));
  await settle();
  assert.deepEqual(paths(), ["7/photos", "8/move"]);
  release({});
  await settle();
  assert.deepEqual(paths(), ["7/photos", "8/move", "7/move"]);
});

test("an answer that hangs is given up after 6 s and asked for again with its key", async () => {
  const box = await fresh("agency/outbox.js");
  const former = AbortSignal.timeout;
  AbortSignal.timeout = (ms) => Object.assign(new AbortController().signal, { ms });
  try { await box.act(moved("diterima")); } finally { AbortSignal.timeout = former; }
  assert.deepEqual(network.requests.map((request) => request.signal.ms), [6000]);
});

for (const status of [409, 413, 415]) {
  test(`a photo that is refused with ${status} stays in the telephone until a hand sends it again or throws it away`,
    async () => {
      const box = await fresh("agency/outbox.js");
      network.answers = () => network.json(status, { error: "foto tidak diterima" });
      await assert.rejects(box.act(picture()), { status });
      assert.deepEqual([box.pending().length, box.refusals().length, database.rows.size], [0, 1, 1]);
      const next = await fresh("agency/outbox.js");
      network.requests.length = 0;
      await next.openOutbox();
      await clock.pass(60000);
      assert.deepEqual([network.requests.length, next.refusals()[0].refused], [0, "Foto tidak diterima."]);
      works();
      next.again(next.refusals()[0].key);
      await settle();
      assert.deepEqual([network.requests.length, next.refusals().length, database.rows.size], [1, 0, 0]);
    });
}

test("a refused photo that a hand throws away is gone", async () => {
  const box = await fresh("agency/outbox.js");
  network.answers = () => network.json(415, { error: "bukan foto" });
  await assert.rejects(box.act(picture()));
  await box.discard(box.refusals()[0].key);
  assert.deepEqual([box.refusals(), database.rows.size], [[], 0]);
});
