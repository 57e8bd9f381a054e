"""`tanggap up`, the four processes, `asterisk …`, `check`, `explain`, `schema`, `demo`."""

import asyncio
import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from tanggap.cli.base import Failure, failing_plainly, home_of, in_instance, instance_of, json_option, print_json, say


@click.command("up")
@in_instance
def up(context: click.Context) -> None:
    """Jalankan Asterisk dan keempat proses sampai Ctrl-C."""
    from operations import up as supervisor
    from operations.story import Story
    from processes.instance_lock import TakenError
    from processes.logs import to_file

    instance = instance_of(context)
    to_file(instance.var / "log" / "up.log")
    try:
        asyncio.run(supervisor.up(instance, Story()))
    except (supervisor.UpError, TakenError) as error:
        raise Failure(str(error)) from None


@click.command("agi")
@in_instance
def agi(context: click.Context) -> None:
    """FastAGI: jalur cadangan dengan tiket (proses)."""
    from processes.running import run_process
    from tanggap import agi as process

    run_process("agi", home_of(context), process.run)


@click.command("escalate")
@in_instance
def escalate(context: click.Context) -> None:
    """Dorong OPD sampai menjawab (proses)."""
    from processes.running import run_process
    from tanggap import escalate as process

    run_process("escalate", home_of(context), process.run)


@click.command("console")
@in_instance
def console(context: click.Context) -> None:
    """Halaman web (proses)."""
    from processes.running import run_process
    from tanggap import console as process

    run_process("console", home_of(context), process.run)


@click.group("asterisk")
def asterisk() -> None:
    """Asterisk instans ini: render, start, stop, status."""


@asterisk.command("render")
@click.option("--into", type=click.Path(path_type=Path), help="Folder tujuan (bawaan: var/asterisk/etc).")
@json_option
@in_instance
def render(context: click.Context, into: Path | None, as_json: bool) -> None:
    """Tulis konfigurasi Asterisk dari edisi yang berlaku (atau berkas YAML, bila 112 tidak berjalan) dan operator."""
    from operations.phone_system import build_prompts, phone_system, render_into, write_files

    instance = instance_of(context)
    system = phone_system(instance)
    build_prompts(instance)
    now = datetime.now(UTC)
    changed = render_into(instance, system, now, into) if into else write_files(instance, system, now)
    folder = into or system.paths.etc
    sentence = f"{folder}: {len(changed)} berkas berubah" + (f": {', '.join(changed)}" if changed else "")
    say(as_json, {"folder": str(folder), "changed": changed}, sentence)


@asterisk.command("start")
@in_instance
def start(context: click.Context) -> None:
    """Mulai Asterisk instans ini (tetap berjalan sesudah perintah ini)."""
    from operations.phone_system import build_prompts, phone_system, write_files

    instance = instance_of(context)
    build_prompts(instance)
    system = phone_system(instance)
    changed = write_files(instance, system, datetime.now(UTC))
    taken_over = asyncio.run(system.start(changed))
    words = "sudah berjalan" if taken_over else "berjalan"
    click.echo(f"Asterisk {system.binary.version} {words}, pid {system.pid}")


@asterisk.command("stop")
@in_instance
def stop(context: click.Context) -> None:
    """Hentikan Asterisk instans ini; panggilan terputus."""
    from operations.phone_system import phone_system

    system = phone_system(instance_of(context))
    if system.pid is None:
        click.echo("Asterisk tidak berjalan")
        return
    asyncio.run(system.stop())
    click.echo("Asterisk berhenti")


@asterisk.command("status")
@json_option
@in_instance
def status(context: click.Context, as_json: bool) -> None:
    """Versi, lama jalan, kanal, telepon terdaftar; keluar 1 bila tidak berjalan."""
    from operations.phone_system import phone_system

    state = asyncio.run(phone_system(instance_of(context)).status())
    if as_json:
        print_json(asdict(state))
    elif not state.running:
        click.echo("Asterisk tidak berjalan")
    else:
        click.echo(f"Asterisk {state.version}, pid {state.pid}, {state.uptime_s} detik, {state.channels} kanal")
        for contact in state.contacts:
            click.echo(f"  {contact.account}  {contact.state}  {contact.uri}")
    sys.exit(0 if state.running else 1)


