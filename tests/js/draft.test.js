import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { NOON, clean, clock, fresh, network, settle, storage } from "./browser.js";

const TICKET = { number: "T-1", kind: "unknown", category: null, kecamatan: null, desa: null, address: null,
  description: null, reporter_name: null, reporter_number: null, status: "open", revision: 0, erasures: 0 };

async function draft(ticket = TICKET) {
  const { Draft } = await fresh("desk/draft.js");
  const made = new Draft("T-1", () => {});
  made.take(ticket);
  return made;
}

const sent = () => network.requests.map((request) => [request.method, request.path, JSON.parse(request.body)]);
/** The fields of each request, without what they were typed over. */
const texts = () => sent().map(([, , body]) => Object.fromEntries(Object.entries(body)
  .filter(([name]) => name !== "over")));
const overs = () => sent().map(([, , { over }]) => over.fields);
const stored = (number = "T-1") => JSON.parse(storage.getItem(`draft:${number}`) || "null");
/** A draft that an earlier page of this user has left. */
const left = (fields, more = {}) => storage.setItem("draft:T-1", JSON.stringify({ user: "damkar", at: NOON - 60000,
  erasures: 0, draft: "0123456789abcdef01234567", turn: 4, fields, ...more }));
const clash = (theirs, more = {}) => network.json(409, { error: "alamat sudah diisi Budi", field: "address",
  saved: [], revision: 7, at: "2026-11-30T05:00:01Z",
  conflicts: [{ field: "address", base: null, yours: "Jl. Kartini", theirs, by: "Budi", at: "2026-11-30T05:00:00Z" }],
  ...more });

beforeEach(clean);

test("what is typed is in the browser at once, and on the server after a pause", async () => {
  const form = await draft();
  network.answers = () => ({ at: "2026-11-30T05:00:01Z" });
  form.set("description", "rumah");
  await clock.pass(300);
  form.set("description", "rumah terbakar");
  assert.deepEqual([stored().user, stored().fields],
    ["damkar", { description: { value: "rumah terbakar", base: "" } }]);
  await clock.pass(399);
  assert.deepEqual(sent(), [], "the pause begins anew with each key");
  await clock.pass(1);
  const over = { fields: { description: "" }, draft: form.mark, turn: 1, erasures: 0, user: "damkar" };
  assert.deepEqual(sent(), [["PATCH", "/api/tickets/T-1", { description: "rumah terbakar", over }]]);
  assert.deepEqual([form.dirty.size, form.savedAt, storage.getItem("draft:T-1")], [0, "2026-11-30T05:00:01Z", null]);
});

test("what is typed while a request is on its way is sent after it, not beside it", async () => {
  const form = await draft();
  let answer;
  network.answers = () => new Promise((done) => { answer = done; });
  form.set("address", "Jl. Kartini");
  await clock.pass(400);
  form.set("address", "Jl. Kartini 3");
  await clock.pass(5000);
  assert.equal(network.requests.length, 1);
  answer({ at: "1" });
  await settle();
  assert.equal(form.dirty.size, 1, "the newer text is not saved by the older answer");
  await clock.pass(400);
  assert.deepEqual([texts()[1], overs()[1]], [{ address: "Jl. Kartini 3" }, { address: "Jl. Kartini" }]);
});

test("a line that is lost is tried again every 3 s, and the form says so meanwhile", async () => {
  const form = await draft();
  network.answers = () => new Error("no network");
  form.set("address", "Jl. Kartini");
  await clock.pass(400 + 3000 + 3000);
  assert.equal(network.requests.length, 3);
  assert.equal(form.error.message, "Server tidak terjangkau; belum tersimpan.");
  network.answers = () => ({ at: "1" });
  await clock.pass(3000);
  assert.deepEqual([form.error, form.dirty.size], [null, 0]);
});

test("a field that the server refuses is marked, and not sent again until a hand changes it", async () => {
  const form = await draft();
  network.answers = () => network.json(422, { error: "terlalu panjang", field: "address" });
  form.set("address", "x");
  await clock.pass(60000);
  assert.equal(network.requests.length, 1);
  assert.deepEqual(form.wrong, { address: "Terlalu panjang." });
  form.set("address", "y");
  assert.deepEqual(form.wrong, {});
  await clock.pass(400);
  assert.equal(network.requests.length, 2);
});

test("a snapshot that is older than what was saved does not bring the old text back", async () => {
  const form = await draft();
  network.answers = () => ({ at: "1" });
  form.set("desa", "Panggang");
  await clock.pass(400);
  form.take(TICKET);
  assert.equal(form.fields.desa, "Panggang");
  form.take({ ...TICKET, desa: "Panggang" });
  form.take({ ...TICKET, desa: "Kauman" });
  assert.equal(form.fields.desa, "Kauman", "somebody else changed it since");
});

