import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { clean, clock, fresh, network, settle, storage } from "./browser.js";

const TICKET = { number: "T-1", kind: "unknown", category: null, kecamatan: null, desa: null, address: null,
  description: null, reporter_name: null, reporter_number: null };

async function draft() {
  const { Draft } = await fresh("desk/draft.js");
  const made = new Draft("T-1", () => {});
  made.take(TICKET);
  return made;
}

const sent = () => network.requests.map((request) => [request.method, request.path, JSON.parse(request.body)]);

beforeEach(clean);

test("what is typed is in the browser at once, and on the server after a pause", async () => {
  const form = await draft();
  network.answers = () => ({ at: "2026-11-30T05:00:01Z" });
  form.set("description", "rumah");
  await clock.pass(300);
  form.set("description", "rumah terbakar");
  assert.equal(storage.getItem("draft:T-1"), '{"description":"rumah terbakar"}');
  await clock.pass(399);
  assert.deepEqual(sent(), [], "the pause begins anew with each key");
  await clock.pass(1);
  assert.deepEqual(sent(), [["PATCH", "/api/tickets/T-1", { description: "rumah terbakar" }]]);
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
  assert.deepEqual(sent()[1][2], { address: "Jl. Kartini 3" });
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

test("the next page finds what the last one could not save any more, and saves it", async () => {
  storage.setItem("draft:T-1", '{"address":"Jl. Kartini","__proto__":"x","unknown":"y"}');
  const form = await draft();
  assert.deepEqual(form.unsaved(), { address: "Jl. Kartini" });
  await clock.pass(400);
  assert.deepEqual(sent(), [["PATCH", "/api/tickets/T-1", { address: "Jl. Kartini" }]]);
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
  assert.deepEqual(sent(), [["POST", "/api/tickets/T-1/dispatch",
    { opds: ["damkar"], fields: { address: "Jl. Kartini" } }]]);
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
