import assert from "node:assert/strict";
import test from "node:test";
import "./browser.js";

const { storyLines } = await import("../../console/static/js/shared/story.js");
const { awaited, complaintTone, grouped, term } = await import("../../console/static/js/shared/tracking.js");

const REFERENCE = { opds: [{ code: "damkar", short: "Damkar" }], contacts: { kepala: "Kepala Damkar" } };
const row = (kind, data = {}, actor = "process:calls", at = "2026-11-30T05:00:00Z") => ({ at, kind, actor, data });
const texts = (rows, every) => storyLines(rows, REFERENCE, every).map((line) => line.text);

test("agencies and contacts have the names that people know, people are named, processes are not", () => {
  const rows = [row("push.sent", { contact: "kepala", channel: "call", opd: "damkar" }),
    row("assignment.moved", { opd: "damkar", state: "berangkat" }, "user:budi:2")];
  assert.deepEqual(storyLines(rows, REFERENCE).map(({ text, person }) => [text, person]),
    [["Kepala Damkar didorong lewat telepon", ""], ["Damkar: Berangkat", "budi:2"]]);
});

test("what repeats is one line with its number and its last moment, unless every row is wanted", () => {
  const rows = [1, 2, 3].map((minute) => row("push.seen", { opd: "damkar" }, "", `2026-11-30T05:0${minute}:00Z`));
  const [line, ...more] = storyLines(rows, REFERENCE);
  assert.deepEqual([line.text, line.at, more.length],
    ["Damkar: tampil di halaman, sirene berbunyi (3×)", "2026-11-30T05:03:00Z", 0]);
  assert.equal(texts(rows, true).length, 3);
});

test("two of a kind with another between them are not one", () => {
  const rows = [row("call.held"), row("call.resumed"), row("call.held")];
  assert.equal(texts(rows).length, 3);
});

test("a request is told by what came of it; a kind that this page does not know is told by its name", () => {
  assert.deepEqual(texts([row("request.take"), row("future.kind", { x: 1 })]), ["future.kind"]);
});

test("a row whose facts are gone or erased is a sentence all the same", () => {
  const kinds = ["call.doubt", "call.message", "callback.tried", "ticket.judged", "ticket.updated", "ticket.closed",
    "failsafe.queue", "complaint.told", "complaint.late", "assignment.noted", "link.refused", "operator.listening"];
  for (const text of texts(kinds.map((kind) => row(kind)), true)) assert.ok(text.length > 3, text);
  assert.deepEqual(texts([row("assignment.noted", { opd: "damkar", note: null })]), ["Damkar: catatan dihapus"]);
});

test("what was pressed without a signal says when it was pressed", () => {
  const data = { opd: "damkar", state: "selesai", acted_at: "2019-06-01T17:30:00Z" };
  assert.deepEqual(texts([row("assignment.moved", data)]),
    ["Damkar: Selesai (ditekan 2 Jun 00.30, terkirim kemudian)"]);
});

test("a tracking number is read in two groups; a term says how many working days are left", () => {
  assert.equal(grouped("48271930"), "4827 1930");
  assert.deepEqual([null, { left: 2, late: false }, { left: 0, late: false }, { left: -1, late: true }].map(term),
    ["", "sisa 2 hari kerja", "hari terakhir", "terlambat 1 hari kerja"]);
  assert.deepEqual([awaited(null), awaited({ what: "answer" })], ["", "dijawab OPD"]);
  assert.deepEqual([complaintTone("selesai"), complaintTone("baru")], ["ok", ""]);
});
