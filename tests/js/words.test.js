import assert from "node:assert/strict";
import test from "node:test";
import "./browser.js";

const { laneTone, liveTone, numberMark, phone, place, sentence, stateTone } =
  await import("../../console/static/js/shared/words.js");

test("numbers are written as people in Indonesia write them; what is no number stays", () => {
  const table = [
    ["081234567890", "0812-3456-7890"],
    ["+6281234567890", "0812-3456-7890"],
    ["08123456789", "0812-3456-789"],
    ["081234567", "0812-3456-7"],
    ["0812345678901", "0812-3456-78901"],
    ["0291591234", "0291-591234"],
    ["+62291591234", "0291-591234"],
    ["08123456", "08123456"],
    ["112", "112"],
    ["anonim", "anonim"],
    ["+6512345678", "+6512345678"],
    ["0812 3456 7890", "0812 3456 7890"],
    ["", ""],
    [null, ""],
    [undefined, ""],
  ];
  assert.deepEqual(table.map(([text]) => phone(text)), table.map(([, shown]) => shown));
});

test("a place names what is known of it, and nothing else", () => {
  assert.equal(place({ address: "Jl. Kartini 3", desa: "Panggang", kecamatan: "Jepara" }),
    "Jl. Kartini 3, Panggang, Kec. Jepara");
  assert.equal(place({ address: null, desa: null, kecamatan: "Jepara" }), "Kec. Jepara");
  assert.equal(place({ address: "", desa: null, kecamatan: null }), "");
});

test("a sentence begins large and ends with one mark", () => {
  assert.deepEqual(["tidak tersimpan", "Sudah.", "apa?", "", null].map(sentence),
    ["Tidak tersimpan.", "Sudah.", "Apa?", "", ""]);
});

test("a word that this page does not know yet has no tone, rather than «undefined» in a class", () => {
  assert.deepEqual([laneTone("urgent"), laneTone("baru"), laneTone(null)], ["soft-act", "", ""]);
  assert.deepEqual([stateTone("dikirim"), stateTone("baru")], ["act", ""]);
  assert.deepEqual([liveTone("ringing"), liveTone("baru")], ["act", ""]);
});

test("a number that cannot be rung, is unsure or hidden says so before it is rung", () => {
  const mark = (callable, why) => numberMark({ callable, caller: { why } });
  assert.deepEqual([
    mark(true, "nomor ponsel Indonesia"), mark(true, null), mark(false, "nomor pendek 110"),
    mark(true, "tidak pasti: telepon tetap; bisa juga +291 7 123 456"),
    mark(true, "nomor ponsel (dari From); nomor disembunyikan penelepon, jaringan tetap mengirimnya ke 112"),
  ], ["", "", "tidak bisa ditelepon balik", "nomor tidak pasti", "nomor disembunyikan penelepon"]);
});
