"""Prepares the drill's private instance: its own folder, ports, trunks and people; the live line is not touched."""

from __future__ import annotations

import math
import random
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from drills import faults
from drills.past import remember
from drills.plan import Plan
from instance import REPOSITORY, Instance, load
from instance.scalars import duration
from instance.yaml_marks import read
from ivr.screening_rules import ScreeningRules
from operations import passwords
from tickets.store import Store

OPERATORS_HOST = "127.0.0.9"
# parts of the live routing.yaml that a drill takes: menus and screening, never the agencies that are pushed
OF_THE_LINE = ("start", "menus", "screening")
OPEN, CLOSED = "00:00-24:00", "tutup"
RTP_PORTS = 1200
FIRST_RTP = range(20000, 28800, RTP_PORTS)
# Within a burst calls follow each other in seconds, not in minutes as in life: a flood's window is as much shorter.
BURST_SHRINK = 5.0


@dataclass(frozen=True, slots=True)
class Person:
    """An operator of the drill with the password of their page."""

    name: str
    password: str


def trunk_host(plan: Plan, trunk: str) -> str:
    """The address from which the calls of a trunk come."""
    return f"127.0.0.{11 + plan.scenario.file.trunks.index(trunk)}"


def prepare(home: Path, live: Path, plan: Plan, ports: list[int], *, screening: bool) -> Instance:
    """A fresh instance in `home`: the menus and screening of the line in `live`, everything else the drill's own.

    Prompts and callers' sounds of a former drill stay, all else of it goes."""
    _clear(home)
    shipped = _read(REPOSITORY / "routing.yaml")
    of_the_line = _read(live / "routing.yaml")
    routing = shipped | {name: of_the_line[name] for name in OF_THE_LINE if name in of_the_line}
    _fit(routing, plan, screening=screening)
    if plan.scenario.file.faults is not None:
        faults.fit(routing, ports[5])
    if (live / "prompts").is_dir():
        shutil.copytree(live / "prompts", home / "prompts")
    _write(home / "routing.yaml", routing)
    open_ = plan.scenario.file.line == "open"
    after_hours = {"leave_message": "true", "page_duty": "false", "max_message": "2m"}
    _write(home / "hours.yaml", {"daily": OPEN if open_ else CLOSED, "after_hours": after_hours})
    _write(home / "site.yaml", _site(_read(live / "site.yaml"), plan, ports))
    return load(home)


def _clear(home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.rmtree(home / "prompts", ignore_errors=True)
    for path in (home / "var").glob("*"):
        if path.name in ("prompts", "audio", "run"):
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _fit(routing: dict[str, Any], plan: Plan, *, screening: bool) -> None:
    """Adapt the thresholds of a flood to compressed time, and switch screening off if asked to.

    A trunk has `rate` times as many calls in the drill's hour: without a higher threshold all would be a flood."""
    rules = routing["screening"] = _group(routing.get("screening"))
    if not screening:
        rules["enabled"] = "false"
    if plan.rate > 1:
        flood, usual = _group(rules.get("flood")), ScreeningRules()
        within = duration(10, 86400)(flood.get("within", usual.flood_within_s))
        trunk_calls = int(flood.get("trunk_calls", usual.flood_trunk_calls))
        many = min(10000, math.ceil(trunk_calls * plan.rate / BURST_SHRINK))
        rules["flood"] = flood | {"within": f"{max(10.0, within / BURST_SHRINK):.0f}s", "trunk_calls": str(many)}


def _group(value: object) -> dict[str, Any]:
    return dict(value) if isinstance(value, dict) else {}


def _site(live: dict[str, Any], plan: Plan, ports: list[int]) -> dict[str, Any]:
    shipped = _read(REPOSITORY / "site.yaml")
    first = random.choice(FIRST_RTP)
    trunks = {name: {"match": [trunk_host(plan, name)]} for name in plan.scenario.file.trunks}
    asterisk: dict[str, Any] = dict(
        zip(("sip_port", "http_port", "ami_port", "agi_port"), map(str, ports), strict=False)
    )
    asterisk |= {"numbers": ["112"], "sip_bind": "127.0.0.1", "trunks": trunks}
    asterisk |= {"rtp_start": str(first), "rtp_end": str(first + RTP_PORTS - 1)}
    place = {name: (live or shipped)[name] for name in ("name", "region", "time_zone")}
    return place | {
        "places": str(REPOSITORY / "data" / "jepara.yaml"),
        "asterisk": asterisk,
        "console": {"bind": "127.0.0.1", "port": str(ports[4])},
        "calls": {"ring": "15s", "wrap_up": "10m", "short_talk": "0s"},  # talks are as short as the drill's hour
    }


def people(instance: Instance, plan: Plan) -> list[Person]:
    """The operators, added to the store: a second shift after the first where the scenario changes shifts."""
    staff = plan.scenario.file.operators
    count = staff.count * (2 if staff.change else 1)
    crew = [Person(f"op{number}", passwords.generate()) for number in range(1, count + 1)]
    instance.var.mkdir(exist_ok=True, mode=0o700)
    store, now = Store(instance.var / "tanggap.db", instance.secrets.number_key), datetime.now(UTC)
    try:
        for person in crew:
            hashed = passwords.hashed(person.password)
            store.people.add(now, person.name, person.name.upper(), "operator", None, hashed)
        remember(store, plan, now)
    finally:
        store.close()
    return crew


def _read(path: Path) -> dict[str, Any]:
    data = read(path, path.name).data if path.is_file() else {}
    return data if isinstance(data, dict) else {}


def _write(path: Path, data: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
