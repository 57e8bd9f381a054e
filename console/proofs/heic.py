"""HEIC, as telephones write it, becomes JPEG: decoded by a process of its own, so that a hostile file reaches nothing.

One photo at a time, at the lowest priority: calls come first (docs/adr/0022-answers-first-and-steady-fingers.md).
"""

import asyncio
import sys
from pathlib import Path

import structlog
from aiohttp import web

# Seconds that a photo may take; 48 megapixels need about three. The decoder's own limit is of CPU time; this one is
# long because on a busy machine it waits for its turn, at the lowest priority, most of the time.
LIMIT_S = 120.0
BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_CHILD = Path(__file__).with_name("heic_decoder.py")

log = structlog.get_logger(__name__)


def is_heic(data: bytes) -> bool:
    """True for a file whose first box names a brand of HEIF (ISO 14496-12, 4.3; ISO 23008-12, 10)."""
    if data[4:8] != b"ftyp":
        return False
    end = min(int.from_bytes(data[:4], "big"), 256)
    return not BRANDS.isdisjoint(data[at : at + 4] for at in (8, *range(16, end, 4)))


class Converter:
    """Converts one photo at a time."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(1)

    async def to_jpeg(self, data: bytes) -> bytes | None:
        """The same picture as JPEG with its metadata; None where it cannot be read here."""
        async with self._turn:
            child = await asyncio.create_subprocess_exec(
                sys.executable,
                "-I",
                str(_CHILD),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            try:
                async with asyncio.timeout(LIMIT_S):
                    jpeg, trouble = await child.communicate(data)
            except TimeoutError:
                log.warning("photo.heic_too_slow", limit_s=LIMIT_S)
                return None
            finally:
                if child.returncode is None:
                    child.kill()
                    await child.wait()
        if child.returncode != 0:
            log.warning("photo.heic_refused", status=child.returncode, error=trouble.decode(errors="replace")[-300:])
            return None
        return jpeg


CONVERTER: web.AppKey[Converter] = web.AppKey("heic", Converter)
