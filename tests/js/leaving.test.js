// What a desk is asked about before it is left.
import "./browser.js";
import assert from "node:assert/strict";
import { test } from "node:test";

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
