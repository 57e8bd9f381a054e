"""An instance for the measurement alone: its agencies' receivers, its open assignments, its `tanggap escalate`."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.answering.instance import HOURS, SITE, _free_ports
from instance import REPOSITORY, load, secrets_file
from tickets.escalation.ladder import plan
from tickets.model import Actor
from tickets.store import Store

OPDS = 20
HEAD = """start: utama
menus:
  utama: {prompt: menu-utama, keys: {1: {label: Darurat, lane: urgent, kind: emergency}}}
categories:
  uji: {name: Kebakaran, kind: emergency, priority: 1, opds: [%s]}
fallback: [opd0]
duty: opd0.siaga
ladders:
  darurat:
    - {after: 0s, notify: {siaga: webhook}, every: %gs}
opds:
"""
OPD = """  opd{number}:
    name: Dinas {number}
    ladder: darurat
    contacts:
      siaga: {{title: Siaga, webhook: "http://127.0.0.1:{port}/lapor"}}
"""
PLACE = {"category": "uji", "kecamatan": "Tahunan", "desa": "Mantingan", "address": "Jl. Sultan Hadlirin 12"}
STORY = "Gudang mebel terbakar, api membesar, angin ke timur, dua orang masih di dalam."


@dataclass(slots=True)
class Bench:
    """The running daemon and receivers; `arrivals` is filled when the receivers have ended."""

    home: Path
    receivers: "subprocess.Popen[str]"
    ports: list[int]
    every_s: float
    core: int | None
    source: Path
    daemon: "subprocess.Popen[bytes] | None" = None
    arrivals: list[tuple[float, str]] = field(default_factory=list)

    def command(self, *words: str) -> list[str]:
        """A Python program on the one core."""
        pinned = ["taskset", "-c", str(self.core)] if self.core is not None else []
        return [*pinned, sys.executable, "-m", *words]

    def fill(self, count: int, start: datetime, spread_s: float) -> None:
        """Write open assignments, dispatched evenly over `spread_s` seconds from `start` on."""
        routing = load(self.home).routing
        sari = Actor("user", "sari")
        store = Store(self.home / "var" / "tanggap.db")
        with contextlib.closing(store), store.transaction():
            for number in range(count):
                at = start + timedelta(seconds=spread_s * number / count)
                ticket = store.tickets.create(at, "20261123", sari, "emergency")
                store.tickets.update(at, ticket, PLACE | {"description": STORY}, sari)
                opd = f"opd{number % OPDS}"
                store.assignments.dispatch(at, ticket, opd, plan(routing, opd, at), 900.0, sari)

    def start(self) -> None:
        """Start the daemon (again)."""
        with (self.home / "var" / "escalate.err").open("ab") as errors:
            words = self.command("tanggap", "--home", str(self.home), "escalate")
            environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
            self.daemon = subprocess.Popen(words, cwd=self.source, env=environment, stdout=errors, stderr=errors)

    def kill(self) -> None:
        """Kill the daemon with -9."""
        assert self.daemon is not None
        self.daemon.kill()
        self.daemon.wait()

    def end(self) -> None:
        """Stop the daemon in the clean way, and then the receivers."""
        if self.daemon is not None and self.daemon.poll() is None:
            self.daemon.terminate()
            try:
                self.daemon.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()
        if self.receivers.poll() is None:
            self.receivers.communicate()
        noted = self.home / "arrivals"
        if noted.exists():
            lines = (line.split() for line in noted.read_text().splitlines())
            self.arrivals = [(float(at), key) for at, key in lines]


@contextlib.contextmanager
def bench(every_s: float, core: int | None, source: Path, *, keep: bool) -> Iterator[Bench]:
    """Receivers that run, and a store without assignments; removed afterwards unless `keep`."""
    home = Path(tempfile.mkdtemp(prefix="tge-"))
    made = None
    try:
        words = [sys.executable, "-m", "bench.escalating.receiver", str(home / "arrivals"), str(OPDS)]
        other = ["taskset", "-c", str((core + 1) % (os.cpu_count() or 1))] if core is not None else []
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        receivers = subprocess.Popen([*other, *words], cwd=REPOSITORY, text=True, **pipes)  # type: ignore[call-overload]
        made = Bench(home, receivers, json.loads(receivers.stdout.readline()), every_s, core, source)
        _prepare(made)
        yield made
    finally:
        if made is not None:
            made.end()
        if keep:
            print(f"kept: {home}", file=sys.stderr)
        else:
            shutil.rmtree(home, ignore_errors=True)


def _prepare(made: Bench) -> None:
    home, names = made.home, ("sip", "http", "ami", "agi", "console")
    ports = dict(zip(names, _free_ports(5), strict=True))
    (home / "site.yaml").write_text(SITE.format(places=REPOSITORY / "data" / "jepara.yaml", **ports))
    (home / "hours.yaml").write_text(HOURS)
    opds = "".join(OPD.format(number=number, port=port) for number, port in enumerate(made.ports))
    codes = ", ".join(f"opd{number}" for number in range(OPDS))
    (home / "routing.yaml").write_text(HEAD % (codes, made.every_s) + opds)
    (home / "var").mkdir(mode=0o700)
    secrets_file.ensure(home, ())


def now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)
