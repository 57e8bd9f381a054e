"""`tanggap contacts`: who is on duty now, who is marked as not there, and who stands in."""

from datetime import UTC, datetime, timedelta
from typing import Any

import click

from tanggap.cli.base import (
    CLI,
    Failure,
    has_store,
    in_instance,
    instance_of,
    json_option,
    local_times,
    print_json,
    print_table,
    say,
    store_of,
    zone_of,
)
from tickets.escalation.duty_hours import absence, stand_in
from tickets.escalation.ladder import channels_of
from tickets.model import Row
from tickets.routing import Contact, Routing


@click.group("contacts")
def contacts() -> None:
    """Kontak OPD: siapa yang berdinas, siapa yang menggantikan."""


@contacts.command("list")
@json_option
@in_instance
def list_contacts(context: click.Context, as_json: bool) -> None:
    """Semua kontak dengan salurannya; yang sedang tidak berdinas dengan sebab dan penggantinya."""
    routing, now = instance_of(context).routing, datetime.now(UTC)
    marked: dict[str, Row] = {}
    if has_store(context):
        with store_of(context) as store:
            marked = {row["contact"]: row for row in store.absences.rows(now)}
    rows = [_row(routing, contact, now, marked) for contact in routing.contacts.values()]
    if as_json:
        print_json(local_times(rows, zone_of(context)))
        return
    for row in rows:
        row["channels"] = ", ".join(row["channels"]) or "tidak ada"
    print_table(rows, ("name", "title", "channels", "absent", "stand_in"), "belum ada kontak")


def _row(routing: Routing, contact: Contact, now: datetime, marked: dict[str, Row]) -> dict[str, Any]:
    why = absence(contact, now, marked)
    other = stand_in(routing, contact, now, marked) if why else None
    mark = marked.get(contact.name)
    return {
        "name": contact.name,
        "title": contact.title,
        "channels": list(channels_of(contact, mobiles=routing.mobiles)),
        "on_duty": not why,
        "absent": why or None,
        "stand_in": other.name if other else None,
        "away": {"since_at": mark["since"], "until_at": mark["until"], "by": mark["by"], "reason": mark["reason"]}
        if mark
        else None,
    }


@contacts.command("away")
@click.argument("name")
@click.option("--hours", type=click.FloatRange(0, 24 * 366, min_open=True), help="Berapa jam (bawaan: sampai back).")
@click.option("--reason", default="", help="Alasan, misalnya cuti.")
@json_option
@in_instance
def away(context: click.Context, name: str, hours: float | None, reason: str, as_json: bool) -> None:
    """Tandai kontak tidak di tempat: penggantinya didorong sebagai gantinya."""
    routing, now = instance_of(context).routing, datetime.now(UTC)
    contact = _known(routing, name)
    until = now + timedelta(hours=hours) if hours else None
    with store_of(context, create=True) as store:
        store.absences.mark(now, name, until, CLI, reason)
        marked = store.absences.names(now)
    other = stand_in(routing, contact, now, marked)
    if as_json:
        print_json({"name": name, "away": True, "stand_in": other.name if other else None})
    elif other:
        click.echo(f"kontak {name} ditandai tidak di tempat; penggantinya {other.name}")
    else:
        click.echo(f"kontak {name} ditandai tidak di tempat; tidak ada pengganti yang berdinas")


@contacts.command("back")
@click.argument("name")
@json_option
@in_instance
def back(context: click.Context, name: str, as_json: bool) -> None:
    """Kontak ada di tempat lagi."""
    _known(instance_of(context).routing, name)
    with store_of(context, create=True) as store:
        store.absences.back(datetime.now(UTC), name, CLI)
    say(as_json, {"name": name, "away": False}, f"kontak {name} ada di tempat lagi")


def _known(routing: Routing, name: str) -> Contact:
    if name not in routing.contacts:
        raise Failure(f"kontak {name} tidak ada di routing.yaml; lihat: tanggap contacts list")
    return routing.contacts[name]
