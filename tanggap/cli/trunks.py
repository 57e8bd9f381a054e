"""`tanggap trunk`: tries a trunk; `tanggap secrets trunk`: the password that a carrier gave for it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from datetime import UTC, datetime

import click

from asterisk.ari import Ari
from asterisk.callers.identity import read_text
from asterisk.site import Trunk
from instance import Instance, secrets_file
from line.trunk_room import TrunkFull, TrunkRoom
from operations.phone_system import phone_system
from operations.trunks import trying
from operations.trunks.trying import Step
from processes.tasks import TaskKeeper
from tanggap.cli.base import Failure, home_of, in_instance, instance_of, json_option, print_json, say, store_of
from tanggap.cli.secret_keys import journal_rotation, tell_asterisk
from tickets.routing import is_placeholder
from voice.speech import speak

LONGEST = 128
CONNECT_S = 10.0
TITLES = {
    "settings": "setelan", "options": "OPTIONS", "registration": "pendaftaran", "codecs": "codec",
    "outgoing": "panggilan keluar", "incoming": "panggilan masuk",
}  # fmt: skip


@click.command("trunk")
@click.argument("name")
@click.option("--forget", is_flag=True, help="Lupakan kata sandinya.")
@json_option
@in_instance
def password(context: click.Context, name: str, forget: bool, as_json: bool) -> None:
    """Simpan kata sandi trunk NAME dari operator; diminta tanpa terlihat, atau dibaca dari masukan standar.

    Disimpan di var/secrets.json, tidak pernah di site.yaml dan tidak pernah dicatat."""
    trunk = _trunk(instance_of(context), name)
    if not trunk.outgoing.user and not forget:
        raise Failure(f"trunk {name!r} tidak punya user di site.yaml: kata sandinya tidak akan dipakai")
    secrets_file.keep_trunk(home_of(context), name, None if forget else _asked(name))
    asterisk_knows = tell_asterisk(context)
    journal_rotation(context, [f"trunk:{name}"], [])
    done = "dilupakan" if forget else "disimpan"
    later = "" if asterisk_knows else "; Asterisk membacanya saat mulai berikutnya"
    say(as_json, {"trunk": name, "kept": not forget, "asterisk": asterisk_knows}, f"kata sandi {name} {done}{later}")


def _trunk(instance: Instance, name: str) -> Trunk:
    """A trunk by name; Failure for an unknown one."""
    known = {trunk.name: trunk for trunk in instance.site.asterisk.trunks}
    if name not in known:
        raise Failure(f"trunk {name!r} tidak ada di site.yaml; yang ada: {', '.join(known)}")
    return known[name]


def _asked(name: str) -> str:
    """The password as it is typed; Failure for one that no line of a configuration can hold."""
    if sys.stdin.isatty():
        typed: str = click.prompt(f"Kata sandi trunk {name}", hide_input=True, confirmation_prompt=True)
    else:
        typed = sys.stdin.readline().rstrip("\r\n")
    if not typed or len(typed) > LONGEST or not typed.isprintable():
        raise Failure(f"kata sandi tidak sah (isinya tidak ditampilkan), diharapkan 1 sampai {LONGEST} huruf")
    return typed


@click.group("trunk")
def trunks() -> None:
    """Trunk ke operator telekomunikasi: uji."""


@trunks.command("test")
@click.argument("name")
@click.option("--to", "number", help="Nomor ponsel atau telepon yang dipanggil; tidak pernah nomor darurat.")
@click.option("--incoming", is_flag=True, help="Tunggu panggilan yang Anda buat dari luar ke 112 lewat trunk ini.")
@click.option("--wait", "wait_s", type=click.IntRange(5, 600), default=120, show_default=True, help="Detik menunggu.")
@json_option
@in_instance
def test(context: click.Context, name: str, number: str | None, incoming: bool, wait_s: int, as_json: bool) -> None:
    """Uji trunk NAME: OPTIONS, pendaftaran, codec; dengan --to panggilan keluar, dengan --incoming panggilan masuk.

    Status 0: semua yang diuji berhasil; 1: ada yang tidak."""
    instance = instance_of(context)
    trunk = _trunk(instance, name)
    full = _callable(instance, trunk, number) if number is not None else None

    def show(step: Step) -> None:
        if not as_json:
            mark = {True: "baik ", False: "GAGAL", None: "-    "}[step.ok]
            click.echo(f"{mark} {TITLES[step.name]}: {step.sentence}")

    steps = asyncio.run(_test(context, instance, trunk, full, wait_s if incoming else None, show))
    if as_json:
        print_json(
            {"trunk": name, "ok": all(step.ok is not False for step in steps), "steps": [s.as_json() for s in steps]}
        )
    if any(step.ok is False for step in steps):
        context.exit(1)


def _callable(instance: Instance, trunk: Trunk, text: str) -> str:
    """The full number; Failure for an emergency number, or any other that is nobody's telephone."""
    site = instance.site
    number = read_text(text, site.country_code, site.area_code)
    if number.e164 is None or not number.callable:
        raise Failure(f"{text!r} tidak dipanggil: {number.why}")
    if is_placeholder(number.e164):
        raise Failure(f"{text!r} nomor contoh: tidak dipanggil")
    if not trunk.contact:
        raise Failure(f"trunk {trunk.name!r} tidak bisa memanggil keluar: contact di site.yaml kosong")
    return number.e164


async def _test(
    context: click.Context,
    instance: Instance,
    trunk: Trunk,
    number: str | None,
    wait_s: float | None,
    show: Callable[[Step], None],
) -> list[Step]:
    """Every step, each shown as soon as it is done."""
    asterisk, steps = phone_system(instance), []

    def done(*more: Step) -> None:
        for step in more:
            show(step)
            steps.append(step)

    done(trying.settings(trunk, trunk.name in secrets_file.present(instance.home, instance.secrets).trunks))
    done(*await trying.options(trunk))
    done(*await trying.registration(trunk, asterisk))
    done(await trying.codecs(trunk, asterisk))
    if number is not None:
        done(await _call_out(instance, trunk, number))
    if wait_s is not None:
        click.echo(f"Telepon 112 sekarang lewat {trunk.name}; ditunggu {wait_s:g} detik.", err=True)
        with store_of(context) as store:
            done(await trying.incoming(trunk, store, datetime.now(UTC), wait_s))
    return steps


async def _call_out(instance: Instance, trunk: Trunk, number: str) -> Step:
    """A call out that leaves the last channels to callers."""
    keeper, site = TaskKeeper(), instance.site
    password = secrets_file.present(instance.home, instance.secrets).ari_password
    ari = Ari(f"http://127.0.0.1:{site.asterisk.http_port}", trying.APP, "tanggap", password, keeper.start)
    prompt = instance.var / "asterisk" / "spool" / "spoken" / "trunk-test.wav"
    prompt.parent.mkdir(parents=True, exist_ok=True)
    try:
        await asyncio.to_thread(speak, trying.SPOKEN, prompt)
        trial = trying.Trial(ari, keeper.start)
        async with asyncio.timeout(CONNECT_S):
            await ari.connect()
        room = TrunkRoom(ari, instance.var / "run")
        await room.check(trunk)
        return await trial.call(trunk, number, site, prompt)
    except TimeoutError:
        return Step("outgoing", None, "Asterisk tidak tersambung: 112 harus berjalan")
    except TrunkFull as error:
        return Step("outgoing", None, str(error))
    finally:
        await ari.close()
        await keeper.close()
