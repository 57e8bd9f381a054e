"""Photos as cameras make them: a real JPEG of so many pixels, with Exif that tells when and where."""

import struct

from playwright.async_api import Page

JEPARA = (-6.588333, 110.668889)
TAKEN = "2026-11-22T09:41:07+07:00"


async def photograph(page: Page, width: int = 2400, height: int = 1800) -> bytes:
    """A JPEG that this browser's own encoder made, noisy enough to be large."""
    script = """async ([width, height]) => {
      const canvas = new OffscreenCanvas(width, height), draw = canvas.getContext("2d");
      const dots = draw.createImageData(width, height);
      let seed = 112;
      for (let at = 0; at < dots.data.length; at += 1) {
        seed = (seed * 1103515245 + 12345) & 0x7fffffff;
        dots.data[at] = at % 4 === 3 ? 255 : seed >> 16;
      }
      draw.putImageData(dots, 0, 0);
      const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
      return [...new Uint8Array(await blob.arrayBuffer())];
    }"""
    return bytes(await page.evaluate(script, [width, height]))


def with_exif(
    jpeg: bytes, place: tuple[float, float] = JEPARA, taken: str = TAKEN, orientation: int = 1, order: str = ">"
) -> bytes:
    """The same JPEG with an APP1 segment as cameras write it: maker, orientation, time with offset, GPS."""
    block = exif(place, taken, orientation, order)
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 8) + b"Exif\0\0" + block + jpeg[2:]


def exif(place: tuple[float, float], taken: str, orientation: int, order: str) -> bytes:
    """A TIFF block: the main directory, the Exif one, the GPS one, then what does not fit into them."""
    moment, offset = taken[:19].replace("-", ":").replace("T", " "), taken[19:]
    names = 8 + 2 + 4 * 12 + 4
    inner = names + 2 + 2 * 12 + 4
    rest = inner + 2 + 4 * 12 + 4
    data = b""

    def kept(value: bytes) -> int:
        nonlocal data
        at = rest + len(data)
        data += value
        return at

    def entry(tag: int, kind: int, count: int, value: bytes) -> bytes:
        return struct.pack(f"{order}HHI", tag, kind, count) + value.ljust(4, b"\0")

    def long(value: int) -> bytes:
        return struct.pack(f"{order}I", value)

    def degrees(value: float) -> bytes:
        whole = abs(value)
        minutes = (whole - int(whole)) * 60
        seconds = round((minutes - int(minutes)) * 60 * 10000)
        return struct.pack(f"{order}6I", int(whole), 1, int(minutes), 1, seconds, 10000)

    main = [
        entry(0x010F, 2, 12, long(kept(b"RAHASIA HP\0\0"))),
        entry(0x0112, 3, 1, struct.pack(f"{order}H", orientation)),
        entry(0x8769, 4, 1, long(names)),
        entry(0x8825, 4, 1, long(inner)),
    ]
    times = [
        entry(0x9003, 2, 20, long(kept(moment.encode() + b"\0"))),
        entry(0x9011, 2, 7, long(kept(offset.encode() + b"\0"))),
    ]
    gps = [
        entry(1, 2, 2, b"S\0" if place[0] < 0 else b"N\0"),
        entry(2, 5, 3, long(kept(degrees(place[0])))),
        entry(3, 2, 2, b"W\0" if place[1] < 0 else b"E\0"),
        entry(4, 5, 3, long(kept(degrees(place[1])))),
    ]
    head = (b"II*\0" if order == "<" else b"MM\0*") + long(8)
    listed = [struct.pack(f"{order}H", len(rows)) + b"".join(rows) + long(0) for rows in (main, times, gps)]
    return head + b"".join(listed) + data
