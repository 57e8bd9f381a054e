import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { clean, clock, fresh, happens, network, NOON, settle, sockets } from "./browser.js";

const AT = new Date(NOON).toISOString();
const news = [];
let live;

beforeEach(async () => {
  clean();
  Math.random = () => 0.5; // in the middle: a wait is as long as the table says
  news.length = 0;
  const { Live } = await fresh("shared/live.js");
  live = new Live("opd", "", (item) => news.push(item));
});

const newest = () => sockets[sockets.length - 1];

/** The waits before each of so many attempts, while every one is refused. */
async function waits(attempts) {
  const waited = [];
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const before = sockets.length;
    newest().ends();
    const lost = clock.passed;
    while (sockets.length === before) await clock.pass(50);
    waited.push(clock.passed - lost);
  }
  return waited;
}

test("a page asks for its own snapshots, and a ticket's page for that ticket's", async () => {
  assert.equal(newest().address, "wss://konsol.test/live?page=opd");
  const { Live } = await fresh("shared/live.js");
  new Live("ticket", "T-1 2", () => {});
  assert.equal(newest().address, "wss://konsol.test/live?page=ticket&number=T-1+2");
});

test("it comes back by itself, waits longer each time, and never longer than 5 s", async () => {
  network.answers = () => network.json(200);
  assert.deepEqual(await waits(7), [300, 700, 1500, 3000, 5000, 5000, 5000]);
});

test("many pages do not come back in one moment: each wait differs by up to a fifth", async () => {
  Math.random = () => 0;
  newest().ends();
  assert.ok(clock.due().includes(240));
  await clock.pass(240);
  Math.random = () => 0.999999;
  newest().ends();
  assert.ok(clock.due().some((ms) => ms > 839 && ms < 840));
});

test("a message is a fresh start: the next loss waits 300 ms again", async () => {
  network.answers = () => network.json(200);
  await waits(4);
  newest().opens();
  newest().says({ type: "hello", version: "1", at: AT });
  assert.deepEqual(await waits(2), [300, 700]);
});

test("a connection that is silent for 12 s is given up, though nobody has closed it", async () => {
  newest().opens();
  await clock.pass(12000);
  assert.deepEqual(news, []);
  await clock.pass(1000);
  assert.deepEqual(news, [{ link: "lost" }]);
  await clock.pass(300);
  assert.equal(sockets.length, 2);
});

test("after an hour's sleep the dead connection is noticed with the first tick", async () => {
  newest().opens();
  clock.set(clock.wall + 3600000); // the computer slept: no timer ran
  await clock.pass(1000);
  assert.deepEqual(news, [{ link: "lost" }]);
});

test("a clock that is set back does not break a connection that speaks", async () => {
  newest().opens();
  clock.set(clock.wall - 3600000);
  for (let second = 0; second < 30; second += 5) {
    newest().says({ type: "snapshot", data: { second }, at: AT });
    await clock.pass(5000);
  }
  assert.equal(sockets.length, 1);
  assert.equal(news.length, 6);
});

test("what an old connection says late is nobody's", async () => {
  const [old] = sockets;
  old.ends();
  await clock.pass(300);
  news.length = 0;
  old.says({ type: "snapshot", data: "old", at: AT });
  old.ends();
  assert.deepEqual(news, []);
  assert.equal(sockets.length, 2);
});

test("a session that has ended is not tried again", async () => {
  newest().ends(4401);
  await clock.pass(60000);
  assert.deepEqual(news, [{ link: "ended" }]);
  assert.equal(sockets.length, 1);
});

test("where handshakes are refused it asks by fetch whether the session has ended", async () => {
  network.answers = () => network.json(401);
  await waits(2);
  newest().ends();
  await settle();
  assert.deepEqual(network.requests.map((request) => request.path), ["/api/reference"]);
  assert.deepEqual(news[news.length - 1], { link: "ended" });
  await clock.pass(60000);
  assert.equal(sockets.length, 3);
});

test("a network that is back, or a page that is looked at again, does not wait for the timer", async () => {
  newest().ends();
  happens("online");
  assert.equal(sockets.length, 2);
  newest().ends();
  document.hidden = true;
  happens("visibilitychange");
  assert.equal(sockets.length, 2, "hidden: it may wait");
  document.hidden = false;
  happens("visibilitychange");
  assert.equal(sockets.length, 3);
});

test("the server hears whether this page sounds: at once when that changes, and every 10 s", async () => {
  newest().opens();
  live.sounds(true);
  live.sounds(true);
  await clock.pass(10000);
  live.sounds(false);
  assert.deepEqual(newest().sent, ["here", "here sounding", "here sounding", "here"]);
});

test("a server that cannot read its store tells us nothing, though it speaks", async () => {
  const before = live.newsAt;
  await clock.pass(5000);
  newest().says({ type: "snapshot", data: {}, blind: true, at: AT });
  assert.equal(live.newsAt, before);
  newest().says({ type: "snapshot", data: {}, at: AT });
  assert.equal(live.newsAt, before + 5000);
});

test("the live socket carries an answer and gives its reply; shut, too long or silent it is no way", async () => {
  const { Live } = await fresh("shared/live.js");
  const mine = new Live("opd", "", () => {});
  const own = sockets.at(-1);
  assert.equal(await mine.answer("k", 7, "{}", 1000), null);
  own.opens();
  assert.equal(await mine.answer("k", 7, "x".repeat(5000), 1000), null);
  const asked = mine.answer("k", 7, "{}", 1000);
  assert.deepEqual(JSON.parse(own.sent.at(-1)), { key: "k", assignment: 7, body: "{}" });
  own.says({ type: "answered", key: "other", status: 200, body: {} });
  own.says({ type: "answered", key: "k", status: 200, body: { state: "diterima" } });
  assert.equal((await asked).body.state, "diterima");
  const silent = mine.answer("k2", 7, "{}", 1000);
  await clock.pass(1000);
  assert.equal(await silent, null);
});
