"""A store as nine years leave it, made by bulk inserts, without the index of words."""

import json
import random
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from tickets.model import to_text
from tickets.store.migrations import migrations

A_DAY = 900
SEARCH = ("0025-search", "0031-search-facts", "0037-words-in-order")
CHUNK = 50_000
AGENCIES = ("damkar", "dinkes", "bpbd", "dishub", "polres", "pmi", "pln", "pdam", "dpupr", "dlh")
CATEGORIES = ("kebakaran", "kecelakaan", "medis", "banjir", "pohon", "kriminal", "listrik", "aduan")
KECAMATAN = ("Jepara", "Tahunan", "Bangsri", "Mlonggo", "Kembang", "Keling", "Welahan", "Mayong", "Nalumsari",
             "Pecangaan", "Kalinyamatan", "Batealit", "Kedung", "Pakis Aji", "Donorojo", "Karimunjawa")  # fmt: skip
_STORY = (
    "api besar rumah gudang mebel kayu terbakar asap warga minta bantuan segera jalan raya depan pasar "
    "sekolah motor mobil truk tabrakan korban luka pingsan sesak napas darah jatuh sungai banjir air naik "
    "pohon tumbang menutup kabel listrik putus padam pencuri masuk malam anak perempuan lansia hamil "
    "tenggelam pantai ombak perahu nelayan hilang orang ramai macet tolong cepat petugas belum datang "
    "sejak pagi siang sore dekat masjid balai desa lapangan jembatan tikungan pertigaan bengkel toko "
    "warung kandang sapi ular tawon sarang atap runtuh tembok retak longsor angin kencang hujan deras "
    "genangan selokan sampah bau lampu mati kecelakaan tunggal melarikan diri berkelahi mabuk ancam "
    "senjata"
)
_SYLLABLES = (
    "ka ri ma su no to yo ti wa di ra sa ni lu ku ha mi pa tri bu sri jo an en dar man wan yah fi gus "
    "bang pur teng sur kar mar"
)
STORY, SYLLABLES = _STORY.split(), _SYLLABLES.split()
CALL = """INSERT INTO calls (id, number, display, anonymous, callable, dialled, arrived_at, waiting_at, ringing_at,
    talking_at, talk_ended_at, ended_at, stage, lane, outcome, keys, operator, ticket, handled_by)
    VALUES (?, ?, ?, 0, 1, '112', ?, ?, ?, ?, ?, ?, 'ended', 'urgent', ?, '1', ?, ?, 'calls')"""
TICKET = """INSERT INTO tickets (number, source, kind, category, status, call, created_at, updated_at, kecamatan, desa,
    address, description, reporter_name, reporter_number, operator, closed_at)
    VALUES (?, 'call', 'emergency', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
ASSIGNMENT = """INSERT INTO assignments (ticket, opd, state, dispatched_at, dispatched_by, follow_up_s, updated_at,
    ended_at) VALUES (?, ?, 'selesai', ?, 'op1', 900, ?, ?)"""
NOTE = """INSERT INTO journal (at, kind, ticket, actor, data) VALUES (?, 'assignment.moved', ?, 'user:regu', ?)"""

Values = tuple[Any, ...]


class Region:
    """Names, streets and numbers of a region; the same for the same seed."""

    def __init__(self, tickets: int) -> None:
        self.days = tickets // A_DAY
        self._random = random.Random(112)
        pick = self._random.choice
        self.names = sorted({"".join(pick(SYLLABLES) for _ in range(self._random.randint(2, 3))) for _ in range(9_000)})
        self.streets = sorted({"".join(pick(SYLLABLES) for _ in range(3)) for _ in range(30_000)})
        self.phones = [f"+628{self._random.randrange(10**9, 10**10)}" for _ in range(tickets // 4)]

    def note(self, sent: Values) -> Values:
        """The row of the journal in which an agency says how it ended an assignment."""
        text = " ".join(self.often(STORY) for _ in range(6)) + f" {self._random.choice(self.streets)}"
        return sent[4], sent[0], json.dumps({"opd": sent[1], "note": text})

    def often(self, words: list[str]) -> str:
        """A word of a list whose first ones are the most frequent."""
        return words[int(len(words) * self._random.random() ** 3)]

    def tickets(self, count: int, end: datetime) -> Iterator[tuple[Values, Values, Values, Values | None]]:
        """Tickets with their call, another call of the same caller, and for every third an agency's assignment."""
        begin, pick, chance = end - timedelta(days=count / A_DAY), self._random.choice, self._random.random
        for n in range(count):
            at = begin + timedelta(days=n / A_DAY)
            text, later, done = to_text(at), to_text(at + timedelta(seconds=60)), to_text(at + timedelta(hours=1))
            number, phone, operator = f"T-{at:%Y%m%d}-{n % A_DAY + 1:04d}", pick(self.phones), f"op{n % 12 + 1}"
            outcome = "talked" if chance() < 0.8 else pick(("abandoned", "silent", "message"))
            calls = [
                (id_, phone, phone, text, text, text, text, later, later, outcome, operator, number)
                for id_ in (f"c{n}", f"r{n}")
            ]
            talked = outcome == "talked"
            story = " ".join(self.often(STORY) for _ in range(18)) + f" {pick(self.streets)} {n % 200}"
            report = (
                pick(CATEGORIES), "done" if talked else "closed", f"c{n}", text, done, pick(KECAMATAN),
                self.often(self.streets), f"Jl. {self.often(self.streets)} {n % 150}", story,
                f"{self.often(self.names)} {self.often(self.names)}", phone, operator, done,
            )  # fmt: skip
            if not talked:
                report = (None, "closed", f"c{n}", text, done, None, None, None, None, None, phone, None, done)
            sent = (number, AGENCIES[n // 3 % len(AGENCIES)], text, done, done) if talked and n % 3 == 0 else None
            yield (number, *report), *calls, sent


def fill(path: Path, region: Region, count: int, end: datetime) -> None:
    """So many tickets until a moment, in the schema before there was a search."""
    former = Migrations(migrations.name)
    former._migrations = [step for step in migrations._migrations if step.name not in SEARCH]
    with closing(Database(path)) as database:
        database.conn.execute("PRAGMA journal_mode=WAL")
        database.conn.execute("PRAGMA synchronous=OFF")
        former.apply(database)
        rows = region.tickets(count, end)
        while chunk := list(islice(rows, CHUNK)):
            with database.conn:
                database.conn.executemany(CALL, [call for row in chunk for call in row[1:3]])
                database.conn.executemany(TICKET, [row[0] for row in chunk])
                sent = [row[3] for row in chunk if row[3]]
                database.conn.executemany(ASSIGNMENT, sent)
                database.conn.executemany(NOTE, [region.note(row) for row in sent])
