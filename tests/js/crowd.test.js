import assert from "node:assert/strict";
import test from "node:test";

const { byIncident, chosenAtFirst, concerned, effects, joining, meant, told } = await import(
  "../../console/static/js/desk/crowd.js");

const caller = (ticket, fields = {}) => ({ ticket, does: ["link", "judge", "called"], unable: {}, doubtful: null,
  ...fields });
const ALL = ["link", "judge", "called"];

test("all are chosen at first but those in doubt and those with whom there is nothing to do", () => {
  const rows = [caller("a"), caller("b", { doubtful: "memilih aduan di menu" }), caller("c", { does: [] })];
  assert.deepEqual(chosenAtFirst(rows), ["a"]);
});

test("the preview counts what will be done to the chosen ones, and leaves out what is not wanted", () => {
  const rows = [caller("a"), caller("b", { does: ["called"] }), caller("c")];
  const chosen = new Set(["a", "b"]);
  assert.deepEqual(effects(rows, chosen, ALL), [{ act: "link", count: 1 }, { act: "judge", count: 1 },
    { act: "called", count: 2 }]);
  assert.deepEqual(effects(rows, chosen, ["called"]), [{ act: "called", count: 2 }]);
  assert.deepEqual(concerned(rows, chosen, ["link"]), ["a"], "nothing is asked for b");
  assert.deepEqual(effects(rows, new Set(), ALL), []);
});

test("those end with the incident who are chosen, not linked yet, and to be linked", () => {
  const rows = [caller("a"), caller("b", { does: ["called"] }), caller("c")];
  assert.equal(joining(rows, ["a", "b"], ALL), 1);
  assert.equal(joining(rows, ["a", "b", "c"], ["called"]), 0);
});

test("the answer tells what was done, also where it is less than was asked for", () => {
  assert.equal(told([{ did: ALL }, { did: ["link", "judge"] }, { did: [] }]),
    "2 digabung, 2 dinilai asli, 1 telepon balik selesai.");
  assert.equal(told([{ did: [] }]), "Tidak ada yang berubah.");
});

test("the key opens the incident of the ticket in the form, or else the first with something to do", () => {
  const rows = [{ number: "T-1", callbacks: 0 }, { number: "T-2", callbacks: 4 }];
  assert.equal(meant(rows, { number: "T-9", master: "T-1" }).number, "T-1");
  assert.equal(meant(rows, { number: "T-1", master: null }).number, "T-1");
  assert.equal(meant(rows, null).number, "T-2");
  assert.equal(meant([rows[0]], null), null);
});

test("callbacks of one incident are one entry in the place of the first, two of one stay as they are", () => {
  const rows = [["a", null], ["b", "T-1"], ["c", "T-2"], ["d", "T-1"], ["e", "T-2"], ["f", "T-1"], ["g", "T-9"]]
    .map(([id, incident]) => ({ id, incident }));
  const [first, second] = [{ number: "T-1" }, { number: "T-2" }];
  assert.deepEqual(byIncident(rows, [first, second]), [rows[0],
    { incident: first, rows: [rows[1], rows[3], rows[5]] }, rows[2], rows[4], rows[6]]);
  assert.deepEqual(byIncident(rows, []), rows, "an incident that the page does not know folds nothing");
});
