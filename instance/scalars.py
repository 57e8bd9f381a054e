"""Readers of the words and numbers in the YAML files, each with its own sentence for a wrong value."""

from __future__ import annotations

import ipaddress
import logging
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, time
from itertools import pairwise
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic_core import PydanticCustomError

from instance.problems import one_of, quoted
from ivr.hours import Window
from ivr.wording import MIDNIGHT
from tickets import messages

WINDOW = "jam buka seperti 07:00-21:00, atau tutup"
CLOSED = ("tutup", "libur")
UNITS: dict[str, float] = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "": 1}
YES, NO = ("true", "ya", "yes", "on"), ("false", "tidak", "no", "off")
DAY_NAMES = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")
ACCOUNT = re.compile(r"[a-z][a-z0-9_-]{1,30}")
# names that asterisk/conf/pjsip.conf uses itself
RESERVED = ("global", "line", "phone", "registered", "tcp", "trunk", "udp", "ws", "wss")
# a name with a letter in its last part, so that a mistyped address is none
DNS_NAME = re.compile(
    r"(?=.{4,253}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
)
TIME = re.compile(r"([0-9]{1,2})[:.]([0-9]{2})")
SIZES: dict[str, int] = {"mb": 10**6, "gb": 10**9, "tb": 10**12}
SIZE = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?) ?(mb|gb|tb)")
REPLICA = re.compile(r"(/|file:///|s3://|gs://|abs://|sftp://|webdav://|webdavs://)[^\s]{1,300}")
DURATION = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?) ?(ms|s|m|h|d|)")


def wrong(fault: str, expected: str) -> PydanticCustomError:
    """An error that carries our two half-sentences through pydantic."""
    return PydanticCustomError("tanggap", "{what}", {"what": fault, "expected": expected})


