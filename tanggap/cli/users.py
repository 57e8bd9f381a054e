"""`tanggap user`: logins, and the SIP passwords of those with a phone."""

import asyncio
import re
import sys
from datetime import UTC, datetime

import click

from asterisk.errors import AsteriskError
from instance import Instance, secrets_file
from operations import passwords
from tanggap.cli.base import (
    Failure,
    home_of,
    in_instance,
    instance_of,
    json_option,
    local_times,
    print_json,
    print_table,
    store_of,
    zone_of,
)
from tickets.cases.knowing import BUPATI
from tickets.model import ROLES
from tickets.routing import desk_accounts

WITH_PHONE = ("operator", "command")
ABOVE = ("command", "bupati")
NAME = re.compile(r"[a-z][a-z0-9_-]{1,30}")


@click.group("user")
def user() -> None:
    """Pengguna: tambah, daftar, nonaktifkan, kata sandi."""


@user.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True, help="Peran.")
@click.option("--name", "display", help="Nama yang ditampilkan.")
@click.option("--opd", help="Kode OPD (wajib untuk peran opd).")
@click.option("--contact", help="Kontak di atas OPD yang memakai akun ini (bawaan: yang pertama dengan page).")
@json_option
@in_instance
def add(
    context: click.Context,
    name: str,
    role: str,
    display: str | None,
    opd: str | None,
    contact: str | None,
    as_json: bool,
) -> None:
    """Tambah pengguna; kata sandi dibuat dan ditampilkan sekali."""
    instance = instance_of(context)
    _check(instance, name, role, opd)
    contact = _contact(instance, role, contact)
    password = passwords.generate()
    with store_of(context, create=True) as store:
        store.people.add(datetime.now(UTC), name, display or name, role, opd, passwords.hashed(password), contact)
    result = {"user": name, "role": role, "opd": opd, "password": password}
    if role in WITH_PHONE:
        result["sip_password"] = secrets_file.sip_password(instance.home, name)
        _tell_asterisk(context)
    if as_json:
        print_json(result)
        return
    click.echo(f"pengguna {name} ({role}) dibuat; kata sandi (hanya ditampilkan sekali): {password}")
    if role in WITH_PHONE:
        click.echo(f"softphone: pengguna {name}, kata sandi {result['sip_password']}")


def _contact(instance: Instance, role: str, contact: str | None) -> str | None:
    """The contact above the agencies of a new user; the bupati always has one."""
    above = [each.name for each in instance.routing.contacts.values() if each.opd is None]
    if role == "bupati" and contact is None and BUPATI in above:
        return BUPATI
    if (contact is not None or role == "bupati") and (role not in ABOVE or contact not in above):
        known = ", ".join(above)
        raise click.BadParameter(f"hanya untuk peran command dan bupati; yang ada: {known}", param_hint="--contact")
    return contact


def _check(instance: Instance, name: str, role: str, opd: str | None) -> None:
    if not NAME.fullmatch(name):
        raise click.BadParameter(
            f"{name!r} tidak sah; 2-31 huruf kecil, angka, - atau _, diawali huruf", param_hint="NAME"
        )
    desks = desk_accounts(instance.routing)
    if role in WITH_PHONE and name in desks:
        raise click.BadParameter(f"{name!r} sudah dipakai telepon meja OPD di routing.yaml", param_hint="NAME")
    if role == "opd" and opd not in instance.routing.opds:
        known = ", ".join(instance.routing.opds)
        raise click.BadParameter(f"OPD {opd!r} tidak ada; yang ada: {known}", param_hint="--opd")
    if role != "opd" and opd is not None:
        raise click.BadParameter("hanya untuk peran opd", param_hint="--opd")


def _tell_asterisk(context: click.Context) -> None:
    """Give a running Asterisk the changed operators; a stopped one reads them at its next start."""
    from operations.phone_system import take_up

    try:
        asyncio.run(take_up(instance_of(context), datetime.now(UTC)))
    except AsteriskError as error:
        click.echo(f"pengguna tersimpan, tetapi Asterisk belum tahu: {error}", err=True)


@user.command("role")
@click.argument("name")
@click.argument("role", type=click.Choice(ABOVE))
@click.option("--contact", help="Kontak di atas OPD yang memakai akun ini (bawaan bagi bupati: kontak bupati).")
@in_instance
def change_role(context: click.Context, name: str, role: str, contact: str | None) -> None:
    """Jadikan akun pusat kendali akun bupati, atau sebaliknya; sesinya berakhir, kata sandinya tetap."""
    contact = _contact(instance_of(context), role, contact)
    with store_of(context) as store:
        store.people.change_role(datetime.now(UTC), name, role, contact)
    _tell_asterisk(context)
    click.echo(f"pengguna {name} kini {role}" + (f", kontak {contact}" if contact else ""))


@user.command("list")
@json_option
@in_instance
def list_(context: click.Context, as_json: bool) -> None:
    """Semua pengguna."""
    with store_of(context) as store:
        rows = local_times(store.people.users(), zone_of(context))
    if as_json:
        print_json(rows)
    else:
        print_table(rows, ("name", "display", "role", "opd", "disabled_at"), "belum ada pengguna")


@user.command("disable")
@click.argument("name")
@in_instance
def disable(context: click.Context, name: str) -> None:
    """Nonaktifkan pengguna; sesinya berakhir, riwayatnya tetap."""
    with store_of(context) as store:
        role = (store.people.user(name) or {}).get("role")
        store.people.disable(datetime.now(UTC), name)
    if role in WITH_PHONE:
        _tell_asterisk(context)
    click.echo(f"pengguna {name} dinonaktifkan")


@user.command("password")
@click.argument("name")
@click.option("--stdin", "from_stdin", is_flag=True, help="Baca kata sandi dari masukan; bawaan: dibuat.")
@in_instance
def set_password(context: click.Context, name: str, from_stdin: bool) -> None:
    """Kata sandi baru; sesi yang ada berakhir."""
    new = sys.stdin.readline().rstrip("\n") if from_stdin else passwords.generate()
    if len(new) < 12:
        raise Failure(f"kata sandi terlalu pendek: {len(new)} huruf, paling sedikit 12")
    with store_of(context) as store:
        store.people.set_password(datetime.now(UTC), name, passwords.hashed(new))
    click.echo(f"kata sandi {name} diganti" + ("" if from_stdin else f" (hanya ditampilkan sekali): {new}"))


@user.command("sip")
@click.argument("account")
@in_instance
def sip(context: click.Context, account: str) -> None:
    """Kata sandi SIP sebuah telepon (operator atau telepon meja OPD)."""
    known = secrets_file.read(home_of(context))
    if known is None or account not in known.sip:
        names = ", ".join(sorted(known.sip)) if known else "belum ada"
        raise Failure(f"akun SIP {account} tidak ada; yang ada: {names}")
    site = instance_of(context).site.asterisk
    click.echo(f"server {site.sip_bind}:{site.sip_port}  pengguna {account}  kata sandi {known.sip[account]}")
