"""Commands for a system's administrator: the steward process, systemd units, the token for metrics."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from tanggap.cli.base import Failure, home_of, in_instance, instance_of, json_option, print_json, print_table, store_of

CLOSED = (
    "peringatan: pengguna {user} tidak boleh masuk ke {folder}, jadi unit ini tidak akan bisa mulai. Pasang program di "
    "folder yang terbuka untuknya (misalnya /opt), dengan Python sistem (sekarang {python}): hapus .venv, jalankan "
    "scripts/setup, render lagi."
)


@click.command("steward")
@in_instance
def steward(context: click.Context) -> None:
    """Penjaga di bawah systemd: perubahan konfigurasi, Asterisk yang macet, cadangan, uji mingguan (proses)."""
    from operations import steward as process
    from processes.running import run_process

    run_process("steward", home_of(context), process.run)


@click.command("prepare")
@in_instance
def prepare(context: click.Context) -> None:
    """Sebelum proses dimulai oleh systemd: folder, basis data yang rusak disisihkan, prompt, konfigurasi Asterisk."""
    from instance import editions
    from operations.steward import prepare as make_ready

    with editions.taken(home_of(context), datetime.now(UTC)) as instance:
        for line in make_ready(instance):
            click.echo(line)


@click.command("edition")
@json_option
@in_instance
def edition(context: click.Context, as_json: bool) -> None:
    """Edisi konfigurasi yang berlaku, dan yang dipakai setiap proses dan Asterisk; keluar 1 bila berbeda."""
    from instance import agreement, editions

    home, now = home_of(context), datetime.now(UTC)
    with store_of(context) as store:
        beats = store.people.beats()
    current, asterisk = editions.current(home), editions.of_asterisk(home)
    number = current.number if current else 0
    run = agreement.running(beats, now) | ({} if asterisk is None else {"asterisk": asterisk})
    behind = sorted(name for name, own in run.items() if own != number)
    since = current.since if current else None
    if as_json:
        print_json({"edition": number, "since": since, "running": run, "behind": behind})
    else:
        click.echo(f"edisi {number} berlaku sejak {since}" if current else "belum ada edisi yang berlaku")
        rows = [{"proses": name, "edisi": own, "": "lama" if own != number else ""} for name, own in run.items()]
        print_table(rows, ("proses", "edisi", ""), "tidak ada proses yang berjalan")
    sys.exit(1 if behind else 0)


@click.command("metrics-token")
@in_instance
def metrics_token(context: click.Context) -> None:
    """Token untuk membaca /metrics dari komputer lain (Authorization: Bearer …)."""
    from tanggap.console import metrics_token as derived

    click.echo(derived(instance_of(context).secrets.session_key))


@click.group("systemd")
def systemd() -> None:
    """Unit systemd untuk instans ini."""


@systemd.command("render")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--user", default="tanggap", show_default=True, help="Pengguna sistem yang menjalankan proses.")
@json_option
@in_instance
def render(context: click.Context, folder: Path, user: str, as_json: bool) -> None:
    """Tulis unit ke FOLDER (misalnya /etc/systemd/system): satu tiap proses, dan tanggap.target."""
    from instance import load
    from operations.systemd.units import UnitError, closed_folder, units, write

    # without secrets: root runs this, and the processes could not read a secrets file of root's
    instance = load(home_of(context), secrets=False)
    try:
        written = write(units(instance, user), folder)
    except UnitError as error:
        raise Failure(str(error)) from None
    closed = closed_folder(instance, user)
    if closed is not None:
        click.echo(CLOSED.format(user=user, folder=closed, python=os.path.realpath(sys.executable)), err=True)
    if as_json:
        print_json({"folder": str(folder), "units": written, "closed": closed and str(closed)})
        return
    click.echo(f"{folder}: {', '.join(written)}")
    click.echo("Lanjutkan: systemctl daemon-reload && systemctl enable --now tanggap.target")


COMMANDS: tuple[click.Command, ...] = (prepare, steward, edition, metrics_token, systemd)
