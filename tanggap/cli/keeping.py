"""`tanggap backup`, `tanggap restore`, `tanggap store`: the database and its backups."""

import sys
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from instance import Instance, editions
from tanggap.cli.base import Failure, home_of, in_instance, instance_of, json_option, print_json


def _now() -> datetime:
    return datetime.now(UTC)


@click.command("backup")
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), help="Folder (bawaan: store.backup.folder).")
@click.option("--keep", type=click.IntRange(1), help="Simpan sekian yang terbaru (bawaan: store.backup.keep).")
@click.option("--check", "checked", type=click.Path(path_type=Path, dir_okay=False), help="Hanya periksa cadangan ini.")
@json_option
@in_instance
def backup(context: click.Context, into: Path | None, keep: int | None, checked: Path | None, as_json: bool) -> None:
    """Cadangkan basis data dan konfigurasi, juga saat 112 berjalan; diperiksa sesudah ditulis."""
    from operations.backup import backup as backups

    if checked is not None:
        if not checked.is_file():
            raise Failure(f"cadangan {checked} tidak ada")
        manifest = backups.check(checked)
        holds = manifest["holds"]
        if as_json:
            print_json({"file": str(checked), "ok": True, "made_at": manifest["made_at"], "holds": holds})
        else:
            click.echo(f"{checked}: baik, {holds['tickets']} tiket, {holds['calls']} panggilan")
        return
    instance = editions.present(home_of(context), secrets=False)
    folder, kept = into or backups.folder_of(instance), keep or instance.site.store.backups_kept
    made = backups.make(instance, _now, folder, kept, _progress(as_json))
    _note_backup(instance, made)
    if as_json:
        print_json(asdict(made) | {"path": str(made.path), "removed": [str(path) for path in made.removed]})
        return
    size = f"{made.bytes / 10**6:.1f}".replace(".", ",")
    click.echo(
        f"{made.path}: {size} MB, {made.holds['tickets']} tiket, {made.holds['calls']} panggilan, "
        f"diperiksa, {made.seconds:.0f} detik"
    )
    if made.removed:
        click.echo(f"{len(made.removed)} cadangan lama dihapus")


def _progress(as_json: bool):  # type: ignore[no-untyped-def]
    """Print each step once on standard error; on a terminal also its progress."""
    shown = [""]

    def told(step: str) -> None:
        if as_json or step == shown[0]:
            return
        if sys.stderr.isatty():
            click.echo(f"\r\033[K{step} … ", nl=False, err=True)
        elif "%" not in step:
            click.echo(f"{step} …", err=True)
        shown[0] = step

    return told


def _note_backup(instance: Instance, made) -> None:  # type: ignore[no-untyped-def]
    from tickets.model import Actor
    from tickets.store import Store

    if sys.stderr.isatty():
        click.echo("\r\033[K", nl=False, err=True)
    store = Store(instance.var / "tanggap.db")
    try:
        data = {"file": str(made.path), "bytes": made.bytes, "seconds": made.seconds, "removed": len(made.removed)}
        with store.transaction():
            store.journal.append(_now(), "backup.made", Actor("process", "backup"), data=data)
    finally:
        store.close()


@click.command("restore")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--only-store", is_flag=True, help="Hanya basis data, bukan routing.yaml, hours.yaml, site.yaml.")
@click.option("--from-replica", is_flag=True, help="Dari salinan litestream (store.replica), bukan dari berkas.")
@json_option
@in_instance
def restore(context: click.Context, file: Path | None, only_store: bool, from_replica: bool, as_json: bool) -> None:
    """Pulihkan dari cadangan; yang digantikan disisihkan, tidak dihapus. 112 harus berhenti dulu."""
    from operations.backup import restore as restoring
    from processes.instance_lock import TakenError

    home = home_of(context)
    if (file is None) == (not from_replica):
        raise click.UsageError("sebut satu: FILE, atau --from-replica")
    try:
        if file is not None:
            restored = restoring.restore(home, file, _now(), only_store=only_store)
        else:
            restored = _from_replica(context, home)
    except TakenError as error:
        raise Failure(str(error)) from None
    if as_json:
        print_json(asdict(restored) | {"kept": str(restored.kept) if restored.kept else None})
        return
    holds = restored.holds
    click.echo(f"dipulihkan dari {restored.source} (keadaan {restored.made_at}):")
    click.echo(f"  basis data: {holds['tickets']} tiket, {holds['calls']} panggilan")
    for name in restored.files:
        click.echo(f"  {name}")
    if restored.kept:
        click.echo(f"yang digantikan disimpan di {restored.kept}")


def _from_replica(context: click.Context, home: Path):  # type: ignore[no-untyped-def]
    from operations.backup import replica
    from operations.backup import restore as restoring

    instance = instance_of(context)
    with tempfile.TemporaryDirectory(prefix=".pulih-", dir=instance.var) as scratch:
        fetched = replica.fetch(instance, Path(scratch))
        source = str(instance.site.store.replica)
        return restoring.restore_database(home, fetched, source if "://" not in source else "litestream", _now())


@click.group("store")
def store() -> None:
    """Basis data: periksa, lihat tumpahan."""


@store.command("check")
@click.option("--thorough", is_flag=True, help="Juga semua indeks dan acuan (lebih lama).")
@json_option
@in_instance
def check(context: click.Context, thorough: bool, as_json: bool) -> None:
    """Periksa basis data, juga saat 112 berjalan; keluar 1 bila rusak."""
    from tickets.store.copies import contents, faults

    path = home_of(context) / "var" / "tanggap.db"
    if not path.exists():
        raise Failure(f"belum ada basis data {path}; jalankan dulu: scripts/run (atau tanggap up)")
    wrong = faults(path, thorough=thorough)
    holds = {} if wrong else contents(path)
    if as_json:
        print_json({"file": str(path), "ok": not wrong, "faults": wrong, "holds": holds})
    elif wrong:
        click.echo("\n".join(wrong))
        click.echo("basis data rusak: hentikan 112, lalu jalankan lagi (cadangan terbaru dipakai sendiri)", err=True)
    else:
        click.echo(f"{path}: baik, {holds['tickets']} tiket, {holds['calls']} panggilan")
    sys.exit(1 if wrong else 0)


@store.command("spilled")
@json_option
@in_instance
def spilled(context: click.Context, as_json: bool) -> None:
    """Catatan panggilan yang menunggu masuk ke basis data; keluar 1 bila ada."""
    from instance.spill_place import spill_folders
    from operations.disk.storage import spilled as look

    instance = editions.present(home_of(context), secrets=False)
    files = look(instance)
    if as_json:
        rows = [
            {
                "file": str(file.path),
                "records": file.records,
                "since": file.since.isoformat() if file.since else None,
                "rejected": file.aside,
            }
            for file in files
        ]
        print_json({"files": rows, "folders": [str(folder) for folder in spill_folders(instance)]})
    elif not files:
        click.echo("tidak ada tumpahan")
    for file in files if not as_json else ():
        click.echo(f"{file.path}: {file.records} catatan menunggu, {file.aside} disisihkan")
    sys.exit(1 if files else 0)
