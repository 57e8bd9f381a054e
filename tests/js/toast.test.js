import assert from "node:assert/strict";
import test from "node:test";
import "./browser.js";

const { isUndo, withButton } = await import("../../console/static/js/shared/toast.js");

const item = (id, action = null) => ({ id, text: `pesan ${id}`, action, bad: false });
const UNDO = { label: "Urungkan", run: () => {} };
const key = (fields) => ({ altKey: true, ctrlKey: false, metaKey: false, code: "KeyZ", ...fields });

test("the key presses the button of the newest message that has one", () => {
  assert.equal(withButton([item(1, UNDO), item(2, UNDO), item(3)]).id, 2);
  assert.equal(withButton([item(1), item(2)]), undefined);
});

test("Alt+Z is the key; Ctrl+Z stays the field's own, and AltGr is no Alt", () => {
  assert.equal(isUndo(key()), true);
  assert.equal(isUndo(key({ altKey: false, ctrlKey: true })), false);
  assert.equal(isUndo(key({ ctrlKey: true })), false);
  assert.equal(isUndo(key({ code: "KeyX" })), false);
});
