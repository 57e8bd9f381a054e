"""Takes docs/screenshots/*.png of the running console: its pages, telephone and desk, light and dark.

    .venv/bin/python scripts/screenshots.py [FOLDER]

The console and the store are the real ones, on a free port over an instance in a temporary directory; the afternoon in
it is made up, and so are the heartbeats of the other processes. It is always the same minute, so that the pictures
change only when the pages do.
"""

import argparse
import asyncio
import math
import shutil
import socket
import struct
import sys
import tempfile
import wave
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

from playwright.async_api import Browser, Page, async_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from instance import Instance, load  # noqa: E402
from operations.passwords import generate, hashed  # noqa: E402
from processes.vitals.measures import Vitals  # noqa: E402
from tanggap.console import run  # noqa: E402
from tickets.complaints import tracking  # noqa: E402
from tickets.escalation.ladder import follow_up, plan  # noqa: E402
from tickets.links import GOOD_FOR, PURPOSE, TEST, Link, sign  # noqa: E402
from tickets.model import Actor, PlannedTest, day_of, to_text  # noqa: E402
from tickets.store import Store  # noqa: E402
from tickets.store.calls import NewCall  # noqa: E402

NOW = datetime(2026, 11, 23, 3, 24, 11, tzinfo=UTC)  # a Monday, 10.24 WIB
SIZES = {"desk": (1366, 768), "phone": (390, 844)}
PAGES: dict[str, tuple[str | None, str]] = {
    "operator": ("siti", "/operator"),
    "opd": ("damkar", "/opd"),
    "overview": ("pusat", "/pantau"),
    "bupati": ("bupati", "/bupati"),
    "screening": ("pusat", "/saringan"),
    "numbers": ("admin", "/nomor"),
    "wadul": ("pusat", "/wadul"),
    "search": ("pusat", "/cari#gudang"),
    "handover": ("rina", "/serah-terima"),
    # "ticket", "link": ("damkar", …), "tracking" and "test": (None, …), whose addresses the store gives
    "similar": ("siti", "/operator"),  # what it types stays in the ticket: after "operator"
}
READY = "main section, main article, main.card"
USERS = {
    "siti": ("Siti Aminah", "operator", None),
    "budi": ("Budi Santoso", "operator", None),
    "rina": ("Rina Wulandari", "operator", None),
    "damkar": ("Piket Damkar", "opd", "damkar"),
    "pusat": ("Pusat Kendali", "command", None),
    "bupati": ("Bupati", "bupati", None),
    "admin": ("Dewi Lestari", "admin", None),
}
CHROMIUM = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
FIRE = {
    "kind": "emergency",
    "category": "kebakaran",
    "kecamatan": "Kalinyamatan",
    "desa": "Margoyoso",
    "address": "Gudang mebel di belakang Pasar Kalinyamatan",
    "description": "Gudang mebel terbakar, api sudah ke atap. Dua orang mungkin di dalam. Truk bisa lewat dari timur.",
    "reporter_name": "Pak Slamet",
}
CRASH = {
    "kind": "emergency",
    "category": "kecelakaan",
    "kecamatan": "Tahunan",
    "desa": "Ngabul",
    "address": "Bundaran Ngabul, depan SPBU",
    "description": "Truk dan sepeda motor. Satu korban tidak sadar.",
    "reporter_name": "Wati",
}
PIPE = {
    "kind": "complaint",
    "category": "air",
    "kecamatan": "Jepara",
    "desa": "Panggang",
    "address": "Jalan Kartini, dekat alun-alun",
    "description": "Pipa PDAM bocor, air menggenang sejak pagi.",
    "reporter_name": "Bu Nur",
}
SNAKE = {
    "kind": "emergency",
    "category": "hewan",
    "kecamatan": "Bangsri",
    "desa": "Kedungleper",
    "address": "RT 3 RW 2, rumah Bu Kasmi",
    "description": "Ular kobra masuk dapur.",
    "reporter_name": "Kasmi",
}
# where the network says that callers were
PLACES = {"+62813000000147": '{"lat": -6.73512, "lon": 110.70483, "radius_m": 180}'}


COMPLAINTS: tuple[tuple[float, dict[str, str], tuple[str, ...], tuple[str, ...]], ...] = (
    (5, {"category": "sampah", "kecamatan": "Tahunan", "desa": "Mantingan", "description": "TPS penuh."}, (), ()),
    (3, {"category": "jalan", "kecamatan": "Batealit", "desa": "Ngasem", "description": "Lubang besar."}, (), ()),
    (
        0.4,
        {
            "category": "lampu",
            "kecamatan": "Pecangaan",
            "desa": "Pecangaan Kulon",
            "address": "Simpang tiga pasar",
            "description": "Lampu lalu lintas mati sejak Jumat malam, sering hampir tabrakan saat jam sekolah.",
            "reporter_name": "Bu Sri",
        },
        (),
        (),
    ),
    (2, {"category": "air", "kecamatan": "Keling", "desa": "Kelet", "description": "Air mati."}, ("pdam",), ()),
    (17, {"category": "jalan", "kecamatan": "Mlonggo", "description": "Jembatan goyah."}, ("dpupr",), ("diterima",)),
    (12, {"category": "layanan", "description": "Antrean KTP."}, ("diskominfo",), ("diterima", "selesai")),
)


