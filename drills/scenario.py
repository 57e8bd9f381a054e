"""The scenario of a drill as data (data/scenarios/*.yaml): callers, their numbers and arrivals, and operators."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from drills.phones.audio import NAMES, QUIET
from instance import REPOSITORY, ConfigErrors, Problem
from instance.fields import Account, Bool, Code, Listed, Name, Reads, Text, number, words
from instance.problems import one_of, quoted
from instance.scalars import duration, scalar, wrong
from instance.strict import Strict
from instance.validate import validated
from instance.yaml_marks import Document, read
from tickets.screening.reputation import VERDICTS

FOLDER = REPOSITORY / "data" / "scenarios"
CLEAN, ANONYMOUS, NO_SIM = "clean", "anonymous", "no_sim"
ANYBODY = (CLEAN, ANONYMOUS, NO_SIM)
BARS = ("genuine_reached", "pranks_rang", "key_at_once", "speaks_only", "nena_15s", "nena_20s", "nothing_lost")
PROCESSES = ("agi", "calls", "escalate", "console")
MAX_CALLS = 5000
MAX_RATE = 1000


@dataclass(frozen=True, slots=True)
class Span:
    """A duration between two bounds, in seconds."""

    low: float
    high: float

    @property
    def middle(self) -> float:
        """The mean of an even draw."""
        return (self.low + self.high) / 2


def span(low: float, high: float) -> Reads:
    """`2s-6s`, or one duration alone."""
    bound, expected = duration(low, high), "lama waktu seperti 3s, atau rentang seperti 2s-6s"

    def parse(value: object) -> Span:
        text = scalar(value, expected)
        first, dash, last = text.partition("-")
        made = Span(bound(first.strip()), bound((last if dash else first).strip()))
        if made.low > made.high:
            raise wrong(f"rentang {quoted(text)} terbalik", expected)
        return made

    return Reads(parse, {"type": "string"})


def _keys(value: object) -> str:
    keys = scalar(value, "tombol seperti 1 atau 55")
    if not re.fullmatch(r"[0-9*#]{1,40}", keys):
        raise wrong(f"tombol {quoted(keys)} tidak sah", "1 sampai 40 dari 0-9, * dan #")
    return keys


def _weights(value: object) -> list[int]:
    whole = number(0, 100000, "bobot").parse
    if not isinstance(value, list) or not value:
        raise wrong("daftar bobot tidak ada", "daftar bilangan seperti [3, 6, 9]")
    weights = [whole(item) for item in value]
    if not any(weights):
        raise wrong("semua bobot nol", "paling sedikit satu bobot di atas nol")
    return weights


Keys = Annotated[str, Reads(_keys, {"type": "string"})]
Weights = Annotated[list[int], Reads(_weights, {"type": "array"})]
Percent = Annotated[int, number(0, 100, "persen")]
LATER = Span(0.8, 2.5)


class PoolModel(Strict):
    """Sekelompok nomor yang menelepon berulang; `prank` dan `genuine` putusan lama untuk setiap nomor."""

    size: Annotated[int, number(1, 500, "jumlah nomor")]
    prank: Annotated[int, number(0, 50, "jumlah putusan")] = 0
    genuine: Annotated[int, number(0, 50, "jumlah putusan")] = 0
    days: Annotated[int, number(1, 90, "jumlah hari")] = 14


class CallersModel(Strict):
    """Penelepon yang berperilaku sama; `calls` berapa di antara semua panggilan skenario."""

    name: Code
    what: Name
    genuine: Bool
    calls: Annotated[int, number(1, MAX_CALLS, "jumlah panggilan")]
    numbers: Code = CLEAN
    bursts: Annotated[int, number(1, 100, "jumlah panggilan beruntun")] = 1
    gap: Annotated[Span, span(0, 600)] = Span(5, 15)
    between: Annotated[Span, span(0, 86400)] | None = None
    trunk: Account | None = None
    sound: Annotated[str, words(*NAMES)] = "silence"
    speaks: Annotated[str, words("connected", "at_once", "after_greeting", "asked_again")] = "connected"
    keys: Keys | None = None
    press: Annotated[str, words("at_once", "after_greeting", "asked_again")] = "at_once"
    after: Annotated[Span, span(0, 60)] = LATER
    stays: Annotated[Span, span(0.1, 600)] = Span(150, 150)
    challenge: Bool = True
    message: Bool = False
    verdict: Annotated[str, words(*VERDICTS)] | None = None
    trait: Annotated[str, words("key_at_once", "speaks_only")] | None = None


class ArrivalsModel(Strict):
    """Kapan mereka menelepon: bobot hari dan jam sebuah pekan, atau merata dalam satu rentang."""

    days: Weights | None = None
    hours: Weights | None = None
    first_hour: Annotated[int, number(0, 23, "jam")] = 7
    within: Annotated[float, Reads(duration(1, 86400), {"type": "string"})] | None = None


class ChangeModel(Strict):
    """Pergantian petugas: pada bagian ini (persen) semua berhenti, dan sesudah jeda regu lain masuk."""

    at: Percent
    gap: Annotated[Span, span(0, 120)] = Span(3, 6)


class OperatorsModel(Strict):
    """Petugas yang menjawab; waktu-waktunya waktu nyata, yang dipendekkan `rate` kali."""

    count: Annotated[int, number(0, 50, "jumlah petugas")] = 3
    reaction: Annotated[Span, span(0.1, 60)] = Span(2, 5)
    talk_genuine: Annotated[Span, span(0.5, 3600)] = Span(60, 180)
    talk_other: Annotated[Span, span(0.5, 3600)] = Span(8, 40)
    wrap_up: Annotated[Span, span(0, 3600)] = Span(30, 90)
    accuracy: Percent = 97
    listens: Bool = True
    change: ChangeModel | None = None


class FaultsModel(Strict):
    """Gangguan: setiap `every` satu proses dari `kill` dimatikan paksa (kill -9), dipilih acak menurut benih."""

    every: Annotated[Span, span(1, 600)] = Span(5, 5)
    kill: Annotated[list[Annotated[str, words(*PROCESSES)]], Listed, Field(min_length=1)] = Field(list(PROCESSES))


class ScenarioFile(Strict):
    """Satu skenario latihan."""

    title: Name
    about: Text
    seed: Annotated[int, number(0, 999_999_999, "benih")] = 112
    rate: Annotated[int, number(1, MAX_RATE, "percepatan")] = 1
    line: Annotated[str, words("open", "closed")] = "open"
    trunks: Annotated[list[Account], Listed, Field(min_length=1)]
    bars: Annotated[list[Annotated[str, words(*BARS)]], Listed] = Field(list(BARS))
    arrivals: ArrivalsModel
    operators: OperatorsModel = OperatorsModel()
    faults: FaultsModel | None = None
    numbers: dict[Code, PoolModel] = Field({})
    callers: Annotated[list[CallersModel], Field(min_length=1)]

    @property
    def calls(self) -> int:
        """Number of calls of the whole scenario."""
        return sum(group.calls for group in self.callers)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario that was read and checked."""

    name: str
    file: ScenarioFile


