import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { NOON, clean, clock, fresh, network, settle, storage } from "./browser.js";

const keepOne = (number, more = {}) => storage.setItem(`draft:${number}`, JSON.stringify({ user: "damkar", at: NOON,
  erasures: 0, draft: "0123456789abcdef01234567", turn: 1, fields: { address: { value: "x", base: "" } }, ...more }));
const numbers = () => [...storage.kept.keys()].sort();
const form = () => ({ submitted: 0, submit() { this.submitted += 1; } });
const press = async (logOut, target) => {
  logOut(target);
  await clock.pass(4000);
  await settle();
};

beforeEach(() => {
  clean();
  // as a browser lists its keys
  globalThis.localStorage = new Proxy(storage, { ownKeys: () => [...storage.kept.keys()],
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }) });
});

test("drafts of tickets that ended or were erased go, as do old ones and those without a user", async () => {
  const { sweep } = await fresh("shared/drafts.js");
  for (const number of ["T-1", "T-2"]) keepOne(number);
  keepOne("T-3", { at: NOON - 25 * 3600 * 1000 });
  storage.setItem("draft:T-4", '{"address":"x"}');
  storage.setItem("theme", "dark");
  network.answers = () => ({ over: ["T-2"] });
  await sweep();
  assert.deepEqual(JSON.parse(network.requests[0].body), { drafts: { "T-1": 0, "T-2": 0 } });
  assert.deepEqual(numbers(), ["draft:T-1", "theme"]);
});

test("logging out saves what is unsaved, and takes this user's drafts away", async () => {
  const { logOut, open } = await fresh("shared/drafts.js");
  keepOne("T-1");
  keepOne("T-2", { user: "budi" });
  const draft = { words: { address: "x" }, unsaved() { return this.words; }, forget() {},
    async save() { this.words = {}; } };
  open.set("T-1", draft);
  const target = form();
  await press(logOut, target);
  assert.deepEqual([target.submitted, draft.words, numbers()], [1, {}, ["draft:T-2"]]);
});

test("without a server the first press warns, and the second one throws away", async () => {
  const { logOut, open } = await fresh("shared/drafts.js");
  const draft = { words: { address: "x" }, unsaved() { return this.words; }, forget() { this.words = {}; },
    save: () => new Promise(() => {}) };
  open.set("T-1", draft);
  const target = form();
  await press(logOut, target);
  assert.equal(target.submitted, 0);
  await press(logOut, target);
  assert.deepEqual([target.submitted, draft.words], [1, {}]);
});