ADMIN = Actor("user", "admin")
ANSWER = "Mulai Senin loket KTP dibuka dua, dan nomor antrean bisa diambil lewat aplikasi sejak pukul 06.00."


def ago(**span: float) -> datetime:
    """A moment before the pictures."""
    return NOW - timedelta(**span)


class Afternoon:
    """Fills a store with what a busy hour looks like."""

    def __init__(self, instance: Instance, password: str) -> None:
        self._instance = instance
        self._store = Store(instance.var / "tanggap.db", instance.secrets.number_key)
        self._calls = 0
        self.pages: dict[str, tuple[str | None, str]] = {}  # like PAGES
        self.tickets: dict[str, str] = {}
        kept = hashed(password)  # once: it takes a second on purpose
        for name, (display, role, opd) in USERS.items():
            self._store.people.add(ago(days=30), name, display, role, opd, kept)

    def tell(self) -> None:
        """Write the whole story into the store."""
        self._before()
        damkar, pln = self._report(ago(minutes=4), "+62813000000147", FIRE, ("damkar", "pln"))
        psc, polres = self._report(ago(minutes=41), "+62856000000345", CRASH, ("psc119", "polres"), "budi")
        (pdam,) = self._report(ago(hours=2), "+62291000777", PIPE, ("pdam",))
        (snake,) = self._report(ago(minutes=57), "+62819000000233", SNAKE, ("damkar",))
        link = Link(damkar, "damkar.siaga", PURPOSE, NOW + GOOD_FOR, "1-1")
        self.pages["link"] = ("damkar", f"/t/{sign(self._instance.secrets.link_key, link)}")
        tasks = {"fire": damkar, "crash": psc, "pipe": pdam, "snake": snake}
        self.tickets = {name: self._store.assignments.get(task)["ticket"] for name, task in tasks.items()}
        self.pages["ticket"] = ("pusat", f"/tiket/{self.tickets['crash']}")
        self._answer(psc, "psc", ((40, "diterima"), (37, "berangkat"), (22, "di_lokasi")))
        self._answer(polres, "polres", ((4, "diterima"),))
        self._answer(pdam, "pdam", ((5, "diterima"),))
        self._answer(snake, "damkar", ((55, "diterima"), (9, "berangkat")))
        self._complaints()
        self._pushed((damkar, pln))
        self._tested("psc119.siaga")
        self._now()
        self._store.close()

    def _before(self) -> None:
        """The night's messages, a caller who is known for pranks, calls that nobody answered in time."""
        for count in range(3):
            ticket = self._call("+62813000004021", ago(hours=1, minutes=20 * count), outcome="talked", operator="budi")
            self._store.reputations.judge(NOW, ticket, "prank", Actor("user", "budi"))
        for day in range(1, 7):
            self._day(day)
        for number, hours in (("+62857000000099", 8), ("+62813000000223", 5)):
            self._call(number, ago(hours=hours), outcome="message", recording=self._message(hours))
        for number, minutes, reason in (
            ("+62812000000990", 12, "menutup saat menunggu"),
            ("+62821000000566", 31, "hening"),
        ):
            self._call(number, ago(minutes=minutes), outcome="abandoned")
            self._store.calls.callback(ago(minutes=minutes), f"call-{self._calls}", reason)

    def _complaints(self) -> None:
        """The inbox of complaints, with their days and their outcome; their numbers are always the same ones."""
        numbers = map(tracking.checked, map(str, range(3471000, 3472000, 137)))
        with mock.patch.object(tracking, "new", lambda: next(numbers)):
            self._file()

    def _file(self) -> None:
        for days, fields, opds, steps in COMPLAINTS:
            at, siti = ago(days=days), Actor("user", "siti")
            ticket = self._call(f"+6281300000{days:04.0f}", at, outcome="talked", operator="siti", lane="normal")
            self._store.tickets.update(at, ticket, {"kind": "complaint", **fields}, siti)
            self._store.complaints.file(at, ticket, siti)
            self._store.reputations.judge(at, ticket, "genuine", siti)
            routing = self._instance.routing
            for opd in opds:
                ladder, given = plan(routing, opd, at, "complaint"), ago(days=days - 0.1)
                task = self._store.assignments.dispatch(given, ticket, opd, ladder, 3600.0, Actor("user", "pusat"))
                for count, state in enumerate(steps, 1):
                    at = ago(days=days - 1.2 * count)
                    self._store.assignments.move(at, task, state, Actor("user", opd), via="page", note="diperiksa")
            if "selesai" in steps:
                self._store.complaints.answer(ago(days=days - 2.4), ticket, Actor("user", "pusat"), ANSWER)
                self.pages["tracking"] = (None, f"/lacak?nomor={self._store.complaints.get(ticket)['tracking']}")

    def _day(self, days: int) -> None:
        """A former day's work: silence before the greeting ends, pranks, people who ask, people in need."""
        for count in range(90):
            at = ago(days=days, minutes=-5 * count)
            word = ("silent", "prank", "information", "genuine", "")[(count * 7 + days) % 5] if count % 4 == 0 else ""
            number = f"+62877000{count % 37:05d}" if count % 5 else None
            if not word:
                self._call(
                    number,
                    at,
                    outcome="abandoned" if count % 3 else "silent",
                    lane=None,
                    talking_at=None,
                    ringing_at=None,
                    waiting_at=None,
                )
                continue
            ringing, talking = at + timedelta(seconds=4 + count % 5), at + timedelta(seconds=7 + count % 11)
            moments = {"ringing_at": to_text(ringing), "talking_at": to_text(talking)}
            lane = "unverified" if word == "prank" else "urgent"
            ticket = self._call(number, at, outcome="talked", operator="budi", lane=lane, keys="1", **moments)
            self._store.reputations.judge(at, ticket, word, Actor("user", "budi"))
            if word == "genuine":
                self._store.tickets.close(at, ticket, Actor("user", "budi"), "dibantu lewat telepon")

    def _call(self, number: str | None, at: datetime, **columns: str | None) -> str:
        """A call; one with an outcome is over."""
        self._calls += 1
        call, day = f"call-{self._calls}", day_of(at, self._instance.hours.tz)
        where = columns.pop("location", None)
        facts = (number or "Tanpa nomor", number is None, number is not None, "112")
        new = NewCall(call, number, *facts, location=where)
        ticket = self._store.calls.arrive(at, day, new)
        seconds = {"answered_at": 0, "waiting_at": 5, "ringing_at": 5, "talking_at": 7 + self._calls % 6}
        times = {name: to_text(at + timedelta(seconds=after)) for name, after in seconds.items()}
        over = {"stage": "ended", "ended_at": to_text(at)} if columns.get("outcome") else {}
        self._store.calls.step(at, call, ticket, times | over | columns, ())
        return ticket

    def _message(self, seed: int) -> str:
        name = f"messages/{seed}"
        path = self._instance.var / "asterisk" / "spool" / "recording" / f"{name}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8000)
            samples = (int(8000 * math.sin(at / 8000 * 2 * math.pi * 300)) for at in range(16000))
            file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
        return name

    def _report(
        self, at: datetime, number: str, fields: dict[str, str], opds: Sequence[str], operator: str = "siti"
    ) -> list[int]:
        ticket, actor = (
            self._call(number, at, outcome="talked", operator=operator, lane="urgent", location=PLACES.get(number)),
            Actor("user", operator),
        )
        self._store.tickets.update(at, ticket, fields, actor)
        routing, assignments = self._instance.routing, []
        for opd in opds:
            ladder, patience = plan(routing, opd, at, fields["kind"]), routing.opds[opd].follow_up_s
            assignments.append(self._store.assignments.dispatch(at, ticket, opd, ladder, patience, actor))
        self._store.reputations.judge(at, ticket, "genuine", actor)
        return assignments

    def _answer(self, assignment: int, user: str, steps: Sequence[tuple[float, str]]) -> None:
        for minutes, state in steps:
            at, row = ago(minutes=minutes), self._store.assignments.get(assignment)
            pushes = follow_up(self._instance.routing, row, state, at)
            self._store.assignments.move(at, assignment, state, Actor("user", user), via="page", follow_up=pushes)

    def _pushed(self, assignments: Sequence[int]) -> None:
        """Mark the pushes of unanswered assignments as sent; none of them is overdue."""
        due = NOW + timedelta(seconds=30)
        for push in self._store.assignments.claim(NOW, "escalate", 30, 500):
            if push.assignment in assignments:
                page = push.channel == "page"
                detail = "1 halaman terbuka" if page else "telepon meja tidak terdaftar"
                self._store.assignments.attempted(push, "escalate", NOW, NOW, ok=page, detail=detail, next_due=due)
            else:
                self._store.assignments.postpone(push.id, "escalate", due)

    def _tested(self, contact: str) -> None:
        """A test message to a contact that nobody has read yet."""
        tests, daemon = self._store.test_pushes, "escalate"
        tests.ask(NOW, [PlannedTest(contact, contact.partition(".")[0], "apprise")], ADMIN, timedelta(hours=1))
        (row,) = tests.due(NOW)
        tests.claim(NOW, daemon, 10, row["id"])
        tests.ended(NOW, row, daemon, ok=True, detail="terkirim", answer_until=NOW + timedelta(minutes=10))
        link = Link(row["id"], contact, TEST, NOW + GOOD_FOR, "1-1")
        self.pages["test"] = (None, f"/uji/{sign(self._instance.secrets.link_key, link)}")

    def _now(self) -> None:
        """The calls of this moment: waiting, talking and ringing."""
        waiting = {"stage": "waiting", "talking_at": None, "ringing_at": None}
        self._call("+62858000000011", ago(seconds=14), lane="urgent", **waiting)
        self._call(None, ago(seconds=38), lane="silent", mark="tanpa suara", **waiting)
        self._call("+62816000000123", ago(seconds=180), lane="normal", stage="talking", operator="budi")
        self._store.people.set_presence(ago(seconds=180), "budi", "ready", "talking", f"call-{self._calls}")
        self._store.people.set_presence(ago(minutes=12), "rina", "paused", "paused", None)
        self._call(
            "+62813000004021", ago(seconds=6), stage="ringing", lane="urgent", mark="tanpa tombol", talking_at=None
        )
        self._store.people.set_presence(ago(seconds=6), "siti", "ready", "ringing", f"call-{self._calls}")
        for process in ("calls", "agi", "escalate"):
            self._store.people.beat(NOW + timedelta(hours=1), process, 1)


