"""`tanggap search TEXT`: tickets by their number, by their caller's number, by words, by what limits them."""

from datetime import UTC, date, datetime

import click

from tanggap.cli.base import (
    CLI,
    in_instance,
    instance_of,
    json_option,
    local_times,
    print_json,
    print_table,
    store_of,
    zone_of,
)
from tanggap.cli.caller_numbers import number_of
from tickets.cases.searching import OUTCOMES, Asked, Seeker
from tickets.cases.searching import search as look
from tickets.model import TICKET_STATUSES, Row
from tickets.screening.report import day_named
from tickets.store import Store

# a store with fewer tickets that are not indexed yet is indexed at once, before the search
INDEXED_AT_ONCE = 5_000
BATCH = 200


@click.command("search")
@click.argument("text", required=False, default="")
@click.option("--from", "first", help="Hari pertama (bawaan: semua).")
@click.option("--to", "last", help="Hari terakhir (bawaan: hari ini).")
@click.option("--state", type=click.Choice(TICKET_STATUSES), help="Hanya tiket dengan status ini.")
@click.option("--category", help="Hanya kategori ini, menurut kodenya di routing.yaml.")
@click.option("--kecamatan", help="Hanya kecamatan ini.")
@click.option("--agency", help="Hanya tiket yang dikirim ke OPD ini, menurut kodenya.")
@click.option("--operator", help="Hanya tiket yang ditulis atau diterima operator ini.")
@click.option("--outcome", type=click.Choice(OUTCOMES), help="Hanya panggilan yang berakhir begini.")
@click.option("--before", help="Lanjutan: next dari hasil sebelumnya.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="Paling banyak.")
@json_option
@in_instance
def search(
    context: click.Context,
    /,
    text: str,
    first: str | None,
    last: str | None,
    before: str | None,
    limit: int,
    as_json: bool,
    **filters: str | None,
) -> None:
    """Cari tiket menurut nomor tiket, nomor telepon (juga angka belakangnya), atau kata-kata; terbaru dulu."""
    zone, now = zone_of(context), datetime.now(UTC)
    days = _day(first, "--from"), _day(last, "--to")
    asked = Asked(text, *days, limit, before, {name: value for name, value in filters.items() if value is not None})
    instance = instance_of(context)
    with store_of(context) as store:
        _catch_up(store)
        answer = look(store, asked, Seeker(CLI), zone, now, lambda typed: number_of(instance, typed), whole=True)
        answer.finding.note(store, now, CLI)
    result: Row = local_times(answer.shown, zone)
    if as_json:
        print_json(result)
    else:
        _print(result, limit)


def _day(text: str | None, field: str) -> date | None:
    return day_named(text, date.min, field) if text else None


def _catch_up(store: Store) -> None:
    progress = store.backlog.progress()
    if progress is None:
        return
    if progress["total"] is None:
        store.backlog.counted(store.backlog.left())
        progress = store.backlog.progress() or progress
    if progress["total"] - progress["done"] <= INDEXED_AT_ONCE:
        while store.backlog.take(BATCH):
            pass


def _print(result: Row, limit: int) -> None:
    for typed, words in result["instead"].items():
        click.echo(f"«{typed}» tidak ada; dicari: {', '.join(words)}")
    rows = [
        {"number": hit["ticket"], "created_at": hit["at"], "status": hit["state"], "category": hit["category"]}
        | {"opd": ", ".join(hit["agencies"]), "snippet": hit["snippet"]}
        for hit in result["hits"]
    ]
    print_table(rows, ("number", "created_at", "status", "category", "opd", "snippet"), "tidak ada tiket yang cocok")
    if result["more"]:
        click.echo(f"… masih ada yang lain; --limit lebih dari {limit}, --before {result['next']}, atau --from, --to")
    if result["indexing"]:
        done, total = result["indexing"]["done"], result["indexing"]["total"]
        click.echo(f"indeks belum lengkap, {done} dari {total} tiket; yang lebih lama belum ikut dicari")
