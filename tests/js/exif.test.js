import assert from "node:assert/strict";
import test from "node:test";
import "./browser.js";

const { shot } = await import("../../console/static/js/agency/exif.js");

const ASCII = 2;
const LONG = 4;
const RATIONAL = 5;
const text = (words) => [ASCII, words.length + 1, [...Buffer.from(`${words}\0`)]];
const degrees = (...parts) => [RATIONAL, 3, parts];

/** A JPEG whose Exif block holds these tags; `little`: the order of its bytes. */
function jpeg({ taken, offset, lat, latRef = "S", lon, lonRef = "E" }, little = true) {
  const block = new DataView(new ArrayBuffer(1024));
  let free = 8;
  block.setUint16(0, little ? 0x4949 : 0x4d4d);
  block.setUint16(2, 42, little);
  block.setUint32(4, 8, little);

  const list = (entries) => {
    const at = free;
    block.setUint16(at, entries.length, little);
    free += 2 + 12 * entries.length + 4;
    entries.forEach(([tag, [type, count, values]], place) => {
      const entry = at + 2 + 12 * place;
      block.setUint16(entry, tag, little);
      block.setUint16(entry + 2, type, little);
      block.setUint32(entry + 4, count, little);
      if (type === LONG) return block.setUint32(entry + 8, values(), little);
      const size = type === ASCII ? count : 8 * count;
      const where = size <= 4 ? entry + 8 : free;
      if (size > 4) { block.setUint32(entry + 8, free, little); free += size; }
      if (type === ASCII) values.forEach((byte, index) => block.setUint8(where + index, byte));
      else {
        values.forEach(([top, bottom], index) => {
          block.setUint32(where + 8 * index, top, little);
          block.setUint32(where + 8 * index + 4, bottom, little);
        });
      }
    });
    return at;
  };

  const photo = [...(taken ? [[0x9003, text(taken)]] : []), ...(offset ? [[0x9011, text(offset)]] : [])];
  const gps = lat && lon ? [[1, text(latRef)], [2, degrees(...lat)], [3, text(lonRef)], [4, degrees(...lon)]] : null;
  list([[0x8769, [LONG, 1, () => list(photo)]], ...(gps ? [[0x8825, [LONG, 1, () => list(gps)]]] : [])]);

  const head = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xe1, 4, 8, ...Buffer.from("Exif\0\0")]);
  return new Blob([head, block.buffer]);
}

const JEPARA = { lat: [[6, 1], [35, 1], [2460, 100]], lon: [[110, 1], [40, 1], [1200, 100]] };

for (const little of [true, false]) {
  test(`moment, zone and place of a photo, ${little ? "little" : "big"} end first`, async () => {
    const file = jpeg({ taken: "2026:11:30 23:59:58", offset: "+07:00", ...JEPARA }, little);
    assert.deepEqual(await shot(file), { taken_at: "2026-11-30T23:59:58+07:00", lat: -6.590167, lon: 110.67 });
  });
}

test("north and west have their signs too", async () => {
  assert.deepEqual(await shot(jpeg({ ...JEPARA, latRef: "N", lonRef: "W" })), { lat: 6.590167, lon: -110.67 });
});

test("without a zone the moment is told without one; an odd zone is none", async () => {
  assert.deepEqual(await shot(jpeg({ taken: "2026:11:30 10:00:00" })), { taken_at: "2026-11-30T10:00:00" });
  assert.deepEqual(await shot(jpeg({ taken: "2026:11:30 10:00:00", offset: "WIB" })),
    { taken_at: "2026-11-30T10:00:00" });
});

test("a camera without a clock or without a position tells neither", async () => {
  const nowhere = { lat: [[0, 1], [0, 1], [0, 1]], lon: [[0, 1], [0, 1], [0, 1]] };
  assert.deepEqual(await shot(jpeg({ taken: "0000:00:00 00:00:00", ...nowhere })), {});
  assert.deepEqual(await shot(jpeg({ taken: "    :  :     :  :  " })), {});
});

test("a position that divides by zero is none", async () => {
  assert.deepEqual(await shot(jpeg({ lat: [[6, 1], [35, 0], [0, 0]], lon: JEPARA.lon })), {});
});

test("what is no JPEG, has no Exif or is cut off tells nothing, and throws nothing", async () => {
  const whole = jpeg({ taken: "2026:11:30 10:00:00", ...JEPARA });
  for (const file of [new Blob([]), new Blob(["x"]), new Blob(["PNG and more"]), new Blob([Buffer.from([0xff, 0xd8])]),
    whole.slice(0, 12), whole.slice(0, 40)]) assert.deepEqual(await shot(file), {});
});
