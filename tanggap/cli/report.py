"""`tanggap report screening`: figures of screening; `report pushes`: the proof that pushing never paused."""

import sys
from datetime import UTC, datetime
from typing import Any

import click

from instance import editions
from instance.problems import ConfigErrors
from tanggap.cli.base import (
    home_of,
    in_instance,
    json_option,
    local_times,
    print_json,
    print_table,
    store_of,
    zone_of,
)
from tickets.escalation.push_report import report as push_report
from tickets.escalation.unsent import DEFAULTS, UnsentRules
from tickets.model import Row
from tickets.screening.report import day_named
from tickets.screening.report import report as screening_report

AUDIENCES = {"desk": "meja operator", "room": "ruang operator", "command_centre": "pusat kendali"}
LANES = {"urgent": "darurat", "normal": "biasa", "unverified": "belum terverifikasi", "silent": "hening"}


@click.group("report")
def report() -> None:
    """Laporan."""


@report.command("screening")
@click.option("--from", "first", help="Hari pertama, misalnya 2026-11-22 (bawaan: hari ini).")
@click.option("--to", "last", help="Hari terakhir (bawaan: hari pertama).")
@json_option
@in_instance
def screening(context: click.Context, first: str | None, last: str | None, as_json: bool) -> None:
    """Prank yang sampai ke operator, penelepon asli yang tidak terlayani, waktu sampai operator."""
    zone = zone_of(context)
    start = day_named(first, datetime.now(UTC).astimezone(zone).date(), "--from")
    with store_of(context) as store:
        figures = screening_report(store, start, day_named(last, start, "--to"), zone)
    if as_json:
        print_json(figures)
        return
    for day in figures["days"] if len(figures["days"]) > 1 else []:
        click.echo(f"{day['day']}: {_short(day)}")
    click.echo(f"\n{figures['from']} sampai {figures['to']}")
    _print(figures["total"])


@report.command("pushes")
@click.option("--from", "first", help="Hari pertama, misalnya 2026-11-22 (bawaan: hari ini).")
@click.option("--to", "last", help="Hari terakhir (bawaan: hari pertama).")
@json_option
@in_instance
def pushes(context: click.Context, first: str | None, last: str | None, as_json: bool) -> None:
    """Bukti bahwa dorongan tidak pernah berhenti lebih lama dari tangganya; status keluar 1 bila pernah."""
    zone, now = zone_of(context), datetime.now(UTC)
    start = day_named(first, now.astimezone(zone).date(), "--from")
    with store_of(context) as store:
        figures = push_report(store, start, day_named(last, start, "--to"), zone, now, _unsent_rules(context))
    if as_json:
        print_json(local_times(figures, zone))
    else:
        _print_pushes(local_times(figures, zone))
    sys.exit(0 if figures["holds"] else 1)


def _print_pushes(figures: Row) -> None:
    click.echo(f"{figures['from']} sampai {figures['to']}")
    click.echo(f"Penugasan yang menunggu jawaban  {figures['assignments']}")
    click.echo(f"Dorongan                         {figures['attempts']}, {figures['delivered']} di antaranya sampai")
    longest = figures["longest"]
    if longest:
        click.echo(
            f"Jeda terpanjang                  {_seconds(longest['seconds'])} (boleh {_seconds(longest['allowed_s'])}) "
            f"{longest['ticket']}, {longest['opd']}, anak tangga ke-{longest['step']}"
        )
    unsent = figures["unsent"]
    click.echo(f"Darurat yang belum dikirim       {unsent['episodes']}")
    click.echo(f"Dorongan karenanya               {unsent['pushes']}, {unsent['arrived']} di antaranya sampai")
    names = ("ticket", "opd", "step", "started_at", "ended_at", "seconds", "allowed_s")
    amended = figures["amendments"]
    click.echo(f"Perubahan setelah dikirim        {amended['made']}, {amended['unread']} belum dibaca")
    if amended["unpushed"]:
        click.echo(f"{len(amended['unpushed'])} perubahan belum dibaca dan tidak didorong:")
        print_table(amended["unpushed"], ("ticket", "opd", "field", "changed_at"), "")
    if not figures["violations"] and not unsent["violations"]:
        click.echo(f"Tidak ada jeda yang lebih dari {_seconds(figures['grace_s'])} melewati tangganya.")
    else:
        audiences = [row | {"opd": AUDIENCES[row["opd"]]} for row in unsent["violations"]]
        rows = sorted([*figures["violations"], *audiences], key=lambda row: str(row["started_at"]))
        click.echo(f"{len(rows)} jeda lebih dari {_seconds(figures['grace_s'])} melewati tangganya:")
        print_table(rows, names, "")
    silent = [row | {"opd": AUDIENCES[row["opd"]]} for row in unsent["unreached"]]
    if unreached := sorted([*figures["unreached"], *silent], key=lambda row: str(row["started_at"])):
        click.echo(f"Dicoba, tetapi {len(unreached)} kali tidak sampai kepada seorang pun:")
        print_table(unreached, names, "")


def _unsent_rules(context: click.Context) -> UnsentRules:
    """The ladder of what nobody has sent; the default where the configuration cannot be read."""
    try:
        return editions.present(home_of(context), secrets=False).routing.unsent
    except ConfigErrors:
        return DEFAULTS


def _seconds(value: float) -> str:
    return f"{value:.1f} s".replace(".", ",").replace(",0 s", " s")


def _short(row: Row) -> str:
    return (
        f"{row['calls']} panggilan, prank berdering {share(row['pranks_that_rang'])}, "
        f"asli tidak terlayani {share(row['genuine_lost'])}"
    )


def _print(row: Row) -> None:
    low, waits = row["low_trust"], row["times"]
    click.echo(
        f"Panggilan                            {row['calls']} ({row['judged']} dinilai, {row['live']} berlangsung)"
    )
    click.echo(f"Prank yang membunyikan operator      {share(row['pranks_that_rang'])}")
    click.echo(f"Prank di antara yang berdering       {share(row['rung_by_pranks'])}")
    click.echo(f"Penelepon asli yang tidak terlayani  {share(row['genuine_lost'])}")
    click.echo(f"  belum dinilai dan tidak terlayani  {row['unjudged_unreached']}")
    click.echo(f"Diragukan                            {low['calls']}, {low['sampled']} di antaranya contoh")
    about = f", jadi kira-kira {low['about']:g} panggilan" if low["about"] is not None else ""
    click.echo(f"  asli di antara contoh              {share(low['genuine'])}{about}")
    for lane, times in waits.items():
        click.echo(
            f"Jalur {LANES.get(lane, 'semua')}: dering {_times(times['to_ring'])}; bicara {_times(times['to_talk'])}"
        )


def share(row: dict[str, Any]) -> str:
    """A share in words: «3 dari 742 = 0,4 % (95 %: 0,1-1,2 %)»."""
    if row["share"] is None:
        return "belum ada"
    part, low, high = (f"{row[name] * 100:.1f}".replace(".", ",") for name in ("share", "low", "high"))
    return f"{row['k']} dari {row['n']} = {part} % (95 %: {low}-{high} %)"


def _times(row: dict[str, Any]) -> str:
    if not row["n"]:
        return "belum ada"
    ranks = ", ".join(f"{name} {row[name]:.1f} s".replace(".", ",") for name in ("p50", "p90", "p95"))
    return f"{ranks}, ≤15 s {row['within_15'] * 100:.0f} %, ≤20 s {row['within_20'] * 100:.0f} % ({row['n']})"
