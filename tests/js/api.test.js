import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { clean, fresh, network } from "./browser.js";

beforeEach(clean);

test("every failure is a sentence for people, with its status and the field that is wrong", async () => {
  const { get } = await fresh("shared/api.js");
  const table = [
    [new Error("offline"), ["Server tidak terjangkau; belum tersimpan.", 0, null]],
    [network.json(401, { error: "x" }), ["Sesi habis; masuk lagi.", 401, null]],
    [network.json(422, { error: "terlalu panjang", field: "note" }), ["Terlalu panjang.", 422, "note"]],
    [network.json(500), ["Server menjawab 500.", 500, null]],
    [{ ok: false, status: 502, json: async () => { throw new Error("HTML of a proxy"); } },
      ["Server menjawab 502.", 502, null]],
  ];
  for (const [answer, [message, status, field]] of table) {
    network.answers = () => answer;
    await assert.rejects(get("/api/x"), { message, status, field: field ?? null });
  }
});

test("an answer that is no JSON, though all went well, is an empty one", async () => {
  const { get } = await fresh("shared/api.js");
  network.answers = () => ({ ok: true, status: 204, json: async () => { throw new Error("empty"); } });
  assert.deepEqual(await get("/api/x"), {});
});

test("a body goes as JSON, a file as what it is, a form as the browser writes it", async () => {
  const { get, post, send } = await fresh("shared/api.js");
  await get("/api/x");
  await post("/api/x");
  await send("POST", "/api/x", new Blob(["x"], { type: "image/jpeg" }));
  await send("POST", "/api/x", new Blob(["x"]));
  await send("POST", "/api/x", new FormData(), { headers: { "Idempotency-Key": "k" } });
  assert.deepEqual(network.requests.map(({ headers }) => headers), [{}, { "Content-Type": "application/json" },
    { "Content-Type": "image/jpeg" }, { "Content-Type": "application/octet-stream" }, { "Idempotency-Key": "k" }]);
  assert.deepEqual(network.requests.slice(0, 2).map(({ body }) => body), [undefined, "{}"]);
  assert.ok(network.requests.every(({ credentials }) => credentials === "same-origin"));
});

test("what forms offer is fetched once for each edition of the configuration", async () => {
  const { reference } = await fresh("shared/api.js");
  network.answers = () => ({ edition: network.requests.length });
  assert.equal((await reference(1)).edition, 1);
  assert.equal((await reference(1)).edition, 1);
  assert.equal((await reference(2)).edition, 2);
  assert.equal(network.requests.length, 2);
});
