import assert from "node:assert/strict";
import test from "node:test";

const { folded } = await import("../../console/static/js/wall/folded.js");

const ticket = (number, fields = {}) => ({ number, outcome: "abandoned", status: "open", category: null,
  description: null, address: null, desa: null, kecamatan: null, merged: 0, assignments: [], ...fields });
const numbers = (rows) => folded(rows).map((row) => (Array.isArray(row) ? row.map((one) => one.number) : row.number));

test("thirty-eight who hung up are one row, in the place of the first, and nobody else is in it", () => {
  const callers = Array.from({ length: 38 }, (_, n) => ticket(`T-${n}`));
  const rows = [ticket("F", { category: "kebakaran" }), ...callers.slice(0, 20), ticket("W", { outcome: "talked" }),
    ...callers.slice(20), ticket("D", { description: "tolong" })];
  assert.deepEqual(numbers(rows), ["F", callers.map((row) => row.number), "W", "D"]);
});

test("two of them stay as they are; one who is written down, sent or merged with is a row of its own", () => {
  assert.deepEqual(numbers([ticket("1"), ticket("2")]), ["1", "2"]);
  const known = [{ desa: "Margoyoso" }, { assignments: [{}] }, { merged: 1 }, { status: "dispatched" },
    { unsent_since: "2026-11-30T05:00:00Z" }];
  assert.deepEqual(numbers([ticket("1"), ticket("2"), ...known.map((fields, n) => ticket(`k${n}`, fields))]),
    ["1", "2", "k0", "k1", "k2", "k3", "k4"]);
});
