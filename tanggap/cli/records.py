"""`tanggap calls list`, `tickets list|show`, `journal`: records of the store, for people and for outside checks."""

from datetime import UTC, datetime, timedelta
from typing import Any

import click

from tanggap.cli.base import (
    CLI,
    home_of,
    in_instance,
    json_option,
    local_times,
    print_json,
    print_table,
    say,
    store_of,
    zone_of,
)
from tanggap.lean import loading

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
since_option = click.option("--days", type=click.IntRange(1), help="Hanya sekian hari terakhir (bawaan: semua).")
limit_option = click.option("--limit", type=click.IntRange(1), default=1000, show_default=True, help="Paling banyak.")


def _since(days: int | None) -> datetime:
    return datetime.now(UTC) - timedelta(days=days) if days else EPOCH


@click.group("calls", invoke_without_command=True)
@in_instance
def calls(context: click.Context) -> None:
    """Aplikasi ARI (proses); `calls list` menampilkan panggilan."""
    if context.invoked_subcommand is None:
        with loading():
            from processes.running import run_process
            from tanggap import calls as process

        run_process("calls", home_of(context), process.run)


@calls.command("list")
@since_option
@limit_option
@json_option
@in_instance
def calls_list(context: click.Context, days: int | None, limit: int, as_json: bool) -> None:
    """Panggilan, terbaru dulu."""
    with store_of(context) as store:
        rows = local_times(store.calls.since(_since(days), limit), zone_of(context))
    if as_json:
        print_json(rows)
    else:
        print_table(
            rows, ("arrived_at", "display", "stage", "lane", "outcome", "operator", "ticket"), "belum ada panggilan"
        )


@click.group("tickets")
def tickets() -> None:
    """Tiket."""


@tickets.command("list")
@since_option
@limit_option
@json_option
@in_instance
def tickets_list(context: click.Context, days: int | None, limit: int, as_json: bool) -> None:
    """Tiket, terbaru dulu."""
    with store_of(context) as store:
        rows = local_times(store.tickets.since(_since(days), limit), zone_of(context))
    if as_json:
        print_json(rows)
        return
    for row in rows:
        row["opd"] = ", ".join(f"{a['opd']} ({a['state']})" for a in row["assignments"])
    print_table(rows, ("number", "created_at", "kind", "category", "status", "opd"), "belum ada tiket")


@tickets.command("show")
@click.argument("number")
@json_option
@in_instance
def tickets_show(context: click.Context, number: str, as_json: bool) -> None:
    """Satu tiket dengan riwayatnya."""
    with store_of(context) as store:
        ticket = local_times(store.tickets.show(number), zone_of(context))
    if as_json:
        print_json(ticket)
        return
    _print_ticket(ticket)


@tickets.command("hold")
@click.argument("number")
@click.option("--reason", required=True, help="Alasan, misalnya nomor surat penyidik; tampil di tiket.")
@json_option
@in_instance
def hold(context: click.Context, number: str, reason: str, as_json: bool) -> None:
    """Tahan sebuah tiket: rekaman, foto, nomor dan isinya tidak dihapus sampai dilepas."""
    with store_of(context) as store:
        store.tickets.hold(datetime.now(UTC), number, CLI, reason)
    say(as_json, {"number": number, "held": True}, f"tiket {number} ditahan; lepas dengan: tanggap tickets release")


@tickets.command("release")
@click.argument("number")
@click.option("--reason", required=True, help="Alasan; disimpan di riwayat tiket.")
@json_option
@in_instance
def release(context: click.Context, number: str, reason: str, as_json: bool) -> None:
    """Lepas tiket yang ditahan: masa simpan berlaku lagi."""
    with store_of(context) as store:
        store.tickets.release(datetime.now(UTC), number, CLI, reason)
    say(as_json, {"number": number, "held": False}, f"tiket {number} dilepas; masa simpannya berlaku lagi")


def _print_ticket(ticket: dict[str, Any]) -> None:
    place = ", ".join(part for part in ticket["place"].values() if part) or "-"
    click.echo(f"{ticket['number']}  {ticket['status']}  {ticket['kind']}  {ticket['category'] or '-'}")
    click.echo(f"Dibuat {ticket['created_at']}  Lokasi {place}  Pelapor {ticket['reporter']['number'] or '-'}")
    if ticket["description"]:
        click.echo(ticket["description"])
    if ticket["master"]:
        click.echo(f"DIGABUNG ke {ticket['master']}")
    if ticket["merged"]:
        click.echo(f"{len(ticket['merged']) + 1} penelepon; digabung ke sini: {', '.join(ticket['merged'])}")
    if ticket["hold"]:
        click.echo(f"DITAHAN sejak {ticket['hold']['at']} oleh {ticket['hold']['by']}: {ticket['hold']['reason']}")
    for task in ticket["assignments"]:
        by = (
            f", diterima {task['acknowledged_at']} oleh {task['acknowledged_by']} lewat {task['via']}"
            if task["via"]
            else ""
        )
        click.echo(f"  {task['opd']}: {task['state']}, dikirim {task['dispatched_at']}, {task['pushes']} dorongan{by}")
    for row in ticket["timeline"]:
        data = " ".join(f"{name}={value}" for name, value in row["data"].items() if value not in (None, ""))
        click.echo(f"  {row['at']}  {row['kind']:<24} {row['actor']}  {data}")


@click.command("journal")
@click.option("--after", "seq", type=click.IntRange(0), default=0, show_default=True, help="Hanya sesudah nomor ini.")
@limit_option
@json_option
@in_instance
def journal(context: click.Context, seq: int, limit: int, as_json: bool) -> None:
    """Jurnal: semua yang terjadi, berurutan."""
    with store_of(context) as store:
        rows = local_times(store.journal.after(seq, limit), zone_of(context))
    if as_json:
        print_json(rows)
    else:
        print_table(rows, ("seq", "at", "kind", "ticket", "actor", "data"), "jurnal kosong")
