import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { clean, clock as browserClock, fresh, NOON } from "./browser.js";

process.env.TZ = "America/New_York"; // a browser elsewhere shows the site's time all the same

beforeEach(clean);

test("times are those of the site's zone, on both sides of its midnight", async () => {
  const { clock, exact, moment } = await fresh("shared/time.js");
  browserClock.set(Date.parse("2026-11-30T17:00:30Z")); // 1 December, 00:00:30 WIB
  assert.equal(clock("2026-11-30T16:59:59Z"), "23.59");
  assert.equal(exact("2026-11-30T17:00:00Z"), "00.00.00");
  assert.equal(moment("2026-11-30T17:00:00Z"), "00.00", "today there, yesterday in UTC");
  assert.equal(moment("2026-11-30T16:59:59Z"), "30 Nov 23.59", "half a minute ago was another day");
  assert.equal(moment("2026-12-01T00:00:10+07:00"), "00.00", "the same moment with its own zone");
});

test("a span of time is short, rounds down and is never negative", async () => {
  const { span } = await fresh("shared/time.js");
  const table = [[-5, "0:00"], [0, "0:00"], [7.9, "0:07"], [60, "1:00"], [725, "12:05"], [3599.9, "59:59"],
    [3600, "1 j 00 m"], [3720, "1 j 02 m"], [86399, "23 j 59 m"], [86400, "1 hari"], [259200, "3 hari"]];
  assert.deepEqual(table.map(([seconds]) => span(seconds)), table.map(([, text]) => text));
});

test("what is shown goes by the server's clock, however wrong the browser's is", async () => {
  const { hearServer, now } = await fresh("shared/time.js");
  browserClock.set(Date.parse("2019-01-01T00:00:00Z")); // an empty battery
  hearServer("2026-11-30T05:00:00Z");
  assert.equal(now(), NOON);
  await browserClock.pass(90000);
  assert.equal(now(), NOON + 90000);
  browserClock.set(NOON); // now the network has set it; the next message corrects us
  hearServer("2026-11-30T05:01:30Z");
  assert.equal(now(), NOON + 90000);
});

test("a moment that is none does not move the clock", async () => {
  const { hearServer, now } = await fresh("shared/time.js");
  for (const nonsense of [undefined, null, "", "kemarin"]) hearServer(nonsense);
  assert.equal(now(), NOON);
});