@click.command("check")
@json_option
@click.pass_context
def check(context: click.Context, as_json: bool) -> None:
    """Periksa routing.yaml, hours.yaml, site.yaml seperti tersimpan: semua kesalahan sekaligus."""
    from instance.examination import report

    lines, code = report(home_of(context), as_json=as_json)
    left = [] if as_json else _left_behind(context)
    for line in (*left, *lines):
        click.echo(line)
    sys.exit(code)


def _left_behind(context: click.Context) -> list[str]:
    """A line for each agency that left routing.yaml while it has open tasks; none where that cannot be read."""
    from contextlib import closing

    from instance import ConfigErrors, load
    from tickets.errors import TicketError
    from tickets.store import Store

    path = home_of(context) / "var" / "tanggap.db"
    if not path.exists():
        return []
    try:
        known = load(home_of(context), secrets=False).routing.opds
        with closing(Store(path, migrate=False)) as store:
            tasks = [row for row in store.assignments.open_ones() if row["opd"] not in known]
    except (ConfigErrors, TicketError):
        return []
    gone = {row["opd"]: [each["ticket"] for each in tasks if each["opd"] == row["opd"]] for row in tasks}
    return [
        f"peringatan: OPD {opd} tidak ada di routing.yaml, tetapi punya {len(tickets)} tugas terbuka "
        f"({', '.join(tickets[:10])}): halamannya tetap terbuka sampai selesai, dan kontak siaga didorong"
        for opd, tickets in gone.items()
    ]


@click.command("explain")
@click.option("--at", help="Waktu, mis. 2026-11-22T21:00 (bawaan: sekarang).")
@click.option("--from", "from_", help="Nomor pemanggil (bawaan: tanpa nomor).")
@click.option("--keys", default="", help="Tombol yang ditekan, berurutan.")
@click.option("--speaks", is_flag=True, help="Penelepon berbicara sebelum menekan tombol.")
@click.option("--doubt", type=click.Choice(["reputation", "flood"]), help="Diragukan: reputasi nomor, atau banjir.")
@click.option("--category", help="Kategori yang dipilih operator.")
@click.option("--kecamatan", help="Kecamatan kejadian.")
@json_option
@in_instance
def explain(
    context: click.Context,
    at: str | None,
    from_: str | None,
    keys: str,
    speaks: bool,
    doubt: str | None,
    category: str | None,
    kecamatan: str | None,
    as_json: bool,
) -> None:
    """Apa yang terjadi pada panggilan ini, dan mengapa, menurut berkas YAML seperti tersimpan."""
    from instance import load
    from tanggap import explain as explaining

    instance = load(home_of(context), secrets=False)
    try:
        moment = explaining.parse_at(at, instance) if at is not None else datetime.now(UTC)
        explanation = explaining.explain(instance, moment, from_, keys, category, kecamatan, doubt, speaks)
    except ValueError as error:
        raise Failure(str(error)) from None
    say(
        as_json,
        {"outcome": explanation.outcome, "lines": explanation.lines, **explanation.data},
        "\n".join(explanation.lines),
    )


@click.command("schema")
@click.option("--into", type=click.Path(path_type=Path), help="Folder tujuan (bawaan: cetak).")
@failing_plainly
def schema(into: Path | None) -> None:
    """JSON Schema untuk penyunting YAML."""
    from instance.schema.files import schemas

    for name, document in schemas().items():
        text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
        if into is None:
            click.echo(text)
        else:
            into.mkdir(parents=True, exist_ok=True)
            (into / name).write_text(text, encoding="utf-8")


@click.command("webhook-key")
@in_instance
def webhook_key(context: click.Context) -> None:
    """Kunci untuk memeriksa tanda tangan webhook (berikan hanya kepada penerimanya)."""
    from tanggap.escalate import webhook_key as derived

    click.echo(derived(instance_of(context).secrets.session_key).decode())


@click.command("demo")
@click.option("--keep", is_flag=True, help="Biarkan berjalan sesudah cerita selesai, sampai Ctrl-C.")
@click.option("--dir", "folder", type=click.Path(path_type=Path), help="Folder instans peragaan (bawaan: var/demo).")
@failing_plainly
def demo(keep: bool, folder: Path | None) -> None:
    """Peragaan seluruh alur tanpa telepon, di instans tersendiri."""
    from drills import demo as play

    sys.exit(asyncio.run(play.run(folder, keep=keep)))


COMMANDS: tuple[click.Command, ...] = (up, agi, escalate, console, asterisk, check, explain, schema, webhook_key, demo)
