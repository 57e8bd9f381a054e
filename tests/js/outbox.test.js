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

const photo = (more = {}) => ({ kind: "photo", assignment: 7, ticket: "T-1", path: "/api/assignments/7/photos",
  label: "Foto", body: {}, photo: new Blob(["x"]), ...more });

test("two tabs of one agency see the photo that 112 refused in one of them, and what a hand decides", async () => {
  const [one, two] = [await fresh("agency/outbox.js"), await fresh("agency/outbox.js")];
  await two.openOutbox();
  let shown = 0;
  two.onOutbox(() => { shown += 1; });
  network.answers = () => network.json(400, { error: "foto bukan gambar" });
  await assert.rejects(one.act(photo()));
  await settle();
  assert.deepEqual(two.refusals().map((action) => action.refused), ["Foto bukan gambar."]);
  assert.ok(shown > 0);
  await two.discard(two.refusals()[0].key);
  await settle();
  assert.deepEqual([one.refusals(), two.refusals(), database.rows.size], [[], [], 0]);
});

test("a refused photo that one tab sends again is no longer refused in the other, and is sent once", async () => {
  const [one, two] = [await fresh("agency/outbox.js"), await fresh("agency/outbox.js")];
  network.answers = () => network.json(409, { error: "tugas ini penuh" });
  await assert.rejects(one.act(photo()));
  await settle();
  network.requests.length = 0;
  works();
  await two.again(two.refusals()[0].key);
  await settle();
  assert.deepEqual([one.refusals(), two.refusals(), network.requests.length, database.rows.size], [[], [], 1, 0]);
});

test("another account's refused photo in this browser is nobody else's to see", async () => {
  const one = await fresh("agency/outbox.js");
  network.answers = () => network.json(400, { error: "foto bukan gambar" });
  const refused = one.act(photo());
  await assert.rejects(refused);
  document.body.dataset.user = "bpbd";
  const two = await fresh("agency/outbox.js");
  await two.openOutbox();
  const other = await fresh("agency/outbox.js");
  await assert.rejects(other.act(photo()));
  await settle();
  assert.equal(two.refusals().length, 1);
});

test("a refused photo that a full database does not keep outlasts a refusal in the other tab", async () => {
  const [one, two] = [await fresh("agency/outbox.js"), await fresh("agency/outbox.js")];
  network.answers = () => network.json(400, { error: "foto bukan gambar" });
  database.full = true;
  await assert.rejects(one.act(photo()));
  database.full = false;
  await assert.rejects(two.act(photo()));
  await settle();
  assert.deepEqual([one.refusals().length, two.refusals().length], [2, 1]);
});

const accept = (more = {}) => ({ kind: "move", assignment: 7, ticket: "T-1", path: "/api/assignments/7/move",
  label: "Terima", state: "diterima", answers: true, body: { state: "diterima" }, ...more });

/** A live socket that carries answers, as shared/live.js does; `says` is what comes back. */
function line(says) {
  const carried = [];
  const answer = async (key, assignment, body) => { carried.push({ key, assignment, body }); return says; };
  return { carried, answer };
}

test("an answer whose request hangs goes out over the live socket with the same key, and is done", async () => {
  const box = await fresh("agency/outbox.js");
  const socket = line({ status: 200, body: { state: "diterima" } });
  box.answersOver(socket);
  network.answers = () => new Promise(() => {});
  const acting = box.act(accept());
  await clock.pass(1400);
  assert.deepEqual(socket.carried, []);
  await clock.pass(200);
  assert.deepEqual(await acting, { answer: { state: "diterima" } });
  const [request] = network.requests;
  assert.deepEqual(socket.carried, [{ key: request.headers["Idempotency-Key"], assignment: 7, body: request.body }]);
  assert.deepEqual([box.pending(), database.rows.size], [[], 0]);
});

test("an answer whose request fails at once goes over the socket at once; a refusal there is one", async () => {
  const box = await fresh("agency/outbox.js");
  box.answersOver(line({ status: 409, body: { error: "sudah selesai" } }));
  lost();
  await assert.rejects(box.act(accept()), { message: "Sudah selesai.", status: 409 });
  assert.deepEqual(box.pending(), []);
});

test("without a socket that is open, or with one that says 503, an answer waits and is sent again", async () => {
  for (const says of [null, { status: 503, body: { error: "penuh" } }]) {
    clean();
    const box = await fresh("agency/outbox.js");
    box.answersOver(line(says));
    lost();
    const acting = box.act(accept());
    await clock.pass(1000);
    assert.equal(box.pending().length, 1);
    works();
    await clock.pass(3000);
    assert.deepEqual(await acting, { answer: { ok: true } });
  }
});

test("notes and photos never go over the socket", async () => {
  const box = await fresh("agency/outbox.js");
  const socket = line({ status: 200, body: {} });
  box.answersOver(socket);
  lost();
  box.act(note("dua regu"));
  box.act(photo());
  await clock.pass(5000);
  assert.deepEqual(socket.carried, []);
});
