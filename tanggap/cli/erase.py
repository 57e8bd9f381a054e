"""`tanggap erase NUMBER`: a person's request to be forgotten (UU PDP 27/2022), shown first, done with --yes."""

from datetime import UTC, datetime
from pathlib import Path

import click

from operations import erasing
from tanggap.cli.base import CLI, Failure, in_instance, instance_of, json_option, print_json, store_of
from tanggap.cli.caller_numbers import who_is
from tickets.store import Store
from tickets.store.callers.erasure import Erasable


@click.command("erase")
@click.argument("number")
@click.option("--reason", default="", help="Alasan, misalnya nomor surat permohonan; disimpan di jurnal.")
@click.option("--yes", is_flag=True, help="Hapus sekarang; bawaan: hanya tampilkan apa yang akan dihapus.")
@click.option("--keep-reports", is_flag=True, help="Nama, alamat dan uraian di tiket dibiarkan.")
@json_option
@in_instance
def erase(context: click.Context, number: str, reason: str, yes: bool, keep_reports: bool, as_json: bool) -> None:
    """Hapus data seseorang menurut nomornya: nomor, rekaman, isi laporan. Yang tersisa disebutkan."""
    if yes and not reason.strip():
        raise Failure("sebutkan alasannya: --reason")
    instance = instance_of(context)
    caller = who_is(instance, number)
    with store_of(context) as store:
        plan = store.erasure.plan(caller)
        if yes:
            _run(store, instance.var, caller, plan, reason.strip(), reports=not keep_reports)
    if as_json:
        print_json(_told(plan, done=yes, reports=not keep_reports))
        return
    for line in _lines(plan, done=yes, reports=not keep_reports):
        click.echo(line)


def _run(store: Store, var: Path, caller: str, plan: Erasable, reason: str, *, reports: bool) -> None:
    """Erase files before rows: if this is interrupted, rows without files remain and the next run goes on."""
    erasing.remove_recordings(erasing.recordings_of(var), plan.recordings)
    store.erasure.run(datetime.now(UTC), caller, CLI, reason, reports=reports)
    store.erasure.finish()
    if plan.number and not plan.kept:
        erasing.blot(var / "asterisk" / "log", plan.number)


def _told(plan: Erasable, *, done: bool, reports: bool) -> dict[str, object]:
    return {
        "done": done,
        "calls": len(plan.calls),
        "tickets": list(plan.tickets),
        "recordings": len(plan.recordings),
        "reports": len(plan.tickets) if reports else 0,
        "remains": {"tickets": plan.kept, "photos": plan.photos, "verdicts": plan.verdicts},
    }


def _lines(plan: Erasable, *, done: bool, reports: bool) -> list[str]:
    verb = "Dihapus" if done else "Akan dihapus"
    lines = [f"{verb}: nomor dari {len(plan.calls)} panggilan dan {len(plan.tickets)} tiket"]
    lines += [f"{verb}: {len(plan.recordings)} rekaman"]
    lines += [f"{verb}: nama, alamat, uraian, posisi dan catatan di {len(plan.tickets)} tiket"] if reports else []
    lines += [f"Tersisa: tiket {ticket} ({why})" for ticket, why in plan.kept.items()]
    lines += [f"Tersisa: {plan.verdicts} penilaian, dihitung menurut sidik nomor"] if plan.verdicts else []
    lines += [f"Tersisa: {plan.photos} foto OPD di lokasi"] if plan.photos else []
    lines += ["Tersisa: isi laporan"] if not reports and plan.tickets else []
    lines += [
        "Tersisa di luar program: cadangan yang sudah dibuat, pesan yang sudah sampai ke OPD, catatan operator telepon"
    ]
    return lines if done else [*lines, "Belum ada yang dihapus; ulangi dengan --yes --reason «…»"]