def make_instance(home: Path) -> Instance:
    """The shipped configuration on a free port."""
    for name in ("routing.yaml", "hours.yaml", "site.yaml"):
        shutil.copy(ROOT / name, home)
    instance = load(home)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    console = replace(instance.site.console, bind="127.0.0.1", port=port, public_url="")
    return replace(instance, site=replace(instance.site, console=console))


async def opened(browser: Browser, url: str, user: str | None, password: str) -> Page:
    """A page of a logged-in user, or of anybody."""
    page = await (await browser.new_context(locale="id-ID")).new_page()
    if user is not None:
        await page.goto(f"{url}/masuk")
        await page.fill("#nama", user)
        await page.fill("#sandi", password)
        await page.click("button")
        await page.wait_for_selector("main section, main article")
    return page


async def number_card(page: Page) -> None:
    """The first number's past."""
    await page.click("table .plain-button")
    await page.wait_for_selector(".number-card")


async def complaint(page: Page) -> None:
    """The second complaint, about to be passed on."""
    await page.click(".inbox li:nth-child(2) button")
    await page.keyboard.press("t")
    await page.wait_for_selector(".sub .toggle")


async def same_fire(page: Page) -> None:
    """The caller tells of the fire that is known already."""
    for field in ("category", "kecamatan", "desa"):
        await page.fill(f"#{field}", FIRE[field])
        await page.press(f"#{field}", "Enter")
    await page.wait_for_selector(".similar")


