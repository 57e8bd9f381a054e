"""`tanggap doctor`: faults of the instance, and their remedies."""

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

    findings = asyncio.run(examine(home_of(context), datetime.now(UTC)))
    code = status(findings)
    if as_json:
        print_json({"ok": code == 0, "status": code, "findings": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            mark = "SALAH     " if finding.level == "error" else "peringatan"
            click.echo(f"{mark}  {finding.code}: {finding.sentence}\n            → {finding.remedy}")
        errors = sum(finding.level == "error" for finding in findings)
        click.echo(
            f"{errors} kesalahan, {len(findings) - errors} peringatan" if findings else "sehat: tidak ada temuan"
        )
    sys.exit(code)
