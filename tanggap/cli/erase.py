"""`tanggap erase NUMBER`: a person's request to be forgotten (UU PDP 27/2022): first what would go, then done."""

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
    who = who_is(instance, number)
    with store_of(context) as store:
        found = store.erasure.plan(who)
        if yes:
            _run(store, instance.var, who, found, reason.strip(), reports=not keep_reports)
    if as_json:
        print_json(_told(found, done=yes, reports=not keep_reports))
        return
    for line in _lines(found, done=yes, reports=not keep_reports):
        click.echo(line)


def _run(store: Store, var: Path, who: str, found: Erasable, reason: str, *, reports: bool) -> None:
    """Files first: should this end in between, a row without a file is left, and the next run goes on."""
    erasing.remove_recordings(erasing.recordings_of(var), found.recordings)
    store.erasure.run(datetime.now(UTC), who, CLI, reason, reports=reports)
    store.erasure.finish()
    if found.number and not found.kept:
        erasing.blot(var / "asterisk" / "log", found.number)


def _told(found: Erasable, *, done: bool, reports: bool) -> dict[str, object]:
    return {
        "done": done,
        "calls": len(found.calls),
        "tickets": list(found.tickets),
        "recordings": len(found.recordings),
        "reports": len(found.tickets) if reports else 0,
        "remains": {"tickets": found.kept, "photos": found.photos, "verdicts": found.verdicts},
    }


def _lines(found: Erasable, *, done: bool, reports: bool) -> list[str]:
    verb = "Dihapus" if done else "Akan dihapus"
    lines = [f"{verb}: nomor dari {len(found.calls)} panggilan dan {len(found.tickets)} tiket"]
    lines += [f"{verb}: {len(found.recordings)} rekaman"]
    lines += [f"{verb}: nama, alamat, uraian, posisi dan catatan di {len(found.tickets)} tiket"] if reports else []
    lines += [f"Tersisa: tiket {ticket} ({why})" for ticket, why in found.kept.items()]
    lines += [f"Tersisa: {found.verdicts} penilaian, dihitung menurut sidik nomor"] if found.verdicts else []
    lines += [f"Tersisa: {found.photos} foto OPD di lokasi"] if found.photos else []
    lines += ["Tersisa: isi laporan"] if not reports and found.tickets else []
    lines += [
        "Tersisa di luar program: cadangan yang sudah dibuat, pesan yang sudah sampai ke OPD, catatan operator telepon"
    ]
    return lines if done else [*lines, "Belum ada yang dihapus; ulangi dengan --yes --reason «…»"]