def shipped() -> list[str]:
    """The names of the scenarios that come with the program."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def load(named: str) -> Scenario:
    """A shipped scenario by name, or a file by path; ConfigErrors with every problem and its place."""
    path = Path(named) if named.endswith((".yaml", ".yml")) else FOLDER / f"{named}.yaml"
    if not path.is_file() and not named.endswith((".yaml", ".yml")):
        text = f"skenario {quoted(named)} tidak ada"
        raise ConfigErrors([Problem(str(FOLDER), 0, 0, text, one_of(named, shipped()))])
    document = read(path, path.name)
    file = validated(ScenarioFile, document)
    if file is not None:
        _check(file, document)
    if file is None or document.problems:
        raise ConfigErrors(document.problems)
    return Scenario(path.stem, file)


def _check(file: ScenarioFile, document: Document) -> None:
    """Check the rules that span several fields."""
    _check_arrivals(file.arrivals, document)
    if file.calls > MAX_CALLS:
        document.complain(("callers",), f"{file.calls} panggilan", f"paling banyak {MAX_CALLS}")
    if repeated := [name for name in ANYBODY if name in file.numbers]:
        document.complain(("numbers", repeated[0]), f"nama {quoted(repeated[0])} sudah dipakai", "nama lain", key=True)
    names: set[str] = set()
    for at, group in enumerate(file.callers):
        _check_group(at, group, file, document, names)


def _check_arrivals(arrivals: ArrivalsModel, document: Document) -> None:
    week = arrivals.days is not None and arrivals.hours is not None
    if week == (arrivals.within is not None) or (arrivals.days is None) != (arrivals.hours is None):
        document.complain(("arrivals",), "waktu panggilan tidak jelas", '"days" dan "hours", atau "within" saja')
    if arrivals.hours is not None and arrivals.first_hour + len(arrivals.hours) > 24:
        text = f"{len(arrivals.hours)} jam mulai pukul {arrivals.first_hour}"
        document.complain(("arrivals", "hours"), text, "jam yang habis sebelum tengah malam")


def _check_group(at: int, group: CallersModel, file: ScenarioFile, document: Document, names: set[str]) -> None:
    def complain(field: str, fault: str, expected: str) -> None:
        document.complain(("callers", at, field), fault, expected)

    if group.name in names:
        complain("name", f"nama {quoted(group.name)} dipakai dua kali", "nama lain")
    names.add(group.name)
    known = [*ANYBODY, *file.numbers]
    if group.numbers not in known:
        complain("numbers", f"nomor {quoted(group.numbers)} tidak ada", one_of(group.numbers, known))
    if group.trunk is not None and group.trunk not in file.trunks:
        complain("trunk", f"trunk {quoted(group.trunk)} tidak ada", one_of(group.trunk, file.trunks))
    if group.speaks != "connected" and group.sound in QUIET:
        complain("speaks", "tidak ada suara untuk diperdengarkan", f"sound selain {', '.join(QUIET)}")
    if group.between is not None and file.arrivals.within is None:
        complain("between", "between tidak bisa dipakai bersama days dan hours", '"within"')