async def hits(page: Page) -> None:
    """The answer of a search."""
    await page.wait_for_selector(".hit")


DOES = {"numbers": number_card, "wadul": complaint, "similar": same_fire, "search": hits}


async def take(url: str, password: str, folder: Path, pages: dict[str, tuple[str | None, str]]) -> None:
    """Every page in every size and theme."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        for name, (user, path) in pages.items():
            page = await opened(browser, url, user, password)
            for theme in ("light", "dark"):
                await page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
                for size, (width, height) in SIZES.items():
                    await page.set_viewport_size({"width": width, "height": height})
                    await page.goto(f"{url}{path}")
                    await page.wait_for_selector(READY)
                    if name in DOES:
                        await DOES[name](page)
                    await page.wait_for_timeout(400)
                    await page.screenshot(path=folder / f"{name}-{size}-{theme}.png")
                    print(folder / f"{name}-{size}-{theme}.png")
            await page.context.close()
        await browser.close()


async def main(folder: Path) -> None:
    """From an empty directory to the pictures."""
    password, stop = generate(), asyncio.Event()
    with tempfile.TemporaryDirectory(prefix="tanggap-screenshots-") as home:
        instance = make_instance(Path(home))
        afternoon = Afternoon(instance, password)
        afternoon.tell()
        running = run(lambda: instance, lambda: NOW, stop, Vitals("console"))
        serving = asyncio.get_running_loop().create_task(running)
        try:
            await until_open(instance.site.console.port)
            await take(instance.site.console.url, password, folder, PAGES | afternoon.pages)
        finally:
            stop.set()
            await serving


async def until_open(port: int) -> None:
    """Wait until the console listens."""
    async with asyncio.timeout(20):
        while True:
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.05)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Takes docs/screenshots/*.png of the running console.")
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "docs" / "screenshots", help="Where they go.")
    target: Path = parser.parse_args().folder
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(target))
