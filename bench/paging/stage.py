"""An instance for the measurement alone: its agencies, its users, its `tanggap console`."""

import contextlib
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.answering.instance import HOURS, READY_S, SITE, _free_ports
from console.web.sessions import new_token, token_hash
from instance import REPOSITORY, secrets_file
from tickets.store import Store

AGENCIES = 18
OPERATORS = 6
HEAD = """start: utama
menus:
  utama: {prompt: menu-utama, keys: {1: {label: Darurat, lane: urgent, kind: emergency}}}
categories:
  uji: {name: Kebakaran, kind: emergency, priority: 1, opds: [%s]}
fallback: [opd0]
duty: opd0.siaga
ladders:
  darurat:
    - {after: 0s, notify: {siaga: page}, every: 30s}
contacts:
  pusat: {title: Pusat kendali, page: true}
opds:
"""
OPD = """  opd{number}:
    name: Dinas {number}
    ladder: darurat
    contacts:
      siaga: {{title: Siaga, page: true}}
"""


@dataclass(frozen=True, slots=True)
class Page:
    """One open page: whose, which, and the user's cookie."""

    user: str
    query: str
    token: str


def prepare(home: Path) -> int:
    """The files of an instance; its console's port."""
    ports = dict(zip(("sip", "http", "ami", "agi", "console"), _free_ports(5), strict=True))
    (home / "site.yaml").write_text(SITE.format(places=REPOSITORY / "data" / "jepara.yaml", **ports))
    (home / "hours.yaml").write_text(HOURS)
    codes = ", ".join(f"opd{number}" for number in range(AGENCIES))
    opds = "".join(OPD.format(number=number) for number in range(AGENCIES))
    (home / "routing.yaml").write_text(HEAD % codes + opds)
    (home / "var").mkdir(mode=0o700)
    secrets_file.ensure(home, ())
    return ports["console"]


def pages(store: Store, ticket: str) -> list[Page]:
    """Thirty open pages of all roles, each user logged in."""
    wanted = [(f"opd{n}", "opd", f"opd{n}", "page=opd") for n in range(AGENCIES)]
    wanted += [(f"op{n}", "operator", None, "page=operator") for n in range(1, OPERATORS + 1)]
    wanted += [("pusat", "command", None, "page=overview"), ("bupati", "command", None, "page=overview")]
    wanted += [("admin", "admin", None, "page=overview"), ("admin2", "admin", None, "page=numbers")]
    wanted += [("pusat2", "command", None, "page=wadul"), ("pusat3", "command", None, f"page=ticket&number={ticket}")]
    now = datetime.now(UTC)
    made = []
    with store.transaction():
        for name, role, opd, query in wanted:
            store.people.add(now, name, name, role, opd, "!")
            token = new_token()
            store.sessions.open(now, token_hash(token), name, now + timedelta(hours=4))
            made.append(Page(name, query, token))
    return made


@contextlib.contextmanager
def console(home: Path, port: int, source: Path) -> Iterator[int]:
    """The real `tanggap console` of a tree, served; its process id."""
    log = home / "var" / "console.err"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with log.open("wb") as errors:
        command = [sys.executable, "-P", "-m", "tanggap", "--home", str(home), "console"]
        environment["PYTHONPATH"] = str(source)
        process = subprocess.Popen(command, cwd=source, env=environment, stdout=errors, stderr=errors)
    try:
        _until_served(process, port, log)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _until_served(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    give_up = datetime.now(UTC) + timedelta(seconds=READY_S)
    while datetime.now(UTC) < give_up:
        if process.poll() is not None:
            break
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live", timeout=1).close()
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
    raise RuntimeError(f"the console did not start: {log.read_text()[-800:]}")
