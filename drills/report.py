"""A drill's one page, as text and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table

from drills.figures import Figures, GroupFigures, figures, percent, seconds
from drills.result import Result

MARKS = {True: "[green]✓[/green]", False: "[red]✗[/red]", None: "[dim]–[/dim]"}
OUTCOMES = {
    "talked": "bicara", "message": "pesan", "abandoned": "menutup", "after_hours": "tutup", "silent": "hening",
    "cut": "terputus", "failsafe": "cadangan", "none": "tanpa catatan",
}  # fmt: skip


def document(results: Sequence[Result]) -> dict[str, Any]:
    """What `--json` prints: one drill, or the two of `--compare` with their difference."""
    made = [_one(result) for result in results]
    if len(made) == 1:
        return made[0]
    return {"with_screening": made[0], "without_screening": made[1], "met": made[0]["met"]}


def _one(result: Result) -> dict[str, Any]:
    found = figures(result)
    told = {name: value for name, value in asdict(result).items() if name != "calls"}
    return told | {"met": found.met, "figures": asdict(found), "calls": [asdict(call) for call in result.calls]}


def show(results: Sequence[Result], console: Console) -> None:
    """The text page."""
    main = results[0]
    found = [figures(result) for result in results]
    console.print(f"[bold]{main.title}[/bold]  ({main.scenario}, benih {main.seed}, {setting(main)})")
    console.print(scaling(main), style="dim")
    if main.checks.kills:
        console.print(faults(main))
    console.print(_bars(found, [result.screening for result in results]))
    if len(results) > 1:
        console.print(difference(found[0], found[1]))
    console.print(_groups(found[0]))
    console.print(closing(found[0]))


def setting(result: Result) -> str:
    """What kind of drill it was, in a few words."""
    screened = "dengan penyaringan" if result.screening else "tanpa penyaringan"
    return f"{len(result.calls)} panggilan, {result.operators} petugas, {screened}, {result.lasted_s:.0f} detik"


def scaling(result: Result) -> str:
    """What was shortened, and how it is given back."""
    if result.rate == 1:
        return "Semua waktu adalah waktu nyata."
    return (
        "Waktu menu, bicara penelepon dan dering nyata. Jarak antarpanggilan dan waktu petugas (reaksi, bicara, "
        f"mencatat) dipendekkan {result.rate:g} kali; karena itu waktu tunggu selama semua petugas sibuk dikalikan "
        f"{result.stretch:g} kembali, dan suara petugas dihitung dengan waktu reaksi nyata."
    )


def faults(result: Result) -> str:
    """What was broken meanwhile, and what became of the pushes."""
    checks = result.checks
    counts = Counter(name for _, name in checks.kills)
    killed = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
    return (
        f"Gangguan: {len(checks.kills)} kali kill -9 ({killed}); "
        f"{checks.left_to_failsafe} panggilan lewat jalur cadangan. "
        f"{checks.assignments} tugas terbuka didorong {checks.pushes} kali, {checks.pushes_twice} kali dua kali, "
        f"jeda terlalu panjang {checks.pushes_missing}."
    )


def _bars(found: Sequence[Figures], screened: Sequence[bool]) -> Table:
    table = Table("", "Ukuran", "Patokan", *("disaring" if one else "tanpa saringan" for one in screened), box=None)
    for number, bar in enumerate(found[0].bars):
        table.add_row(MARKS[bar.met], bar.what, bar.wanted, *(one.bars[number].found for one in found))
    return table


def difference(with_: Figures, without: Figures) -> str:
    """What screening changed, in one sentence."""
    return (
        f"Penyaringan: telepon petugas berdering {with_.rings} kali, bukan {without.rings}; bukan laporan di antaranya "
        f"{percent(with_.rings_by_pranks.share)}, bukan {percent(without.rings_by_pranks.share)}. Laporan yang sampai: "
        f"{percent(with_.genuine_reached.share)} dan {percent(without.genuine_reached.share)}."
    )


def _groups(found: Figures) -> Table:
    table = Table("Perilaku", "Panggilan", "Berdering", "Sampai", "Berdering median", "p95", "Akhir", box=None)
    for group in found.groups:
        style = None if group.genuine else "dim"
        table.add_row(*cells(group), style=style)
    return table


def cells(group: GroupFigures) -> tuple[str, ...]:
    """One behaviour's row."""
    outcomes = ", ".join(f"{OUTCOMES.get(name, name)} {count}" for name, count in sorted(group.outcomes.items()))
    name = group.group.replace("_", " ") + (" (laporan)" if group.genuine else "")
    reached = str(group.reached) if group.genuine else ""
    return name, str(group.calls), str(group.rang), reached, seconds(group.ring.p50), seconds(group.ring.p95), outcomes


def closing(found: Figures) -> str:
    """Met or missed, and whom it was missed for."""
    missed = [bar.what for bar in found.bars if bar.met is False]
    if not missed:
        return "[green]Semua patokan tercapai.[/green]"
    lost = f" Laporan yang hilang: panggilan {', '.join(map(str, found.lost[:20]))}." if found.lost else ""
    return f"[red]Tidak tercapai:[/red] {'; '.join(missed)}.{lost}"