test("the field under the hand, and what is not saved yet, is not changed by others", async () => {
  const form = await draft();
  document.activeElement = { name: "description" };
  form.take({ ...TICKET, description: "dari orang lain", address: "Jl. Pemuda" });
  assert.deepEqual([form.fields.description, form.fields.address], ["", "Jl. Pemuda"]);
  form.set("address", "Jl. Kartini");
  form.take({ ...TICKET, address: "Jl. Diponegoro" });
  assert.equal(form.fields.address, "Jl. Kartini");
});

test("a draft of another person, or of an older program, is not this page's to save", async () => {
  storage.setItem("draft:T-1", '{"address":"Jl. Kartini"}');
  let form = await draft();
  await clock.pass(60000);
  assert.deepEqual([sent(), form.fields.address], [[], ""]);
  left({ address: { value: "Jl. Kartini", base: "" } }, { user: "budi" });
  form = await draft();
  await clock.pass(60000);
  assert.deepEqual([sent(), form.fields.address, form.conflicts.size, stored().user], [[], "", 0, "budi"]);
});

test("looking writes nothing: what an earlier page could not save is a question with two answers", async () => {
  left({ address: { value: "Jl. Kartini", base: "" }, __proto__: { value: "x" }, unknown: { value: "y" },
    desa: { value: "Panggang", base: "" } });
  const form = await draft({ ...TICKET, address: "Jl. Pemuda", desa: "Panggang" });
  await clock.pass(60000);
  assert.deepEqual([sent(), form.fields.address], [[], "Jl. Pemuda"]);
  assert.deepEqual([...form.conflicts], [["address", { yours: "Jl. Kartini", theirs: "Jl. Pemuda", by: null,
    at: NOON - 60000, kept: true }]]);
  form.choose("address", true);
  await clock.pass(400);
  assert.deepEqual([texts(), overs()], [[{ address: "Jl. Kartini" }], [{ address: "Jl. Pemuda" }]]);
  assert.equal(stored(), null);
});

test("the question outlasts another reload, and the answer «what stands there» writes nothing", async () => {
  left({ address: { value: "Jl. Kartini", base: "" } });
  await draft();
  const form = await draft();
  assert.equal(form.conflicts.get("address").yours, "Jl. Kartini");
  form.choose("address", false);
  await clock.pass(60000);
  assert.deepEqual([sent(), form.fields.address, stored()], [[], "", null]);
});

for (const [why, ticket, more] of [
  ["whose ticket has ended", { ...TICKET, status: "done" }, {}],
  ["whose ticket was erased since", { ...TICKET, erasures: 1 }, {}],
  ["that is older than a day", TICKET, { at: NOON - 25 * 3600 * 1000 }],
]) {
  test(`a draft ${why} is not asked about`, async () => {
    left({ reporter_name: { value: "Bu Rahayu", base: "" } }, more);
    const form = await draft(ticket);
    await clock.pass(60000);
    assert.deepEqual([sent(), form.conflicts.size, form.fields.reporter_name], [[], 0, ""]);
  });
}

test("an erasure takes what is typed off the page and out of the browser", async () => {
  const form = await draft();
  network.answers = () => new Error("no network");
  form.set("reporter_name", "Bu Rahayu");
  form.take({ ...TICKET, erasures: 1, revision: 3 });
  await clock.pass(60000);
  assert.deepEqual([form.fields.reporter_name, stored(), form.dirty.size, network.requests.length], ["", null, 0, 0]);
});

test("a ticket that ends takes no more keys; the page shows what was not saved", async () => {
  const form = await draft();
  network.answers = () => network.json(409, { error: "tiket T-1 sudah selesai", ended: true });
  form.set("address", "Jl. Kartini");
  await clock.pass(60000);
  assert.deepEqual([network.requests.length, form.ended, form.unsaved()], [1, true, { address: "Jl. Kartini" }]);
  form.take({ ...TICKET, status: "done", revision: 2 });
  form.set("address", "x");
  assert.deepEqual([stored(), form.fields.address], [null, "Jl. Kartini"]);
});

test("the base is what was shown at the first key, however the ticket changes meanwhile", async () => {
  const form = await draft({ ...TICKET, address: "Jl. Lama" });
  network.answers = () => new Error("no network");
  form.set("address", "Jl. Kartini");
  form.take({ ...TICKET, address: "Jl. Pemuda", revision: 5 });
  form.set("address", "Jl. Kartini 3");
  await clock.pass(3400);
  assert.deepEqual(overs(), [{ address: "Jl. Lama" }, { address: "Jl. Lama" }]);
});

