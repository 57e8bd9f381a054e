import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { clean, clock, network, settle } from "./browser.js";

const { html, render } = await import("../../console/static/vendor/preact-htm.js");
const { More, joined, readParts, useMore } = await import("../../console/static/js/shared/more.js");

const key = (row) => row.id;
const rows = (...ids) => ids.map((id) => ({ id }));
const ids = (list) => list.map(key);
/** A list on the server, in parts of two: the cursor is the offset. */
const served = (list) => ({ path }) => {
  const offset = Number(new URL(path, "https://konsol.test").searchParams.get("offset"));
  const end = offset + 2;
  return { rows: list.slice(offset, end), next: end < list.length ? end : null };
};
const path = (offset) => `/api/list?offset=${offset}`;
const asked = () => network.requests.map((request) => request.path);

/** A component that shows nothing; `shown` is what useMore gave it at last. */
let shown = [];
function Probe({ list, next, name }) {
  shown = useMore(list, next, path, key, name);
  return null;
}
let root;
const show = async (list, next, name) => {
  render(html`<${Probe} list=${list} next=${next} name=${name} />`, root);
  await clock.pass(0);
  await clock.pass(100); // hooks run after the next frame, or 100 ms later where no frame comes
};
const press = async () => { shown[1].ask(); await settle(); await clock.pass(100); };

beforeEach(() => {
  clean();
  root = { childNodes: [], firstChild: null };
});

test("the rows of the snapshot are the newer ones; a row that is in both is shown once", () => {
  assert.deepEqual(joined([{ id: 1, at: "new" }], [{ id: 1, at: "old" }, { id: 2 }], key),
    [{ id: 1, at: "new" }, { id: 2 }]);
});

test("parts are read one after the other, each from the cursor of the part before it, to the end", async () => {
  network.answers = served(rows(1, 2, 3, 4, 5));
  const first = await readParts(1, 0, path);
  assert.deepEqual([ids(first.rows), first.next], [[1, 2], 2]);
  const all = await readParts(9, 0, path);
  assert.deepEqual([ids(all.rows), all.next], [[1, 2, 3, 4, 5], null]);
  assert.deepEqual(asked(), [0, 0, 2, 4].map(path));
});

test("nothing is fetched until somebody asks; a cursor of 0 is a part, null is none", async () => {
  await show(rows(1, 2), null);
  assert.deepEqual([ids(shown[0]), shown[1].left], [[1, 2], false]);
  await show(rows(1, 2), 0);
  assert.equal(shown[1].left, true);
  assert.deepEqual(asked(), []);
});

test("each press adds a part; the button rests meanwhile, and is gone after the last", async () => {
  network.answers = served(rows(1, 2, 3, 4, 5, 6));
  await show(rows(1, 2), 2);
  shown[1].ask();
  await settle();
  assert.deepEqual([ids(shown[0]), shown[1].left, shown[1].busy], [[1, 2], true, true]);
  await clock.pass(100);
  assert.deepEqual([ids(shown[0]), shown[1].left, shown[1].busy], [[1, 2, 3, 4], true, false]);
  await press();
  assert.deepEqual([ids(shown[0]), shown[1].left], [[1, 2, 3, 4, 5, 6], false]);
});

test("a snapshot makes the parts be read anew, once a second at most; the rows stay in sight", async () => {
  network.answers = served(rows(1, 2, 3, 4));
  await show(rows(1, 2), 2);
  await press();
  network.requests.length = 0;
  network.answers = served(rows(2, 3, 4, 5));
  for (let turn = 0; turn < 4; turn += 1) await show(rows(2, 3), 2);
  assert.deepEqual([ids(shown[0]), asked()], [[2, 3, 4], []]);
  await clock.pass(1000);
  assert.deepEqual([ids(shown[0]), asked()], [[2, 3, 4, 5], [path(2)]]);
});

test("a part that does not come leaves the button; one that cannot be read anew leaves its rows", async () => {
  network.answers = () => new Error("offline");
  await show(rows(1, 2), 2);
  await press();
  assert.deepEqual([ids(shown[0]), shown[1].left, shown[1].busy], [[1, 2], true, undefined]);
  network.answers = served(rows(1, 2, 3, 4));
  await press();
  await clock.pass(1000); // it is asked again no sooner
  assert.deepEqual(ids(shown[0]), [1, 2, 3, 4]);
  network.answers = () => new Error("offline");
  await show(rows(1), 1);
  await clock.pass(1000);
  assert.deepEqual(ids(shown[0]), [1, 3, 4]);
});

test("an answer that was overtaken by a later request counts for nothing", async () => {
  let arrive;
  network.answers = () => new Promise((done) => { arrive = done; });
  await show(rows(1, 2), 2);
  await press();
  network.answers = served(rows(1, 2, 3, 4));
  await show(rows(1, 2), 2);
  await clock.pass(1000);
  assert.deepEqual(ids(shown[0]), [1, 2, 3, 4]);
  arrive({ rows: rows(9), next: null });
  await settle();
  await clock.pass(100);
  assert.deepEqual(ids(shown[0]), [1, 2, 3, 4]);
});

test("the rows that came stay when the request after theirs fails", async () => {
  const arrive = [];
  network.answers = () => new Promise((done) => arrive.push(done));
  await show(rows(1, 2), 2);
  await press();
  await show(rows(1, 2), 2);
  arrive[0]({ rows: rows(3, 4), next: null });
  await clock.pass(500);
  assert.deepEqual([ids(shown[0]), arrive.length], [[1, 2, 3, 4], 1]);
  await clock.pass(1000);
  arrive[1](new Error("offline"));
  await clock.pass(100);
  assert.deepEqual(ids(shown[0]), [1, 2, 3, 4]);
});

test("another list begins with its own first rows: the parts of the former are not its parts", async () => {
  network.answers = served(rows(1, 2, 3, 4));
  await show(rows(1, 2), 2, "masuk");
  await press();
  assert.deepEqual(ids(shown[0]), [1, 2, 3, 4]);
  await show(rows(1, 2), 2, "late");
  assert.deepEqual([ids(shown[0]), shown[1].left], [[1, 2], true]);
});

test("the button says how many are left, where that is known; it rests while a part comes", () => {
  const label = (props) => More({ more: { left: true, ask() {} }, ...props }).props.children.props.children;
  assert.equal(label({ count: 70, shown: 60 }), "… dan 10 lainnya");
  assert.equal(label({}), "… dan lainnya");
  assert.equal(label({ count: 60, shown: 60 }), "… dan lainnya");
  assert.equal(label({ more: { left: true, busy: true, ask() {} } }), "Memuat…");
  assert.equal(More({ more: { left: false, ask() {} } }), null);
  let presses = 0;
  const click = (busy) => More({ more: { left: true, busy, ask() { presses += 1; } } }).props.children.props.onClick();
  click(true);
  assert.equal(presses, 0);
  click(false);
  assert.equal(presses, 1);
});
