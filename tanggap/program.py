"""The `tanggap` command with all its sub-commands; the only place that knows them all.

A command is loaded when it is asked for: a process that is started again while callers wait loads no other's modules.
"""

import os
import signal
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import click

from tanggap import lean  # the first of ours: it decides what is loaded

# isort: split
from instance import REPOSITORY
from processes.logs import quiet

# module and name, below tanggap.cli, of each command
COMMANDS: Mapping[str, str] = {
    "agi": "line.agi",
    "asterisk": "line.asterisk",
    "backup": "keeping.backup",
    "calls": "records.calls",
    "check": "line.check",
    "console": "line.console",
    "contacts": "contacts.contacts",
    "demo": "line.demo",
    "doctor": "doctor.doctor",
    "drill": "drill.drill",
    "edition": "operations.edition",
    "erase": "erase.erase",
    "escalate": "line.escalate",
    "explain": "line.explain",
    "journal": "records.journal",
    "metrics-token": "operations.metrics_token",
    "numbers": "caller_numbers.numbers",
    "page-test": "contact_tests.page_test",
    "places": "places.places",
    "prepare": "operations.prepare",
    "report": "report.report",
    "restore": "keeping.restore",
    "schema": "line.schema",
    "search": "search.search",
    "secrets": "secret_keys.secrets",
    "steward": "operations.steward",
    "store": "keeping.store",
    "systemd": "operations.systemd",
    "tickets": "records.tickets",
    "trunk": "trunks.trunks",
    "up": "line.up",
    "user": "users.user",
    "wadul": "wadul.wadul",
    "webhook-key": "line.webhook_key",
}
# further commands of a group, from other modules
PARTS: Mapping[str, tuple[str, ...]] = {
    "secrets": ("trunks.password",),
    "tickets": ("merging.merge", "merging.unmerge"),
}
# They set signal handlers in their event loop. Before that a signal simply ends them: nothing has begun.
SERVING = frozenset({"agi", "calls", "console", "demo", "drill", "escalate", "steward", "up"})


class Commands(click.Group):
    """A group whose commands are loaded one by one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands, in order."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command; None where there is none of this name."""
        if cmd_name not in self.commands and cmd_name in COMMANDS:
            command = _load(COMMANDS[cmd_name])
            for part in PARTS.get(cmd_name, ()):
                assert isinstance(command, click.Group)
                command.add_command(_load(part))
            self.add_command(command, cmd_name)
        return self.commands.get(cmd_name)


def _load(place: str) -> click.Command:
    module, _, name = place.partition(".")
    with lean.loading():
        command = getattr(import_module(f"tanggap.cli.{module}"), name)
    assert isinstance(command, click.Command)
    return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    default=REPOSITORY,
    help="Folder instans: routing.yaml, hours.yaml, site.yaml, var/ (bawaan: folder program).",
)
@click.pass_context
def main(context: click.Context, home: Path) -> None:
    """tanggap112: jalur darurat dan pengaduan 112."""
    os.umask(0o077)
    quiet()
    if context.invoked_subcommand not in SERVING and signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(
            signal.SIGINT, signal.default_int_handler
        )  # KeyboardInterrupt, so that unfinished files are removed
    context.obj = home.resolve()
