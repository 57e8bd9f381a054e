"""`tanggap page-test`: a marked test push to every contact on each of its channels, and who answered."""

import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from tanggap.cli.base import (
    CLI,
    Failure,
    in_instance,
    instance_of,
    json_option,
    local_times,
    print_json,
    print_table,
    store_of,
    zone_of,
)
from tickets.escalation import contact_tests as tests
from tickets.model import Row, from_text
from tickets.routing import Routing
from tickets.store import Store

PROCESS = "escalate"
# heartbeats come every two seconds; on a busy machine one may be late
ALIVE = timedelta(seconds=15)
LOOK_S = 0.5
NAMES = {
    "page": "halaman",
    "webpush": "ponsel, halaman ditutup",
    "call": "telepon meja",
    "mobile": "ponsel",
    "apprise": "pesan",
    "webhook": "webhook",
    "speaker": "pengeras suara",
}
STATES = {
    "waiting": "belum terkirim",
    "delivered": "sampai",
    "failed": "GAGAL",
    "placeholder": "nomor contoh",
    "away": "tidak di tempat",
}
REPORT = "tanggap page-test --report"


@click.command("page-test")
@click.argument("contacts", nargs=-1, metavar="[KONTAK]...")
@click.option("--wait", "waits", is_flag=True, help="Tunggu sampai semua terkirim dan dijawab, lalu laporkan.")
@click.option("--report", "reports", is_flag=True, help="Laporan uji terakhir; tidak mengirim apa pun.")
@click.option("--run", "number", type=click.IntRange(1), help="Dengan --report: uji yang mana (bawaan: terakhir).")
@json_option
@in_instance
def page_test(
    context: click.Context, contacts: tuple[str, ...], waits: bool, reports: bool, number: int | None, as_json: bool
) -> None:
    """Kirim dorongan «UJI COBA» ke semua kontak (atau yang disebut) lewat tiap salurannya, dan catat siapa menjawab.

    Status keluar 1 bila ada kontak yang tidak sampai lewat saluran mana pun.
    """
    if reports and (contacts or waits):
        raise click.UsageError("--report tidak bisa bersama KONTAK atau --wait")
    if number is not None and not reports:
        raise click.UsageError("--run hanya bersama --report")
    routing = instance_of(context).routing
    with store_of(context, create=not reports) as store:
        if reports:
            result = _report(store, routing, number)
        else:
            run = _ask(store, routing, contacts)
            result = _until_done(store, routing, run) if waits else _report(store, routing, run)
    shown = local_times(result, zone_of(context))
    if as_json:
        print_json(shown)
    elif reports or waits:
        _print(shown)
    else:
        waiting = sum(channel["state"] == "waiting" for row in result["contacts"] for channel in row["channels"])
        click.echo(
            f"uji {result['run']} diminta: {waiting} dorongan ke {len(result['contacts'])} kontak; lihat: {REPORT}"
        )
    sys.exit(1 if (reports or waits) and result["done"] and result["unreached"] else 0)


def _ask(store: Store, routing: Routing, contacts: tuple[str, ...]) -> int:
    """Ask for a run; Failure where nobody would send it."""
    _check_alive(store, "tidak ada yang diuji")
    return tests.ask(store, routing, datetime.now(UTC), CLI, contacts)


def _check_alive(store: Store, so: str) -> None:
    beat = next((row for row in store.people.beats() if row["process"] == PROCESS), None)
    if beat is None or datetime.now(UTC) - from_text(beat["at"]) > ALIVE:
        raise Failure(f"proses eskalasi tidak hidup, {so}; jalankan dulu: tanggap up")


def _until_done(store: Store, routing: Routing, run: int) -> Row:
    while not (result := _report(store, routing, run))["done"]:
        _check_alive(store, f"uji {run} belum selesai")
        time.sleep(LOOK_S)
    return result


def _report(store: Store, routing: Routing, number: int | None) -> Row:
    run = number or store.test_pushes.last_run()
    if run is None:
        raise Failure("belum pernah ada uji; mulai dengan: tanggap page-test")
    titles = {name: contact.title for name, contact in routing.contacts.items()}
    return tests.summary(store.test_pushes.of_run(run), titles, datetime.now(UTC))


def _print(result: dict[str, Any]) -> None:
    asked = result["asked_at"][:16].replace("T", " ")
    going = "" if result["done"] else ", MASIH BERJALAN"
    click.echo(f"Uji {result['run']}, diminta {result['asked_by']} pada {asked}{going}")
    rows = [_row(row, channel) for row in result["contacts"] for channel in row["channels"]]
    print_table(rows, ("kontak", "saluran", "hasil", "jawaban", "keterangan"), "")
    count = len(result["contacts"])
    click.echo(f"Sampai: {len(result['reached'])} dari {count} kontak. Menjawab: {len(result['answered'])}.")
    if result["unreached"]:
        click.echo(f"TIDAK SAMPAI lewat saluran mana pun: {', '.join(result['unreached'])}")


def _row(row: dict[str, Any], channel: dict[str, Any]) -> dict[str, Any]:
    answered = f"{channel['answered_at'][11:16]} {channel['answered_by']}" if channel["answered_at"] else None
    return {
        "kontak": row["name"],
        "saluran": NAMES.get(channel["channel"], channel["channel"] or "tidak ada"),
        "hasil": STATES[channel["state"]],
        "jawaban": answered,
        "keterangan": channel["detail"],
    }
