"""A busy hour in a store, made up and always the same: the pictures change only when the pages do."""

import math
import struct
import wave
from collections.abc import Sequence
from datetime import datetime, timedelta
from unittest import mock

from instance import Instance
from operations.passwords import hashed
from scripts.pictures.reports import (
    ADMIN,
    ANSWER,
    COMPLAINTS,
    CRASH,
    FIRE,
    NOW,
    PIPE,
    PLACES,
    SNAKE,
    USERS,
)
from tickets.complaints import tracking
from tickets.escalation.ladder import follow_up, plan
from tickets.links import GOOD_FOR, PURPOSE, TEST, Link, sign
from tickets.model import Actor, PlannedTest, day_of, to_text
from tickets.store import Store
from tickets.store.calls import NewCall


def ago(**span: float) -> datetime:
    """A moment before the pictures."""
    return NOW - timedelta(**span)


class Afternoon:
    """Fills a store with what a busy hour looks like."""

    def __init__(self, instance: Instance, password: str) -> None:
        self._instance = instance
        self._store = Store(instance.var / "tanggap.db", instance.secrets.number_key)
        self._calls = 0
        self.pages: dict[str, tuple[str | None, str]] = {}  # user and path, by name
        self.tickets: dict[str, str] = {}
        kept = hashed(password)  # once: it takes a second on purpose
        for name, (display, role, opd) in USERS.items():
            self._store.people.add(ago(days=30), name, display, role, opd, kept)

    def tell(self) -> None:
        """Write the whole story into the store; its tracking numbers are always the same ones."""
        numbers = map(tracking.checked, map(str, range(3471000, 3472000, 137)))
        with mock.patch.object(tracking, "new", lambda: next(numbers)):
            self._tell()

    def _tell(self) -> None:
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
        """The inbox of complaints, with their days and their outcome."""
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
