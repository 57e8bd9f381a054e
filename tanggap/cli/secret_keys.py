"""`tanggap secrets`: rotates passwords and keys of a running instance without cutting a call."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import click

from asterisk.errors import AsteriskError
from instance import secrets_file
from tanggap.cli.base import CLI, Failure, home_of, in_instance, instance_of, json_option, print_json, store_of

WHAT = {
    "ari_password": "program kita ke Asterisk (ARI)",
    "ami_password": "program kita ke Asterisk (AMI)",
    "session_key": "tanda tangan webhook, dan browser yang dikenal saat masuk",
    "number_key": "sidik nomor yang diingat setelah nomornya dihapus",
    "link_key": "tautan sekali pakai",
    "wadul_key": "jembatan ke aplikasi Wadul pemerintah",
    "push_key": "pemberitahuan ke ponsel yang halamannya ditutup (web push)",
}
SIP = "sip"


@click.group("secrets")
def secrets() -> None:
    """Kata sandi dan kunci program: daftar, ganti."""


@secrets.command("list")
@json_option
@in_instance
def list_(context: click.Context, as_json: bool) -> None:
    """Rahasia apa saja yang ada (tanpa isinya)."""
    known = secrets_file.read(home_of(context))
    if known is None:
        raise Failure("belum ada rahasia; jalankan dulu: scripts/run (atau tanggap up)")
    if as_json:
        print_json({"keys": list(WHAT), "sip": sorted(known.sip), "trunks": sorted(known.trunks)})
        return
    for name, purpose in WHAT.items():
        click.echo(f"{name:<14} {purpose}")
    for account in sorted(known.sip):
        click.echo(f"{SIP}:{account:<10} telepon {account}")
    for name in sorted(known.trunks):
        click.echo(f"{'trunk ' + name:<14} kata sandi dari operator; ganti: tanggap secrets trunk {name}")


@secrets.command("rotate")
@click.argument("names", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Semua kunci; dengan telepon hanya bila --sip disebut juga.")
@click.option("--sip", is_flag=True, help="Semua telepon: setiap telepon harus didaftarkan lagi.")
@click.option("--yes", is_flag=True, help="Jalankan walaupun ada penilaian yang hilang karena number_key.")
@json_option
@in_instance
def rotate(context: click.Context, names: Sequence[str], everything: bool, sip: bool, yes: bool, as_json: bool) -> None:
    """Ganti rahasia NAMES (misalnya ari_password, sip:op1) selagi berjalan; tidak ada panggilan yang putus."""
    instance = instance_of(context)
    keys, accounts = _chosen(names, everything, sip, sorted(instance.secrets.sip))
    if "number_key" in keys:
        _check_lost(context, yes)
    fresh = secrets_file.rotate(instance.home, keys, accounts)
    asterisk_knows = tell_asterisk(context)
    rehashed, lost = _rehash(context) if "number_key" in keys else (0, 0)
    journal_rotation(context, keys, accounts)
    result = {"rotated": [*keys, *(f"{SIP}:{account}" for account in accounts)], "asterisk": asterisk_knows}
    devices = _devices(context) if "push_key" in keys else 0
    result |= {
        "rehashed": rehashed,
        "lost": lost,
        "devices": devices,
        "sip_passwords": {account: fresh.sip[account] for account in accounts},
    }
    if as_json:
        print_json(result)
    else:
        _print(keys, {account: fresh.sip[account] for account in accounts}, asterisk_knows, rehashed, lost, devices)


def _chosen(
    names: Sequence[str], everything: bool, sip: bool, known: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Keys and SIP accounts to change; Failure for an unknown name."""
    wanted = [*(WHAT if everything else ()), *(f"{SIP}:{account}" for account in known if sip), *names]
    if not wanted:
        raise Failure("sebutkan rahasia yang diganti, atau --all; yang ada: tanggap secrets list")
    for name in wanted:
        if name not in WHAT and name.removeprefix(f"{SIP}:") not in (known if ":" in name else ()):
            raise Failure(f"rahasia {name!r} tidak ada; yang ada: {', '.join(WHAT)}, {SIP}:NAMA")
    keys = tuple(dict.fromkeys(name for name in wanted if name in WHAT))
    accounts = dict.fromkeys(name.removeprefix(f"{SIP}:") for name in wanted if name not in WHAT)
    return keys, tuple(accounts)


def _check_lost(context: click.Context, yes: bool) -> None:
    with store_of(context, create=True) as store:
        count = store.reputations.erased()
    if count and not yes:
        raise Failure(
            f"{count} penilaian atas nomor yang sudah dihapus tidak akan dihitung lagi dengan kunci baru; "
            "ulangi dengan --yes bila memang begitu"
        )


def tell_asterisk(context: click.Context) -> bool:
    """Give a running Asterisk the new passwords; calls and open connections stay as they are."""
    from operations.phone_system import take_passwords

    try:
        asyncio.run(take_passwords(instance_of(context), datetime.now(UTC)))
    except AsteriskError as error:
        click.echo(f"rahasia tersimpan, tetapi Asterisk belum tahu: {error}", err=True)
        return False
    return True


def _rehash(context: click.Context) -> tuple[int, int]:
    """Hash verdicts under the new key where their number is known; returns how many were, and how many are lost."""
    done = 0
    with store_of(context) as store:
        while count := store.reputations.rekey(datetime.now(UTC)):
            done += count
        return done, store.reputations.lost()


def _devices(context: click.Context) -> int:
    """Number of telephones that stay bound to the former key until their page is opened."""
    with store_of(context, create=True) as store:
        return sum(row["devices"] for row in store.push_devices.counts(datetime.now(UTC)))


def journal_rotation(context: click.Context, keys: Sequence[str], accounts: Sequence[str]) -> None:
    """Write into the journal which secrets changed, without their content."""
    with store_of(context, create=True) as store, store.transaction():
        data = {"keys": list(keys), "accounts": list(accounts)}
        store.journal.append(datetime.now(UTC), "secrets.rotated", CLI, data=data)


def _print(
    keys: Sequence[str], phones: dict[str, str], asterisk_knows: bool, rehashed: int, lost: int, devices: int
) -> None:
    for name in keys:
        click.echo(f"{name} diganti: {WHAT[name]}")
    if "session_key" in keys:
        click.echo("  penerima webhook perlu kunci baru: tanggap webhook-key")
    if "number_key" in keys:
        click.echo(f"  {rehashed} penilaian disidik ulang, {lost} tidak dihitung lagi")
    if "wadul_key" in keys:
        click.echo("  aplikasi Wadul perlu kunci baru: tanggap wadul key")
    if "link_key" in keys:
        click.echo("  tautan yang sudah terkirim tidak berlaku lagi; dorongan berikutnya membawa yang baru")
    if "push_key" in keys:
        click.echo(
            f"  {devices} ponsel baru terjangkau lagi setelah halamannya dibuka sekali; yang terbuka sekarang, sendiri"
        )
    for account, password in phones.items():
        click.echo(f"telepon {account}: kata sandi baru {password}  (daftarkan lagi telepon itu)")
    if not asterisk_knows:
        click.echo("Asterisk membaca yang baru saat mulai berikutnya")
