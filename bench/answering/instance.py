"""An instance for the measurement alone: directory, Asterisk with all three ways, `tanggap calls`, the bare app."""

import asyncio
import contextlib
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from asterisk.launch import Asterisk
from instance import REPOSITORY, Instance, load, secrets_file
from operations import phone_system
from tickets.model import Actor
from tickets.store import Store

SITE = """name: Ukur 112
region: Kabupaten Ukur
time_zone: Asia/Jakarta
places: {places}
asterisk:
  sip_bind: 127.0.0.1
  sip_port: {sip}
  http_port: {http}
  ami_port: {ami}
  agi_port: {agi}
  rtp_start: 30000
  rtp_end: 32699
  trunks:
    ukur:
      match: [127.0.0.2]
console:
  port: {console}
calls:
  wrap_up: 0s
  short_talk: 0s
"""
# all calls come over one trunk and are brief: as shipped, that is a flood, and each would be asked for two digits
FLOOD = "  flood: {calls: 1000, trunk_calls: 10000, within: 10s, short: 1s}"
HOURS = "daily: 00:00-24:00\nafter_hours: {leave_message: true, page_duty: false, max_message: 2m}\n"
RECORD = " same => n,MixMonitor(bench-${UNIQUEID}.wav,b)\n"
READY_S = 30.0


@dataclass(slots=True)
class Bench:
    """The running processes: `pids` for their CPU, `store` for the rows that ours wrote."""

    home: Path
    instance: Instance
    asterisk: Asterisk
    operators: tuple[str, ...]
    made_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    calls: "subprocess.Popen[bytes] | None" = None
    bare: "subprocess.Popen[bytes] | None" = None

    @property
    def pids(self) -> dict[str, int]:
        """Process ids by name: asterisk, bare, ours."""
        assert self.calls and self.bare and self.asterisk.pid
        return {"asterisk": self.asterisk.pid, "bare": self.bare.pid, "ours": self.calls.pid}

    @property
    def registrar(self) -> tuple[str, int]:
        """The address at which Asterisk takes SIP."""
        return "127.0.0.1", self.instance.site.asterisk.sip_port

    @property
    def passwords(self) -> dict[str, str]:
        """SIP passwords of the operators."""
        known = secrets_file.ensure(self.home, self.operators).sip
        return {name: known[name] for name in self.operators}

    @contextlib.contextmanager
    def store(self) -> Iterator[Store]:
        """The instance's store."""
        opened = Store(self.home / "var" / "tanggap.db")
        try:
            yield opened
        finally:
            opened.close()

    def want(self, wanted: str) -> None:
        """Press a state button at every operator's page."""
        with self.store() as store, store.transaction():
            for name in self.operators:
                actor, data = Actor("user", name), {"operator": name, "wanted": wanted}
                store.journal.append(datetime.now(UTC), "request.presence", actor, data=data)

    def live(self) -> list[str]:
        """The operators' states as ours knows them."""
        with self.store() as store:
            return [row["live"] for row in store.people.presences()]


@contextlib.contextmanager
def bench(operators: int, *, record: bool, keep: bool, source: Path) -> Iterator[Bench]:
    """Everything running but the phones; ended, and removed unless `keep`, afterwards.

    `source` is the tree whose `tanggap calls` is measured."""
    home = Path(tempfile.mkdtemp(prefix="tgb-"))
    made: Bench | None = None
    try:
        made = prepare(home, tuple(f"op{number}" for number in range(1, operators + 1)), record)
        _start(made, record, source)
        yield made
    finally:
        if made is not None:
            _stop(made)
        if keep:
            print(f"kept: {home}", file=sys.stderr)
        else:
            shutil.rmtree(home, ignore_errors=True)


