import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { clean, storage } from "./browser.js";

const { keep, recall } = await import("../../console/static/js/shared/keep.js");

beforeEach(clean);

test("what was kept is there, until null takes it away", () => {
  keep("duty", "on");
  assert.equal(recall("duty"), "on");
  keep("duty", null);
  assert.equal(recall("duty"), null);
  assert.equal(storage.kept.size, 0);
});

test("storage that is shut breaks nothing", () => {
  storage.refuses = true;
  keep("duty", "on");
  keep("duty", null);
  assert.equal(recall("duty"), null);
});

test("storage that is full keeps what it had", () => {
  keep("ring", "off");
  storage.full = true;
  keep("ring", "on");
  assert.equal(recall("ring"), "off");
});
