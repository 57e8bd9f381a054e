"""Parts shared by all commands: the instance directory, output as text or JSON, errors as sentences with exit codes."""

import functools
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import click

from asterisk.errors import AsteriskError
from instance import ConfigErrors, Instance, editions, secrets_file
from instance.problems import reason
from processes.instance_lock import TakenError
from tickets.errors import TicketError
from tickets.model import Actor, Row
from tickets.store import Store

P = ParamSpec("P")
T = TypeVar("T")

CLI = Actor("process", "cli")
json_option = click.option("--json", "as_json", is_flag=True, help="Keluaran JSON.")


class Failure(click.ClickException):
    """A failure that the user can mend, as a sentence; exit status 1."""

    def show(self, file: Any = None) -> None:
        """Print it in the form of all failures."""
        click.echo(f"gagal: {self.message}", err=True)


def home_of(context: click.Context) -> Path:
    """The instance directory of this command line."""
    home: Path = context.find_root().obj
    return home


def failing_plainly(command: Callable[P, T]) -> Callable[P, T]:
    """Turn known errors into sentences: exit status 1 for what the user can mend, 2 for wrong usage (click's own)."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return command(*args, **kwargs)
        except ConfigErrors as error:
            for problem in error.problems:
                click.echo(str(problem), err=True)
            sys.exit(1)
        except (TicketError, AsteriskError, TakenError) as error:
            click.echo(f"gagal: {error}", err=True)
            sys.exit(1)
        except OSError as error:
            fault = f"{error.filename}: {reason(error)}" if error.filename else error.strerror or str(error)
            click.echo(f"gagal: {fault}", err=True)
            sys.exit(1)

    return wrapped


def in_instance(command: Callable[Concatenate[click.Context, P], T]) -> Callable[P, T]:
    """Decorate a command of an instance: it gets its context first, and known errors become sentences."""
    return click.pass_context(failing_plainly(command))


def instance_of(context: click.Context) -> Instance:
    """The instance by the edition in force; by its files, checked, while it does not run."""
    return editions.present(home_of(context))


def has_store(context: click.Context) -> bool:
    """True once the instance has a store."""
    return _store_path(context).exists()


def _store_path(context: click.Context) -> Path:
    return home_of(context) / "var" / "tanggap.db"


@contextmanager
def store_of(context: click.Context, *, create: bool = False) -> Iterator[Store]:
    """The instance's store; a command that only reads must not create it."""
    path = _store_path(context)
    if not path.exists() and not create:
        raise Failure(f"belum ada basis data {path}; jalankan dulu: scripts/run (atau tanggap up)")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    store = Store(path, number_key_of(context))
    try:
        yield store
    finally:
        store.close()


def number_key_of(context: click.Context) -> str:
    """The key under which numbers are hashed; "" where the secrets cannot be read: records can still be shown."""
    try:
        secrets = secrets_file.read(home_of(context))
    except ConfigErrors:
        return ""
    return secrets.number_key if secrets else ""


def zone_of(context: click.Context) -> ZoneInfo:
    """The site's time zone; WIB where the configuration cannot be read: records can still be shown."""
    try:
        return editions.present(home_of(context), secrets=False).hours.tz
    except ConfigErrors:
        return ZoneInfo("Asia/Jakarta")


def local_times(value: Any, zone: ZoneInfo) -> Any:
    """Convert every `at` and `…_at` of a row into the site's zone, ISO 8601 with offset."""
    if isinstance(value, list):
        return [local_times(item, zone) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: _local(name, item, zone) for name, item in value.items()}


def _local(name: str, value: Any, zone: ZoneInfo) -> Any:
    if isinstance(value, str) and (name == "at" or name.endswith("_at")):
        return datetime.fromisoformat(value).astimezone(zone).isoformat(timespec="milliseconds")
    return local_times(value, zone)


def print_json(value: Any) -> None:
    """Print one JSON document."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def say(as_json: bool, row: Row, sentence: str) -> None:
    """Print the result of a command: a row for programs, a sentence for people."""
    if as_json:
        print_json(row)
    else:
        click.echo(sentence)


# heads of tables for people; documents for programs keep the names of docs/records.md
HEADS = {
    "snippet": "uraian",
    "absent": "tidak bertugas",
    "actor": "pelaku",
    "allowed_s": "boleh (s)",
    "arrived_at": "masuk",
    "at": "waktu",
    "category": "kategori",
    "channels": "saluran",
    "created_at": "dibuat",
    "data": "data",
    "desa": "desa",
    "disabled_at": "nonaktif sejak",
    "display": "tampil sebagai",
    "doubt": "diragukan",
    "ended_at": "sampai",
    "filed_at": "dicatat",
    "genuine": "asli",
    "hasil": "hasil",
    "information": "informasi",
    "jawaban": "jawaban",
    "keterangan": "keterangan",
    "kecamatan": "kecamatan",
    "kind": "jenis",
    "kontak": "kontak",
    "lane": "jalur",
    "last_at": "terakhir",
    "name": "nama",
    "number": "nomor",
    "opd": "OPD",
    "operator": "operator",
    "outcome": "akhir",
    "prank": "prank",
    "role": "peran",
    "saluran": "saluran",
    "sampled": "contoh",
    "score": "skor",
    "seconds": "lama (s)",
    "seq": "urutan",
    "silent": "hening",
    "stage": "tahap",
    "stand_in": "pengganti",
    "started_at": "dari",
    "state": "keadaan",
    "status": "status",
    "sure": "pasti",
    "step": "anak tangga",
    "tenggat": "tenggat",
    "ticket": "tiket",
    "title": "jabatan",
    "tracking": "nomor aduan",
    "verdict": "penilaian",
}


def print_table(rows: Sequence[Row], columns: Sequence[str], empty: str) -> None:
    """Print rows as a table with Indonesian heads."""
    if not rows:
        click.echo(empty)
        return
    # imported here: a process that is restarted while callers wait must not load rich
    from rich.console import Console
    from rich.table import Table

    table = Table(*(HEADS[name] for name in columns))
    for row in rows:
        table.add_row(*("" if row.get(name) is None else str(row[name]) for name in columns))
    width, height = (
        (None, None) if sys.stdout.isatty() else (200, 25)
    )  # both are needed: rich takes a dumb terminal for 80 columns
    Console(highlight=False, width=width, height=height).print(table)
