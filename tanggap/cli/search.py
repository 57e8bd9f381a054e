"""`tanggap search TEXT`: tickets by their number, by their caller's number, or by words."""

import re
from datetime import UTC, date, datetime, timedelta

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
from tickets.errors import InvalidInput
from tickets.screening.report import day_named, midnight
from tickets.store.callers.searches import Wanted

STATES = ("open", "dispatched", "done", "closed")
WORDS_DAYS = 90  # words are looked for in every ticket of these days
BEGINNING = date(2000, 1, 1)  # before every ticket
TICKET = re.compile(r"(?:t-)?(\d{8}(?:-[sa]?\d*)?)", re.IGNORECASE)
TELEPHONE = re.compile(r"\+?[\d\s().-]{7,}")


@click.command("search")
@click.argument("text")
@click.option("--from", "first", help=f"Hari pertama (bawaan: semua; untuk kata-kata {WORDS_DAYS} hari terakhir).")
@click.option("--to", "last", help="Hari terakhir (bawaan: hari ini).")
@click.option("--state", type=click.Choice(STATES), help="Hanya tiket dengan status ini.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="Paling banyak.")
@json_option
@in_instance
def search(
    context: click.Context,
    text: str,
    first: str | None,
    last: str | None,
    state: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """Cari tiket menurut nomor tiket, nomor telepon, atau kata-kata (uraian, tempat, kategori, nama); terbaru dulu."""
    zone, now = zone_of(context), datetime.now(UTC)
    ticket, phone, words = _read(context, text)
    today = now.astimezone(zone).date()
    begin = day_named(first, today - timedelta(days=WORDS_DAYS) if words else BEGINNING, "--from")
    end = day_named(last, today + timedelta(days=1), "--to") + timedelta(days=1)
    wanted = Wanted(midnight(begin, zone), midnight(end, zone), limit, state, ticket, phone, words)
    with store_of(context) as store:
        result = local_times(store.searches.find(now, wanted, CLI), zone)
    if as_json:
        print_json(result)
        return
    rows = [
        {"number": hit["ticket"], "created_at": hit["at"], "status": hit["state"], "category": hit["category"]}
        | {"opd": ", ".join(hit["agencies"]), "snippet": hit["snippet"]}
        for hit in result["hits"]
    ]
    print_table(rows, ("number", "created_at", "status", "category", "opd", "snippet"), "tidak ada tiket yang cocok")
    if result["more"]:
        click.echo(f"… masih ada yang lain; --limit lebih dari {limit}, atau --from, --to")


def _read(context: click.Context, text: str) -> tuple[str | None, str | None, tuple[str, ...]]:
    """The beginning of a ticket's number, a telephone number, or words: one of the three."""
    text = text.strip()
    if not text:
        raise InvalidInput("isian TEXT kosong; diharapkan nomor tiket, nomor telepon atau kata-kata")
    named = TICKET.fullmatch(text)
    if named and (text[0] in "tT" or "-" in text):
        return f"T-{named[1].upper()}", None, ()
    phone = number_of(instance_of(context), text) if TELEPHONE.fullmatch(text) else None
    return (None, phone, ()) if phone else (None, None, tuple(text.split()))
