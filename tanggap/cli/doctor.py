"""`tanggap doctor`: what is wrong, and what to do."""

import asyncio
import sys
from dataclasses import asdict
from datetime import UTC, datetime

import click

from tanggap.cli.base import home_of, in_instance, json_option, print_json


@click.command("doctor")
@json_option
@in_instance
def doctor(context: click.Context, as_json: bool) -> None:
    """Apa yang salah, dan apa yang harus dilakukan; keluar 0 sehat, 1 ada peringatan, 2 ada kesalahan."""
    from operations.doctor.examine import examine, status

    found = asyncio.run(examine(home_of(context), datetime.now(UTC)))
    code = status(found)
    if as_json:
        print_json({"ok": code == 0, "status": code, "findings": [asdict(one) for one in found]})
    else:
        for one in found:
            mark = "SALAH     " if one.level == "error" else "peringatan"
            click.echo(f"{mark}  {one.code}: {one.sentence}\n            → {one.remedy}")
        errors = sum(one.level == "error" for one in found)
        click.echo(f"{errors} kesalahan, {len(found) - errors} peringatan" if found else "sehat: tidak ada temuan")
    sys.exit(code)
