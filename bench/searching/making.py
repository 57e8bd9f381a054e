"""The store of a bench: filled, brought up to date and indexed, once; it may be kept and measured again."""

import asyncio
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

from bench.searching import line
from bench.searching.seed import Region, fill
from operations.search_index import LOOK_AGAIN_S, Indexing
from tickets.shares import percentile
from tickets.store import Store
from tickets.store.thread import StoreThread

BULK = 10_000
STORE, FIGURES = "tanggap.db", "made.json"


def made(folder: Path, region: Region, count: int, seconds: float) -> dict[str, Any]:
    """The figures of the making of the folder's store; makes it where there is none. ValueError: it is of another size,
    or half made."""
    if not (folder / STORE).exists():
        figures = _make(folder / STORE, region, count, seconds)
        (folder / FIGURES).write_text(json.dumps({"tickets": count} | figures, indent=2))
        return figures
    if not (folder / FIGURES).exists():
        raise ValueError(f"the store in {folder} was not made to the end: delete the folder")
    figures = json.loads((folder / FIGURES).read_text())
    if figures["tickets"] != count:
        raise ValueError(f"the store in {folder} has {figures['tickets']} tickets, expected {count}")
    return figures


def _make(path: Path, region: Region, count: int, seconds: float) -> dict[str, Any]:
    figures: dict[str, Any] = {"fill_s": _seconds(lambda: fill(path, region, count, _midnight()))}
    figures["megabytes_before"] = path.stat().st_size / 1e6
    figures["line_before"] = shown(line.write(path, Event(), seconds, "a"))
    figures["start_s"] = _seconds(lambda: Store(path).close())
    figures["index"], figures["line_while_indexing"] = _index(path, seconds)
    figures["rest_of_index_s"] = _seconds(lambda: _finish(path))
    figures["megabytes"] = path.stat().st_size / 1e6
    return figures


def shown(took: list[float]) -> dict[str, float]:
    """Percentiles of milliseconds."""
    return {f"p{share}": percentile(took, share) for share in (50, 95, 99)} | {"most": max(took), "count": len(took)}


def _seconds(job: Callable[[], object]) -> float:
    began = time.monotonic()
    job()
    return time.monotonic() - began


def _midnight() -> datetime:
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)  # the line's own tickets are of today


def _index(path: Path, seconds: float) -> tuple[dict[str, float], dict[str, float]]:
    """Index as the console does for some seconds, with the line beside it; tickets a second, and the line's writes."""
    stop = Event()
    with ThreadPoolExecutor(1) as beside:
        writing = beside.submit(line.write, path, stop, 3600.0, "b")
        done = asyncio.run(_as_the_console(path, seconds))
        stop.set()
        return {"tickets_per_s": done / seconds}, shown(writing.result())


async def _as_the_console(path: Path, seconds: float) -> int:
    store = await StoreThread(path).open()
    indexing, end = Indexing(store), time.monotonic() + seconds
    while time.monotonic() < end and (rest := await indexing.step()) != LOOK_AGAIN_S:
        await asyncio.sleep(rest)
    progress = await store.read(lambda store: store.backlog.progress())
    await store.close()
    return int(progress["done"]) if progress else 0


def _finish(path: Path) -> None:
    with closing(Store(path, migrate=False)) as store:
        store.connection.raw.execute("PRAGMA synchronous=OFF")
        store.connection.raw.execute("PRAGMA cache_size=-400000")
        while store.backlog.take(BULK):
            pass
