"""`tanggap numbers`: verdicts on callers' numbers; admins correct and erase them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from asterisk.callers.identity import read_text
from asterisk.phone_numbers import normalise
from instance import Instance, load
from tanggap.cli.base import (
    CLI,
    home_of,
    in_instance,
    instance_of,
    json_option,
    local_times,
    print_json,
    print_table,
    say,
    store_of,
)
from tickets.model import Row
from tickets.screening.number_rows import as_csv, digits_of, shown
from tickets.screening.reputation import VERDICTS

reason_option = click.option("--reason", required=True, help="Alasan; disimpan di jurnal.")


@click.group("numbers")
def numbers() -> None:
    """Nomor penelepon: daftar, riwayat, koreksi, hapus, ekspor."""


def number_of(instance: Instance, text: str) -> str | None:
    """The full number (E.164) of one as people write it; None where it is no number."""
    site = instance.site
    return normalise(text, None, site.country_code, site.area_code).e164


def who_is(instance: Instance, text: str) -> str:
    """The store's key of a number as people write it, or of `#` with the beginning of its hash."""
    normal = None if text.startswith("#") or len(text) == 64 else number_of(instance, text)
    return normal or text


def _rows(context: click.Context, search: str, doubted: bool, limit: int) -> list[Row]:
    instance, now = instance_of(context), datetime.now(UTC)
    with store_of(context) as store:
        rows = store.numbers.listed(
            now,
            instance.routing.screening,
            digits=digits_of(search),
            number=number_of(instance, search) if search else None,
            doubted=doubted,
            limit=limit,
        )
    local: list[Row] = local_times(rows, instance.hours.tz)
    return local


@numbers.command("read", context_settings={"ignore_unknown_options": True})
@click.argument("text")
@json_option
@in_instance
def read(context: click.Context, text: str, as_json: bool) -> None:
    """Cara membaca TEXT: nomor, alamat SIP, atau baris kepala pesan SIP; bisa ditelepon balik atau tidak, dan mengapa.

    Status 0: terbaca, juga bila tidak bisa ditelepon balik; 1: instans bermasalah; 2: salah pakai."""
    site = load(home_of(context), secrets=False).site
    number = read_text(text, site.country_code, site.area_code)
    row = {name: getattr(number, name) for name in ("display", "callable", "kind", "why")}
    can = "bisa ditelepon balik" if number.callable else "tidak bisa ditelepon balik"
    known = f" ({number.e164})" if number.e164 else ""
    say(as_json, {"number": number.e164, **row}, f"{number.display}{known}: {can}. {number.why}")


@numbers.command("list")
@click.option("--search", default="", help="Sebagian nomor.")
@click.option("--doubted", is_flag=True, help="Hanya yang diragukan, terburuk dulu.")
@click.option("--limit", type=click.IntRange(1), default=200, show_default=True, help="Paling banyak.")
@json_option
@in_instance
def list_(context: click.Context, search: str, doubted: bool, limit: int, as_json: bool) -> None:
    """Nomor yang pernah dinilai operator, terbaru dulu."""
    rows = _rows(context, search, doubted, limit)
    if as_json:
        print_json(rows)
        return
    rows = [row | {"number": shown(row)} for row in rows]
    print_table(rows, ("number", "score", "doubt", *VERDICTS, "last_at"), "belum ada nomor yang dinilai")


@numbers.command("show")
@click.argument("number")
@json_option
@in_instance
def show(context: click.Context, number: str, as_json: bool) -> None:
    """Satu nomor: skor, semua penilaian, semua panggilan."""
    instance, now = instance_of(context), datetime.now(UTC)
    with store_of(context) as store:
        row = store.numbers.show(who_is(instance, number), now, instance.routing.screening)
    row = local_times(row, instance.hours.tz)
    if as_json:
        print_json(row)
        return
    counts = ", ".join(f"{row[word]} {word}" for word in VERDICTS)
    click.echo(f"{shown(row)}  skor {_score(row)}  {'diragukan' if row['doubt'] else 'tidak diragukan'}  ({counts})")
    _print_verdicts(row["verdicts"])
    print_table(
        row["calls"], ("arrived_at", "lane", "outcome", "doubt", "sampled", "ticket", "verdict"), "tidak ada panggilan"
    )


def _score(row: Row) -> str:
    return f"{row['score']:.1f}".replace(".", ",")


def _print_verdicts(rows: Sequence[dict[str, Any]]) -> None:
    for row in rows:
        former = "  (sudah diganti)" if row["replaced_at"] else ""
        why = f": {row['reason']}" if row["reason"] else ""
        click.echo(f"  {row['called_at']}  {row['ticket']}  {row['verdict']} oleh {row['by']}{why}{former}")


@numbers.command("correct")
@click.argument("number")
@click.option("--to", "verdict", type=click.Choice(VERDICTS), required=True, help="Penilaian yang benar.")
@click.option("--ticket", help="Hanya penilaian tiket ini; bawaan: semua penilaian nomor itu.")
@reason_option
@json_option
@in_instance
def correct(context: click.Context, number: str, verdict: str, ticket: str | None, reason: str, as_json: bool) -> None:
    """Koreksi penilaian sebuah nomor."""
    instance, now = instance_of(context), datetime.now(UTC)
    with store_of(context) as store:
        caller = who_is(instance, number)
        changed = store.numbers.correct(now, caller, verdict, CLI, reason, ticket)
        row = store.numbers.show(caller, now, instance.routing.screening)
    sentence = f"{changed} penilaian dikoreksi menjadi {verdict}; skor sekarang {_score(row)}"
    say(as_json, {"changed": changed, "score": row["score"], "doubt": row["doubt"]}, sentence)


@numbers.command("erase")
@click.argument("number")
@reason_option
@json_option
@in_instance
def erase(context: click.Context, number: str, reason: str, as_json: bool) -> None:
    """Hapus nomor dari semua catatan; skornya tetap lewat sidik nomor."""
    instance = instance_of(context)
    with store_of(context) as store:
        calls = store.numbers.erase(datetime.now(UTC), who_is(instance, number), CLI, reason)
    sentence = f"nomor dihapus dari {calls} panggilan beserta tiket, tugas telepon balik, penilaian dan jurnalnya"
    say(as_json, {"calls": calls}, sentence)


@numbers.command("export")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Berkas CSV (bawaan: keluaran standar).")
@click.option("--doubted", is_flag=True, help="Hanya yang diragukan.")
@json_option
@in_instance
def export(context: click.Context, out: Path | None, doubted: bool, as_json: bool) -> None:
    """Semua nomor yang pernah dinilai, sebagai CSV."""
    rows = _rows(context, "", doubted, 10**9)
    if as_json:
        print_json(rows)
        return
    if out is None:
        click.echo(as_csv(rows), nl=False)
        return
    out.write_text(as_csv(rows), encoding="utf-8", newline="")
    click.echo(f"{len(rows)} nomor ditulis ke {out}", err=True)