def scalar(value: object, expected: str) -> str:
    """The value as stripped text; a mapping or list in its place is an error."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | date):
        raise wrong("di sini ada daftar atau kelompok" if isinstance(value, dict | list) else "nilai kosong", expected)
    return str(value).strip()


def text(limit: int) -> Callable[[object], str]:
    """A reader of one line of text that is not empty."""

    def parse(value: object) -> str:
        written = scalar(value, "teks")
        if not written or len(written) > limit or not written.isprintable():
            raise wrong(f"teks {quoted(written)} tidak sah", f"satu baris, 1 sampai {limit} huruf")
        return written

    return parse


def template(limit: int, needs: tuple[str, ...] = ()) -> Callable[[object], str]:
    """A reader of a message template of one or more lines; `needs` are fields that must stand in it."""

    def parse(value: object) -> str:
        written = scalar(value, "templat")
        if not written or len(written) > limit or not all(line.isprintable() for line in written.splitlines()):
            raise wrong(f"templat {quoted(written)} tidak sah", f"teks, 1 sampai {limit} huruf")
        for name in messages.unknown_fields(written):
            fault = (
                f"isian {{{name}}} tidak dikenal"
                if name not in "{}" or not name
                else f"kurung {quoted(name)} sendirian"
            )
            raise wrong(fault, one_of(name, list(messages.FIELDS)))
        for name in needs:
            if f"{{{name}}}" not in written:
                raise wrong(f"templat tanpa {{{name}}}", f"{{{name}}}: {messages.FIELDS[name]}")
        return written

    return parse


def matching(pattern: re.Pattern[str], noun: str, expected: str) -> Callable[[object], str]:
    """A reader of text of one shape."""

    def parse(value: object) -> str:
        written = scalar(value, expected)
        if not pattern.fullmatch(written):
            raise wrong(f"{noun} {quoted(written)} tidak sah", expected)
        return written

    return parse


def whole(low: int, high: int, noun: str) -> Callable[[object], int]:
    """A reader of a whole number within bounds."""
    expected = f"bilangan bulat {low} sampai {high}"

    def parse(value: object) -> int:
        written = scalar(value, expected)
        if not re.fullmatch(r"[0-9]{1,9}", written) or not low <= int(written) <= high:
            raise wrong(f"{noun} {quoted(written)} tidak sah", expected)
        return int(written)

    return parse


def decimal(low: float, high: float, noun: str) -> Callable[[object], float]:
    """A reader of a number within bounds, with a point or a comma."""
    expected = f"bilangan {low:g} sampai {high:g}"

    def parse(value: object) -> float:
        written = scalar(value, expected).replace(",", ".")
        if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", written) or not low <= float(written) <= high:
            raise wrong(f"{noun} {quoted(written)} tidak sah", expected)
        return float(written)

    return parse


def duration(low: float, high: float) -> Callable[[object], float]:
    """A reader of a duration in seconds, written 15s, 2m, 1h or as plain seconds."""
    expected = f"lama waktu seperti 15s, 2m atau 1h, antara {_say(low)} dan {_say(high)}"

    def parse(value: object) -> float:
        written = scalar(value, expected)
        parts = DURATION.fullmatch(written.lower())
        seconds = float(parts[1]) * UNITS[parts[2]] if parts else -1.0
        if not low <= seconds <= high:
            raise wrong(f"lama waktu {quoted(written)} tidak sah", expected)
        return seconds

    return parse


def size(low: int, high: int) -> Callable[[object], int]:
    """A reader of a size in bytes, written 500MB or 2GB."""
    expected = f"ukuran seperti 500MB atau 2GB, antara {low // 10**6}MB dan {high // 10**9}GB"

    def parse(value: object) -> int:
        written = scalar(value, expected)
        parts = SIZE.fullmatch(written.lower())
        size = int(float(parts[1]) * SIZES[parts[2]]) if parts else -1
        if not low <= size <= high:
            raise wrong(f"ukuran {quoted(written)} tidak sah", expected)
        return size

    return parse


def duration_or_never(low: float, high: float) -> Callable[[object], float]:
    """A reader of a duration; `tidak` is 0."""
    read = duration(low, high)

    def parse(value: object) -> float:
        return 0.0 if str(value).strip().lower() in NO else read(value)

    return parse


def replica(value: object) -> str:
    """A reader of the address of the replica; a wrong one is not repeated, since it may hold a password."""
    written = scalar(value, "alamat salinan")
    if not REPLICA.fullmatch(written):
        raise wrong("alamat salinan tidak sah (isinya tidak ditampilkan)", "folder seperti /mnt/nas/112, atau s3://…")
    return written


def _say(seconds: float) -> str:
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= size and seconds % size == 0:
            return f"{int(seconds // size)}{unit}"
    return f"{seconds:g}s"


def yes_or_no(value: object) -> bool:
    """A reader of true/false in Indonesian or English."""
    if isinstance(value, bool):
        return value
    written = scalar(value, "ya atau tidak")
    if written.lower() not in YES + NO:
        raise wrong(f"{quoted(written)} bukan ya atau tidak", "true atau false (ya atau tidak)")
    return written.lower() in YES


def minute_of_day(value: str) -> int:
    """A time of day as minutes, 0 to 1440; 24:00 is 1440."""
    parts = TIME.fullmatch(value.strip())
    minutes = int(parts[1]) * 60 + int(parts[2]) if parts and int(parts[2]) < 60 else -1
    if not 0 <= minutes <= 1440:
        raise wrong(f"jam {quoted(value.strip())} tidak sah", "JJ:MM antara 00:00 dan 24:00")
    return minutes


def to_time(minutes: int) -> time:
    """Minutes as a time of day; 1440 is midnight again."""
    return time(minutes // 60 % 24, minutes % 60)


def day(value: object) -> date:
    """A reader of a date."""
    written = scalar(value, "tanggal TTTT-BB-HH")
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", written):
            return date.fromisoformat(written)
    except ValueError:
        pass
    raise wrong(f"tanggal {quoted(written)} tidak sah", "tanggal yang ada, TTTT-BB-HH seperti 2026-12-25")


def weekday(value: object) -> int:
    """A reader of a day of the week, Monday 0."""
    written = scalar(value, "nama hari").lower()
    if written not in DAY_NAMES:
        raise wrong(f"hari {quoted(written)} tidak dikenal", one_of(written, DAY_NAMES))
    return DAY_NAMES.index(written)


def time_zone(value: object) -> str:
    """A reader of a time zone of the tz database."""
    written = scalar(value, "zona waktu")
    if written not in available_timezones():
        raise wrong(
            f"zona waktu {quoted(written)} tidak dikenal",
            one_of(written, sorted(available_timezones(), key=_near_home)),
        )
    ZoneInfo(written)
    return written


def _near_home(name: str) -> tuple[bool, str]:
    return name not in ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "Asia/Pontianak"), name


def address(value: object) -> str:
    """A reader of an IP address."""
    written = scalar(value, "alamat IP")
    try:
        return str(ipaddress.ip_address(written))
    except ValueError:
        raise wrong(f"alamat {quoted(written)} tidak sah", "alamat IP seperti 127.0.0.1 atau 0.0.0.0") from None


def network(value: object) -> str:
    """A reader of an IP address or network."""
    written = scalar(value, "alamat IP atau jaringan")
    try:
        ipaddress.ip_network(written)
    except ValueError:
        raise wrong(f"alamat {quoted(written)} tidak sah", "alamat IP atau jaringan seperti 10.1.2.0/24") from None
    return written


def network_or_name(value: object) -> str:
    """A reader of an IP address, a network, or the DNS name of an SBC."""
    expected = "alamat IP, jaringan seperti 10.1.2.0/24, atau nama seperti sbc.contoh.co.id"
    written = scalar(value, expected)
    if DNS_NAME.fullmatch(written):
        return written.lower()
    try:
        ipaddress.ip_network(written)
    except ValueError:
        raise wrong(f"alamat {quoted(written)} tidak sah", expected) from None
    return written


def account(value: object) -> str:
    """A reader of a SIP account or trunk name: never all digits, never a name that Asterisk's configuration needs."""
    expected = "huruf kecil, angka, - atau _, diawali huruf, seperti damkar1"
    written = scalar(value, expected)
    if not ACCOUNT.fullmatch(written):
        raise wrong(f"akun SIP {quoted(written)} tidak sah", expected)
    if written in RESERVED or written.startswith("trunk-"):
        raise wrong(f"nama {quoted(written)} dipakai Asterisk sendiri", "nama lain, seperti damkar1")
    return written


