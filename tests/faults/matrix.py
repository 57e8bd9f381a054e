"""Runs faults against stages and tells what came of each cell."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Sequence

from tests.faults.faults import Fault
from tests.faults.lab import OPERATORS, Lab
from tests.faults.stages import STAGES, Scene, Stage
from tests.faults.table import Cell, Line

# a fault and a stage that is not kept yet, and why: it must fail, or this line is to go
KNOWN: dict[tuple[str, str], str] = {}
DIAL_AFTER_S = 0.5
CONTROL_S = 30.0


class Matrix:
    """`brief`: the scene is set once, and must still stand after each fault; else it is set anew for each fault, and
    everybody is served after it."""

    def __init__(self, lab: Lab, *, brief: bool = False) -> None:
        self._lab = lab
        self._brief = brief
        self._scene: Scene | None = None

    async def run(self, fault: Fault) -> Line:
        """One row."""
        if fault.needs_disk and self._lab.disk is None:
            return Line(fault.name, fault.what, 0.0, (), "a disk of its own cannot be mounted here")
        stages = [stage for stage in STAGES if stage.stands or not self._brief]
        try:
            scene = await self._set(stages)
        except (AssertionError, TimeoutError) as error:
            await self.clear()
            return Line(fault.name, fault.what, 0.0, tuple(_cells(fault, stages, f"not set: {error!r}")))
        line = await self._break(fault, stages, scene)
        if not self._brief or fault.crash or any(cell.why for cell in line.cells):
            await self.clear()
        return line

    async def _set(self, stages: Iterable[Stage]) -> Scene:
        if self._scene is None:
            self._scene = Scene(self._lab)
            for stage in stages:
                if stage.set is not None:
                    await stage.set(self._scene)
        return self._scene

    async def _break(self, fault: Fault, stages: Sequence[Stage], scene: Scene) -> Line:
        loop = asyncio.get_running_loop()
        try:
            async with fault.inject(self._lab):
                if fault.crash:
                    self._drop_all(scene)
                await asyncio.sleep(DIAL_AFTER_S)
                dialling = self._lab.keeper.start("new", scene.dial("new"))
                await asyncio.sleep((fault.brief_s or 0.0) if self._brief else fault.holds_s)
            mended = loop.time()
            await asyncio.wait({dialling}, timeout=15)
            dialling.cancel()
            scene.callers["new"].insists = True
            await self._lab.in_control(CONTROL_S)
            control_s = loop.time() - mended
        except (AssertionError, TimeoutError) as error:
            return Line(fault.name, fault.what, 0.0, tuple(_cells(fault, stages, str(error))))
        if not self._brief or fault.crash:
            await self._everybody_works(scene)
        cells = await asyncio.gather(*(self._cell(fault, stage, scene) for stage in stages))
        if self._brief:
            await scene.callers["new"].bye()
        return Line(fault.name, fault.what, control_s, tuple(cells))

    def _drop_all(self, scene: Scene) -> None:
        for caller in scene.callers.values():
            if caller.call is not None:
                caller.call.up = False
        for operator in self._lab.operators.values():
            operator.dead_line()

    async def _everybody_works(self, scene: Scene) -> None:
        """All operators but who talks take what comes."""
        for name in OPERATORS[1:]:
            operator = self._lab.operators[name]
            operator.after_talk = self._lab.wrapped_up
            operator.be_willing()
        await self._lab.ask("request.presence", operator=OPERATORS[-1], wanted="ready")

    async def _cell(self, fault: Fault, stage: Stage, scene: Scene) -> Cell:
        known, check = KNOWN.get((fault.name, stage.name), ""), stage.served
        if fault.crash and stage.lost is not None:
            check = stage.lost
        elif self._brief and stage.stands is not None:
            check = stage.stands
        try:
            return Cell(fault.name, stage.name, round(await check(scene, fault), 2), known=known)
        except (AssertionError, TimeoutError) as error:
            return Cell(fault.name, stage.name, 0.0, str(error) or repr(error), known)

    async def clear(self) -> None:
        """Everybody hangs up and goes home."""
        scene, self._scene = self._scene, None
        if scene is None:
            return
        if scene.gap is not None:
            scene.gap.stop()
        for caller in scene.callers.values():
            await caller.bye()
        for operator in self._lab.operators.values():
            operator.willing, operator.after_talk = False, None
            operator.dead_line()
            await self._lab.ask("request.wrap_up_done", operator=operator.name)
            await self._lab.ask("request.presence", operator=operator.name, wanted="offline")
        for number in scene.assignments.values():
            await self._lab.finish(number)
        with contextlib.suppress(AssertionError, TimeoutError):
            async with asyncio.timeout(20):
                while await self._lab.line.store.read(lambda store: store.calls.live()):
                    await asyncio.sleep(0.1)


def _cells(fault: Fault, stages: Iterable[Stage], why: str) -> Iterable[Cell]:
    for stage in stages:
        yield Cell(fault.name, stage.name, 0.0, why, KNOWN.get((fault.name, stage.name), ""))
