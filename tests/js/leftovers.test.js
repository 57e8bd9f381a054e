import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { NOON, clean, fresh, storage } from "./browser.js";

const keepOne = (number, user) => storage.setItem(`draft:${number}`, JSON.stringify({ user, at: NOON, erasures: 0,
  draft: "0123456789abcdef01234567", turn: 1, fields: { address: { value: "x", base: "" } } }));
const keys = () => [...storage.kept.keys()].sort();
const opens = async (holder) => {
  document.documentElement = { dataset: { holder } };
  await fresh("shared/leftovers.js");
};

beforeEach(() => {
  clean();
  globalThis.localStorage = new Proxy(storage, { ownKeys: () => [...storage.kept.keys()],
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }) });
  keepOne("T-1", "siti");
  keepOne("T-2", "budi");
  storage.setItem("draft:T-3", '{"address":"of an earlier release"}');
  storage.setItem("theme", "dark");
});

test("a page of a user takes the drafts of everybody else away", async () => {
  await opens("siti");
  assert.deepEqual(keys(), ["draft:T-1", "theme"]);
});

test("a page without a session takes every draft away, and nothing else", async () => {
  await opens("");
  assert.deepEqual(keys(), ["theme"]);
});

test("a page that does not know whose session this is takes nothing away; shut storage breaks nothing", async () => {
  await opens(undefined);
  assert.equal(keys().length, 4);
  storage.refuses = true;
  await opens("");
  storage.refuses = false;
  assert.equal(keys().length, 4);
});