test("a conflict is asked about and not sent again; the others are; a choice is over what was shown", async () => {
  const form = await draft();
  network.answers = () => clash("Jl. Pemuda");
  form.set("address", "Jl. Kartini");
  await clock.pass(60000);
  assert.deepEqual([network.requests.length, form.error], [1, null]);
  assert.equal(form.conflicts.get("address").theirs, "Jl. Pemuda");
  form.set("address", "Jl. Kartini 3"); // goes on typing
  network.answers = () => ({ at: "1", revision: 8 });
  form.set("desa", "Panggang");
  await clock.pass(60000);
  assert.deepEqual(texts().slice(1), [{ desa: "Panggang" }]);
  form.choose("address", true);
  await clock.pass(400);
  assert.deepEqual([texts()[2], overs()[2]], [{ address: "Jl. Kartini 3" }, { address: "Jl. Pemuda" }]);
  assert.deepEqual([form.conflicts.size, form.dirty.size], [0, 0]);
});

test("a conflict that the others solve by the same words is over", async () => {
  const form = await draft();
  network.answers = () => clash("Jl. Pemuda");
  form.set("address", "Jl. Kartini");
  await clock.pass(400);
  form.take({ ...TICKET, address: "Jl. Kartini", revision: 9 });
  assert.deepEqual([form.conflicts.size, form.dirty.size, form.fields.address], [0, 0, "Jl. Kartini"]);
});

test("no dispatch goes out over a conflict, before and after the server knows of it", async () => {
  const form = await draft();
  network.answers = () => clash("Jl. Pemuda", { saved: undefined });
  form.set("address", "Jl. Kartini");
  await assert.rejects(form.commit("dispatch", { opds: ["damkar"] }), { status: 409 });
  await assert.rejects(form.commit("dispatch", { opds: ["damkar"] }), { status: 409 });
  assert.equal(network.requests.length, 1);
  form.choose("address", false);
  network.answers = () => ({ dispatched: ["damkar"] });
  await form.commit("dispatch", { opds: ["damkar"] });
  assert.deepEqual(sent()[1][2].fields, {});
});

test("a refusal that no repetition can mend is not repeated", async () => {
  const form = await draft();
  network.answers = () => network.json(403, { error: "peran opd tidak boleh" });
  form.set("address", "Jl. Kartini");
  await clock.pass(60000);
  assert.equal(network.requests.length, 1);
});

test("a snapshot from before one's own save changes nothing", async () => {
  const form = await draft();
  network.answers = () => ({ at: "1", revision: 7 });
  form.set("address", "Jl. Kartini 3");
  await clock.pass(400);
  form.take({ ...TICKET, address: "Jl. Kartini", revision: 6 });
  assert.equal(form.fields.address, "Jl. Kartini 3");
  form.take({ ...TICKET, address: "Jl. Pemuda", revision: 8 });
  assert.equal(form.fields.address, "Jl. Pemuda");
});

for (const kept of ["{broken", "null", "7", '"text"']) {
  test(`a kept draft that is none (${kept}) is no draft`, async () => {
    storage.setItem("draft:T-1", kept);
    assert.deepEqual((await draft()).unsaved(), {});
  });
}

for (const trouble of ["refuses", "full"]) {
  test(`a browser whose storage ${trouble} saves to the server all the same`, async () => {
    storage[trouble] = true;
    const form = await draft();
    form.set("address", "Jl. Kartini");
    await clock.pass(400);
    assert.equal(network.requests.length, 1);
    assert.equal(form.dirty.size, 0);
  });
}

test("a dispatch takes the last keys with it in one request", async () => {
  const form = await draft();
  network.answers = () => ({ dispatched: ["damkar"] });
  form.set("address", "Jl. Kartini");
  await form.commit("dispatch", { opds: ["damkar"] });
  await clock.pass(60000);
  const over = { fields: { address: "" }, draft: form.mark, turn: 1, erasures: 0, user: "damkar" };
  assert.deepEqual(sent(), [["POST", "/api/tickets/T-1/dispatch",
    { opds: ["damkar"], fields: { address: "Jl. Kartini" }, over }]]);
});

test("a dispatch that 112 cannot keep says what to do, and the text is saved when it can be again", async () => {
  const form = await draft();
  form.set("address", "Jl. Kartini");
  network.answers = () => network.json(503, { error: "cakram penuh" });
  await assert.rejects(form.commit("dispatch", { opds: ["damkar"] }),
    { message: "BELUM dikirim ke OPD: Cakram penuh. Telepon OPD langsung. Isian tetap di sini; tekan lagi nanti." });
  network.answers = () => ({ at: "1" });
  await clock.pass(3000);
  assert.equal(form.dirty.size, 0);
  assert.equal(network.requests.filter((request) => request.path.endsWith("dispatch")).length, 1, "never by itself");
});