def prepare(home: Path, operators: tuple[str, ...], record: bool) -> Bench:
    """The instance, with nothing running yet."""
    ports = _free_ports(5)
    names = dict(zip(("sip", "http", "ami", "agi", "console"), ports, strict=True))
    (home / "site.yaml").write_text(SITE.format(places=REPOSITORY / "data" / "jepara.yaml", **names))
    (home / "hours.yaml").write_text(HOURS)
    routing = (REPOSITORY / "routing.yaml").read_text(encoding="utf-8")
    (home / "routing.yaml").write_text(re.sub(r"(?m)^  flood: .*$", FLOOD, routing), encoding="utf-8")
    (home / "var").mkdir(mode=0o700)
    with contextlib.closing(Store(home / "var" / "tanggap.db")) as store, store.transaction():
        for name in operators:
            store.people.add(datetime.now(UTC), name, name, "operator", None, "!")
            store.people.set_presence(datetime.now(UTC), name, "ready", "offline", None)
    secrets_file.ensure(home, operators)
    instance = load(home)
    phone_system.build_prompts(instance)
    asterisk = phone_system.phone_system(instance)
    phone_system.write_files(instance, asterisk, datetime.now(UTC))
    _add_ways(asterisk, instance, len(operators), record)
    return Bench(home, instance, asterisk, operators)


def _add_ways(asterisk: Asterisk, instance: Instance, operators: int, record: bool) -> None:
    text = (Path(__file__).parent / "extensions.conf").read_text()
    values = {"PROMPTS": str(instance.var.resolve() / "prompts"), "OPERATORS": str(operators)}
    for name, value in (values | {"RECORD": RECORD if record else ""}).items():
        text = text.replace(f"@{name}@", value)
    with (asterisk.paths.etc / "extensions.conf").open("a") as file:
        file.write(text)


def _start(made: Bench, record: bool, source: Path) -> None:
    asyncio.run(made.asterisk.start())
    log = made.home / "var" / "log"
    log.mkdir(exist_ok=True)
    port = made.instance.site.asterisk.http_port
    prompts, kept = made.instance.var.resolve() / "prompts", "1" if record else "0"
    words = [sys.executable, "-m", "bench.answering.bare_app", str(port), str(len(made.operators)), str(prompts), kept]
    environment = os.environ | {"ARI_PASSWORD": made.instance.secrets.ari_password}
    with (log / "bare.err").open("wb") as errors:
        made.bare = subprocess.Popen(words, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, stderr=errors)
    assert made.bare.stdout is not None
    if made.bare.stdout.readline() != b"ready\n":
        raise RuntimeError(f"the bare application did not start: {(log / 'bare.err').read_text()[-500:]}")
    with (log / "calls.err").open("wb") as errors:
        command = [sys.executable, "-m", "tanggap", "--home", str(made.home), "calls"]
        made.calls = subprocess.Popen(command, cwd=source, stdout=errors, stderr=errors)


def until_ready(made: Bench) -> bool:
    """Ask once: True if ours has every operator ready; RuntimeError when the process has ended."""
    if made.calls is not None and made.calls.poll() is not None:
        errors = (made.home / "var" / "log" / "calls.err").read_text()[-500:]
        raise RuntimeError(f"tanggap calls ended: {errors}")
    return made.live().count("ready") == len(made.operators)


def _stop(made: Bench) -> None:
    for process in (made.calls, made.bare):
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    asyncio.run(made.asterisk.stop())


def _free_ports(count: int) -> list[int]:
    ports: list[int] = []
    while len(ports) < count:
        port = random.randrange(20000, 29999)
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp, contextlib.suppress(OSError):
            tcp.bind(("127.0.0.1", port))
            udp.bind(("127.0.0.1", port))
            ports.append(port)
    return ports


def fsync_ms(folder: Path, times: int = 100) -> float:
    """The median time of one small durable write on this disk."""
    path, took = folder / "fsync.probe", []
    with path.open("wb", buffering=0) as file:
        for _ in range(times):
            file.write(b"x" * 4096)
            started = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - started)
    path.unlink()
    return round(sorted(took)[times // 2] * 1000, 3)
