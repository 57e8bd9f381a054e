"""The `tanggap` command with all its sub-commands; the only place that knows them all."""

import os
import signal
from pathlib import Path

import click

from tanggap.cli import (
    caller_numbers,
    contacts,
    doctor,
    drill,
    erase,
    keeping,
    line,
    merging,
    operations,
    page_test,
    records,
    report,
    secret_keys,
    users,
    wadul,
)
from tanggap.config import REPOSITORY
from tanggap.logs import quiet

# They set handlers of their own, in their event loop. Until those stand, a signal simply ends them: nothing is begun.
SERVING = frozenset({"agi", "calls", "console", "demo", "drill", "escalate", "steward", "up"})


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    default=REPOSITORY,
    help="Folder instans: routing.yaml, hours.yaml, site.yaml, var/ (bawaan: folder program).",
)
@click.pass_context
def main(context: click.Context, home: Path) -> None:
    """tanggap112: jalur darurat dan pengaduan 112."""
    if context.invoked_subcommand not in SERVING and signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a copy or a file that was begun is tidied away
    os.umask(0o077)
    quiet()
    context.obj = home.resolve()


for command in (
    *line.COMMANDS,
    *operations.COMMANDS,
    doctor.doctor,
    records.calls,
    records.tickets,
    records.journal,
    users.user,
    caller_numbers.numbers,
    report.report,
    contacts.contacts,
    page_test.page_test,
    drill.drill,
    keeping.backup,
    keeping.restore,
    keeping.store,
    secret_keys.secrets,
    erase.erase,
    wadul.wadul,
):
    main.add_command(command)
for command in (merging.merge, merging.unmerge):
    records.tickets.add_command(command)
