import assert from "node:assert/strict";
import test from "node:test";
import "./browser.js";

const { choicesOf, fieldsOf, hintOf, positionOf } = await import("../../console/static/js/desk/places.js");
const { joined, settled } = await import("../../console/static/js/shared/combobox.js");

const KECAPI = { name: "Kecapi", kind: "desa", desa: "Kecapi", kecamatan: "Tahunan", score: 96.5, sure: true,
  whole: true };
const KEPUK = { ...KECAPI, name: "Kepuk", desa: "Kepuk", kecamatan: "Bangsri", score: 66.7, sure: false };
const KEDUNG = { ...KECAPI, name: "Kedung", kind: "kecamatan", desa: null, kecamatan: "Kedung", sure: false };
const SMP = { ...KECAPI, name: "SMP Negeri 1 Bangsri", kind: "sekolah", desa: "Bangsri", kecamatan: "Bangsri" };
const answer = (...places) => ({ places, point: null, refused: null });

test("what the server proposes stands in the list with its kecamatan; only a sure one is chosen by itself", () => {
  const [kecapi, kepuk] = choicesOf(answer(KECAPI, KEPUK));
  assert.deepEqual([kecapi.label, kecapi.note, kecapi.sure], ["Kecapi", "Tahunan", true]);
  assert.deepEqual([kepuk.label, kepuk.note, kepuk.sure], ["Kepuk", "Bangsri", false]);
  const [kedung, smp] = choicesOf(answer(KEDUNG, SMP));
  assert.deepEqual([kedung.label, kedung.note], ["Kedung", "seluruh kecamatan"]);
  assert.deepEqual([smp.label, smp.note], ["SMP Negeri 1 Bangsri", "Bangsri, Bangsri"]);
  assert.equal(new Set([kecapi, kepuk, kedung, smp].map((choice) => choice.value)).size, 4);
});

test("a chosen desa takes its kecamatan along; words that are only its name leave nothing behind", () => {
  const [kecapi] = choicesOf(answer(KECAPI));
  assert.deepEqual(fieldsOf(kecapi, "kecapik", ""), { kecamatan: "Tahunan", desa: "Kecapi", address: "" });
  assert.deepEqual(fieldsOf(kecapi, "kecapik", "RT 3"), { kecamatan: "Tahunan", desa: "Kecapi", address: "RT 3" });
});

test("the caller's words beside the name go into the address, once, and before what stands there", () => {
  const [kecapi] = choicesOf(answer({ ...KECAPI, whole: false }));
  const typed = "ngarep pasar kecapi";
  assert.equal(fieldsOf(kecapi, typed, "").address, typed);
  assert.equal(fieldsOf(kecapi, typed, "RT 3").address, `${typed}; RT 3`);
  assert.equal(fieldsOf(kecapi, typed, `RT 3, ${typed}`).address, `RT 3, ${typed}`);
  assert.equal(fieldsOf(kecapi, "x".repeat(600), "").address.length, 500);
});

test("a landmark brings its desa, and its own name into the address", () => {
  const [smp] = choicesOf(answer(SMP));
  assert.deepEqual(fieldsOf(smp, "smp 1", ""), { kecamatan: "Bangsri", desa: "Bangsri",
    address: "SMP Negeri 1 Bangsri" });
  const [behind] = choicesOf(answer({ ...SMP, whole: false }));
  assert.equal(fieldsOf(behind, "mburine smp 1", "").address, "mburine smp 1");
});

test("a whole kecamatan leaves the desa open", () => {
  const [kedung] = choicesOf(answer(KEDUNG));
  assert.deepEqual(fieldsOf(kedung, "kedung", ""), { kecamatan: "Kedung", desa: "", address: "" });
});

test("a pasted point proposes the nearest desa, never for sure; it is a position, and no words", () => {
  const point = { lat: -6.603, lon: 110.709, source: "tautan peta", inside: true,
    near: { desa: "Kecapi", kecamatan: "Tahunan", distance_m: 105 } };
  const [near] = choicesOf({ places: [], point, refused: null });
  assert.deepEqual([near.label, near.note, near.sure], ["Kecapi", "Tahunan, 105 m dari titik", false]);
  assert.deepEqual(fieldsOf(near, "https://maps.google.com/?q=-6.603,110.709", "RT 3"),
    { kecamatan: "Tahunan", desa: "Kecapi", address: "RT 3" });
  assert.deepEqual(positionOf(near, " https://maps.google.com/?q=-6.603,110.709 "),
    { text: "https://maps.google.com/?q=-6.603,110.709" });
  const far = { ...point, near: { ...point.near, distance_m: 2540 } };
  assert.equal(choicesOf({ places: [], point: far, refused: null })[0].note, "Tahunan, 2,5 km dari titik");
});

test("a landmark with a point is a position; a desa is one by its name alone", () => {
  const [kecapi, smp] = choicesOf(answer(KECAPI, { ...SMP, lat: -6.5, lon: 110.7 }));
  assert.equal(positionOf(kecapi, "kecapi"), null);
  assert.deepEqual(positionOf(smp, "smp 1"), { kecamatan: "Bangsri", desa: "Bangsri", name: "SMP Negeri 1 Bangsri" });
  assert.equal(positionOf(choicesOf(answer(SMP))[0], "smp 1"), null);
});

test("what is doubtful about a point is said, and one outside proposes no desa", () => {
  const point = { lat: -6.8, lon: 110.84, source: "angka", inside: false, note: "tanda minus ditambahkan",
    near: { desa: "Dorang", kecamatan: "Nalumsari", distance_m: 9000 } };
  assert.deepEqual(choicesOf({ places: [], point, refused: null }), []);
  assert.equal(hintOf({ places: [], point, refused: null }),
    "Titik -6.8, 110.84 di luar wilayah; tanda minus ditambahkan.");
  assert.equal(hintOf({ places: [], point: { ...point, inside: true }, refused: null }), "tanda minus ditambahkan.");
  assert.equal(hintOf({ places: [], point: null, refused: "tautan pendek" }), "tautan pendek.");
  assert.equal(hintOf(answer(KECAPI)), "");
});

test("proposals stand behind what the list has itself, and none twice", () => {
  const local = [{ value: "Tahunan/Kecapi", label: "Kecapi", note: "Tahunan" }];
  const extra = { typed: "kecapi", choices: choicesOf(answer(KECAPI, KEPUK)) };
  assert.deepEqual(joined(local, extra, "kecapi").map(({ label, guess }) => [label, Boolean(guess)]),
    [["Kecapi", false], ["Kepuk", true]]);
  assert.deepEqual(joined([{ value: "Kecapi", label: "Kecapi" }], extra, "kecapi").length, 2, "of the same kecamatan");
  assert.deepEqual(joined([], extra, "kecapi").map(({ guess }) => guess), [false, true]);
  assert.deepEqual(joined([], extra, "kecapix").map(({ guess }) => guess), [true, true], "an older answer is a guess");
});

test("leaving the field takes a sure proposal for these very words, and else keeps the words", () => {
  const extra = { typed: "kecapik", choices: choicesOf(answer(KECAPI, KEPUK)) };
  assert.equal(settled([], "kecapik", { keeps: true, extra }).take.label, "Kecapi");
  assert.equal(settled([], "kecapik", { free: true, extra }).take.label, "Kecapi");
  assert.deepEqual(settled([], "kecapikk", { keeps: true, extra }), { own: "kecapikk" });
  const unsure = { typed: "kepukk", choices: choicesOf(answer(KEPUK)) };
  assert.deepEqual(settled([], "kepukk", { keeps: true, extra: unsure }), { own: "kepukk" });
});
