import assert from "node:assert/strict";
import test from "node:test";
import "./browser.js";

const { storyLines } = await import("../../console/static/js/story/story.js");
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

test("people have their names, whoever is not known by now their login", () => {
  const reference = { ...REFERENCE, people: { siti: "Siti Aminah", budi: "Budi Santoso" } };
  const lines = storyLines([row("call.transferred", { operator: "budi", by: "siti" }, "user:siti"),
    row("ticket.conflict", { by: ["budi", "ani"], fields: ["address"] }, "user:ani"),
    row("failsafe.queue", { operators: ["siti", "budi"] }), row("link.opened", { contact: "kepala" }, "contact:kepala"),
  ], reference);
  assert.deepEqual(lines.map(({ text, person }) => [text, person]), [
    ["dialihkan Siti Aminah ke operator Budi Santoso", "Siti Aminah"],
    ["isian Budi Santoso, ani tidak ditimpa: alamat", "ani"],
    ["antre di jalur cadangan untuk Siti Aminah, Budi Santoso", ""],
    ["Kepala Damkar membuka tautan", "Kepala Damkar"]]);
});

test("what repeats is one line with its number and its last moment, unless every row is wanted", () => {
  const rows = [1, 2, 3].map((minute) => row("push.seen", { opd: "damkar" }, "", `2026-11-30T05:0${minute}:00Z`));
  const [line, ...more] = storyLines(rows, REFERENCE);
  assert.deepEqual([line.text, line.at, more.length],
    ["Damkar: tampil di halaman, sirene berbunyi (3×)", "2026-11-30T05:03:00Z", 0]);
  assert.equal(texts(rows, true).length, 3);
});

test("a transfer says from whom, to whom and why", () => {
  assert.deepEqual(texts([row("call.transferred", { operator: "budi", by: "siti", note: "butuh bahasa Jawa" }),
    row("call.transferred", { operator: "ani", by: "budi" }), row("call.transferred", { operator: "rudi" })]),
  ["dialihkan siti ke operator budi: butuh bahasa Jawa", "dialihkan budi ke operator ani",
    "dialihkan ke operator rudi"]);
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

const CATEGORIES = { ...REFERENCE, categories: [{ code: "kebakaran", name: "Kebakaran" }] };
const edit = (data, minute, actor = "user:siti") => ({ ...row("ticket.updated", data, actor,
  `2026-11-30T05:${String(minute).padStart(2, "0")}:00Z`), seq: minute });
const told = (rows) => storyLines(rows, CATEGORIES).map((line) => line.text);

test("an edit says what stood there before; the first word on a field has nothing before it", () => {
  assert.deepEqual(told([edit({ kind: "emergency", category: "kebakaran", address: "Margoyoso" }, 1),
    edit({ address: "Purwogondo" }, 20, "user:budi"), edit({ address: null }, 40, "user:budi")]),
  ["jenis: Darurat; kategori: Kebakaran; alamat: Margoyoso", "alamat: Margoyoso → Purwogondo",
    "alamat: Purwogondo → dikosongkan"]);
});

test("what one person types into a form that saves itself is one edit; another person's is another", () => {
  const typed = [edit({ description: "ru" }, 1), edit({ description: "rumah" }, 2), edit({ description: "rumah roboh" },
    3), edit({ description: "rumah terbakar" }, 4, "user:budi")];
  assert.deepEqual(told(typed), ["uraian: rumah roboh", "uraian: rumah roboh → rumah terbakar"]);
  assert.deepEqual(told([edit({ desa: "A" }, 1), edit({ desa: "B" }, 30), edit({ desa: "A" }, 31)]), ["desa: A"],
    "typed and taken back is no edit");
});

const failed = (seq, contact = "kepala", opd = "damkar") => ({ ...row("push.failed", { opd, contact, channel: "call",
  error: "Q.850 34" }, "", new Date(Date.parse("2026-11-29T23:01:00Z") + seq * 10000).toISOString()), seq });

test("failures that repeat are one line with their time, other pushes between them or not", () => {
  const rows = Array.from({ length: 12 }, (_, n) => (n % 3 === 2
    ? { ...row("push.sent", { opd: "damkar", contact: "siaga", channel: "page" }), seq: n }
    : failed(n, n % 2 ? "kepala" : "piket")));
  const lines = told(rows);
  assert.equal(lines.filter((text) => text.startsWith("gagal")).length, 0);
  assert.ok(lines.includes("8 percobaan gagal menghubungi Damkar, 06.01–06.02: piket lewat telepon 4×, "
    + "Kepala Damkar lewat telepon 4×"), lines.join("\n"));
  assert.equal(storyLines(rows, CATEGORIES, true).filter((line) => line.text.startsWith("gagal")).length, 8);
});

test("two failures stay as they are, and an answer between them parts the runs", () => {
  assert.equal(told([failed(1), failed(2)])[0], "gagal mendorong Kepala Damkar lewat telepon: Q.850 34 (2×)");
  const answer = { ...row("assignment.acknowledged", { opd: "damkar", state: "diterima", via: "page" }), seq: 4 };
  const lines = told([failed(1), failed(2), failed(3), answer, failed(5), failed(6), failed(7)]);
  assert.deepEqual(lines.map((text) => text.slice(0, 12)), ["3 percobaan ", "Damkar: Dite", "3 percobaan "]);
});

test("the server's count stands where the page has loaded a part of the failures alone", () => {
  const run = { first: 1, last: 153, opd: "damkar", times: 153, since: "2026-11-29T23:01:00Z",
    until: "2026-11-29T23:28:00Z", ways: [{ contact: "kepala", channel: "call", times: 153 }] };
  const lines = storyLines([failed(150), failed(151), failed(152), failed(153)], CATEGORIES, false, [run]);
  assert.deepEqual(lines.map((line) => line.text),
    ["153 percobaan gagal menghubungi Damkar, 06.01–06.28: Kepala Damkar lewat telepon 153×"]);
});
