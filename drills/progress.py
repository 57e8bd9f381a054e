"""Shows the progress of a drill on standard error; plain lines where there is no terminal."""

from __future__ import annotations

import asyncio

from rich.console import Console
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from drills.conducted import Conducted

EVERY_S, PLAIN_EVERY_S = 0.5, 30.0


class Shown:
    """Shows a drill until it is cancelled."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def tell(self, line: str) -> None:
        """Print a line of the preparation."""
        self._console.print(f"[dim]{line}[/dim]")

    async def follow(self, drill: Conducted) -> None:
        """Show the progress until cancelled."""
        await (self._live(drill) if self._console.is_terminal else self._plain(drill))

    async def _plain(self, drill: Conducted) -> None:
        while True:
            await asyncio.sleep(PLAIN_EVERY_S)
            self._console.print(_words(drill))

    async def _live(self, drill: Conducted) -> None:
        columns = (TextColumn("panggilan"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        progress = Progress(*columns, console=self._console)
        task = progress.add_task("", total=len(drill.plan.calls))
        with Live(console=self._console, refresh_per_second=4, transient=True) as live:
            while True:
                progress.update(task, completed=len(drill.callers) - drill.live)
                live.update(_table(drill, progress))
                await asyncio.sleep(EVERY_S)


def _words(drill: Conducted) -> str:
    counts = _counts(drill)
    over = len(drill.callers) - drill.live
    return f"{over} dari {len(drill.plan.calls)} panggilan selesai; " + ", ".join(f"{n} {v}" for n, v in counts.items())


def _counts(drill: Conducted) -> dict[str, int]:
    heard = [caller.heard for caller in drill.callers]
    genuine = [call for call in heard if call.planned.genuine]
    return {
        "sedang berlangsung": drill.live,
        "laporan sampai ke petugas": sum(call.talked is not None for call in genuine),
        "laporan sejauh ini": len(genuine),
        "bukan laporan yang berdering": sum(call.rang is not None and not call.planned.genuine for call in heard),
    }


def _table(drill: Conducted, progress: Progress) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_row(progress)
    table.add_row("  ".join(f"{name} [bold]{value}[/bold]" for name, value in _counts(drill).items()))
    table.add_row("  ".join(f"{operator.name} [cyan]{operator.state}[/cyan]" for operator in drill.operators))
    return table
