"""Reads a HEIC photo from its standard input and writes a JPEG: a program, started by console/proofs/heic.py.

It may use little memory and time, write no file, and reaches nothing of ours: its decoder is foreign code on a
stranger's file.
"""

import io
import os
import resource
import sys

MOST_PIXELS = 60_000_000
# Longest side of the JPEG, in pixels: as much as a number plate needs.
LONGEST = 3000
MEMORY = 1536 * 1024 * 1024
SECONDS = 15


def main() -> None:
    """Convert the one photo; any error ends the program with a status that is not 0."""
    os.nice(19)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from importlib import import_module  # after the limits: they hold for loading, too

    heif = import_module("pi_heif").open_heif(io.BytesIO(sys.stdin.buffer.read()), convert_hdr_to_8bit=True)
    width, height = heif.size
    if width * height > MOST_PIXELS:
        raise SystemExit(f"{width}x{height} pixels, more than {MOST_PIXELS}")
    picture = heif.to_pillow()
    exif = picture.getexif()
    exif.pop(0x0112, None)  # the decoder has turned it already
    picture = picture.convert("RGB")
    picture.thumbnail((LONGEST, LONGEST))
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=85, exif=exif.tobytes())
    sys.stdout.buffer.write(made.getvalue())


if __name__ == "__main__":
    main()
