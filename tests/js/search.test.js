import assert from "node:assert/strict";
import test from "node:test";
import "./browser.js";

const { search } = await import("../../console/static/js/shared/combobox.js");
const { decimal, percent, seconds } = await import("../../console/static/js/wall/figures.js");

const OPTIONS = [
  { value: "banjir", label: "Banjir", more: "air rob" },
  { value: "kebakaran", label: "Kebakaran", more: "api rumah" },
  { value: "pohon", label: "Pohon tumbang", more: "jalan" },
  { value: "rumah", label: "Rumah roboh" },
  { value: "cafe", label: "Café" },
];
const values = (typed) => search(OPTIONS, typed).map((option) => option.value);

test("what begins with the typed text comes first, then words inside, then parts of words", () => {
  assert.deepEqual(values("rumah"), ["rumah", "kebakaran"]);
  assert.deepEqual(values("tum"), ["pohon"]);
  assert.deepEqual(values("bakar"), ["kebakaran"]);
  assert.deepEqual(values("r"), ["rumah", "banjir", "kebakaran"]);
});

test("equal matches keep the order of the list, which is that of their priority", () => {
  const list = ["c", "a", "b"].map((value) => ({ value, label: `Sama ${value}` }));
  assert.deepEqual(search(list, "sama").map((option) => option.value), ["c", "a", "b"]);
});

test("large letters, accents, signs and spaces around do not matter; nothing typed shows all", () => {
  assert.deepEqual(values("  CAFE "), ["cafe"]);
  assert.deepEqual(values("café!"), ["cafe"]);
  assert.equal(values("").length, 5);
  assert.equal(values(" ?! ").length, 5);
  assert.deepEqual(values("zzz"), []);
});

test("a long list is cut at 40", () => {
  const list = Array.from({ length: 100 }, (_, n) => ({ value: String(n), label: `Desa ${n}` }));
  assert.deepEqual([search(list, "").length, search(list, "desa").length], [40, 40]);
});

test("figures are written as in Indonesia; what is not known is a dash, never a zero", () => {
  assert.deepEqual([percent(null), percent(0), percent(0.031), percent(0.5), percent(1)],
    ["–", "0\u00a0%", "3,1\u00a0%", "50\u00a0%", "100\u00a0%"]);
  assert.deepEqual([seconds(null), seconds(0), seconds(12.34)], ["–", "0,0\u00a0s", "12,3\u00a0s"]);
  assert.deepEqual([decimal(-1.25), decimal(1234, 0)], ["−1,3", "1.234"]);
});

const { settled } = await import("../../console/static/js/shared/combobox.js");
const VILLAGES = [
  { value: "Pecangaan/Krasak", label: "Krasak", note: "Pecangaan" },
  { value: "Bangsri/Krasak", label: "Krasak", note: "Bangsri" },
  { value: "Tahunan/Ngabul", label: "Ngabul", note: "Tahunan" },
];

test("a word that is not in the list stays as it was typed where the field may hold any word", () => {
  assert.deepEqual(settled(VILLAGES, " kecapik ", { keeps: true }), { own: "kecapik" });
  assert.deepEqual(settled(VILLAGES, "krasak", { keeps: true }), { own: "krasak" }, "two of that name: nobody knows");
  assert.deepEqual(settled(VILLAGES, "ngabul", { keeps: true }), { take: VILLAGES[2] });
  assert.deepEqual(settled(VILLAGES, "nga", { keeps: true }), { take: VILLAGES[2] }, "the only match, as ever");
  assert.deepEqual(settled(VILLAGES, "RT 3/RW 2", { free: true }), { own: "RT 3/RW 2" });
  assert.deepEqual(settled(VILLAGES, "Nga", { free: true }), { own: "Nga" });
});

test("where only words of the list count, the typed word stays to be seen and counts for nothing", () => {
  assert.deepEqual(settled(OPTIONS, "zzz", {}), { stray: "zzz" });
  assert.deepEqual(settled(OPTIONS, "rumah", {}), { stray: "rumah" }, "two match: neither is taken");
  assert.deepEqual(settled(OPTIONS, "Kebakaran", {}), { take: OPTIONS[1] });
  assert.deepEqual(settled(OPTIONS, " ", {}), { take: null });
});
