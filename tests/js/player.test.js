import assert from "node:assert/strict";
import test from "node:test";
import "./browser.js";

const { press } = await import("../../console/static/js/desk/player.js");

const sound = (fields = {}) => ({ paused: true, currentTime: 3, playbackRate: 1,
  play() { this.paused = false; }, pause() { this.paused = true; }, ...fields });
const alt = (code, more = {}) => ({ code, altKey: true, ...more });

test("one key plays and pauses, one goes back by five seconds at most, one changes the pace", () => {
  const message = sound();
  press(alt("KeyR"), message);
  assert.equal(message.paused, false);
  press(alt("KeyR"), message);
  assert.equal(message.paused, true);
  press(alt("KeyB"), message);
  assert.equal(message.currentTime, 0);
  message.currentTime = 12;
  press(alt("KeyB"), message);
  assert.equal(message.currentTime, 7);
  const rates = [1, 2].map(() => { press(alt("KeyL"), message); return message.playbackRate; });
  assert.deepEqual(rates, [1.5, 1]);
});

test("other keys, and letters that somebody types, are left to the form", () => {
  const message = sound();
  const taken = [alt("KeyG"), alt("KeyR", { ctrlKey: true }), { code: "KeyR", altKey: false }]
    .map((event) => press(event, message));
  assert.deepEqual([taken, message.paused], [[false, false, false], true]);
});

test("a recording that cannot be played is told", async () => {
  const wrong = [];
  press(alt("KeyR"), sound({ play: () => Promise.reject(new Error("gone")) }), (error) => wrong.push(error.message));
  await new Promise(setImmediate);
  assert.deepEqual(wrong, ["gone"]);
});
