import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { clean, clock, fresh, network, settle } from "./browser.js";

const TICKET = { number: "T-1", kind: "unknown", category: null, kecamatan: null, desa: null, address: null,
  description: null, reporter_name: null, reporter_number: null, status: "open", revision: 0, erasures: 0,
  assignments: [], master: null };

async function form(fields = {}) {
  const { draftOf } = await fresh("desk/draft.js");
  const { open } = await import("../../console/static/js/shared/drafts.js");
  open.clear();
  const { isUnsent } = await import("../../console/static/js/desk/leaving.js");
  const draft = draftOf("T-1", () => {});
  draft.take({ ...TICKET });
  for (const [name, value] of Object.entries(fields)) draft.set(name, value);
  return { draft, isUnsent };
}

/** 112 keeps what is typed, and says whether it is an emergency that nobody has sent. */
const says = (unsent) => {
  network.answers = (request) => (request.method === "PATCH" ? { at: "1", revision: 1 }
    : { number: "T-1", unsent_since: unsent ? "2026-11-30T05:00:00Z" : null });
};

beforeEach(clean);

test("what was typed a moment ago is saved before 112 is asked about it", async () => {
  const { isUnsent } = await form({ description: "kebakaran" });
  says(true);
  assert.equal(await isUnsent(TICKET, false), true);
  assert.deepEqual(network.requests.map(({ method }) => method), ["PATCH", "GET"]);
});

test("a sign that was typed away is no emergency any more, whatever the list still says", async () => {
  const { isUnsent } = await form({ kind: "complaint" });
  says(false);
  assert.equal(await isUnsent(TICKET, true), false);
});

test("what is typed while a save is on its way is saved, too", async () => {
  const { draft, isUnsent } = await form({ description: "keb" });
  let answer = () => {};
  network.answers = () => new Promise((done) => { answer = () => done({ at: "1" }); });
  draft.save();
  await settle();
  draft.set("description", "kebakaran");
  const asked = isUnsent(TICKET, false);
  answer();
  says(true);
  await clock.pass(100);
  assert.equal(await asked, true);
  assert.deepEqual(network.requests.map(({ method }) => method), ["PATCH", "PATCH", "GET"]);
});

for (const [fields, listed, unsent] of [[{ description: "api" }, false, true],
  [{ reporter_name: "Budi" }, false, false], [{}, true, true]]) {
  test(`without an answer ${JSON.stringify(fields)}, listed: ${listed}, counts as ${unsent}`, async () => {
    const { isUnsent } = await form(fields);
    network.answers = () => new Promise(() => {});
    const asked = isUnsent(TICKET, listed);
    await clock.pass(1500);
    assert.equal(await asked, unsent);
  });
}

test("what an agency has is not asked about where 112 does not answer", async () => {
  const { isUnsent } = await form({ description: "api" });
  network.answers = () => network.json(503, { error: "cakram penuh" });
  assert.equal(await isUnsent({ ...TICKET, assignments: [{ ended_at: null }] }, false), false);
});

const { heldUp } = await import("../../console/static/js/desk/leaving.js");

const ticket = (number, more = {}) => ({ number, unsent_since: "2026-11-23T03:00:00+00:00", assignments: [], ...more });
const desk = (mine, rows = []) => ({ mine, unsent: { rows }, me: { operator: "siti" } });
const HAS_IT = { assignments: [{ state: "dikirim", ended_at: null }, { state: "bukan_wewenang", ended_at: "x" }] };

test("an unsent emergency holds the desk up, that of the form first", () => {
  const rows = [{ number: "T-3", operator: "siti", agencies: 0 }, { number: "T-4", operator: "budi", agencies: 0 }];
  assert.deepEqual(heldUp(desk([ticket("T-1"), ticket("T-2")], rows), ticket("T-2")), ["T-2", "T-1", "T-3"]);
});

test("what came back while another agency has it is asked about by its own card", () => {
  const rows = [{ number: "T-1", operator: "siti", agencies: 1 }];
  assert.deepEqual(heldUp(desk([ticket("T-1", HAS_IT)], rows), ticket("T-1", HAS_IT)), []);
});

test("an agency that turned it down by telephone does not have it", () => {
  const down = { assignments: [{ state: "ditolak", ended_at: null }] };
  assert.deepEqual(heldUp(desk([ticket("T-1", down)]), null), ["T-1"]);
});
