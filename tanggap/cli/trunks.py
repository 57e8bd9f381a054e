"""`tanggap secrets trunk`: the password that a carrier gave for a trunk."""

from __future__ import annotations

import sys

import click

from instance import secrets_file
from tanggap.cli.base import Failure, home_of, in_instance, instance_of, json_option, say
from tanggap.cli.secret_keys import journal_rotation, tell_asterisk

LONGEST = 128


@click.command("trunk")
@click.argument("name")
@click.option("--forget", is_flag=True, help="Lupakan kata sandinya.")
@json_option
@in_instance
def password(context: click.Context, name: str, forget: bool, as_json: bool) -> None:
    """Simpan kata sandi trunk NAME dari operator; diminta tanpa terlihat, atau dibaca dari masukan standar.

    Disimpan di var/secrets.json, tidak pernah di site.yaml dan tidak pernah dicatat."""
    instance = instance_of(context)
    trunk = next((trunk for trunk in instance.site.asterisk.trunks if trunk.name == name), None)
    if trunk is None:
        known = ", ".join(trunk.name for trunk in instance.site.asterisk.trunks)
        raise Failure(f"trunk {name!r} tidak ada di site.yaml; yang ada: {known}")
    if not trunk.outgoing.user and not forget:
        raise Failure(f"trunk {name!r} tidak punya user di site.yaml: kata sandinya tidak akan dipakai")
    secrets_file.keep_trunk(home_of(context), name, None if forget else _asked(name))
    asterisk_knows = tell_asterisk(context)
    journal_rotation(context, [f"trunk:{name}"], [])
    done = "dilupakan" if forget else "disimpan"
    later = "" if asterisk_knows else "; Asterisk membacanya saat mulai berikutnya"
    say(as_json, {"trunk": name, "kept": not forget, "asterisk": asterisk_knows}, f"kata sandi {name} {done}{later}")


def _asked(name: str) -> str:
    """The password as it is typed; Failure for one that no line of a configuration can hold."""
    if sys.stdin.isatty():
        typed: str = click.prompt(f"Kata sandi trunk {name}", hide_input=True, confirmation_prompt=True)
    else:
        typed = sys.stdin.readline().rstrip("\r\n")
    if not typed or len(typed) > LONGEST or not typed.isprintable():
        raise Failure(f"kata sandi tidak sah (isinya tidak ditampilkan), diharapkan 1 sampai {LONGEST} huruf")
    return typed
