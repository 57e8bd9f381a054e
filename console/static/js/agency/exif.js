// @ts-check
// The moment and the place at which a JPEG was taken (Exif 2.32), read before the photo is shrunk and loses it.
const HEAD = 256 * 1024;

/** @typedef {{ at: number, size: number }} Tag Where the value of a tag stands in its block. */


/** @param {Blob} file */
export async function shot(file) {
  try { return read(new DataView(await file.slice(0, HEAD).arrayBuffer())); } catch { return {}; }
}

/** @param {DataView} view */
function read(view) {
  if (view.getUint16(0) !== 0xffd8) return {};
  for (let at = 2; at + 4 < view.byteLength && view.getUint8(at) === 0xff;) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xda) break;
    if (marker === 0xe1 && view.getUint32(at + 4) === 0x45786966) return facts(new DataView(view.buffer, at + 10));
    at += 2 + view.getUint16(at + 2);
  }
  return {};
}

/** @param {DataView} block */
function facts(block) {
  const little = block.getUint16(0) === 0x4949;
  const main = tags(block, block.getUint32(4, little), little);
  const inner = main.has(0x8769) ? tags(block, block.getUint32(main.get(0x8769).at, little), little) : new Map();
  const gps = main.has(0x8825) ? tags(block, block.getUint32(main.get(0x8825).at, little), little) : new Map();
  const taken = {};
  const parts = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)/.exec(text(block, inner.get(0x9003)));
  const offset = /^[+-]\d\d:\d\d$/.exec(text(block, inner.get(0x9011)));
  if (parts && parts[1] !== "0000") {
    const [, year, month, day, clock] = parts;
    taken.taken_at = `${year}-${month}-${day}T${clock}${offset ? offset[0] : ""}`;
  }
  const lat = degrees(block, gps.get(2), text(block, gps.get(1)) === "S", little);
  const lon = degrees(block, gps.get(4), text(block, gps.get(3)) === "W", little);
  if (lat !== null && lon !== null && (lat || lon)) Object.assign(taken, { lat, lon });
  return taken;
}

/** @type {Record<number, number>} */
const SIZES = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8 };

/**
 * @param {DataView} block
 * @param {number} at
 * @param {boolean} little
 */
function tags(block, at, little) {
  const entries = new Map();
  const count = block.getUint16(at, little);
  for (let entry = at + 2; entry < at + 2 + 12 * count; entry += 12) {
    const size = (SIZES[block.getUint16(entry + 2, little)] || 0) * block.getUint32(entry + 4, little);
    const place = size <= 4 ? entry + 8 : block.getUint32(entry + 8, little);
    entries.set(block.getUint16(entry, little), { at: place, size });
  }
  return entries;
}

/**
 * @param {DataView} block
 * @param {Tag | undefined} tag
 */
function text(block, tag) {
  if (!tag) return "";
  let letters = "";
  for (let at = tag.at; at < tag.at + tag.size; at += 1) letters += String.fromCharCode(block.getUint8(at));
  return letters.replace(/\0+$/, "");
}

/**
 * @param {DataView} block
 * @param {Tag | undefined} tag
 * @param {boolean} negative
 * @param {boolean} little
 */
function degrees(block, tag, negative, little) {
  if (!tag || tag.size < 24) return null;
  /** @param {number} index */
  const part = (index) => block.getUint32(tag.at + 8 * index, little) / block.getUint32(tag.at + 8 * index + 4, little);
  const value = part(0) + part(1) / 60 + part(2) / 3600;
  return Number.isFinite(value) ? Number((negative ? -value : value).toFixed(6)) : null;
}