def web_address(value: object) -> str:
    """A reader of an http(s) address; a wrong one is not repeated, since it may hold a password."""
    written = scalar(value, "alamat https://…")
    try:
        parts = urlsplit(written)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) and " " not in written
    except ValueError:
        good = False
    if not good:
        raise wrong(
            "alamat web tidak sah (isinya tidak ditampilkan)", "alamat lengkap seperti https://contoh.go.id/jalur"
        )
    return written


@contextmanager
def _quiet_apprise() -> Iterator[None]:
    """Keep Apprise from logging wrong addresses in full, and from warnings about the modules that it imports."""
    log = logging.getLogger("apprise")
    before, log.disabled = log.disabled, True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            yield
    finally:
        log.disabled = before


def apprise_url(value: object) -> str:
    """A reader of an Apprise address; it holds secrets, so a wrong one is not repeated."""
    from apprise import Apprise  # imported here: it is large, and many instances have no such contact

    written = scalar(value, "alamat Apprise")
    with _quiet_apprise():
        service = Apprise.instantiate(written, suppress_exceptions=True)
    if service is None:
        raise wrong("alamat Apprise tidak sah (isinya tidak ditampilkan)", "alamat seperti tgram://TOKEN/CHAT_ID")
    return written


def one_window(value: object) -> Window:
    """A reader of one window: 07:00-21:00, or 24 jam."""
    written = scalar(value, WINDOW)
    if written.lower() == "24 jam":
        return Window(MIDNIGHT, MIDNIGHT)
    ends = re.split(r" *(?:-|–|sampai|s/d) *", written)
    if len(ends) != 2:
        raise wrong(f"jam buka {quoted(written)} tidak sah", WINDOW)
    start, end = minute_of_day(ends[0]), minute_of_day(ends[1])
    if start == 1440:
        raise wrong(f"jam buka {quoted(written)} mulai pukul 24:00", "mulai antara 00:00 dan 23:59")
    if start == end:
        raise wrong(
            f"jam buka {quoted(written)} mulai dan berakhir bersamaan",
            "dua jam yang berbeda (00:00-24:00 untuk sehari penuh)",
        )
    return Window(to_time(start), to_time(end))


def windows(value: object) -> tuple[Window, ...]:
    """A reader of the windows of one day: one, a list of them, or tutup."""
    if isinstance(value, str) and value.strip().lower() in CLOSED:
        return ()
    spans = sorted(
        (one_window(item) for item in (value if isinstance(value, list) else [value])), key=lambda w: w.start
    )
    for window, following in pairwise(spans):
        if window.end <= window.start or following.start < window.end:
            starts = f"{window.start:%H:%M} dan {following.start:%H:%M}"
            raise wrong(f"dua jam buka bertumpuk (mulai {starts})", "jam buka yang terpisah")
    return tuple(spans)


def windows_or_usual(value: object) -> tuple[Window, ...] | None:
    """A reader of windows, or biasa (None): the windows of that day of the week."""
    return None if isinstance(value, str) and value.strip().lower() == "biasa" else windows(value)


def one_of_words(*allowed: str) -> Callable[[object], str]:
    """A reader of one of a few words."""

    def parse(value: object) -> str:
        written = scalar(value, "salah satu dari " + ", ".join(allowed))
        if written not in allowed:
            raise wrong(f"{quoted(written)} tidak dikenal", one_of(written, allowed))
        return written

    return parse


def listed(value: object) -> object:
    """Make a list of a single value where a list may stand; nothing becomes an empty list."""
    return value if isinstance(value, list) else [] if value is None else [value]
