import assert from "node:assert/strict";
import test from "node:test";
import "./browser.js";

const { unindexed } = await import("../../console/static/js/search/hits.js");
const { addressOf, asked, isEmpty, readAddress } = await import("../../console/static/js/search/address.js");

test("a search and its address are the same", () => {
  for (const text of ["gudang mebel", "0812-3456", "a&b=c#d/é%", "50%"]) {
    const query = { ...readAddress("/cari"), text, state: "open", from: "2026-11-01", before: "T-20261101-0003" };
    assert.deepEqual(readAddress(addressOf(query)), query);
  }
});

test("the text stands behind the hash, which no server gets", () => {
  const address = addressOf({ ...readAddress("/cari"), text: " Rukmini ", agency: "damkar" });
  assert.equal(address, "/cari?agency=damkar#Rukmini");
});

test("what was typed into the address by hand is taken as it stands", () => {
  assert.equal(readAddress("/cari#100%").text, "100%");
  assert.equal(readAddress("/cari?kind=x#a").kind, undefined);
});

test("an empty search asks for nothing", () => {
  assert.equal(isEmpty(readAddress("/cari")), true);
  assert.equal(isEmpty(readAddress("/cari?state=open")), false);
  assert.deepEqual(asked({ ...readAddress("/cari?state=open"), text: "  " }), { state: "open" });
});

test("how far the index is, in numbers, or nothing before they were counted", () => {
  const rest = "Tiket yang lebih lama belum ikut dicari, kecuali menurut nomor tiketnya.";
  const far = (done, total) => unindexed({ older_than: "T-2025", done, total });
  assert.equal(far(240_000, 1_000_000), `Indeks belum lengkap, 240.000 dari 1.000.000 tiket. ${rest}`);
  assert.equal(far(0, null), `Indeks belum lengkap. ${rest}`);
});
