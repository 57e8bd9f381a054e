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
    """The document of `--json`: one drill, or the two of `--compare`."""
    made = [_one(result) for result in results]
    if len(made) == 1:
        return made[0]
    return {"with_screening": made[0], "without_screening": made[1], "met": made[0]["met"]}


def _one(result: Result) -> dict[str, Any]:
    measured = figures(result)
    head = {name: value for name, value in asdict(result).items() if name != "calls"}
    return head | {"met": measured.met, "figures": asdict(measured), "calls": [asdict(call) for call in result.calls]}


def show(results: Sequence[Result], console: Console) -> None:
    """Print the text page."""
    main = results[0]
    measured = [figures(result) for result in results]
    console.print(f"[bold]{main.title}[/bold]  ({main.scenario}, benih {main.seed}, {setting(main)})")
    console.print(scaling(main), style="dim")
    if main.checks.kills:
        console.print(faults(main))
    console.print(_bars(measured, [result.screening for result in results]))
    if len(results) > 1:
        console.print(difference(measured[0], measured[1]))
    console.print(_groups(measured[0]))
    console.print(closing(measured[0]))


def setting(result: Result) -> str:
    """The setting of the drill in a few words: calls, operators, screening, seconds."""
    screened = "dengan penyaringan" if result.screening else "tanpa penyaringan"
    return f"{len(result.calls)} panggilan, {result.operators} petugas, {screened}, {result.lasted_s:.0f} detik"


def scaling(result: Result) -> str:
    """The note on compressed time: which times were shortened, and how the figures make up for it."""
    if result.rate == 1:
        return "Semua waktu adalah waktu nyata."
    return (
        "Waktu menu, bicara penelepon dan dering nyata. Jarak antarpanggilan dan waktu petugas (reaksi, bicara, "
        f"mencatat) dipendekkan {result.rate:g} kali; karena itu waktu tunggu selama semua petugas sibuk dikalikan "
        f"{result.stretch:g} kembali, dan suara petugas dihitung dengan waktu reaksi nyata."
    )


def faults(result: Result) -> str:
    """The sentence on faults: kills, calls of the fail-safe branch, and the pushes meanwhile."""
    checks = result.checks
    counts = Counter(name for _, name in checks.kills)
    killed = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
    return (
        f"Gangguan: {len(checks.kills)} kali kill -9 ({killed}); "
        f"{checks.left_to_failsafe} panggilan lewat jalur cadangan. "
        f"{checks.assignments} tugas terbuka didorong {checks.pushes} kali, {checks.pushes_twice} kali dua kali "
        f"({checks.pushes_twice_unexplained} tanpa escalate dimatikan di antaranya), "
        f"jeda terlalu panjang {checks.pushes_missing}."
    )


def _bars(measured: Sequence[Figures], screened: Sequence[bool]) -> Table:
    heads = ("disaring" if screening else "tanpa saringan" for screening in screened)
    table = Table("", "Ukuran", "Patokan", *heads, box=None)
    for number, bar in enumerate(measured[0].bars):
        values = (each.bars[number].found for each in measured)
        table.add_row(MARKS[bar.met], bar.what, bar.wanted, *values)
    return table


def difference(with_: Figures, without: Figures) -> str:
    """The difference that screening made, in one sentence."""
    return (
        f"Penyaringan: telepon petugas berdering {with_.rings} kali, bukan {without.rings}; bukan laporan di antaranya "
        f"{percent(with_.rings_by_pranks.share)}, bukan {percent(without.rings_by_pranks.share)}. Laporan yang sampai: "
        f"{percent(with_.genuine_reached.share)} dan {percent(without.genuine_reached.share)}."
    )


def _groups(measured: Figures) -> Table:
    table = Table("Perilaku", "Panggilan", "Berdering", "Sampai", "Berdering median", "p95", "Akhir", box=None)
    for group in measured.groups:
        style = None if group.genuine else "dim"
        table.add_row(*cells(group), style=style)
    return table


def cells(group: GroupFigures) -> tuple[str, ...]:
    """One behaviour's row."""
    outcomes = ", ".join(f"{OUTCOMES.get(name, name)} {count}" for name, count in sorted(group.outcomes.items()))
    name = group.group.replace("_", " ") + (" (laporan)" if group.genuine else "")
    reached = str(group.reached) if group.genuine else ""
    return name, str(group.calls), str(group.rang), reached, seconds(group.ring.p50), seconds(group.ring.p95), outcomes


def closing(measured: Figures) -> str:
    """The verdict: met or missed, with the reports that were lost."""
    missed = [bar.what for bar in measured.bars if bar.met is False]
    if not missed:
        return "[green]Semua patokan tercapai.[/green]"
    lost = f" Laporan yang hilang: panggilan {', '.join(map(str, measured.lost[:20]))}." if measured.lost else ""
    return f"[red]Tidak tercapai:[/red] {'; '.join(missed)}.{lost}"
