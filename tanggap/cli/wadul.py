"""`tanggap wadul`: complaints, their terms, and what is handed to the government's own application."""

from datetime import UTC, datetime
from typing import Any

import click

from instance import ConfigErrors
from tanggap.cli.base import (
    CLI,
    Failure,
    in_instance,
    instance_of,
    json_option,
    local_times,
    print_json,
    print_table,
    say,
    store_of,
)
from tickets.complaints import tracking
from tickets.complaints.states import Terms, clock
from tickets.model import Row
from tickets.store import Store

INNER = ("lease_until", "claimed_by", "outbox", "told")
WHAT = {"pass_on": "diteruskan", "answer": "dijawab", "done": "selesai"}


@click.group("wadul")
def wadul() -> None:
    """Aduan Wadul Bupati: daftar, satu aduan, kirim ulang ke aplikasi pemerintah."""


@wadul.command("list")
@click.option("--ended", is_flag=True, help="Yang sudah berakhir, terbaru dulu.")
@click.option("--late", is_flag=True, help="Hanya yang melewati tenggat.")
@click.option("--limit", type=click.IntRange(1), default=500, show_default=True, help="Paling banyak.")
@json_option
@in_instance
def list_(context: click.Context, ended: bool, late: bool, limit: int, as_json: bool) -> None:
    """Aduan yang belum berakhir, terlama dulu."""
    with store_of(context) as store:
        complaints = store.complaints.ended(limit) if ended else store.complaints.open(limit)
    terms = _terms(context)
    rows = [_view(terms, row) for row in complaints]
    rows = [row for row in rows if not late or (row["clock"] and row["clock"]["late"])]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        row["opd"] = ", ".join(f"{assignment['opd']} ({assignment['state']})" for assignment in row["assignments"])
        row["tenggat"] = _term(row["clock"])
    print_table(rows, ("tracking", "ticket", "state", "filed_at", "category", "opd", "tenggat"), "belum ada aduan")


@wadul.command("show")
@click.argument("number")
@json_option
@in_instance
def show(context: click.Context, number: str, as_json: bool) -> None:
    """Satu aduan menurut nomor aduan («4827 1930») atau nomor tiketnya."""
    with store_of(context) as store:
        row = _view(_terms(context), store.complaints.show(_ticket(store, number)))
    if as_json:
        print_json(row)
        return
    click.echo(f"{tracking.shown(row['tracking'])}  {row['state']}  {row['ticket']}  {row['category'] or '-'}")
    click.echo(f"Masuk {row['filed_at']} ({row['source']}, {row['filed_by']})  {_term(row['clock'])}")
    for name, label in (("description", "Uraian"), ("link", "Tautan"), ("text", "Jawaban"), ("theirs", "Nomor mereka")):
        if row[name]:
            click.echo(f"{label}: {row[name]}")
    for assignment in row["assignments"]:
        click.echo(f"  {assignment['opd']}: {assignment['state']}, dikirim {assignment['dispatched_at']}")
    if row["last_error"]:
        click.echo(f"  belum diterima aplikasi pemerintah, {row['attempts']}×: {row['last_error']}")


@wadul.command("resend")
@click.argument("number")
@json_option
@in_instance
def resend(context: click.Context, number: str, as_json: bool) -> None:
    """Kirim ulang satu aduan ke aplikasi pemerintah, mulai sekarang."""
    with store_of(context) as store:
        ticket = _ticket(store, number)
        store.outbox.resend(datetime.now(UTC), ticket, CLI)
    say(as_json, {"ticket": ticket, "resent": True}, f"aduan {number} dikirim ulang")


@wadul.command("key")
@in_instance
def key(context: click.Context) -> None:
    """Kunci tanda tangan untuk aplikasi pemerintah. Rahasia: kirim lewat jalan yang aman."""
    click.echo(instance_of(context).secrets.wadul_key)


def _ticket(store: Store, number: str) -> str:
    parsed = tracking.parse(number)
    if parsed is not None:
        return str(store.complaints.of_tracking(parsed)["ticket"])
    if number[:1].isdigit():
        raise Failure(f"nomor aduan {number} tidak benar: delapan angka, yang terakhir angka uji")
    return number


def _view(terms: Terms, row: Row) -> dict[str, Any]:
    term = clock(terms, datetime.now(UTC), row, row["waits_since"])
    shown = {name: value for name, value in row.items() if name not in INNER}
    view: dict[str, Any] = local_times(shown | {"clock": term}, terms.zone)
    return view


def _terms(context: click.Context) -> Terms:
    try:
        return instance_of(context).terms
    except ConfigErrors:
        return Terms()


def _term(term: Row | None) -> str:
    if term is None:
        return ""
    days = abs(term["left"])
    return f"{WHAT[term['what']]}: " + (f"terlambat {days} hari kerja" if term["late"] else f"sisa {days} hari kerja")
